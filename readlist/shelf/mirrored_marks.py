"""The marks with their mirror in the library: the store is the truth, the mirror what queries see."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from readlist.library.errors import LibraryBusy, LibraryError, LibraryReadOnly
from readlist.library.mirror import Mirror
from readlist.library.rows import StoredPaper as Entry
from readlist.marks import Delayed, Event, Field, MarkChange, MarkOutcome, Saved, SaveFailed
from readlist.marks.state.merge import details_of
from readlist.marks.store import MarkStore
from readlist.model.mark import UNMARKED, Mark, SaveState

if TYPE_CHECKING:
    from concurrent.futures import Future


class Decision(Struct, frozen=True):
    """What is to become of some papers' marks; None leaves a part as it is, a time sets it since then."""

    read: bool | datetime | None
    starred: bool | datetime | None
    note: str | None
    now: datetime

    def parts(self, mark: Mark) -> list[tuple[Field, datetime | str | None]]:
        """Return the fields of a mark that change, with their new values."""
        parts: list[tuple[Field, datetime | str | None]] = []
        if self.read is not None and (read := self._since(self.read, mark.read)) != mark.read:
            parts.append(("read", read))
        if self.starred is not None and (starred := self._since(self.starred, mark.starred)) != mark.starred:
            parts.append(("starred", starred))
        if self.note is not None and self.note != mark.note:
            parts.append(("note", self.note))
        return parts

    def _since(self, wanted: bool | datetime, before: datetime | None) -> datetime | None:
        if isinstance(wanted, datetime):
            return wanted
        return (before or self.now) if wanted else None

    def mark(self, mark: Mark) -> Mark:
        """Return what a mark becomes."""
        parts: dict[str, Any] = dict(self.parts(mark))
        if "note" in parts:
            parts["noted"] = self.now if self.note else None
        return replace(mark, **parts)


CHUNK = 500


_Outcome = TypeVar("_Outcome", MarkOutcome, MarkOutcome | None)


