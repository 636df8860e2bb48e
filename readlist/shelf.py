"""The library of papers and the marks together; the only thing the screens talk to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from readlist.library.store import Library, LibraryError, SearchInterrupted
from readlist.library.store import StoredPaper as Entry
from readlist.marks.change import Change, Field, MarksError, Outcome
from readlist.marks.event import Delayed, Event, Failed, Notice
from readlist.marks.store import MarkStore
from readlist.paper import UNMARKED, Announcement, Mark, SaveState
from readlist.query import Query, Sort, parse
from readlist.text import clean

if TYPE_CHECKING:
    from array import array
    from concurrent.futures import Future
    from pathlib import Path

    from readlist.library.store import Added, Counts
    from readlist.marks.change import StoreStatus
    from readlist.marks.draft import Drafts
    from readlist.sources.base import Batch

__all__ = [
    "EXPECTED", "SAMPLE_FEED", "VIEWS", "Entry", "Event", "Failed", "LibraryError", "MarksError", "Notice",
    "SearchInterrupted", "Shelf", "View",
]  # fmt: skip

EXPECTED = (LibraryError, MarksError, OSError)
"""What the stores may raise without being a bug: the disk, damage, another process."""

SAMPLE_FEED = "Sample"
_CHUNK = 500
_Outcome = TypeVar("_Outcome", Outcome, Outcome | None)


@dataclass(frozen=True, slots=True)
class View:
    """What the list shows: a name, a query and a sort order."""

    name: str
    query: str = ""
    sort: Sort = "feed"

    def narrowed(self, search: str) -> str:
        """Return this view's query with a search added to it."""
        return f"{self.query} {search}".strip()


VIEWS = (View("Inbox", "is:unread"), View("All"), View("Starred", "is:starred"), View("Notes", "is:noted"))


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of some papers' marks; None leaves a part as it is."""

    read: bool | None
    starred: bool | None
    note: str | None
    now: datetime

    def parts(self, mark: Mark) -> list[tuple[Field, datetime | str | None]]:
        """Return the fields of a mark that change, with their new values."""
        parts: list[tuple[Field, datetime | str | None]] = []
        if self.read is not None and self.read != (mark.read is not None):
            parts.append(("read", self.now if self.read else None))
        if self.starred is not None and self.starred != (mark.starred is not None):
            parts.append(("starred", self.now if self.starred else None))
        if self.note is not None and self.note != mark.note:
            parts.append(("note", self.note))
        return parts

    def mark(self, mark: Mark) -> Mark:
        """Return what a mark becomes."""
        parts: dict[str, Any] = dict(self.parts(mark))
        if "note" in parts:
            parts["noted"] = self.now if self.note else None
        return replace(mark, **parts)


