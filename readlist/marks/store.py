"""The marks of all papers: read, starred, note and removed, their history, durable and shared between processes."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field

from readlist.marks import (
    Delayed,
    Event,
    MarkChange,
    MarkOutcome,
    MarksError,
    Notice,
    NotSaved,
    Saved,
    SaveFailed,
    StoreStatus,
    unreported,
)
from readlist.marks.disk.device import OtherDevices, StatePaths
from readlist.marks.disk.journal import state_stamp
from readlist.marks.queue import JobQueue, failure_text, run_safely
from readlist.marks.state.document import mark_of, set_value, value_text, winner_of
from readlist.model.mark import UNMARKED, Mark, SaveState
from readlist.model.time import utc_now

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.marks.database import JournalStorage
    from readlist.marks.disk.device import Disk
    from readlist.marks.state.document import Document
    from readlist.marks.state.undo import Applied, UndoLog

DELAY = 0.3
"""A change that takes longer than this, in seconds, is reported as delayed."""

_Progress: TypeAlias = Callable[[int, int], object]
_Work: TypeAlias = "Callable[[UndoLog, _Progress], Applied | None]"
"""What is done in a transaction; it gets what its progress goes to."""


class _Step(Struct, eq=False):
    """Something the user did that is not on disk yet.

    Attributes:
        work: does it in a transaction; repeated if writing fails.
        at: when the user asked for it.
        token: names it in the journal.
        changes: its changes by the paper's key, if they are known beforehand.
        keys: of the papers it touches, as far as is known, in order.
        applied: what it did when it was last tried.
        dry_run: whether it was done in memory, since it can't be written now.
        failed: why it could not be written; empty if it was not tried.
        progress: see `MarkStore.undo`.
        ended: what the progress raised, by which the user ended it.
        future: done when it is on disk.
    """

    work: _Work
    at: datetime
    token: str
    changes: Mapping[str, Sequence[MarkChange]]
    keys: Mapping[str, None]
    applied: Applied | None = None
    since: float = field(default_factory=monotonic)
    reported: bool = False
    dry_run: bool = False
    failed: str = ""
    progress: _Progress = unreported
    ended: Exception | None = None
    future: Future[Any] | None = None

    def tell(self, done: int, total: int) -> None:
        """Report the progress, and note what that raises."""
        try:
            self.progress(done, total)
        except Exception as error:
            self.ended = error
            raise


class MarkStore:
    """Read, starred, note and removed of every paper.

    Changes are done by one thread, in order; each is durable when its future is done. A change that can't be
    written stays in memory, shows in `mark` as unsaved, and is retried until the store is closed. Any thread may use
    the store; several processes may share the state.

    Futures raise NewerState if the state is of a newer readlist, and NotSaved if the store was closed first.

    Args:
        path: the state file. Nothing is opened or made before the first use.
        clock: gives the present time, aware.
        notify: gets events, in the queue's or a timer's thread; it must not wait for the store.
        disk: does the file operations.

    Attributes:
        devices: the files beside the state that other machines or earlier days left.
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
        self._clock, self._listener, self._disk = clock, notify, disk
        self._session = os.urandom(4).hex()
        self._count = itertools.count(1)
        self._storage: JournalStorage | None = None
        self._first_stamp: str | None = None
        self._had_state = self._exists()
        self._following: Future[JournalStorage] | None = None
        self._notices: list[str] = []
        self._queue = JobQueue("marks", NotSaved)
        self._lock = threading.Lock()
        self._steps: list[_Step] = []
        self._trouble = ""
        self._timer: threading.Timer | None = None
        self._closing = False
        self.devices = OtherDevices(self._paths.state)

    def apply(self, changes: Sequence[MarkChange], label: str, batch: int | None = None) -> Future[MarkOutcome]:
        """Change marks, as one undo group of this name; the future is done when that is on disk.

        Groups of one import, which share its batch, are undone and redone together.
        """
        kept = tuple(changes)
        return self._submit(lambda log, _: log.apply(kept, label, batch), kept)

    def undo(self, progress: _Progress = unreported) -> Future[MarkOutcome | None]:
        """Undo the newest group: this store's own first, then others'; None if there is nothing to undo.

        A field that was changed since is left as it is, and its paper is named in `MarkOutcome.skipped`. For merging,
        what is undone changes now.

        The progress gets, in the queue's thread, how many changes were taken back, and of how many. What it raises ends
        the step, of which nothing is done then, and goes to the future.
        """
        return self._submit(lambda log, tell: log.undo(tell), progress=progress)

    def redo(self, progress: _Progress = unreported) -> Future[MarkOutcome | None]:
        """Redo the group that was undone last; None if there is none, or something was changed since."""
        return self._submit(lambda log, tell: log.redo(tell), progress=progress)

    def fold(self, pairs: Sequence[tuple[str, str]]) -> Future[MarkOutcome]:
        """Merge the marks of papers that proved to be one: pairs of (key that goes, key that stays).

        Read or starred on one of them is read or starred, since the earlier time; different notes are joined.
        The document of the first key goes; changes for that key go to the second from then on. No undo group.
        """
        kept = tuple(pairs)
        return self._submit(lambda log, _: log.fold(kept))

    def merge(self, documents: Mapping[str, Document], label: str) -> Future[MarkOutcome]:
        """Merge another state of the same user's marks, as one undo group.

        Args:
            documents: the other's documents, under the keys that their papers have here.
            label: name of the group.
        """
        kept = dict(documents)
        return self._submit(lambda log, _: log.merge(kept, label))

    def copy(self, target: Path) -> Future[bool]:
        """Write the marks to another file, whole or not at all, for another machine to merge.

        The future is done when that is on disk: False if the file had them already. It raises OSError.
        """

        def write() -> bool:
            from readlist.marks.disk.snapshot import write_copy

            storage = self._refresh()
            return write_copy(target, storage.memory.tables, storage.device)

        return self._queue.ask(write)

    def documents(self) -> dict[str, Document]:
        """Return the documents of all marks as they are on disk: not to be changed; raises MarksError."""
        return self._queue.ask(self._refresh).result().memory.peek_all("marks")

    def undone_imports(self) -> dict[int, bool]:
        """Return the batches of the imports in the undo history, and whether each is undone; raises MarksError."""
        from readlist.marks.state.undo import undone_imports

        return undone_imports(self._queue.ask(self._refresh).result().memory.peek_all("history"))

    def add_notice(self, text: str) -> None:
        """Show the user a notice about the marks."""
        self._notices.append(text)
        self._notify(Notice(text))

    def mark(self, key: str) -> Mark:
        """Return a paper's mark, pending changes included; reads the state if that was not done.

        Raises:
            MarksError: the state can't be read.
        """
        storage = self._storage
        if storage is None or not storage.opened:
            storage = self._queue.ask(self._read).result()
        return self._mark(storage, key)

    def all(self) -> dict[str, Mark]:
        """Return the marks of all papers that were ever touched, others' latest changes included.

        Raises:
            MarksError: the state can't be read.
        """
        storage = self._queue.ask(self._refresh).result()
        found = {key: mark_of(document) for key, document in storage.memory.peek_all("marks").items()}
        return found | {key: self._mark(storage, key) for key in _keys_of(self._waiting())}

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
                if self._following is None or self._following.done():
                    self._following = self._queue.ask(self._refresh)
                self._following.result(wait)
        keys = storage.memory.pop_external_keys()
        if not keys:
            return None
        gone = {key for key in keys if storage.memory.peek("folded", key)}
        stamp = "" if self._waiting() else storage.files.stamp
        return MarkOutcome("", self._marks(storage, keys, gone), (), stamp)

    def stamp(self) -> str:
        """Return a name of the state on disk: equal names stand for equal marks. Reads no mark; cheap."""
        stamp = state_stamp(self._paths)
        if self._first_stamp is None:
            self._first_stamp = stamp
        return stamp

    def status(self) -> StoreStatus:
        """Return what is pending, what could not be written so far, and what the user was shown."""
        steps = self._waiting()
        failed = [step for step in steps if step.failed]
        return StoreStatus(len(steps), _keys_of(failed), tuple(self._notices), failed[0].failed if failed else "")

    def close(self, timeout: float) -> tuple[str, ...]:
        """Write what is waiting, bring the state file up to date if that is due, and stop.

        Args:
            timeout: how long to wait for it, in seconds.

        Returns:
            The keys of papers whose changes could not be written in that time.
        """
        with self._lock:
            self._closing = True
            if self._timer is not None:
                self._timer.cancel()
        self._queue.close(timeout, lambda: self._compact(closing=True))
        return _keys_of(self._waiting())

    # Steps, from the user's thread to the disk

    def _submit(
        self, work: _Work, changes: tuple[MarkChange, ...] = (), *, progress: _Progress = unreported
    ) -> Future[Any]:
        by_key: dict[str, list[MarkChange]] = {}
        for change in changes:
            by_key.setdefault(change.key, []).append(change)
        token = f"{self._session}-{next(self._count)}"
        step = _Step(work, self._clock(), token, by_key, dict.fromkeys(by_key), progress=progress)
        with self._lock:
            step.future = future = self._queue.submit(lambda: self._save(step))
            future.add_done_callback(lambda future: self._report_saved(step, future))
            self._steps.append(step)
            trouble = self._trouble
            if self._timer is None:
                self._set_timer(DELAY)
        if trouble:
            # It waits for a step that can't be written: until then it is done in memory.
            with suppress(RuntimeError):
                self._queue.ask(lambda: self._report_failed(self._trouble))
        return future

    def _waiting(self) -> list[_Step]:
        """Return the steps that are not on disk, in order."""
        with self._lock:
            return list(self._steps)

    def _save(self, step: _Step) -> MarkOutcome | None:
        """Write a step; raises OSError if that can't be done now."""
        try:
            storage = self._open()
            with storage.transaction(step.token) as written:
                if not written:
                    self._work(step, storage)
        except OSError as error:
            self._report_failed(failure_text(error), trying=step)
            if step.ended is not None:
                self._remove(step)
                raise step.ended from None
            raise
        except Exception:
            self._remove(step)
            raise
        finally:
            self._show_notices()
        self._remove(step)
        return self._outcome(step, storage)

    def _remove(self, step: _Step, *, trouble: str = "") -> None:
        with self._lock:
            self._steps.remove(step)
            self._trouble = trouble

    def _work(self, step: _Step, storage: JournalStorage) -> None:
        from readlist.marks.database import StateDatabase
        from readlist.marks.state.undo import UndoLog

        database = StateDatabase(storage=lambda: storage)
        step.applied = step.work(UndoLog(database.table, storage.device, step.at, self._session), step.tell)
        if step.applied is not None:
            step.keys = {**step.keys, **dict.fromkeys(step.applied.keys)}

    def _outcome(self, step: _Step, storage: JournalStorage) -> MarkOutcome | None:
        if not any(other.dry_run for other in self._waiting()):
            storage.memory.forget_dry_run()
        applied = step.applied
        if applied is None:
            return None
        stamp = "" if storage.memory.has_external else storage.files.stamp
        marks = self._marks(storage, applied.keys, set(applied.gone))
        return MarkOutcome(
            applied.label, marks, applied.skipped, stamp, applied.joined, applied.listed, applied.imports
        )

    def _report_saved(self, step: _Step, future: Future[Any]) -> None:
        failure = future.exception()
        if failure is None:
            self._notify(Saved(tuple(step.keys)))
        elif isinstance(failure, MarksError) and not isinstance(failure, NotSaved):
            self._notify(SaveFailed(tuple(step.keys), str(failure)))

    def _report_failed(self, reason: str, *, trying: _Step | None = None) -> None:
        """Do in memory what can't be written, and report it once for each reason.

        What the user ends meanwhile leaves the queue, but for the one being tried, which has its own end.
        """
        storage = self._storage
        with self._lock:
            self._trouble, steps = reason, list(self._steps)
        for step in steps if reason else ():
            if not step.dry_run and storage is not None and storage.opened:
                run_safely(lambda step=step: self._try_in_memory(step, storage))  # type: ignore[misc]
            if step.ended is not None:
                if step is not trying and step.future is not None:
                    self._remove(step, trouble=reason)
                    self._queue.drop(step.future, step.ended)
            elif step.failed != reason:
                step.failed = reason
                self._notify(SaveFailed(tuple(step.keys), reason))

    def _try_in_memory(self, step: _Step, storage: JournalStorage) -> None:
        try:
            with storage.dry_run():
                self._work(step, storage)
        except Exception:
            if step.ended is None:
                raise
        else:
            step.dry_run = True

    def _set_timer(self, delay: float) -> None:
        self._timer = threading.Timer(delay, self._report_delayed)
        self._timer.daemon = True
        self._timer.start()

    def _report_delayed(self) -> None:
        """Report steps that take long; in the timer's thread, since the queue's may hang on the disk."""
        with self._lock:
            now = monotonic()
            late = [step for step in self._steps if not step.reported and now - step.since >= DELAY]
            for step in late:
                step.reported = True
            keys = _keys_of(step for step in late if not step.failed)
            fresh = [step.since for step in self._steps if not step.reported]
            self._timer = None
            if fresh and not self._closing:
                self._set_timer(max(fresh[0] + DELAY - now, 0.0))
        if keys:
            self._notify(Delayed(keys))

    def _compact(self, *, closing: bool = False) -> None:
        """Rewrite the state file if that is due; if it fails, the journal still has everything. Then save memory."""
        if self._storage is None:
            return
        with suppress(OSError, MarksError):
            self._storage.compact_if_worth(lambda: self._queue.busy and not closing, closing=closing)
        self._show_notices()
        if not self._storage.memory.pack(lambda: self._queue.busy or closing):
            self._queue.when_idle(self._compact)

    # Reading; all but `_mark` and `_follow_unread` in the queue's thread, the only one to use TinyDB

    def _open(self) -> JournalStorage:
        """Make the database and read the state; raises OSError and NewerState."""
        self._queue.when_idle(self._compact)
        if self._storage is None:
            from readlist.marks.database import JournalStorage

            self._storage = JournalStorage(self._paths.state, disk=self._disk, clock=self._clock)
        storage = self._storage
        if storage.opened:
            return storage
        if self._had_state and not self._exists():
            # A new state in its place would lack what the user decided before.
            folder = self._paths.state.parent
            missing = "state not found" if folder.is_dir() else "folder not found"
            raise FileNotFoundError(2, missing, str(folder))
        try:
            storage.open()
        finally:
            self._show_notices()
        if self._first_stamp is not None and self._first_stamp != storage.files.stamp:
            storage.memory.count_all_external()
        return storage

    def _read(self) -> JournalStorage:
        """Read the state, for a question; raises MarksError."""
        try:
            return self._open()
        except OSError as error:
            raise MarksError(f"{self._paths.state} can't be read: {error.strerror or error}") from error

    def _refresh(self) -> JournalStorage:
        storage = self._read()
        storage.refresh()
        self._show_notices()
        return storage

    def _exists(self) -> bool:
        return any(path.exists() for path in (self._paths.state, self._paths.journal, self._paths.backup))

    def _marks(self, storage: JournalStorage, keys: Iterable[str], gone: set[str]) -> dict[str, Mark]:
        return {key: UNMARKED if key in gone else self._mark(storage, key) for key in keys}

    def _mark(self, storage: JournalStorage, key: str) -> Mark:
        """Return a paper's mark, pending changes included; that of the paper it proved to be, if it did."""
        memory = storage.memory
        steps = [step for step in self._waiting() if key in step.keys]
        document = memory.peek("marks", winner_of(key, lambda loser: memory.peek("folded", loser)))
        changes = [change for step in steps if not step.dry_run for change in step.changes.get(key, ())]
        if changes:
            document = dict(document or {})
            for change in changes:
                set_value(document, change.field, value_text(change.value, change.field), utc_now(), "")
        saved: SaveState = "saved"
        if steps:
            saved = "unsaved" if any(step.failed for step in steps) else "pending"
        return mark_of(document, saved)

    def _follow_unread(self) -> MarkOutcome | None:
        before = self._first_stamp
        self._first_stamp = now = state_stamp(self._paths)
        if before is None or before == now:
            return None
        self._first_stamp = None
        return MarkOutcome("", self.all(), (), now)

    def _show_notices(self) -> None:
        for text in self._storage.take_notices() if self._storage else ():
            self.add_notice(text)

    def _notify(self, event: Event) -> None:
        if (listener := self._listener) is not None:
            run_safely(lambda: listener(event))


def _keys_of(steps: Iterable[_Step]) -> tuple[str, ...]:
    """Return the keys of the papers that steps touch, each once."""
    return tuple(dict.fromkeys(key for step in steps for key in step.keys))
