"""The TinyDB database of the marks: a storage over a journal, where a change costs one line."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Table

from readlist.files import ProcessLock
from readlist.marks.disk.device import Disk, StatePaths, device_name
from readlist.marks.disk.state_files import StateFiles
from readlist.marks.state.document import Document, Operation, Tables, TableView, copied, dump, perform
from readlist.marks.state.merge import absorb, lacks
from readlist.model.time import utc_now

_UNDO = ("history", "redo")
"""The tables that undo is made of."""


_Overlay = dict[str, dict[str, Document | None]]


class Memory:
    """A TinyDB database and changes to it; one thread changes it, any thread may look by `peek` and `peek_all`.

    Stored documents are replaced, never changed: who has got one may go on looking at it.

    Attributes:
        tables: what is on disk.
        foreign_changes: how often others changed something.
    """

    def __init__(self) -> None:
        self.tables: Tables = {}
        self.foreign_changes = 0
        self._guard = threading.Lock()
        self._staged: list[Operation] | None = None
        self._overlay: _Overlay = {}
        self._rehearsed: _Overlay = {}
        self._foreign: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether a transaction or a rehearsal is under way."""
        return self._staged is not None

    def begin(self, *, rehearsal: bool = False) -> list[Operation]:
        """Begin collecting operations; a rehearsal goes on from the ones before. Returns where they are collected."""
        kept = self._rehearsed if rehearsal else {}
        self._staged, self._overlay = [], {name: dict(changes) for name, changes in kept.items()}
        return self._staged

    def end(self) -> None:
        """Forget the operations that were collected."""
        self._staged, self._overlay = None, {}

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
        """Add what sets documents by their ids, or removes them where there is None, as far as they differ."""
        table = self.view(name)
        done: list[Operation] = [] if name in self.names() else [(name, None, {})]
        done += [(name, key, None) for key, document in documents.items() if document is None and key in table]
        for key, document in documents.items():
            # Compared as they are written: True is not 1 there.
            if document is not None and (key not in table or dump(table[key]) != dump(document)):
                done.append((name, key, document))
        self.stage(done)

    def keep_rehearsal(self) -> None:
        """Have `peek` see the operations that were collected, though they are not on disk."""
        with self._guard:
            self._rehearsed = self._overlay

    def forget_rehearsals(self) -> None:
        """Have `peek` see what is on disk."""
        with self._guard:
            self._rehearsed = {}

    def take(self, operations: Iterable[Operation]) -> None:
        """Do operations that are on disk."""
        with self._guard:
            for operation in operations:
                perform(self.tables, operation)

    def take_from_others(self, operations: Iterable[Operation]) -> None:
        """Do operations that others wrote."""
        kept = list(operations)
        self.take(kept)
        self.foreign_changes += 1
        with self._guard:
            self._foreign.update(key for name, key, _ in kept if name == "marks" and key is not None)

    def put_in_place(self, tables: Tables) -> None:
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
        self.foreign_changes += 1
        with self._guard:
            self.tables = tables
            self._foreign |= changed
        return missing

    def count_all_foreign(self) -> None:
        """Have `take_foreign` give every key: who asks knew an older state."""
        with self._guard:
            self._foreign |= self.tables.get("marks", {}).keys()

    def take_foreign(self) -> set[str]:
        """Return the keys of marks that others changed since this was last asked; from any thread."""
        with self._guard:
            taken, self._foreign = self._foreign, set()
        return taken

    @property
    def has_foreign(self) -> bool:
        """Whether `take_foreign` has something to give."""
        return bool(self._foreign)

    def names(self) -> list[str]:
        """Return the names of all tables, those of the present transaction too."""
        return list(self.tables | self._overlay)

    def view(self, name: str) -> TableView:
        """Return a table with the changes of the present transaction; its documents are not to be changed."""
        return TableView(self.tables.get(name, {}), self._overlay.get(name, {}))

    def peek(self, name: str, key: str) -> Document | None:
        """Return a document, rehearsed changes included; from any thread, not to be changed."""
        with self._guard:
            changes = self._rehearsed.get(name, {})
            return changes[key] if key in changes else self.tables.get(name, {}).get(key)

    def peek_all(self, name: str) -> dict[str, Document]:
        """Return a table as `peek` sees it."""
        with self._guard:
            found = {**self.tables.get(name, {}), **self._rehearsed.get(name, {})}
        return {key: document for key, document in found.items() if document is not None}


