"""Nothing that arXiv announced is missing without being named, whichever days are fetched and whatever goes wrong."""

from __future__ import annotations

import multiprocessing
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from msgspec import Struct

from readlist.library.integrity import check
from readlist.model.feed import Feed
from readlist.model.view import View
from readlist.shelf import Shelf
from tests.reliability.list_reader import DAILY, SEARCH, Here, Ticking, be_patient, fetch_once, here, refresh, watched
from tests.support.arxiv_server import FAULTS, ArxivServer, FaultKind
from tests.support.depth import examples
from tests.support.papers import make_shelf
from tests.support.preprints import DAYS, START, Preprints

PARTS = (1, 4)
KILLS = (8, 24)
WEEK = 5
"""Lists that arXiv's page of the past week has."""

NEW = View("New", "is:new", "added")
PATHS = ("/list/cs.LG/new", "/list/cs.LG/pastweek", "/list/", "/rss/", "/api/query", "/")
Form = Literal["usual", "paged", "old"]
FORMS: tuple[Form, ...] = ("usual", "paged", "old")
"""How lists come: on one page, on pages of four entries, in the layout of before 2025."""

HOLIDAY = date(2026, 11, 11)

context = multiprocessing.get_context("forkserver")
preprints = cache(Preprints)


class Turn(Struct, frozen=True):
    """A fetch.

    Attributes:
        day: after the first, from 0.
        hour: UTC; lists appear at one.
        faults: what goes wrong.
        stop: the number of the request, from 0, at which it is stopped; None if it is not.
        visited: whether the user saw the papers before it.
    """

    day: int
    hour: int
    faults: tuple[tuple[str, FaultKind], ...] = ()
    stop: int | None = None
    visited: bool = False


@st.composite
def schedules(draw: st.DrawFn) -> list[Turn]:
    """Some days in order, each with a fetch, a few with two."""
    fault = st.tuples(st.sampled_from(PATHS), st.sampled_from(FAULTS))
    faults = st.one_of(st.just(()), st.lists(fault, min_size=1, max_size=3).map(tuple))
    stops = st.one_of(st.none(), st.none(), st.integers(0, 6))
    times = st.tuples(st.integers(0, DAYS - 1), st.sampled_from((0, 3, 9, 23)))
    return [
        Turn(*time, draw(faults), draw(stops), draw(st.booleans()))
        for time in sorted(draw(st.lists(times, min_size=1, max_size=7, unique=True)))
    ]


