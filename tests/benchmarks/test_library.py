"""The library with 100,000 papers beside bare SQLite doing the same; run by hand: pytest tests/benchmarks.

`READLIST_BENCHMARK_PAPERS` sets another number of papers.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from readlist.library.library import Library
from readlist.library.repair import check
from readlist.model.mark import Mark
from readlist.model.paper import Paper, identifiers_of
from readlist.model.view import SORTS
from readlist.query import parse
from tests.benchmarks.bare_library import Bare
from tests.benchmarks.corpus import DAY, WORDS, Item, corpus
from tests.benchmarks.figure import Table
from tests.benchmarks.meter import OURS, ROW, starting
from tests.benchmarks.stopwatch import PAPERS, median, report

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)


class TimedLock:
    """A lock that notes for how many milliseconds each holder has it."""

    def __init__(self) -> None:
        self.held: list[float] = []
        self._lock = threading.Lock()
        self._since = 0.0

    def acquire(self, timeout: float = -1) -> bool:
        taken = self._lock.acquire(timeout=timeout)
        self._since = time.perf_counter()
        return taken

    def release(self) -> None:
        self.held.append((time.perf_counter() - self._since) * 1_000)
        self._lock.release()

    __enter__ = acquire

    def __exit__(self, *_: object) -> None:
        self.release()


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return list(corpus(PAPERS))


@pytest.fixture(scope="module")
def stores(items: list[Item], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Bare]]:
    """All papers in both, written by turns; in the library all are marked read but each hundredth."""
    print(f"\n{PAPERS:,} papers, SQLite {sqlite3.sqlite_version}")
    path = tmp_path_factory.mktemp("stores") / "library.db"
    library, bare = Library(path), Bare(path.with_name("bare.db"))
    turn = TimedLock()
    library.connections._writing = turn  # type: ignore[assignment]
    ours = reference = 0.0
    for first in range(0, PAPERS, 2_000):
        start = time.perf_counter()
        bare.add(items[first : first + 2_000])
        middle = time.perf_counter()
        library.add("HF daily", items[first : first + 2_000], day=DAY)
        ours += time.perf_counter() - middle
        reference += middle - start
    held = sorted(turn.held)
    tail = f"median {statistics.median(held):.1f}, p95 {held[len(held) * 95 // 100]:.1f}, max {held[-1]:.1f} ms"
    report("add all", ours * 1_000, reference * 1_000, f"the writer is taken for {tail}")
    start = time.perf_counter()
    library.mirror.replace(((paper.key, Mark(read=NOON)) for n, (paper, _) in enumerate(items) if n % 100), "1")
    report("replace_marks: mark 99 of 100 read", (time.perf_counter() - start) * 1_000)
    library.close()
    bare.execute("pragma wal_checkpoint(truncate)")
    text = sum(len(f"{p.title}{p.abstract}{''.join(p.authors)}".encode()) for p, _ in items)
    size = path.stat().st_size
    print(f"file {size / 1e6:.0f} MB, text {text / 1e6:.0f} MB, ratio {size / text:.2f}")
    library = Library(path)
    yield library, bare
    library.close()
    bare.connection.close()


@pytest.fixture
def library(stores: tuple[Library, Bare]) -> Library:
    return stores[0]


@pytest.fixture
def bare(stores: tuple[Library, Bare]) -> Bare:
    return stores[1]


def test_opening(library: Library) -> None:
    def reference() -> None:
        connection = sqlite3.connect(library.connections.path)
        connection.execute(
            "select * from paper join detail on paper_id = id order by day desc, feed, position, id limit 40"
        ).fetchall()
        connection.close()

    report("open, first 40 papers, close", median(lambda: opened(library.connections.path)), median(reference))


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "is:unread", "is:starred", "has:code"])
def test_views(library: Library, text: str, sort: str) -> None:
    query = parse(text)
    found = len(library.ids(query, sort))  # type: ignore[arg-type]
    report(f"first_ids {text or 'all'} by {sort}", median(lambda: library.first_ids(query, sort, 200)))  # type: ignore[arg-type]
    report(f"ids {text or 'all'} by {sort}", median(lambda: library.ids(query, sort)), note=f"{found:,} found")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed", ["b", "bo", "bon", "bona", WORDS[0], WORDS[3000], f"{WORDS[5]} {WORDS[9][:2]}", "-bo"]
)
def test_a_typed_word(library: Library, bare: Bare, typed: str) -> None:
    query = parse(typed, typing=True)
    found = library.count(query)
    match = " ".join(f'"{word}"' for word in typed.split()) + " *"
    reference = median(lambda: bare.execute("select rowid from search where search match ?", (match,)).fetchall())
    report(f"typed “{typed}”: first_ids", median(lambda: library.first_ids(query, "feed", 200)), reference)
    report(f"typed “{typed}”: ids", median(lambda: library.ids(query, "feed")), reference, f"{found:,} found")
    report(f"typed “{typed}”: count", median(lambda: library.count(query)), reference)


def test_papers_and_counts(library: Library, bare: Bare) -> None:
    ids = list(library.ids(parse(""), "title"))[: 40 * 50 : 50]
    wanted = json.dumps(ids)
    reference = median(
        lambda: bare.execute("select * from paper where id in (select value from json_each(?))", (wanted,)).fetchall()
    )
    report("papers(40 ids)", median(lambda: library.papers(ids), 50), reference)
    report("counts", median(library.counts))
    report("feeds", median(library.feeds.all, 3))
    report("ids_of(200 keys)", median(lambda: library.ids_of(f"arxiv:1001.{n:05}" for n in range(200))))


def test_marks(library: Library, bare: Bare, items: list[Item]) -> None:
    bare.execute("create table mark (key text primary key, starred text) without rowid")
    dice = random.Random(3)
    keys = [paper.key for paper, _ in dice.sample(items, min(3_000, PAPERS))]

    def times(work: Callable[[str], object]) -> list[float]:
        taken = []
        for key in keys:
            start = time.perf_counter()
            work(key)
            taken.append((time.perf_counter() - start) * 1_000)
        return sorted(taken)

    reference = times(lambda key: bare.execute("insert or replace into mark values (?, ?)", (key, NOON.isoformat())))
    for name, mark in (
        ("star", Mark(read=NOON, starred=NOON)),
        ("unstar, pending", Mark(read=NOON, saved="pending")),
        ("note", Mark(read=NOON, note="worth a second look", noted=NOON)),
    ):
        taken = times(lambda key, mark=mark: library.mirror.write([(key, mark)]))  # type: ignore[misc]
        tail = f"p95 {taken[int(len(taken) * 0.95)]:.2f}, max {taken[-1]:.1f} ms"
        report(f"set_marks: {name}", statistics.median(taken), statistics.median(reference), tail)


def test_adding_to_a_full_library(library: Library, items: list[Item]) -> None:
    numbers = iter(range(1_000))

    def one() -> None:
        number = next(numbers)
        paper, announcement = items[number]
        title = f"{paper.title} again {number}"
        library.add("HF daily", [(Paper(identifiers_of(title)[0], title, paper.abstract), announcement)], day=DAY)

    report("add one new paper", median(one, 50))
    report("add 100 known papers, nothing new", median(lambda: library.add("HF daily", items[:100], day=DAY)))
    start = time.perf_counter()
    library.add("HF daily", items, day=DAY)
    report("add all again, nothing new", (time.perf_counter() - start) * 1_000)
    start = time.perf_counter()
    problems = check(library.connections)
    report("check", (time.perf_counter() - start) * 1_000, note=f"{problems}")


@pytest.mark.parametrize("papers", [1_000, 10_000, 100_000, 1_000_000])
def test_growing(papers: int, table: Table, tmp_path: Path) -> None:
    """Sizes beyond READLIST_BENCHMARK_LARGEST are left out; a million papers take ten minutes and 4 GB."""
    if papers > int(os.environ.get("READLIST_BENCHMARK_LARGEST", "1000000")):
        pytest.skip("larger than READLIST_BENCHMARK_LARGEST")
    library = Library(tmp_path / "library.db")
    made, start = iter(corpus(papers)), time.perf_counter()
    added = 0.0
    while batch := list(islice(made, 5_000)):
        start = time.perf_counter()
        library.add("HF daily", batch, day=DAY)
        added += time.perf_counter() - start
    library.close()
    library = Library(tmp_path / "library.db")
    rare, common = parse(WORDS[3000], typing=True), parse(WORDS[0][:2], typing=True)
    unread = parse("is:unread")
    last = batch or list(corpus(1))
    table.grow("library: adding a thousand papers, ms", papers, added / papers * 1e6)
    table.grow("library: opening and the first 40 papers, ms", papers, median(lambda: opened(library.connections.path)))
    table.grow("library: first 200 of a view, ms", papers, median(lambda: library.first_ids(unread, "feed", 200)))
    table.grow("library: all ids of a view, ms", papers, median(lambda: library.ids(unread, "feed"), 5))
    table.grow("library: a rare word, ms", papers, median(lambda: library.ids(rare, "feed")))
    table.grow(
        "library: first 200 of a common beginning, ms",
        papers,
        median(lambda: library.first_ids(common, "feed", 200), 5),
    )
    table.grow(
        "library: one mark, ms", papers, median(lambda: library.mirror.write([(last[0][0].key, Mark(read=NOON))]), 20)
    )
    library.close()
    if papers == 1_000_000:
        (tmp_path / "config.toml").write_text('feeds = []\nrefresh = "never"\n')
        table.grow("start → first rows, ms", papers, sorted(starting(OURS, ROW, tmp_path) for _ in range(5))[2])


def opened(path: Path) -> None:
    """Open a library, fetch what a screen shows, and close it."""
    library = Library(path)
    library.papers(library.first_ids(parse(""), "feed", 40))
    library.close()
