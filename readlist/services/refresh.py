"""Refreshing feeds: threads ask the sites, the caller's thread stores what they give and gets a stream of events.

Each site is asked one question at a time by one thread, so that one that is slow holds up no other. What the threads
report and fetch goes through one queue to whoever iterates over `Refresh.run`: the command line does so in its main
thread, the screen in a worker thread. Only that thread touches the shelf.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from shlex import quote
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import ADDED, Feed
from readlist.model.time import time_ago
from readlist.services import Progress, Report, unreported
from readlist.shelf import EXPECTED, Fetch, FetchOutcome, Shelf, StoredFeed
from readlist.sources.batch import Batch
from readlist.sources.http.endpoints import Limits, Sites
from readlist.text.clean import clean_line

if TYPE_CHECKING:
    from queue import SimpleQueue

    from readlist.sources.http.client import Http

_THREADS = 8
_NAMED = 3
_LOOK = 0.1
"""Seconds between two looks whether everything is to end."""

_DEFAULT_LIMITS = Limits()


Event: TypeAlias = Progress | FetchOutcome
"""How many papers of the feed of a name are in, of a total that is not known; and at last what became of it."""


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
        self._shelf, self._sites, self._limits, self._clock = shelf, sites, limits, clock
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let everything that is under way end soon, with what it has put on the shelf so far."""
        self._stopped.set()

    def due(self, feeds: Sequence[Feed], age: timedelta | None, *, patience: timedelta = timedelta(0)) -> list[Feed]:
        """Return the feeds to be fetched by themselves: their last good fetch is older than an age; None for none.

        One that failed is left alone for as long as `patience`.
        """
        if age is None:
            return []
        fetches = self._shelf.feeds.log.fetches()
        now = self._clock()

        def is_due(last: Fetch | None) -> bool:
            if last is None:
                return True
            failed_lately = last.failure and now - last.tried < patience
            return (last.good is None or now - last.good >= age) and not failed_lately

        return [feed for feed in feeds if is_due(fetches.get(feed.name))]

    def run(self, feeds: Sequence[Feed], *, record: bool = True) -> Generator[Event, None, None]:
        """Ask feeds, several at once but each site one question at a time; papers that wait for their title too.

        Whoever leaves off early closes it: what is under way is dropped then, and no further site is begun. Recorded,
        the outcome is the feed's last fetch; not for what is asked but once.

        Yields:
            How far each feed is, and what became of it as it is done; its papers are on the shelf then.

        Raises:
            LibraryError, MarksError, OSError: the stores can't be read, or what is kept no longer not be removed.
        """
        from queue import SimpleQueue

        events: SimpleQueue[Progress | _Answer] = SimpleQueue()
        with self._http() as http:
            jobs = self._jobs(feeds, http, events.put, record=record)
            sites: dict[str, list[_Job]] = {}
            for job in jobs:
                sites.setdefault(job.site, []).append(job)
            waiting = deque(sites.values())
            # Nobody waits for them: they end with the process, and what hangs in one of them holds up no exit.
            for number in range(min(_THREADS, len(sites))):
                ask = threading.Thread(
                    target=_ask_sites, args=(waiting, events.put), name=f"feeds-{number}", daemon=True
                )
                ask.start()
            unanswered = len(jobs)
            try:
                while unanswered and (event := self._next(events)) is not None:
                    if isinstance(event, tuple):
                        unanswered -= 1
                        yield self._store(*event)
                    else:
                        yield event
            finally:
                waiting.clear()
        if record and not self._stopped.is_set():
            self._shelf.feeds.expire(feeds)

    def _jobs(self, feeds: Sequence[Feed], http: Http, report: Report, *, record: bool) -> list[_Job]:
        """Return what is to be asked: the feeds and, unless they are asked but once, the papers without a title."""
        fetches = self._shelf.feeds.log.fetches() if record else {}
        take = self._shelf.feeds.take if record else self._add
        jobs = [
            _Job(
                feed.name,
                (urlsplit(feed.query).hostname or feed.query) if feed.kind == "rss" else feed.kind,
                partial(self._ask, feed, fetches.get(feed.name), http, report),
                partial(take, feed),
            )
            for feed in feeds
        ]
        if waiting := self._shelf.papers.unfilled() if record else []:

            def arrived(papers: int) -> None:
                report(Progress(papers, 0, "papers", ADDED))

            ask = partial(self._ask_papers, waiting, http, arrived)
            jobs.append(_Job(ADDED, ADDED, ask, partial(self._fill, waiting)))
        return jobs

    def _next(self, events: SimpleQueue[Progress | _Answer]) -> Progress | _Answer | None:
        """Wait for the next event; None if everything is to end."""
        from queue import Empty

        while not self._stopped.is_set():
            with contextlib.suppress(Empty):
                event = events.get(timeout=_LOOK)
                # What was cut short by the end is no failure.
                return None if self._stopped.is_set() else event
        return None

    def _store(self, job: _Job, batch: Batch) -> FetchOutcome:
        try:
            return job.store(batch)
        except EXPECTED as error:
            # A library that is busy now may not be with the next feed.
            return FetchOutcome(job.name, failure=f"{job.name}: {error}")

    def add(self, identifiers: Sequence[str], report: Report = unreported) -> Addition:
        """Put single papers, `arxiv:…` and `doi:…`, on the shelf; without a network they are kept by their ids."""

        def arrived(papers: int) -> None:
            report(Progress(papers, len(identifiers), "papers"))

        with self._http() as http:
            batch = self._ask_papers(identifiers, http, arrived)
        if batch.failure:
            return Addition(problems=(batch.failure,))
        added = self._shelf.papers.add(batch)
        entries = [self._shelf.papers.entry(paper.key) for paper, _ in batch.items]
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
        from readlist.sources.http.client import Http

        waits = self._shelf.feeds.log.waits()
        with Http(self._sites, self._limits, cancelled=self._stopped, waits=waits) as http:
            try:
                yield http
            finally:
                if http.waits != waits:
                    # Of a library that is busy or can't be written to, only the next question comes too early.
                    with contextlib.suppress(*EXPECTED):
                        self._shelf.feeds.log.set_waits(dict(http.waits), self._clock())

    def _ask(self, feed: Feed, last: Fetch | None, http: Http, report: Report) -> Batch:
        """Ask one feed, in the thread of its site."""
        from readlist.sources.batch import FeedRequest, Validator
        from readlist.sources.sites import arxiv, rss
        from readlist.sources.sites import huggingface as hub

        fetch = {"huggingface": hub.fetch, "arxiv": arxiv.fetch, "rss": rss.fetch}[feed.kind]
        report(Progress(0, 0, "papers", feed.name))
        request = FeedRequest(
            feed,
            self._clock().astimezone(UTC).date(),
            since=last.good.date() if last and last.good else None,
            validators={url: Validator(*sent) for url, sent in last.validators.items()} if last else {},
            progress=lambda papers: report(Progress(papers, 0, "papers", feed.name)),
        )
        return fetch(request, http)

    def _ask_papers(self, keys: Sequence[str], http: Http, arrived: Callable[[int], None]) -> Batch:
        """Ask for single papers."""
        from readlist.sources.sites import lookup as ask

        return ask.papers(keys, http, today=self._clock().astimezone(UTC).date(), progress=arrived)

    def _add(self, feed: Feed, batch: Batch) -> FetchOutcome:
        """Put the papers of a feed that is asked but once on the shelf."""
        if batch.failure:
            return FetchOutcome(feed.name, failure=batch.failure)
        added = self._shelf.papers.add(batch)
        skipped = tuple(skip.reason for skip in batch.skipped)
        return FetchOutcome(feed.name, len(added.new), len(added.known), skipped=skipped)

    def _fill(self, keys: Sequence[str], batch: Batch) -> FetchOutcome:
        """Take in papers that were here by their ids alone; one that nobody knows goes, unless it was marked."""
        if batch.failure:
            return FetchOutcome(ADDED, failure=batch.failure)
        found = tuple(item for item in batch.items if item[0].title)
        answered = {paper.key for paper, _ in batch.items}
        unknown = [key for key in keys if key not in answered]
        self._shelf.papers.add(replace(batch, items=found))
        self._shelf.papers.drop_unfilled(unknown)
        failure = ""
        if unknown:
            names = ", ".join(key.partition(":")[2] for key in unknown[:_NAMED])
            more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
            failure = f"{ADDED}: nobody knows {names}{more}; check the ids and add them anew"
        elif batch.items and not found:
            papers = "1 paper waits" if len(keys) == 1 else f"{len(keys)} papers wait"
            failure = f"{ADDED}: {papers} for the network; kept by id"
        return FetchOutcome(ADDED, known=len(found), failure=failure)


