"""The marks of a shelf: decided, undone and redone; those that files bring; and drafts of notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.library.rows import Entry
from readlist.marks import MarkChange, unreported
from readlist.marks.disk.draft import Drafts
from readlist.marks.state.document import identifiers_in
from readlist.model.mark import LONGEST_NOTE, UNMARKED, Mark, join_notes
from readlist.model.tag import TagCount, with_tags
from readlist.shelf.mirrored_marks import CHUNK, Decision, MirroredMarks
from readlist.text.clean import clean, counted

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.library.rows import Added
    from readlist.marks import Event, MarkOutcome, StoreStatus
    from readlist.marks.store import MarkStore
    from readlist.model.tally import Tally
    from readlist.shelf.paper_shelf import PaperShelf
    from readlist.sources.batch import Batch


class Adoption(Struct, frozen=True):
    """The marks that a file brought with its papers.

    Attributes:
        notes: how many notes changed.
        stars: how many papers are newly starred.
        read: how many papers are newly read.
        done: done when that is on disk; None if there was nothing to do.
    """

    notes: int = 0
    stars: int = 0
    read: int = 0
    done: Future[MarkOutcome] | None = None

    def __str__(self) -> str:
        """Return the counts in words, empty if there was nothing."""
        parts = [counted(count, word) for count, word in ((self.notes, "note"), (self.stars, "star")) if count]
        return ", ".join([*parts, *([f"{self.read:,} read"] if self.read else [])])


class ImportStep(Struct):
    """An import as one step of undo.

    Attributes:
        batch: what names it for `PaperShelf.add`.
        label: its name in the undo history.
        recorded: whether the history knows of it.
    """

    batch: int
    label: str
    recorded: bool = False


class MarkShelf:
    """Changes marks, each time as one step of undo.

    Attributes:
        drafts: the notes being typed, by the papers' keys.
    """

    def __init__(
        self, mirrored: MirroredMarks, papers: PaperShelf, drafts: Drafts, clock: Callable[[], datetime]
    ) -> None:
        self._mirrored, self._papers, self._clock = mirrored, papers, clock
        self.drafts = drafts

    def apply(
        self,
        entries: Sequence[Entry],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        note: str | None = None,
        removed: bool | None = None,
        label: str = "",
        queried: bool = True,
    ) -> tuple[list[Entry], Future[MarkOutcome]]:
        """Change the marks of some papers as one step of undo with a label; None leaves a part as it is.

        Not queried before they are on disk, they are written to the library once, not as marks to come, too. A library
        that another process writes to gets them later: see `MirroredMarks.follow`.

        Returns:
            The entries as they are now, and the future that is done when they are on disk.
        """
        text = clean(note, limit=LONGEST_NOTE, typed=True) if note is not None else None
        wanted = Decision(read, starred, text, self._clock(), removed)
        decisions = [(entry, wanted.of(entry)) for entry in entries]
        after = [replace(entry, mark=each.mark(entry.mark)) for entry, each in decisions]
        changes = self._mirrored.begin(decisions, queried=queried)
        return after, self._mirrored.finish(changes, label, patient=False)

    def apply_all(
        self,
        ids: Sequence[int],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        removed: bool | None = None,
        label: str = "",
        progress: Callable[[int, int], object] | None = None,
    ) -> Future[MarkOutcome]:
        """Change the marks of any number of papers like `apply`; may take long, so not for the UI thread.

        The progress gets how many papers are done, and of how many; it returns True to leave it at these.
        """
        wanted = Decision(read, starred, None, self._clock(), removed)
        changes: list[MarkChange] = []
        for number, entries in enumerate(self._papers.in_chunks(ids), 1):
            changes += self._mirrored.begin((entry, wanted.of(entry)) for entry in entries)
            if progress is not None and progress(min(number * CHUNK, len(ids)), len(ids)) is True:
                break
        return self._mirrored.finish(changes, label)

    def begin_import(self, label: str) -> ImportStep:
        """Begin an import: all that is done with it is one step of undo, which also removes the papers it brings."""
        return ImportStep(self._papers.begin_import(), label)

    def keep(self, step: ImportStep) -> None:
        """Make a step of undo of an import that was stopped, for the papers it has brought."""
        if not step.recorded and self._papers.imports.kept(step.batch):
            step.recorded = True
            self.decide([], step.label, step.batch)

    def decide(
        self,
        decisions: Sequence[tuple[Entry, Decision]],
        label: str,
        batch: int | None = None,
        *,
        patient: bool = True,
    ) -> Future[MarkOutcome]:
        """Change the marks of papers, each in its own way and once, as one step of undo; not for the UI thread.

        Patient is as for `MirroredMarks.finish`.
        """
        changes: list[MarkChange] = []
        for start in range(0, len(decisions), CHUNK):
            changes += self._mirrored.begin(decisions[start : start + CHUNK])
        return self._mirrored.finish(changes, label, batch, patient=patient)

    def tag(
        self, entries: Sequence[Entry], add: Sequence[str], remove: Sequence[str], label: str
    ) -> tuple[list[Entry], list[Entry], Future[MarkOutcome] | None]:
        """Add tags to the notes of papers and remove others, as one step of undo; not for many in the UI thread.

        An unsaved draft of a note gets them as well, so that they aren't lost when it is continued.

        Returns:
            The entries that change, as they were and as they are now, and the future that is done when that is on disk;
            None if nothing changes.
        """
        now = self._clock()
        before: list[Entry] = []
        decisions: list[tuple[Entry, Decision]] = []
        for entry in entries:
            draft = self.drafts.text(entry.paper.key)
            if draft is not None and (tagged := with_tags(draft, add, remove)) != draft:
                self.drafts.save(entry.paper.key, tagged)
            note = with_tags(entry.mark.note, add, remove)
            if note != entry.mark.note and len(note) <= LONGEST_NOTE:
                before.append(entry)
                decisions.append((entry, Decision(None, None, note, now)))
        after = [replace(entry, mark=wanted.mark(entry.mark)) for entry, wanted in decisions]
        return before, after, self.decide(decisions, label, patient=False) if decisions else None

    def tags(self) -> list[TagCount]:
        """Return all tags, the most frequent first."""
        return self._mirrored.tags()

    def take_back(self, added: Added, step: ImportStep) -> tuple[list[str], Future[MarkOutcome] | None]:
        """Restore the removed ones of papers that were added by hand; not for the UI thread.

        Returns:
            Their keys, and the future that is done when that is on disk; None if there is nothing to undo.
        """
        entries = self._papers.entries(list(self._papers.ids_of(added.keys).values()))
        removed = [entry for entry in entries if entry.mark.removed is not None]
        wanted = Decision(None, None, None, self._clock(), removed=False)
        done = None
        if removed or added.new:
            done = self.decide([(entry, wanted) for entry in removed], step.label, step.batch)
        return [entry.paper.key for entry in removed], done

    def adopt(self, batch: Batch, added: Added, step: ImportStep | None = None) -> Adoption:
        """Add the marks in a batch to its papers, which were added before; not for the UI thread.

        This is part of the import's step of undo if there is one, else a step named after the file, and none if there
        is nothing new. A paper may have another key here than in its file.
        """
        here = dict(zip(added.given, added.keys, strict=True)) if batch.marks else {}
        here = {key: here.get(key, key) for key in batch.marks}
        found = self._papers.ids_of(here.values())
        wanted: dict[int, list[Mark]] = {}
        for key, mark in batch.marks.items():
            if (place := found.get(here[key])) is not None:
                wanted.setdefault(place, []).append(mark)
        entries = (entry for entries in self._papers.in_chunks([*wanted]) for entry in entries)
        every = ((each, adopted(each.mark, wanted[each.id], self._clock(), timed=batch.timed)) for each in entries)
        decisions = [(entry, decision) for entry, decision in every if decision is not None]
        name = batch.origin.replace("\\", "/").rpartition("/")[2]
        label = f"import of {'standard input' if name == '-' else name}"
        made = [decision for _, decision in decisions]
        notes, stars = sum(each.note is not None for each in made), sum(bool(each.starred) for each in made)
        done = None
        if step is not None and (decisions or (added.new and not step.recorded)):
            step.recorded = True
            done = self.decide(decisions, step.label, step.batch)
        elif decisions:
            done = self.decide(decisions, label)
        return Adoption(notes, stars, sum(bool(each.read) for each in made), done)

    def undo(self, progress: Callable[[int, int], object] = unreported) -> Future[MarkOutcome | None]:
        """Undo the last step; the outcome is None if there is none.

        The progress is that of `UndoLog.undo`, then that of `MirroredMarks.landing`.
        """
        return self._mirrored.landing(self._mirrored.store.undo(progress), progress=progress, patient=False)

    def redo(self, progress: Callable[[int, int], object] = unreported) -> Future[MarkOutcome | None]:
        """Redo what was undone last; the outcome is None if there is nothing."""
        return self._mirrored.landing(self._mirrored.store.redo(progress), progress=progress, patient=False)

    def status(self) -> StoreStatus:
        """Return how many marks wait for the disk, and the notices for the user."""
        return self._mirrored.store.status()

    def tally(self, since: datetime) -> Tally:
        """Return what was decided since a time, as the library knows it; reads all marks."""
        return self._mirrored.tally(since)

    def listen(self, listener: Callable[[Event], None] | None) -> None:
        """Pass the mark store's events to a listener, in the store's thread; None for no listener."""
        self._mirrored.on_event = listener

    def add_notice(self, text: str) -> None:
        """Show the user a notice, on the screen or at the command's end."""
        self._mirrored.store.add_notice(text)


