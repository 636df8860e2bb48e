"""Entries fetched from the shelf in chunks, so that a long list neither waits nor fills the memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from readlist.model.paper import Announcement
from readlist.services.progress import Progress, Report, unreported
from readlist.shelf import Entry, Shelf


class Entries:
    """The entries of a list, fetched as they are asked for; after each chunk it is reported how many were had."""

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
        """Return the announcements of the entry yielded last, newest first; the whole chunk's are asked for at once."""
        if not self._announced:
            self._announced = self._shelf.feeds.log.announcements_of([entry.id for entry in self._chunk])
        return self._announced.get(entry.id, ())
