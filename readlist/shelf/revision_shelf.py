"""Newer versions of starred and noted papers: which arXiv is to be asked about, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from readlist.library.library import Library
from readlist.model.paper import Announcement, Paper
from readlist.shelf.paper_shelf import PaperShelf

ASKED_EVERY = timedelta(days=7)


class RevisionShelf:
    """Knows which papers arXiv was asked about, once a week each, and takes its answers."""

    def __init__(self, library: Library, papers: PaperShelf, clock: Callable[[], datetime]) -> None:
        self._library, self._papers, self._clock = library, papers, clock

    def due(self) -> list[str]:
        """Return the arXiv ids of the starred and noted papers that arXiv is to be asked about."""
        now = self._clock()
        return self._library.revisions.due(now - ASKED_EVERY, now)

    def take(self, asked: Sequence[str], found: Mapping[str, Paper]) -> int:
        """Store what arXiv says of papers it was asked about; none is announced again.

        Returns:
            How many of them there is news of.
        """
        from readlist.sources.batch import Batch

        names = {f"arxiv:{arxiv}": arxiv for arxiv in asked}
        ids = self._papers.ids_of(names)
        owners = {number: names[name] for name, number in ids.items()}
        before = self._papers.entries(list(owners))
        items = tuple(
            # As it is in its list already.
            (found[owners[entry.id]], Announcement(entry.feed, entry.day, entry.position))
            for entry in before
            if owners[entry.id] in found
        )
        added = self._papers.add(Batch("arXiv", items=items))
        # After the papers: if interrupted in between, all of them are asked about again.
        self._library.revisions.set_asked(asked, self._clock())
        return added.revised
