"""Lists of papers as they were known on a day: who was announced by then, and the counts seen by then."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from readlist.library.library import Library
from readlist.library.past_outline import PastOutlines
from readlist.library.rows import Counts, Entry
from readlist.model.paper import Announcement
from readlist.model.trend import Series
from readlist.model.view import Sort, View
from readlist.query import Query
from readlist.query.terms import Flag
from readlist.shelf.mirrored_marks import CHUNK

if TYPE_CHECKING:
    from readlist.shelf.paper_shelf import PaperShelf
    from readlist.shelf.watch import Watch

_UNREAD = Query("is:unread", (Flag("is", ("unread",)),))


class PastList:
    """Finds and reads papers as of a day.

    Texts and marks are those of now. An order that is not known of that day, as by match, by what was gained or by what
    is rising, is feed order.

    Attributes:
        day: the day.
        outlines: the groups of lists, and what their papers have.
    """

    def __init__(self, library: Library, papers: PaperShelf, watch: Watch, day: date) -> None:
        self._library, self._papers, self._watch, self.day = library, papers, watch, day
        self.outlines = PastOutlines(library.connections, day)

    def browse(self, view: View, search: str = "") -> array[int]:
        """Return the ids of all papers of a view, in order."""
        if self._papers.problem(view):
            return array("q")
        query = self._papers.parse(view, search)
        return self.select(query, query.sort or view.sort)

    def select(self, query: Query, sort: Sort | None = None) -> array[int]:
        """Return the ids of all papers that match a query, in the given order, else the query's or feed order."""
        return self._library.ids_as_of(self.day, self._watch.expanded(query), sort or query.sort or "feed")

    def count(self, view: View, search: str = "", *, unread: bool = False) -> int:
        """Return how many papers a view has, or how many unread ones."""
        if self._papers.problem(view):
            return 0
        query = self._papers.parse(view, search)
        return len(self.select(query.within(_UNREAD) if unread else query))

    def counts(self) -> Counts:
        """Return how many papers there are: all, unread, starred, noted; feeds and removed ones are those of now."""
        papers, unread, starred, noted = self.outlines.marked()
        return replace(self._papers.counts(), papers=papers, unread=unread, starred=starred, noted=noted)

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """Return the entries of these ids, in that order; those that were not announced by then are left out."""
        placed = self._library.count_log.as_of(self.day, ids)
        return [replace(each, **asdict(placed[each.id])) for each in self._papers.entries(ids) if each.id in placed]

    def in_chunks(self, ids: Sequence[int]) -> Iterator[list[Entry]]:
        """Yield the entries of these ids, some hundreds at a time, to save memory."""
        for start in range(0, len(ids), CHUNK):
            yield self.entries(ids[start : start + CHUNK])

    # One paper

    def announcements(self, paper_id: int) -> tuple[Announcement, ...]:
        """Return the announcements of a paper that there were, newest first."""
        found = self._library.feeds.announcements(paper_id)
        return tuple(each for each in found if each.day is None or each.day <= self.day)

    def series(self, paper_id: int) -> tuple[Series, ...]:
        """Return the counts of a paper by day up to this one, for each kind; what was gained is not known of a day."""
        return self._library.count_log.series(paper_id, until=self.day)