class Shelf:
    """Papers with their marks: browse, mark, undo, add.

    A mark shows at once: it goes to the library's mirror of the marks as pending and to the mark store's
    queue; when the store has it on disk the mirror is told, from the store's thread. The mark store is the
    truth, the mirror what queries see.

    Reading and adding may be done from any thread.
    """

    def __init__(
        self,
        library: Library,
        open_marks: Callable[[Callable[[Event], None]], MarkStore],
        drafts: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._library = library
        self._marks = open_marks(self._notify)
        self._drafts_folder = drafts
        self._clock = clock
        self._lock = threading.RLock()
        self._in_flight: dict[str, tuple[int, Mark]] = {}
        self.on_event: Callable[[Event], None] | None = None

    # Looking

    def parse(self, view: View, search: str = "") -> Query:
        """Return the checked query of a view narrowed by what is typed in the search bar."""
        return parse(view.narrowed(search), typing=bool(search))

    def first(self, view: View, search: str = "", limit: int = 200) -> list[int]:
        """Return the ids of the view's first papers, in order: enough for a screen, quickly."""
        return self._library.first_ids(self.parse(view, search), view.sort, limit)

    def browse(self, view: View, search: str = "") -> array[int]:
        """Return the ids of all papers of a view, in order."""
        return self._library.ids(self.parse(view, search), view.sort)

    def select(self, query: Query, sort: Sort) -> array[int]:
        """Return the ids of all papers a checked query finds, in order."""
        return self._library.ids(query, sort)

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """Return the entries of these ids, in that order; papers that are gone are left out."""
        entries = self._library.papers(ids)
        with self._lock:
            flying = dict(self._in_flight)
        if not flying:
            return entries
        return [
            replace(entry, mark=flying[entry.paper.key][1]) if entry.paper.key in flying else entry for entry in entries
        ]

    def entry(self, identifier: str) -> Entry | None:
        """Return the entry of a paper by any of its identifiers, or None."""
        found = self._library.find(identifier)
        entries = self.entries([found]) if found is not None else []
        return entries[0] if entries else None

    def ids_of(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids of the papers with these keys, as far as they are in the library."""
        return self._library.ids_of(keys)

    def announcements(self, entry: Entry) -> tuple[Announcement, ...]:
        """Return every announcement of a paper, newest first."""
        return self._library.announcements(entry.id)

    def counts(self) -> Counts:
        """Return how many papers there are: all, unread, starred, noted."""
        return self._library.counts()

    def unread_ids(self) -> frozenset[int]:
        """Return the ids of all unread papers."""
        return frozenset(self._library.ids(parse("is:unread"), "feed"))

    def is_untouched(self) -> bool:
        """Tell whether nothing was ever put into the library: the first run."""
        return not self._library.feeds()

    def interrupt(self) -> None:
        """Stop a query that runs in another thread."""
        self._library.interrupt()

    # Deciding

    def mark(
        self,
        entries: Sequence[Entry],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        note: str | None = None,
        label: str = "",
    ) -> tuple[list[Entry], Future[Outcome]]:
        """Change the marks of some papers as one step of undo.

        Args:
            entries: the papers.
            read: mark read or unread; None leaves it.
            starred: star or unstar; None leaves it.
            note: the note's new text, empty for none; None leaves it.
            label: what the step is called in undo.

        Returns:
            The entries as they are now, and the future that is done when they are on disk.
        """
        wanted = Decision(read, starred, clean(note) if note is not None else None, self._clock())
        after = [replace(entry, mark=wanted.mark(entry.mark)) for entry in entries]
        changes = self._begin(entries, wanted)
        return after, self._finish(changes, label)

    def mark_all(
        self,
        ids: Sequence[int],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        label: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> Future[Outcome]:
        """Change the marks of any number of papers as one step of undo; takes its time, so not for the UI thread.

        Args:
            ids: the papers.
            read: mark read or unread; None leaves it.
            starred: star or unstar; None leaves it.
            label: what the step is called in undo.
            progress: told how many papers of how many are done.
        """
        wanted = Decision(read, starred, None, self._clock())
        changes: list[Change] = []
        for start in range(0, len(ids), _CHUNK):
            changes += self._begin(self.entries(ids[start : start + _CHUNK]), wanted)
            if progress is not None:
                progress(min(start + _CHUNK, len(ids)), len(ids))
        return self._finish(changes, label)

    def _begin(self, entries: Sequence[Entry], wanted: Decision) -> list[Change]:
        """Let the marks of some papers show, and return what the store is to be told."""
        changes: list[Change] = []
        touched: dict[str, Mark] = {}
        for entry in entries:
            paper = entry.paper
            parts = wanted.parts(entry.mark)
            if parts:
                touched[paper.key] = wanted.mark(entry.mark)
            changes += [
                Change(paper.key, field, value, title=paper.title, identifiers=paper.identifiers)
                for field, value in parts
            ]
        with self._lock:
            for key, mark in touched.items():
                self._in_flight[key] = (self._in_flight.get(key, (0, mark))[0] + 1, mark)
        self._mirror((key, replace(mark, saved="pending")) for key, mark in touched.items())
        return changes

    def _finish(self, changes: Sequence[Change], label: str) -> Future[Outcome]:
        touched = dict.fromkeys(change.key for change in changes)
        return self._mirrored(self._marks.apply(changes, label), touched)

    def undo(self) -> Future[Outcome | None]:
        """Take back the last step; the outcome is None when there is none."""
        return self._mirrored(self._marks.undo())

    def redo(self) -> Future[Outcome | None]:
        """Do again what was undone last; the outcome is None when there is nothing."""
        return self._mirrored(self._marks.redo())

    def _mirrored(self, done: Future[_Outcome], touched: Iterable[str] = ()) -> Future[_Outcome]:
        """Return a future that is done when the mirror, too, shows what became of a step."""
        from concurrent.futures import Future

        landed: Future[_Outcome] = Future()

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
        """Tell the mirror; when another process holds the library, the next sync does it."""
        try:
            self._library.set_marks(marks, stamp=stamp, patient=patient)
        except LibraryError:
            # The mark store is the truth and has the mark; the stale stamp makes the next sync repair this.
            return

    def _landed(self, outcome: Outcome | None, touched: Iterable[str]) -> None:
        """Take note that a step is on disk: runs in the mark store's thread.

        The lock is not held while the mirror is told, so that the screen never waits for a long step.
        """
        with self._lock:
            for key in touched:
                flying, mark = self._in_flight.get(key, (1, UNMARKED))
                if flying <= 1:
                    self._in_flight.pop(key, None)
                else:
                    self._in_flight[key] = (flying - 1, mark)
            marks = outcome.marks if outcome is not None else {}
            landed = [(key, mark) for key, mark in marks.items() if key not in self._in_flight]
        if outcome is not None:
            for start in range(0, len(landed), _CHUNK):
                self._mirror(landed[start : start + _CHUNK], patient=True)
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

    # Notes being typed

    def draft(self, entry: Entry) -> str | None:
        """Return the text of a note whose editing was cut off, or None."""
        draft = self._drafts().load(entry.paper.key)
        return draft.text if draft is not None else None

    def save_draft(self, entry: Entry, text: str) -> None:
        """Keep the text of a note while it is typed."""
        self._drafts().save(entry.paper.key, text)

    def discard_draft(self, entry: Entry) -> None:
        """Forget the draft of a note."""
        self._drafts().discard(entry.paper.key)

    def _drafts(self) -> Drafts:
        from readlist.marks.draft import Drafts

        return Drafts(self._drafts_folder)

    # Filling

    def add(self, batch: Batch, progress: Callable[[int], None] | None = None) -> Added:
        """Put a batch's papers into the library.

        Papers of the built-in sample that nobody touched step aside for the first real feed. Marks of papers
        that prove to be one are folded together.
        """
        sample = batch.feed == SAMPLE_FEED
        added = self._library.add(
            batch.feed, batch.items, day=batch.day or self._clock().date(), progress=progress, builtin=sample
        )
        if not sample and batch.items:
            self._library.drop_untouched(SAMPLE_FEED)
        self._fold(added.merged)
        return added

    def _fold(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Bring the marks of papers that proved to be one under one key."""
        if pairs:
            self._mirrored(self._marks.fold(pairs))

    # Keeping the mirror true

    def is_current(self) -> bool:
        """Tell cheaply whether the mirror shows the marks that are on disk."""
        return self._library.mark_stamp() == self._marks.stamp() and not self._library.pending_keys()

    def sync(self) -> bool:
        """Bring the mirror up to the marks on disk; tells whether there was anything to do."""
        if self.is_current():
            return False
        marks = self._marks.all()
        pairs = self._library.replace_marks(marks.items(), self._marks.stamp())
        with self._lock:
            flying = [(key, replace(mark, saved="pending")) for key, (_, mark) in self._in_flight.items()]
        self._mirror(flying, patient=True)
        self._fold(pairs)
        return True

    def follow(self) -> tuple[str, ...]:
        """Take over what another readlist changed since; returns the keys of the papers concerned."""
        outcome = self._marks.follow()
        if outcome is None:
            return ()
        with self._lock:
            fresh = [(key, mark) for key, mark in outcome.marks.items() if key not in self._in_flight]
        self._mirror(fresh, outcome.stamp or None, patient=True)
        return tuple(outcome.marks)

    def status(self) -> StoreStatus:
        """Return how many marks wait for the disk and what the user should be told."""
        return self._marks.status()

    def versions(self) -> dict[str, str]:
        """Return the versions of what the library stands on."""
        return {"sqlite": self._library.sqlite_version, "journal": self._library.journal}

    def check(self) -> list[str]:
        """Return what is wrong with the library, empty if nothing."""
        return self._library.check()

    def close(self, timeout: float = 5.0) -> tuple[str, ...]:
        """Write what is queued and close both stores; returns the keys of marks that could not be written."""
        lost = self._marks.close(timeout)
        # Closing may have written the state file anew: other bytes, the same marks, unless others changed some.
        if not lost and not self.follow() and not self._library.pending_keys():
            self._mirror((), self._marks.stamp(), patient=True)
        self._library.close()
        return lost
