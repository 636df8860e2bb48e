"""The marks with their mirror in the library: the store is the truth, the mirror what queries see."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from readlist.library.errors import LibraryBusy, LibraryError, LibraryReadOnly
from readlist.library.import_log import ImportLog
from readlist.library.mirror import Mirror
from readlist.library.rows import Entry
from readlist.marks import FIELDS, Delayed, Event, Field, MarkChange, MarkOutcome, Saved, SaveFailed, unreported
from readlist.marks.queue import new_future
from readlist.marks.store import MarkStore
from readlist.model.mark import UNMARKED, Mark, SaveState
from readlist.model.tag import TagCount
from readlist.model.tally import Tally

if TYPE_CHECKING:
    from concurrent.futures import Future


class Decision(Struct, frozen=True):
    """How to change some papers' marks; None leaves a part as it is, a time sets it since then."""

    read: bool | datetime | None
    starred: bool | datetime | None
    note: str | None
    now: datetime
    removed: bool | datetime | None = None

    def of(self, entry: Entry) -> Decision:
        """Return the decision as it is for an entry: a read paper is read once more if there is news of it."""
        again = self.read is True and entry.mark.read is not None and entry.is_news
        return replace(self, read=self.now) if again else self

    def parts(self, mark: Mark) -> list[tuple[Field, datetime | str | None]]:
        """Return the fields of a mark that change, with their new values."""
        after = {
            "read": self._since(self.read, mark.read),
            "starred": self._since(self.starred, mark.starred),
            "note": mark.note if self.note is None else self.note,
            "removed": self._since(self.removed, mark.removed),
        }
        return [(field, after[field]) for field in FIELDS if after[field] != getattr(mark, field)]

    def _since(self, wanted: bool | datetime | None, before: datetime | None) -> datetime | None:
        if wanted is None or isinstance(wanted, datetime):
            return before if wanted is None else wanted
        return (before or self.now) if wanted else None

    def mark(self, mark: Mark) -> Mark:
        """Return the changed mark."""
        parts: dict[str, Any] = dict(self.parts(mark))
        if "note" in parts:
            parts["noted"] = self.now if self.note else None
        return replace(mark, **parts)


CHUNK = 500
_YIELD = 0.0005
"""Seconds between two portions of a long step."""

_READS = 5
"""How often entries are read at most while marks reach the mirror."""

_Outcome = TypeVar("_Outcome", MarkOutcome, MarkOutcome | None)