@contextmanager
def world(seed: int, holidays: frozenset[date] = frozenset()) -> Iterator[tuple[ArxivServer, Shelf, Path]]:
    """A server that plays arXiv, and a shelf that goes by the server's clock, with its folder."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ArxivServer(preprints(seed, holidays=holidays)) as server,
    ):
        shelf = make_shelf(Path(folder), Ticking(server.clock))
        try:
            yield server, shelf, Path(folder)
        finally:
            shelf.close()


def set_up(server: ArxivServer, shelf: Shelf, turn: Turn) -> None:
    server.go_to(START + timedelta(days=turn.day), turn.hour)
    server.faults.clear()
    for path, kind in turn.faults:
        server.fail(path, kind)
    if turn.visited:
        server.now += timedelta(minutes=1)
        shelf.papers.visits.end(server.now)
    be_patient(shelf)


def announced(server: ArxivServer, feed: Feed, day: date) -> set[str]:
    """What a feed is to have of a day: papers that are new or cross-listed in one of its categories."""
    categories = feed.query.removeprefix("daily:").split("+")
    return {each.id for category in categories for each in server.world.announced(category, day)}


def check_sound(server: ArxivServer, feed: Feed, found: Here) -> None:
    """Check what holds after every fetch, good or not: nothing twice, nothing wrong called whole, nothing revised."""
    assert len(found.ids) == len(set(found.ids)), "a paper is here twice"
    ever = {each for day in server.world.days for each in announced(server, feed, day)}
    assert set(found.ids) <= ever, "a paper came in that was never announced as new or cross-listed"
    for day in found.listed:
        if found.is_whole(day):
            assert found.days.get(day, set()) == announced(server, feed, day), f"{day} is said to be whole"


def check_named(server: ArxivServer, found: Here, last: date) -> None:
    """Check that every day, from the first that is here to the last, is whole, or named as not whole."""
    first = min(found.listed, default=date.max)
    for day in server.world.days:
        assert not first <= day <= last or day in found.listed, f"{day} is neither here nor named as missing"


def new_papers(shelf: Shelf) -> set[str]:
    return {entry.paper.arxiv for entry in shelf.papers.entries(list(shelf.papers.browse(NEW)))}


def finish(server: ArxivServer, shelf: Shelf, feed: Feed) -> None:
    """Fetch once more while all is well: what arXiv still lists must be here, with its day."""
    server.faults.clear()
    server.now += timedelta(hours=1)
    be_patient(shelf)
    outcome = refresh(shelf, server, feed)
    assert outcome and not outcome.failure, outcome
    found, lists = here(shelf, feed), server.world.published(server.now)
    check_sound(server, feed, found)
    check_named(server, found, lists[-1])
    for day in lists[-WEEK:]:
        assert day < min(found.listed, default=date.max) or found.is_whole(day), (
            f"{day} could be filled: {found.listed[day]}"
        )


def follow(seed: int, schedule: list[Turn], feed: Feed, form: Form) -> None:
    """Fetch a feed on some days; check after each that nothing is missing unnamed, and at last that nothing is."""
    with world(seed, frozenset({HOLIDAY})) as (server, shelf, _):
        server.old, server.page = form == "old", 4 if form == "paged" else server.page
        last: date | None = None
        for turn in schedule:
            set_up(server, shelf, turn)
            before = set(here(shelf, feed).ids)
            outcome = refresh(shelf, server, feed, turn.stop)
            note(f"{server.now:%a %d %b %H:%M} {turn}: {outcome}")
            found = here(shelf, feed)
            check_sound(server, feed, found)
            assert not turn.visited or new_papers(shelf) == set(found.ids) - before
            if outcome and not outcome.failure and not any(kind == "stale" for _, kind in turn.faults):
                # Of a list that arXiv itself is late with nothing can be known.
                last = server.world.published(server.now)[-1]
            if last:
                check_named(server, found, last)
        finish(server, shelf, feed)


def compare_a_month(seed: int, days: set[int]) -> None:
    """Fetch a category of the API on some days; a week later, papers that were held must be here, too."""
    with world(seed) as (server, shelf, _):
        for day in sorted(days):
            server.go_to(START + timedelta(days=day))
            outcome = refresh(shelf, server, SEARCH)
            assert outcome and not outcome.failure
        # A month is compared by id once a week.
        server.now += timedelta(days=8)
        outcome = refresh(shelf, server, SEARCH)
        assert outcome and not outcome.failure
        found = here(shelf, SEARCH).ids
        assert len(found) == len(set(found))
        first, known = START + timedelta(days=min(days)), (server.now - server.lag).date()
        for each in server.world.papers.values():
            if first <= each.versions[0].day <= known and "cs.LG" in each.categories_on(known):
                assert each.id in found, f"{each.id}, sent {each.sent:%d %b}, announced {each.versions[0].day}"


worlds = st.integers(0, 5)
feeds = st.sampled_from((DAILY, Feed("Two", "arxiv", "daily:cs.LG+stat.ML")))
forms = st.sampled_from(FORMS)
some_days = st.sets(st.integers(0, DAYS - 1), min_size=1, max_size=6)


@settings(max_examples=8, derandomize=True)
@given(worlds, schedules(), feeds, forms)
def test_after_a_few_days_of_fetching_nothing_announced_is_missing_unnamed(
    seed: int, schedule: list[Turn], feed: Feed, form: Form
) -> None:
    follow(seed, schedule, feed, form)


@pytest.mark.slow
@settings(max_examples=examples(60))
@given(worlds, schedules(), feeds, forms)
def test_after_any_days_of_fetching_nothing_announced_is_missing_unnamed(
    seed: int, schedule: list[Turn], feed: Feed, form: Form
) -> None:
    follow(seed, schedule, feed, form)


@settings(max_examples=2, derandomize=True)
@given(worlds, some_days)
def test_a_category_of_the_api_has_held_papers_too(seed: int, days: set[int]) -> None:
    compare_a_month(seed, days)


@pytest.mark.slow
@settings(max_examples=examples(12))
@given(worlds, some_days)
def test_a_category_of_the_api_has_held_papers_too_whichever_days_are_fetched(seed: int, days: set[int]) -> None:
    compare_a_month(seed, days)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_while_it_fetches_leaves_nothing_missing(
    monkeypatch: pytest.MonkeyPatch, part: int, thorough: bool
) -> None:
    # Each process would first run again what started this one, that is pytest.
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    context.set_forkserver_preload(["tests.reliability.list_reader"])
    chance = random.Random(f"lists {part}")
    killed = 0
    for life in range(KILLS[thorough]):
        with world(chance.randrange(6)) as (server, shelf, home):
            shelf.close()
            days = sorted(chance.sample(range(DAYS), k=chance.randint(2, 6)))
            for day in days:
                server.go_to(START + timedelta(days=day))
                reported, telling = context.Pipe(duplex=False)
                args = (home, server.sites, server.now, DAILY, telling)
                process = context.Process(target=fetch_once, args=args, daemon=True)
                # At a request, or some moments after it has begun.
                at = chance.choice((None, 0, 1, 2, 3))
                with watched(server, at, process.kill):
                    process.start()
                    telling.close()
                    assert reported.poll(60) and reported.recv() == "begun", life
                    process.join(chance.uniform(0, 0.3) if at is None else 20)
                    process.kill()
                    process.join()
                killed += process.exitcode != 0
                reported.close()
                opened = make_shelf(home, Ticking(server.clock))
                assert check(opened.library.connections) == []
                check_sound(server, DAILY, here(opened, DAILY))
                opened.close()
            opened = make_shelf(home, Ticking(server.clock))
            finish(server, opened, DAILY)
            opened.close()
    assert killed > KILLS[thorough]
    print(f"{killed} processes killed while they fetched, no paper missing")
