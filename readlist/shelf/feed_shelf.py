"""The feeds of a shelf: what they announce, how each fetch went, and which papers are kept for how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.library.library import Library
from readlist.shelf.mirrored_marks import MirroredMarks
from readlist.shelf.paper_shelf import PaperShelf

if TYPE_CHECKING:
    from readlist.model.feed import Feed
    from readlist.model.paper import Announcement, Paper
    from readlist.sources.batch import Batch


class FetchOutcome(Struct, frozen=True):
    """The outcome of fetching one feed, once it is on the shelf.

    Attributes:
        feed: the feed's name.
        new: how many papers were new.
        known: how many were known.
        failure: why it failed, one line; empty on success.
        silent: the host that was not reached or did not answer, if that is the failure; else empty.
        unchanged: whether the server said that nothing changed since the last fetch.
        last_good: when the last successful fetch was, maybe this one; None if there was none.
        skipped: what was skipped in the answer and why, a line each.
        moved: the address the feed has moved to permanently, empty if it hasn't.
        revised: of starred and noted papers, how many there is news of.
    """

    feed: str
    new: int = 0
    known: int = 0
    failure: str = ""
    silent: str = ""
    unchanged: bool = False
    last_good: datetime | None = None
    skipped: tuple[str, ...] = ()
    moved: str = ""
    revised: int = 0


class FeedShelf:
    """Adds what feeds announce, and records the outcome of each fetch.

    Attributes:
        log: the library's record of feeds: who announced what, and the last fetch of each.
    """

    def __init__(
        self, library: Library, mirrored: MirroredMarks, papers: PaperShelf, clock: Callable[[], datetime]
    ) -> None:
        self._library, self._mirrored, self._papers, self._clock = library, mirrored, papers, clock
        self.log = library.feeds

    def take(self, feed: Feed, batch: Batch) -> FetchOutcome:
        """Add a feed's batch to the library, and record the outcome.

        A failure changes nothing else. Papers older than the feed keeps are skipped.
        """
        name = feed.name
        validators = {address: (sent.etag, sent.modified) for address, sent in batch.validators.items()}
        if batch.failure:
            self.log.set_fetch(name, at=self._clock(), failure=batch.failure)
            return FetchOutcome(name, failure=batch.failure, silent=batch.silent, last_good=self._good(name))
        if batch.unchanged:
            before = self.log.fetches().get(name)
            validators = {**(before.validators if before is not None else {}), **validators}
            self.log.set_fetch(name, at=self._clock(), validators=validators)
            return FetchOutcome(name, unchanged=True, last_good=self._good(name), moved=batch.moved)
        kept = self._to_keep(feed, batch)
        if len(kept) < len(batch.items):
            # If more shall be kept one day, the server must not answer that nothing changed.
            validators = {}
        added = self._papers.add(replace(batch, items=kept))
        # After the papers: if interrupted in between, all of them are fetched again.
        new, known = len(added.new), len(added.known)
        self.log.set_fetch(name, at=self._clock(), new=new, known=known, validators=validators)
        skipped = tuple(skip.reason for skip in batch.skipped)
        return FetchOutcome(
            name, new, known, last_good=self._good(name), skipped=skipped, moved=batch.moved, revised=added.revised
        )

    def _good(self, name: str) -> datetime | None:
        fetch = self.log.fetches().get(name)
        return fetch.good if fetch is not None else None

    def _to_keep(self, feed: Feed, batch: Batch) -> tuple[tuple[Paper, Announcement], ...]:
        """Return a batch's items without the unknown papers that the next `expire` would remove."""
        if feed.keep is None:
            return batch.items
        first = self._first_kept(feed.keep)
        late = [paper for paper, each in batch.items if (each.day or batch.day or first) < first]
        names = {paper.key: (paper.key, *paper.identifiers) for paper in late}
        every = {name for some in names.values() for name in some}
        # A paper that was marked before it was added would stay.
        known = {*self._library.ids_of(every), *self._library.mirror.decided(every), *self._papers.held()}
        gone = {key for key, some in names.items() if known.isdisjoint(some)}
        return tuple(item for item in batch.items if item[0].key not in gone)

    def _first_kept(self, keep: int) -> date:
        return self._clock().astimezone(UTC).date() - timedelta(days=keep)

    def expire(self, feeds: Sequence[Feed]) -> int:
        """Remove the papers older than these feeds keep; returns how many. May take long.

        What is starred, noted, being noted, or announced by any other feed stays. A read mark is kept for a paper
        that comes back.
        """
        before = {feed.name: self._first_kept(feed.keep) for feed in feeds if feed.keep is not None}
        if not before:
            return 0
        from readlist.library.paper_writer import expire

        # The mirror must know all stars.
        self._mirrored.sync()
        return expire(self._library.connections, before, self._papers.held)
