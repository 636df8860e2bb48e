"""Garbage: collected in portions, only frozen while what is shown stays, and its memory returned."""

from __future__ import annotations

import asyncio
import gc
import platform
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.tui.garbage import GarbageCollector


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    gc.collect()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


class Circle:
    """Something that only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize("settled", [True, False])
async def test_what_is_left_in_circles_is_freed_and_what_stays_is_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch, settled: bool
) -> None:
    monkeypatch.setattr("readlist.tui.garbage._PAUSE", 0.01)
    for name in ("_ENOUGH", "_MANY"):
        monkeypatch.setattr(f"readlist.tui.garbage.{name}", 0)
    frozen = gc.get_freeze_count()
    gone, stays = weakref.ref(Circle()), Circle()
    # Python's own collections would free it, too.
    gc.disable()
    try:
        GarbageCollector(lambda: settled).begin()
        while gone() is not None:
            await asyncio.sleep(0.01)
    finally:
        gc.enable()
    assert gc.get_threshold()[2] > 10_000 and stays.itself is stays
    assert (gc.get_freeze_count() > frozen) is settled


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others have no malloc_trim")
async def test_what_was_freed_goes_back_to_the_system_once_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readlist.tui.garbage._PAUSE", 0.01)
    # Too large for Python's own pools; the last one keeps those below it in the heap.
    pieces = [bytes(2_000) for _ in range(20_000)]
    del pieces[:-1]
    held, end = resident(), time.monotonic() + 60
    GarbageCollector(lambda: True).begin()
    while resident() > held - 20:
        assert time.monotonic() < end, (held, resident())
        await asyncio.sleep(0.01)
    assert len(pieces) == 1


def resident() -> float:
    """Return this process's resident memory in MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@pytest.mark.parametrize("settled", [True, False])
async def test_what_work_makes_is_kept_without_a_look(monkeypatch: pytest.MonkeyPatch, settled: bool) -> None:
    monkeypatch.setattr("readlist.tui.garbage._PAUSE", 0.01)
    for name, number in (("_ENOUGH", 1_000), ("_MANY", 1_000), ("_WORK", 0)):
        monkeypatch.setattr(f"readlist.tui.garbage.{name}", number)
    gc.disable()
    try:
        circle = Circle()
        gc.collect()
        young, old = weakref.ref(Circle()), weakref.ref(circle)
        del circle
        frozen = gc.get_freeze_count()
        GarbageCollector(lambda: settled).begin()
        while young() is not None or gc.get_freeze_count() == frozen:
            await asyncio.sleep(0.01)
    finally:
        gc.enable()
    assert old() is not None