class MirroredMarks:
    """The mark store and the library's mirror of it, kept alike.

    A mark shows at once: it goes to the mirror as pending and to the store's queue; when the store has it on disk
    the mirror is told, from the store's thread. Whatever goes wrong in between, the next sync repairs the mirror.

    Where the library can't be written, entries bear the marks as they are; queries see those it was written with.

    Attributes:
        store: the mark store. What is changed there is to come to the mirror: see `landing`.
        on_event: told what the store says, in its thread; None for nobody. That marks are saved is told of those
            alone which are to be drawn otherwise than before.
    """

    def __init__(self, mirror: Mirror, open_marks: Callable[[Callable[[Event], None]], MarkStore]) -> None:
        self._mirror = mirror
        self._lock = threading.RLock()
        self._in_flight: dict[str, tuple[int, Mark]] = {}
        self._stale = False
        self._unmirrored: dict[str, Mark] = {}
        self._landings = 0
        # Of what flies, the keys of which it was reported that it takes long or can't be written.
        self._reported: set[str] = set()
        self.on_event: Callable[[Event], None] | None = None
        self.store = open_marks(self._notify)

    def overlaid(self, entries: list[Entry]) -> list[Entry]:
        """Return entries with the marks that are on their way to the disk."""
        with self._lock:
            shown = ((key, self._in_flight.get(key)) for key in (entry.paper.key for entry in entries))
            found = {key: flying[1] if flying is not None else self._unmirrored.get(key) for key, flying in shown}
        return [
            replace(entry, mark=mark) if (mark := found[entry.paper.key]) is not None else entry for entry in entries
        ]

    def in_flight(self) -> tuple[str, ...]:
        """Return the keys of papers whose marks are on their way to the disk."""
        with self._lock:
            return tuple(self._in_flight)

    def begin(self, decisions: Iterable[tuple[Entry, Decision]]) -> list[MarkChange]:
        """Let the new marks of some papers, each named once, show; returns what the store is to be told."""
        changes: list[MarkChange] = []
        touched: dict[str, Mark] = {}
        for entry, wanted in decisions:
            paper = entry.paper
            work = details_of(paper)
            parts = wanted.parts(entry.mark)
            if parts:
                touched[paper.key] = wanted.mark(entry.mark)
            changes += [
                MarkChange(paper.key, field, value, title=paper.title, identifiers=paper.identifiers, work=work)
                for field, value in parts
            ]
        with self._lock:
            for key, mark in touched.items():
                self._in_flight[key] = (self._in_flight.get(key, (0, mark))[0] + 1, mark)
                self._unmirrored.pop(key, None)
        self._tell_mirror((key, replace(mark, saved="pending")) for key, mark in touched.items())
        return changes

    def finish(self, changes: Sequence[MarkChange], label: str) -> Future[MarkOutcome]:
        """Tell the store of changes, as one step of undo; the future is done when the mirror knows they are saved."""
        touched = dict.fromkeys(change.key for change in changes)
        return self.landing(self.store.apply(changes, label), touched)

    def fold(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Bring the marks of papers that proved to be one under one key."""
        if pairs:
            self.landing(self.store.fold(pairs))

    def landing(self, done: Future[_Outcome], touched: Iterable[str] = ()) -> Future[_Outcome]:
        """Return a future that is done when the mirror, too, shows what became of a step of the store.

        Touched are the keys of the papers whose marks show already: see `begin`.
        """
        from concurrent.futures import Future

        landed: Future[_Outcome] = Future()
        # It can't be cancelled: what was decided is written.
        landed.set_running_or_notify_cancel()

        def land(done: Future[_Outcome]) -> None:
            error = done.exception()
            if error is not None:
                landed.set_exception(error)
                return
            try:
                self._landed(done.result(), touched)
            finally:
                landed.set_result(done.result())

        done.add_done_callback(land)
        return landed

    def _tell_mirror(
        self, marks: Iterable[tuple[str, Mark]], stamp: str | None = None, *, patient: bool = False
    ) -> None:
        """Tell the mirror; when that can't be done now, `follow` tries again and the next sync makes sure."""
        told = dict(marks)
        try:
            self._mirror.write(told.items(), stamp=None if self._stale else stamp, patient=patient)
        except LibraryError:
            # The mark store is the truth and has the mark. No stamp is written over this until a sync has repaired it.
            self._stale = True
            with self._lock:
                self._unmirrored |= told
        else:
            with self._lock:
                for key, mark in told.items():
                    if self._unmirrored.get(key) == mark:
                        del self._unmirrored[key]

    def _landed(self, outcome: MarkOutcome | None, touched: Iterable[str]) -> None:
        """Take note that a step is on disk: runs in the mark store's thread.

        The lock is not held while the mirror is told, so that the screen never waits for a long step.
        """
        with self._lock:
            self._landings += 1
            shown: dict[str, Mark] = {}
            for key in touched:
                flying, mark = self._in_flight.get(key, (1, UNMARKED))
                if flying <= 1:
                    self._in_flight.pop(key, None)
                    shown[key] = mark
                else:
                    self._in_flight[key] = (flying - 1, mark)
            marks = outcome.marks if outcome is not None else {}
            landed = [(key, mark) for key, mark in marks.items() if key not in self._in_flight]
            now = dict(landed)
            changed = [
                key
                for key in {**shown, **now}
                if key in self._reported or not _look_alike(shown.get(key), now.get(key))
            ]
            self._reported.difference_update(changed)
            # So they show, however long the library may be held by another process.
            self._unmirrored.update(landed)
        if outcome is not None:
            # What was busy before is not waited for: the marks that come next must go to the disk.
            for start in range(0, len(landed) or 1, CHUNK):
                stamp = outcome.stamp if start + CHUNK >= len(landed) else ""
                self._tell_mirror(landed[start : start + CHUNK], stamp or None, patient=not self._stale)
        if changed and self.on_event is not None:
            self.on_event(Saved(tuple(changed)))

    def _notify(self, event: Event) -> None:
        """Pass on what the mark store says, keeping the state of what flies; what is saved, `_landed` tells."""
        if isinstance(event, Delayed | SaveFailed):
            state: SaveState = "unsaved" if isinstance(event, SaveFailed) else "pending"
            with self._lock:
                for key in event.keys:
                    if key in self._in_flight:
                        flying, mark = self._in_flight[key]
                        self._in_flight[key] = (flying, replace(mark, saved=state))
                        self._reported.add(key)
        if self.on_event is not None and not isinstance(event, Saved):
            self.on_event(event)

    def sync(self, *, patient: bool = True) -> bool:
        """Bring the mirror up to the marks on disk; tells whether there was anything to do.

        Patient, another process that writes to the library is waited for, for some seconds.

        Raises:
            LibraryBusy: it took longer. Entries bear the marks as they are, queries don't see them yet; `follow`
                tries again.
        """
        if not self._stale and self._mirror.stamp() == self.store.stamp() and not self._mirror.pending():
            return False
        landings = self._landings
        # The stamp first: what others change in between makes it stale, and the next sync does the rest.
        stamp = self.store.stamp()
        marks = self.store.all()
        try:
            pairs = self._mirror.replace(marks.items(), stamp, patient=patient)
        except (LibraryBusy, LibraryReadOnly) as error:
            with self._lock:
                changed = self._unmirrored != marks
                self._unmirrored = marks
            self._stale = True
            if isinstance(error, LibraryBusy):
                raise
            return changed
        with self._lock:
            flying = [(key, replace(mark, saved="pending")) for key, (_, mark) in self._in_flight.items()]
            self._unmirrored.clear()
        self._stale = False
        self._tell_mirror(flying, patient=True)
        self.fold(pairs)
        if landings != self._landings:
            # What came to the disk meanwhile may have been overwritten with what was there before.
            self._tell_mirror((), "", patient=True)
            self._stale = True
        return True

    def follow(self) -> tuple[str, ...]:
        """Take over what another readlist changed since; returns the keys of the papers concerned."""
        with self._lock:
            missed = list(self._unmirrored.items())
        came: tuple[str, ...] = ()
        if missed:
            # At once or another time: what calls this calls again.
            self._tell_mirror(missed)
            with self._lock:
                came = tuple(key for key, _ in missed if key not in self._unmirrored)
        outcome = self.store.follow()
        if outcome is None:
            return came
        with self._lock:
            fresh = [(key, mark) for key, mark in outcome.marks.items() if key not in self._in_flight]
        self._tell_mirror(fresh, outcome.stamp or None, patient=True)
        return tuple(dict.fromkeys((*came, *outcome.marks)))

    def close(self, timeout: float) -> tuple[str, ...]:
        """Write what is queued; returns the keys of marks that could not be written."""
        lost = self.store.close(timeout)
        # Closing may have written the state file anew: other bytes, the same marks, unless others changed some. A
        # library that can't be used keeps its old stamp, and the next sync looks at everything.
        with suppress(LibraryError):
            stamp = self.store.stamp()
            changed = self.follow()
            if not lost and not changed and not self._mirror.pending() and self._mirror.stamp() != stamp:
                self._tell_mirror((), stamp)
        return lost


def _look_alike(shown: Mark | None, saved: Mark | None) -> bool:
    """Tell whether a mark that is shown stays as it is once it is saved."""
    if shown is None or saved is None:
        return False
    return (shown.read, shown.starred, shown.note) == (saved.read, saved.starred, saved.note)
