"""The papers of a shelf as they were known on a day: listed with the counts of then, with the marks of now."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from readlist.library.list_outline import Facts, GroupCount, GroupKey
from readlist.library.past_outline import Known, known_on
from readlist.library.rows import Counts, Entry, microseconds
from readlist.model.trend import COUNT_KINDS, Moment, Reading, Series, end_of, series_of
from readlist.model.view import ALL, NOTES, STARRED, Sort, View, is_reverse, unreversed
from readlist.query import Query
from readlist.query.terms import And, Counted, Flag, Not, Or, Term, leaves

if TYPE_CHECKING:
    from readlist.library.library import Library
    from readlist.model.paper import Announcement
    from readlist.shelf.paper_shelf import PaperShelf

_TOP = 10
"""Many upvotes are those of the top tenth."""


class PastPapers:
    """Papers as they were known at the end of a day; what changes later leaves it as it is.

    Attributes:
        day: the day.
    """

    def __init__(self, papers: PaperShelf, library: Library, day: date) -> None:
        self._papers, self._library, self.day = papers, library, day
        self._found: Mapping[int, Known] | None = None

    @property
    def _known(self) -> Mapping[int, Known]:
        """What was known of each paper; found out once, which takes a while for many."""
        if self._found is None:
            end = datetime.combine(self.day + timedelta(days=1), time.min).astimezone()
            self._found = known_on(self._library.connections, self.day, microseconds(end) - 1)
        return self._found

    def prepare(self) -> int:
        """Find out what was known, else that is done by what asks for it first; returns of how many papers."""
        return len(self._known)

    # Finding

    def browse(self, view: View, search: str = "") -> array[int]:
        """Return the ids of all papers of a view that were known, in order."""
        if self._papers.problem(view):
            return array("q")
        query = self._papers.parse(view, search)
        sort = query.sort or view.sort
        return self._in_order(self._matching(query, sort), sort)

    def count(self, view: View, search: str = "", *, unread: bool = False) -> int:
        """Return how many papers of a view were known, or how many of them are unread."""
        if self._papers.problem(view):
            return 0
        found = self._matching(self._papers.parse(view, search), "feed")
        return len(self._papers.unread_ids().intersection(found) if unread else found)

    def _matching(self, query: Query, sort: Sort) -> Sequence[int]:
        """Return the ids of the papers that match a query and were known, as far as the order is that of now."""
        known = self._known
        if any(map(_counts, query.terms)):
            found = self._all_of(query.terms, _removed_too(query))
            return [number for number in known if number in found]
        return [number for number in self._library.ids(query, sort) if number in known]

    def _all_of(self, terms: Sequence[Term], every: Query) -> set[int]:
        """Return the ids of papers that match all terms, with the counts of then; in the lists of a query."""
        found: set[int] | None = None
        for term in terms:
            matching = self._of(term, every)
            found = matching if found is None else found & matching
        return found if found is not None else set(self._library.ids(every, "feed"))

    def _of(self, term: Term, every: Query) -> set[int]:
        if not _counts(term):
            return set(self._library.ids(every.within(Query(terms=(term,))), "feed"))
        match term:
            case Counted(field, ranges):
                found = {
                    number
                    for number, known in self._known.items()
                    if (count := getattr(known, field)) is not None
                    and any((low is None or count >= low) and (high is None or count <= high) for low, high in ranges)
                }
                return found & set(self._library.ids(every, "feed"))
            case Not(inner):
                return set(self._library.ids(every, "feed")) - self._of(inner, every)
            case Or(terms):
                return set().union(*(self._of(each, every) for each in terms))
            case And(terms):
                return self._all_of(terms, every)
        raise AssertionError("no other term has terms")

    def _in_order(self, found: Sequence[int], sort: Sort) -> array[int]:
        """Return ids in an order; as they are in one that does not depend on the day."""
        by, known, wanted = unreversed(sort), self._known, set(found)
        if by == "feed":
            ordered = [number for number in known if number in wanted]
        elif by in ("upvotes", "stars", "comments"):
            # By count, since to sort very many papers at once would hold up other threads.
            by_count: dict[int, list[int]] = {}
            for number in found:
                by_count.setdefault(_number(getattr(known[number], by)), []).append(number)
            ordered = [number for count in sorted(by_count, reverse=True) for number in sorted(by_count[count])]
        else:
            return array("q", found)
        return array("q", reversed(ordered) if is_reverse(sort) else ordered)

    # Reading

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """Return the entries of these ids as they were known, with the marks of now."""
        return [self._then(entry) for entry in self._papers.entries(ids)]

    def _then(self, entry: Entry) -> Entry:
        known = self._known.get(entry.id)
        return entry if known is None else replace(entry, **asdict(known))

    def announcements(self, paper_id: int) -> tuple[Announcement, ...]:
        """Return the announcements of a paper that there were, newest first."""
        found = self._library.feeds.announcements(paper_id)
        return tuple(each for each in found if each.day is None or each.day <= self.day)

    def series(self, paper_id: int) -> tuple[Series, ...]:
        """Return the counts of a paper by day up to the day, for each kind; what was gained since is not known yet."""
        sightings = [each for each in self._library.count_log.sightings(paper_id) if each.day <= self.day]
        found: list[Series] = []
        for kind in COUNT_KINDS:
            counts = ((each, getattr(each, kind)) for each in sightings)
            readings = [
                Reading(each.feed, Moment(each.day, each.at), count) for each, count in counts if count is not None
            ]
            if readings:
                found.append(replace(series_of(kind, readings, end_of(self.day)), gained=None, since=None))
        return tuple(found)

    def groups_of(self, ids: Sequence[int]) -> list[tuple[GroupKey, int]]:
        """Return the groups of these papers in this order: neighbours of one day and feed, with their number."""
        keys = ((known.day, known.feed) for number in ids if (known := self._known.get(number)) is not None)
        return [(key, sum(1 for _ in group)) for key, group in groupby(keys)]

    def facts_of(self, ids: Sequence[int]) -> Facts:
        """Return what these papers have, with the upvotes of then."""
        facts = self._papers.outlines.facts_of(ids)
        votes = Counter(count for number in ids if (count := _number(self._known[number].upvotes)) > 0)
        most, many, left = max(votes, default=0), 0, votes.total() // _TOP
        for count in sorted(votes, reverse=True):
            many, left = count, left - votes[count]
            if left < 0:
                break
        return replace(facts, upvotes=most, many=many)

    def counts(self) -> Counts:
        """Return how many papers were known: all, unread, starred, noted."""
        known = self._known
        feeds = len({each.feed for each in known.values()})
        return replace(
            self._papers.counts(),
            papers=self.count(ALL),
            unread=self.count(ALL, unread=True),
            starred=self.count(STARRED),
            noted=self.count(NOTES),
            feeds=feeds,
        )

    def group_counts(self) -> dict[GroupKey, GroupCount]:
        """Return the counts of all groups."""
        unread = self._papers.unread_ids()
        found: dict[GroupKey, GroupCount] = {}
        for number in self.browse(ALL):
            known = self._known[number]
            before = found.get((known.day, known.feed), GroupCount(0, 0))
            found[known.day, known.feed] = GroupCount(before.papers + 1, before.unread + int(number in unread))
        return found


def _number(count: int | None) -> int:
    """Return a count, less than any if it is not known."""
    return -1 if count is None else count


def _counts(term: Term) -> bool:
    """Return whether a term depends on counts that were others then."""
    match term:
        case Counted(field):
            return field != "match"
        case Not(inner):
            return _counts(inner)
        case And(terms) | Or(terms):
            return any(map(_counts, terms))
    return False


def _removed_too(query: Query) -> Query:
    """Return the query for all papers, for removed ones, too, if a query speaks of them."""
    removed = any("removed" in leaf.values for leaf in leaves(query.terms) if isinstance(leaf, Flag))
    return Query(terms=(Flag("is", ("read", "unread", *(("removed",) if removed else ()))),))
