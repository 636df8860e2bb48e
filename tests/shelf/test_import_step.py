"""An import is one step of undo: the papers it brought, and what it marked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from readlist.library.integrity import check
from readlist.library.repair import rebuild
from readlist.library.rows import microseconds
from readlist.marks import MarkOutcome
from readlist.model.mark import Mark
from readlist.model.time import utc_now
from readlist.services.importer import Summary, begin, import_files, summarize
from readlist.shelf import VIEWS, Entry, Shelf
from tests.support.papers import Clock, make_batch, make_paper, make_shelf

ALL = VIEWS[1]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([make_paper(1), make_paper(2)]))
    made.sync.catch_up()
    yield made
    made.close()


def paper(shelf: Shelf, number: int) -> Entry:
    found = shelf.papers.entry(f"arxiv:2608.{number:05}")
    assert found is not None
    return found


def found(shelf: Shelf, query: str = "") -> list[int]:
    return sorted(int(one.paper.arxiv[-5:]) for one in shelf.papers.entries(shelf.papers.browse(ALL, query)))


def bring(shelf: Shelf, *numbers: int, feed: str = "a page", **marks: Mark) -> None:
    """Import papers, with marks by `paper_N`."""
    from msgspec.structs import replace

    batch = make_batch([make_paper(number) for number in numbers], feed=feed)
    named = {f"arxiv:2608.{int(name[6:]):05}": mark for name, mark in marks.items()}
    step = shelf.marks.begin_import("import of a page")
    added = shelf.papers.add(replace(batch, marks=named), imported=step.batch)
    adoption = shelf.marks.adopt(replace(batch, marks=named), added, step)
    if adoption.done is not None:
        adoption.done.result()


def undo(shelf: Shelf) -> MarkOutcome:
    outcome = shelf.marks.undo().result()
    assert outcome is not None
    return outcome


def redo(shelf: Shelf) -> MarkOutcome:
    outcome = shelf.marks.redo().result()
    assert outcome is not None
    return outcome


def test_it_is_undone_and_redone_across_restarts(shelf: Shelf, tmp_path: Path) -> None:
    bring(shelf, 2, 3, 4, paper_3=Mark(starred=Clock().now), paper_2=Mark(note="mine"))
    assert found(shelf) == [1, 2, 3, 4] and found(shelf, "is:starred") == [3]
    outcome = undo(shelf)
    assert (outcome.papers, outcome.kept, outcome.effect) == (2, 0, "removed 2 papers")
    # What was here before stays, without the note that came with the import.
    assert found(shelf) == [1, 2] and found(shelf, "is:noted") == found(shelf, "is:removed") == []
    assert shelf.papers.counts().papers == 2 and [feed.name for feed in shelf.feeds.log.all()] == ["HF daily", "a page"]
    shelf.close()
    again = make_shelf(tmp_path)
    again.sync.catch_up()
    assert found(again) == [1, 2] and check(again.library.connections) == []
    assert redo(again).effect == "brought back 2 papers"
    assert found(again) == [1, 2, 3, 4] and found(again, "is:starred") == [3] and found(again, "is:noted") == [2]
    assert check(again.library.connections) == []
    again.close()


def test_papers_decided_about_since_or_announced_by_a_feed_stay(shelf: Shelf) -> None:
    bring(shelf, 3, 4, 5, 6, 7)
    shelf.marks.apply([paper(shelf, 3)], read=True)[1].result()
    shelf.marks.apply([paper(shelf, 4)], removed=True)[1].result()
    shelf.marks.drafts.save(paper(shelf, 5).paper.key, "half a thought")
    shelf.papers.add(make_batch([make_paper(6)]))
    history = [undo(shelf) for _ in range(2)]
    assert [outcome.label for outcome in history] == ["", ""]
    shelf.marks.apply([paper(shelf, 3)], read=True)[1].result()
    bring(shelf, 8)
    assert undo(shelf).effect == "removed 1 paper" and found(shelf) == [1, 2, 3, 4, 5, 6, 7]
    # The step before the import is undone first.
    assert not undo(shelf).imports
    outcome = undo(shelf)
    assert outcome.effect == "removed 3 papers, kept 2 with marks or in feeds" and found(shelf) == [1, 2, 5, 6]


def test_what_is_kept_is_named(shelf: Shelf, tmp_path: Path) -> None:
    bring(shelf, 3, 4, 5)
    other = make_shelf(tmp_path)
    other.sync.catch_up()
    # Another window's decision: this window's own step is undone first.
    other.marks.apply([paper(other, 4)], starred=True)[1].result()
    shelf.sync.follow()
    outcome = undo(shelf)
    assert (outcome.papers, outcome.kept) == (2, 1) and found(shelf) == [1, 2, 4]
    assert other.sync.follow().papers and found(other) == [1, 2, 4]
    other.close()


def test_all_files_of_an_import_are_undone_together(shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, keywords in (("a", "starred"), ("b", "read"), ("c", "")):
        (folder / f"{name}.bib").write_text(
            f"@misc{{x, title = {{Kettles of {name}}}, keywords = {{{keywords}}}}}", encoding="utf-8"
        )
    summary: Summary = summarize(import_files(shelf, [folder]))
    for adoption in summary.adoptions:
        assert adoption.done is not None
        adoption.done.result()
    assert summary.new == 3 and shelf.papers.counts().papers == 5 and shelf.papers.counts().starred == 1
    outcome = undo(shelf)
    assert (outcome.label, outcome.papers) == ("import of bad", 3)
    assert (shelf.papers.counts().papers, shelf.papers.counts().starred) == (2, 0)
    assert shelf.marks.undo().result() is None
    assert redo(shelf).papers == 3 and shelf.papers.counts().starred == 1 and shelf.papers.counts().papers == 5
    assert shelf.marks.redo().result() is None


def test_imported_again_they_are_new_and_undone_again(shelf: Shelf) -> None:
    bring(shelf, 3, 4)
    undo(shelf)
    step = shelf.marks.begin_import("again")
    added = shelf.papers.add(make_batch([make_paper(3), make_paper(5)], feed="a page"), imported=step.batch)
    assert added.new == ("arxiv:2608.00003", "arxiv:2608.00005") and found(shelf) == [1, 2, 3, 5]
    assert found(shelf, "kettle") == [] and found(shelf, "number") == [1, 2, 3, 5]
    shelf.marks.adopt(make_batch([]), added, step)
    assert undo(shelf).papers == 2 and found(shelf) == [1, 2]
    # A feed that announces one brings it back, too.
    assert len(shelf.papers.add(make_batch([make_paper(4)])).new) == 1 and found(shelf) == [1, 2, 4]
    assert check(shelf.library.connections) == []


def test_an_import_that_brings_nothing_is_no_step(shelf: Shelf) -> None:
    bring(shelf, 1, 2)
    assert shelf.marks.undo().result() is None


def test_imports_at_one_moment_are_told_apart(tmp_path: Path) -> None:
    now = Clock().now
    shelf = make_shelf(tmp_path, lambda: now)
    bring(shelf, 1)
    bring(shelf, 2)
    bring(shelf, 3)
    assert undo(shelf).papers == 1 and found(shelf) == [1, 2]
    shelf.close()


@pytest.mark.slow
@pytest.mark.usefixtures("hurried")
def test_a_library_in_use_is_brought_up_to_date_later(shelf: Shelf, tmp_path: Path) -> None:
    bring(shelf, 3, 4)
    holder = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    holder.execute("begin immediate")
    assert undo(shelf).papers == 0 and found(shelf) == [1, 2, 3, 4]
    holder.execute("rollback")
    holder.close()
    assert shelf.sync.catch_up() and found(shelf) == [1, 2]
    assert not shelf.sync.catch_up()


def test_a_crash_between_history_and_library_is_made_good(shelf: Shelf, tmp_path: Path) -> None:
    bring(shelf, 3, 4)
    # Another program with the same marks, and a library of its own.
    home = tmp_path / "other"
    home.mkdir()
    shelf.close()
    for name in ("state.json", "library.db"):
        (home / name).write_bytes((tmp_path / name).read_bytes())
    other = make_shelf(home)
    undo(other)
    other.close()
    (home / "library.db").write_bytes((tmp_path / "library.db").read_bytes())
    again = make_shelf(home)
    assert again.sync.catch_up() and found(again) == [1, 2]
    again.close()


def test_papers_of_an_import_undone_long_ago_are_deleted(shelf: Shelf) -> None:
    bring(shelf, 3, 4)
    undo(shelf)
    shelf.library.imports.purge(utc_now() + timedelta(days=29))
    assert shelf.papers.entry("arxiv:2608.00003") is not None
    shelf.library.imports.purge(utc_now() + timedelta(days=31))
    assert shelf.papers.entry("arxiv:2608.00003") is None and found(shelf) == [1, 2]
    assert redo(shelf).papers == 0 and check(shelf.library.connections) == []


def test_a_removed_paper_that_is_added_by_hand_comes_back(shelf: Shelf) -> None:
    shelf.marks.apply([paper(shelf, 2)], removed=True, starred=True)[1].result()
    step = shelf.marks.begin_import("adding 2 papers")
    added = shelf.papers.add(make_batch([make_paper(2), make_paper(9)], feed="Added"), imported=step.batch)
    restored, done = shelf.marks.take_back(added, step)
    assert restored == ["arxiv:2608.00002"] and done is not None
    done.result()
    assert found(shelf) == [1, 2, 9] and found(shelf, "is:starred") == [2]
    assert undo(shelf).effect == "removed 1 paper" and found(shelf) == [1] and found(shelf, "is:removed") == [2]


def test_the_history_of_a_large_import_is_small(shelf: Shelf, tmp_path: Path) -> None:
    step = begin(shelf, [tmp_path / "large.bib"])
    added = shelf.papers.add(
        make_batch([make_paper(number) for number in range(3, 600)], feed="x"), imported=step.batch
    )
    before = (tmp_path / "state.json.journal").stat().st_size if (tmp_path / "state.json.journal").exists() else 0
    done = shelf.marks.adopt(make_batch([]), added, step).done
    assert done is not None
    done.result()
    assert (tmp_path / "state.json.journal").stat().st_size - before < 600
    assert undo(shelf).papers == 597 and (tmp_path / "state.json.journal").stat().st_size - before < 1_500


def test_a_library_that_is_rebuilt_knows_what_was_undone(shelf: Shelf, tmp_path: Path) -> None:
    bring(shelf, 3, 4)
    undo(shelf)
    added = paper(shelf, 3).added
    shelf.marks.apply([paper(shelf, 1)], removed=True)[1].result()
    begun = microseconds(added)
    shelf.close()
    rebuild(tmp_path / "library.db", utc_now())
    again = make_shelf(tmp_path)
    again.sync.catch_up()
    assert found(again) == [2] and found(again, "is:removed") == [1] and check(again.library.connections) == []
    assert undo(again).listed and redo(again).listed
    assert again.library.imports.kept(begun) == 0 and again.library.imports.show(begun) == 2
    assert again.library.imports.hide(begun, tuple) == 2 and found(again) == [2]
    again.close()
