"""The days of arXiv's lists: how many were announced and are here, and what a list corrects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from readlist.library.library import Library
from readlist.model.list_day import FetchState, ListDay, ListedDay, Walk
from readlist.model.paper import Announcement
from readlist.query.parser import parse
from tests.support.papers import make_paper

FEED = "Learning"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "library.db")
    yield made
    made.close()


def name(number: int) -> str:
    return f"2611.{number:05}"


def announce(library: Library, day: date, numbers: Sequence[int], feed: str = FEED, abstract: str = "Text.") -> None:
    papers = [
        make_paper(number, arxiv=name(number), key=f"arxiv:{name(number)}", abstract=abstract) for number in numbers
    ]
    items = [(paper, Announcement(feed, day, place)) for place, paper in enumerate(papers, 1)]
    library.add(feed, items, day=day, now=NOW)


def listed(day: date, numbers: Sequence[int], announced: int | None = -1) -> ListedDay:
    return ListedDay(day, len(numbers) if announced == -1 else announced, frozenset(map(name, numbers)))


def days_of(library: Library, number: int) -> list[date | None]:
    (paper_id,) = library.ids_of([f"arxiv:{name(number)}"]).values()
    return [each.day for each in library.feeds.announcements(paper_id)]


def test_what_was_announced_is_kept_and_what_is_here_is_counted(library: Library) -> None:
    announce(library, TUESDAY, [1, 2])
    announce(library, WEDNESDAY, [3])
    library.lists.record(FEED, [listed(TUESDAY, [1, 2]), listed(WEDNESDAY, [3], announced=4)])
    assert library.lists.listed(FEED, MONDAY) == (ListDay(WEDNESDAY, 4, 1), ListDay(TUESDAY, 2, 2))
    assert [day.missing for day in library.lists.listed(FEED, MONDAY)] == ["Wed 25 Nov: 4 announced, 1 here", ""]


def test_the_days_of_all_feeds_have_what_is_here(library: Library) -> None:
    announce(library, TUESDAY, [1, 2])
    announce(library, TUESDAY, [1], feed="Other")
    library.lists.record(FEED, [listed(TUESDAY, [1, 2]), listed(WEDNESDAY, [], announced=3)])
    assert library.lists.days(MONDAY) == {
        FEED: (ListDay(WEDNESDAY, 3, 0), ListDay(TUESDAY, 2, 2)),
        "Other": (ListDay(TUESDAY, None, 1, listed=False),),
    }
    assert library.lists.days(WEDNESDAY) == {FEED: (ListDay(WEDNESDAY, 3, 0),)}


def test_what_a_list_said_stays_known_where_a_later_fetch_can_not_read_it(library: Library) -> None:
    library.lists.record(FEED, [listed(TUESDAY, [1, 2])])
    library.lists.record(FEED, [listed(TUESDAY, [], announced=None)])
    assert library.lists.listed(FEED, MONDAY) == (ListDay(TUESDAY, 2, 0),)


def test_a_feed_remembers_its_papers_and_those_without_an_abstract(library: Library) -> None:
    announce(library, MONDAY, [1])
    announce(library, TUESDAY, [2, 3], abstract="")
    announce(library, TUESDAY, [4], feed="Other")
    memory = library.lists.memory(FEED, TUESDAY)
    assert memory.ids == {name(2), name(3)}
    assert sorted(memory.bare) == [name(2), name(3)]


def test_what_a_fetch_leaves_is_kept_by_feed(library: Library) -> None:
    state = FetchState(Walk(MONDAY, 300), TUESDAY, "2611.00001", WEDNESDAY)
    library.lists.set_state(FEED, state)
    library.lists.set_state("Other", FetchState())
    assert library.lists.memory(FEED, MONDAY).state == state
    library.lists.record(FEED, [listed(TUESDAY, [1])])
    library.lists.forget(FEED)
    assert library.lists.memory(FEED, MONDAY).state == FetchState()
    assert library.lists.listed(FEED, MONDAY) == ()


def test_a_list_corrects_the_day_that_a_fallback_gave(library: Library) -> None:
    # A stale batch of RSS: Tuesday's papers as of Wednesday.
    announce(library, WEDNESDAY, [1, 2])
    library.lists.record(FEED, [ListedDay(WEDNESDAY, None)])
    announce(library, TUESDAY, [1, 2])
    library.lists.record(FEED, [listed(TUESDAY, [1, 2])])
    assert days_of(library, 1) == days_of(library, 2) == [TUESDAY]
    assert [entry.day for entry in library.papers(library.ids(parse(""), "feed"))] == [TUESDAY] * 2


def test_a_list_that_comes_later_removes_what_is_not_of_its_day(library: Library) -> None:
    announce(library, TUESDAY, [1])
    library.lists.record(FEED, [listed(TUESDAY, [1])])
    announce(library, WEDNESDAY, [1, 2])
    library.lists.record(FEED, [listed(WEDNESDAY, [2])])
    assert days_of(library, 1) == [TUESDAY]
    assert days_of(library, 2) == [WEDNESDAY]


def test_a_list_of_which_some_is_missing_removes_nothing(library: Library) -> None:
    announce(library, TUESDAY, [1])
    announce(library, WEDNESDAY, [1, 2])
    library.lists.record(FEED, [listed(WEDNESDAY, [2], announced=3)])
    assert days_of(library, 1) == [WEDNESDAY, TUESDAY]


def test_a_paper_that_lists_of_two_days_announce_has_both(library: Library) -> None:
    for day in (TUESDAY, WEDNESDAY):
        announce(library, day, [1])
        library.lists.record(FEED, [listed(day, [1])])
    assert days_of(library, 1) == [WEDNESDAY, TUESDAY]


def test_other_feeds_and_earlier_days_are_left_alone(library: Library) -> None:
    announce(library, MONDAY, [1])
    announce(library, WEDNESDAY, [1], feed="Other")
    announce(library, TUESDAY, [1])
    library.lists.record(FEED, [listed(TUESDAY, [1])])
    assert days_of(library, 1) == [WEDNESDAY, TUESDAY, MONDAY]


def test_a_state_that_can_not_be_read_is_none(library: Library) -> None:
    with library.connections.writing() as connection:
        connection.execute("insert or replace into meta (name, value) values ('lists', '[1')")
    assert library.lists.memory(FEED, MONDAY).state == FetchState()


def test_a_paper_of_another_day_gets_the_nearest_day_that_no_list_was_read_of(library: Library) -> None:
    announce(library, TUESDAY, [1, 2])
    library.lists.record(FEED, [listed(MONDAY, [], announced=None), listed(WEDNESDAY, [], announced=None)])
    library.lists.record(FEED, [listed(MONDAY, [])])
    library.lists.record(FEED, [listed(TUESDAY, [1])])
    assert days_of(library, 2) == [WEDNESDAY]
    entry = library.papers(list(library.ids_of([f"arxiv:{name(2)}"]).values()))[0]
    assert entry.day == WEDNESDAY
    announce(library, WEDNESDAY, [2])
    library.lists.record(FEED, [listed(WEDNESDAY, [2])])
    assert [day.is_whole for day in library.lists.listed(FEED, MONDAY)] == [True] * 3


def test_a_paper_of_none_of_the_lists_gets_the_day_before_them(library: Library) -> None:
    announce(library, MONDAY, [1, 2])
    library.lists.record(FEED, [listed(MONDAY, [1])])
    assert days_of(library, 2) == [date(2026, 11, 20)]
    assert library.lists.listed(FEED, date.min) == (ListDay(MONDAY, 1, 1),)
