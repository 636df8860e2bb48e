"""What was gained and what is rising, of 100,000 papers of which 14 lists are counted again: pytest tests/benchmarks.

`READLIST_BENCHMARK_PAPERS` sets another number of papers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from readlist.library.library import Library
from readlist.model.paper import Announcement, Paper
from readlist.model.view import Sort
from readlist.query import parse
from tests.benchmarks.stopwatch import PAPERS, median, report

LIST, DAYS, READINGS = 40, 14, 5
TODAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = Library(tmp_path_factory.mktemp("counts") / "library.db")
    fill(library)
    yield library
    library.close()


def fill(library: Library) -> None:
    chance = random.Random(1)
    lists = PAPERS // LIST
    days = [TODAY - timedelta(days=lists - 1 - number) for number in range(lists)]
    for number, day in enumerate(days):
        count(library, number, day, day, chance, 100)
    library.visits.end(noon(TODAY - timedelta(days=2)))
    for seen in days[-READINGS:]:
        for number, day in list(enumerate(days))[-DAYS:]:
            if day <= seen:
                count(library, number, day, seen, chance, 200)
    library.count_log.clock = lambda: noon(TODAY)


def count(library: Library, number: int, day: date, seen: date, chance: random.Random, most: int) -> None:
    """Have the list of a day counted."""
    items = []
    for place in range(1, LIST + 1):
        arxiv = f"{1000 + number // 100}.{number % 100 * LIST + place:05}"
        paper = Paper(f"arxiv:{arxiv}", f"Paper {place} of list {number}", arxiv=arxiv)
        items.append((paper, Announcement("HF daily", day, place, chance.randrange(most), None, chance.randrange(999))))
    library.add("HF daily", items, day=day, seen=seen, now=noon(seen))


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@pytest.mark.parametrize("sort", ["upvotes", "gained", "rising"])
def test_orders(library: Library, sort: Sort) -> None:
    query = parse("")
    report(f"first 200 by {sort}", median(lambda: library.first_ids(query, sort, 200)))
    report(f"all by {sort}", median(lambda: library.ids(query, sort), 3))


@pytest.mark.parametrize("text", ["gained:>20", "gained:7d>20", "gained:stars>20"])
def test_queries(library: Library, text: str) -> None:
    query = parse(text, today=TODAY)
    report(f"count {text}", median(lambda: library.count(query)), note=f"{library.count(query):,} found")
    ids = library.first_ids(parse(""), "feed", 200)
    report(f"among 200: {text}", median(lambda: library.among(ids, query)))


def test_a_day_of_the_past_and_one_paper(library: Library) -> None:
    day, query = TODAY - timedelta(days=2), parse("")
    found = library.ids_as_of(day, query, "upvotes")
    report("all as of a day by upvotes", median(lambda: library.ids_as_of(day, query, "upvotes"), 3))
    report("counts of 200 as of a day", median(lambda: library.count_log.as_of(day, found[:200])))
    report("series of a paper", median(lambda: library.count_log.series(found[0]), 50))


def test_size(library: Library) -> None:
    with library.connections.reading() as connection:
        (rows,) = connection.execute("select count(*) from sighting").fetchone()
    print(f"{rows:,} sightings in {library.connections.path.stat().st_size / 1e6:.0f} MB")
