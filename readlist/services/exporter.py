"""Export of papers: read in chunks, written in a format as a stream, or into a file whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

from readlist.exports.formats import FORMATS
from readlist.files import reason_of, write_atomic
from readlist.model.fit import Fit
from readlist.model.paper import Announcement
from readlist.model.trend import CountKind
from readlist.services import Progress, Report, unreported
from readlist.shelf import Entry, Shelf
from readlist.shelf.past_list import PastList

FitsOf: TypeAlias = Callable[[Sequence[Entry]], Mapping[int, Fit]]
"""Gives how well some entries fit, by their ids."""

REFERENCES = ("bibtex", "ris", "csl")
"""The formats of reference managers, in which a paper can be copied."""


class Entries:
    """The entries of a list, read in chunks; progress is reported after each."""

    def __init__(
        self,
        shelf: Shelf,
        ids: Sequence[int],
        report: Report = unreported,
        fits: FitsOf | None = None,
        past: PastList | None = None,
        gain: tuple[CountKind, date | None] = ("upvotes", None),
    ) -> None:
        """Make it; nothing is read before it is asked for.

        Args:
            shelf: of the papers.
            ids: of the papers, in order.
            report: called after each chunk.
            fits: gives how well some entries fit, by their ids; None if that isn't asked for.
            past: reads the entries as of a day; None for now.
            gain: what is counted of what they gained, and the first day of that, None for since the last visit.
        """
        self._gain = gain
        self._papers = shelf.papers if past is None else past
        self._shelf, self._ids, self._report, self._fits = shelf, ids, report, fits
        self._fit: Mapping[int, Fit] = {}
        self._gains: Mapping[int, int] | None = None
        self._chunk: list[Entry] = []
        self._announced: dict[int, tuple[Announcement, ...]] = {}

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries in the order of their ids."""
        done = 0
        for chunk in self._papers.in_chunks(self._ids):
            self._chunk, self._announced, self._fit = chunk, {}, {}
            self._gains = None
            yield from chunk
            done += len(chunk)
            self._report(Progress(done, len(self._ids), "papers"))

    def announcements(self, entry: Entry) -> tuple[Announcement, ...]:
        """Return the announcements of the entry yielded last, newest first; they are read for the whole chunk."""
        if not self._announced:
            self._announced = self._shelf.feeds.log.announcements_of([entry.id for entry in self._chunk])
        return self._announced.get(entry.id, ())

    def gained(self, entry: Entry) -> int | None:
        """Return how much the entry yielded last gained, None if that is not known."""
        if self._gains is None:
            self._gains = self._shelf.papers.count_log.gains([each.id for each in self._chunk], *self._gain)
        return self._gains.get(entry.id)

    def fit(self, entry: Entry) -> Fit:
        """Return how well the entry yielded last fits, without anything if that isn't asked for."""
        if not self._fit and self._fits is not None:
            self._fit = self._fits(self._chunk)
        return self._fit.get(entry.id) or Fit()


def export(
    shelf: Shelf,
    ids: Sequence[int],
    form: str,
    report: Report = unreported,
    fits: FitsOf | None = None,
    past: PastList | None = None,
) -> Iterator[str]:
    """Yield the pieces of a text that holds some papers in one of `FORMATS`, read as the text goes on."""
    entries = Entries(shelf, ids, report, fits, past)
    return FORMATS[form].write(entries, entries.announcements, entries.fit if fits is not None else None)


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
