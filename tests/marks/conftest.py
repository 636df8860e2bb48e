"""What the tests of the marks share: a clock that ticks, a disk that does not wait or that fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.marks.store import MarkStore
from tests.support.marks import Clock, Open, QuickDisk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "state.json"


@pytest.fixture
def open_store(path: Path) -> Iterator[Open]:
    """Opens stores on one state, and closes what a test left open."""
    opened: list[MarkStore] = []

    def make(**options: object) -> MarkStore:
        settings: dict[str, object] = {"clock": Clock(), "disk": QuickDisk()}
        store = MarkStore(path, **{**settings, **options})  # type: ignore[arg-type]
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close(5)
