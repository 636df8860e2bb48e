"""Connections to one library file: any number of readers, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote_from_bytes

from readlist.files import make_private
from readlist.library import migrations
from readlist.library.errors import (
    LibraryBusy,
    LibraryError,
    damaged,
    explained,
    no_room,
    not_a_library,
    read_only,
)
from readlist.library.migrations import PAGE_SIZE, migrate, version_of
from readlist.library.search_index import SQL_FUNCTIONS

_Result = TypeVar("_Result")
_MAGIC = b"SQLite format 3\0"
_PATIENCE = 5.0
_URGENCY = 0.05
_LOOKED_EVERY = 0.05
"""Seconds between two looks whether a migration has ended, or Ctrl-C was pressed."""
_REPORT_AFTER = 1.0
"""Seconds of waiting for another process after which that is reported, again and again."""
_CHECKPOINT_EVERY = 200
"""Writes after which the log is moved into the file; that waits for the disk, and so does the next write."""
_ROWS_A_WRITE = 50
"""Rows that count as a write more: each write adds some pages to the log, and rows share them."""
_WRITING_CACHE_KB, _READING_CACHE_KB = 4_000, 500
"""What a connection keeps of the file. Reading is as fast with little, since the system keeps the file as well."""

_IDLE = 2
"""Connections that are kept for the next query, each with its cache."""

_CHANGES = "changes"
"""Name of the count of transactions that changed papers."""


def sqlite_uri(path: Path) -> str:
    """Return the URI by which SQLite opens a file; `Path.as_uri` loads HTTP and TLS since Python 3.14."""
    name = path.absolute().as_posix()
    return "file:" + quote_from_bytes(os.fsencode(f"/{name}" if path.absolute().drive else name))


class Connections:
    """Lends connections to a library file, from any thread.

    With SQLite's write-ahead log, readers never wait for the writer. If the file system doesn't support it (it needs
    shared memory, which some network file systems lack), SQLite's rollback journal is used and readers wait; `journal`
    says which.

    All connections use `synchronous = normal`. A process that is killed loses no committed transaction. A power cut may
    undo the latest ones, back to when the log was last moved into the file, but never damages the file. That is enough
    here and saves each commit a wait for the disk: feeds can be fetched again, and marks are stored durably elsewhere.

    A library that can't be written is still read: with SQLite's log if there is one and it is readable, else without.

    Attributes:
        path: the library file.
        writable: whether it can be written; `writing` raises `LibraryReadOnly` if not.
        on_wait: called about every second while another process is waited for, in the thread that waits; may be None.
        journal: SQLite's journal mode: `wal`, or what was possible.
        neighbours: called by statements: gives the ids of the papers that are like some papers, the nearest first, as a
            JSON list; of a JSON list of identifiers. It must not raise.
        counted_from: likewise: gives from when on it is counted what was gained, in microseconds since 1970, by the
            stored time of the visit.
        present_day: likewise: gives the present day in UTC, in ISO 8601.
    """

    sqlite_version = sqlite3.sqlite_version

    def __init__(
        self,
        path: Path,
        progress: Callable[[int, int], None] | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open or create a library, or migrate an older one; see `Library`."""
        self.path = path
        self.on_wait = on_wait
        self.neighbours: Callable[[str], str] = lambda named: "[]"
        self.counted_from: Callable[[str | None], int] = lambda visit: 0
        self.present_day: Callable[[], str] = lambda: ""
        self._progress = progress
        self._reached = 0
        self.writable = True
        self._refusal = read_only(path)
        # See https://sqlite.org/uri.html; an immutable file is read without its log, and without a lock.
        self._mode = "rw"
        self._guard = threading.Condition()
        self._writing = threading.Lock()
        self._none_urgent = threading.Event()
        self._none_urgent.set()
        self._idle: list[sqlite3.Connection] = []
        self._searching: set[sqlite3.Connection] = set()
        self._writers: dict[bool, sqlite3.Connection] = {}
        self._log_writes = 0
        self._checkpoint: threading.Thread | None = None
        self._closed = False
        with explained(path):
            self._prepare_file()
            connection = self._first_connection()
            try:
                self._own_changes, self._seen_changes = 0, changes_in(connection)
            except BaseException:
                connection.close()
                raise
        self._idle.append(connection)

    def _prepare_file(self) -> None:
        """Create the folder and the file, private to the user, or check the existing file."""
        path = self.path
        if path.exists() and not path.is_file():
            # Opening a pipe would wait for a writer.
            raise not_a_library(path, "a folder" if path.is_dir() else "a pipe or a device")
        if not path.exists():
            make_private(path.parent)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            return
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
        if start and start != _MAGIC:
            raise damaged(path, "not an SQLite database")
        self.writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)

    def _first_connection(self) -> sqlite3.Connection:
        """Open the database for writing, else for reading with its log, else for reading the file alone."""
        if self.writable:
            try:
                return self._prepared()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
                    raise
                # No space for the files of SQLite's log: the library can still be read.
                self.writable, self._refusal = False, no_room(self.path)
        self._mode = "ro"
        # SQLite may try to create the files of its log, even if it is empty.
        with suppress(sqlite3.OperationalError):
            return self._prepared()
        self._mode = "ro&immutable=1"
        return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        connection = self._with_patience(self._opened)
        if self.journal != "wal":
            # Readers wait for the writer then.
            connection.execute(f"pragma busy_timeout = {int(_PATIENCE * 1000)}")
        return connection

    def _opened(self) -> sqlite3.Connection:
        connection = self._connect(min(_REPORT_AFTER, _PATIENCE), _READING_CACHE_KB)
        try:
            self.journal = self._begin(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _with_patience(self, act: Callable[[], _Result]) -> _Result:
        """Retry while another process holds the library; after each second that is reported.

        The connection itself waits for a second.
        """
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return act()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
                if self.on_wait is not None:
                    self.on_wait()

    def _begin(self, connection: sqlite3.Connection) -> str:
        """Set up or migrate a connection's database; returns its journal mode."""
        version = version_of(connection, self.path)
        if not self.writable:
            if version < len(migrations.MIGRATIONS):
                raise self._refusal
            return "none"
        if version == 0:
            connection.execute(f"pragma page_size = {PAGE_SIZE}")
        journal = _journal_mode(connection, "wal")
        if journal is None:
            journal = _journal_mode(connection, "delete") or ""
        if version == 0:
            migrate(connection, self.path)
        elif version < len(migrations.MIGRATIONS):
            connection.execute(f"pragma cache_size = -{_WRITING_CACHE_KB}")
            self._migrate_in_thread(connection)
        return journal

    def _migrate_in_thread(self, connection: sqlite3.Connection) -> None:
        """Migrate a library in a thread of its own, so that Ctrl-C stops it cleanly and undoes it.

        A KeyboardInterrupt within a function that SQLite calls would look like a damaged text.
        """
        failed: list[BaseException] = []
        # Not the thread's own state: if a signal interrupts `join`, the thread looks ended.
        ended = threading.Event()

        def work() -> None:
            try:
                migrate(connection, self.path)
            except BaseException as error:
                failed.append(error)
            finally:
                ended.set()

        thread = threading.Thread(target=work, name="library-migration", daemon=True)
        try:
            thread.start()
            # With a timeout: a signal that reaches another thread doesn't wake this one.
            while not ended.wait(_LOOKED_EVERY):
                pass
        except BaseException:
            while thread.ident is not None and not ended.wait(_LOOKED_EVERY):
                connection.interrupt()
            raise
        if failed:
            raise failed[0]

    def _connect(self, patience: float, cache_kb: int = _WRITING_CACHE_KB) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{sqlite_uri(self.path)}?mode={self._mode}",
            timeout=patience,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
            uri=True,
        )
        try:
            if self.writable:
                connection.execute("pragma synchronous = normal")
            connection.execute(f"pragma cache_size = -{cache_kb}")
            for name, function in SQL_FUNCTIONS.items():
                connection.create_function(name, 1, function, deterministic=True)
            connection.create_function("reached", 1, self._next_reached)
            connection.create_function("neighbours", 1, lambda named: self.neighbours(named), deterministic=True)
            connection.create_function("counted_from", 1, lambda visit: self.counted_from(visit), deterministic=True)
            connection.create_function("present_day", 0, lambda: self.present_day(), deterministic=True)
        except BaseException:
            connection.close()
            raise
        return connection

    def _next_reached(self, papers: int) -> bool:
        """Count a paper added to the search index, of how many; called by the statement that fills it."""
        self._reached = self._reached % papers + 1
        if self._progress is not None:
            self._progress(self._reached, papers)
        return True

    @contextmanager
    def reading(self, *, search: bool = False) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reading.

        Args:
            search: whether `interrupt` may stop its queries.
        """
        with explained(self.path):
            self._check_open()
            connection = self._free()
            if search:
                self._searching.add(connection)
            try:
                yield connection
            finally:
                with self._guard:
                    self._searching.discard(connection)
                    if self._closed or len(self._idle) >= _IDLE:
                        connection.close()
                    elif self._idle:
                        # The first one's cache is enough.
                        connection.execute("pragma shrink_memory")
                        self._idle.insert(0, connection)
                        self._guard.notify()
                    else:
                        self._idle.append(connection)
                        self._guard.notify()

    def own(self) -> sqlite3.Connection:
        """Return a connection for reading that is not lent again; to be closed by the caller."""
        self._check_open()
        return self._connect(_PATIENCE, _READING_CACHE_KB)

    def _free(self) -> sqlite3.Connection:
        """Return an idle connection, or a new one."""
        with self._guard:
            if self._idle:
                return self._idle.pop()
        try:
            return self._connect(_PATIENCE, _READING_CACHE_KB)
        except sqlite3.OperationalError:
            # The folder may have been removed; connections that are open still work.
            with self._guard:
                if self._guard.wait_for(lambda: bool(self._idle), _PATIENCE):
                    return self._idle.pop()
            raise

    def interrupt(self) -> None:
        """Stop the searches of other threads: they raise `SearchInterrupted`."""
        with self._guard:
            for connection in self._searching:
                connection.interrupt()

    @contextmanager
    def writing(self, *, papers: bool = False, urgent: bool = False) -> Iterator[sqlite3.Connection]:
        """Lend the writer's connection for one transaction: committed at the block's end, undone by an exception.

        Args:
            papers: whether it changes papers, so that other processes notice: see `papers_changed_elsewhere`.
            urgent: whether to wait about 50 ms for another writer instead of 5 s.

        Raises:
            LibraryBusy: another writer took longer.
            LibraryReadOnly: the library can't be written.
        """
        self._check_open()
        if not self.writable:
            raise self._refusal
        self._acquire_writer(urgent)
        try:
            with explained(self.path):
                self._check_open()
                connection = self._writer(urgent)
                self._do(connection, "begin immediate", urgent)
                own, before = self._own_changes, connection.total_changes
                try:
                    yield connection
                    if papers and connection.total_changes != before:
                        set_meta(connection, _CHANGES, str(changes_in(connection) + 1))
                        self._own_changes += 1
                    self._do(connection, "commit", urgent)
                    writes = 1 + (connection.total_changes - before) // _ROWS_A_WRITE
                except BaseException:
                    self._own_changes = own
                    if connection.in_transaction:
                        connection.execute("rollback")
                    raise
        finally:
            self._writing.release()
        self._log_grew(writes, urgent)

    def changes(self) -> int:
        """Return how many transactions have changed papers, of any process."""
        with self.reading() as connection:
            return changes_in(connection)

    def papers_changed_elsewhere(self) -> bool:
        """Tell whether another process changed papers since the last call, or since the library was opened."""
        # Not `pragma data_version`: it counts marks too, and transactions of this process's other connections.
        with self.reading() as connection:
            changes = changes_in(connection)
        # Own changes are counted before they are committed: until then this is too low, never too high.
        seen, self._seen_changes = self._seen_changes, max(self._seen_changes, changes - self._own_changes)
        return self._seen_changes > seen

    def _do(self, connection: sqlite3.Connection, statement: str, urgent: bool) -> None:
        """Begin or commit a transaction."""
        if urgent:
            connection.execute(statement)
        else:
            self._with_patience(lambda: connection.execute(statement))

    def _acquire_writer(self, urgent: bool) -> None:
        """Wait to be the writer; an urgent one goes first."""
        if not urgent:
            self._none_urgent.wait(_PATIENCE)
            taken = self._writing.acquire(timeout=_PATIENCE)
        else:
            self._none_urgent.clear()
            taken = self._writing.acquire(timeout=_URGENCY)
            self._none_urgent.set()
        if not taken:
            raise LibraryBusy(f"The library {self.path} is busy. Try again in a moment.")

    def _writer(self, urgent: bool) -> sqlite3.Connection:
        if urgent not in self._writers:
            connection = self._connect(_URGENCY if urgent else min(_REPORT_AFTER, _PATIENCE))
            # Otherwise the commit that fills the log would also move it, while others wait for the writer.
            connection.execute("pragma wal_autocheckpoint = 0")
            # The triggers that keep the tags call a Python function; some builds of SQLite don't allow that by default.
            connection.execute("pragma trusted_schema = on")
            self._writers[urgent] = connection
        return self._writers[urgent]

    def _log_grew(self, writes: int, urgent: bool) -> None:
        """Move the write-ahead log into the file now and then: in a thread if this one is urgent."""
        self._log_writes += writes
        if self._log_writes < _CHECKPOINT_EVERY or (self._checkpoint is not None and self._checkpoint.is_alive()):
            return
        self._log_writes = 0
        if urgent:
            self._checkpoint = threading.Thread(target=self._move_log, name="library-checkpoint", daemon=True)
            self._checkpoint.start()
        else:
            self._move_log()

    def _move_log(self) -> None:
        """Move the write-ahead log into the file; if that fails, the next time will do."""
        try:
            with self.reading() as connection:
                connection.execute("pragma wal_checkpoint(passive)").fetchone()
        except (LibraryError, sqlite3.Error):
            return

    def _check_open(self) -> None:
        if self._closed:
            raise LibraryError(f"The library {self.path} is closed.")

    def close(self) -> None:
        """Stop searches, wait up to 10 s for the writer, and close every connection."""
        if self._closed:
            return
        self.interrupt()
        free = self._writing.acquire(timeout=2 * _PATIENCE)
        try:
            self._closed = True
            if self._checkpoint is not None:
                self._checkpoint.join(_PATIENCE)
            with self._guard:
                # One that is in use is closed when it is returned.
                for connection in (*self._idle, *(self._writers.values() if free else ())):
                    connection.close()
                self._idle.clear()
                self._writers.clear()
        finally:
            if free:
                self._writing.release()


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Set one of the library's own values."""
    connection.execute(
        "insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (name, value),
    )


def meta(connection: sqlite3.Connection, name: str) -> str:
    """Return one of the library's own values, empty if it is not set."""
    row = connection.execute("select value from meta where name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def changes_in(connection: sqlite3.Connection) -> int:
    """Return how many transactions have changed papers so far."""
    return int(meta(connection, _CHANGES) or 0)


def _journal_mode(connection: sqlite3.Connection, wanted: str) -> str | None:
    """Set the journal mode; returns the new mode, None if the file system doesn't support it."""
    until = time.monotonic() + min(_REPORT_AFTER, _PATIENCE)
    while True:
        try:
            (mode,) = connection.execute(f"pragma journal_mode = {wanted}").fetchone()
        except sqlite3.OperationalError as error:
            code = error.sqlite_errorcode & 0xFF
            if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL) and wanted == "wal":
                return None
            # SQLite doesn't wait here by itself while another process opens or closes the library.
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)
        else:
            return str(mode)
