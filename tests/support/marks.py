"""A clock that ticks, disks that do not wait or that fail, and changes for the mark store."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from readlist.marks import Field, MarkChange
from readlist.marks.database import JournalStorage
from readlist.marks.disk.device import Disk
from readlist.marks.store import MarkStore

Open = Callable[..., MarkStore]
START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


class Clock:
    """A clock that goes on by one second each time it is looked at."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class QuickDisk(Disk):
    """A disk whose writes need not survive a power cut."""

    def sync(self, descriptor: int) -> None:
        pass


class BadDisk(QuickDisk):
    """A disk whose operations named in `broken` fail with `number`.

    With `room`, N bytes are written before the first write fails.
    """

    def __init__(self, *broken: str, number: int = errno.ENOSPC) -> None:
        self.broken = set(broken)
        self.number = number
        self.room = 0

    def _check(self, name: str) -> None:
        if name in self.broken:
            raise OSError(self.number, "No space left on device")

    def put(self, descriptor: int, data: bytes) -> None:
        if "put" in self.broken:
            super().put(descriptor, data[: self.room])
        self._check("put")
        super().put(descriptor, data)

    def sync(self, descriptor: int) -> None:
        self._check("sync")

    def cut(self, descriptor: int, size: int) -> None:
        self._check("cut")
        super().cut(descriptor, size)

    def replace(self, source: Path, target: Path) -> None:
        self._check("replace")
        super().replace(source, target)


def change(key: str, field: Field = "starred", value: datetime | str | None = START) -> MarkChange:
    return MarkChange(key, field, value, f"Title of {key}", (key,))


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a state, but for the lock."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(".lock")}


def compact(storage: JournalStorage) -> None:
    """Rewrite the state file and begin an empty journal, as a store does when it is closed."""
    storage.read()
    storage.compact_if_worth(lambda: False, closing=True)
