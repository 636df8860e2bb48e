"""Refreshing arXiv's lists onto a shelf: nothing is missed without being named, and old papers are not new ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.model.feed import Feed
from readlist.query import parse
from readlist.services.refresh import Refresh
from readlist.shelf import FetchOutcome, Shelf
from tests.support.arxiv_server import ArxivServer
from tests.support.http import QUICK
from tests.support.papers import make_shelf

FEED = Feed("Learning", "arxiv", "daily:cs.LG")
MONDAY = date(2026, 11, 9)


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    with ArxivServer() as serving:
        serving.go_to(MONDAY)
        yield serving


@pytest.fixture
def shelf(tmp_path: Path, server: ArxivServer) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, lambda: server.now)
    yield made
    made.close()


def fetch(shelf: Shelf, server: ArxivServer, feed: Feed = FEED) -> FetchOutcome:
    events = Refresh(shelf, server.sites, QUICK, clock=server.clock).run([feed])
    (outcome,) = [event for event in events if isinstance(event, FetchOutcome)]
    return outcome


def here(shelf: Shelf, feed: Feed = FEED) -> dict[date, set[str]]:
    """The arXiv ids of a feed's papers by day, as stored."""
    ids = list(
        shelf.library.ids_of(f"arxiv:{name}" for name in shelf.feeds.lists.memory(feed.name, date.min).ids).values()
    )
    found: dict[date, set[str]] = {}
    for paper_id, places in shelf.feeds.log.announcements_of(ids).items():
        (entry,) = shelf.library.papers([paper_id])
        for place in places:
            if place.feed == feed.name and place.day is not None:
                found.setdefault(place.day, set()).add(entry.paper.arxiv)
    return found


def truth(server: ArxivServer, *days: date, category: str = "cs.LG") -> dict[date, set[str]]:
    found = {day: {each.id for each in server.world.announced(category, day)} for day in days}
    return {day: ids for day, ids in found.items() if ids}


def week(first: date, last: date) -> list[date]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def test_every_paper_of_the_days_missed_is_here_with_its_day(server: ArxivServer, shelf: Shelf) -> None:
    fetch(shelf, server)
    friday = MONDAY + timedelta(days=4)
    server.go_to(friday)
    outcome = fetch(shelf, server)
    assert (outcome.failure, outcome.remarks) == ("", ())
    assert here(shelf) == truth(server, *week(MONDAY, friday))
    assert all(day.is_whole for day in shelf.feeds.lists.listed(FEED.name, MONDAY))
    assert len(shelf.feeds.lists.listed(FEED.name, MONDAY)) == 5
    # Abstracts came from the API.
    assert shelf.feeds.lists.memory(FEED.name, MONDAY).bare == ()


def test_what_is_new_is_counted_once(server: ArxivServer, shelf: Shelf) -> None:
    first = fetch(shelf, server)
    assert first.new == len(server.world.announced("cs.LG", MONDAY))
    server.go_to(MONDAY + timedelta(days=2))
    again = fetch(shelf, server)
    days = week(MONDAY, MONDAY + timedelta(days=2))
    every = {name for ids in truth(server, *days).values() for name in ids}
    assert first.new + again.new == len(every)
    assert fetch(shelf, server).unchanged


def test_a_day_read_from_rss_is_compared_with_its_list_later(server: ArxivServer, shelf: Shelf) -> None:
    fetch(shelf, server)
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    server.go_to(tuesday)
    # Yesterday's batch with today's date: nothing of Tuesday came.
    server.fail("/list/", "maintenance", days=[tuesday])
    server.fail("/rss/", "stale", days=[tuesday])
    outcome = fetch(shelf, server)
    assert outcome.failure == ""
    assert outcome.remarks[-1] == "Tue 10 Nov: 0 here, not compared with arXiv's list; the next fetch tries again"
    server.go_to(wednesday)
    assert fetch(shelf, server).remarks == ()
    assert here(shelf) == truth(server, MONDAY, tuesday, wednesday)


def test_papers_that_a_stale_batch_gave_the_wrong_day_get_their_own(server: ArxivServer, shelf: Shelf) -> None:
    fetch(shelf, server)
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    server.go_to(wednesday)
    server.fail("/list/", "maintenance", times=1)
    server.fail("/rss/", "stale", times=1)
    fetch(shelf, server)
    assert set(here(shelf)) == {MONDAY, wednesday}
    outcome = fetch(shelf, server)
    assert outcome.remarks == ()
    assert here(shelf) == truth(server, MONDAY, tuesday, wednesday)


