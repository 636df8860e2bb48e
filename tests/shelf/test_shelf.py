"""The shelf: papers and marks together, with the mirror of the marks kept true."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from queue import SimpleQueue

import pytest
from msgspec.structs import replace

from readlist.library.connections import Connections
from readlist.marks import Delayed, Event, Saved
from readlist.marks.disk.device import Disk
from readlist.marks.store import MarkStore
from readlist.model.paper import Paper
from readlist.shelf import VIEWS, Entry, LibraryBusy, Shelf, View
from readlist.shelf.sync_shelf import OutsideChanges
from readlist.sources.sample import sample
from tests.support.papers import make_batch, make_paper, make_shelf

INBOX, ALL, STARRED, NOTES = VIEWS


def entry(shelf: Shelf, number: int) -> Entry:
    found = shelf.papers.entry(f"arxiv:2608.{number:05}")
    assert found is not None
    return found


def numbers(shelf: Shelf, view: View, search: str = "") -> list[int]:
    return [int(one.paper.arxiv[-5:]) for one in shelf.papers.entries(shelf.papers.browse(view, search))]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([make_paper(number) for number in range(1, 6)]))
    made.sync.catch_up()
    yield made
    made.close()


def test_a_mark_shows_at_once_and_is_on_disk_when_its_future_is_done(shelf: Shelf, tmp_path: Path) -> None:
    after, done = shelf.marks.apply([entry(shelf, 2)], starred=True, label="starred")
    assert after[0].mark.starred
    assert entry(shelf, 2).mark.starred
    assert numbers(shelf, STARRED) == [2]
    done.result(timeout=60)
    other = MarkStore(tmp_path / "state.json")
    assert other.mark("arxiv:2608.00002").starred
    other.close(1)


def test_the_unread_papers_of_any_view_and_search_are_counted(shelf: Shelf) -> None:
    shelf.marks.apply([entry(shelf, number) for number in (1, 2)], read=True, starred=True, label="read")
    either = View("Either", "is:starred OR id:2608.00003", "title")
    assert [shelf.papers.count(view, unread=True) for view in (INBOX, ALL, STARRED, either)] == [3, 3, 0, 1]
    assert (shelf.papers.count(ALL, "id:2608.00002"), shelf.papers.count(ALL, "id:2608.00002", unread=True)) == (1, 0)
    assert shelf.papers.count(View("Broken", "id:2608.00003 colour:red"), unread=True) == 0


def test_undo_takes_back_one_step_however_many_papers_it_changed(shelf: Shelf) -> None:
    shelf.marks.apply([entry(shelf, number) for number in (1, 2, 3)], read=True, label="three")
    shelf.marks.apply([entry(shelf, 1)], note="text", label="note")
    assert numbers(shelf, INBOX) == [4, 5]
    assert shelf.marks.undo().result(timeout=60).label == "note"  # type: ignore[union-attr]
    assert numbers(shelf, NOTES) == []
    shelf.marks.undo().result(timeout=60)
    assert numbers(shelf, INBOX) == [1, 2, 3, 4, 5]
    shelf.marks.redo().result(timeout=60)
    assert numbers(shelf, INBOX) == [4, 5]
    shelf.marks.undo().result(timeout=60)
    assert shelf.marks.undo().result(timeout=60) is None


def test_any_number_of_papers_is_one_step_too(shelf: Shelf) -> None:
    reported: list[tuple[int, int]] = []
    shelf.marks.apply_all(
        shelf.papers.browse(ALL), read=True, label="all", progress=lambda *at: reported.append(at)
    ).result(timeout=60)
    assert numbers(shelf, INBOX) == []
    assert reported == [(5, 5)]
    shelf.marks.undo().result(timeout=60)
    assert len(numbers(shelf, INBOX)) == 5


def test_a_mark_that_changes_nothing_is_no_step(shelf: Shelf) -> None:
    shelf.marks.apply([entry(shelf, 1)], starred=True)[1].result(timeout=60)
    shelf.marks.apply([entry(shelf, 1)], starred=True)[1].result(timeout=60)
    shelf.marks.undo().result(timeout=60)
    assert numbers(shelf, STARRED) == []


def test_after_a_restart_everything_is_there_without_reading_the_marks(tmp_path: Path) -> None:
    first = make_shelf(tmp_path)
    first.papers.add(make_batch([make_paper(number) for number in range(1, 4)]))
    first.sync.catch_up()
    first.marks.apply([entry(first, 1)], starred=True, note="look")
    first.close()
    second = make_shelf(tmp_path)
    assert not second.sync.catch_up()
    assert numbers(second, STARRED) == [1]
    assert numbers(second, ALL, "look") == [1]
    second.close()


def test_a_lost_library_shows_the_marks_again_once_its_papers_are_back(tmp_path: Path) -> None:
    first = make_shelf(tmp_path)
    first.papers.add(make_batch([make_paper(1)]))
    first.marks.apply([entry(first, 1)], starred=True)
    first.close()
    for file in tmp_path.glob("library.db*"):
        file.unlink()
    second = make_shelf(tmp_path)
    second.sync.catch_up()
    second.papers.add(make_batch([make_paper(1)]))
    assert numbers(second, STARRED) == [1]
    second.close()


def test_two_shelves_follow_each_other(tmp_path: Path, shelf: Shelf) -> None:
    other = make_shelf(tmp_path)
    other.sync.catch_up()
    other.marks.apply([entry(other, 3)], starred=True)[1].result(timeout=60)
    assert shelf.sync.follow().marks == ("arxiv:2608.00003",)
    assert entry(shelf, 3).mark.starred
    shelf.marks.apply([entry(shelf, 3)], read=True)[1].result(timeout=60)
    other.sync.follow()
    assert entry(other, 3).mark.read and entry(other, 3).mark.starred
    other.close()


def test_the_sample_steps_aside_for_the_first_real_feed_but_for_what_was_touched(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    assert shelf.papers.is_untouched()
    shelf.papers.add(sample(date(2026, 8, 1)))
    papers = shelf.papers.browse(ALL)
    assert len(papers) >= 28
    starred = shelf.papers.entries(papers[:1])
    shelf.marks.apply(starred, starred=True)[1].result(timeout=60)
    shelf.papers.add(make_batch([make_paper(1)]))
    left = [one.paper.key for one in shelf.papers.entries(shelf.papers.browse(ALL))]
    assert sorted(left) == sorted([starred[0].paper.key, "arxiv:2608.00001"])
    assert not shelf.papers.is_untouched()
    shelf.close()


def test_a_captured_title_and_a_record_of_the_api_become_one_paper_and_keep_the_mark(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    record = make_paper(2)
    captured = Paper(key=record.identifiers[-1], title=record.title, abstract=record.abstract)
    shelf.papers.add(make_batch([captured], feed="HF search"))
    seen = shelf.papers.entries(shelf.papers.browse(ALL))
    shelf.marks.apply(seen, starred=True, note="mine")[1].result(timeout=60)
    shelf.papers.add(make_batch([record], feed="HF daily", day=date(2026, 8, 2)))
    (only,) = shelf.papers.entries(shelf.papers.browse(ALL))
    assert only.paper.key == captured.key
    assert only.paper.arxiv == record.arxiv and only.paper.repo == record.repo
    assert only.mark.starred and only.mark.note == "mine"
    assert {one.feed for one in shelf.feeds.log.announcements(only.id)} == {"HF search", "HF daily"}
    shelf.close()


def test_two_marked_papers_that_prove_to_be_one_keep_both_notes(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    record = make_paper(2)
    by_title = Paper(key=record.identifiers[-1], title=record.title)
    by_id = replace(record, title="A title that was changed later")
    shelf.papers.add(make_batch([by_title], feed="HF search"))
    shelf.papers.add(make_batch([by_id], feed="HF daily"))
    first, second = (shelf.papers.entry(key) for key in (by_title.key, by_id.key))
    assert first is not None and second is not None
    shelf.marks.apply([first], note="seen on the page", starred=True)
    shelf.marks.apply([second], note="from the list")[1].result(timeout=60)
    shelf.papers.add(make_batch([record], feed="arXiv"))
    shelf.marks.apply([], label="wait")[1].result(timeout=60)
    (only,) = shelf.papers.entries(shelf.papers.browse(ALL))
    assert only.paper.key == by_title.key
    assert "seen on the page" in only.mark.note and "from the list" in only.mark.note
    assert only.mark.starred
    shelf.close()
    again = make_shelf(tmp_path)
    again.sync.catch_up()
    (only,) = again.papers.entries(again.papers.browse(ALL))
    assert "seen on the page" in only.mark.note and "from the list" in only.mark.note
    again.close()


def test_notes_are_cleaned_at_the_door(shelf: Shelf) -> None:
    shelf.marks.apply([entry(shelf, 1)], note="a\x1b[31mb\x9dc\r\nd")
    assert entry(shelf, 1).mark.note == "abc\nd"


def test_drafts_are_kept_by_paper(shelf: Shelf) -> None:
    shelf.marks.drafts.save(entry(shelf, 1).paper.key, "half a th")
    assert shelf.marks.drafts.text(entry(shelf, 1).paper.key) == "half a th"
    assert shelf.marks.drafts.text(entry(shelf, 2).paper.key) is None
    shelf.marks.drafts.discard(entry(shelf, 1).paper.key)
    assert shelf.marks.drafts.text(entry(shelf, 1).paper.key) is None


def test_a_mark_costs_the_library_two_transactions(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """One to show it, and one when it is on disk, with the stamp that says so."""
    begun: list[object] = []
    writing = Connections.writing

    def counted(self: Connections, **how: bool) -> AbstractContextManager[sqlite3.Connection]:
        begun.append(how)
        return writing(self, **how)

    monkeypatch.setattr(Connections, "writing", counted)
    shelf.marks.apply([entry(shelf, 2)], starred=True, label="starred")[1].result(timeout=60)
    assert len(begun) == 2
    assert not shelf.sync.catch_up()


def test_a_mark_that_is_saved_soon_is_not_reported_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: SimpleQueue[Event] = SimpleQueue()
    shelf.marks.listen(reported.put)
    shelf.marks.apply([entry(shelf, 2)], starred=True, note=" kept as typed \n", label="both")[1].result(timeout=60)
    assert reported.empty()
    shelf.marks.undo().result(timeout=60)
    assert reported.get(timeout=60) == Saved((entry(shelf, 2).paper.key,))


@pytest.mark.usefixtures("hurried")
def test_a_mark_that_was_shown_as_pending_is_reported_when_it_is_saved(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: SimpleQueue[Event] = SimpleQueue()
    shelf.marks.listen(reported.put)
    gate, sync = threading.Event(), Disk.sync

    def slow(self: Disk, descriptor: int) -> None:
        gate.wait(60)
        sync(self, descriptor)

    monkeypatch.setattr(Disk, "sync", slow)
    _, done = shelf.marks.apply([entry(shelf, 2)], read=True, label="marked read")
    key = entry(shelf, 2).paper.key
    assert reported.get(timeout=60) == Delayed((key,))
    assert entry(shelf, 2).mark.saved == "pending"
    gate.set()
    done.result(timeout=60)
    assert reported.get(timeout=60) == Saved((key,))
    assert entry(shelf, 2).mark.saved == "saved"
    assert reported.empty()


def test_papers_of_another_process_are_noticed_once(tmp_path: Path, shelf: Shelf) -> None:
    shelf.papers.add(make_batch([make_paper(6)]))
    assert not shelf.sync.follow().papers
    other = make_shelf(tmp_path)
    other.papers.end_visit()
    other.marks.apply([entry(other, 3)], starred=True)[1].result(timeout=60)
    assert shelf.sync.follow() == OutsideChanges(("arxiv:2608.00003",), papers=False)
    other.papers.add(make_batch([make_paper(7)]))
    shelf.papers.add(make_batch([make_paper(8)]))
    assert [shelf.sync.follow().papers for _ in range(2)] == [True, False]
    assert [other.sync.follow().papers for _ in range(2)] == [True, False]
    # What changes nothing is no change.
    other.papers.add(make_batch([make_paper(7)]))
    assert not shelf.sync.follow().papers
    other.close()


def test_papers_that_came_since_the_last_visit_are_new(shelf: Shelf) -> None:
    assert numbers(shelf, ALL, "is:new") == [1, 2, 3, 4, 5]
    shelf.papers.end_visit()
    assert numbers(shelf, ALL, "is:new") == []


@pytest.mark.usefixtures("hurried")
def test_marks_go_on_while_another_process_writes_to_the_library(tmp_path: Path, shelf: Shelf) -> None:
    other = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    other.execute("begin exclusive")
    for number in (1, 2, 3, 4):
        _, done = shelf.marks.apply([entry(shelf, number)], starred=True, label="starred")
        done.result(timeout=60)
        assert entry(shelf, number).mark.starred
    _, done = shelf.marks.apply([entry(shelf, 1)], starred=False, label="unstarred")
    done.result(timeout=60)
    undone = shelf.marks.undo().result(timeout=60)
    assert undone is not None and undone.label == "unstarred"
    assert [bool(entry(shelf, number).mark.starred) for number in range(1, 6)] == [True] * 4 + [False]
    assert shelf.sync.follow().marks == ()
    other.execute("rollback")
    assert {key[-1] for key in shelf.sync.follow().marks} == {"1", "2", "3", "4"}
    assert numbers(shelf, STARRED) == [1, 2, 3, 4]
    other.close()


@pytest.mark.usefixtures("hurried")
def test_a_shelf_that_can_not_catch_up_at_once_does_so_later(tmp_path: Path) -> None:
    first = make_shelf(tmp_path)
    first.papers.add(make_batch([make_paper(number) for number in range(1, 4)]))
    first.marks.apply([entry(first, 2)], starred=True)[1].result(timeout=60)
    first.close()
    other = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    other.execute("update meta set value = '' where name = 'mark_stamp'")
    other.execute("delete from mark")
    other.execute("update paper set starred = 0")
    other.execute("begin exclusive")
    second = make_shelf(tmp_path)
    with pytest.raises(LibraryBusy):
        second.sync.catch_up(patient=False)
    assert entry(second, 2).mark.starred
    assert numbers(second, STARRED) == []
    other.execute("rollback")
    other.close()
    assert second.sync.follow().marks == ("arxiv:2608.00002",)
    assert numbers(second, STARRED) == [2]
    second.close()
