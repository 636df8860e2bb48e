"""A TinyDB storage over a journal: a change costs one line, however many documents there are."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from readlist.files import ProcessLock
from readlist.marks.devices import device_name
from readlist.marks.disk import Disk, Paths
from readlist.marks.document import copied
from readlist.marks.memory import Memory
from readlist.marks.migration import Tables
from readlist.marks.shape import Operation
from readlist.marks.state_files import StateFiles
from readlist.model.time import utc_now

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
        self.files = StateFiles(Paths.beside(Path(path).resolve()), self._disk, clock)
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