def test_a_later_version_of_an_unknown_paper_does_not_enter(server: ArxivServer, shelf: Shelf) -> None:
    day = next(day for day in server.world.days[15:] if server.world.replaced("cs.LG", day))
    server.go_to(day)
    fetch(shelf, server)
    assert here(shelf) == truth(server, day)
    asked = Feed("All", "arxiv", "daily:cs.LG", replacements=True)
    fetch(shelf, server, asked)
    every = {each.id for each in (*server.world.announced("cs.LG", day), *server.world.replaced("cs.LG", day))}
    assert here(shelf, asked) == {day: every}
    (listed,) = shelf.feeds.lists.listed(asked.name, day)
    assert (listed.announced, listed.here) == (len(every), len(every))


def test_a_later_version_of_a_known_paper_moves_nothing(server: ArxivServer, shelf: Shelf) -> None:
    def is_known(day: date, name: str) -> bool:
        return any(name in ids for ids in truth(server, *(each for each in server.world.days if each < day)).values())

    days = server.world.days
    found = (
        (day, each.id) for day in days[10:] for each in server.world.replaced("cs.LG", day) if is_known(day, each.id)
    )
    day, name = next(found)
    first = next(each for each in days if any(one.id == name for one in server.world.announced("cs.LG", each)))
    server.go_to(first)
    fetch(shelf, server)
    server.go_to(day)
    fetch(shelf, server)
    assert name in here(shelf)[first]
    assert name not in here(shelf).get(day, set())


def test_a_fetch_that_was_stopped_goes_on(server: ArxivServer, shelf: Shelf) -> None:
    fetch(shelf, server)
    friday = MONDAY + timedelta(days=4)
    server.go_to(friday)
    refresh = Refresh(shelf, server.sites, QUICK, clock=server.clock)
    server.watch = lambda request: refresh.stop() if request.path.startswith("/api/") else None
    assert [event for event in refresh.run([FEED]) if isinstance(event, FetchOutcome)] == []
    server.watch = lambda request: None
    fetch(shelf, server)
    assert here(shelf) == truth(server, *week(MONDAY, friday))
    assert shelf.feeds.lists.memory(FEED.name, MONDAY).bare == ()


def test_papers_older_than_the_feed_keeps_are_not_missing(server: ArxivServer, shelf: Shelf) -> None:
    kept = replace(FEED, keep=2)
    fetch(shelf, server, kept)
    server.go_to(MONDAY + timedelta(days=4))
    assert fetch(shelf, server, kept).remarks == ()
    assert set(here(shelf)) == {MONDAY + timedelta(days=number) for number in (2, 3, 4)}


def test_a_feed_that_is_fetched_just_once_keeps_no_days(server: ArxivServer, shelf: Shelf) -> None:
    events = Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED], record=False)
    (outcome,) = [event for event in events if isinstance(event, FetchOutcome)]
    assert outcome.new == len(server.world.announced("cs.LG", MONDAY))
    assert shelf.feeds.lists.listed(FEED.name, date.min) == ()
    assert shelf.feeds.log.fetches() == {}


def test_a_category_of_the_api_finds_papers_that_were_held(server: ArxivServer, shelf: Shelf) -> None:
    feed = Feed("Category", "arxiv", "cs.LG")
    server.lag = timedelta(0)
    for day in week(MONDAY, MONDAY + timedelta(days=9)):
        server.go_to(day)
        assert fetch(shelf, server, feed).failure == ""
    announced = truth(server, *week(MONDAY, MONDAY + timedelta(days=9)))
    new = {each.id for day in announced for each in server.world.announced("cs.LG", day) if each.kind == "new"}
    assert new <= shelf.feeds.lists.memory(feed.name, date.min).ids


