"""The command line beside the least that programs of its kind do; run by hand: pytest tests/benchmarks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.corpus import corpus
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import run
from tests.benchmarks.stocked_home import PAPERS, MakeHome
from tests.support.http import Serving

ROOT = Path(__file__).parents[2]


def by_turns(
    ours: Sequence[str], reference: Sequence[str], environ: Mapping[str, str], times: int
) -> tuple[list[float], list[float]]:
    run(ours, environ)
    run(reference, environ)
    taken = [(run(ours, environ), run(reference, environ)) for _ in range(times)]
    return [one for one, _ in taken], [other for _, other in taken]


def test_listing(home: MakeHome, table: Table) -> None:
    ours = ["-m", "readlist", "list", "is:starred", "--json"]
    reference = ["-c", "import sqlite3, json, click"]
    environ = {"READLIST_HOME": str(home(PAPERS, PAPERS // 5))}
    taken, bare = by_turns(ours, reference, environ, 25)
    table.add(Figure("`list is:starred --json`", taken, bare, ratio=2, beside="import sqlite3, json, click"))
    for papers in (1_000, 10_000, PAPERS):
        environ = {"READLIST_HOME": str(home(papers, papers // 5))}
        table.grow("`list is:starred --json`, ms", papers, median(by_turns(ours, reference, environ, 5)[0]))


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
        taken, bare = by_turns(["-m", "readlist", "fetch"], ["-c", exchange], environ, 15)
        assert json.loads(json.dumps(page)) and len(serving.requests) >= 30
    table.add(Figure("`fetch` with nothing new", taken, bare, ratio=1.5, beside="the HTTP exchange alone"))
