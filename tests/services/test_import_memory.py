"""The same import again: a file is only hashed where reading it would change nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readlist.query import parse
from readlist.services import import_memory
from readlist.services.importer import Imported, import_files
from readlist.shelf import Shelf
from readlist.sources import reader
from tests.support.papers import Clock, make_batch, make_paper, make_shelf

HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK\n\nAug 1\n\n"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a small file is worth a hash."""
    monkeypatch.setattr(import_memory, "_WORTHWHILE", 1)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    home = tmp_path / "home"
    home.mkdir()
    made = make_shelf(home, Clock())
    yield made
    made.close()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    papers = (
        f"Kettles That Listen {number}: Boiling by Ear\n\nWe let {number} kettles listen to themselves. A small "
        "network hears the water boil and stops in time, in nine kitchens of ten, and nobody burns the tea any more.\n"
        for number in range(9)
    )
    path.write_text(HEAD + "\n".join(papers), encoding="utf-8")
    os.utime(path, (datetime(2026, 8, 3, tzinfo=UTC).timestamp(),) * 2)
    return path


class Parsed:
    """Counts the files that are parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        parse = reader.parse

        def counted(*args: object, **options: object) -> object:
            self.count += 1
            return parse(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(reader, "parse", counted)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    return Parsed(monkeypatch)


def run(shelf: Shelf, path: Path) -> Imported:
    (one,) = import_files(shelf, [path])
    return one


def test_the_same_file_again_is_hashed_and_says_the_same(shelf: Shelf, page: Path, parsed: Parsed) -> None:
    first, second = run(shelf, page), run(shelf, page)
    assert parsed.count == 1 and (first.new, first.known) == (9, 0)
    assert (second.new, second.known, second.removed, second.papers, second.complete) == (0, 9, 0, 9, True)
    for name in ("origin", "kind", "day", "skipped", "path", "failure"):
        assert getattr(second.batch, name) == getattr(first.batch, name)
    assert second.adoption.done is None


def test_another_version_day_name_or_content_is_read(
    shelf: Shelf, page: Path, parsed: Parsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(shelf, page)
    copy = page.with_name("copy.txt")
    shutil.copy2(page, copy)
    assert run(shelf, copy).known == 9 and parsed.count == 2
    list(import_files(shelf, [page], day=datetime(2026, 8, 1, tzinfo=UTC).date()))
    assert parsed.count == 3
    run(shelf, page)
    run(shelf, page)
    settled = parsed.count
    with page.open("a") as file:
        file.write(" More.")
    os.utime(page, (datetime(2026, 8, 3, tzinfo=UTC).timestamp(),) * 2)
    run(shelf, page)
    assert parsed.count == settled + 1
    os.utime(page, (datetime(2025, 8, 3, tzinfo=UTC).timestamp(),) * 2)
    run(shelf, page)
    assert parsed.count == settled + 2
    run(shelf, page)
    run(shelf, page)
    settled = parsed.count
    monkeypatch.setattr(import_memory, "__version__", "999")
    run(shelf, page)
    assert parsed.count == settled + 1


def test_whatever_changes_papers_lets_it_be_read_again(shelf: Shelf, page: Path, parsed: Parsed) -> None:
    run(shelf, page)
    # Another list: a paper may have been merged, filled in, announced anew.
    shelf.papers.add(make_batch([make_paper(1)]))
    assert (run(shelf, page).known, parsed.count) == (9, 2)
    # Nothing changed: from now on it is hashed again, although a list was added meanwhile.
    assert (run(shelf, page).known, parsed.count) == (9, 2)


def test_papers_of_an_import_that_was_undone_come_back(shelf: Shelf, page: Path, parsed: Parsed) -> None:
    first = run(shelf, page)
    assert first.adoption.done is not None
    first.adoption.done.result()
    shelf.marks.undo().result()
    assert shelf.library.counts().papers == 0
    again = run(shelf, page)
    assert (again.new, again.known, parsed.count) == (9, 0, 2)
    assert shelf.library.counts().papers == 9


def test_papers_that_expired_come_back(shelf: Shelf, page: Path, parsed: Parsed) -> None:
    from readlist.library.paper_writer import expire

    run(shelf, page)
    assert expire(shelf.library.connections, {"HF search": datetime(2027, 1, 1, tzinfo=UTC).date()}, tuple) == 9
    assert (run(shelf, page).new, parsed.count) == (9, 2)


def test_removed_papers_are_counted_as_they_are_now(shelf: Shelf, page: Path, parsed: Parsed) -> None:
    run(shelf, page)
    entries = shelf.papers.entries(list(shelf.papers.select(parse(""))))
    shelf.marks.apply(entries[:2], removed=True)[1].result()
    assert (run(shelf, page).removed, parsed.count) == (2, 2)
    assert (run(shelf, page).removed, parsed.count) == (2, 2)
    shelf.marks.apply(entries[2:3], removed=True)[1].result()
    assert (run(shelf, page).removed, parsed.count) == (3, 3)
    removed = shelf.papers.entries(list(shelf.papers.select(parse("is:removed"))))
    shelf.marks.apply(removed, removed=False)[1].result()
    assert (run(shelf, page).removed, parsed.count) == (0, 4)


def test_what_brings_marks_or_feeds_or_fails_is_always_read(shelf: Shelf, tmp_path: Path, parsed: Parsed) -> None:
    marked = tmp_path / "a.ris"
    marked.write_text("TY  - JOUR\nTI  - Sparse attention in practice\nDO  - 10.5555/sparse\nKW  - starred\nER  - \n")
    run(shelf, marked)
    (entry,) = shelf.papers.entries(list(shelf.papers.select(parse(""))))
    shelf.marks.apply([entry], starred=False)[1].result()
    assert (run(shelf, marked).adoption.stars, parsed.count) == (1, 2)
    feeds = tmp_path / "b.opml"
    feeds.write_text('<opml version="2.0"><body><outline type="rss" xmlUrl="https://lab.example/feed"/></body></opml>')
    assert len(run(shelf, feeds).batch.feeds) == len(run(shelf, feeds).batch.feeds) == 1
    nothing = tmp_path / "c.txt"
    nothing.write_text("\n\n")
    assert run(shelf, nothing).batch.failure == run(shelf, nothing).batch.failure != ""


def test_a_file_that_changes_while_it_is_read_is_not_remembered(
    shelf: Shelf, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = reader.parse

    def changed(*args: object, **options: object) -> object:
        page.write_text(f"{page.read_text()}\n\nAnother Kettle of Quite Another Kind\n\nIt boils, and we listen to it.")
        return parse(*args, **options)  # type: ignore[arg-type]

    content = page.read_text()
    with monkeypatch.context() as patch:
        patch.setattr(reader, "parse", changed)
        run(shelf, page)
    page.write_text(content)
    counted = Parsed(monkeypatch)
    run(shelf, page)
    assert counted.count == 1


def test_what_is_remembered_does_not_grow(shelf: Shelf, page: Path) -> None:
    for number in range(5):
        path = page.with_name(f"{number}.txt")
        path.write_text(page.read_text().replace("Kettles", f"Pots {number}"))
        run(shelf, path)
    with shelf.library.connections.reading() as connection:
        (kept,) = connection.execute("select count(*) from meta where name like 'imported:%'").fetchone()
    assert kept == 1
