"""Marks in a file, added to what is decided here, never in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.library.rows import Added
from readlist.model.mark import UNMARKED, Mark, join_notes
from readlist.query import parse
from readlist.shelf import Adoption, Entry, Shelf
from readlist.shelf.mark_shelf import adopted
from readlist.sources.batch import Batch
from tests.support.papers import make_batch, make_paper, make_shelf

THEN = datetime(2026, 8, 1, tzinfo=UTC)
NOW = datetime(2026, 8, 9, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """An empty shelf."""
    made = make_shelf(tmp_path)
    yield made
    made.close()


def batch(**marks: Mark) -> Batch:
    """Papers 1, 2, … with marks, as a file brings them: `paper_1=Mark(…)`."""
    papers = [make_paper(number) for number in (1, 2, 3)]
    by_key = {papers[int(name.removeprefix("paper_")) - 1].key: mark for name, mark in marks.items()}
    return replace(make_batch(papers), origin="/home/ada/My library.bib", marks=by_key)


def taken(shelf: Shelf, brought: Batch) -> Adoption:
    """Put a batch on the shelf with its marks, and wait for the disk."""
    adoption = shelf.marks.adopt(brought, shelf.papers.add(brought))
    if adoption.done is not None:
        adoption.done.result(timeout=60)
    return adoption


def entry(shelf: Shelf, number: int) -> Entry:
    found = shelf.papers.entry(make_paper(number).key)
    assert found is not None
    return found


def test_notes_stars_and_reads_come_in_as_one_step_of_undo(shelf: Shelf) -> None:
    brought = batch(paper_1=Mark(note="mine", noted=THEN, starred=THEN), paper_2=Mark(read=THEN))
    adoption = taken(shelf, brought)
    assert (adoption.notes, adoption.stars, adoption.read, str(adoption)) == (1, 1, 1, "1 note, 1 star, 1 read")
    assert entry(shelf, 1).mark.note == "mine" and entry(shelf, 1).mark.starred and not entry(shelf, 1).mark.read
    assert entry(shelf, 2).mark.read and entry(shelf, 3).mark == UNMARKED
    undone = shelf.marks.undo().result(timeout=60)
    assert undone is not None and undone.label == "import of My library.bib"
    assert [entry(shelf, number).mark for number in (1, 2)] == [UNMARKED, UNMARKED]
    assert shelf.marks.undo().result(timeout=60) is None


def test_marks_that_are_not_queried_before_they_are_on_disk_are_written_to_the_library_once(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.papers.add(batch())
    write = shelf.library.mirror.write
    written: list[str] = []

    def counted(rows: Iterable[tuple[str, Mark]], *args: Any, **extra: Any) -> None:
        marks = list(rows)
        written.extend(mark.saved for _, mark in marks)
        write(marks, *args, **extra)

    monkeypatch.setattr(shelf.library.mirror, "write", counted)
    for number, queried in ((1, True), (2, False)):
        written.clear()
        after, done = shelf.marks.apply([entry(shelf, number)], starred=True, queried=queried)
        assert after[0].mark.starred and entry(shelf, number).mark.starred
        done.result(timeout=60)
        assert written == (["pending", "saved"] if queried else ["saved"])
        assert len(shelf.papers.select(parse("is:starred"), "feed")) == number


def test_the_same_file_again_changes_nothing(shelf: Shelf) -> None:
    brought = batch(paper_1=Mark(note="mine\n\nin two parts", noted=THEN, starred=THEN), paper_2=Mark(read=THEN))
    taken(shelf, brought)
    marks = [entry(shelf, number).mark for number in (1, 2, 3)]
    again = taken(shelf, brought)
    assert (again.done, str(again)) == (None, "")
    assert [entry(shelf, number).mark for number in (1, 2, 3)] == marks
    shelf.marks.undo().result(timeout=60)
    assert shelf.marks.undo().result(timeout=60) is None


def test_what_was_decided_here_stays(shelf: Shelf) -> None:
    shelf.papers.add(batch())
    shelf.marks.apply([entry(shelf, 1)], read=True, starred=True, note="from here")[1].result(timeout=60)
    before = entry(shelf, 1).mark
    adoption = taken(shelf, batch(paper_1=Mark(note="from there", noted=THEN)))
    after = entry(shelf, 1).mark
    assert (after.read, after.starred, after.note) == (before.read, before.starred, "from here\n\nfrom there")
    assert str(adoption) == "1 note"


def test_marks_go_to_the_paper_under_the_key_it_has_here(shelf: Shelf) -> None:
    known = make_paper(1, key="title:quantizedsamplingnumber1", arxiv="", title="Quantized sampling number 1")
    shelf.papers.add(make_batch([known]))
    paper = make_paper(1, title="Quantized sampling number 1")
    brought = replace(make_batch([paper]), marks={paper.key: Mark(starred=THEN), known.key: Mark(note="x", noted=THEN)})
    taken(shelf, brought)
    found = shelf.papers.entry(paper.key)
    assert found is not None and found.paper.key == known.key
    assert found.mark.starred and found.mark.note == "x"


def test_marks_of_papers_that_are_not_here_decide_nothing(shelf: Shelf) -> None:
    assert shelf.marks.adopt(batch(paper_1=Mark(starred=THEN)), Added()) == Adoption()


@pytest.mark.parametrize(
    ("note", "other", "both"),
    [
        ("", "a", "a"),
        ("a", "", "a"),
        ("a", " \n", "a"),
        ("a", "a", "a"),
        ("a\n", "a", "a\n"),
        ("a", "b", "a\n\nb"),
        ("a\n\nb", "b", "a\n\nb"),
        ("a", "a\n\nb", "a\n\nb"),
        ("ab", "a", "ab\n\na"),
        ("a", "ab", "a\n\nab"),
    ],
)
def test_of_two_notes_nothing_is_lost_and_nothing_doubled(note: str, other: str, both: str) -> None:
    assert join_notes(note, other, loose=True) == both


_NOTE = st.text("ab \n", max_size=8)
_MARK = st.builds(Mark, st.none() | st.just(THEN), st.none() | st.just(THEN), _NOTE)


@settings(deadline=None)
@given(_MARK, st.lists(_MARK, min_size=1, max_size=3))
def test_it_only_ever_adds_and_only_once(mark: Mark, brought: list[Mark]) -> None:
    decision = adopted(mark, brought, NOW)
    after = decision.mark(mark) if decision else mark
    assert (after.read or NOW) == (mark.read or NOW) and (after.starred or NOW) == (mark.starred or NOW)
    assert bool(after.read) == any(each.read for each in (mark, *brought))
    assert bool(after.starred) == any(each.starred for each in (mark, *brought))
    lines = [line.strip() for line in after.note.split("\n")]
    assert {line.strip() for each in (mark, *brought) for line in each.note.split("\n") if line.strip()} <= {*lines}
    assert adopted(after, brought, NOW) is None
