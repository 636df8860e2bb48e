"""The marks of a shelf: what the user decides, taken back and done again, and the notes being typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from readlist.library.rows import StoredPaper as Entry
from readlist.marks.draft import Drafts
from readlist.model.mark import LONGEST_NOTE
from readlist.shelf.adoption import Adoption, adopted
from readlist.shelf.decision import Decision
from readlist.shelf.mirrored_marks import CHUNK, MirroredMarks
from readlist.text.clean import clean

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.library.rows import Added
    from readlist.marks.change import Change, Outcome, StoreStatus
    from readlist.marks.event import Event
    from readlist.model.mark import Mark
    from readlist.shelf.paper_shelf import PaperShelf
    from readlist.sources.batch import Batch


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
        label: str = "",
    ) -> tuple[list[Entry], Future[Outcome]]:
        """Change the marks of some papers as one step of undo, which bears the label; None leaves a part as it is.

        Returns:
            The entries as they are now, and the future that is done when they are on disk.
        """
        wanted = Decision(
            read, starred, clean(note, limit=LONGEST_NOTE, typed=True) if note is not None else None, self._clock()
        )
        after = [replace(entry, mark=wanted.mark(entry.mark)) for entry in entries]
        changes = self._mirrored.begin((entry, wanted) for entry in entries)
        return after, self._mirrored.finish(changes, label)

    def apply_all(
        self,
        ids: Sequence[int],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        label: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> Future[Outcome]:
        """Change the marks of any number of papers like `apply`; takes its time, so not for the UI thread.

        The progress is told how many papers of how many are done.
        """
        wanted = Decision(read, starred, None, self._clock())
        changes: list[Change] = []
        for number, entries in enumerate(self._papers.in_chunks(ids), 1):
            changes += self._mirrored.begin((entry, wanted) for entry in entries)
            if progress is not None:
                progress(min(number * CHUNK, len(ids)), len(ids))
        return self._mirrored.finish(changes, label)

    def decide(self, decisions: Sequence[tuple[Entry, Decision]], label: str) -> Future[Outcome]:
        """Change the marks of papers, each in its own way and once, as one step of undo; not for the UI thread."""
        changes: list[Change] = []
        for start in range(0, len(decisions), CHUNK):
            changes += self._mirrored.begin(decisions[start : start + CHUNK])
        return self._mirrored.finish(changes, label)

    def adopt(self, batch: Batch, added: Added) -> Adoption:
        """Let papers of a batch that was added bear what it says its owner decided; not for the UI thread.

        It is one step of undo, named after the file, and nothing at all where it brings nothing new. A paper may go by
        another key here than in its file.
        """
        here = {paper.key: key for (paper, _), key in zip(batch.items, added.keys, strict=False)}
        here = {key: here.get(key, key) for key in batch.marks}
        found = self._papers.ids_of(here.values())
        wanted: dict[int, list[Mark]] = {}
        for key, mark in batch.marks.items():
            if (place := found.get(here[key])) is not None:
                wanted.setdefault(place, []).append(mark)
        decisions: list[tuple[Entry, Decision]] = []
        for entries in self._papers.in_chunks([*wanted]):
            for entry in entries:
                decision = adopted(entry.mark, wanted[entry.id], self._clock(), timed=batch.timed)
                if decision is not None:
                    decisions.append((entry, decision))
        name = batch.origin.replace("\\", "/").rpartition("/")[2]
        label = f"import of {'standard input' if name == '-' else name}"
        made = [decision for _, decision in decisions]
        notes, stars = sum(each.note is not None for each in made), sum(bool(each.starred) for each in made)
        done = self.decide(decisions, label) if decisions else None
        return Adoption(notes, stars, sum(bool(each.read) for each in made), done)

    def undo(self) -> Future[Outcome | None]:
        """Take back the last step; the outcome is None when there is none."""
        return self._mirrored.landing(self._mirrored.store.undo())

    def redo(self) -> Future[Outcome | None]:
        """Do again what was undone last; the outcome is None when there is nothing."""
        return self._mirrored.landing(self._mirrored.store.redo())

    def status(self) -> StoreStatus:
        """Return how many marks wait for the disk and what the user should be told."""
        return self._mirrored.store.status()

    def listen(self, hear: Callable[[Event], None] | None) -> None:
        """Have someone told what the mark store says, in its thread; None for nobody."""
        self._mirrored.on_event = hear

    def tell(self, text: str) -> None:
        """Tell the user something about what is kept, on the screen or at the command's end."""
        self._mirrored.store.tell(text)
