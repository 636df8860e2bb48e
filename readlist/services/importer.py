"""Import of files: their papers and marks go to the shelf; one result for each file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.query import parse
from readlist.services import Progress, Report, unreported
from readlist.services.parsed_files import ParsedFiles
from readlist.shelf import EXPECTED, Adoption, ImportStep, Shelf
from readlist.sources import reader
from readlist.sources.reader import STDIN
from readlist.text.clean import drawable

if TYPE_CHECKING:
    from readlist.model.feed import Feed
    from readlist.model.paper import Announcement, Paper
    from readlist.services.import_memory import ImportMemory
    from readlist.sources.batch import Batch


_NAMED = 3
"""Paths that name an import."""


class Imported(Struct, frozen=True):
    """The result of one file.

    Attributes:
        batch: its content without the papers, which may be many; `feeds` are for the caller to follow.
        new: how many of its papers are new in the library.
        known: how many are not.
        removed: how many of these were removed, and stay so.
        adoption: its notes, stars and read marks; `done` is set when they are on disk.
    """

    batch: Batch
    new: int = 0
    known: int = 0
    removed: int = 0
    adoption: Adoption = Adoption()

    @property
    def papers(self) -> int:
        """How many papers the file has."""
        return self.new + self.known

    @property
    def complete(self) -> bool:
        """Whether the file was read and no paper in it was lost."""
        return not self.batch.failure and not any(skip.lost for skip in self.batch.skipped)


class Summary(Struct):
    """The result of an import.

    Attributes:
        new: how many papers are new in the library.
        known: how many are not.
        removed: how many of these were removed, and stay so.
        adoptions: the marks of files that have some, and what else there is to undo.
        feeds: the feeds that the files list.
        failures: why a file or the rest of the import failed, a line each.
        files: how many files there were, as far as it came.
    """

    new: int = 0
    known: int = 0
    removed: int = 0
    adoptions: list[Adoption] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    files: int = 0


def import_files(
    shelf: Shelf,
    paths: Iterable[str | Path],
    report: Report = unreported,
    *,
    day: date | None = None,
    stdin: BinaryIO | None = None,
    step: ImportStep | None = None,
) -> Iterator[Imported]:
    """Import files and folders, one file after the other, as one step of undo.

    Args:
        shelf: where to put the papers.
        paths: of files and folders; `-` is `stdin`.
        report: called with the bytes read, and with the papers of a file stored.
        day: of every list, in place of what the files say.
        stdin: standard input.
        step: the step of undo that this is part of; one of its own if not given.

    Yields:
        The result of each file, once its papers are on the shelf; its marks may not be on disk yet.

    Raises:
        LibraryError, MarksError, OSError: the stores can't be written; earlier files are on the shelf.
    """
    paths = list(paths)
    inputs = reader.find(paths)
    total, done = sum(found.size for found in inputs), 0
    if inputs:
        report(Progress(0, total, "bytes", inputs[0].name))
    files = ParsedFiles(shelf, inputs, day=day, stdin=stdin)
    try:
        for file in files:
            found = file.found
            if file.again is not None:
                yield Imported(file.again.batch(found), known=file.again.papers, removed=file.again.removed)
            elif (first := next(file.pieces)).failure:
                yield Imported(first)
            else:
                step = step or begin(shelf, paths)
                yield _store(shelf, _Pieces(first, file.pieces), step, report, file.memory)
            done += found.size
            report(Progress(done, total, "bytes", found.name))
    finally:
        files.close()


class _Pieces:
    """The papers of one file, one after the other, as they are parsed."""

    def __init__(self, first: Batch, rest: Iterator[Batch]) -> None:
        self._first, self._rest = first, rest
        self.total = 0 if first.more else len(first.items)
        self.batch = replace(first, items=())

    def __iter__(self) -> Iterator[tuple[Paper, Announcement]]:
        """Yield each paper with its announcement; after the last, `batch` also has what was skipped."""
        yield from self._first.items
        self._first = self.batch
        for piece in self._rest:
            self.batch = replace(piece, items=())
            yield from piece.items


def begin(shelf: Shelf, paths: Sequence[str | Path]) -> ImportStep:
    """Begin the step of undo for an import of some paths."""
    names = [PurePath(path).name or str(path) for path in paths[:_NAMED]]
    shown = ", ".join("standard input" if name == STDIN else drawable(name) for name in names)
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return shelf.marks.begin_import(f"import of {shown}{more}")


def _store(shelf: Shelf, pieces: _Pieces, step: ImportStep, report: Report, memory: ImportMemory) -> Imported:
    def stored(papers: int) -> None:
        report(Progress(papers, pieces.total, "papers", pieces.batch.origin))

    memory.begin()
    try:
        added = shelf.papers.add(pieces.batch, stored, imported=step.batch, items=pieces)
    except BaseException:
        # Also when it is cancelled. Why it stopped is what matters.
        with suppress(*EXPECTED):
            shelf.marks.keep(step)
        raise
    adoption = shelf.marks.adopt(pieces.batch, added, step)
    removed = _removed_among(shelf, added.known)
    memory.keep(pieces.batch, added, removed)
    return Imported(pieces.batch, len(added.new), len(added.known), removed, adoption)


def _removed_among(shelf: Shelf, keys: Sequence[str]) -> int:
    """Return how many of the papers with these keys are removed."""
    removed = frozenset(shelf.papers.select(parse("is:removed"))) if keys else ()
    return len(removed.intersection(shelf.papers.ids_of(keys).values())) if removed else 0


def summarize(imported: Iterable[Imported]) -> Summary:
    """Do an import and return its result; an error of the stores is the last failure."""
    summary = Summary()
    try:
        for one in imported:
            summary.files += 1
            summary.new += one.new
            summary.known += one.known
            summary.removed += one.removed
            summary.adoptions += [one.adoption] if one.adoption.done is not None else []
            summary.feeds += one.batch.feeds
            summary.failures += [one.batch.failure] if one.batch.failure else []
    except EXPECTED as error:
        summary.failures.append(str(error))
    return summary
