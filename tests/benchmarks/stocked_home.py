"""A user's folder with as many papers and marks as are wanted."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from readlist.marks import MarkChange
from readlist.marks.store import MarkStore
from tests.benchmarks.corpus import DAY, corpus
from tests.support.papers import make_shelf

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
_CHUNK = 10_000


def make_home(folder: Path, papers: int, marks: int) -> Path:
    """Return a folder with `papers` papers, of which the older ones are marked: read, each hundredth starred, too.

    With more than half of them marked, every other mark is a note's, so that an unread paper is left for each one read.
    """
    home = folder / f"{papers}-{marks}"
    if (home / "made").exists():
        return home
    home.mkdir(parents=True, exist_ok=True)
    shelf = make_shelf(home)
    library = shelf.library
    batch = []
    keys = []
    for item in corpus(papers):
        batch.append(item)
        keys.append(item[0].key)
        if len(batch) == _CHUNK:
            library.add("HF daily", batch, day=DAY)
            batch = []
    library.add("HF daily", batch, day=DAY)
    shelf.papers.end_visit()
    shelf.close()
    _mark(home, keys, marks)
    shelf = make_shelf(home)
    shelf.sync.catch_up()
    shelf.close()
    # No feed is asked when the screen opens.
    (home / "config.toml").write_text('feeds = []\nrefresh = "never"\n')
    (home / "made").touch()
    return home


def _mark(home: Path, keys: list[str], marks: int) -> None:
    store = MarkStore(home / "state.json")
    for start in range(0, marks, _CHUNK):
        changes = []
        for number in range(start, min(start + _CHUNK, marks)):
            key = keys[-1 - number]
            title = f"A paper with a title of usual length, {number}"
            noted = marks * 2 > len(keys) and number % 2
            changes.append(MarkChange(key, "note", "worth a second look", title, (key,)) if noted
                           else MarkChange(key, "read", NOON, title, (key,)))  # fmt: skip
            if number % 100 == 0:
                changes.append(MarkChange(key, "starred", NOON, title, (key,)))
        store.apply(changes, "fill").result()
    assert store.close(300) == ()


def multiply(home: Path, times: int) -> None:
    """Make a home's papers so many times as many, unread and on earlier days; the new ones are only found in lists.

    Added as a library adds them, a million papers would take ten minutes.
    """
    with closing(sqlite3.connect(home / "library.db", isolation_level=None)) as connection:
        connection.execute("pragma synchronous = off")
        connection.execute("pragma cache_size = -500000")
        columns = [row[1] for row in connection.execute("pragma table_info(paper)")]
        ((papers, days),) = connection.execute("select max(id), count(distinct day) from paper")
        changed = {
            "id": "id + ?1",
            "key": "key || '-' || ?1",
            "day": "date(day, ?2)",
            "published": "date(published, ?2)",
            **dict.fromkeys(("read", "starred", "noted"), "0"),
        }
        copied = ", ".join(changed.get(column, column) for column in columns)
        connection.execute("begin")
        for number in range(1, times):
            moved = number * papers, f"-{number * days} days"
            connection.execute(f"insert into paper select {copied} from paper where id <= {papers}", moved)
            # Without the abstract.
            details = "paper_id + ?1, title, summary, authors, arxiv, doi, links, summary, keywords, organization"
            connection.execute(f"insert into detail select {details} from detail where paper_id <= {papers}", moved[:1])
        connection.execute("commit")


def homes_folder(temporary: Path) -> Path:
    """Return where homes are kept: READLIST_BENCHMARK_HOMES from one run to the next, else a temporary folder."""
    return Path(os.environ.get("READLIST_BENCHMARK_HOMES") or temporary)


PAPERS = int(os.environ.get("READLIST_BENCHMARK_PAPERS", "100000"))


def sizes() -> list[tuple[int, int]]:
    """Return numbers of papers and marks, the last the one that counts."""
    return [(papers, papers // 5) for papers in (1_000, 10_000, PAPERS) if papers <= PAPERS]


MakeHome = Callable[[int, int], Path]
