"""Shelf: papers with their marks, in four parts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from readlist.library.library import Library
from readlist.marks import Event
from readlist.marks.disk.draft import Drafts
from readlist.marks.store import MarkStore
from readlist.query.rules import Rules
from readlist.shelf.feed_shelf import FeedShelf
from readlist.shelf.mark_shelf import MarkShelf
from readlist.shelf.mirrored_marks import MirroredMarks
from readlist.shelf.paper_shelf import PaperShelf
from readlist.shelf.revision_shelf import RevisionShelf
from readlist.shelf.sync_shelf import SyncShelf
from readlist.shelf.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from readlist.shelf.match_shelf import MatchShelf
    from readlist.shelf.similar_shelf import SimilarShelf

_PATIENCE = 5.0
"""Seconds that closing waits for marks to be written."""


class Shelf:
    """Papers with their marks. May be used from any thread.

    Attributes:
        papers: adds, finds and shows papers.
        marks: changes marks, undoes and redoes that.
        feeds: what feeds announced, and how each fetch went.
        revisions: which starred and noted papers arXiv is to be asked about.
        watch: which papers the settings watch and mute.
        sync: marks of other processes, other machines and folders of notes.
        library: the papers' store, for maintenance.
    """

    def __init__(
        self,
        library: Library,
        open_marks: Callable[[Callable[[Event], None]], MarkStore],
        drafts: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        rules: Callable[[], Rules] = Rules,
    ) -> None:
        """Join a library and a mark store.

        Args:
            library: the library.
            open_marks: opens the mark store; gets the listener for its events.
            drafts: the folder of drafts.
            clock: gives the present time.
            rules: gives what the settings watch and mute, when a query needs it.
        """
        typed = Drafts(drafts)
        self.library = library
        self._mirrored = MirroredMarks(library.mirror, library.imports, open_marks)
        self.watch = Watch(library, clock, rules)
        self.papers = PaperShelf(library, self._mirrored, typed, clock, self.watch, lambda: self.match.refresh())
        self._mirrored.held = self.papers.held
        self.marks = MarkShelf(self._mirrored, self.papers, typed, clock)
        self.feeds = FeedShelf(library, self._mirrored, self.papers, clock)
        self.revisions = RevisionShelf(library, self.papers, clock)
        self._match: MatchShelf | None = None
        self._similar: SimilarShelf | None = None
        library.connections.neighbours = lambda identifiers: self.similar.ids(identifiers)
        self.sync = SyncShelf(library, self._mirrored, self.papers, clock)
        self._closing = threading.Lock()
        self._closed = False

    @property
    def match(self) -> MatchShelf:
        """How well papers fit the user; loaded when it is first asked for."""
        if self._match is None:
            from readlist.shelf.match_shelf import MatchShelf

            self._match = MatchShelf(self.library)
        return self._match

    def is_scored(self) -> bool:
        """Return whether papers have scores of how well they fit, even by an earlier model; loads nothing for it."""
        return self.library.scores.state().last > 0

    @property
    def similar(self) -> SimilarShelf:
        """Which papers are like one; loaded when it is first asked for."""
        if self._similar is None:
            from readlist.shelf.similar_shelf import SimilarShelf

            self._similar = SimilarShelf(self.library)
        return self._similar

    def close(self) -> tuple[str, ...]:
        """Write what is queued and close both stores, once; returns the keys of marks that could not be written."""
        with self._closing:
            if self._closed:
                return ()
            lost = self._mirrored.close(_PATIENCE)
            self.library.close()
            self._closed = True
            return lost