class MirroredMarks:
    """The mark store and the library's mirror of it, kept in sync.

    A mark shows at once: it goes to the mirror as pending and to the store's queue; when the store has it on disk
    the mirror is updated, in the store's thread. If anything fails in between, the next sync repairs the mirror.

    If the library can't be written, entries have the present marks, but queries see the mirror's.

    Attributes:
        store: the mark store. Its changes must reach the mirror: see `landing`.
        on_event: gets the store's events, in its thread. `Saved` names only marks that are to be redrawn.
        held: gives the keys of papers that an undone import must leave.
    """

    def __init__(
        self, mirror: Mirror, imports: ImportLog, open_marks: Callable[[Callable[[Event], None]], MarkStore]
    ) -> None:
        self._mirror, self._imports = mirror, imports
        self.held: Callable[[], Collection[str]] = self.in_flight
        self._lock = threading.RLock()
        self._in_flight: dict[str, tuple[int, Mark]] = {}
        self._stale = False
        # What the mirror doesn't have yet, or has missed. Nothing is written to it that was not noted here before.
        self._unmirrored: dict[str, Mark] = {}
        # What was noted while a sync writes marks that it read before; None while none does.
        self._newer: dict[str, Mark] | None = None
        # How often marks were let go here, since the mirror has them.
        self._released = 0
        self._sync_turn = threading.Lock()
        self._landings = 0
        # Keys in flight that were reported as delayed or failed.
        self._reported: set[str] = set()
        self.on_event: Callable[[Event], None] | None = None
        self.store = open_marks(self._notify)

    def overlaid(self, read: Callable[[], list[Entry]]) -> list[Entry]:
        """Return the entries that are read of the mirror, with their pending marks.

        A mark that reaches the mirror after they were read, and is pending no more before they get theirs, would be
        missing in both: then they are read again.
        """
        for _ in range(_READS):
            with self._lock:
                before = self._released
            entries = read()
            with self._lock:
                marks = [self._unmirrored_mark(entry.paper.key) for entry in entries]
                if before == self._released:
                    break
        return [
            entry if mark is None else replace(entry, mark=mark) for entry, mark in zip(entries, marks, strict=True)
        ]

    def _unmirrored_mark(self, key: str) -> Mark | None:
        """Return the mark of a paper where the mirror may have an older one."""
        if (flying := self._in_flight.get(key)) is not None:
            return flying[1]
        newer = self._newer.get(key) if self._newer is not None else None
        return newer if newer is not None else self._unmirrored.get(key)

    def in_flight(self) -> tuple[str, ...]:
        """Return the keys of papers with pending marks."""
        with self._lock:
            return tuple(self._in_flight)

    def tags(self) -> list[TagCount]:
        """Return the tags of the mirrored notes, the most frequent first."""
        return self._mirror.tags()

    def begin(self, decisions: Iterable[tuple[Entry, Decision]], *, queried: bool = True) -> list[MarkChange]:
        """Show the new marks of some papers, each named once; returns the changes for the store.

        Entries have them at once; queries, too, unless none is asked before they are on disk.
        """
        from readlist.marks.state.merge import details_of

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
            if queried:
                self._note((key, replace(mark, saved="pending")) for key, mark in touched.items())
        if queried and touched:
            self._write_noted(touched)
        return changes

    def finish(
        self, changes: Sequence[MarkChange], label: str, batch: int | None = None, *, patient: bool = True
    ) -> Future[MarkOutcome]:
        """Save changes as one step of undo; the future is done when the mirror knows they are saved.

        Steps of one import, which share its batch, are undone together, and its papers with them.

        Patient, or if there are many, it waits some seconds for another process that writes to the library, and the
        next marks wait for the disk as long; what is left is done by `follow` or the next sync.
        """
        touched = dict.fromkeys(change.key for change in changes)
        return self.landing(self.store.apply(changes, label, batch), touched, patient=patient)

    def fold(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Merge the marks of papers that proved to be one."""
        if pairs:
            self.landing(self.store.fold(pairs))

    def landing(
        self,
        done: Future[_Outcome],
        touched: Iterable[str] = (),
        progress: Callable[[int, int], object] = unreported,
        *,
        patient: bool = True,
    ) -> Future[_Outcome]:
        """Return a future that is done when the mirror, too, has the outcome of a step of the store.

        Touched are the keys of the papers whose marks show already: see `begin`; patient: see `finish`. The progress
        gets how many papers the mirror has, and of how many; it must not raise.
        """
        landed: Future[_Outcome] = new_future()

        def land(done: Future[_Outcome]) -> None:
            error = done.exception()
            if error is not None:
                landed.set_exception(error)
                return
            outcome: Any = done.result()
            try:
                outcome = self._landed(outcome, touched, progress, patient=patient)
            finally:
                landed.set_result(outcome)

        done.add_done_callback(land)
        return landed

    def _note(self, marks: Iterable[tuple[str, Mark]]) -> None:
        """Note, while the lock is held, what the mirror is to have: from now on entries have it."""
        for key, mark in marks:
            # Another object each time, so that a writer knows whether the one it wrote is still the latest.
            self._unmirrored[key] = replace(mark)
            if self._newer is not None:
                self._newer[key] = mark

    def _write_noted(self, keys: Iterable[str], stamp: str | None = None, *, patient: bool = False) -> None:
        """Write to the mirror what was noted of papers; if that fails, `follow` retries and the next sync makes sure.

        It may wait for another writer, and meanwhile a newer mark may be noted, and written. So each is looked up in
        the transaction that writes it: the last transaction has the latest.
        """
        with self._lock:
            noted = [(key, self._unmirrored[key]) for key in keys if key in self._unmirrored]
        written: dict[str, Mark] = {}

        def latest(key: str) -> Mark | None:
            with self._lock:
                mark = self._unmirrored.get(key)
            if mark is not None:
                written[key] = mark
            return mark

        try:
            self._mirror.write(noted, stamp=None if self._stale else stamp, patient=patient, latest=latest)
        except LibraryError:
            # The mark store has the mark. No stamp is written until a sync has repaired the mirror.
            self._stale = True
            return
        with self._lock:
            self._released += 1
            for key, mark in written.items():
                if self._unmirrored.get(key) is mark:
                    del self._unmirrored[key]

    def _landed(
        self,
        outcome: MarkOutcome | None,
        touched: Iterable[str],
        progress: Callable[[int, int], object],
        *,
        patient: bool,
    ) -> MarkOutcome | None:
        """Record that a step is on disk, with what became of the papers of imports; runs in the mark store's thread.

        The lock is not held while the mirror is written, and for some hundreds of papers at a time, so that the screen
        never waits for a long step.
        """
        with self._lock:
            self._landings += 1
        marks = outcome.marks if outcome is not None else {}
        touched = dict.fromkeys(touched)
        landed: list[str] = []
        changed: list[str] = []
        keys = iter({**touched, **marks})
        while some := list(islice(keys, CHUNK)):
            with self._lock:
                for key in some:
                    shown = self._take_down(key) if key in touched else None
                    now = marks.get(key) if key not in self._in_flight else None
                    if now is not None:
                        landed.append(key)
                        self._note([(key, now)])
                    if (shown or now) and (key in self._reported or not _look_alike(shown, now)):
                        changed.append(key)
                        self._reported.discard(key)
            if len(some) == CHUNK:
                # The screen, which waits for the lock, would hardly get it before this thread has it again.
                time.sleep(_YIELD)
        if outcome is not None:
            # Imports that are redone come before their marks, which would show the papers, too.
            outcome = self._turn_imports(outcome, undone=False)
            patient = patient or len(landed) > CHUNK
            # A library that was busy before is not waited for: the next marks must go to the disk.
            for start in range(0, len(landed) or 1, CHUNK):
                stamp = outcome.stamp if start + CHUNK >= len(landed) and not outcome.imports else ""
                self._write_noted(landed[start : start + CHUNK], stamp or None, patient=patient and not self._stale)
                progress(min(start + CHUNK, len(landed)), len(landed))
            if outcome.imports:
                outcome = self._turn_imports(outcome, undone=True)
                self._write_noted((), outcome.stamp or None, patient=patient and not self._stale)
        if changed and self.on_event is not None:
            self.on_event(Saved(tuple(changed)))
        return outcome

    def _take_down(self, key: str) -> Mark | None:
        """Count one step less on its way for a paper; returns the mark shown if it was the last one, else None."""
        flying, mark = self._in_flight.get(key, (1, UNMARKED))
        if flying <= 1:
            self._in_flight.pop(key, None)
            self._released += 1
            return mark
        self._in_flight[key] = (flying - 1, mark)
        return None

    def _turn_imports(self, outcome: MarkOutcome, *, undone: bool) -> MarkOutcome:
        """Hide the papers of imports that were undone, or show those of imports that were redone."""
        papers, kept = outcome.papers, outcome.kept
        try:
            for batch in (batch for batch, is_undone in outcome.imports.items() if is_undone is undone):
                papers += self._imports.hide(batch, self.held) if undone else self._imports.show(batch)
                kept += self._imports.kept(batch) if undone else 0
        except LibraryError:
            # The next sync does it.
            self._stale = True
        return replace(outcome, papers=papers, kept=kept)

    def _notify(self, event: Event) -> None:
        """Pass on the mark store's events and note what is delayed or failed; `_landed` reports what is saved."""
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

    def sync(self, *, patient: bool = True, progress: Callable[[int, int], object] = unreported) -> bool:
        """Bring the mirror up to the marks on disk; returns whether there was anything to do.

        Args:
            patient: whether to wait some seconds for another process that writes to the library.
            progress: gets how many papers the mirror has, and of how many.

        Raises:
            LibraryBusy: it took longer. Entries have the present marks, queries don't see them yet; `follow` retries.
        """
        with self._sync_turn:
            return self._sync(patient, progress)

    def _sync(self, patient: bool, progress: Callable[[int, int], object]) -> bool:
        if not self._stale and self._mirror.stamp() == self.store.stamp() and not self._mirror.pending():
            return False
        with self._lock:
            landings, self._newer = self._landings, {}
        # The stamp first: if others change something in between it is outdated, and the next sync does the rest.
        stamp = self.store.stamp()
        marks = self.store.all()
        imports = self.store.undone_imports()
        try:
            pairs = self._mirror.replace(marks.items(), "" if imports else stamp, patient=patient, progress=progress)
            if imports:
                self._imports.settle(imports, self.held)
                self._mirror.write((), stamp, patient=patient)
            with self._lock:
                self._unmirrored.clear()
                self._released += 1
            self._stale = False
            self._write_newer()
        except (LibraryBusy, LibraryReadOnly) as error:
            with self._lock:
                marks = {**marks, **(self._newer or {})}
                changed = self._unmirrored != marks
                self._unmirrored = marks
            self._stale = True
            if isinstance(error, LibraryBusy):
                raise
            return changed
        finally:
            with self._lock:
                self._newer = None
        self.fold(pairs)
        if landings != self._landings:
            # The stamp is that of the marks read before.
            self._write_noted((), "", patient=True)
            self._stale = True
        return True

    def _write_newer(self) -> None:
        """Write what was decided while a sync wrote the marks that it had read before: it may have been overwritten."""
        with self._lock:
            flying = {key: replace(mark, saved="pending") for key, (_, mark) in self._in_flight.items()}
            self._newer = {**(self._newer or {}), **flying}
        written: dict[str, Mark] = {}
        while True:
            with self._lock:
                newer = {key: mark for key, mark in self._newer.items() if written.get(key) != mark}
                if not newer:
                    self._newer = None
                    self._released += 1
                    return
            self._mirror.write(newer.items(), patient=True)
            written |= newer

    def follow(self) -> tuple[str, ...]:
        """Show what another readlist changed; returns the keys of the papers."""
        # Not waited for: this is called again.
        came = self._write_missed()
        landings = self._landings
        outcome = self.store.follow()
        if outcome is None:
            return came
        marks = outcome.marks
        while True:
            with self._lock:
                if landings == self._landings:
                    fresh = {key: mark for key, mark in marks.items() if key not in self._in_flight}
                    self._note(fresh.items())
                    break
                landings = self._landings
            # A step landed after these were read, and may have changed them.
            marks = {key: self.store.mark(key) for key in marks}
        self._write_noted(fresh, outcome.stamp or None, patient=True)
        return tuple(dict.fromkeys((*came, *marks)))

    def _write_missed(self) -> tuple[str, ...]:
        """Write the marks that the mirror has missed, as far as it can be written now; returns their keys."""
        with self._lock:
            missed = tuple(self._unmirrored)
        came: list[str] = []
        for start in range(0, len(missed), CHUNK):
            some = missed[start : start + CHUNK]
            self._write_noted(some)
            with self._lock:
                came += (key for key in some if key not in self._unmirrored)
            if len(came) < start + len(some):
                break
        return tuple(came)

    def tally(self, since: datetime) -> Tally:
        """Return what was decided since a time, whether the mirror has it or has missed it."""
        with self._lock:
            missed = dict(self._unmirrored)
        return self._mirror.tally(since, missed)

    def close(self, timeout: float) -> tuple[str, ...]:
        """Write what is queued; returns the keys of marks that could not be written."""
        lost = self.store.close(timeout)
        # Closing may have rewritten the state file: other bytes, the same marks, unless others changed some. A library
        # that can't be used keeps its old stamp, and the next sync reads everything.
        with suppress(LibraryError):
            stamp = self.store.stamp()
            changed = self.follow()
            if not lost and not changed and not self._mirror.pending() and self._mirror.stamp() != stamp:
                self._write_noted((), stamp)
        return lost


def _look_alike(shown: Mark | None, saved: Mark | None) -> bool:
    """Return whether a mark that is shown stays as it is once it is saved."""
    if shown is None or saved is None:
        return False
    return all(getattr(shown, field) == getattr(saved, field) for field in FIELDS)