def adopted(mark: Mark, brought: Sequence[Mark], now: datetime, *, timed: bool = False) -> Decision | None:
    """Return how marks from elsewhere change a mark, None if it has all of them already.

    What is decided here stays: nothing is unstarred, marked unread or dated again, and notes are only added to. If
    `timed`, the times from elsewhere count, else now.
    """
    note = mark.note
    for each in brought:
        note = join_notes(note, each.note, loose=True)
    starred = _since(mark.starred, [each.starred for each in brought], now, timed=timed)
    read = _since(mark.read, [each.read for each in brought], now, timed=timed)
    if not (starred or read or note != mark.note):
        return None
    return Decision(read, starred, note if note != mark.note else None, now)


def _since(
    here: datetime | None, times: Sequence[datetime | None], now: datetime, *, timed: bool
) -> datetime | bool | None:
    """Return since when something is newly decided, the earliest of the times; True for now, None if it is not."""
    given = [time for time in times if time is not None]
    return (min(*given, now) if timed else True) if given and here is None else None


def decide_by_identifier(
    store: MarkStore, identifiers: Iterable[str], wanted: Decision, label: str
) -> tuple[int, Future[MarkOutcome]]:
    """Change the marks of papers without the library, which another process holds; the next sync updates its mirror.

    The mark of a paper that isn't known under its identifier yet waits for the paper.

    Returns:
        How many marks change, and the future that is done when they are on disk.
    """
    documents = store.documents()
    keys = {name: key for key, document in documents.items() for name in identifiers_in(document)}
    marks = store.all()
    changes: list[MarkChange] = []
    for key in dict.fromkeys(name if name in documents else keys.get(name, name) for name in identifiers):
        changes += [MarkChange(key, field, value) for field, value in wanted.parts(marks.get(key, UNMARKED))]
    return len({change.key for change in changes}), store.apply(changes, label)
