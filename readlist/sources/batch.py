"""What a site or a file gives: a Batch of announced papers, with what was skipped and why; and requests for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.model.feed import Feed
from readlist.model.list_day import FetchState, ListedDay, ListMemory
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, ListKind, Paper
from readlist.text.clean import clean_line

PIECE = 1_000
"""Papers in a piece of a long list."""

_SKIPS = 100
_NAME_LENGTH = 80

ANSWER = "arXiv answer"
"""The kind of a batch that arXiv's API answered with."""


class Validator(Struct, frozen=True):
    """The `ETag` and `Last-Modified` of a response, for later conditional requests (RFC 9110)."""

    etag: str = ""
    modified: str = ""

    def at(self, address: str) -> Mapping[str, Validator]:
        """Return it by its address; empty if the server gave none."""
        return {address: self} if self.etag or self.modified else {}


class FeedRequest(Struct, frozen=True):
    """What to fetch of a feed.

    Attributes:
        feed: the feed; its kind of site defines the query.
        today: the present day, UTC.
        since: the day of the last good fetch: newer papers are fetched, in pages. None fetches one page.
        validators: by address, those of the last good fetch, for conditional requests.
        progress: called with the number of papers after each page.
        memory: of a feed of arXiv, what is known of its lists.
        store: called with pieces of a long answer, batches with `more`, to be stored while the rest is fetched.
    """

    feed: Feed
    today: date
    since: date | None = None
    validators: Mapping[str, Validator] = field(default_factory=lambda: MappingProxyType({}))
    progress: Callable[[int], None] = lambda papers: None
    memory: ListMemory = ListMemory()
    store: Callable[[Batch], None] = lambda piece: None


class LookupRequest(Struct, frozen=True):
    """Single papers to look up.

    Attributes:
        identifiers: `arxiv:…` and `doi:…`.
        today: the present day, UTC.
        progress: called with the number of papers found.
    """

    identifiers: Sequence[str]
    today: date
    progress: Callable[[int], None] = lambda papers: None


class CountRequest(Struct, frozen=True):
    """Counts to ask Hugging Face for again.

    Attributes:
        lists: days of daily lists.
        papers: keys, `arxiv:…`, of papers that may be in none of these lists.
        today: the present day, UTC.
        answers: by address, what to send, for conditional requests, and the keys of the papers that it had.
    """

    lists: Sequence[date]
    papers: Sequence[str]
    today: date
    answers: Mapping[str, tuple[Validator, Sequence[str]]] = field(default_factory=lambda: MappingProxyType({}))


class Skip(Struct, frozen=True):
    """Something in a source that was skipped: the line (from 1; None if unknown) and the reason.

    Attributes:
        lost: whether a paper, or a part of one, is missing because of it.
    """

    line: int | None
    reason: str
    lost: bool = False


class Batch(Struct, frozen=True):
    """The content of one source; expected failures are in it, too.

    Attributes:
        origin: where it is from, for messages: a path, `-`, or an address.
        kind: what it was recognised as, in words ("search page", "day page", "daily papers JSON", …).
        feed: name of the feed its announcements belong to.
        day: the day of the list, None where the source names none.
        items: papers in list order, each with its announcement.
        skipped: what was skipped.
        seen: the day the counts were read, None where it is the day of the list.
        feeds: the feeds an OPML file lists.
        unchanged: whether the server said that nothing changed since the last fetch; there are no items then.
        marks: by paper key, what the source says its owner decided: notes, stars, what was read.
        timed: whether the times in `marks` are when their owner decided, not merely those of the file.
        further: by paper key, the announcements beside the one in `items`.
        validators: by address, what to send next time.
        moved: the address the feed has moved to for good, empty if it hasn't.
        path: of what was read from a file, its exact path, which may contain undecodable bytes.
        failure: one line that says what, where and what to do; empty if all went well. A batch with
            a failure has no items.
        silent: the host whose silence is the failure: the network may be missing; empty for any other.
        kinds: by paper key, how a list of arXiv announces it; empty elsewhere.
        update: whether its papers merely update known ones, and are announced by nothing: unknown ones are left out.
        days: the days of arXiv's lists that it tells of.
        state: what the next fetch of a feed of arXiv is to know; None changes nothing.
        remarks: what is missing, and what was read from a fallback, a line each: not a failure.
        more: whether this is a piece of a long list and another piece follows; what was skipped comes with the last.
    """

    origin: str
    kind: str = ""
    feed: str = ""
    day: date | None = None
    items: tuple[tuple[Paper, Announcement], ...] = ()
    skipped: tuple[Skip, ...] = ()
    failure: str = ""
    silent: str = ""
    seen: date | None = None
    feeds: tuple[Feed, ...] = ()
    unchanged: bool = False
    marks: Mapping[str, Mark] = field(default_factory=lambda: MappingProxyType({}))
    validators: Mapping[str, Validator] = field(default_factory=lambda: MappingProxyType({}))
    moved: str = ""
    path: str = ""
    timed: bool = False
    further: Mapping[str, tuple[Announcement, ...]] = field(default_factory=lambda: MappingProxyType({}))
    kinds: Mapping[str, ListKind] = field(default_factory=lambda: MappingProxyType({}))
    update: bool = False
    days: tuple[ListedDay, ...] = ()
    state: FetchState | None = None
    remarks: tuple[str, ...] = ()
    more: bool = False


def pieces_of(
    batch: Batch, items: Iterable[tuple[Paper, Announcement]], skipped: Sequence[Skip] = ()
) -> Iterator[Batch]:
    """Yield a batch in pieces as its items are made: each is `batch` with a thousand of them, the last with the skips.

    Args:
        batch: all but the items and what was skipped.
        items: the papers, each with its announcement.
        skipped: what was skipped; it may still grow while the items are made.
    """
    piece: list[tuple[Paper, Announcement]] = []
    for item in items:
        if len(piece) == PIECE:
            yield replace(batch, items=tuple(piece), more=True)
            piece = []
        piece.append(item)
    yield replace(batch, items=tuple(piece), skipped=tuple(skipped))


def joined(pieces: Iterable[Batch]) -> Batch:
    """Return the whole batch of its pieces."""
    *before, last = pieces
    return replace(last, items=tuple(item for piece in (*before, last) for item in piece.items)) if before else last


def limit_skips(skipped: Sequence[Skip]) -> tuple[Skip, ...]:
    """Return the first hundred, and how many more there were: a file may have a million."""
    rest = skipped[_SKIPS:]
    if len(rest) <= 1:
        return tuple(skipped)
    return (*skipped[:_SKIPS], Skip(None, f"{len(rest)} more", lost=any(skip.lost for skip in rest)))


def feed_name(origin: str, kind: str) -> str:
    """Return the name of a file's feed: that of the file, or its kind if it has none.

    With its suffix, so that it is not the name of a feed that is followed, whose papers expire.
    """
    path = PurePath(origin)
    stem, suffix = (clean_line(part, _NAME_LENGTH) for part in (path.stem, path.suffix))
    return f"{stem}{suffix or f' ({kind})'}" if stem and origin != "-" else kind
