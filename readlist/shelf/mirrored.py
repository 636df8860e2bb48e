"""The marks with their mirror in the library: the store is the truth, the mirror what queries see."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from readlist.library.library import Library, LibraryBusy, LibraryError, LibraryReadOnly
from readlist.library.library import StoredPaper as Entry
from readlist.marks.change import Change, Outcome
from readlist.marks.event import Delayed, Event, Failed
from readlist.marks.store import MarkStore
from readlist.marks.work import details_of
from readlist.model.mark import UNMARKED, Mark, SaveState
from readlist.shelf.decision import Decision

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from readlist.marks.change import StoreStatus
    from readlist.marks.migration import Document
    from readlist.marks.neighbours import Neighbours

CHUNK = 500
_Outcome = TypeVar("_Outcome", Outcome, Outcome | None)


class MirroredMarks:
    """The mark store and the library's mirror of it, kept alike.

    A mark shows at once: it goes to the mirror as pending and to the store's queue; when the store has it on disk
    the mirror is told, from the store's thread. Whatever goes wrong in between, the next sync repairs the mirror.

    Where the library can't be written, entries bear the marks as they are; queries see those it was written with.
    """

    def __init__(self, library: Library, open_marks: Callable[[Callable[[Event], None]], MarkStore]) -> None:
        self._library = library
        self._lock = threading.RLock()
        self._in_flight: dict[str, tuple[int, Mark]] = {}
        self._stale = False
        self._unmirrored: dict[str, Mark] = {}
        self._landings = 0
        self._marks = open_marks(self._notify)
        self.on_event: Callable[[Event], None] | None = None

    def overlaid(self, entries: list[Entry]) -> list[Entry]:
        """Return entries with the marks that are on their way to the disk."""
        with self._lock:
            found = {key: self._shown(key) for key in (entry.paper.key for entry in entries)}
        return [
            replace(entry, mark=mark) if (mark := found[entry.paper.key]) is not None else entry for entry in entries
        ]

    def _shown(self, key: str) -> Mark | None:
        """Return a mark that the mirror does not have, None where that is right."""
        flying = self._in_flight.get(key)
        return flying[1] if flying is not None else self._unmirrored.get(key)

    def in_flight(self) -> tuple[str, ...]:
        """Return the keys of papers whose marks are on their way to the disk."""
        with self._lock:
            return tuple(self._in_flight)

    def begin(self, entries: Sequence[Entry], wanted: Decision) -> list[Change]:
        """Let the marks of some papers show, and return what the store is to be told."""
        return self.begin_each([(entry, wanted) for entry in entries])

    def begin_each(self, decisions: Sequence[tuple[Entry, Decision]]) -> list[Change]:
        """Do the same where each paper, named once, has a decision of its own."""
        changes: list[Change] = []
        touched: dict[str, Mark] = {}
        for entry, wanted in decisions:
            paper = entry.paper
            work = details_of(paper)
            parts = wanted.parts(entry.mark)
            if parts:
                touched[paper.key] = wanted.mark(entry.mark)
            changes += [
                Change(paper.key, field, value, title=paper.title, identifiers=paper.identifiers, work=work)
                for field, value in parts
            ]
        with self._lock:
            for key, mark in touched.items():
                self._in_flight[key] = (self._in_flight.get(key, (0, mark))[0] + 1, mark)
                self._unmirrored.pop(key, None)
        self._mirror((key, replace(mark, saved="pending")) for key, mark in touched.items())
        return changes

    def finish(self, changes: Sequence[Change], label: str) -> Future[Outcome]:
        """Tell the store of changes, as one step of undo; the future is done when the mirror knows they are saved."""
        touched = dict.fromkeys(change.key for change in changes)
        return self._mirrored(self._marks.apply(changes, label), touched)

    def undo(self) -> Future[Outcome | None]:
        """Take back the last step; the outcome is None when there is none."""
        return self._mirrored(self._marks.undo())

    def redo(self) -> Future[Outcome | None]:
        """Do again what was undone last; the outcome is None when there is nothing."""
        return self._mirrored(self._marks.redo())

    def fold(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Bring the marks of papers that proved to be one under one key."""
        if pairs:
            self._mirrored(self._marks.fold(pairs))

    def merge(self, documents: Mapping[str, Document], label: str) -> Future[Outcome]:
        """Take over what another state knows, as one step of undo."""
        return self._mirrored(self._marks.merge(documents, label))

    def share(self, folder: Path) -> tuple[Path, bool]:
        """Write the marks into a folder that machines share; returns the file, and whether it changed."""
        target = folder / self._marks.neighbours.copy_name
        return target, self._marks.copy(target).result()

    @property
    def neighbours(self) -> Neighbours:
        """The files beside the state that other machines or earlier days left."""
        return self._marks.neighbours

    def documents(self) -> dict[str, Document]:
        """Return what the state knows of each marked paper."""
        return self._marks.documents()

    def tell(self, text: str) -> None:
        """Tell the user something about the marks."""
        self._marks.tell(text)

    def _mirrored(self, done: Future[_Outcome], touched: Iterable[str] = ()) -> Future[_Outcome]:
        """Return a future that is done when the mirror, too, shows what became of a step."""
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

    def _mirror(self, marks: Iterable[tuple[str, Mark]], stamp: str | None = None, *, patient: bool = False) -> None:
        """Tell the mirror; when that can't be done now, `follow` tries again and the next sync makes sure."""
        told = dict(marks)
        try:
            self._library.set_marks(told.items(), stamp=None if self._stale else stamp, patient=patient)
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

    def _landed(self, outcome: Outcome | None, touched: Iterable[str]) -> None:
        """Take note that a step is on disk: runs in the mark store's thread.

        The lock is not held while the mirror is told, so that the screen never waits for a long step.
        """
        with self._lock:
            self._landings += 1
            for key in touched:
                flying, mark = self._in_flight.get(key, (1, UNMARKED))
                if flying <= 1:
                    self._in_flight.pop(key, None)
                else:
                    self._in_flight[key] = (flying - 1, mark)
            marks = outcome.marks if outcome is not None else {}
            landed = [(key, mark) for key, mark in marks.items() if key not in self._in_flight]
            # So they show, however long the library may be held by another process.
            self._unmirrored.update(landed)
        if outcome is not None:
            # What was busy before is not waited for: the marks that come next must go to the disk.
            for start in range(0, len(landed), CHUNK):
                self._mirror(landed[start : start + CHUNK], patient=not self._stale)
            if not self._stale:
                self._mirror((), outcome.stamp or None, patient=True)

    def _notify(self, event: Event) -> None:
        """Pass on what the mark store says, keeping the state of what flies."""
        if isinstance(event, Delayed | Failed):
            state: SaveState = "unsaved" if isinstance(event, Failed) else "pending"
            with self._lock:
                for key in event.keys:
                    if key in self._in_flight:
                        flying, mark = self._in_flight[key]
                        self._in_flight[key] = (flying, replace(mark, saved=state))
        if self.on_event is not None:
            self.on_event(event)

    def is_current(self) -> bool:
        """Tell cheaply whether the mirror shows the marks that are on disk."""
        return (
            not self._stale and self._library.mark_stamp() == self._marks.stamp() and not self._library.pending_keys()
        )

    def sync(self, *, patient: bool = True) -> bool:
        """Bring the mirror up to the marks on disk; tells whether there was anything to do.

        Args:
            patient: whether to wait for another process that writes to the library, for some seconds.

        Raises:
            LibraryBusy: it took longer. Entries bear the marks as they are, queries don't see them yet; `follow`
                tries again.
        """
        if self.is_current():
            return False
        landings = self._landings
        # The stamp first: what others change in between makes it stale, and the next sync does the rest.
        stamp = self._marks.stamp()
        marks = self._marks.all()
        try:
            pairs = self._library.replace_marks(marks.items(), stamp, patient=patient)
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
        self._mirror(flying, patient=True)
        self.fold(pairs)
        if landings != self._landings:
            # What came to the disk meanwhile may have been overwritten with what was there before.
            self._mirror((), "", patient=True)
            self._stale = True
        return True

    def follow(self) -> tuple[str, ...]:
        """Take over what another readlist changed since; returns the keys of the papers concerned."""
        with self._lock:
            missed = list(self._unmirrored.items())
        came: tuple[str, ...] = ()
        if missed:
            # At once or another time: what calls this calls again.
            self._mirror(missed)
            with self._lock:
                came = tuple(key for key, _ in missed if key not in self._unmirrored)
        outcome = self._marks.follow()
        if outcome is None:
            return came
        with self._lock:
            fresh = [(key, mark) for key, mark in outcome.marks.items() if key not in self._in_flight]
        self._mirror(fresh, outcome.stamp or None, patient=True)
        return tuple(dict.fromkeys((*came, *outcome.marks)))

    def status(self) -> StoreStatus:
        """Return how many marks wait for the disk and what the user should be told."""
        return self._marks.status()

    def close(self, timeout: float) -> tuple[str, ...]:
        """Write what is queued; returns the keys of marks that could not be written."""
        lost = self._marks.close(timeout)
        # Closing may have written the state file anew: other bytes, the same marks, unless others changed some. A
        # library that can't be used keeps its old stamp, and the next sync looks at everything.
        with suppress(LibraryError):
            stamp = self._marks.stamp()
            changed = self.follow()
            if not lost and not changed and not self._library.pending_keys() and self._library.mark_stamp() != stamp:
                self._mirror((), stamp)
        return lost
