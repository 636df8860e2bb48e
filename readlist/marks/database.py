"""The TinyDB database of the marks: a storage over a journal, where a change costs one line."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from readlist.files import ProcessLock
from readlist.marks.disk.device import Disk, StatePaths, device_name
from readlist.marks.disk.state_files import StateFiles
from readlist.marks.disk.stored_table import StoredTable
from readlist.marks.state.document import Document, Operation, Tables, copied, dump, perform
from readlist.marks.state.merge import absorb, lacks
from readlist.marks.state.undo import trim
from readlist.model.time import utc_now

LOCK_LIMIT = 5.0
"""How long a change waits for another process, in seconds, before it counts as not written."""

_CHUNK = 1_000

_UNDO = ("history", "redo")
"""The tables that undo is made of."""

_Overlay = dict[str, dict[str, Document | None]]


class Memory:
    """A TinyDB database and changes to it; one thread changes it, any thread may use `peek` and `peek_all`.

    Stored documents are replaced, never changed: a reader may keep one.

    Attributes:
        tables: what is on disk.
    """

    def __init__(self) -> None:
        self.tables: Tables = {}
        self._guard = threading.Lock()
        self._staged: list[Operation] | None = None
        self._overlay: _Overlay = {}
        self._dry_run: _Overlay = {}
        self._external: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether a transaction or a dry run is under way."""
        return self._staged is not None

    def begin(self, *, dry_run: bool = False) -> list[Operation]:
        """Begin collecting operations and return where; a dry run continues the ones before."""
        kept = self._dry_run if dry_run else {}
        self._staged, self._overlay = [], {name: dict(changes) for name, changes in kept.items()}
        return self._staged

    def end(self) -> None:
        """Forget the operations that were collected."""
        staged, self._staged, self._overlay = self._staged or [], None, {}
        # To free 100,000 documents at once would hold up the other threads.
        while staged:
            del staged[-_CHUNK:]

    def stage(self, operations: Iterable[Operation]) -> None:
        """Add operations to the present transaction; `view` shows them."""
        assert self._staged is not None
        for name, key, document in operations:
            self._staged.append((name, key, document))
            changes = self._overlay.setdefault(name, {})
            if key is None:
                changes.update(dict.fromkeys(self.view(name)))
            else:
                changes[key] = document

    def put(self, name: str, documents: Mapping[str, Document | None]) -> None:
        """Stage documents by their ids, None to remove them, as far as they differ."""
        found = {key: self.find(name, key) for key in documents}
        done: list[Operation] = [] if name in self.names() else [(name, None, {})]
        done += [(name, key, None) for key, before in found.items() if before is not None and documents[key] is None]
        for key, document in documents.items():
            # Compared as they are written: True is not 1 there.
            if document is not None and (found[key] is None or dump(found[key]) != dump(document)):
                done.append((name, key, document))
        self.stage(done)

    def keep_dry_run(self) -> None:
        """Make `peek` see the collected operations, though they are not on disk."""
        with self._guard:
            self._dry_run = self._overlay

    def forget_dry_run(self) -> None:
        """Make `peek` see what is on disk."""
        with self._guard:
            self._dry_run = {}

    def apply(self, operations: Iterable[Operation], *, external: bool = False) -> None:
        """Do operations that are on disk, written by this process or by others."""
        with self._guard:
            for operation in operations:
                perform(self.tables, operation)
                name, key, _ = operation
                if external and name == "marks" and key is not None:
                    self._external.add(key)

    def pack(self, cancelled: Callable[[], bool]) -> bool:
        """Make what is on disk take less memory; may be cancelled on the way. Returns whether that is done."""
        tables = [table for table in self.tables.values() if isinstance(table, StoredTable)]
        return all(table.pack(cancelled) for table in tables if not cancelled())

    def replace(self, tables: Tables) -> None:
        """Put tables with the same marks in place of these."""
        with self._guard:
            self.tables = tables

    def merge_into(self, tables: Tables) -> int:
        """Put tables that were read from disk in place of these, and keep what they lack.

        Returns:
            The number of papers with marks that were missing on disk.
        """
        found, before = dict(tables.get("marks", {})), self.tables.get("marks", {})
        absorb(tables, {name: documents for name, documents in self.tables.items() if name not in _UNDO})
        marks = tables.get("marks", {})
        missing = sum(lacks(found.get(key), document) for key, document in marks.items())
        if missing:
            # What was read is older than what is known. Else it is newer, and others dropped what it lacks.
            absorb(tables, {name: self.tables[name] for name in _UNDO if name in self.tables})
        changed = {key for key in marks.keys() | before.keys() if marks.get(key) != before.get(key)}
        with self._guard:
            self.tables = tables
            self._external |= changed
        return missing

    def count_all_external(self) -> None:
        """Make `pop_external_keys` return every key: the caller knew an older state."""
        with self._guard:
            self._external |= self._whole("marks").keys()

    def pop_external_keys(self) -> set[str]:
        """Return the keys of marks that others changed since the last call; from any thread."""
        with self._guard:
            popped, self._external = self._external, set()
        return popped

    @property
    def has_external(self) -> bool:
        """Whether `pop_external_keys` has keys to return."""
        return bool(self._external)

    def names(self) -> list[str]:
        """Return the names of all tables, those of the present transaction too."""
        return list(self.tables | self._overlay)

    def find(self, name: str, key: str) -> Document | None:
        """Return a document, with the changes of the present transaction; not to be changed."""
        changes = self._overlay.get(name, {})
        return changes[key] if key in changes else self.tables.get(name, {}).get(key)

    def view(self, name: str) -> dict[str, Document]:
        """Return a table as `find` sees it, oldest document first."""
        return _without_none({**self._whole(name), **self._overlay.get(name, {})})

    def newest(self, name: str) -> str:
        """Return the id of the last document of `view`, empty for none; a table that is not parsed stays so."""
        if not self._overlay.get(name) and isinstance(table := self.tables.get(name), StoredTable):
            return table.newest()
        return next(reversed(self.view(name)), "")

    def _whole(self, name: str) -> Mapping[str, Document]:
        """Return a table of the disk; a plain dict is unpacked many times as fast as another mapping."""
        table = self.tables.get(name, {})
        return table.whole() if isinstance(table, StoredTable) else table

    def peek(self, name: str, key: str) -> Document | None:
        """Return a document, with the dry run's changes; from any thread, not to be changed."""
        with self._guard:
            changes = self._dry_run.get(name, {})
            return changes[key] if key in changes else self.tables.get(name, {}).get(key)

    def peek_all(self, name: str) -> dict[str, Document]:
        """Return a table as `peek` sees it."""
        with self._guard:
            return _without_none({**self._whole(name), **self._dry_run.get(name, {})})