LOCK_LIMIT = 5.0
"""How long a change waits for another process, in seconds, before it counts as not written."""


class JournalStorage(Storage):
    """A TinyDB storage that appends what changed to a journal, and rewrites the state file only when asked.

    It is used by one thread, but for what `Memory` and `StateFiles` allow. Several processes, and
    several storages in one, may share a state: each change takes the lock, catches up with the others, then appends.

    Args:
        path: the state file; nothing is opened or made before the first use.
        disk: what does the file operations.
        clock: gives the present time, aware.
        lock_limit: how long to wait for another process, in seconds; as `LOCK_LIMIT` unless given.
        trim: what to leave out when the state file is written anew.

    Attributes:
        memory: the database.
        files: what is known of its files.
        opened: whether the state has been read.
        device: names this machine.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        disk: Disk | None = None,
        clock: Callable[[], datetime] = utc_now,
        lock_limit: float | None = None,
        trim: Callable[[Tables], None] | None = None,
    ) -> None:
        super().__init__()
        self._disk = disk or Disk()
        self.files = StateFiles(StatePaths.beside(Path(path).resolve()), self._disk, clock)
        self._lock = ProcessLock(self.files.paths.lock, LOCK_LIMIT if lock_limit is None else lock_limit)
        self._trim = trim
        self.opened = False
        self._uncertain: set[str] = set()
        self._landed: set[str] = set()
        self.memory = Memory()
        self.device = device_name(self.files.paths.state)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return the database as it is now, others' changes included; None if it is empty."""
        self.refresh()
        return {name: copied(dict(self.memory.view(name))) for name in self.memory.names()} or None

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the database what is given, by the changes that takes."""
        with self.transaction():
            self.memory.stage([(name, None, None) for name in self.memory.names() if name not in data])
            for name, documents in data.items():
                gone = {key: None for key in self.memory.view(name) if key not in documents}
                self.memory.put(name, {**gone, **documents})

    def close(self) -> None:
        """Forget what was read; files are open only while they are used."""
        self.opened = False

    @contextmanager
    def transaction(self, token: str = "") -> Iterator[bool]:
        """Do several changes as one line of the journal, durable at the end; may be nested.

        Args:
            token: names the change, so that it is known again where its writing failed half-way.

        Yields:
            Whether a change of this name is in the journal already; it must not be done again then.

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
            self.catch_up()
            staged = self.memory.begin()
            try:
                yield token in self._landed
                self._commit(token or os.urandom(4).hex(), staged)
            finally:
                self.memory.end()

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Do changes in memory only, on top of those rehearsed before; `Memory.peek` sees them."""
        self.memory.begin(rehearsal=True)
        try:
            yield
            self.memory.keep_rehearsal()
        finally:
            self.memory.end()

    def _commit(self, token: str, operations: list[Operation]) -> None:
        if token in self._landed or (self.files.needs_writing and (operations or not self.files.fresh)):
            self._write_anew()
            self._landed.discard(token)
        if not operations:
            return
        try:
            body = self.files.append(token, operations)
        except OSError:
            if self.files.needs_writing:
                self._uncertain.add(token)
            raise
        # Read back from its own bytes, so that what is kept is what was written, and shared with nobody.
        self.memory.take((name, key, document) for name, key, document in json.loads(body)["do"])

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
                        self._write_anew()
        except OSError:
            # Reading needs neither the lock nor a folder that can be written.
            self._reload_unlocked()

    def refresh(self) -> None:
        """See what others changed, if the files tell that somebody did."""
        if self.memory.busy:
            return
        if not self.opened:
            self.open()
        elif self.files.changed_on_disk():
            try:
                with self._lock.held():
                    self.catch_up()
            except OSError:
                # What is known stays known while the files are out of reach.
                with suppress(OSError):
                    self.files.check_folder()
                    self._reload_unlocked()

    def catch_up(self) -> None:
        """Take over what others changed; the lock must be held.

        Raises:
            OSError: the files can't be read.
        """
        records = self.files.news()
        if records is None:
            self._reload(may_write=True)
        for record in records or ():
            self.memory.take_from_others(record.operations)
            if record.token in self._uncertain:
                self._landed.add(record.token)

    def _reload(self, *, may_write: bool) -> None:
        """Read everything anew; what this process knows and the files lack is kept, and written again."""
        loaded = self.files.load(may_write=may_write)
        if not self.opened:
            self.memory.put_in_place(loaded.tables)
        elif missing := self.memory.merge_into(loaded.tables):
            self.files.distrust(missing)
        self._landed |= self._uncertain & loaded.tokens
        self.opened = True

    def _reload_unlocked(self) -> None:
        """Read the files while others may be writing them: until nothing changes meanwhile, within reason."""
        before = list(self.files.notices)
        for _ in range(5):
            # What a look at files that were just being written found wrong with them was not so.
            self.files.notices[:] = before
            self._reload(may_write=False)
            if not self.files.changed_on_disk():
                return

    def compact_if_worth(self, cancelled: Callable[[], bool], *, closing: bool) -> None:
        """Write the state file anew if the journal has grown enough for that; may be given up on the way."""
        if not self.opened or not self.files.worth_writing(closing=closing):
            return
        with self.transaction():
            if self.files.worth_writing(closing=closing):
                self._write_anew(cancelled)

    def _write_anew(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        tables = {name: dict(documents) for name, documents in self.memory.tables.items()}
        if self._trim:
            self._trim(tables)
        if self.files.write(tables, self.device, cancelled):
            self.memory.put_in_place(tables)

    def take_notices(self) -> list[str]:
        """Return what was found damaged since this was last asked."""
        notices, self.files.notices = self.files.notices, []
        return notices


class JournalTable(Table):
    """A TinyDB table over a journal, shared with other processes.

    `_update_table` and `_get_next_id` are the private methods of TinyDB that this depends on (4.9).
    """

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        self._journal = cast("JournalStorage", storage)
        self._known = 0
        # No cache by default: what was found before another process changed something is not used again.
        super().__init__(storage, name, cache_size, persist_empty)

    def insert(self, document: Mapping[str, Any]) -> Any:
        """Insert a document; its id is chosen after catching up with other processes."""
        with self._journal.transaction():
            return super().insert(document)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[Any]:
        """Update documents or insert one, in one step."""
        with self._journal.transaction():
            return super().upsert(document, cond)

    def _get_next_id(self) -> Any:
        if self._known != self._journal.memory.foreign_changes:
            self._known = self._journal.memory.foreign_changes
            self._next_id = None
        return super()._get_next_id()  # type: ignore[no-untyped-call]

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self._journal.transaction():
            super()._update_table(updater)


class KeyedTable(JournalTable):
    """A table whose document ids are words: paper keys, group numbers.

    Its own methods cost what they change, those of TinyDB look at all of the database.
    """

    document_id_class = str  # type: ignore[assignment]

    def put(self, documents: Mapping[str, Document | None]) -> None:
        """Set documents by their ids, or remove them where there is None."""
        with self._journal.transaction():
            self._journal.memory.put(self.name, documents)

    def live(self) -> TableView:
        """Return the documents as they are in this transaction, without copies: not to be changed."""
        return self._journal.memory.view(self.name)

    def find(self, key: str) -> Document | None:
        """Return one document as `live` has it, None if there is none."""
        return self.live().get(key)


class StateDatabase(TinyDB):
    """The TinyDB of the marks; opens nothing before it is used."""

    table_class = KeyedTable
    default_storage_class = JournalStorage  # type: ignore[assignment]

    def table(self, name: str, **kwargs: Any) -> KeyedTable:
        """Return a table, the same one for the same name."""
        return cast("KeyedTable", super().table(name, **kwargs))
