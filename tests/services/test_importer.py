"""Importing files: what became of each, as values, with neither command line nor screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from readlist.services import Progress
from readlist.services.importer import Imported, Summary, import_files, summarize
from readlist.shelf import LibraryBusy, Shelf
from tests.support.papers import Clock, make_shelf

RIS = "TY  - JOUR\nTI  - Sparse attention in practice\nDO  - 10.5555/sparse\nKW  - starred\nER  - \n"
BIBTEX = "@article{one, title={Dense retrieval of long texts}, doi={10.5555/dense}, note={read it twice}}\n"
OPML = '<opml version="2.0"><body><outline text="Lab" type="rss" xmlUrl="https://lab.example/feed"/></body></opml>'


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    home = tmp_path / "home"
    home.mkdir()
    made = make_shelf(home, Clock())
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two files of references and a list of feeds."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "a.ris").write_text(RIS)
    (made / "b.bib").write_text(BIBTEX)
    (made / "c.opml").write_text(OPML)
    return made


def test_each_file_is_a_value(shelf: Shelf, folder: Path) -> None:
    first, second, third = import_files(shelf, [folder])
    assert (first.new, first.known, first.complete) == (1, 0, True)
    assert (first.adoption.stars, second.adoption.notes) == (1, 1)
    assert [feed.name for feed in third.batch.feeds] == ["Lab"]
    assert shelf.library.counts().papers == 2


def test_a_second_import_knows_the_papers_and_brings_no_mark(shelf: Shelf, folder: Path) -> None:
    list(import_files(shelf, [folder]))
    again = summarize(import_files(shelf, [folder]))
    assert (again.new, again.known, again.adoptions, again.failures) == (0, 2, [], [])


def test_the_next_file_waits_until_this_one_was_dealt_with(shelf: Shelf, folder: Path) -> None:
    run = import_files(shelf, [folder])
    next(run)
    assert shelf.library.counts().papers == 1


def test_progress_is_reported_in_bytes_and_papers(shelf: Shelf, folder: Path) -> None:
    reported: list[Progress] = []
    list(import_files(shelf, [folder / "a.ris"], reported.append))
    size = len(RIS)
    assert [(one.done, one.total) for one in reported if one.unit == "bytes"] == [(0, size), (size, size)]
    assert [(one.done, one.total) for one in reported if one.unit == "papers"] == [(1, 1)]
    assert {Path(one.name).name for one in reported} == {"a.ris"}


def test_what_a_stopped_import_stored_is_undone_in_one_step(shelf: Shelf, tmp_path: Path) -> None:
    page = tmp_path / "many.bib"
    page.write_text("".join(f"@article{{k{n}, title={{Sparse attention number {n}}}}}\n" for n in range(250)))

    def stop(progress: Progress) -> None:
        if progress.unit == "papers":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(import_files(shelf, [page], stop))
    stored = shelf.library.counts().papers
    assert 0 < stored < 250
    shelf.marks.undo().result()
    assert shelf.library.counts().papers == 0
    shelf.marks.redo().result()
    assert shelf.library.counts().papers == stored


def test_an_import_stopped_before_its_first_paper_is_no_step(shelf: Shelf, tmp_path: Path) -> None:
    page = tmp_path / "one.ris"
    page.write_text(RIS)
    list(import_files(shelf, [page]))

    def stop(progress: Progress) -> None:
        if progress.unit == "papers":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(import_files(shelf, [page], stop))
    # The first import's step is the latest.
    shelf.marks.undo().result()
    assert shelf.library.counts().papers == 0


def test_standard_input_and_the_day_are_those_given(shelf: Shelf) -> None:
    (one,) = import_files(shelf, ["-"], day=date(2026, 8, 3), stdin=io.BytesIO(RIS.encode()))
    assert (one.new, one.batch.origin) == (1, "-")


def test_a_file_that_fails_hides_no_other(shelf: Shelf, folder: Path) -> None:
    missing = folder / "missing.ris"
    failed, good = import_files(shelf, [missing, folder / "a.ris"])
    assert (failed.complete, failed.new, good.new) == (False, 0, 1)
    assert str(missing) in failed.batch.failure


def test_the_summary_adds_up_what_came(shelf: Shelf, folder: Path) -> None:
    came = summarize(import_files(shelf, [folder, folder / "missing.ris"]))
    assert (came.new, came.known, [feed.name for feed in came.feeds]) == (2, 0, ["Lab"])
    assert [str(adoption) for adoption in came.adoptions] == ["1 star", "1 note"]
    assert len(came.failures) == 1


def test_a_store_that_fails_ends_the_import_with_what_is_in(shelf: Shelf, folder: Path) -> None:
    def breaking() -> Iterator[Imported]:
        yield next(import_files(shelf, [folder]))
        raise LibraryBusy("the library is busy")

    came = summarize(breaking())
    assert (came.new, came.failures) == (1, ["the library is busy"])
    assert isinstance(came, Summary)
