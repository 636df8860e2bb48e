"""Readers, writers and searches of many threads and processes get along."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from readlist.library import connections
from readlist.library.connections import Connections
from readlist.library.errors import LibraryBusy, LibraryError, SearchInterrupted
from readlist.library.library import Library
from readlist.model.mark import Mark
from readlist.query import parse
from tests.support.library import NOON, add, paper

ENDLESS = "with recursive n(i) as (select begun() union all select i + 1 from n) select count(*) from n"


def reported(event: threading.Event) -> Callable[[], int]:
    """Return an SQL function that sets an event."""

    def tell() -> int:
        event.set()
        return 0

    return tell


@pytest.fixture
def other(library: Library) -> Iterator[sqlite3.Connection]:
    """A connection of another process to the library."""
    connection = sqlite3.connect(library.connections.path, isolation_level=None)
    yield connection
    connection.close()


class TestWriters:
    def test_marks_and_lists_may_be_written_at_once(self, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "_URGENCY", 30)
        papers = [paper(f"Paper {number}", abstract="word " * 50) for number in range(400)]
        with ThreadPoolExecutor(4) as pool:
            adding = pool.submit(add, library, *papers)
            marking = [
                pool.submit(library.mirror.write, [(each.key, Mark(read=NOON, note=f"note{number}"))])
                for number, each in enumerate(papers)
            ]
            looking = [pool.submit(library.ids, parse("word is:read"), "feed") for _ in range(20)]
            assert len(adding.result().new) == 400
            futures: list[Future[Any]] = [*marking, *looking]
            for future in futures:
                future.result()
        assert library.counts().noted == 400
        assert list(library.ids(parse("note7"), "feed")) == [8]

    @pytest.mark.usefixtures("hurried")
    def test_a_mark_does_not_wait_long_for_another_process(self, library: Library, other: sqlite3.Connection) -> None:
        other.execute("begin immediate")
        with pytest.raises(LibraryBusy, match="Try again"):
            library.mirror.write([("title:a", Mark(read=NOON))])
        other.execute("rollback")
        library.mirror.write([("title:a", Mark(read=NOON))])

    @pytest.mark.usefixtures("hurried")
    def test_a_mark_does_not_wait_long_for_another_thread(self, library: Library) -> None:
        with library.connections.writing(), ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(library.mirror.write, [("title:a", Mark(read=NOON))])
            with pytest.raises(LibraryBusy):
                waiting.result()

    def test_a_patient_writer_waits(
        self, library: Library, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other.execute("begin immediate")
        with ThreadPoolExecutor(1) as pool:
            adding = pool.submit(add, library, paper("A"))
            library.counts()
            other.execute("rollback")
            assert adding.result().new == ("title:a",)

    def test_readers_never_wait_for_a_writer(self, library: Library, other: sqlite3.Connection) -> None:
        add(library, paper("A"))
        other.execute("begin immediate")
        other.execute("update detail set title = 'B'")
        assert library.papers([1])[0].paper.title == "A"
        other.execute("rollback")

    def test_what_fails_is_undone(self, library: Library) -> None:
        add(library, paper("A"))
        with pytest.raises(ZeroDivisionError), library.connections.writing() as connection:
            connection.execute("delete from paper")
            raise ZeroDivisionError
        assert library.counts().papers == 1

    def test_the_log_is_moved_into_the_file_by_another_thread(
        self, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections, "_CHECKPOINT_EVERY", 3)
        for number in range(3):
            library.mirror.write([(f"title:{number}", Mark(read=NOON))])
        mover = library.connections._checkpoint
        assert mover is not None
        mover.join()
        assert in_the_file(library, tmp_path) == 3

    def test_the_log_is_moved_after_many_writes_or_one_of_many_rows(
        self, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections, "_CHECKPOINT_EVERY", 3)
        # The schema.
        library.connections._move_log()
        moved = []
        for number in range(3):
            library.mirror.write([(f"title:{number}", Mark(read=NOON))], patient=True)
            moved.append(in_the_file(library, tmp_path))
        library.mirror.write(((f"title:many{number}", Mark(read=NOON)) for number in range(150)), patient=True)
        assert [*moved, in_the_file(library, tmp_path)] == [0, 0, 3, 153]


def in_the_file(library: Library, folder: Path) -> int:
    """Return how many marks the file holds without its log."""
    connection = sqlite3.connect(shutil.copy(library.connections.path, folder / "alone.db"))
    try:
        (marks,) = connection.execute("select count(*) from mark").fetchone()
    finally:
        connection.close()
    return int(marks)


class TestDurability:
    def test_every_connection_writes_a_log_that_survives_kills_and_keeps_the_file_sound_in_power_cuts(
        self, library: Library
    ) -> None:
        normal = 1
        pool = library.connections
        assert library.connections.journal == "wal"
        with pool.reading() as reader, pool.writing() as patient:
            found = [connection.execute("pragma synchronous").fetchone() for connection in (reader, patient)]
        with pool.writing(urgent=True) as urgent:
            found.append(urgent.execute("pragma synchronous").fetchone())
            assert urgent.execute("pragma journal_mode").fetchone() == ("wal",)
        assert len({reader, patient, urgent}) == 3
        assert found == [(normal,)] * 3


class TestInterrupting:
    def test_a_search_is_stopped(self, library: Library) -> None:
        begun = threading.Event()

        def search() -> None:
            with library.connections.reading(search=True) as connection:
                connection.create_function("begun", 0, reported(begun))
                connection.execute(ENDLESS).fetchone()

        with ThreadPoolExecutor(1) as pool:
            searching = pool.submit(search)
            assert begun.wait(60)
            library.connections.interrupt()
            with pytest.raises(SearchInterrupted):
                searching.result()
        assert library.count(parse("")) == 0

    def test_what_is_no_search_goes_on(self, library: Library) -> None:
        begun, stop = threading.Event(), threading.Event()

        def read() -> int:
            with library.connections.reading() as connection:
                connection.create_function("begun", 0, reported(begun))
                connection.create_function("wait", 0, lambda: int(stop.wait(60)))
                return int(connection.execute("select begun() + wait()").fetchone()[0])

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read)
            assert begun.wait(60)
            library.connections.interrupt()
            stop.set()
            assert reading.result() == 1


class TestClosing:
    def test_a_closed_library_says_so(self, tmp_path: Path) -> None:
        library = Library(tmp_path / "library.db")
        library.close()
        library.close()
        with pytest.raises(LibraryError, match="closed"):
            library.counts()
        with pytest.raises(LibraryError, match="closed"):
            library.mirror.write([("title:a", Mark(read=NOON))])

    def test_closing_stops_a_search(self, tmp_path: Path) -> None:
        pool_of = Connections(tmp_path / "library.db")
        begun = threading.Event()

        def search() -> None:
            with pool_of.reading(search=True) as connection:
                connection.create_function("begun", 0, reported(begun))
                connection.execute(ENDLESS).fetchone()

        with ThreadPoolExecutor(1) as pool:
            searching = pool.submit(search)
            assert begun.wait(60)
            pool_of.close()
            with pytest.raises(SearchInterrupted):
                searching.result()

    def test_connections_are_used_again(self, library: Library) -> None:
        for _ in range(5):
            library.counts()
            library.ids(parse(""), "feed")
        assert len(library.connections._idle) == 1
