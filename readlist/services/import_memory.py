"""Files whose import would change nothing, known by their content: they are hashed instead of parsed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from readlist import __version__
from readlist.files import open_regular
from readlist.shelf import EXPECTED, Added, Shelf
from readlist.sources.batch import Batch, Skip
from readlist.sources.reader import SIZE_LIMIT, STDIN, Input

if TYPE_CHECKING:
    from pathlib import Path

_WORTHWHILE = 256 * 1024
"""Bytes from which a file is worth it: a smaller one is parsed in a tenth of a second."""


class RememberedFile(Struct, frozen=True):
    """What an import of a file finds when nothing in it is new.

    Attributes:
        kind: what the file was recognised as; likewise `day` and `skipped`: see `Batch`.
        papers: how many papers it has.
        removed: how many of them were removed.
        today: the only day on which that holds, since its dates or counts depend on it; None for any.
    """

    kind: str
    day: date | None
    papers: int
    removed: int
    today: date | None
    skipped: tuple[Skip, ...]

    def batch(self, found: Input) -> Batch:
        """Return the batch of the file without its papers."""
        origin = found.name if found.path else STDIN
        return Batch(origin, self.kind, day=self.day, skipped=self.skipped, path=found.given)


class ImportMemory:
    """What is remembered of one file.

    An import is skipped only where it would change nothing for sure: the same bytes were imported under the same path
    by the same version, each paper was known and changed nothing or was new under identifiers of its own, and no paper
    in the library has changed since. Files with stars, notes or feeds are always read.
    """

    def __init__(self, shelf: Shelf, found: Input, day: date | None, today: date) -> None:
        """Hash the file, if it is worth it."""
        self._imports, self._path, self._today = shelf.papers.imports, found.path, today
        self._status = _status(found.path) if _WORTHWHILE <= found.size <= SIZE_LIMIT else None
        self._name, self._changes = "", 0
        if self._status is not None and found.path is not None:
            try:
                self._name = _digest(found.path, f"{__version__}\n{day}\n{self._made()}\n{found.given!r}")
            except (*EXPECTED, ValueError, OverflowError):
                # Whoever reads it next says what is wrong.
                self._name = ""

    def _made(self) -> date:
        """Return the day of the file, which gives days without a year theirs."""
        return date.fromtimestamp(self._status[1] / 1e9) if self._status else self._today

    def recall(self) -> RememberedFile | None:
        """Return what an import of the file would find, None if it may change something."""
        found = self._imports.remembered(self._name) if self._name else ""
        finding = msgspec.json.decode(found, type=RememberedFile) if found else None
        return finding if finding is not None and finding.today in (None, self._today) else None

    def begin(self) -> None:
        """Note what the library is like before papers of the file are stored."""
        with suppress(*EXPECTED):
            self._changes = self._imports.changes() if self._name else 0

    def keep(self, batch: Batch, added: Added, removed: int) -> None:
        """Remember what an import of the file found, if another one would change nothing."""
        if not self._name or not added.repeatable or batch.failure or batch.marks or batch.feeds or batch.further:
            return
        if _status(self._path) != self._status:
            # Other bytes may have been imported than hashed.
            return
        # Feeds date what has no date; counts of a list without a day are those of the day they are read on.
        today = self._today if batch.seen is not None or batch.day is None else None
        finding = RememberedFile(batch.kind, batch.day, len(added.keys), removed, today, batch.skipped)
        self._imports.remember(self._name, msgspec.json.encode(finding).decode(), self._changes + added.writes)


def _status(path: Path | None) -> tuple[int, int] | None:
    """Return the size of a file and when it was changed, None if it can't be found out."""
    try:
        status = path.stat() if path is not None else None
    except (OSError, ValueError):
        return None
    return (status.st_size, status.st_mtime_ns) if status is not None else None


def _digest(path: Path, beside: str) -> str:
    """Return a digest of a file and of what else its papers depend on."""
    with open_regular(path) as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(beside.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