class _Job(Struct, frozen=True):
    """One thing to ask.

    Attributes:
        name: the feed's.
        site: whom it asks; jobs of one site are done one after the other.
        fetch: asks, in the site's thread.
        store: puts the answer on the shelf, in the caller's thread.
    """

    name: str
    site: str
    fetch: Callable[[], Batch]
    store: Callable[[Batch], FetchOutcome]


_Answer: TypeAlias = tuple[_Job, Batch]


def _ask_sites(waiting: deque[list[_Job]], answer: Callable[[_Answer], None]) -> None:
    """Ask one site at a time, its jobs one after the other, until no site waits."""
    while True:
        try:
            jobs = waiting.popleft()
        except IndexError:
            return
        for job in jobs:
            answer((job, _fetched(job)))


def _fetched(job: _Job) -> Batch:
    try:
        return job.fetch()
    except Exception as error:
        # A fault of readlist in one feed must not hide the others; it is named, not swallowed.
        reason = f"readlist could not make sense of the answer ({type(error).__name__}: {error})"
        return Batch("", feed=job.name, failure=f"{job.name}: {reason}; report it")


class FeedStatus(Struct, frozen=True):
    """One feed, followed or not.

    Attributes:
        name: its name.
        feed: the feed of config.toml, None if it is not followed.
        papers: how many papers it announced.
        unread: how many of them are unread.
        good: when it was fetched well the last time, None if never.
        failure: why its last fetch failed, without its name; empty if it went well or was none.
        active: whether it is being fetched.
        state: in words how its last fetch went, or how far the one under way is.
    """

    name: str
    feed: Feed | None
    papers: int
    unread: int
    good: datetime | None = None
    failure: str = ""
    active: bool = False
    state: str = "not followed"


