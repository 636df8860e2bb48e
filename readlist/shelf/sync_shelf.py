"""The marks of a shelf kept alike with those of other processes, other machines and folders of notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.library.library import Library
from readlist.library.rows import Entry
from readlist.marks import MarksError, unreported
from readlist.marks.state.document import identifiers_in, mark_of
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
"""Seconds that a merge may take, and that it has left once a write has failed."""

_SETTLED = 60.0
"""Seconds after which a malformed file counts as damaged, not as still being copied."""


class OutsideChanges(Struct, frozen=True):
    """What other processes and machines changed.

    Attributes:
        marks: keys of the papers whose marks changed.
        papers: whether another process added, changed or removed papers.
    """

    marks: tuple[str, ...]
    papers: bool


class Synced(Struct, frozen=True):
    """The result of merging another state.

    Attributes:
        name: of its machine, else of the file.
        changed: keys of the papers whose marks changed.
        joined: keys of those whose notes were written on both sides: both are kept.
        added: how many papers were added to the library, by their titles.
        marks: how many papers have marks there.
        intact: whether the other file is as it was written.
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
            parts.append(f"{counted(count, 'note')} edited on both sides, both kept")
        if not self.intact:
            parts.append("the file is damaged: its readable parts were merged")
        return ", ".join(parts)


class SyncShelf:
    """Merges marks of other processes and machines, and writes ours for them."""

    def __init__(
        self, library: Library, mirrored: MirroredMarks, papers: PaperShelf, clock: Callable[[], datetime]
    ) -> None:
        self._library, self._mirrored, self._papers, self._clock = library, mirrored, papers, clock
        self._store = mirrored.store
        self._refused: set[tuple[Path, int]] = set()

    # This machine

    def catch_up(self, *, patient: bool = True, progress: Callable[[int, int], object] = unreported) -> bool:
        """Show the marks that are on disk; returns whether there was anything to do.

        Args:
            patient: whether to wait some seconds for another process that writes to the library.
            progress: gets how many papers show their marks, and of how many.

        Raises:
            LibraryBusy: it took longer; entries have the present marks, queries don't see them yet.
        """
        return bool(self._merge_conflict_copies()) | self._mirrored.sync(patient=patient, progress=progress)

    def follow(self) -> OutsideChanges:
        """Show what another readlist or a file carrier changed; cheap if that is nothing."""
        # First what may fail: the marks report a change once.
        papers = self._library.connections.papers_changed_elsewhere()
        return OutsideChanges((*self._merge_conflict_copies(), *self._mirrored.follow()), papers)

    # Other machines

    def merge(self, path: Path) -> Synced:
        """Merge the marks of another state, as one step of undo; safe to repeat. May take long.

        Papers that are starred or noted and not in the library are added by their titles. A state is another machine's
        `state.json`, a copy from `share`, or a journal.

        Raises:
            MarksError: it can't be read, is not a state, or is of a newer readlist; or ours could not be written.
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
        outcome = self._landed(lambda: self._store.merge(documents, f"sync with {name}"), path)
        return Synced(name, tuple(outcome.marks), outcome.joined, added, len(foreign.documents), foreign.intact)

    def _landed(self, begin: Callable[[], Future[MarkOutcome]], path: Path) -> MarkOutcome:
        """Wait until a merge is on disk and in the library, but not for a disk that refuses it."""
        from concurrent.futures import wait

        end = monotonic() + _PATIENCE

        def moved(done: int, total: int) -> None:
            nonlocal end
            # Many marks may take longer, as long as there are more and more of them.
            end = max(end, monotonic() + _PATIENCE)

        done = self._mirrored.landing(begin(), progress=moved)
        while not done.done() and monotonic() < end:
            wait([done], 0.1)
            if not done.done() and self._store.status().reason:
                end = min(end, monotonic() + _RETRIED)
        if not done.done():
            reason = self._store.status().reason or "it took too long"
            raise MarksError(f"{path}: not merged, your own marks can't be written: {reason}")
        return done.result()

    def _placed(self, documents: Mapping[str, Document]) -> tuple[dict[str, Document], dict[str, str]]:
        """Return another's documents, and the keys that their papers have here; see `placed`."""
        from readlist.shelf.placement import placed, titles_in

        names = (name for key, document in documents.items() for name in (key, *identifiers_in(document)))
        owners = self._library.owners(names)
        works = self._library.works(titles_in(documents, owners))
        return placed(documents, owners=owners, works=works, own=self._store.documents())

    def _whole(self, path: Path) -> OtherState | None:
        """Read a copy that a file carrier made; None while it may still be incomplete."""
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
        """Add starred and noted papers that the library lost, by their titles; returns how many."""
        documents = self._store.documents()
        names = {key: (key, *identifiers_in(document)) for key, document in documents.items()}
        known = self._library.ids_of(name for some in names.values() for name in some)
        return self._add_by_title({key: documents[key] for key, some in names.items() if known.keys().isdisjoint(some)})

    def restore_marks(self) -> list[str]:
        """Merge the backups and the files set aside; returns what that changed, in lines.

        Safe at any time: the later change of each mark counts.
        """
        lines = []
        for path in self._store.devices.backups():
            try:
                synced = self.merge(path)
            except MarksError:
                # Damaged lines of a journal, for example.
                lines.append(f"{path.name}: no readable marks in it")
                continue
            if synced.changed:
                lines.append(f"{path.name}: {synced}")
        return lines

    def _add_by_title(self, documents: Mapping[str, Document]) -> int:
        from readlist.marks.state.merge import work_of
        from readlist.model.feed import ADDED
        from readlist.sources.batch import Batch

        known = self._library.ids_of(documents)
        items: list[tuple[Paper, Announcement]] = []
        today = self._clock().astimezone(UTC).date()
        for key, document in documents.items():
            mark = mark_of(document)
            is_shown = (mark.starred is not None or mark.note) and mark.removed is None
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
        """Complete marks of an older readlist with what tells their papers from others of the same title."""
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
            self._landed(lambda: self._store.merge(complete, "details of papers"), path)

    @property
    def own_copy(self) -> str:
        """The name of this machine's file in a folder that machines share."""
        return self._store.devices.copy_name

    def _merge_conflict_copies(self) -> tuple[str, ...]:
        """Merge the copies that a file carrier put beside the state, and set them aside; returns the changed keys."""
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
                # Another readlist was faster.
                continue
            except (MarksError, OSError) as error:
                self._refused.add(sign)
                self._store.add_notice(f"{error}; left in place")
                continue
            changed += synced.changed
            self._store.add_notice(f"Merged {path.name} ({synced}), kept as {target.name}.")
        return tuple(changed)

    # Folders of notes

    def reconcile(self, said: Sequence[tuple[Entry, NoteFile, float]], now: datetime) -> list[Reconciled]:
        """Return how note files would change marks; nothing is changed yet.

        What changed only in the file is used, what changed only here stays. If both changed, the later read or starred
        counts, and both notes are kept, as when machines are merged. Given are papers with their files and when those
        were last written, in seconds.

        Raises:
            MarksError: the marks can't be read.
        """
        from readlist.shelf.reconciliation import reconciled

        documents = self._store.documents() if said else {}
        return [
            reconciled(entry, file, written, documents.get(entry.paper.key, {}), now) for entry, file, written in said
        ]
