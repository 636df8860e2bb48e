"""The command line beside the least that programs of its kind do; run by hand: pytest tests/benchmarks."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.corpus import corpus
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import compiled
from tests.benchmarks.stocked_home import PAPERS, MakeHome
from tests.support.http import Serving

ROOT = Path(__file__).parents[2]
_HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nAug 1\n\n"


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> float:
    """Return the milliseconds of a whole process of Python's."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], env={**os.environ, **compiled(environ)}, cwd=ROOT, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return (time.perf_counter() - begin) * 1_000


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


def write_page(path: Path, papers: int) -> list[tuple[str, str]]:
    """Write a captured search page of some papers; returns their titles and abstracts."""
    texts = [(paper.title, paper.abstract) for paper, _ in corpus(papers)]
    path.write_text(_HEAD + "\n\n".join(f"{title}\n\n{abstract}" for title, abstract in texts), encoding="utf-8")
    return texts


def bare_rows(path: Path, texts: Iterable[tuple[str, str]]) -> float:
    """Return the milliseconds of writing rows to a bare FTS5 table."""
    begin = time.perf_counter()
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = wal")
    connection.execute(
        "create virtual table paper using fts5(title, abstract, tokenize='unicode61 remove_diacritics 2')"
    )
    with connection:
        connection.executemany("insert into paper values (?, ?)", texts)
    connection.close()
    return (time.perf_counter() - begin) * 1_000


def test_importing(table: Table, tmp_path: Path) -> None:
    for papers in (1_000, 10_000, PAPERS):
        page = tmp_path / f"{papers}.txt"
        texts = write_page(page, papers)
        taken, bare = [], []
        for turn in range(3 if papers > 10_000 else 5):
            folder = tmp_path / f"{papers}-{turn}"
            bare.append(bare_rows(tmp_path / f"{papers}-{turn}.db", texts))
            taken.append(run(["-m", "readlist", "import", str(page)], {"READLIST_HOME": str(folder)}))
            if turn == 0 and papers == PAPERS:
                size, text = (folder / "library.db").stat().st_size / 1e6, sum(map(_bytes, texts)) / 1e6
                figure = Figure("size of the library", [size], [text], ratio=2.2, unit="MB", beside="the text itself")
            shutil.rmtree(folder)
            (tmp_path / f"{papers}-{turn}.db").unlink()
        if papers == PAPERS:
            name = f"import of a page of {papers:,} papers"
            table.add(Figure(name, taken, bare, ratio=1.6, beside="the rows into bare FTS5"))
            table.add(figure)
        table.grow("import of a page, ms a thousand papers", papers, median(taken) / papers * 1_000)


def _bytes(text: tuple[str, str]) -> int:
    return len("".join(text).encode())


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
