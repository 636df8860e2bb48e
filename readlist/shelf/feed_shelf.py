"""The feeds of a shelf: what they announce, how each fetch went, and which papers are kept for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.library.library import Library
from readlist.query import parse
from readlist.shelf.mirrored_marks import MirroredMarks
from readlist.shelf.paper_shelf import PaperShelf
from readlist.shelf.revision_shelf import ASKED_EVERY

if TYPE_CHECKING:
    from readlist.model.feed import Feed
    from readlist.model.paper import Announcement, Paper
    from readlist.sources.batch import Batch

_RECENT = 6
"""Days of which is said what is missing: as long as arXiv lists them."""


_KNOWN_AFTER = timedelta(hours=27)
"""How long after the beginning of the day of a list, in UTC, arXiv's API knows what the list announces."""


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
        remarks: what is missing, and what was read from a fallback, a line each.
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
    remarks: tuple[str, ...] = ()
    revised: int = 0


class FeedShelf:
    """Adds what feeds announce, and records the outcome of each fetch.

    Attributes:
        log: the library's record of feeds: who announced what, and the last fetch of each.
        lists: the library's record of arXiv's lists.
    """

    def __init__(
        self, library: Library, mirrored: MirroredMarks, papers: PaperShelf, clock: Callable[[], datetime]
    ) -> None:
        self._library, self._mirrored, self._papers, self._clock = library, mirrored, papers, clock
        self.log = library.feeds
        self.lists = library.lists

    def take(
        self, feed: Feed, batch: Batch, *, before: FetchOutcome | None = None, record: bool = True
    ) -> FetchOutcome:
        """Add a feed's batch to the library, and record the outcome.

        A failure changes nothing else. Papers older than the feed keeps are skipped.

        Args:
            feed: the feed.
            batch: what it gave; a piece of it, with `more`, is added and nothing recorded of the fetch yet.
            before: the outcome of the pieces before.
            record: whether to keep how the fetch went, as of a feed that is followed.
        """
        before = before or FetchOutcome(feed.name)
        name, new, known, revised = feed.name, before.new, before.known, before.revised
        if batch.failure:
            if record:
                self.log.set_fetch(name, at=self._clock(), failure=batch.failure)
            good = self._good(name) if record else None
            return FetchOutcome(name, new, known, batch.failure, batch.silent, last_good=good, revised=revised)
        validators = {address: (sent.etag, sent.modified) for address, sent in batch.validators.items()}
        if batch.unchanged and record:
            last = self.log.fetches().get(name)
            validators = {**(last.validators if last is not None else {}), **validators}
        kept = self._to_keep(feed, batch) if record else batch.items
        if len(kept) < len(batch.items):
            # If more shall be kept one day, the server must not answer that nothing changed.
            validators = {}
        if not batch.unchanged:
            for part in self._parts(feed, replace(batch, items=kept)):
                added = self._papers.add(part)
                new, known = new + len(added.new), known + (0 if part.update else len(added.known))
                revised += added.revised
        if record:
            self._record(feed, batch)
        if batch.more:
            return FetchOutcome(name, new, known, revised=revised)
        if record:
            # After the papers: if interrupted in between, all of them are fetched again.
            self.log.set_fetch(name, at=self._clock(), new=new, known=known, validators=validators)
        return FetchOutcome(
            name,
            new,
            known,
            unchanged=batch.unchanged,
            last_good=self._good(name) if record else None,
            skipped=tuple(skip.reason for skip in batch.skipped),
            moved=batch.moved,
            remarks=(*batch.remarks, *(self._missing(feed) if record else ())),
            revised=revised,
        )

    def _record(self, feed: Feed, batch: Batch) -> None:
        """Record what a batch says of days, and what the next fetch is to know."""
        if batch.days:
            self.lists.record(feed.name, batch.days)
        if batch.state is not None:
            self.lists.set_state(feed.name, batch.state)
        replaced = [
            paper.arxiv
            for paper, _ in batch.items
            if batch.kinds.get(paper.key) == "replaced" and paper.arxiv and not paper.version
        ]
        if replaced and batch.day is not None:
            # A list names no version of a paper that arXiv does not show as HTML, as of one that is withdrawn.
            known = datetime.combine(batch.day, time(), UTC) + _KNOWN_AFTER
            self._library.revisions.ask_by(replaced, known - ASKED_EVERY, known)

    def _parts(self, feed: Feed, batch: Batch) -> Iterator[Batch]:
        """Yield what is announced, and apart from it what merely updates papers: nothing moves in the list for it."""
        updates: set[str] = {paper.key for paper, _ in batch.items} if batch.update else set()
        if not feed.replacements:
            updates |= {key for key, kind in batch.kinds.items() if kind == "replaced"}
        announced = tuple(item for item in batch.items if item[0].key not in updates)
        if announced or not updates:
            yield replace(batch, items=announced)
        papers = [paper for paper, _ in batch.items if paper.key in updates]
        ids = self._library.ids_of(paper.key for paper in papers)
        if ids:
            # What an undone import brought does not come back for it.
            shown = self._library.among(list(ids.values()), parse(""))
            places = self.log.announcements_of(list(shown))
            items = [(paper, places[ids[paper.key]][0]) for paper in papers if places.get(ids.get(paper.key, 0))]
            # The counts were read at another time.
            uncounted = {"upvotes": None, "comments": None, "stars": None}
            quiet = tuple((paper, replace(place, **uncounted)) for paper, place in items)
            yield replace(batch, items=quiet, day=None, update=True)

    def _missing(self, feed: Feed) -> list[str]:
        """Return what is missing of a feed's latest days, a line each."""
        if feed.kind != "arxiv":
            return []
        today = self._clock().astimezone(UTC).date()
        first = today - timedelta(days=min(feed.keep or _RECENT, _RECENT))
        listed = self.lists.listed(feed.name, first)
        return [f"{day.missing}; the next fetch tries again" for day in listed if day.missing]

    def forget(self, name: str) -> None:
        """Forget the fetches and lists of a feed; its papers and announcements stay."""
        self.log.forget_fetch(name)
        self.lists.forget(name)

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
