"""The marks of a shelf kept alike with those of other processes, other machines and folders of notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.library.library import Library
from readlist.library.rows import StoredPaper as Entry
from readlist.marks import MarksError
from readlist.marks.state.document import identifiers_in
from readlist.model.paper import Announcement, Paper
from readlist.shelf.mirrored_marks import MirroredMarks
from readlist.shelf.paper_shelf import PaperShelf
from readlist.text.clean import counted

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.marks import MarkOutcome
    from readlist.marks.disk.snapshot import OtherState
    from readlist.marks.state.document import Document
    from readlist.notes.note_file import NoteFile
    from readlist.shelf.reconciliation import Reconciled

_PATIENCE, _RETRIED = 60.0, 2.0
"""Seconds that a merge may take, and that are left to it once it was found that the disk takes nothing."""

_SETTLED = 60.0
"""Seconds after which a file that makes no sense is no longer thought to be on its way."""


class OutsideChanges(Struct, frozen=True):
    """What was changed elsewhere since the last look.

    Attributes:
        marks: keys of the papers whose marks changed.
        papers: whether another process added, changed or removed papers.
    """

    marks: tuple[str, ...]
    papers: bool


class Synced(Struct, frozen=True):
    """What came of merging another state.

    Attributes:
        name: what its machine is called, else the file.
        changed: keys of the papers whose marks are other than before.
        joined: keys of those whose notes had been written here and there: both are kept.
        added: how many papers were not in the library and are now, by their titles.
        marks: how many papers have marks there.
        intact: whether the other file was as it was written.
    """

    name: str
    changed: tuple[str, ...]
    joined: tuple[str, ...]
    added: int
    marks: int
    intact: bool = True

    def __str__(self) -> str:
        """Say it in one line."""
        parts = [f"{self.name}: {counted(len(self.changed), 'paper')} changed"]
        if self.added:
            parts.append(f"{counted(self.added, 'paper')} added by title")
        if self.joined:
            count = len(self.joined)
            parts.append(f"{counted(count, 'note')} written on both sides, both kept")
        if not self.intact:
            parts.append("the file is damaged: what could be read of it was used")
        return ", ".join(parts)


class SyncShelf:
    """Takes over what was decided elsewhere, and writes what others are to take over."""

    def __init__(
        self, library: Library, mirrored: MirroredMarks, papers: PaperShelf, clock: Callable[[], datetime]
    ) -> None:
        self._library, self._mirrored, self._papers, self._clock = library, mirrored, papers, clock
        self._store = mirrored.store
        self._refused: set[tuple[Path, int]] = set()

    # This machine

    def catch_up(self, *, patient: bool = True) -> bool:
        """Show the marks that are on disk; tells whether there was anything to do.

        Args:
            patient: whether to wait for another process that writes to the library, for some seconds.

        Raises:
            LibraryBusy: it took longer; entries bear the marks as they are, queries don't see them yet.
        """
        return bool(self._take_conflict_copies()) | self._mirrored.sync(patient=patient)

    def follow(self) -> OutsideChanges:
        """Take over what another readlist or a file carrier changed; cheap where there is nothing."""
        # First what may fail: what the marks tell of a change is told once.
        papers = self._library.connections.papers_changed_elsewhere()
        return OutsideChanges((*self._take_conflict_copies(), *self._mirrored.follow()), papers)

    # Other machines

    def merge(self, path: Path) -> Synced:
        """Merge the marks of another state, as one step of undo; to do it twice changes nothing more. Takes its time.

        Papers that the library doesn't have come into it by their titles, if they are starred or noted. A state is
        another machine's `state.json`, a copy from `share`, or a journal.

        Raises:
            MarksError: it can't be read, is no state, or is of a newer readlist; or it could not be written.
        """
        from readlist.marks.disk.snapshot import read_other_state

        foreign = read_other_state(path)
        self._complete_marks(path)
        return self._merge(foreign)

    def _merge(self, foreign: OtherState) -> Synced:
        from readlist.marks.state.merge import joined_by_paper

        path = foreign.path
        name = f"{foreign.name} ({path.name})" if foreign.name else f"{path.resolve().parent.name}/{path.name}"
        documents = joined_by_paper(*self._placed(foreign.documents))
        # Before the marks, so that these find their papers.
        added = self._add_by_title(documents)
        outcome = self._landed(self._mirrored.landing(self._store.merge(documents, f"sync with {name}")), path)
        return Synced(name, tuple(outcome.marks), outcome.joined, added, len(foreign.documents), foreign.intact)

    def _landed(self, done: Future[MarkOutcome], path: Path) -> MarkOutcome:
        """Wait until a merge is on disk, but not for a disk that takes nothing."""
        from concurrent.futures import wait

        end = monotonic() + _PATIENCE
        while not done.done() and monotonic() < end:
            wait([done], 0.1)
            if not done.done() and self._store.status().reason:
                end = min(end, monotonic() + _RETRIED)
        if not done.done():
            reason = self._store.status().reason or "it took too long"
            raise MarksError(f"{path}: not merged, your own marks can't be written: {reason}")
        return done.result()

    def _placed(self, documents: Mapping[str, Document]) -> tuple[dict[str, Document], dict[str, str]]:
        """Return another's documents, and the keys that their papers have here; see `placement`."""
        from readlist.shelf.paper_shelf import placed, titles_in

        names = (name for key, document in documents.items() for name in (key, *identifiers_in(document)))
        owners = self._library.owners(names)
        works = self._library.works(titles_in(documents, owners))
        return placed(documents, owners=owners, works=works, own=self._store.documents())

    def _whole(self, path: Path) -> OtherState | None:
        """Read a copy that a file carrier made; None while it may still be on its way."""
        from readlist.marks.disk.snapshot import read_other_state

        fresh = abs(time() - path.stat().st_mtime) < _SETTLED
        try:
            foreign = read_other_state(path)
        except MarksError:
            if fresh:
                return None
            raise
        return foreign if foreign.intact or not fresh else None

    def restore_papers(self) -> int:
        """Bring starred and noted papers that the library lost back by their titles; returns how many."""
        documents = self._store.documents()
        names = {key: (key, *identifiers_in(document)) for key, document in documents.items()}
        known = self._library.ids_of(name for some in names.values() for name in some)
        return self._add_by_title({key: documents[key] for key, some in names.items() if known.keys().isdisjoint(some)})

    def restore_marks(self) -> list[str]:
        """Take over what backups and files set aside know and the state doesn't; returns what came of it, in lines.

        Safe to do at any time: of each mark the later change counts.
        """
        told = []
        for path in self._store.devices.backups():
            try:
                synced = self.merge(path)
            except MarksError:
                # A line of a journal, say; what it holds can't be told.
                told.append(f"{path.name}: nothing in it that could be used")
                continue
            if synced.changed:
                told.append(f"{path.name}: {synced}")
        return told

    def _add_by_title(self, documents: Mapping[str, Document]) -> int:
        from readlist.marks.state.document import mark_of
        from readlist.marks.state.merge import work_of
        from readlist.model.feed import ADDED
        from readlist.sources.batch import Batch

        known = self._library.ids_of(documents)
        items: list[tuple[Paper, Announcement]] = []
        today = self._clock().astimezone(UTC).date()
        for key, document in documents.items():
            mark = mark_of(document)
            is_shown = mark.starred is not None or mark.note
            if key not in known and is_shown and (paper := work_of(key, document)) is not None:
                items.append((paper, Announcement(ADDED, today, len(items) + 1)))
        if not items:
            return 0
        return len(self._papers.add(Batch("another machine", "marks", ADDED, today, tuple(items))).new)

    def share(self, folder: Path) -> tuple[Path, bool]:
        """Write this machine's marks into a folder that machines share; returns the file, and whether it changed.

        Raises:
            OSError: it could not be written.
            MarksError: the marks can't be read.
        """
        self._complete_marks(folder)
        target = folder / self.own_copy
        return target, self._store.copy(target).result()

    def _complete_marks(self, path: Path) -> None:
        """Put beside marks that an older readlist wrote what tells their papers from others of the same title."""
        from readlist.marks.state.merge import details_of

        unknown = {key: document for key, document in self._store.documents().items() if "work" not in document}
        ids = self._library.ids_of(unknown)
        papers = {stored.id: stored.paper for stored in self._library.papers(list(ids.values()))}
        known = {key: papers[ids[key]] for key in unknown if ids.get(key) in papers}
        complete = {
            key: {**unknown[key], "work": dict(details)}
            for key, paper in known.items()
            if paper.key == key and (details := details_of(paper))
        }
        if complete:
            self._landed(self._mirrored.landing(self._store.merge(complete, "what is known of papers")), path)

    @property
    def own_copy(self) -> str:
        """What this machine's file is called in a folder that machines share."""
        return self._store.devices.copy_name

    def _take_conflict_copies(self) -> tuple[str, ...]:
        """Merge the copies that a file carrier put beside the state, and set them aside; returns the keys that changed.

        What came of it is told like whatever is found out about the state.
        """
        changed: list[str] = []
        for path in self._store.devices.conflict_copies() if self._library.connections.writable else ():
            try:
                sign = path, path.stat().st_mtime_ns
                if sign in self._refused:
                    continue
                foreign = self._whole(path)
                if foreign is None:
                    self._store.devices.list_again()
                    continue
                self._refused.add(sign)
                synced = self._merge(foreign)
                target = path.with_name(f"{path.name}.merged")
                path.rename(target)
            except FileNotFoundError:
                # Another readlist was quicker.
                continue
            except (MarksError, OSError) as error:
                self._refused.add(sign)
                self._store.tell(f"{error}; it was left where it is")
                continue
            changed += synced.changed
            self._store.tell(f"{path.name} was merged ({synced}); it is kept as {target.name}.")
        return tuple(changed)

    # Folders of notes

    def reconcile(self, said: Sequence[tuple[Entry, NoteFile, float]], now: datetime) -> list[Reconciled]:
        """Return what files of notes bring; nothing is changed by it.

        What only the file changed since it was written is taken, what only changed here stays. Where both did, of
        read and starred the later counts, and of notes both are kept, as when machines are merged. Papers are given
        as they are, with what their files say and when these were last written, in seconds.

        Raises:
            MarksError: the marks can't be read.
        """
        from readlist.shelf.reconciliation import reconciled

        documents = self._store.documents() if said else {}
        return [
            reconciled(entry, file, written, documents.get(entry.paper.key, {}), now) for entry, file, written in said
        ]
