"""What feeds bring to a shelf, and what is known of the feeds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from readlist.library.library import Added, Library, LibraryError
from readlist.library.library import Feed as StoredFeed
from readlist.library.library import StoredPaper as Entry
from readlist.marks.change import MarksError
from readlist.shelf.mirrored import MirroredMarks
from readlist.shelf.outcome import Outcome

if TYPE_CHECKING:
    from readlist.library.library import Fetch, Sighting
    from readlist.model.feed import Feed
    from readlist.model.paper import Announcement, Paper
    from readlist.sources.base import Batch


class Filling(ABC):
    """Fills a shelf from feeds; a part of `Shelf`."""

    _library: Library
    _marks: MirroredMarks
    _clock: Callable[[], datetime]

    def add(self, batch: Batch, progress: Callable[[int], None] | None = None) -> Added:
        """Put a batch's papers into the library.

        Papers of the built-in sample that nobody touched step aside for the first real feed. Marks of papers
        that prove to be one are folded together.
        """
        from readlist.model.feed import SAMPLE
        from readlist.sources.sample import KIND

        if not self._library.path.exists():
            raise LibraryError(
                f"{self._library.path} is gone; nothing was added. Start readlist again to make a new one."
            )
        sample = (batch.feed, batch.kind) == (SAMPLE, KIND)
        added = self._library.add(
            batch.feed,
            batch.items,
            day=batch.day or self._clock().date(),
            seen=batch.seen,
            progress=progress,
            builtin=sample,
            now=self._clock(),
        )
        merged = added.merged
        if batch.further:
            papers = {paper.key: paper for paper, _ in batch.items}
            more = [(papers[key], each) for key, announced in batch.further.items() for each in announced]
            again = self._library.add(batch.feed, more, day=batch.day or self._clock().date(), now=self._clock())
            merged = (*merged, *again.merged)
        if not sample and any(paper.title for paper, _ in batch.items):
            self._library.drop_untouched(SAMPLE, self._held)
        self._marks.fold([*merged, *self._marked_elsewhere(added.new)])
        return added

    def _marked_elsewhere(self, new: Sequence[str]) -> list[tuple[str, str]]:
        """Return (key of marks, key of a new paper) for marks of new papers that wait under another name.

        They come from another machine, which knows the paper by other identifiers: those stand beside the marks.
        """
        from readlist.shelf.placement import placed, titles_in

        waiting = self._library.waiting_marks() if new else []
        if not waiting:
            return []
        try:
            documents = self._marks.documents()
        except MarksError:
            return []
        marked = {key: documents[key] for key in waiting if key in documents}
        fresh = set(new)
        owners = {name: owner for owner in self._library.owners(new).values() for name in owner.identifiers}
        works = [paper for paper in self._library.works(titles_in(marked, owners)) if paper.key in fresh]
        _, keys = placed(marked, owners=owners, works=works, own=documents)
        return [(key, here) for key, here in keys.items() if here in fresh and here != key]

    @abstractmethod
    def _held(self) -> Collection[str]:
        """Return the keys of papers whose marks or notes are under way."""

    def take(self, feed: Feed, batch: Batch) -> Outcome:
        """Put what a feed gave into the library, and take note of what became of asking it.

        A failure changes nothing but that note. Papers that the feed would not keep are passed over.

        Args:
            feed: who was asked.
            batch: what came of it.
        """
        name = feed.name
        validators = {address: (sent.etag, sent.modified) for address, sent in batch.validators.items()}
        if batch.failure:
            self._library.set_fetch(name, at=self._clock(), failure=batch.failure)
            return Outcome(name, failure=batch.failure, last_good=self._good(name))
        if batch.unchanged:
            before = self._library.fetches().get(name)
            validators = {**(before.validators if before is not None else {}), **validators}
            self._library.set_fetch(name, at=self._clock(), validators=validators)
            return Outcome(name, unchanged=True, last_good=self._good(name), moved=batch.moved)
        kept = self._to_keep(feed, batch)
        if len(kept) < len(batch.items):
            # When more shall be kept one day, the server must not say that nothing changed.
            validators = {}
        added = self.add(replace(batch, items=kept))
        # After the papers: cut off in between, the feed is asked for all of them again.
        new, known = len(added.new), len(added.known)
        self._library.set_fetch(name, at=self._clock(), new=new, known=known, validators=validators)
        skipped = tuple(skip.reason for skip in batch.skipped)
        return Outcome(
            name, new, known, last_good=self._good(name), keys_new=added.new, skipped=skipped, moved=batch.moved
        )

    def waits(self) -> dict[str, float]:
        """Return by origin the time (seconds since 1970) up to which a server asked not to be asked."""
        return self._library.waits()

    def remember_waits(self, waits: Mapping[str, float]) -> None:
        """Keep what servers asked for, for other processes too."""
        self._library.set_waits(waits, self._clock())

    def _good(self, name: str) -> datetime | None:
        fetch = self._library.fetches().get(name)
        return fetch.good if fetch is not None else None

    def _to_keep(self, feed: Feed, batch: Batch) -> tuple[tuple[Paper, Announcement], ...]:
        """Return a batch's items without the unknown papers that the next `expire` would remove."""
        if feed.keep is None:
            return batch.items
        first = self._first_kept(feed.keep)
        late = [paper for paper, each in batch.items if (each.day or batch.day or first) < first]
        names = {paper.key: (paper.key, *paper.identifiers) for paper in late}
        every = {name for some in names.values() for name in some}
        # One that was decided about before it came here would stay.
        known = {*self._library.ids_of(every), *self._library.decided(every), *self._held()}
        gone = {key for key, some in names.items() if known.isdisjoint(some)}
        return tuple(item for item in batch.items if item[0].key not in gone)

    def _first_kept(self, keep: int) -> date:
        return self._clock().astimezone(UTC).date() - timedelta(days=keep)

    def expire(self, feeds: Sequence[Feed]) -> int:
        """Remove the papers that these feeds keep no longer; returns how many. Takes its time.

        What is starred, noted, being noted, or announced by any other feed stays. A read mark is kept for a paper
        that comes back.
        """
        before = {feed.name: self._first_kept(feed.keep) for feed in feeds if feed.keep is not None}
        if not before:
            return 0
        # What is starred must be known to be.
        self._marks.sync()
        return self._library.expire(before, self._held)

    # Feeds

    def feeds(self) -> list[StoredFeed]:
        """Return every feed that announced papers, by name, with how many are unread; not for the UI thread."""
        return self._library.feeds()

    def fetches(self) -> dict[str, Fetch]:
        """Return what became of asking each feed, by its name; feeds that were never asked are left out."""
        return self._library.fetches()

    def forget_feed(self, name: str) -> None:
        """Forget what became of asking a feed; its papers stay."""
        self._library.forget_fetch(name)

    def unfilled(self) -> list[str]:
        """Return the keys of papers that are known by their ids alone, oldest first."""
        return self._library.unfilled()

    def drop_unfilled(self, keys: Sequence[str]) -> int:
        """Remove papers that are known by their ids alone and have no mark; returns how many."""
        if not keys:
            return 0
        # What is marked must be known to be.
        self._marks.sync()
        return self._library.drop_unfilled(keys, self._held)

    def drop_added(self, keys: Sequence[str]) -> int:
        """Remove papers that were only just added one by one and have no mark; returns how many."""
        # What is marked must be known to be.
        self._marks.sync()
        return self._library.drop_added(keys, self._held)

    def announcements(self, entry: Entry) -> tuple[Announcement, ...]:
        """Return every announcement of a paper, newest first."""
        return self._library.announcements(entry.id)

    def announcements_of(self, entries: Sequence[Entry]) -> dict[int, tuple[Announcement, ...]]:
        """Return every announcement of some papers, newest first, by the entries' ids."""
        return self._library.announcements_of([entry.id for entry in entries])

    def sightings(self, entry: Entry) -> tuple[Sighting, ...]:
        """Return a paper's counts as feeds told them day by day, oldest first: one for each change."""
        return self._library.sightings(entry.id)
