"""The command line beside the least that programs of its kind do; run by hand: pytest tests/benchmarks."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from msgspec import Struct

from tests.benchmarks.corpus import corpus
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import compiled
from tests.benchmarks.stocked_home import PAPERS, MakeHome
from tests.support.http import Serving

ROOT = Path(__file__).parents[2]

_REFERENCE = ("-c", "import sqlite3, json, click")
_BESIDE = "import sqlite3, json, click"


class Run(Struct, frozen=True):
    """A process of Python's.

    Attributes:
        arguments: of Python; of several lines each is run in its turn, so that a mark changes something each time.
        environ: what is set for it.
    """

    arguments: Sequence[Sequence[str]]
    environ: Mapping[str, str] = {}

    def take(self, turn: int) -> tuple[float, float]:
        """Return the milliseconds of the whole process: on the clock, and of the processor."""
        begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, *self.arguments[turn % len(self.arguments)]],
            env={**os.environ, **compiled(self.environ)}, cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return wall * 1_000, used * 1_000


def by_turns(ours: Run, reference: Run, times: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return what both took, each time one after the other."""
    taken = [(ours.take(turn), reference.take(turn)) for turn in range(times + 1)]
    # The first one compiled its modules.
    return [one for one, _ in taken[1:]], [other for _, other in taken[1:]]


def compare(table: Table, name: str, ours: Run, reference: Run, ratio: float, beside: str, times: int = 25) -> None:
    """Put a command beside its reference into the table: its time, and that of the processor alone."""
    taken, bare = by_turns(ours, reference, times)
    for place, what in enumerate((name, f"{name}, processor")):
        values, others = [each[place] for each in taken], [each[place] for each in bare]
        table.add(Figure(what, values, others, ratio=ratio, beside=beside))


def readlist(*lines: Sequence[str], **environ: str) -> Run:
    """Return runs of readlist."""
    return Run([("-m", "readlist", *line) for line in lines], environ)


def test_commands(home: MakeHome, table: Table) -> None:
    place = str(home(PAPERS, PAPERS // 5))
    key = next(corpus(1))[0].key
    commands = {
        "`list is:starred --json`": (readlist(["list", "is:starred", "--json"], READLIST_HOME=place), 1.6),
        "`show KEY`": (readlist(["show", key], READLIST_HOME=place), 1.6),
        "`--help`": (readlist(["--help"], READLIST_HOME=place), 1.2),
        "completion at TAB": (
            readlist([], READLIST_HOME=place, _READLIST_COMPLETE="bash_complete", COMP_LINE="readlist list is:st"), 1.5,
        ),
    }  # fmt: skip
    for name, (ours, ratio) in commands.items():
        compare(table, name, ours, Run([_REFERENCE]), ratio, _BESIDE)


def test_marking(home: MakeHome, table: Table, tmp_path: Path) -> None:
    key = next(corpus(1))[0].key
    for papers in sorted({1_000, 10_000, PAPERS}):
        folder = tmp_path / str(papers)
        shutil.copytree(home(papers, papers // 5), folder)
        ours = readlist(["mark", key, "--star"], ["mark", key, "--unstar"], READLIST_HOME=str(folder))
        if papers == PAPERS:
            compare(table, "`mark KEY`", ours, Run([_REFERENCE]), 1.8, _BESIDE)
        taken, _ = by_turns(ours, Run([_REFERENCE]), 5)
        table.grow("`mark KEY`, ms", papers, median(wall for wall, _ in taken))
        shutil.rmtree(folder)


def test_how_listing_grows(home: MakeHome, table: Table) -> None:
    for papers in (1_000, 10_000, PAPERS):
        ours = readlist(["list", "is:starred", "--json"], READLIST_HOME=str(home(papers, papers // 5)))
        taken, _ = by_turns(ours, Run([_REFERENCE]), 5)
        table.grow("`list is:starred --json`, ms", papers, median(wall for wall, _ in taken))


def test_fetching(home: MakeHome, table: Table, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    shutil.copytree(home(PAPERS, PAPERS // 5), folder)
    with Serving() as serving:
        page = [
            {"paper": {"id": paper.arxiv, "title": paper.title, "summary": paper.abstract, "upvotes": 3,
                       "publishedAt": "2026-08-01T00:00:00.000Z", "submittedOnDailyAt": "2026-08-01T00:00:00.000Z"}}
            for paper, _ in corpus(50)
        ]  # fmt: skip
        serving.json("/api/daily_papers", page)
        (folder / "config.toml").write_text('[[feeds]]\nname = "HF"\nkind = "huggingface"\nquery = "trending"\n')
        environ = {"READLIST_HOME": str(folder), "HF_ENDPOINT": serving.url, "NO_PROXY": "127.0.0.1"}
        exchange = f"import httpx2, json; json.loads(httpx2.get({serving.url + '/api/daily_papers'!r}).content)"
        ours = Run([("-m", "readlist", "fetch")], environ)
        compare(
            table,
            "`fetch` with nothing new",
            ours,
            Run([("-c", exchange)], environ),
            1.3,
            "the HTTP exchange alone",
            15,
        )
        assert json.loads(json.dumps(page)) and len(serving.requests) >= 30
