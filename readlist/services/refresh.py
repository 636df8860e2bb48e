"""Refreshing: each feed is asked in turn, its papers go to the shelf, and one that fails never stops the rest."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from shlex import quote
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import ADDED, Feed
from readlist.shelf import EXPECTED, Fetch, Outcome, Shelf
from readlist.sources.base import Batch
from readlist.sources.http import Http
from readlist.sources.sites import Limits, Sites
from readlist.text.clean import clean_line

if TYPE_CHECKING:
    from queue import SimpleQueue

Report: TypeAlias = Callable[[str, int], None]
"""Told a feed's name and how many of its papers are in; called in any thread."""

_LANES = 8
_NAMED = 3
_LOOK = 0.1
"""Seconds between two looks whether everything is to end."""

_WAITING = Feed(ADDED, "rss", ADDED)
"""Stands among the feeds for the papers that wait for their titles; a lane of its own."""
_DEFAULT_LIMITS = Limits()


class Addition(Struct, frozen=True):
    """What became of papers that were asked for by id or address.

    Attributes:
        keys: their keys, in the order asked.
        new: those of `keys` that were not in the library before.
        waiting: those of `keys` that are kept by their id until there is a network.
        reasons: why those wait, or what else is to be said of papers that are kept, a line each.
        problems: what could not be had, a line each.
    """

    keys: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Refresh:
    """Asks feeds and puts what they give on a shelf. For worker threads: everything here may take its time."""

    def __init__(
        self,
        shelf: Shelf,
        sites: Sites,
        limits: Limits = _DEFAULT_LIMITS,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Make it; nothing is asked yet.

        Args:
            shelf: where papers and outcomes go.
            sites: whom to ask.
            limits: how long to wait, and how much to take.
            clock: gives the present time.
        """
        self._shelf = shelf
        self._sites = sites
        self._limits = limits
        self._clock = clock
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let everything that is under way end soon, with what it has put on the shelf so far."""
        self._stopped.set()

    def due(self, feeds: Sequence[Feed], age: timedelta | None, *, patience: timedelta = timedelta(0)) -> list[Feed]:
        """Return the feeds to be fetched by themselves.

        Args:
            feeds: the feeds followed.
            age: those are due whose last good fetch is older; None for none.
            patience: how long one that failed is left alone.
        """
        if age is None:
            return []
        fetches = self._shelf.fetches()
        now = self._clock()
        due = []
        for feed in feeds:
            last = fetches.get(feed.name)
            good = _good(last)
            failed_lately = last is not None and last.failure and now - last.tried < patience
            if (good is None or now - good >= age) and not failed_lately:
                due.append(feed)
        return due

    def run(self, feeds: Sequence[Feed], report: Report | None = None, *, record: bool = True) -> Iterator[Outcome]:
        """Ask feeds, several at once but each site one question at a time; papers that wait for their title too.

        Args:
            feeds: whom to ask.
            report: told how far each feed is.
            record: whether to remember the outcome as the feed's last fetch; not for what is asked but once.

        Yields:
            What became of each feed, as it is done; its papers are on the shelf then.
        """
        from queue import SimpleQueue

        report = report or (lambda name, papers: None)
        fetches = self._shelf.fetches() if record else {}
        batches: SimpleQueue[tuple[Feed, Batch]] = SimpleQueue()
        waiting = self._shelf.unfilled() if record else []
        asked = [*feeds, *([_WAITING] if waiting else [])]
        with self._http() as http:

            def ask_one(feed: Feed) -> Batch:
                if feed is _WAITING:
                    return self._ask_papers(waiting, http, report)
                return self._ask(feed, fetches.get(feed.name), http, report)

            lanes = _Lanes(_by_site(asked), ask_one, batches)
            try:
                for _ in asked:
                    one = self._next(batches)
                    if one is None:
                        break
                    feed, batch = one
                    try:
                        yield self._fill(waiting, batch) if feed is _WAITING else self._take(feed, batch, record=record)
                    except EXPECTED as error:
                        # A library that is busy now may not be with the next feed.
                        yield Outcome(feed.name, failure=f"{feed.name}: {error}")
            finally:
                lanes.end()
        if record and not self._stopped.is_set():
            self._shelf.expire(feeds)

    def _next(self, batches: SimpleQueue[tuple[Feed, Batch]]) -> tuple[Feed, Batch] | None:
        """Wait for the next batch; None if everything is to end."""
        from queue import Empty

        while not self._stopped.is_set():
            with contextlib.suppress(Empty):
                one = batches.get(timeout=_LOOK)
                # What was cut short by the end is no failure.
                return None if self._stopped.is_set() else one
        return None

    def add(self, identifiers: Sequence[str], report: Report | None = None) -> Addition:
        """Put single papers on the shelf; without a network they are kept by their ids.

        Args:
            identifiers: `arxiv:…` and `doi:…`.
            report: told how many of them are in.
        """
        with self._http() as http:
            batch = self._ask_papers(identifiers, http, report or (lambda name, papers: None))
        if batch.failure:
            return Addition(problems=(batch.failure,))
        added = self._shelf.add(batch)
        entries = [self._shelf.entry(paper.key) for paper, _ in batch.items]
        titles = {entry.paper.key: entry.paper.title for entry in entries if entry is not None}
        waiting = tuple(key for key, title in titles.items() if not title)
        said = [skip.reason for skip in batch.skipped]
        kept = {identifier for paper, _ in batch.items for identifier in (paper.arxiv, paper.doi)}
        reasons = tuple(reason for reason in said if reason.partition(": ")[0] in kept)
        problems = tuple(reason for reason in said if reason not in reasons)
        return Addition(tuple(titles), added.new, waiting, reasons, problems)

    @contextlib.contextmanager
    def _http(self) -> Iterator[Http]:
        """Give a client that knows what servers asked for before, and remember what they ask for now."""
        waits = self._shelf.waits()
        with Http(self._sites, self._limits, cancelled=self._stopped, waits=waits) as http:
            try:
                yield http
            finally:
                if http.waits != waits:
                    # Of a library that is busy or can't be written to, only the next question comes too early.
                    with contextlib.suppress(*EXPECTED):
                        self._shelf.remember_waits(dict(http.waits))

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    def _ask(self, feed: Feed, last: Fetch | None, http: Http, report: Report) -> Batch:
        """Ask one feed, in a lane's thread."""
        from readlist.sources import arxiv, hub, rss
        from readlist.sources.base import Validator

        fetch = {"huggingface": hub.fetch, "arxiv": arxiv.fetch, "rss": rss.fetch}[feed.kind]
        report(feed.name, 0)
        good = _good(last)
        return fetch(
            feed,
            http,
            today=self._today(),
            since=good.date() if good else None,
            validators={url: Validator(*sent) for url, sent in last.validators.items()} if last else {},
            progress=lambda papers: report(feed.name, papers),
        )

    def _take(self, feed: Feed, batch: Batch, *, record: bool) -> Outcome:
        if record:
            return self._shelf.take(feed, batch)
        if batch.failure:
            return Outcome(feed.name, failure=batch.failure)
        added = self._shelf.add(batch)
        skipped = tuple(skip.reason for skip in batch.skipped)
        return Outcome(feed.name, len(added.new), len(added.known), keys_new=added.new, skipped=skipped)

    def _ask_papers(self, keys: Sequence[str], http: Http, report: Report) -> Batch:
        """Ask for single papers, in a lane's thread."""
        from readlist.sources import ask

        return ask.papers(keys, http, today=self._today(), progress=lambda papers: report(ADDED, papers))

    def _fill(self, keys: Sequence[str], batch: Batch) -> Outcome:
        """Take in papers that were here by their ids alone; one that nobody knows goes, unless it was marked."""
        if batch.failure:
            return Outcome(ADDED, failure=batch.failure)
        found = tuple(item for item in batch.items if item[0].title)
        answered = {paper.key for paper, _ in batch.items}
        unknown = [key for key in keys if key not in answered]
        self._shelf.add(replace(batch, items=found))
        self._shelf.drop_unfilled(unknown)
        failure = ""
        if unknown:
            names = ", ".join(key.partition(":")[2] for key in unknown[:_NAMED])
            more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
            failure = f"{ADDED}: nobody knows {names}{more}; check the ids and add them anew"
        elif batch.items and not found:
            papers = "1 paper waits" if len(keys) == 1 else f"{len(keys)} papers wait"
            failure = f"{ADDED}: {papers} for the network; kept by id"
        return Outcome(ADDED, known=len(found), failure=failure)


class _Lanes:
    """Threads that each ask the feeds of one site, one after the other."""

    def __init__(
        self,
        lanes: Sequence[Sequence[Feed]],
        ask: Callable[[Feed], Batch],
        batches: SimpleQueue[tuple[Feed, Batch]],
    ) -> None:
        self._ask = ask
        self._batches = batches
        self._waiting = list(lanes)
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, name=f"feeds-{number}", daemon=True)
            for number in range(min(_LANES, len(lanes)))
        ]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    return
                lane = self._waiting.pop(0)
            for feed in lane:
                try:
                    self._batches.put((feed, self._ask(feed)))
                except Exception as error:
                    # A fault of readlist in one feed must not hide the others; it is named, not swallowed.
                    reason = f"readlist could not make sense of the answer ({type(error).__name__}: {error})"
                    self._batches.put((feed, Batch("", feed=feed.name, failure=f"{feed.name}: {reason}; report it")))

    def end(self) -> None:
        """Begin no further lane."""
        with self._lock:
            self._waiting.clear()