def _without_none(documents: Mapping[str, Document | None]) -> dict[str, Document]:
    return {key: document for key, document in documents.items() if document is not None}


class JournalStorage(Storage):
    """A TinyDB storage that appends what changed to a journal, and rewrites the state file only when asked.

    It is used by one thread, but for what `Memory` and `StateFiles` allow. Several processes, and
    several storages in one, may share a state: each change takes the lock, catches up with the others, then appends.

    Args:
        path: the state file; nothing is opened or made before the first use.
        disk: does the file operations.
        clock: gives the present time, aware.

    Attributes:
        memory: the database.
        files: what is known of its files.
        opened: whether the state has been read.
        device: names this machine.
    """

    def __init__(self, path: str | Path, *, disk: Disk | None = None, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self._disk = disk or Disk()
        self.files = StateFiles(StatePaths.beside(Path(path).resolve()), self._disk, clock)
        self._lock = ProcessLock(self.files.paths.lock, LOCK_LIMIT)
        self.opened = False
        self._uncertain: set[str] = set()
        self._landed: set[str] = set()
        self.memory = Memory()
        self.device = device_name(self.files.paths.state)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return the database as it is now, others' changes included; None if it is empty."""
        self.refresh()
        return {name: copied(self.memory.view(name)) for name in self.memory.names()} or None

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the database what is given, by the changes that takes."""
        with self.transaction():
            self.memory.stage([(name, None, None) for name in self.memory.names() if name not in data])
            for name, documents in data.items():
                gone = {key: None for key in self.memory.view(name) if key not in documents}
                self.memory.put(name, {**gone, **documents})

    @contextmanager
    def transaction(self, token: str = "") -> Iterator[bool]:
        """Do several changes as one line of the journal, durable at the end; may be nested.

        Args:
            token: names the change, so that it is recognized where its writing failed half-way.

        Yields:
            Whether a change of this name is in the journal already; it must not be repeated then.

        Raises:
            OSError: nothing was written, and the database is as it was.
        """
        if self.memory.busy:
            yield False
            return
        self.open()
        if self.files.fresh:
            self._disk.make_folder(self.files.paths.state.parent)
        with self._lock.held():
            self._catch_up()
            staged = self.memory.begin()
            try:
                yield token in self._landed
                self._commit(token or os.urandom(4).hex(), staged)
            finally:
                self.memory.end()

    @contextmanager
    def dry_run(self) -> Iterator[None]:
        """Do changes in memory only, after those of earlier dry runs; `Memory.peek` sees them."""
        self.memory.begin(dry_run=True)
        try:
            yield
            self.memory.keep_dry_run()
        finally:
            self.memory.end()

    def _commit(self, token: str, operations: list[Operation]) -> None:
        if token in self._landed or (self.files.needs_writing and (operations or not self.files.fresh)):
            self._compact()
            self._landed.discard(token)
        if not operations:
            return
        try:
            done = self.files.append(token, operations)
        except OSError:
            if self.files.needs_writing:
                self._uncertain.add(token)
            raise
        # Read back from its own bytes, so that what is kept is what was written, and shared with no one.
        for start in range(0, len(done), _CHUNK):
            # Who asks for a mark meanwhile does not wait for all of a long step.
            self.memory.apply(done[start : start + _CHUNK])

    def open(self) -> None:
        """Read the state, unless that was done; damage is repaired where the folder can be written.

        Raises:
            NewerState: it is of a version this readlist does not know.
            OSError: it can't be read.
        """
        if self.opened:
            return
        if not self.files.exist():
            self._reload(may_write=False)
            return
        try:
            with self._lock.held():
                self._reload(may_write=True)
                if self.files.needs_writing:
                    with suppress(OSError):
                        self._compact()
        except OSError:
            # Reading needs neither the lock nor a folder that can be written.
            self._reload_unlocked()

    def refresh(self) -> None:
        """Read what others changed, if the files changed."""
        if self.memory.busy:
            return
        if not self.opened:
            self.open()
        elif self.files.changed_on_disk():
            try:
                with self._lock.held():
                    self._catch_up()
            except OSError:
                # What is known stays known while the files are out of reach.
                with suppress(OSError):
                    self.files.check_folder()
                    self._reload_unlocked()

    def _catch_up(self) -> None:
        """Apply what others changed, with the lock held; raises OSError."""
        records = self.files.news()
        if records is None:
            self._reload(may_write=True)
        for record in records or ():
            self.memory.apply(record.operations, external=True)
            if record.token in self._uncertain:
                self._landed.add(record.token)

    def _reload(self, *, may_write: bool) -> None:
        """Read everything again; what this process knows and the files lack is kept, and written again."""
        loaded = self.files.load(may_write=may_write)
        if not self.opened:
            self.memory.replace(loaded.tables)
        elif missing := self.memory.merge_into(loaded.tables):
            self.files.mark_suspect(missing)
        self._landed |= self._uncertain & loaded.tokens
        self.opened = True

    def _reload_unlocked(self) -> None:
        """Read the files while others may be writing them: until nothing changes meanwhile, within reason."""
        before = list(self.files.notices)
        for _ in range(5):
            # Damage seen in files that were just being written was none.
            self.files.notices[:] = before
            self._reload(may_write=False)
            if not self.files.changed_on_disk():
                return

    def compact_if_worth(self, cancelled: Callable[[], bool], *, closing: bool) -> None:
        """Rewrite the state file if the journal has grown enough for that; may be cancelled on the way."""
        if not self.opened or not self.files.worth_writing(closing=closing):
            return
        with self.transaction():
            if self.files.worth_writing(closing=closing):
                self._compact(cancelled)

    def _compact(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        tables = dict(self.memory.tables)
        trim(tables)
        written = self.files.write(tables, self.device, cancelled)
        if written is not None:
            self.memory.replace(written)

    def take_notices(self) -> list[str]:
        """Return the damage found since the last call."""
        notices, self.files.notices = self.files.notices, []
        return notices


class JournalTable(Table):
    """A table whose document ids are words: paper keys, group numbers.

    Its own methods cost what they change, those of TinyDB read the whole database. `_update_table` is the private
    method of TinyDB that this depends on (4.9).
    """

    document_id_class = str  # type: ignore[assignment]

    def put(self, documents: Mapping[str, Document | None]) -> None:
        """Set documents by their ids, None to remove them."""
        with self._journal.transaction():
            self._journal.memory.put(self.name, documents)

    def live(self) -> dict[str, Document]:
        """Return the documents as they are in this transaction, oldest first; they are not to be changed."""
        return self._journal.memory.view(self.name)

    def newest(self) -> str:
        """Return the id of the last document of `live`, empty for none."""
        return self._journal.memory.newest(self.name)

    def find(self, key: str) -> Document | None:
        """Return one document as `live` has it, None if there is none."""
        return self._journal.memory.find(self.name, key)

    @property
    def _journal(self) -> JournalStorage:
        return cast("JournalStorage", self.storage)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self._journal.transaction():
            super()._update_table(updater)


class StateDatabase(TinyDB):
    """The TinyDB of the marks; opens nothing before it is used."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]

    def table(self, name: str, **kwargs: Any) -> JournalTable:
        """Return a table, the same one for the same name.

        Without a cache: what was found before another process changed something is not used again.
        """
        return cast("JournalTable", super().table(name, **{"cache_size": 0, **kwargs}))
