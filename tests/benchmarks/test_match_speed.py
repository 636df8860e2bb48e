"""What it takes to learn from stars and to score 100,000 papers; run by hand: pytest tests/benchmarks.

Times are those of the processor for the thread that works. `READLIST_BENCHMARK_PAPERS` sets another number of papers.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from readlist.library.library import Library
from readlist.library.scores import expression
from readlist.match.features import bare, kind_of
from readlist.model.mark import Mark
from readlist.model.view import Sort
from readlist.query import parse
from readlist.shelf.hindsight import Hindsight, hindsight
from readlist.shelf.match_shelf import MatchShelf
from readlist.shelf.similar_shelf import SimilarShelf
from tests.benchmarks.corpus import DAY, Item
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.topical_corpus import topical_corpus
from tests.support.terminal import ROOT

PAPERS = int(os.environ.get("READLIST_BENCHMARK_PAPERS", "100000"))
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
INTERESTS = (50, 51, 90)
STARS = 150
TIMES = 7
_MEMORY = """
import sys
from pathlib import Path
from readlist.library.connections import set_meta
from readlist.library.library import Library
from readlist.query import parse

def resident():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024

library = Library(Path(sys.argv[1]))
library.ids(parse(""), "feed")
library.papers(range(1, 200))
with library.connections.writing() as connection:
    set_meta(connection, "match", "")
before = resident()
from readlist.shelf.match_shelf import MatchShelf
match = MatchShelf(library)
match.learn()
print(resident() - before)
match.score()
match.reliability()
print(resident() - before)
"""


def cost(work: Callable[[], object]) -> float:
    """Return the processor's milliseconds for some work."""
    start = time.thread_time()
    work()
    return (time.thread_time() - start) * 1_000


def find(library: Library, query: str, sort: Sort, most: int | None) -> Sequence[int]:
    return library.ids(parse(query), sort) if most is None else library.first_ids(parse(query), sort, most)


class Watcher:
    """A thread that looks for how long it does not get its turn while another one works.

    What either of them waits for a processor is not counted: that is the machine's doing.
    """

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._stopped = threading.Event()
        self._worker = threading.get_native_id()

    def _watch(self) -> None:
        own = threading.get_native_id()
        while not self._stopped.is_set():
            waited, start = self._waited(own), time.perf_counter()
            time.sleep(0.001)
            passed = (time.perf_counter() - start) * 1_000 - 1
            self.gaps.append(max(0.0, passed - (self._waited(own) - waited)))

    def _waited(self, own: int) -> float:
        files = (Path(f"/proc/self/task/{thread}/schedstat") for thread in (own, self._worker))
        return sum(int(file.read_text().split()[1]) / 1e6 for file in files)

    def __enter__(self) -> Watcher:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """All papers, 150 of three topics starred, the first twentieth read."""
    library = Library(tmp_path_factory.mktemp("match") / "library.db")
    batch: list[Item] = []
    keys: list[str] = []
    mine: list[str] = []
    for topic, item in topical_corpus(PAPERS):
        batch.append(item)
        keys.append(item[0].key)
        if topic in INTERESTS:
            mine.append(item[0].key)
        if len(batch) == 1_000:
            library.add("HF daily", batch, day=DAY)
            batch = []
    library.add("HF daily", batch, day=DAY)
    marks = {key: Mark(read=NOON - timedelta(minutes=place)) for place, key in enumerate(keys[: PAPERS // 20])}
    stars = random.Random(4).sample(mine, min(STARS, len(mine) // 2))
    marks.update((key, Mark(read=NOON, starred=NOON - timedelta(hours=place))) for place, key in enumerate(stars))
    library.mirror.write(list(marks.items()))
    yield library
    library.close()


def test_learning_and_scoring_all(library: Library, table: Table) -> None:
    before = library.connections.path.stat().st_size
    sums = (
        "with term (weight, expression) as materialized (select value ->> 0, value ->> 1 from json_each(?)) "
        "select count(*) from (select s.rowid, sum(t.weight) from term t cross join search s "
        "where s.search match t.expression group by s.rowid)"
    )
    ours: list[float] = []
    alone: list[float] = []
    gaps: list[float] = []
    for turn in range(3):
        match = MatchShelf(library)
        with library.connections.writing() as connection:
            connection.execute("delete from meta where name = 'match'")
        with Watcher() as watcher:
            ours.append(cost(match.learn) + cost(match.score))
        gaps.append(max(watcher.gaps))
        learned = match._present().model.weights
        weights = json.dumps([(weight, expression(kind_of(term), bare(term))) for term, weight in learned.items()])
        with library.connections.reading() as connection:
            alone.append(cost(partial(connection.execute, sums, (weights,))))
        assert turn or library.scores.state().last == PAPERS
    table.add(Figure(f"learn from {STARS} stars, score all", ours, alone, most=1_000, beside="the sums alone, in SQL"))
    table.add(Figure("longest time that another thread waits meanwhile", gaps, worst=10))
    grown = library.connections.path.stat().st_size / before
    table.add(Figure("the library with scores of all", [grown * 100], most=105, unit="%"))


def test_after_a_star(library: Library, table: Table) -> None:
    match = MatchShelf(library)
    match.learn()
    match.score()
    rows = library.papers(library.first_ids(parse(""), "feed", 40))
    learned, shown = [], []
    for turn, number in enumerate(library.first_ids(parse("is:unread"), "match", TIMES)):
        (entry,) = library.papers([number])
        library.mirror.write([(entry.paper.key, Mark(starred=NOON + timedelta(minutes=turn)))])
        learned.append(cost(match.learn))
        shown.append(cost(partial(match.of, rows)))
        assert len(match.of(rows)) == len(rows)
    table.add(Figure("after a star: learn", learned, most=50))
    table.add(Figure("after a star: 40 rows by what was learned", shown, most=10))
    table.add(Figure("how far it can be relied on", [cost(match.reliability)]))
    table.add(Figure("why: one paper", [cost(partial(match.because, row)) for row in rows[:9]]))


def test_similar_papers(library: Library, table: Table) -> None:
    similar = SimilarShelf(library)
    first, *rest = library.papers(range(1, PAPERS, PAPERS // 20))
    table.add(Figure("papers like one, the first time", [cost(partial(similar.nearest, first))], most=500))
    table.add(Figure("papers like one", [cost(partial(similar.nearest, entry)) for entry in rest], most=250))


def test_judging_the_past(library: Library, table: Table) -> None:
    judged: list[Hindsight] = []
    took = cost(lambda: judged.append(hindsight(library)))
    table.add(Figure(f"judge the last {judged[0].stars} stars", [took]))


def test_memory(library: Library, table: Table) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(library.connections.path)], cwd=ROOT, capture_output=True, check=True
    )
    learned, scored = map(float, done.stdout.split())
    table.add(Figure("memory for what was learned", [learned], most=5, unit="MB"))
    table.add(Figure("memory once all were scored", [scored], most=5, unit="MB"))


@pytest.mark.parametrize("query", ["", "is:unread"])
def test_the_order(library: Library, table: Table, query: str) -> None:
    match = MatchShelf(library)
    match.learn()
    match.score()
    for name, most, ratio in (("first 200", 200, None), ("all", None, 3.0)):
        times: dict[Sort, list[float]] = {"match": [], "upvotes": []}
        for _ in range(TIMES):
            for sort, taken in times.items():
                taken.append(cost(partial(find, library, query, sort, most)))
        name = f"{name} of {query or 'all papers'} by match"
        table.add(Figure(name, times["match"], times["upvotes"], ratio, beside="by upvotes"))