def _by_site(feeds: Sequence[Feed]) -> list[list[Feed]]:
    """Group feeds by whom they ask."""
    lanes: dict[str, list[Feed]] = {}
    for feed in feeds:
        site = (urlsplit(feed.query).hostname or feed.query) if feed.kind == "rss" else feed.kind
        lanes.setdefault(site, []).append(feed)
    return list(lanes.values())


def _good(fetch: Fetch | None) -> datetime | None:
    return fetch.good if fetch is not None else None


def said(outcome: Outcome, now: datetime) -> str:
    """Return what became of a feed in words: `12 new, 40 known`, `nothing new`, `failed: why; last good yesterday`."""
    if outcome.failure:
        reason = outcome.failure.removeprefix(f"{outcome.feed}: ")
        return f"failed: {reason} (last good {since(outcome.last_good, now)})"
    return f"{_counted(outcome)}{moved_to(outcome)}"


def moved_to(outcome: Outcome) -> str:
    """Return that a feed has moved for good and the command that follows it, to be put behind what became of it."""
    if not outcome.moved:
        return ""
    address = clean_line(outcome.moved)
    return f"; it has moved for good: `readlist feeds move {quote(outcome.feed)} {quote(address)}` follows it there"


def _counted(outcome: Outcome) -> str:
    passed = f", {len(outcome.skipped):,} passed over" if outcome.skipped else ""
    if outcome.unchanged or not (outcome.new or outcome.known):
        return f"nothing new{passed}"
    new = f"{outcome.new:,} new" if outcome.new else "nothing new"
    return f"{new}, {outcome.known:,} known{passed}"


def since(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was, in words of the user's calendar: `12 min ago`, `yesterday`, `Aug 1`."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if seconds < 90:
        return "just now"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min ago"
    today, day = now.astimezone().date(), moment.astimezone().date()
    if day >= today:
        return f"{round(seconds / 3600)} h ago"
    return "yesterday" if day == today - timedelta(days=1) else day.isoformat()
