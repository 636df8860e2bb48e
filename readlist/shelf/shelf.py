"""Shelf: papers with their marks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from readlist.library.library import Library
from readlist.library.library import StoredPaper as Entry
from readlist.marks.change import Change, Outcome
from readlist.marks.event import Event
from readlist.marks.store import MarkStore
from readlist.model.mark import LONGEST_NOTE
from readlist.query import parse
from readlist.shelf.adopting import Adoption, adopted
from readlist.shelf.decision import Decision
from readlist.shelf.looking import Looking
from readlist.shelf.mirrored import CHUNK, MirroredMarks
from readlist.shelf.reconciling import Reconciling
from readlist.shelf.syncing import Syncing
from readlist.text.clean import clean

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from readlist.library.library import Added, Counts
    from readlist.marks.change import StoreStatus
    from readlist.marks.draft import Drafts
    from readlist.model.mark import Mark
    from readlist.model.paper import Paper
    from readlist.sources.base import Batch


class Shelf(Syncing, Reconciling, Looking):
    """Papers with their marks: browse, mark, undo, add. May be used from any thread."""

    def __init__(
        self,
        library: Library,
        open_marks: Callable[[Callable[[Event], None]], MarkStore],
        drafts: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._library = library
        self._marks = MirroredMarks(library, open_marks)
        self._drafts_folder = drafts
        self._closing = threading.Lock()
        self._closed = False
        self._clock = clock
        self._refused = set()

    # Looking

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """Return the entries of these ids, in that order; papers that are gone are left out."""
        return self._marks.overlaid(self._library.papers(ids))

    def entry(self, identifier: str) -> Entry | None:
        """Return the entry of a paper by any of its identifiers, or None."""
        found = self._library.find(identifier)
        entries = self.entries([found]) if found is not None else []
        return entries[0] if entries else None

    def ids_of(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids of the papers with these keys, as far as they are in the library."""
        return self._library.ids_of(keys)

    def works(self, title: str) -> list[Paper]:
        """Return all papers of a title, which is given as `title:…`."""
        return self._library.works([title])

    def counts(self) -> Counts:
        """Return how many papers there are: all, unread, starred, noted."""
        return self._library.counts()

    def unread_ids(self) -> frozenset[int]:
        """Return the ids of all unread papers."""
        return frozenset(self._library.ids(parse("is:unread"), "feed"))

    def is_untouched(self) -> bool:
        """Tell whether nothing was ever put into the library: the first run."""
        return not self._library.first_ids(parse(""), "feed", 1)

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
        wanted = Decision(
            read, starred, clean(note, limit=LONGEST_NOTE, typed=True) if note is not None else None, self._clock()
        )
        after = [replace(entry, mark=wanted.mark(entry.mark)) for entry in entries]
        changes = self._marks.begin(entries, wanted)
        return after, self._marks.finish(changes, label)

    def decide(self, decisions: Sequence[tuple[Entry, Decision]], label: str) -> Future[Outcome]:
        """Change the marks of papers, each in its own way, as one step of undo; not for the UI thread.

        Args:
            decisions: papers with what is to become of their marks, each paper once.
            label: what the step is called in undo.
        """
        changes: list[Change] = []
        for start in range(0, len(decisions), CHUNK):
            changes += self._marks.begin_each(decisions[start : start + CHUNK])
        return self._marks.finish(changes, label)

    def adopt(self, batch: Batch, added: Added) -> Adoption:
        """Let papers of a batch that was added bear what it says its owner decided; not for the UI thread.

        It is one step of undo, named after the file, and nothing at all where it brings nothing new.

        Args:
            batch: papers with the marks their file has.
            added: what became of them: a paper may go by another key here than in its file.
        """
        here = {paper.key: key for (paper, _), key in zip(batch.items, added.keys, strict=False)}
        here = {key: here.get(key, key) for key in batch.marks}
        found = self._library.ids_of(here.values())
        wanted: dict[int, list[Mark]] = {}
        for key, mark in batch.marks.items():
            if (place := found.get(here[key])) is not None:
                wanted.setdefault(place, []).append(mark)
        ids = [*wanted]
        decisions: list[tuple[Entry, Decision]] = []
        for start in range(0, len(ids), CHUNK):
            for entry in self.entries(ids[start : start + CHUNK]):
                decision = adopted(entry.mark, wanted[entry.id], self._clock(), timed=batch.timed)
                if decision is not None:
                    decisions.append((entry, decision))
        name = batch.origin.replace("\\", "/").rpartition("/")[2]
        label = f"import of {'standard input' if name == '-' else name}"
        return Adoption.of(
            [decision for _, decision in decisions], self.decide(decisions, label) if decisions else None
        )

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
        for start in range(0, len(ids), CHUNK):
            changes += self._marks.begin(self.entries(ids[start : start + CHUNK]), wanted)
            if progress is not None:
                progress(min(start + CHUNK, len(ids)), len(ids))
        return self._marks.finish(changes, label)

    def undo(self) -> Future[Outcome | None]:
        """Take back the last step; the outcome is None when there is none."""
        return self._marks.undo()

    def redo(self) -> Future[Outcome | None]:
        """Do again what was undone last; the outcome is None when there is nothing."""
        return self._marks.redo()

    # Notes being typed

    def draft(self, entry: Entry) -> str | None:
        """Return the text of a note whose editing was cut off, or None."""
        if not self._drafts_folder.is_dir():
            return None
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

    def _held(self) -> Collection[str]:
        return {*self._marks.in_flight(), *(draft.key for draft in self._drafts().all())}

    # Keeping

    @property
    def writable(self) -> bool:
        """Whether papers can be added; where not, the library is only read."""
        return self._library.writable

    def end_visit(self) -> None:
        """Take note that the user has seen what is there: only what comes later is new (`is:new`)."""
        self._library.visit(self._clock())

    def last_visit(self) -> datetime | None:
        """Return when the last visit ended, None before the first did."""
        return self._library.last_visit()

    def is_current(self) -> bool:
        """Tell cheaply whether what is shown are the marks that are on disk."""
        return self._marks.is_current()

    def sync(self, *, patient: bool = True) -> bool:
        """Show the marks that are on disk; tells whether there was anything to do.

        Args:
            patient: whether to wait for another process that writes to the library, for some seconds.

        Raises:
            LibraryBusy: it took longer; entries bear the marks as they are, queries don't see them yet.
        """
        return bool(self.take_conflict_copies()) | self._marks.sync(patient=patient)

    def follow(self) -> tuple[str, ...]:
        """Take over what another readlist or a file carrier changed; returns the keys of the papers concerned."""
        return (*self.take_conflict_copies(), *self._marks.follow())

    def listen(self, hear: Callable[[Event], None] | None) -> None:
        """Have someone told what the mark store says, in its thread; None for nobody."""
        self._marks.on_event = hear

    def on_wait(self, hear: Callable[[], None] | None) -> Callable[[], None] | None:
        """Have someone told, about every second, that another process is waited for; returns who was told before."""
        return self._library.on_wait(hear)

    def status(self) -> StoreStatus:
        """Return how many marks wait for the disk and what the user should be told."""
        return self._marks.status()

    def versions(self) -> dict[str, str]:
        """Return the versions of what the library stands on."""
        return {"sqlite": self._library.sqlite_version, "journal": self._library.journal}

    def rebuild_index(self) -> None:
        """Make the index that searches use anew; takes its time."""
        self._library.rebuild_index()

    def check(self) -> list[str]:
        """Return what is wrong with the library, empty if nothing."""
        return self._library.check()

    def close(self, timeout: float = 5.0) -> tuple[str, ...]:
        """Write what is queued and close both stores, once; returns the keys of marks that could not be written."""
        with self._closing:
            if self._closed:
                return ()
            lost = self._marks.close(timeout)
            self._library.close()
            self._closed = True
            return lost
