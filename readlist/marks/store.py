"""The marks of all papers: read, starred and note, their history, durable and shared between processes."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from readlist.marks import Field, MarkChange, MarkOutcome, MarksError, NewerState, NotSaved, StoreStatus
from readlist.marks.disk.device import OtherDevices, StatePaths
from readlist.marks.disk.journal import state_stamp
from readlist.marks.queue import Job, Writer, keys_of, safely
from readlist.marks.state.document import mark_of, set_value, value_text, winner_of
from readlist.model.mark import UNMARKED, Mark, SaveState
from readlist.model.time import utc_now

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.marks import Event
    from readlist.marks.database import JournalStorage
    from readlist.marks.disk.device import Disk
    from readlist.marks.state.document import Document
    from readlist.marks.state.undo import Applied, UndoLog

__all__ = ["Field", "MarkChange", "MarkOutcome", "MarkStore", "MarksError", "NewerState", "NotSaved", "StoreStatus"]

_Answer = TypeVar("_Answer")


class MarkStore:
    """Read, starred and note of every paper.

    Changes are done by one thread, in order; each is durable when its future is done. A change that can't be
    written stays in memory, shows in `mark` as unsaved, and is tried again until the store is closed. Any thread
    may use the store; several processes may share the state.

    Futures raise NewerState if the state is of a newer readlist, and NotSaved if the store was closed first.

    Args:
        path: the state file. Nothing is opened or made before the first use.
        clock: gives the present time, aware.
        notify: is told of events, in the writer's or a timer's thread; it must not wait for the store.
        disk: what does the file operations.

    Attributes:
        neighbours: the files beside the state that other machines or earlier days left.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        notify: Callable[[Event], None] | None = None,
        disk: Disk | None = None,
    ) -> None:
        self._paths = StatePaths.beside(path.resolve())
        self._clock, self._tell, self._disk = clock, notify, disk
        self._session = os.urandom(4).hex()
        self._count = itertools.count(1)
        self._storage: JournalStorage | None = None
        self._glance: str | None = None
        self._had_state = self._is_there()
        self._looking: Future[JournalStorage] | None = None
        self._notices: list[str] = []
        self.neighbours = OtherDevices(self._paths.state)
        self._writer = Writer(self._do, self._rehearse, self._outcome, self._tidy, self._notify)

    def apply(self, changes: Sequence[MarkChange], label: str) -> Future[MarkOutcome]:
        """Change marks, as one undo group of this name; the future is done when that is on disk."""
        kept = tuple(changes)
        return self._submit(lambda book: book.apply(kept, label), kept)

    def undo(self) -> Future[MarkOutcome | None]:
        """Take back the newest group: this store's own first, then others'; None if there is nothing to undo.

        A field that was changed since is left as it is, and its paper is named in `MarkOutcome.skipped`. What is undone
        changes now, as far as merging is concerned.
        """
        return self._submit(lambda book: book.undo())

    def redo(self) -> Future[MarkOutcome | None]:
        """Do again the group that was undone last; None if there is none, or something was changed since."""
        return self._submit(lambda book: book.redo())

    def fold(self, pairs: Sequence[tuple[str, str]]) -> Future[MarkOutcome]:
        """Put the marks of papers that proved to be others to those: pairs of (key that goes, key that stays).

        Read or starred on one of them is read or starred, since the earlier time; different notes are joined.
        The document of the first key goes; changes for that key go to the second from then on. No undo group.
        """
        kept = tuple(pairs)
        return self._submit(lambda book: book.fold(kept))

    def merge(self, documents: Mapping[str, Document], label: str) -> Future[MarkOutcome]:
        """Take over what another state of the same user's marks knows, as one undo group; see `foreign`.

        Args:
            documents: the other's documents, under the keys that their papers have here.
            label: what the group is called.
        """
        kept = dict(documents)
        return self._submit(lambda book: book.merge(kept, label))

    def copy(self, target: Path) -> Future[bool]:
        """Write the marks to another file, whole or not at all, for another machine to merge; see `foreign`.

        The future is done when that is on disk: False if the file had them already. It raises OSError.
        """

        def write() -> bool:
            from readlist.marks.disk.snapshot import write_copy

            storage = self._refresh()
            return write_copy(target, storage.memory.tables, storage.device)

        return self._ask(write)

    def documents(self) -> dict[str, Document]:
        """Return the documents of all marks as they are on disk: not to be changed; raises MarksError."""
        return self._ask(self._refresh).result().memory.peek_all("marks")

    def tell(self, text: str) -> None:
        """Tell the user something about the marks, as what is found out about the files is told."""
        from readlist.marks import Notice

        self._notices.append(text)
        self._notify(Notice(text))

    def mark(self, key: str) -> Mark:
        """Return a paper's mark, changes on their way included; reads the state if that was not done.

        Raises:
            MarksError: the state can't be read.
        """
        return self._mark(self._opened(), key)

    def all(self) -> dict[str, Mark]:
        """Return the marks of all papers that were ever touched, others' latest changes included.

        Raises:
            MarksError: the state can't be read.
        """
        storage = self._ask(self._refresh).result()
        found = {key: mark_of(document) for key, document in storage.memory.peek_all("marks").items()}
        return found | {key: self._mark(storage, key) for key in keys_of(self._writer.jobs())}

    def follow(self, wait: float = 0.1) -> MarkOutcome | None:
        """Return the marks that others changed since the last call, None if there are none; two stats if so.

        Args:
            wait: how long to wait for the reading, in seconds; what was not ready is returned by a later call.
        """
        storage = self._storage
        if storage is None or not storage.opened:
            return self._follow_unread()
        # RuntimeError: the store is being closed.
        with suppress(OSError, MarksError, RuntimeError):
            if storage.files.changed_on_disk():
                if self._looking is None or self._looking.done():
                    self._looking = self._ask(self._refresh)
                self._looking.result(wait)
        keys = storage.memory.take_foreign()
        if not keys:
            return None
        gone = {key for key in keys if storage.memory.peek("folded", key)}
        stamp = "" if self._writer.jobs() else storage.files.stamp
        return MarkOutcome("", self._marks(storage, keys, gone), (), stamp)

    def stamp(self) -> str:
        """Return a name of the state on disk: equal names stand for equal marks. Reads no mark; cheap."""
        stamp = state_stamp(self._paths)
        if self._glance is None:
            self._glance = stamp
        return stamp

    def status(self) -> StoreStatus:
        """Return what is on its way, what could not be written so far, and what the user was told."""
        jobs = self._writer.jobs()
        failed = [job for job in jobs if job.failed]
        return StoreStatus(len(jobs), keys_of(failed), tuple(self._notices), failed[0].failed if failed else "")

    def close(self, timeout: float) -> tuple[str, ...]:
        """Write what is waiting, bring the state file up to date if that is due, and stop.

        Args:
            timeout: how long to wait for it, in seconds.

        Returns:
            The keys of papers whose changes could not be written in that time.
        """
        self._writer.close(timeout)
        return keys_of(self._writer.jobs())

    def _submit(self, work: Callable[[UndoLog], Applied | None], changes: tuple[MarkChange, ...] = ()) -> Future[Any]:
        by_key: dict[str, list[MarkChange]] = {}
        for change in changes:
            by_key.setdefault(change.key, []).append(change)
        token = f"{self._session}-{next(self._count)}"
        job = Job(work, self._clock(), _future(), token, by_key, dict.fromkeys(by_key))
        self._writer.submit(job)
        return job.future

    def _ask(self, question: Callable[[], _Answer]) -> Future[_Answer]:
        future: Future[_Answer] = _future()
        self._writer.ask(question, future)
        return future

    def _opened(self) -> JournalStorage:
        storage = self._storage
        return storage if storage is not None and storage.opened else self._ask(self._open).result()

    def _open(self) -> JournalStorage:
        """Make the database and read the state; in the writer's thread, which is the only one to use TinyDB."""
        if self._storage is None:
            from readlist.marks.database import JournalStorage
            from readlist.marks.state.undo import trim

            self._storage = JournalStorage(self._paths.state, disk=self._disk, clock=self._clock, trim=trim)
        storage = self._storage
        if storage.opened:
            return storage
        if self._had_state and not self._is_there():
            # A new state in its place would be without what the user decided before.
            folder = self._paths.state.parent
            raise MarksError(f"{self._paths.state} was taken away") from FileNotFoundError(
                2, "the folder is not there" if not folder.is_dir() else "the state was taken away", str(folder)
            )
        try:
            storage.open()
        except OSError as failure:
            raise MarksError(f"{self._paths.state} can't be read: {failure.strerror or failure}") from failure
        finally:
            self._pass_notices()
        if self._glance is not None and self._glance != storage.files.stamp:
            storage.memory.count_all_foreign()
        return storage

    def _is_there(self) -> bool:
        return any(path.exists() for path in (self._paths.state, self._paths.journal, self._paths.backup))

    def _refresh(self) -> JournalStorage:
        storage = self._open()
        storage.refresh()
        self._pass_notices()
        return storage

    def _work(self, job: Job, storage: JournalStorage) -> None:
        from readlist.marks.database import StateDatabase
        from readlist.marks.state.undo import UndoLog

        database = StateDatabase(storage=lambda: storage)
        job.done = job.work(UndoLog(database.table, storage.device, job.at, self._session))

    def _do(self, job: Job) -> None:
        try:
            storage = self._open()
        except MarksError as failure:
            # What can't be read now may be read later; a newer state stays one.
            if isinstance(failure.__cause__, OSError):
                raise failure.__cause__ from failure
            raise
        try:
            with storage.transaction(job.token) as landed:
                if not landed:
                    self._work(job, storage)
        finally:
            self._pass_notices()
        self._add_keys(job)

    def _rehearse(self, job: Job) -> None:
        storage = self._storage
        if storage is None or not storage.opened:
            return
        with storage.rehearsal():
            self._work(job, storage)
        job.rehearsed = True
        self._add_keys(job)

    def _add_keys(self, job: Job) -> None:
        if job.done is not None:
            job.keys = {**job.keys, **dict.fromkeys(job.done.keys)}

    def _outcome(self, job: Job) -> MarkOutcome | None:
        storage, done = self._storage, job.done
        assert storage is not None
        if not any(other.rehearsed for other in self._writer.jobs()):
            storage.memory.forget_rehearsals()
        if done is None:
            return None
        stamp = "" if storage.memory.has_foreign else storage.files.stamp
        marks = self._marks(storage, done.keys, set(done.gone))
        return MarkOutcome(done.label, marks, done.skipped, stamp, done.joined)

    def _tidy(self, closing: bool, cancelled: Callable[[], bool]) -> None:
        if self._storage is None:
            return
        # A state file that can't be written anew now will be another time; the journal has everything.
        with suppress(OSError, MarksError):
            self._storage.compact_if_worth(cancelled, closing=closing)
        self._pass_notices()

    def _marks(self, storage: JournalStorage, keys: Iterable[str], gone: set[str]) -> dict[str, Mark]:
        return {key: UNMARKED if key in gone else self._mark(storage, key) for key in keys}

    def _mark(self, storage: JournalStorage, key: str) -> Mark:
        """Return a paper's mark, changes on their way included; that of the other paper, if it proved to be one."""
        memory, (changes, jobs) = storage.memory, self._writer.waiting(key)
        document = memory.peek("marks", winner_of(key, lambda loser: memory.peek("folded", loser)))
        if changes:
            document = dict(document or {})
            for change in changes:
                set_value(document, change.field, value_text(change.value, change.field), utc_now(), "")
        saved: SaveState = "saved"
        if jobs:
            saved = "unsaved" if any(job.failed for job in jobs) else "pending"
        return mark_of(document, saved)

    def _follow_unread(self) -> MarkOutcome | None:
        before = self._glance
        self._glance = now = state_stamp(self._paths)
        if before is None or before == now:
            return None
        self._glance = None
        return MarkOutcome("", self.all(), (), now)

    def _pass_notices(self) -> None:
        for text in self._storage.take_notices() if self._storage else ():
            self.tell(text)

    def _notify(self, event: Event) -> None:
        if (tell := self._tell) is not None:
            safely(lambda: tell(event))


def _future() -> Future[Any]:
    from concurrent.futures import Future

    future: Future[Any] = Future()
    # It can't be cancelled: what the user decided is written.
    future.set_running_or_notify_cancel()
    return future
