"""Export of papers: read in chunks, written in a format as a stream, or into a file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from readlist.exports.formats import FORMATS
from readlist.files import reason_of, write_atomic
from readlist.model.paper import Announcement
from readlist.services import Progress, Report, unreported
from readlist.shelf import Entry, Shelf

REFERENCES = ("bibtex", "ris", "csl")
"""The formats of reference managers, in which a paper can be copied."""


class Entries:
    """The entries of a list, read in chunks; progress is reported after each."""

    def __init__(self, shelf: Shelf, ids: Sequence[int], report: Report = unreported) -> None:
        self._shelf, self._ids, self._report = shelf, ids, report
        self._chunk: list[Entry] = []
        self._announced: dict[int, tuple[Announcement, ...]] = {}

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries in the order of their ids."""
        done = 0
        for chunk in self._shelf.papers.in_chunks(self._ids):
            self._chunk, self._announced = chunk, {}
            yield from chunk
            done += len(chunk)
            self._report(Progress(done, len(self._ids), "papers"))

    def announcements(self, entry: Entry) -> tuple[Announcement, ...]:
        """Return the announcements of the entry yielded last, newest first; they are read for the whole chunk."""
        if not self._announced:
            self._announced = self._shelf.feeds.log.announcements_of([entry.id for entry in self._chunk])
        return self._announced.get(entry.id, ())


def export(shelf: Shelf, ids: Sequence[int], form: str, report: Report = unreported) -> Iterator[str]:
    """Yield the pieces of a text that holds some papers in one of `FORMATS`, read as the text goes on."""
    entries = Entries(shelf, ids, report)
    return FORMATS[form].write(entries, entries.announcements)


def references(entries: Iterable[Entry], form: str) -> str:
    """Return papers in one of `REFERENCES`, with Unix line ends, for the clipboard."""
    return "".join(FORMATS[form].write(entries, lambda entry: ())).replace("\r\n", "\n")


def write_file(path: Path, text: Iterable[str] | bytes) -> str:
    """Write a file whole or not at all; returns why it can't be written, else empty."""
    pieces = text if isinstance(text, bytes) else (piece.encode("utf-8", "replace") for piece in text)
    try:
        write_atomic(path, pieces)
    except (OSError, ValueError) as error:
        return reason_of(error)
    return ""
