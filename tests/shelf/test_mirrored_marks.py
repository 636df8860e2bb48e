"""Marks and their mirror while another process holds the library, and while several threads write to it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from readlist.marks import MarkOutcome
from readlist.model.tally import Tally
from readlist.query import parse
from readlist.shelf import Entry, Shelf
from tests.support.papers import make_batch, make_paper, make_shelf

LONGEST = 60.0


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with three papers."""
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([make_paper(number) for number in (1, 2, 3)]))
    made.sync.catch_up()
    yield made
    made.close()


@pytest.fixture
def other(tmp_path: Path, shelf: Shelf, hurried: None) -> Iterator[sqlite3.Connection]:
    """Another process's connection to the library."""
    made = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    yield made
    made.close()


def entry(shelf: Shelf, number: int) -> Entry:
    found = shelf.papers.entry(make_paper(number).key)
    assert found is not None
    return found


def star(shelf: Shelf, number: int, *, on: bool = True) -> None:
    shelf.marks.apply([entry(shelf, number)], starred=on)[1].result(LONGEST)


def starred(shelf: Shelf) -> tuple[list[bool], list[int]]:
    """Whether the entries have stars, and which papers a query finds."""
    return [entry(shelf, number).mark.starred is not None for number in (1, 2, 3)], [
        *shelf.papers.select(parse("is:starred"))
    ]


class Writers:
    """Notes how the mirror is written, and holds one thread up just before it writes."""

    def __init__(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patient: list[bool] = []
        self._stopped: int | None = None
        self._there, self._go_on = threading.Event(), threading.Event()
        write = shelf.library.mirror.write

        def watched(*args: Any, **extra: Any) -> None:
            self.patient.append(bool(extra.get("patient")))
            if threading.get_ident() == self._stopped:
                self._there.set()
                assert self._go_on.wait(LONGEST)
            write(*args, **extra)

        monkeypatch.setattr(shelf.library.mirror, "write", watched)

    @contextmanager
    def stopped(self, work: Any) -> Iterator[None]:
        """Do something in a thread that is stopped before it writes, until the block's end; then it ends."""

        def stop() -> object:
            self._stopped = threading.get_ident()
            return work()

        with ThreadPoolExecutor(1) as pool:
            done: Future[object] = pool.submit(stop)
            assert self._there.wait(LONGEST)
            try:
                yield
            finally:
                self._go_on.set()
            done.result(LONGEST)


@pytest.fixture
def writers(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Writers:
    return Writers(shelf, monkeypatch)


def test_what_is_undone_while_an_older_mark_waits_for_the_library_stays_undone(
    shelf: Shelf, other: sqlite3.Connection, writers: Writers
) -> None:
    other.execute("begin exclusive")
    star(shelf, 1)
    with writers.stopped(shelf.sync.follow):
        shelf.marks.undo().result(LONGEST)
    assert starred(shelf) == ([False] * 3, [])
    other.execute("rollback")
    shelf.sync.follow()
    assert starred(shelf) == ([False] * 3, [])


def test_an_older_mark_that_is_written_last_does_not_replace_a_newer_one(
    shelf: Shelf, other: sqlite3.Connection, writers: Writers
) -> None:
    other.execute("begin exclusive")
    star(shelf, 1)
    star(shelf, 2)
    with writers.stopped(shelf.sync.follow):
        other.execute("rollback")
        star(shelf, 1, on=False)
    assert starred(shelf) == ([False, True, False], [2])


def test_a_mark_of_another_process_does_not_replace_one_that_was_made_after_it(
    shelf: Shelf, tmp_path: Path, writers: Writers
) -> None:
    elsewhere = make_shelf(tmp_path)
    star(elsewhere, 1)
    elsewhere.close()
    with writers.stopped(shelf.sync.follow):
        star(shelf, 1, on=False)
    assert starred(shelf) == ([False] * 3, [])


def test_nor_one_that_was_made_just_after_it_was_read(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = make_shelf(tmp_path)
    star(elsewhere, 1)
    star(elsewhere, 2)
    elsewhere.close()
    store = shelf.marks._mirrored.store
    follow = store.follow

    def followed() -> MarkOutcome | None:
        outcome = follow()
        assert outcome is not None and len(outcome.marks) == 2
        shelf.marks.undo().result(LONGEST)
        return outcome

    with monkeypatch.context() as patched:
        patched.setattr(store, "follow", followed)
        assert {key[-1] for key in shelf.sync.follow().marks} == {"1", "2"}
    assert starred(shelf) == ([True, False, False], [1])


def test_no_step_of_few_papers_waits_for_the_library_since_the_next_must_go_to_the_disk(
    shelf: Shelf, other: sqlite3.Connection, writers: Writers
) -> None:
    star(shelf, 1)
    writers.patient.clear()
    other.execute("begin exclusive")
    shelf.marks.undo().result(LONGEST)
    shelf.marks.redo().result(LONGEST)
    _, _, tagged = shelf.marks.tag([entry(shelf, 2)], ["todo"], [], "tagged")
    assert tagged is not None
    tagged.result(LONGEST)
    star(shelf, 3)
    assert writers.patient and not any(writers.patient)
    assert starred(shelf) == ([True, False, True], [1])
    other.execute("rollback")
    shelf.sync.follow()
    assert starred(shelf) == ([True, False, True], [1, 3])


def test_the_tally_has_what_the_library_has_missed_without_waiting_for_it(
    shelf: Shelf, other: sqlite3.Connection, writers: Writers
) -> None:
    before = datetime(2026, 8, 1, tzinfo=UTC)
    star(shelf, 1)
    star(shelf, 2)
    other.execute("begin exclusive")
    star(shelf, 1, on=False)
    shelf.marks.apply([entry(shelf, 2)], read=True)[1].result(LONGEST)
    shelf.marks.apply([entry(shelf, 3)], note="later")[1].result(LONGEST)
    writers.patient.clear()
    assert shelf.marks.tally(before) == Tally(decided=2, read=1, starred=1, noted=1)
    assert shelf.marks.tally(datetime(2027, 1, 1, tzinfo=UTC)) == Tally()
    assert not writers.patient
    other.execute("rollback")
    shelf.sync.follow()
    assert shelf.marks.tally(before) == Tally(decided=2, read=1, starred=1, noted=1)


@pytest.mark.parametrize("queried", [True, False])
def test_a_mark_that_reaches_the_library_just_after_an_entry_was_read_is_shown(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, queried: bool
) -> None:
    read = shelf.library.papers
    before = entry(shelf, 1)
    reads: list[int] = []

    def read_before_it_came(ids: Sequence[int]) -> list[Entry]:
        found = read(ids)
        reads.append(len(reads))
        if len(reads) == 1:
            shelf.marks.apply([before], starred=True, queried=queried)[1].result(timeout=60)
        return found

    monkeypatch.setattr(shelf.library, "papers", read_before_it_came)
    assert entry(shelf, 1).mark.starred
    assert len(reads) == 2
