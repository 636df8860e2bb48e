"""Connections to one library file: any number of readers, one writer at a time."""

from __future__ import annotations

import json
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
from readlist.library.rows import indexed, indexed_list, title_order
from readlist.query.lexer import matchable
from readlist.text.clean import fold

_Result = TypeVar("_Result")
_MAGIC = b"SQLite format 3\0"
_PATIENCE = 5.0
_URGENCY = 0.05
_WORD_AFTER = 1.0
"""Seconds of waiting for another process after which that is told, and told again."""
# In marks; a part of a list writes as much as some dozens of them.
_CHECKPOINT_EVERY = 200
_PATIENT_WEIGHT = 20
_CACHE_KB = 4_000
_CHANGES = "changes"
"""Names the count of transactions that changed papers."""


def sqlite_uri(path: Path) -> str:
    """Return the URI by which SQLite opens a file; `Path.as_uri` loads HTTP and TLS since Python 3.14."""
    name = path.absolute().as_posix()
    return "file:" + quote_from_bytes(os.fsencode(f"/{name}" if path.absolute().drive else name))


class Connections:
    """Hands out connections to a library file, from any thread.

    With SQLite's write-ahead log, readers never wait and one writer doesn't disturb them. Where the file system
    can't have it (it needs shared memory, which some network file systems lack), SQLite's rollback journal is used
    and readers wait for a writer; `journal` says which.

    Each connection runs with `synchronous = normal`. A process that is killed loses nothing it has committed: the
    system has it. A power cut may take back the last transactions, whole and latest first, as far back as the log was
    last moved into the file; never the file's soundness. That is enough here and spares every commit a wait for the
    disk: feeds can be read again, and marks are kept durably elsewhere and come back from there.

    A connection serves one block of one thread at a time and is used again by whoever comes next.

    A library that the user may read but not write is read all the same: along with SQLite's log, if there is one and
    it can be read too, else as the file stands.

    Attributes:
        path: the library file.
        writable: whether it can be written; `writing` raises `LibraryReadOnly` where not.
        on_wait: called about every second that another process is waited for, in the thread that waits; None for
            nothing.
        journal: SQLite's journal mode: `wal`, or what was possible.
    """

    sqlite_version = sqlite3.sqlite_version

    def __init__(
        self,
        path: Path,
        progress: Callable[[int, int], None] | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open a library, or create it with its folder; bring an older one up to date; see `Library`."""
        self.path = path
        self.on_wait = on_wait
        self._progress = progress
        self._reached = 0
        self.writable = True
        self._refusal = read_only(path)
        # Of https://sqlite.org/uri.html; an immutable file is read without a look for a log, and without a lock.
        self._mode = "rw"
        self._guard = threading.Condition()
        self._writing = threading.Lock()
        self._nobody_urgent = threading.Event()
        self._nobody_urgent.set()
        self._idle: list[sqlite3.Connection] = []
        self._searching: set[sqlite3.Connection] = set()
        self._writers: dict[bool, sqlite3.Connection] = {}
        self._log_writes = 0
        self._checkpoint: threading.Thread | None = None
        self._closed = False
        with explained(path):
            self._prepare_file()
            connection = self._first_connection()
            self._own_changes, self._seen_changes = 0, _changes(connection)
        self._idle.append(connection)

    def _prepare_file(self) -> None:
        """Make folder and file for the user alone, or see that what is there may be used."""
        path = self.path
        if path.exists() and not path.is_file():
            # To open a pipe would be to wait for whoever writes into it.
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
        """Open the database in the way that works: to write, to read along with a log, to read the bare file."""
        if self.writable:
            try:
                return self._begun()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
                    raise
                # No room for the files of SQLite's log: what is there can be read.
                self.writable, self._refusal = False, no_room(self.path)
        self._mode = "ro"
        # SQLite may want to make the files of its log beside it, though there is nothing in it.
        with suppress(sqlite3.OperationalError):
            return self._begun()
        self._mode = "ro&immutable=1"
        return self._begun()

    def _begun(self) -> sqlite3.Connection:
        connection = self._waited(self._opened)
        if self.journal != "wal":
            # A reader waits for a writer then.
            connection.execute(f"pragma busy_timeout = {int(_PATIENCE * 1000)}")
        return connection

    def _opened(self) -> sqlite3.Connection:
        connection = self._connect(min(_WORD_AFTER, _PATIENCE))
        try:
            self.journal = self._begin(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _waited(self, act: Callable[[], _Result]) -> _Result:
        """Do what another process may hinder; one that holds the library longer than a second is told of.

        The connection that it is done with waits for a second itself.
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
        """Make a connection's database ready for use; returns its journal mode."""
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
            self._migrate_apart(connection)
        return journal

    def _migrate_apart(self, connection: sqlite3.Connection) -> None:
        """Bring a library up to date in a thread of its own, so that Ctrl-C stops it cleanly and undoes it.

        Raised within a function that SQLite calls, a KeyboardInterrupt would look like a damaged text.
        """
        failed: list[BaseException] = []
        # Not the thread's own state: `join` takes a thread for ended when a signal cuts the waiting short.
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
            # Not for ever at once: a signal that reaches another thread doesn't wake this one.
            while not ended.wait(_URGENCY):
                pass
        except BaseException:
            while thread.ident is not None and not ended.wait(_URGENCY):
                connection.interrupt()
            raise
        if failed:
            raise failed[0]

    def _connect(self, patience: float) -> sqlite3.Connection:
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
            connection.execute(f"pragma cache_size = -{_CACHE_KB}")
            for name, function in _FUNCTIONS.items():
                connection.create_function(name, 1, function, deterministic=True)
            connection.create_function("reached", 1, self._next_reached)
        except BaseException:
            connection.close()
            raise
        return connection

    def _next_reached(self, papers: int) -> bool:
        """Count a paper that comes into the search index, of so many; called by the statement that fills it."""
        self._reached = self._reached % papers + 1
        if self._progress is not None:
            self._progress(self._reached, papers)
        return True

    @contextmanager
    def reading(self, *, search: bool = False) -> Iterator[sqlite3.Connection]:
        """Lend a connection to read with.

        Args:
            search: whether `interrupt` may stop what is done with it.
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
                    if self._closed:
                        connection.close()
                    else:
                        self._idle.append(connection)
                        self._guard.notify()

    def _free(self) -> sqlite3.Connection:
        """Return a connection that nobody uses, a new one if need be."""
        with self._guard:
            if self._idle:
                return self._idle.pop()
        try:
            return self._connect(_PATIENCE)
        except sqlite3.OperationalError:
            # The folder may have been taken away; what was open before goes on being read.
            with self._guard:
                if self._guard.wait_for(lambda: bool(self._idle), _PATIENCE):
                    return self._idle.pop()
            raise

    def interrupt(self) -> None:
        """Stop the searches that run in other threads: they raise `SearchInterrupted`."""
        with self._guard:
            for connection in self._searching:
                connection.interrupt()

    @contextmanager
    def writing(self, *, papers: bool = False, urgent: bool = False) -> Iterator[sqlite3.Connection]:
        """Lend the writer's connection for one transaction: committed at the block's end, undone by an exception.

        Args:
            papers: whether it changes papers, which other processes shall notice: see `papers_changed_elsewhere`.
            urgent: give up after some 50 ms of waiting for another writer, rather than 5 s.

        Raises:
            LibraryBusy: another writer took longer.
            LibraryReadOnly: the library can't be written.
        """
        self._check_open()
        if not self.writable:
            raise self._refusal
        self._take_turn(urgent)
        try:
            with explained(self.path):
                self._check_open()
                connection = self._writer(urgent)
                self._do(connection, "begin immediate", urgent)
                own, before = self._own_changes, connection.total_changes
                try:
                    yield connection
                    if papers and connection.total_changes != before:
                        set_meta(connection, _CHANGES, str(_changes(connection) + 1))
                        self._own_changes += 1
                    self._do(connection, "commit", urgent)
                except BaseException:
                    self._own_changes = own
                    if connection.in_transaction:
                        connection.execute("rollback")
                    raise
        finally:
            self._writing.release()
        self._log_grew(1 if urgent else _PATIENT_WEIGHT, urgent)

    def papers_changed_elsewhere(self) -> bool:
        """Tell whether another process changed papers since this was asked last, or since the library was opened."""
        # Not `pragma data_version`: that counts marks too, and what other connections of this process write.
        with self.reading() as connection:
            changes = _changes(connection)
        # Own changes are counted before they are committed: until then this is too low, never too high.
        seen, self._seen_changes = self._seen_changes, max(self._seen_changes, changes - self._own_changes)
        return self._seen_changes > seen

    def _do(self, connection: sqlite3.Connection, statement: str, urgent: bool) -> None:
        """Begin or end a transaction."""
        if urgent:
            connection.execute(statement)
        else:
            self._waited(lambda: connection.execute(statement))

    def _take_turn(self, urgent: bool) -> None:
        """Wait to be the writer; who writes chunk after chunk lets an urgent one go first."""
        if not urgent:
            self._nobody_urgent.wait(_PATIENCE)
            taken = self._writing.acquire(timeout=_PATIENCE)
        else:
            self._nobody_urgent.clear()
            taken = self._writing.acquire(timeout=_URGENCY)
            self._nobody_urgent.set()
        if not taken:
            raise LibraryBusy(f"The library {self.path} is being written. Try again in a moment.")

    def _writer(self, urgent: bool) -> sqlite3.Connection:
        if urgent not in self._writers:
            connection = self._connect(_URGENCY if urgent else min(_WORD_AFTER, _PATIENCE))
            # The commit that fills the log would pay for moving it, with everybody waiting for the writer.
            connection.execute("pragma wal_autocheckpoint = 0")
            self._writers[urgent] = connection
        return self._writers[urgent]

    def _log_grew(self, writes: int, urgent: bool) -> None:
        """Move the write-ahead log into the file now and then: here, or in a thread when this one is in a hurry."""
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
        """Move the write-ahead log into the file; whatever hinders it, the next time will do."""
        try:
            with self.reading() as connection:
                connection.execute("pragma wal_checkpoint(passive)").fetchone()
        except (LibraryError, sqlite3.Error):
            return

    def _check_open(self) -> None:
        if self._closed:
            raise LibraryError(f"The library {self.path} is closed.")

    def close(self) -> None:
        """Stop searches, wait for the writer for some seconds at most, and close every connection."""
        if self._closed:
            return
        self.interrupt()
        free = self._writing.acquire(timeout=2 * _PATIENCE)
        try:
            self._closed = True
            if self._checkpoint is not None:
                self._checkpoint.join(_PATIENCE)
            with self._guard:
                # One that is lent out is closed when it comes back.
                for connection in (*self._idle, *(self._writers.values() if free else ())):
                    connection.close()
                self._idle.clear()
                self._writers.clear()
        finally:
            if free:
                self._writing.release()


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep one value of the library's own."""
    connection.execute(
        "insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (name, value),
    )


def meta(connection: sqlite3.Connection, name: str) -> str:
    """Return one value of the library's own, empty if there is none."""
    row = connection.execute("select value from meta where name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def _changes(connection: sqlite3.Connection) -> int:
    return int(meta(connection, _CHANGES) or 0)


def _journal_mode(connection: sqlite3.Connection, wanted: str) -> str | None:
    """Set the journal mode; returns what it is now, None where the file system can't have the one wanted."""
    until = time.monotonic() + min(_WORD_AFTER, _PATIENCE)
    while True:
        try:
            (mode,) = connection.execute(f"pragma journal_mode = {wanted}").fetchone()
        except sqlite3.OperationalError as error:
            code = error.sqlite_errorcode & 0xFF
            if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL) and wanted == "wal":
                return None
            # SQLite doesn't wait by itself here, where another process opens or closes the library just now.
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)
        else:
            return str(mode)


def _listed(text: str) -> list[str]:
    """Return the texts of a JSON list, empty for none."""
    return json.loads(text) if text else []


# What queries and migrations call; those of released migrations stay.
_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "folded": fold,
    "matchable": matchable,
    "matchable_list": lambda text: matchable("\n".join(_listed(text))),
    "indexed": indexed,
    "indexed_list": lambda text: indexed_list(_listed(text)),
    "title_order": title_order,
}
