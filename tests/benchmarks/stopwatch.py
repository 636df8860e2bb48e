"""Milliseconds of some work, and a line that says them; how many papers there are."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

PAPERS = int(os.environ.get("READLIST_BENCHMARK_PAPERS", "100000"))


def median(work: Callable[[], object], times: int = 9) -> float:
    """Return the median time of some work in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1_000)
    return statistics.median(taken)


def report(name: str, ours: float, reference: float | None = None, note: str = "") -> None:
    """Print one line: our milliseconds, the reference's, the ratio."""
    beside = f"{reference:9.2f} ms {ours / reference:6.2f}×" if reference else " " * 20
    print(f"{name:<44}{ours:9.2f} ms {beside}  {note}")
