"""Garbage: collected in portions, and only frozen while what is shown stays."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

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
