"""The cost of one durable mark, however many there are, beside TinyDB's own storage in the same run."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from tinydb import TinyDB
from tinydb.storages import JSONStorage
from tinydb.table import Table

from readlist.marks.change import Change
from readlist.marks.store import MarkStore

SIZES = (100, 10_000, 100_000)
FLAT, CHEAPER = 2.0, 100.0


class WordTable(Table):
    """TinyDB's own table, for document ids that are words."""

    document_id_class = str  # type: ignore[assignment]


class StockDatabase(TinyDB):
    """TinyDB as it comes, but for the document ids."""

    table_class = WordTable
    default_storage_class = JSONStorage


def key_of(number: int) -> str:
    return f"arxiv:{2000 + number // 10_000}.{number % 10_000:05d}"


def filled(path: Path, size: int) -> MarkStore:
    """Return an opened store with so many marked papers, its journal empty."""
    store = MarkStore(path)
    now = datetime.now(UTC)
    for start in range(0, size, 10_000):
        changes = [
            Change(key_of(number), "read", now, f"A paper with a title of usual length, {number}", (key_of(number),))
            for number in range(start, min(start + 10_000, size))
        ]
        store.apply(changes, "fill").result()
    assert store.close(120) == ()
    store = MarkStore(path)
    assert len(store.all()) == size
    return store


def times(act: Callable[[int], None], count: int) -> list[float]:
    """Return the times of so many calls, in milliseconds; a first one is not counted."""
    act(0)
    found = []
    for number in range(1, count + 1):
        begin = perf_counter()
        act(number)
        found.append((perf_counter() - begin) * 1e3)
    return found


def cost(path: Path, size: int) -> float:
    store = filled(path, size)
    keys = [key_of(number * 7919 % size) for number in range(401)]

    def mark(number: int) -> None:
        store.apply([Change(keys[number], "starred", datetime.now(UTC))], "star").result()

    found = median(times(mark, 400))
    assert store.close(120) == ()
    return found


def stock_cost(path: Path, size: int) -> float:
    # The state file is a TinyDB database: the very same documents.
    with StockDatabase(path, encoding="utf-8") as database:
        database.drop_table("history")
        table = database.table("marks")

        def mark(number: int) -> None:
            value = datetime.now(UTC).isoformat()
            table.update({"starred": {"value": value, "changed": value, "device": "x"}}, doc_ids=[key_of(number)])

        return median(times(mark, 5 if size > 50_000 else 20))


def sync_cost(path: Path) -> float:
    """The floor of all durable writing: one line appended and synced."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def append(number: int) -> None:
        os.write(descriptor, b"x" * 400)
        os.fsync(descriptor)

    try:
        return median(times(append, 200))
    finally:
        os.close(descriptor)


def test_a_mark_costs_the_same_however_many_there_are(tmp_path: Path) -> None:
    print(f"\none line appended and synced: {sync_cost(tmp_path / 'floor'):.2f} ms")
    print(f"{'marks':>8} {'readlist':>12} {'stock TinyDB':>14} {'ratio':>8}   (medians, durable)")
    ours, ratios = [], []
    for size in SIZES:
        path = tmp_path / str(size) / "state.json"
        ours.append(cost(path, size))
        stock = stock_cost(path, size)
        ratios.append(stock / ours[-1])
        print(f"{size:>8,} {ours[-1]:>9.2f} ms {stock:>11.2f} ms {ratios[-1]:>7.0f}×")
    print(f"dearest to cheapest: {max(ours) / min(ours):.2f}")
    assert max(ours) <= FLAT * min(ours)
    assert ratios[-1] >= CHEAPER
