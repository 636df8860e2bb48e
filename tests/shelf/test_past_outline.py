"""Papers as they were known on a day: what was listed by then, with the counts of then and the marks of now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readlist.model.paper import Announcement
from readlist.model.view import ALL, INBOX, Sort, View
from readlist.shelf import Facts, GroupCount, Shelf
from readlist.sources.batch import Batch
from tests.support.papers import make_paper, make_shelf
from tests.support.tui import number, stored

FIRST = date(2026, 7, 20)
FEEDS = ("HF daily", "HF trending")


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


class Hours:
    """A clock that stands until it is set."""

    now = datetime(2026, 7, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def tell(shelf: Shelf, clock: Hours, day: int, papers: dict[int, int], feed: str = FEEDS[0]) -> None:
    """Have a feed list some papers on a day, each with its upvotes, in that order."""
    clock.now = datetime(2026, 7, 20, 12, tzinfo=UTC) + timedelta(days=day)
    items = tuple(
        (make_paper(paper), Announcement(feed, on(day), place, upvotes=votes))
        for place, (paper, votes) in enumerate(papers.items(), 1)
    )
    shelf.papers.add(Batch("list", feed=feed, day=on(day), items=items, seen=on(day)))


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def shelf(tmp_path: Path, clock: Hours) -> Iterator[Shelf]:
    """Three papers of the first day; two days later one of them again, and a new one."""
    made = make_shelf(tmp_path, clock)
    tell(made, clock, 0, {1: 5, 2: 90, 3: 0})
    tell(made, clock, 2, {1: 50, 4: 20}, FEEDS[1])
    made.sync.catch_up()
    yield made
    made.close()


def listed(shelf: Shelf, day: int, query: str = "", sort: Sort = "feed") -> list[int]:
    """The numbers of the papers that a view lists as of a day."""
    past = shelf.papers.as_of(on(day))
    return [number(entry) for entry in past.entries(past.browse(View("Any", query, sort)))]


def test_a_paper_is_listed_from_the_day_of_its_first_list_on_where_it_was_last(shelf: Shelf) -> None:
    assert listed(shelf, -1) == []
    assert listed(shelf, 0) == listed(shelf, 1) == [1, 2, 3]
    assert listed(shelf, 2) == listed(shelf, 9) == [1, 4, 2, 3]
    past = shelf.papers.as_of(on(1))
    assert past.outlines.groups(shelf.papers.parse(ALL)) == [((on(0), "HF daily"), 3)]
    assert past.outlines.counts() == {(on(0), "HF daily"): GroupCount(3, 3)}


def test_counts_are_those_read_last_by_then(shelf: Shelf) -> None:
    def votes(day: int) -> list[int | None]:
        past = shelf.papers.as_of(on(day))
        return [entry.upvotes for entry in past.entries(past.browse(View("By votes", sort="upvotes")))]

    assert votes(1) == [90, 5, 0] and votes(2) == [90, 50, 20, 0]
    assert listed(shelf, 1, sort="-upvotes") == [3, 1, 2]
    assert listed(shelf, 1, "upvotes:>10") == [2]
    assert listed(shelf, 1, "-upvotes:>10") == [1, 3]
    assert listed(shelf, 2, "upvotes:>10 (upvotes:<30 OR number)") == [1, 4, 2]
    past = shelf.papers.as_of(on(1))
    assert past.outlines.facts(shelf.papers.parse(ALL)) == Facts(code=True, upvotes=90, many=90)


def test_marks_are_those_of_now(shelf: Shelf) -> None:
    shelf.marks.apply([stored(shelf, 2)], read=True)[1].result()
    past = shelf.papers.as_of(on(1))
    assert past.count(INBOX) == past.count(ALL, unread=True) == 2
    assert listed(shelf, 1, "is:read") == [2]
    counts = past.counts()
    assert (counts.papers, counts.unread, counts.starred) == (3, 2, 0)
    shelf.marks.apply([stored(shelf, 3)], removed=True)[1].result()
    assert listed(shelf, 1) == [1, 2] and listed(shelf, 1, "is:removed upvotes:0") == [3]


def test_a_line_of_days_ends_on_the_day_and_its_lists_are_those_of_then(shelf: Shelf) -> None:
    past, paper = shelf.papers.as_of(on(1)), stored(shelf, 1).id
    (series,) = past.series(paper)
    assert [point.count for point in series.points] == [5] and series.gained is None
    assert [each.feed for each in past.announcements(paper)] == ["HF daily"]
    assert [point.count for point in shelf.papers.as_of(on(2)).series(paper)[0].points] == [5, None, 50]
    assert shelf.papers.as_of(on(-1)).series(paper) == ()


_LISTS = st.lists(
    st.tuples(
        st.integers(0, 6), st.sampled_from(FEEDS), st.dictionaries(st.integers(1, 6), st.integers(0, 99), max_size=4)
    ),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(lists=_LISTS, day=st.integers(-1, 7))
def test_any_day_is_as_if_nothing_had_come_later(
    tmp_path_factory: pytest.TempPathFactory, lists: list[tuple[int, str, dict[int, int]]], day: int
) -> None:
    """Papers, order, groups and counts are what a shelf has that never got the later lists."""
    of_day = sorted({(when, feed): papers for when, feed, papers in lists}.items(), key=lambda each: each[0])
    shelves = []
    for last in (7, day):
        clock = Hours()
        made = make_shelf(tmp_path_factory.mktemp("shelf"), clock)
        for (when, feed), papers in of_day:
            if when <= last:
                tell(made, clock, when, papers, feed)
        made.sync.catch_up()
        shelves.append(made)
    whole, then = shelves
    past = whole.papers.as_of(on(day))
    try:
        for sort in ("feed", "-feed", "upvotes"):
            view = View("Any", sort=sort)
            entries = past.entries(past.browse(view))
            expected = then.papers.entries(then.papers.browse(view))
            told = [
                [(number(each), each.day, each.feed, each.position, each.upvotes) for each in some]
                for some in (entries, expected)
            ]
            if sort == "upvotes":
                # Papers have other ids where they came in another order.
                told = [sorted(some, key=lambda each: (-(each[4] or 0), each[0])) for some in told]
            assert told[0] == told[1]
        assert past.outlines.counts() == then.papers.outlines.counts()
        assert past.outlines.facts(whole.papers.parse(ALL)) == then.papers.outlines.facts(then.papers.parse(ALL))
        assert past.count(View("Some", "upvotes:>40")) == then.papers.count(View("Some", "upvotes:>40"))
    finally:
        whole.close()
        then.close()