def feed_statuses(
    followed: Sequence[Feed],
    stored: Sequence[StoredFeed],
    fetches: Mapping[str, Fetch],
    now: datetime,
    under_way: Mapping[str, int] = MappingProxyType({}),
) -> list[FeedStatus]:
    """Return the feeds: those that are followed in their order, then what else announced papers.

    By name are given the last fetch of each, and how many papers of those being fetched are in.
    """
    known = {feed.name: feed for feed in stored}
    statuses = []
    for feed in followed:
        papers, unread = (known[feed.name].papers, known[feed.name].unread) if feed.name in known else (0, 0)
        fetch, active = fetches.get(feed.name), feed.name in under_way
        good = fetch.good if fetch is not None else None
        failure = fetch.failure.removeprefix(f"{feed.name}: ") if fetch is not None and not active else ""
        if active:
            state = f"fetching… {under_way[feed.name] or ''}".rstrip()
        elif fetch is None:
            state = "not fetched yet"
        elif failure:
            state = _failed(failure, good, now)
        else:
            state = f"{time_ago(good, now)}: {f'{fetch.new:,} new' if fetch.new else 'nothing new'}"
        statuses.append(FeedStatus(feed.name, feed, papers, unread, good, failure, active, state))
    names = {feed.name for feed in followed}
    return statuses + [
        FeedStatus(each.name, None, each.papers, each.unread) for each in stored if each.name not in names
    ]


def describe(outcome: FetchOutcome, now: datetime) -> str:
    """Return what became of a feed in words: `12 new, 40 known`, `nothing new`, `failed: why; last good yesterday`."""
    if outcome.failure:
        return _failed(outcome.failure.removeprefix(f"{outcome.feed}: "), outcome.last_good, now)
    new = f"{outcome.new:,} new" if outcome.new else "nothing new"
    known = f", {outcome.known:,} known" if not outcome.unchanged and (outcome.new or outcome.known) else ""
    skipped = f", {len(outcome.skipped):,} passed over" if outcome.skipped else ""
    command = f"`readlist feeds move {quote(outcome.feed)} {quote(clean_line(outcome.moved))}`"
    moved = f"; it has moved for good: {command} follows it there" if outcome.moved else ""
    return f"{new}{known}{skipped}{moved}"


def _failed(reason: str, good: datetime | None, now: datetime) -> str:
    """Return that a fetch failed, why, and when one went well the last time."""
    return f"failed: {reason} (last good {time_ago(good, now)})"
