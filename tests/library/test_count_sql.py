"""Counts by day in SQLite are what a slow and obvious reading of all that was ever read says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.paper_writer import expire
from readlist.model.paper import Announcement, Paper, identifiers_of
from readlist.model.trend import COUNT_KINDS, Series
from readlist.query import parse
from tests.support.depth import examples

FIRST = datetime(2026, 8, 1, 6, tzinfo=UTC)
FEEDS = ("A", "B")
PAPERS = 5
LONG_AGO, FOREVER = -(1 << 62), 1 << 62


class Step(Struct, frozen=True):
    """What happens some hours after the step before.

    Attributes:
        hours: how many.
        paper: the number of the paper; the last two are known by title or by id alone, until both are named at once.
        feed: who gives the counts.
        upvotes: the count, None if it is left out; likewise stars.
        stars: see upvotes.
        listed: how many days ago the list was of.
        seen: whether the counts are of the present; otherwise they are of the list's day.
        does: whether it is a reading, a visit that ends, or what makes the last two papers one, or removes old ones.
    """

    hours: int
    paper: int
    feed: str
    upvotes: int | None
    stars: int | None
    listed: int
    seen: bool
    does: str


class Read(Struct):
    """What a feed gave of a paper on a day: what it gave last, unless a visit ended in between."""

    paper: int
    feed: str
    day: date
    at: int
    counts: dict[str, int]


counts = st.none() | st.integers(0, 40)
steps = st.lists(
    st.builds(
        Step,
        hours=st.sampled_from([1, 1, 3, 12, 24, 24, 50]),
        paper=st.integers(0, PAPERS),
        feed=st.sampled_from(FEEDS),
        upvotes=counts,
        stars=counts,
        listed=st.integers(0, 3),
        seen=st.booleans(),
        does=st.sampled_from([*["read"] * 8, "visit", "join", "expire"]),
    ),
    max_size=20,
)


def paper_of(number: int) -> Paper:
    title, arxiv = f"Paper number {number} of many", f"2608.{number:05}"
    if number >= PAPERS - 1:
        # Two records of one paper.
        title, arxiv = ("Kettles that listen well", "") if number == PAPERS else ("", f"2608.{PAPERS - 1:05}")
    return Paper(identifiers_of(title, arxiv, "")[0], title, arxiv=arxiv)


class Played:
    """A library in which some steps happened, and what a slow reading knows of it."""

    def __init__(self, library: Library, played: Iterable[Step]) -> None:
        self.library, self.now = library, FIRST
        self.reads: list[Read] = []
        self.visits: list[int] = []
        self.listed: dict[int, set[date]] = {}
        library.count_log.clock = lambda: self.now
        for step in played:
            self.now += timedelta(hours=step.hours)
            {"read": self._read, "visit": self._visit, "join": self._join, "expire": self._expire}[step.does](step)

    @property
    def papers(self) -> dict[int, int]:
        """The numbers of the papers that are in the library, each with its id."""
        found = {number: self.library.find(paper_of(number).key) for number in range(PAPERS + 1)}
        ids: dict[int, int] = {}
        for number, paper_id in found.items():
            if paper_id is not None and paper_id not in ids.values():
                ids[number] = paper_id
        return ids

    def _read(self, step: Step) -> None:
        listed = self.now.date() - timedelta(days=step.listed)
        paper = paper_of(step.paper)
        self._add(paper, step, listed)
        day = self.now.date() if step.seen else listed
        number = next(each for each, paper_id in self.papers.items() if paper_id == self.library.find(paper.key))
        self.listed.setdefault(number, set()).add(listed)
        counts = {
            kind: count for kind, count in (("upvotes", step.upvotes), ("stars", step.stars)) if count is not None
        }
        earlier = [each for each in self.reads if (each.paper, each.feed, each.day) == (number, step.feed, day)]
        last = max(earlier, key=lambda each: each.at, default=None)
        if last is not None and {**last.counts, **counts} == last.counts:
            return
        if last is not None and not any(last.at <= at and self.day_of(at) == day for at in self.visits):
            last.counts, last.at = {**last.counts, **counts}, self._at()
        elif counts:
            self.reads.append(Read(number, step.feed, day, self._at(), counts))

    def _add(self, paper: Paper, step: Step, listed: date) -> None:
        announcement = Announcement(step.feed, listed, step.paper + 1, step.upvotes, None, step.stars)
        seen = self.now.date() if step.seen else None
        self.library.add(step.feed, [(paper, announcement)], day=listed, seen=seen, now=self.now)

    def _visit(self, step: Step) -> None:
        self.library.visits.end(self.now)
        self.visits.append(self._at())

    def _join(self, step: Step) -> None:
        known = self.papers
        both = Paper(f"arxiv:2608.{PAPERS - 1:05}", paper_of(PAPERS).title, arxiv=f"2608.{PAPERS - 1:05}")
        if PAPERS in known and PAPERS - 1 in known:
            self._add(both, Step(0, 0, "C", None, None, 0, False, ""), self.now.date())
            self.listed[PAPERS - 1] |= {*self.listed.pop(PAPERS), self.now.date()}
            for each in self.reads:
                each.paper = min(each.paper, PAPERS - 1)

    def _expire(self, step: Step) -> None:
        first = self.now.date() - timedelta(days=5)
        expire(self.library.connections, dict.fromkeys((*FEEDS, "C"), first), tuple)
        left = self.papers
        self.reads = [each for each in self.reads if each.paper in left]
        self.listed = {number: days for number, days in self.listed.items() if number in left}

    def _at(self) -> int:
        return int(self.now.timestamp() * 1_000_000)

    def day_of(self, at: int) -> date:
        return datetime.fromtimestamp(at / 1_000_000, UTC).date()

    # The slow reading

    def of(self, number: int, kind: str) -> list[Read]:
        return [each for each in self.reads if each.paper == number and kind in each.counts]

    def known(self, number: int, kind: str, day: date = date.max, at: int = FOREVER) -> int | None:
        """Return the count that was known by a moment: of the last day; of each feed the last, of all the highest."""
        reads = [each for each in self.of(number, kind) if (each.day, each.at) <= (day, at)]
        last = [each for each in reads if each.day == max(other.day for other in reads)]
        return max(
            (
                each.counts[kind]
                for each in last
                if all(each.at >= other.at for other in last if other.feed == each.feed)
            ),
            default=None,
        )

    def gained(self, number: int, kind: str = "upvotes", start: tuple[date, int] | None = None) -> int | None:
        """Return what was gained since a moment; if it was first read later, since then."""
        since = self.library.count_log.since()
        day, at = start or (since.date(), int(since.timestamp() * 1_000_000))
        moments = sorted((each.day, each.at) for each in self.of(number, kind))
        if not moments or moments[-1] <= (day, at) or moments[0] == moments[-1]:
            return None
        before = self.known(number, kind, day, at)
        if before is None:
            before = self.known(number, kind, *moments[0])
        now = self.known(number, kind)
        assert before is not None and now is not None
        return now - before

    def rising(self) -> list[tuple[int, ...]]:
        """Return the papers by how much more they gained than papers of their age; those of one place together."""
        gains = {number: gained for number in self.papers if (gained := self.gained(number)) is not None}
        bases = {number: (self.known(number, "upvotes") or 0) - gained for number, gained in gains.items()}
        ages = {number: self._age(number) for number in gains}
        scores: dict[int, float] = {}
        for number, gained in gains.items():
            peers = [each for each in gains if ages[each] == ages[number]]
            usual = max(0.0, sum(gains[each] for each in peers) / sum(bases[each] + 1 for each in peers))
            expected = usual * (bases[number] + 1)
            scores[number] = (gained - expected) / sqrt(expected + 1)
        places: dict[int, float] = {}
        for number in self.papers.keys() - gains.keys():
            peers = [each for each in self.papers if min(self.listed[each]) == min(self.listed[number])]
            votes = [count for each in peers if (count := self.known(each, "upvotes")) is not None]
            own = self.known(number, "upvotes")
            places[number] = -1.0 if own is None else sum((v < own) + (v <= own) for v in votes) / 2 / len(votes)
        return [*_together(scores), *_together(places)]

    def _age(self, number: int) -> int:
        days = (self.now.date() - min(self.listed[number])).days
        return days if days < 3 else 3 if days < 8 else 8


def _together(values: dict[int, float]) -> Iterator[tuple[int, ...]]:
    rounded = {number: round(value, 6) for number, value in values.items()}
    for value in sorted(set(rounded.values()), reverse=True):
        yield tuple(sorted(number for number in rounded if rounded[number] == value))


@contextmanager
def played(steps: list[Step]) -> Iterator[Played]:
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder) / "library.db")
        yield Played(library, steps)
        assert check(library.connections) == []
        library.close()


@pytest.mark.slow
@settings(max_examples=examples(100), deadline=None)
@given(steps)
def test_series_and_gains_are_those_of_all_readings(steps: list[Step]) -> None:
    with played(steps) as made:
        for number, paper_id in made.papers.items():
            (entry,) = made.library.papers([paper_id])
            series = {each.kind: each for each in made.library.count_log.series(paper_id)}
            for kind in COUNT_KINDS:
                days = {each.day for each in made.of(number, kind)}
                assert (kind in series) == bool(days)
                if days:
                    assert getattr(entry, kind) == made.known(number, kind)
                    assert_series(made, number, series[kind], days)
            assert made.library.count_log.gains([paper_id]).get(paper_id) == made.gained(number)


def assert_series(made: Played, number: int, series: Series, days: set[date]) -> None:
    points = {point.day: point.count for point in series.points}
    first = min(day for day in days if (max(days) - day).days < 14)
    assert list(points) == [first + timedelta(days=n) for n in range((max(days) - first).days + 1)]
    for day, count in points.items():
        assert count == (made.known(number, series.kind, day) if day in days else None)
    assert series.gained == made.gained(number, series.kind)


@pytest.mark.slow
@settings(max_examples=examples(100), deadline=None)
@given(steps, st.integers(-5, 40), st.integers(1, 9))
def test_queries_and_orders_are_those_of_all_readings(steps: list[Step], least: int, days: int) -> None:
    with played(steps) as made:
        ids, library = made.papers, made.library
        gains = {number: made.gained(number) for number in ids}
        known = [number for number in ids if gains[number] is not None]
        assert {*library.ids(parse(f"gained:>={max(least, 0)}"), "feed")} == {
            ids[number] for number in known if (gains[number] or 0) >= max(least, 0)
        }
        fallen = {ids[number] for number in known if (gains[number] or 0) < max(least, 0)}
        assert library.among([*ids.values()], parse(f"gained:<{max(least, 0)}")) == fallen
        first = made.now.date() - timedelta(days=days - 1)
        for kind in ("upvotes", "stars"):
            since = {number: made.gained(number, kind, (first - timedelta(days=1), FOREVER)) for number in ids}
            query = parse(f"gained:{kind}:{days}d>0", today=made.now.date())
            assert {*library.ids(query, "feed")} == {ids[number] for number in ids if (since[number] or 0) > 0}
            by_gain = {ids[number]: since[number] or 0 for number in ids}
            assert [by_gain[paper_id] for paper_id in library.ids(query, "gained")] == sorted(
                (gained for gained in by_gain.values() if gained > 0), reverse=True
            )
        order = list(library.ids(parse(""), "gained"))
        assert [paper_id for paper_id in order if paper_id in {ids[number] for number in known}] == order[: len(known)]
        by_id = {paper_id: number for number, paper_id in ids.items()}
        shown = [gains[by_id[paper_id]] or 0 for paper_id in order[: len(known)]]
        assert shown == sorted(shown, reverse=True) and len(order) == len(ids)
        assert library.first_ids(parse(""), "gained", 3) == order[:3]
        rising = [by_id[paper_id] for paper_id in library.ids(parse(""), "rising")]
        assert library.first_ids(parse(""), "rising", 2) == [ids[number] for number in rising[:2]]
        some = list(library.ids(parse("id:2608.00001,2608.00002,2608.00004"), "rising"))
        assert some == [ids[number] for number in rising if number in (1, 2, 4)]
        assert sorted(library.ids(parse(""), "-rising")) == sorted(ids.values())
        for group in made.rising():
            assert tuple(sorted(rising[: len(group)])) == group
            rising = rising[len(group) :]


@pytest.mark.slow
@settings(max_examples=examples(100), deadline=None)
@given(steps, st.integers(0, 12))
def test_lists_as_of_a_day_are_those_of_all_readings(steps: list[Step], ago: int) -> None:
    with played(steps) as made:
        day = made.now.date() - timedelta(days=ago)
        then = {
            number: made.known(number, "upvotes", day)
            for number in made.papers
            if any(listed <= day for listed in made.listed[number])
        }
        found = made.library.ids_as_of(day, parse(""), "upvotes")
        numbers = {paper_id: number for number, paper_id in made.papers.items()}
        order = [numbers[paper_id] for paper_id in found]
        assert sorted(order) == sorted(then)
        counted = [-1 if then[number] is None else then[number] for number in order]
        assert counted == sorted(counted, key=lambda count: -(count or 0))
        placed = made.library.count_log.as_of(day, list(numbers))
        assert {numbers[paper_id]: place.upvotes for paper_id, place in placed.items()} == then
        assert all(
            place.day == max(listed for listed in made.listed[numbers[paper_id]] if listed <= day)
            for paper_id, place in placed.items()
        )
