"""What goes wrong with arXiv's lists: one line says what is missing, what is stored stays, the next fetch goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from readlist.model.feed import Feed
from readlist.services.refresh import Refresh, describe
from readlist.shelf import FetchOutcome, Shelf
from tests.reliability.list_reader import DAILY, SEARCH, Ticking, be_patient, here, refresh
from tests.support.arxiv_server import FAULTS, ArxivServer, FaultKind
from tests.support.depth import slow
from tests.support.http import QUICK
from tests.support.papers import make_shelf
from tests.support.preprints import Preprints

WEDNESDAY, THURSDAY, FRIDAY = date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 6)
EVERYWHERE, LISTS, RSS, API = "/", "/list/", "/rss/", "/api/"


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    """A server that plays arXiv, on a Wednesday morning."""
    with ArxivServer(Preprints(1)) as serving:
        serving.go_to(WEDNESDAY)
        yield serving


@pytest.fixture
def shelf(tmp_path: Path, server: ArxivServer) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, Ticking(server.clock))
    yield made
    made.close()


def ids(server: ArxivServer, day: date, category: str = "cs.LG") -> set[str]:
    return {each.id for each in server.world.announced(category, day)}


def fetch(shelf: Shelf, server: ArxivServer, feed: Feed = DAILY) -> FetchOutcome:
    """Fetch a feed; whatever is said of it has one line."""
    be_patient(shelf)
    outcome = refresh(shelf, server, feed)
    assert outcome is not None
    lines = [describe(outcome, server.now), outcome.failure, *outcome.skipped, *outcome.remarks]
    assert not [line for line in lines if "\n" in line or "internal error" in line or "Traceback" in line]
    return outcome


def said(outcome: FetchOutcome) -> str:
    return " ".join([outcome.failure, *outcome.skipped, *outcome.remarks])


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("path", [EVERYWHERE, LISTS, *slow("/list/cs.LG/new", RSS, API)])
def test_what_is_stored_stays_and_the_next_fetch_fills_the_day(
    shelf: Shelf, server: ArxivServer, path: str, kind: FaultKind
) -> None:
    assert not fetch(shelf, server).failure
    before = here(shelf, DAILY)
    server.go_to(THURSDAY)
    server.fail(path, kind)
    fetch(shelf, server)
    after = here(shelf, DAILY)
    assert set(before.ids) <= set(after.ids)
    assert after.days[WEDNESDAY] == before.days[WEDNESDAY]
    server.faults.clear()
    server.go_to(FRIDAY)
    assert not fetch(shelf, server).failure
    found = here(shelf, DAILY)
    for day in (WEDNESDAY, THURSDAY, FRIDAY):
        assert found.is_whole(day)
        assert found.days[day] == ids(server, day)
    assert len(found.ids) == len(set(found.ids))


@pytest.mark.parametrize("kind", ["maintenance", "captcha", "layout", "unavailable", "too many", "dropped"])
def test_a_list_that_can_not_be_read_is_named_with_its_host(shelf: Shelf, server: ArxivServer, kind: FaultKind) -> None:
    server.fail(EVERYWHERE, kind)
    assert "127.0.0.1" in said(fetch(shelf, server))


def test_an_empty_list_on_a_working_day_is_a_failure_and_nothing_new_is_not(shelf: Shelf, server: ArxivServer) -> None:
    assert not fetch(shelf, server).failure
    server.go_to(THURSDAY)
    server.fail(EVERYWHERE, "empty")
    outcome = fetch(shelf, server)
    assert "empty" in said(outcome) or "no papers" in said(outcome)
    assert not here(shelf, DAILY).is_whole(THURSDAY)


def test_a_list_of_which_half_is_missing_names_how_many(shelf: Shelf, server: ArxivServer) -> None:
    server.fail("/list/cs.LG/new", "cut")
    server.fail("/list/cs.LG/pastweek", "unavailable")
    outcome = fetch(shelf, server)
    found, truth = here(shelf, DAILY), ids(server, WEDNESDAY)
    assert not found.is_whole(WEDNESDAY)
    assert 0 < len(found.days[WEDNESDAY]) < len(truth)
    assert "Wed 4 Nov" in said(outcome) and "the next fetch tries again" in said(outcome)


def test_the_list_of_the_day_before_is_not_taken_for_todays(shelf: Shelf, server: ArxivServer) -> None:
    assert not fetch(shelf, server).failure
    server.go_to(THURSDAY)
    server.fail(EVERYWHERE, "stale")
    outcome = fetch(shelf, server)
    assert "Wednesday" in said(outcome) or "Wed" in said(outcome)
    found = here(shelf, DAILY)
    assert found.days[WEDNESDAY] == ids(server, WEDNESDAY)
    assert THURSDAY not in found.days


def test_a_day_asked_twice_is_here_once(shelf: Shelf, server: ArxivServer) -> None:
    fetch(shelf, server)
    before = here(shelf, DAILY)
    outcome = fetch(shelf, server)
    assert (outcome.new, here(shelf, DAILY)) == (0, before)


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_clock_a_day_wrong_changes_no_day(tmp_path: Path, server: ArxivServer, hours: int) -> None:
    def clock() -> datetime:
        return server.now + timedelta(hours=hours)

    shelf = make_shelf(tmp_path, Ticking(clock))
    for day in (WEDNESDAY, THURSDAY, FRIDAY):
        server.go_to(day)
        list(Refresh(shelf, server.sites, QUICK, clock=clock).run([DAILY]))
    found = here(shelf, DAILY)
    shelf.close()
    for day in (WEDNESDAY, THURSDAY, FRIDAY):
        assert found.days[day] == ids(server, day)


def test_two_that_refresh_at_once_bring_each_paper_once(tmp_path: Path, server: ArxivServer) -> None:
    shelves = [make_shelf(tmp_path, Ticking(server.clock)) for _ in range(2)]
    refreshing = [threading.Thread(target=refresh, args=(shelf, server, DAILY)) for shelf in shelves]
    for thread in refreshing:
        thread.start()
    for thread in refreshing:
        thread.join()
    for shelf in shelves:
        fetch(shelf, server)
        found = here(shelf, DAILY)
        assert sorted(found.ids) == sorted(ids(server, WEDNESDAY))
        assert found.is_whole(WEDNESDAY)
        shelf.close()


@pytest.mark.parametrize("query", ["daily:cs.XX", "daily:cs.XX+cs.LG"])
def test_a_category_that_does_not_exist_is_named(shelf: Shelf, server: ArxivServer, query: str) -> None:
    outcome = fetch(shelf, server, Feed("Wrong", "arxiv", query))
    assert "cs.XX" in said(outcome)


@pytest.mark.parametrize("feed", [DAILY, SEARCH], ids=["daily", "search"])
def test_how_long_arxiv_wants_to_be_left_alone_is_remembered_by_every_process(
    tmp_path: Path, server: ArxivServer, feed: Feed
) -> None:
    first = make_shelf(tmp_path, Ticking(server.clock))
    server.fail(EVERYWHERE, "too many", after=3_600)
    assert fetch(first, server, feed).failure
    first.close()
    asked = len(server.requests)
    server.faults.clear()
    second = make_shelf(tmp_path, Ticking(server.clock))
    outcome = refresh(second, server, feed)
    second.close()
    assert outcome is not None and len(server.requests) == asked
    assert "asked for no requests before" in outcome.failure


@pytest.mark.parametrize("kind", ["too many", "unavailable"])
def test_a_busy_moment_is_waited_out(shelf: Shelf, server: ArxivServer, kind: FaultKind) -> None:
    server.fail(EVERYWHERE, kind, times=1)
    assert not fetch(shelf, server).failure
    assert here(shelf, DAILY).is_whole(WEDNESDAY)


def test_a_category_of_which_the_api_counts_no_papers_is_a_failure(shelf: Shelf, server: ArxivServer) -> None:
    assert not fetch(shelf, server, SEARCH).failure
    before = here(shelf, SEARCH).ids
    server.go_to(THURSDAY)
    server.fail(API, "empty")
    assert "empty" in fetch(shelf, server, SEARCH).failure
    assert here(shelf, SEARCH).ids == before


def test_a_page_of_the_api_that_is_empty_by_mistake_is_not_the_end(tmp_path: Path) -> None:
    with ArxivServer(Preprints(1, size=60)) as server:
        server.go_to(WEDNESDAY)
        shelf = make_shelf(tmp_path, Ticking(server.clock))
        assert not fetch(shelf, server, SEARCH).failure
        here_before = here(shelf, SEARCH).ids
        server.go_to(FRIDAY + timedelta(days=1))
        # The first page comes as it should, the next one does not.
        server.watch = lambda request: server.fail(API, "empty") if request.query.get("start") == "100" else None
        running = Refresh(shelf, server.sites, QUICK, clock=server.clock).run([SEARCH])
        (outcome,) = [event for event in running if isinstance(event, FetchOutcome)]
        assert "empty" in outcome.failure
        server.watch = lambda request: None
        server.faults.clear()
        assert not fetch(shelf, server, SEARCH).failure
        known = (server.now - server.lag).date()
        since = [
            each.id
            for each in server.world.papers.values()
            if each.sent.date() >= WEDNESDAY and each.versions[0].day <= known and "cs.LG" in each.categories_on(known)
        ]
        assert len(since) > len(here_before) and set(since) <= set(here(shelf, SEARCH).ids)
        shelf.close()


def test_lists_in_the_layout_of_before_are_read_whole(shelf: Shelf, server: ArxivServer) -> None:
    server.old = True
    assert not fetch(shelf, server).failure
    server.go_to(FRIDAY)
    outcome = fetch(shelf, server)
    assert (outcome.failure, outcome.remarks) == ("", ())
    found = here(shelf, DAILY)
    for day in (WEDNESDAY, THURSDAY, FRIDAY):
        assert found.is_whole(day) and found.days[day] == ids(server, day)


@pytest.mark.parametrize("seed", [3, *slow(0, 1, 2)])
@pytest.mark.parametrize("path", ["/list/cs.LG/new", "/list/cs.LG/pastweek"])
def test_a_list_in_the_layout_of_before_that_is_cut_is_not_called_whole(
    shelf: Shelf, server: ArxivServer, path: str, seed: int
) -> None:
    server.old, server.world = True, Preprints(seed)
    assert not fetch(shelf, server).failure
    server.go_to(date(2026, 11, 10))
    days = [day for day in server.world.published(server.now) if day >= WEDNESDAY]
    server.fail(path, "cut")
    server.fail("/catchup/", "unavailable")
    fetch(shelf, server)
    found = here(shelf, DAILY)
    for day in days:
        assert not found.is_whole(day) or found.days.get(day, set()) == ids(server, day), day
    server.faults.clear()
    fetch(shelf, server)
    found = here(shelf, DAILY)
    for day in days:
        assert found.is_whole(day) and found.days.get(day, set()) == ids(server, day), day