@pytest.mark.parametrize("after", [None, 3600])
def test_a_server_that_has_had_too_much_is_left_alone_by_the_next_readlist(
    server: ArxivServer, shelf: Shelf, after: int | None
) -> None:
    feed = Feed("Category", "arxiv", "cs.LG")
    server.fail("/", "too many", after=after)
    limits = replace(QUICK, too_many=3600.0)
    said = []
    for _ in range(2):
        # A service each, as two processes have.
        events = Refresh(shelf, server.sites, limits, clock=lambda: datetime.now(UTC)).run([feed])
        (outcome,) = [event for event in events if isinstance(event, FetchOutcome)]
        said.append((outcome.failure, len(server.requests)))
    assert "asked for no requests before" in said[1][0]
    assert said[0][1] == said[1][1]


def test_two_that_refresh_at_once_store_everything_once(server: ArxivServer, shelf: Shelf) -> None:
    fetch(shelf, server)
    server.go_to(MONDAY + timedelta(days=3))
    one, other = (Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED]) for _ in range(2))
    events = [event for pair in zip_longest(one, other) for event in pair]
    assert all(not event.failure for event in events if isinstance(event, FetchOutcome))
    assert here(shelf) == truth(server, *week(MONDAY, MONDAY + timedelta(days=3)))
    assert all(day.is_whole for day in shelf.feeds.lists.listed(FEED.name, MONDAY))


def test_a_feed_can_be_fetched_back_to_a_day(server: ArxivServer, shelf: Shelf) -> None:
    friday = MONDAY + timedelta(days=4)
    server.go_to(friday)
    events = Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED], since=MONDAY + timedelta(days=1))
    assert all(not event.failure for event in events if isinstance(event, FetchOutcome))
    assert here(shelf) == truth(server, *week(MONDAY + timedelta(days=1), friday))
    # Of a feed that is followed already, too.
    list(Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED], since=MONDAY))
    assert here(shelf) == truth(server, *week(MONDAY, friday))
    # So far back that each day has a list of its own, though the latest list is known.
    first = MONDAY - timedelta(days=10)
    list(Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED], since=first))
    assert here(shelf) == truth(server, *week(first, friday))


def revised_later(server: ArxivServer, shelf: Shelf, *, withdrawn: bool) -> str:
    """Fetch the list that announces a paper and star it, then go to the day on which it is revised; return its id."""
    days = server.world.days
    found = (
        (first, each.day, paper.id)
        for paper in server.world.papers.values()
        for each in paper.versions[1:]
        for first in [paper.versions[0].day]
        if each.withdrawn == withdrawn
        and len(paper.versions) == len("12")
        and paper.primary == "cs.LG"
        and first in days
    )
    first, day, name = next(found)
    server.go_to(first)
    fetch(shelf, server)
    server.now += timedelta(hours=1)
    number = shelf.library.ids_of([f"arxiv:{name}"])[f"arxiv:{name}"]
    shelf.marks.apply_all([number], starred=True, label="x").result(timeout=60)
    server.go_to(day)
    return name


def count(shelf: Shelf, query: str) -> int:
    return len(shelf.papers.select(parse(query)))


def test_a_later_version_in_a_list_is_news_of_a_starred_paper(server: ArxivServer, shelf: Shelf) -> None:
    name = revised_later(server, shelf, withdrawn=False)
    today = server.now.date()
    events = Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED])
    outcome = next(event for event in events if isinstance(event, FetchOutcome) and event.feed == FEED.name)
    assert outcome.revised == 1
    entry = shelf.papers.entry(f"arxiv:{name}")
    assert entry is not None and entry.revision is not None
    assert (entry.paper.version, entry.paper.comment) == (2, server.world.papers[name].versions[-1].comment)
    assert entry.revision.since == today
    assert count(shelf, f"is:revised id:{name}") == 1


def test_a_starred_paper_that_a_list_calls_replaced_without_its_version_is_asked_about_the_day_after(
    server: ArxivServer, shelf: Shelf
) -> None:
    name = revised_later(server, shelf, withdrawn=True)
    for _ in range(2):
        assert count(shelf, f"is:withdrawn id:{name}") == 0
        list(Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED]))
        server.now += timedelta(hours=12)
    server.go_to(server.now.date(), hour=9)
    list(Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED]))
    assert count(shelf, f"is:withdrawn is:revised id:{name}") == 1
    asked = [each.query["id_list"] for each in server.requests if "id_list" in each.query]
    server.now += timedelta(hours=3)
    list(Refresh(shelf, server.sites, QUICK, clock=server.clock).run([FEED]))
    assert [each.query["id_list"] for each in server.requests if "id_list" in each.query] == asked
