"""Importing files: papers go to the shelf with what the file says its owner decided; one result a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct, field

from readlist.services import Progress, Report, unreported
from readlist.shelf import EXPECTED, Adoption, Shelf
from readlist.sources import reader

if TYPE_CHECKING:
    from readlist.model.feed import Feed
    from readlist.sources.batch import Batch


class Imported(Struct, frozen=True):
    """What became of one file.

    Attributes:
        batch: what was read from it; `failure` says why nothing was, `feeds` are for the caller to follow.
        new: how many of its papers were not in the library before.
        known: how many were.
        adoption: which notes, stars and read marks it brought; `done` is set when they are on disk.
    """

    batch: Batch
    new: int = 0
    known: int = 0
    adoption: Adoption = Adoption()

    @property
    def complete(self) -> bool:
        """Whether the file could be read and no paper in it was lost."""
        return not self.batch.failure and not any(skip.lost for skip in self.batch.skipped)


class Summary(Struct):
    """What became of an import as a whole.

    Attributes:
        new: how many papers were not in the library before.
        known: how many were.
        adoptions: what the files brought beside papers, of those that did.
        feeds: the feeds that the files list.
        failures: why a file or the rest of the import failed, a line each.
    """

    new: int = 0
    known: int = 0
    adoptions: list[Adoption] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def import_files(
    shelf: Shelf,
    paths: Iterable[str | Path],
    report: Report = unreported,
    *,
    day: date | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Imported]:
    """Import files, folders of them and standard input, each file when the one before it has been dealt with.

    A day given is that of every list, over what the files say; `-` among the paths reads `stdin`. Reported is how many
    bytes are read, and how many papers of a file are stored.

    Yields:
        What became of each file; its papers are on the shelf then, its marks show but may not be on disk yet.

    Raises:
        LibraryError, MarksError, OSError: the stores can't take it; what was yielded before is on the shelf.
    """

    def read(done: int, total: int, name: str) -> None:
        report(Progress(done, total, "bytes", name))

    for batch in reader.read(paths, day=day, progress=read, stdin=stdin):
        yield Imported(batch) if batch.failure else _store(shelf, batch, report)


def _store(shelf: Shelf, batch: Batch, report: Report) -> Imported:
    def stored(papers: int) -> None:
        report(Progress(papers, len(batch.items), "papers", batch.origin))

    added = shelf.papers.add(batch, stored)
    return Imported(batch, len(added.new), len(added.known), shelf.marks.adopt(batch, added))


def summarize(imported: Iterable[Imported]) -> Summary:
    """Carry an import out and return what became of it as a whole; what the stores raise is its last failure."""
    summary = Summary()
    try:
        for one in imported:
            summary.new += one.new
            summary.known += one.known
            summary.adoptions += [one.adoption] if one.adoption.done is not None else []
            summary.feeds += one.batch.feeds
            summary.failures += [one.batch.failure] if one.batch.failure else []
    except EXPECTED as error:
        summary.failures.append(str(error))
    return summary
