"""A refresh that brings nothing new, beside the same requests by a bare HTTP client, on servers on 127.0.0.1.

Run by hand: pytest tests/benchmarks/test_refresh_nothing_new.py. readlist leaves three seconds between two requests to
arXiv; here it leaves none, and how long it would wait is a line of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest

from readlist.model.feed import Feed
from readlist.services.refresh import Refresh
from readlist.shelf import FetchOutcome, Shelf
from readlist.sources.http.endpoints import Limits
from tests.benchmarks.figure import Figure, Table
from tests.support.arxiv_server import ArxivServer
from tests.support.feeds import record
from tests.support.http import QUICK, Request
from tests.support.papers import make_shelf
from tests.support.preprints import Preprints

TURNS = 15
THURSDAY = date(2026, 11, 5)
HUGGING_FACE = (Feed("HF daily", "huggingface", "daily"), Feed("HF trending", "huggingface", "trending"))
LISTS = tuple(Feed(f"arXiv {name}", "arxiv", f"daily:{name}") for name in ("cs.LG", "cs.CL", "stat.ML"))
SEARCHES = tuple(Feed(f"arXiv {name}", "arxiv", name) for name in ("cs.LG", "cs.CL", "stat.ML"))


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    """About a hundred new papers a day in each category, as many as machine learning had in 2025."""
    with ArxivServer(Preprints(size=100)) as serving:
        serving.go_to(THURSDAY)
        papers = [record(number, f"{THURSDAY}") for number in range(100)]
        serving.serving.json("/api/daily_papers", papers)
        yield serving


@pytest.fixture
def shelf(tmp_path: Path, server: ArxivServer) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, server.clock)
    yield made
    made.close()


def refreshed(shelf: Shelf, server: ArxivServer, feeds: Sequence[Feed]) -> float:
    """Refresh once; return the milliseconds."""
    begin = time.perf_counter()
    outcomes = [
        each
        for each in Refresh(shelf, server.sites, QUICK, clock=server.clock).run(feeds)
        if isinstance(each, FetchOutcome)
    ]
    taken = (time.perf_counter() - begin) * 1_000
    assert len(outcomes) >= len(feeds) and not any(each.failure for each in outcomes), outcomes
    return taken


def bare(server: ArxivServer, requests: Sequence[Request]) -> float:
    """Send the same requests one after the other on one client; return the milliseconds."""
    kept = ("accept", "accept-encoding", "if-none-match", "if-modified-since")
    begin = time.perf_counter()
    with httpx2.Client() as client:
        for request in requests:
            headers = {name: value for name, value in request.headers.items() if name in kept}
            client.get(server.url + request.path, headers=headers).read()
    return (time.perf_counter() - begin) * 1_000


@pytest.mark.parametrize(
    ("name", "feeds"),
    [("daily lists", HUGGING_FACE + LISTS), ("searches", HUGGING_FACE + SEARCHES)],
    ids=["lists", "searches"],
)
def test_nothing_new(table: Table, shelf: Shelf, server: ArxivServer, name: str, feeds: tuple[Feed, ...]) -> None:
    """Two feeds of Hugging Face and three categories of arXiv, once all of their papers are here."""
    refreshed(shelf, server, feeds)
    # What a first fetch leaves for the next one, it may do now.
    server.now += timedelta(minutes=5)
    refreshed(shelf, server, feeds)
    ours, reference = [], []
    for _ in range(TURNS):
        server.now += timedelta(minutes=5)
        first = len(server.requests)
        ours.append(refreshed(shelf, server, feeds))
        asked, sizes = server.requests[first:], server.serving.sizes[first:]
        reference.append(bare(server, asked))
    title = f"refresh with nothing new, two Hugging Face feeds and three {name} of arXiv"
    table.add(Figure(title, ours, reference, beside="the same requests, bare httpx2"))
    to_arxiv = [request for request in asked if not request.path.startswith("/api/daily_papers")]
    kinds = Counter(request.path.partition("?")[0] for request in asked)
    paths = ", ".join(f"{path} × {number}" for path, number in sorted(kinds.items()))
    table.lines.append(
        f"{title}: {len(asked)} requests ({paths}), {sum(sizes) / 1e3:,.0f} KB of bodies, "
        f"{sum(not size for size in sizes)} answered 304; with arXiv's pace "
        f"{max(len(to_arxiv) - 1, 0) * Limits().arxiv_interval:g} s of waiting"
    )
