"""A disk that loses power: what is certain to be on it, and what may or may not have reached it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.reliability.event import (
    Cut,
    DataEvent,
    Event,
    FolderMade,
    FolderSynced,
    Harmed,
    NameEvent,
    Removed,
    Renamed,
    Synced,
    Wrote,
)

SECTOR = 512
FOLDER = 0
"""Stands for a folder among the files that names lead to."""

Content = dict[str, bytes | None]
"""What a disk holds: names and the content of the files; None for a folder."""


@dataclass(slots=True)
class _File:
    sure: bytes = b""
    pending: list[DataEvent] = field(default_factory=list)


def _after(content: bytes, changes: Sequence[DataEvent]) -> bytes:
    if not changes:
        return content
    changed = bytearray(content)
    for change in changes:
        size = change.size if isinstance(change, Cut) else change.at
        if len(changed) < size:
            changed += bytes(size - len(changed))
        if isinstance(change, Cut):
            del changed[size:]
        else:
            changed[size : size + len(change.data)] = change.data
    return bytes(changed)


def _do(names: dict[str, int], change: NameEvent) -> None:
    if isinstance(change, Removed):
        names.pop(change.name, None)
    elif isinstance(change, FolderMade):
        names[change.name] = FOLDER
    else:
        names[change.name] = change.file
        if isinstance(change, Renamed) and names.get(change.source) == change.file:
            del names[change.source]


class Medium:
    """Files, and names that lead to them, each with what is certain and what is not synced yet.

    Syncing a file makes its content certain, syncing a folder the names in it; nothing else does. Until then each
    change may have reached the disk or not, in any order, and data in parts. A renaming happens whole or not at all.

    Args:
        folder: what is on the disk at the beginning.
    """

    def __init__(self, folder: Path) -> None:
        self._files: dict[int, _File] = {}
        self._names: dict[str, int] = {}
        self._pending: list[NameEvent] = []
        self._last: Event | None = None
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_dir():
                self._names[name] = FOLDER
            else:
                # As the recorder counts.
                self._names[name] = len(self._files) + 1
                self._files[len(self._files) + 1] = _File(path.read_bytes())

    def take(self, event: Event) -> None:
        """Let an event happen."""
        self._last = event
        if isinstance(event, Wrote | Cut):
            self._file(event.file).pending.append(event)
        elif isinstance(event, Synced):
            file = self._file(event.file)
            file.sure, file.pending = _after(file.sure, file.pending), []
        elif isinstance(event, Harmed):
            file = self._file(event.file)
            file.sure = _after(file.sure, [Wrote(event.file, event.at, event.data)])
        elif isinstance(event, FolderSynced):
            for change in self._pending:
                if (os.path.dirname(change.name) or ".") == event.name:  # noqa: PTH120
                    _do(self._names, change)
            self._pending = [
                change
                for change in self._pending
                if (os.path.dirname(change.name) or ".") != event.name  # noqa: PTH120
            ]
        elif isinstance(event, NameEvent):
            self._pending.append(event)

    def _file(self, number: int) -> _File:
        return self._files.setdefault(number, _File())

    def whole(self) -> Content:
        """Return what the disk holds if everything reached it."""
        return self._content(self._pending, self._full())

    def content_of(self, file: int) -> bytes:
        """Return a file's content if everything reached the disk."""
        return _after(self._file(file).sure, self._file(file).pending)

    def _content(self, changes: Sequence[NameEvent], data: dict[int, bytes]) -> Content:
        names = dict(self._names)
        for change in changes:
            _do(names, change)
        found: Content = {name: None if file == FOLDER else data.get(file, b"") for name, file in names.items()}
        return {
            name: content
            for name, content in found.items()
            if (parent := os.path.dirname(name)) == "" or parent in found  # noqa: PTH120
        }

    def _full(self) -> dict[int, bytes]:
        return {number: _after(file.sure, file.pending) for number, file in self._files.items()}

    def _sure(self) -> dict[int, bytes]:
        return {number: file.sure for number, file in self._files.items()}

    def _blank(self) -> dict[int, bytes]:
        """Every file with its latest length, but what is not certain filled with NULs."""
        return {
            number: file.sure[: len(full)].ljust(len(full), b"\0")
            for number, file in self._files.items()
            for full in [_after(file.sure, file.pending)]
        }

    def ordered(self) -> Iterator[Content]:
        """Yield what the disk may hold if changes reach it in order, or not before they are synced."""
        for data in (self._full(), self._sure(), self._blank()):
            yield self._content(self._pending, data)
            if self._pending:
                yield self._content((), data)

    def torn(self, most: int) -> Iterator[Content]:
        """Yield what the disk may hold if the latest write reached it in part: the rest missing, or NULs.

        Args:
            most: at how many places to tear it: within the head of a line, near its ends, and between sectors.
        """
        last = self._last
        if not isinstance(last, Wrote):
            return
        size = len(last.data)
        sectors = range(-last.at % SECTOR, size, SECTOR)
        places = [1, size - 1, 17, *sectors[:: len(sectors) * 2 // most + 1], size // 2, size - 2, 8, 18, 19]
        full, file = self._full(), self._file(last.file)
        for cut in [cut for cut in dict.fromkeys(places) if 0 < cut < size][:most]:
            start = _after(file.sure, [*file.pending[:-1], Wrote(last.file, last.at, last.data[:cut])])
            for content in (start, start.ljust(len(full[last.file]), b"\0")):
                yield self._content(self._pending, {**full, last.file: content})

    def shuffled(self, chance: random.Random) -> Content:
        """Return what the disk may hold if any of the changes that are not synced reached it, data in sectors."""
        changes = [change for change in self._pending if chance.random() < 0.5]
        data = {number: _scattered(file, chance) if file.pending else file.sure for number, file in self._files.items()}
        return self._content(changes, data)

    @property
    def is_uncertain(self) -> bool:
        """Whether anything is not synced."""
        return bool(self._pending) or any(file.pending for file in self._files.values())


def _scattered(file: _File, chance: random.Random) -> bytes:
    """Return a file some of whose sectors are as they were, and which may be shorter than it was to be."""
    full = _after(file.sure, file.pending)
    size = chance.choice([len(file.sure), len(full), chance.randint(min(len(file.sure), len(full)), len(full))])
    content = bytearray(file.sure[:size].ljust(size, b"\0"))
    for start in range(0, size, SECTOR):
        if chance.random() < 0.5:
            content[start : start + SECTOR] = full[start : min(start + SECTOR, size)]
    return bytes(content)


def put(content: Content, folder: Path) -> None:
    """Write what a disk holds into a folder that is not there yet."""
    folder.mkdir()
    for name, data in sorted(content.items()):
        if data is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(data)
