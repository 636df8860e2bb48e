"""A shelf and the marks of other machines: merged, papers found under any of their names, nothing dropped."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from readlist.marks import MarkChange
from readlist.marks.disk.device import shared_states
from readlist.marks.store import MarkStore
from readlist.model.paper import Paper
from readlist.model.time import PartialDate
from readlist.shelf import VIEWS, Entry, MarksError, Shelf, mirrored_marks, sync_shelf
from tests.support.papers import make_batch, make_paper, make_shelf

Open = Callable[[str], Shelf]
TITLE = "A title that is known on one machine"


@pytest.fixture
def open_shelf(tmp_path: Path) -> Iterator[Open]:
    """Opens the shelf of a machine, by its name."""
    opened: list[Shelf] = []

    def open_one(name: str) -> Shelf:
        (tmp_path / name).mkdir(exist_ok=True)
        opened.append(make_shelf(tmp_path / name))
        return opened[-1]

    yield open_one
    for shelf in opened:
        shelf.close()


def entry(shelf: Shelf, identifier: str) -> Entry:
    found = shelf.papers.entry(identifier)
    assert found is not None
    return found


def mark(shelf: Shelf, identifier: str, **marks: object) -> None:
    shelf.marks.apply([entry(shelf, identifier)], **marks)[1].result(60)  # type: ignore[arg-type]


def test_a_paper_known_by_title_here_and_by_arxiv_id_there_is_one(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    here.papers.add(make_batch([Paper("title:x", TITLE)], feed="Lab"))
    there.papers.add(make_batch([Paper("arxiv:2401.00001", TITLE, arxiv="2401.00001")]))
    (key,) = (one.paper.key for one in here.papers.entries(here.papers.browse(VIEWS[1])))
    mark(here, key, note="from here")
    mark(there, "arxiv:2401.00001", note="from there", starred=True)
    there.close()
    found = here.sync.merge(tmp_path / "there" / "state.json")
    assert (found.changed, found.joined, found.added) == ((key,), (key,), 0)
    both = entry(here, key)
    assert both.mark.starred
    assert "from here" in both.mark.note and "from there" in both.mark.note
    here.close()
    again = open_shelf("there")
    assert again.sync.merge(tmp_path / "here" / "state.json").changed == ("arxiv:2401.00001",)
    assert entry(again, "arxiv:2401.00001").mark.note == both.mark.note
    assert len(again.papers.browse(VIEWS[1])) == 1


def test_two_papers_of_one_title_stay_two(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    here.papers.add(make_batch([Paper("arxiv:2401.00001", "Attention", arxiv="2401.00001")]))
    there.papers.add(make_batch([Paper("arxiv:2401.00002", "Attention", arxiv="2401.00002")]))
    mark(there, "arxiv:2401.00002", starred=True)
    there.close()
    assert here.sync.merge(tmp_path / "there" / "state.json").added == 1
    assert not entry(here, "arxiv:2401.00001").mark.starred
    assert entry(here, "arxiv:2401.00002").mark.starred


def test_starred_and_noted_papers_of_another_machine_come_into_the_library(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    there.papers.add(make_batch([make_paper(number) for number in range(4)]))
    mark(there, "arxiv:2608.00000", starred=True)
    mark(there, "arxiv:2608.00001", note="worth it")
    mark(there, "arxiv:2608.00002", read=True)
    there.close()
    assert here.sync.merge(tmp_path / "there" / "state.json").added == 2
    assert entry(here, "arxiv:2608.00001").mark.note == "worth it"
    assert here.papers.entry("arxiv:2608.00002") is None
    # What was only read is read when a feed brings it.
    here.papers.add(make_batch([make_paper(2)]))
    assert entry(here, "arxiv:2608.00002").mark.read
    # And a feed that knows more fills in the rest.
    here.papers.add(make_batch([make_paper(0)]))
    assert entry(here, "arxiv:2608.00000").paper.abstract
    assert entry(here, "arxiv:2608.00000").mark.starred


def test_a_merge_is_undone_as_one_step(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    for shelf in (here, there):
        shelf.papers.add(make_batch([make_paper(number) for number in range(3)]))
    for number in range(3):
        mark(there, f"arxiv:2608.0000{number}", starred=True, note="there")
    there.close()
    here.sync.merge(tmp_path / "there" / "state.json")
    assert entry(here, "arxiv:2608.00002").mark.starred
    outcome = here.marks.undo().result(60)
    assert outcome is not None
    assert outcome.label.startswith("sync with ")
    assert all(not entry(here, f"arxiv:2608.0000{number}").mark.starred for number in range(3))
    assert all(not entry(here, f"arxiv:2608.0000{number}").mark.note for number in range(3))


def test_machines_that_share_a_folder_agree(open_shelf: Open, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shelves = [open_shelf(name) for name in ("one", "two", "three")]
    for number, shelf in enumerate(shelves):
        shelf.papers.add(make_batch([make_paper(n) for n in range(3)]))
        mark(shelf, f"arxiv:2608.0000{number}", starred=True)
        mark(shelf, "arxiv:2608.00000", note=f"by {number}")
    for _ in range(2):
        for shelf in shelves:
            for path in shared_states(shared):
                shelf.sync.merge(path)
            target, _ = shelf.sync.share(shared)
            assert target.parent == shared
    notes = {entry(shelf, "arxiv:2608.00000").mark.note for shelf in shelves[:2]}
    assert len(notes) == 1
    assert all(f"by {number}" in note for note in notes for number in range(3))
    assert all(entry(shelf, f"arxiv:2608.0000{n}").mark.starred for shelf in shelves[:2] for n in range(3))
    # The same marks are the same file.
    assert shelves[1].sync.share(shared)[1] is False
    assert len(list(shared.iterdir())) == 3


def age(path: Path) -> None:
    """Have a file look as if it had been there for an hour."""
    hour = path.stat().st_mtime - 3600
    os.utime(path, (hour, hour))


def test_a_copy_that_is_still_on_its_way_is_waited_for(open_shelf: Open, tmp_path: Path) -> None:
    there = open_shelf("there")
    there.papers.add(make_batch([make_paper(number) for number in range(3)]))
    for number in range(3):
        mark(there, f"arxiv:2608.0000{number}", starred=True)
    there.close()
    here = open_shelf("here")
    here.papers.add(make_batch([make_paper(number) for number in range(3)]))
    mark(here, "arxiv:2608.00000", note="from here")
    data = (tmp_path / "there" / "state.json").read_bytes()
    copy = tmp_path / "here" / "state (1).json"
    copy.write_bytes(data[: len(data) // 2])
    assert here.sync.follow().marks == ()
    assert copy.exists()
    copy.write_bytes(data)
    assert set(here.sync.follow().marks) == {f"arxiv:2608.0000{number}" for number in range(3)}
    assert not copy.exists()


def test_what_was_lost_here_comes_back_from_the_shared_folder(open_shelf: Open, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    here = open_shelf("here")
    here.papers.add(make_batch([make_paper(1)]))
    mark(here, "arxiv:2608.00001", starred=True, note="precious")
    target, _ = here.sync.share(shared)
    here.close()
    for path in (tmp_path / "here").iterdir():
        path.unlink()
    again = open_shelf("here")
    assert target in shared_states(shared)
    for path in shared_states(shared):
        again.sync.merge(path)
    assert again.sync.share(shared)[0] == target
    assert entry(again, "arxiv:2608.00001").mark.note == "precious"
    assert b"precious" in target.read_bytes()


def test_undoing_a_merge_takes_nothing_from_the_other_machine(open_shelf: Open, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    here, there = open_shelf("here"), open_shelf("there")
    for shelf in (here, there):
        shelf.papers.add(make_batch([make_paper(number) for number in range(3)]))
    mark(here, "arxiv:2608.00000", note="from here")
    mark(here, "arxiv:2608.00001", starred=True)
    mark(there, "arxiv:2608.00000", note="from there")
    mark(there, "arxiv:2608.00001", read=True)
    there.sync.merge(here.sync.share(shared)[0])
    here.sync.merge(there.sync.share(shared)[0])
    assert there.marks.undo().result(60)
    assert entry(there, "arxiv:2608.00000").mark.note == "from there"
    assert not entry(there, "arxiv:2608.00001").mark.starred
    found = here.sync.merge(there.sync.share(shared)[0])
    assert found.changed == ()
    assert "from here" in entry(here, "arxiv:2608.00000").mark.note
    assert entry(here, "arxiv:2608.00001").mark.starred
    # Done again it is as before, and so it is merged again.
    assert there.marks.redo().result(60)
    assert entry(there, "arxiv:2608.00001").mark.starred
    assert there.marks.undo().result(60)
    there.sync.merge(here.sync.share(shared)[0])
    assert entry(there, "arxiv:2608.00000").mark.note == entry(here, "arxiv:2608.00000").mark.note


def test_a_mark_that_came_before_its_paper_finds_it_under_another_name(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    there.papers.add(make_batch([Paper("arxiv:2401.00001", TITLE, arxiv="2401.00001")]))
    mark(there, "arxiv:2401.00001", read=True)
    there.close()
    here.sync.merge(tmp_path / "there" / "state.json")
    assert len(here.papers.browse(VIEWS[1])) == 0
    here.papers.add(make_batch([Paper("title:x", TITLE)], feed="Lab"))
    (found,) = here.papers.entries(here.papers.browse(VIEWS[1]))
    here.close()
    again = open_shelf("here")
    again.sync.catch_up()
    (found,) = again.papers.entries(again.papers.browse(VIEWS[1]))
    assert found.mark.read
    assert again.sync.merge(tmp_path / "there" / "state.json").changed == ()


@pytest.mark.parametrize(
    "name",
    [
        "state.sync-conflict-20261120-101112-ABCDEFG.json",
        "state (conflicted copy 2026-11-20).json",
        "state (Ada's conflicted copy 2026-11-20 101112).json",
        "state (1).json",
        "state 2.json",
        "state-DESKTOP-AB12CD.json",
        "state-MacBook-Pro-2.json",
    ],
)
def test_copies_that_a_file_carrier_made_are_merged_and_set_aside(open_shelf: Open, tmp_path: Path, name: str) -> None:
    there = open_shelf("there")
    there.papers.add(make_batch([make_paper(1)]))
    mark(there, "arxiv:2608.00001", starred=True, note="from there")
    there.close()
    here = open_shelf("here")
    here.papers.add(make_batch([make_paper(1)]))
    mark(here, "arxiv:2608.00001", note="from here")
    folder = tmp_path / "here"
    shutil.copy(tmp_path / "there" / "state.json", folder / name)
    assert here.sync.follow().marks == ("arxiv:2608.00001",)
    merged = entry(here, "arxiv:2608.00001").mark
    assert merged.starred
    assert "from here" in merged.note and "from there" in merged.note
    assert not (folder / name).exists()
    assert (folder / f"{name}.merged").exists()
    assert any(name in notice and "merged" in notice for notice in here.marks.status().notices)
    assert here.sync.follow().marks == ()
    assert here.marks.undo().result(60)
    assert entry(here, "arxiv:2608.00001").mark.note == "from here"


def test_a_copy_of_the_journal_alone_is_merged(open_shelf: Open, tmp_path: Path) -> None:
    there = open_shelf("there")
    there.papers.add(make_batch([make_paper(1), make_paper(2)]))
    mark(there, "arxiv:2608.00001", starred=True)
    mark(there, "arxiv:2608.00002", note="in the journal")
    here = open_shelf("here")
    here.papers.add(make_batch([make_paper(1), make_paper(2)]))
    mark(here, "arxiv:2608.00002", starred=True)
    copy = tmp_path / "here" / "state.json.sync-conflict-20261120-101112-ABCDEFG.journal"
    shutil.copy(tmp_path / "there" / "state.json.journal", copy)
    here.sync.catch_up()
    assert entry(here, "arxiv:2608.00001").mark.starred
    assert entry(here, "arxiv:2608.00002").mark.note == "in the journal"
    assert entry(here, "arxiv:2608.00002").mark.starred


def test_a_copy_that_is_no_state_is_left_in_place_and_reported_once(open_shelf: Open, tmp_path: Path) -> None:
    here = open_shelf("here")
    here.papers.add(make_batch([make_paper(1)]))
    mark(here, "arxiv:2608.00001", starred=True)
    copy = tmp_path / "here" / "state (1).json"
    copy.write_text('{"a": [1, 2]}')
    age(copy)
    here.sync.follow()
    (tmp_path / "here" / "else").touch()
    here.sync.follow()
    assert copy.exists()
    assert sum("state (1).json" in notice for notice in here.marks.status().notices) == 1


@pytest.mark.parametrize(
    "name",
    [
        "state-backup.json",
        "state-2026-11-20.json",
        "state-Old.json",
        "statement (1).txt",
        "mystate (1).json",
        "state.json.merged",
    ],
)
def test_other_files_beside_the_state_are_left_alone(open_shelf: Open, tmp_path: Path, name: str) -> None:
    here = open_shelf("here")
    here.papers.add(make_batch([make_paper(1)]))
    mark(here, "arxiv:2608.00001", starred=True)
    path = tmp_path / "here" / name
    shutil.copy(tmp_path / "here" / "state.json", path)
    assert here.sync.follow().marks == ()
    assert path.exists()
    assert here.marks.status().notices == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a readlist state"),
        (b"\x00" * 100, "not a readlist state"),
        (b'{"feeds": [1]}', "not a readlist state"),
        (b'{"meta": {"state": {"schema": 99}}, "marks": {}}', "newer readlist"),
    ],
)
def test_what_is_no_state_is_refused_in_one_line(open_shelf: Open, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(MarksError, match=said) as caught:
        open_shelf("here").sync.merge(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="wants a pipe with a name")
def test_what_is_no_file_is_not_waited_for(open_shelf: Open, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(MarksError, match="not a file"):
        open_shelf("here").sync.merge(tmp_path / "pipe.json")


def test_text_from_elsewhere_is_made_safe(open_shelf: Open, tmp_path: Path) -> None:
    stamp = "2026-11-21T09:30:00.000000Z"
    hostile = "\x1b]52;c;ZXZpbA==\x07 [@click=app.quit]x[/] \u202e"
    document = {
        "title": f"A title {hostile}",
        "identifiers": ["arxiv:2401.00001", 7, f"title:x{hostile}"],
        "note": {"value": f"A note {hostile}", "changed": stamp, "device": "z", "versions": [[], {"value": 1}]},
        "starred": {"value": [1], "changed": {}, "device": "z"},
        "read": "yesterday",
    }
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"meta": {"state": {"schema": 1}}, "marks": {"arxiv:2401.00001": document}}))
    here = open_shelf("here")
    assert here.sync.merge(path).added == 1
    found = entry(here, "arxiv:2401.00001")
    for text in (found.paper.title, found.mark.note):
        assert text.startswith("A ")
        assert not any(ord(character) < 32 or character == "\u202e" for character in text)


def test_a_damaged_state_gives_what_can_be_read_of_it(open_shelf: Open, tmp_path: Path) -> None:
    there = open_shelf("there")
    there.papers.add(make_batch([make_paper(number) for number in range(3)]))
    for number in range(3):
        mark(there, f"arxiv:2608.0000{number}", starred=True)
    there.close()
    path = tmp_path / "there" / "state.json"
    path.write_bytes(path.read_bytes().replace(b'"arxiv:2608.00001"', b'"arxiv:2608.0\xff001"'))
    here = open_shelf("here")
    found = here.sync.merge(path)
    assert not found.intact
    assert "damaged" in str(found)
    assert entry(here, "arxiv:2608.00000").mark.starred
    assert entry(here, "arxiv:2608.00002").mark.starred


def works_of_one_title() -> tuple[Paper, Paper]:
    first, second = (
        Paper("title:kettlesandtheirsongs", "Kettles and their songs", authors=(author,), published=PartialDate(year))
        for author, year in (("Ada Pot", 1991), ("Bo Lid", 2014))
    )
    return first, second


def by_author(shelf: Shelf) -> dict[str, Entry]:
    return {one.paper.authors[0]: one for one in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))}


def test_works_of_one_title_keep_their_marks_where_they_came_in_another_order(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    first, second = works_of_one_title()
    for shelf, papers in ((here, (first, second)), (there, (second, first))):
        for paper in papers:
            shelf.papers.add(make_batch([paper], feed="Lab"))
    # The key of one is that of the other there.
    assert by_author(here)["Ada Pot"].paper.key == by_author(there)["Bo Lid"].paper.key
    here.marks.apply([by_author(here)["Ada Pot"]], starred=True, note="Ada's, here")[1].result(60)
    there.marks.apply([by_author(there)["Bo Lid"]], read=True, note="Bo's, there")[1].result(60)
    for _ in range(2):
        here.sync.merge(tmp_path / "there" / "state.json")
        there.sync.merge(tmp_path / "here" / "state.json")
    for shelf in (here, there):
        marks = {author: one.mark for author, one in by_author(shelf).items()}
        assert len(marks) == 2
        assert marks["Ada Pot"].starred and not marks["Ada Pot"].read and marks["Ada Pot"].note == "Ada's, here"
        assert marks["Bo Lid"].read and not marks["Bo Lid"].starred and marks["Bo Lid"].note == "Bo's, there"


def test_a_marked_work_comes_beside_another_of_its_title(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    first, second = works_of_one_title()
    here.papers.add(make_batch([first], feed="Lab"))
    there.papers.add(make_batch([second], feed="Lab"))
    mark(there, second.key, starred=True)
    mark(here, first.key, note="Ada's")
    assert here.sync.merge(tmp_path / "there" / "state.json").added == 1
    found = by_author(here)
    assert not found["Ada Pot"].mark.starred and found["Ada Pot"].mark.note == "Ada's"
    assert found["Bo Lid"].mark.starred and found["Bo Lid"].paper.published == PartialDate(2014)
    # When the paper itself comes, it is that one; its further authors are filled in.
    here.papers.add(make_batch([replace(second, authors=("Bo Lid", "Cy Cup"))], feed="Lab"))
    assert len(by_author(here)) == 2 and by_author(here)["Bo Lid"].paper.authors == ("Bo Lid", "Cy Cup")


def test_a_library_made_again_in_another_order_gives_no_mark_to_another_work(open_shelf: Open, tmp_path: Path) -> None:
    here = open_shelf("here")
    first, second = works_of_one_title()
    here.papers.add(make_batch([first], feed="Lab"))
    mark(here, first.key, starred=True)
    here.close()
    for file in (tmp_path / "here").glob("library*"):
        file.unlink()
    again = open_shelf("here")
    again.sync.restore_papers()
    again.sync.catch_up()
    for paper in (second, first):
        again.papers.add(make_batch([paper], feed="Lab"))
    assert {author: bool(one.mark.starred) for author, one in by_author(again).items()} == {
        "Ada Pot": True,
        "Bo Lid": False,
    }


def test_a_state_that_knows_titles_alone_is_merged_by_them(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    first, _ = works_of_one_title()
    here.papers.add(make_batch([first], feed="Lab"))
    there.papers.add(make_batch([Paper(first.key, first.title)], feed="Lab"))
    mark(there, first.key, starred=True)
    there.close()
    assert here.sync.merge(tmp_path / "there" / "state.json").changed == (first.key,)
    assert by_author(here)["Ada Pot"].mark.starred


def test_a_paper_marked_under_its_doi_gives_nothing_to_one_its_title_names(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    first, second = works_of_one_title()
    here.papers.add(make_batch([first], feed="Lab"))
    there.papers.add(make_batch([replace(second, key="doi:10.1234/b", doi="10.1234/b")], feed="Lab"))
    mark(there, "doi:10.1234/b", starred=True)
    assert here.sync.merge(tmp_path / "there" / "state.json").added == 1
    assert {author: bool(one.mark.starred) for author, one in by_author(here).items()} == {
        "Ada Pot": False,
        "Bo Lid": True,
    }


def test_what_was_read_elsewhere_waits_for_its_own_work_of_a_title(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    first, second = works_of_one_title()
    there.papers.add(make_batch([second], feed="Lab"))
    mark(there, second.key, read=True)
    here.sync.merge(tmp_path / "there" / "state.json")
    # The one that comes first has the key that the other has there; the other one's year isn't known here.
    here.papers.add(make_batch([first], feed="Lab"))
    here.papers.add(make_batch([replace(second, published=None)], feed="Lab"))
    here.close()
    here = open_shelf("here")
    assert {author: bool(one.mark.read) for author, one in by_author(here).items()} == {
        "Ada Pot": False,
        "Bo Lid": True,
    }


def test_marks_of_an_older_readlist_are_completed_before_they_are_shared(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    first, second = works_of_one_title()
    here.papers.add(make_batch([first], feed="Lab"))
    bare = MarkChange(first.key, "note", "Ada's", title=first.title, identifiers=(first.key,))
    store = MarkStore(tmp_path / "here" / "state.json")
    store.apply([bare], "mark").result(60)
    store.close(10)
    here.sync.catch_up()
    (tmp_path / "shared").mkdir()
    shared, _ = here.sync.share(tmp_path / "shared")
    for paper in (second, first):
        there.papers.add(make_batch([paper], feed="Lab"))
    there.sync.merge(shared)
    assert {author: one.mark.note for author, one in by_author(there).items()} == {"Ada Pot": "Ada's", "Bo Lid": ""}
    # Nothing was decided by that: there is no step to undo but the note.
    undone = here.marks.undo().result(60)
    assert undone is not None and undone.label == "mark"


def test_a_title_alone_leads_to_none_of_two_works_that_have_other_keys(open_shelf: Open, tmp_path: Path) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    cup, plus = Paper("title:boilinginc", "Boiling in C"), Paper("title:boilinginc", "Boiling in C++")
    for paper in (plus, cup):
        here.papers.add(make_batch([paper], feed="Lab"))
    there.papers.add(make_batch([cup], feed="Lab"))
    mark(there, cup.key, starred=True)
    there.close()
    here.sync.merge(tmp_path / "there" / "state.json")
    found = {one.paper.title: bool(one.mark.starred) for one in here.papers.entries(here.papers.browse(VIEWS[1]))}
    assert found == {"Boiling in C": True, "Boiling in C++": False}


def test_a_merge_may_take_long_as_long_as_marks_arrive(
    open_shelf: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = open_shelf("here"), open_shelf("there")
    batch = make_batch([make_paper(number) for number in range(1, 7)])
    for each in (here, there):
        each.papers.add(batch)
    for number in range(1, 7):
        mark(there, make_paper(number).key, starred=True)
    there.close()
    now, polled = [0.0], threading.Event()

    def monotonic() -> float:
        polled.set()
        return now[0]

    write = here.library.mirror.write

    def slow_write(*args: Any, **extra: Any) -> None:
        write(*args, **extra)
        # Two marks take nearly as long as may pass without any.
        now[0] += 50
        polled.clear()
        assert polled.wait(60)

    monkeypatch.setattr(mirrored_marks, "CHUNK", 2)
    monkeypatch.setattr(sync_shelf, "monotonic", monotonic)
    monkeypatch.setattr(here.library.mirror, "write", slow_write)
    assert len(here.sync.merge(tmp_path / "there" / "state.json").changed) == 6
    assert now[0] > 60
    monkeypatch.undo()
    here.close()


def test_what_is_decided_while_the_library_catches_up_stays_decided(open_shelf: Open, tmp_path: Path) -> None:
    here, elsewhere = open_shelf("here"), open_shelf("here")
    papers = [make_paper(number) for number in range(600)]
    here.papers.add(make_batch(papers))
    entries = elsewhere.papers.entries(elsewhere.papers.browse(VIEWS[1]))
    elsewhere.marks.apply_all([one.id for one in entries], starred=True).result(60)
    for library in (tmp_path / "here").glob("library.db*"):
        library.unlink()
    again = open_shelf("here")
    again.papers.add(make_batch([make_paper(9_999)]))
    last = max(entries, key=lambda one: one.paper.key).paper
    decided: list[object] = []

    def decide(done: int, total: int) -> None:
        if not decided:
            decided.append((done, total))
            for starred in (False, True, False):
                mark(again, last.key, starred=starred)

    again.papers.add(make_batch(papers))
    again.sync.catch_up(progress=decide)
    assert decided
    assert entry(again, last.key).mark.starred is None
