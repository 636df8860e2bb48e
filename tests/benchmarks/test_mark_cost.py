"""The cost of one durable mark, however many there are, beside TinyDB's own storage in the same run."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from tinydb import TinyDB
from tinydb.storages import JSONStorage
from tinydb.table import Table

from readlist.marks import MarkChange
from readlist.marks.store import MarkStore

SIZES = (100, 10_000, 100_000)
FLAT, CHEAPER = 2.0, 100.0
ROUNDS = 300


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
    """Return an opened store with some marked papers, its journal empty."""
    store = MarkStore(path)
    now = datetime.now(UTC)
    for start in range(0, size, 10_000):
        changes = [
            MarkChange(
                key_of(number), "read", now, f"A paper with a title of usual length, {number}", (key_of(number),)
            )
            for number in range(start, min(start + 10_000, size))
        ]
        store.apply(changes, "fill").result()
    assert store.close(120) == ()
    store = MarkStore(path)
    assert len(store.all()) == size
    return store


def timed(act: Callable[[int], object], number: int) -> float:
    """Return the time of a call, in milliseconds."""
    begin = perf_counter()
    act(number)
    return (perf_counter() - begin) * 1e3


def costs(paths: dict[int, Path]) -> dict[int, float]:
    """Return the median cost of a mark in states of several sizes, taken in turn so that all meet the same disk."""
    stores = {size: filled(path, size) for size, path in paths.items()}
    found: dict[int, list[float]] = {size: [] for size in stores}

    def mark(size: int, number: int) -> None:
        key = key_of(number * 7919 % size)
        stores[size].apply([MarkChange(key, "starred", datetime.now(UTC))], "star").result()

    for number in range(ROUNDS):
        for size in stores:
            found[size].append(timed(partial(mark, size), number))
    for store in stores.values():
        assert store.close(120) == ()
    return {size: median(samples) for size, samples in found.items()}


def stock_cost(path: Path, size: int) -> float:
    """Return the median cost of a mark in TinyDB's own storage, with the very same documents."""
    with StockDatabase(path, encoding="utf-8") as database:
        database.drop_table("history")
        table = database.table("marks")

        def mark(number: int) -> None:
            value = datetime.now(UTC).isoformat()
            table.update({"starred": {"value": value, "changed": value, "device": "x"}}, doc_ids=[key_of(number)])

        return median(timed(mark, number) for number in range(5 if size > 50_000 else 20))


def sync_cost(path: Path) -> float:
    """The floor of all durable writing: one line appended and synced."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def append(_: int) -> None:
        os.write(descriptor, b"x" * 400)
        os.fsync(descriptor)

    try:
        return median(timed(append, number) for number in range(ROUNDS))
    finally:
        os.close(descriptor)


def test_a_mark_costs_the_same_however_many_there_are(tmp_path: Path) -> None:
    print(f"\none line appended and synced: {sync_cost(tmp_path / 'floor'):.2f} ms")
    paths = {size: tmp_path / str(size) / "state.json" for size in SIZES}
    ours = costs(paths)
    ratios = {}
    print(f"{'marks':>8} {'readlist':>12} {'stock TinyDB':>14} {'ratio':>8}   (medians, durable)")
    for size in SIZES:
        stock = stock_cost(paths[size], size)
        ratios[size] = stock / ours[size]
        print(f"{size:>8,} {ours[size]:>9.2f} ms {stock:>11.2f} ms {ratios[size]:>7.0f}×")
    print(f"dearest to cheapest: {max(ours.values()) / min(ours.values()):.2f}")
    assert max(ours.values()) <= FLAT * min(ours.values())
    assert ratios[SIZES[-1]] >= CHEAPER
