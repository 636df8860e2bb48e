"""Refresh of feeds: threads fetch, the caller's thread stores the papers and gets events; how the feeds are, in words.

The feeds of one host are fetched one after the other in one thread, so that a slow host delays no other. Progress and
papers go through one queue to the caller that iterates over `Refresh.run`: the main thread of the command line, a
worker thread of the screen. Only that thread uses the shelf.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, MutableSequence, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from shlex import quote
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import ADDED, COUNTS, YOURS, Feed, is_daily
from readlist.model.list_day import FetchState, ListDay, ListMemory, days_in_words
from readlist.model.time import time_ago
from readlist.services import Progress, Report, unreported
from readlist.services.revision_check import check_revisions
from readlist.shelf import EXPECTED, FeedCounts, Fetch, FetchOutcome, Shelf
from readlist.sources.batch import Batch, FeedRequest, LookupRequest, Validator
from readlist.sources.http.endpoints import Limits, Sites
from readlist.text.clean import clean_line, counted

if TYPE_CHECKING:
    from concurrent.futures import Future
    from queue import SimpleQueue

    from readlist.shelf import MarkOutcome
    from readlist.sources.http.client import Http

_THREADS = 8
_NAMED = 3
_POLL = 0.1
"""Seconds between two checks whether to stop."""

_REMEMBERED = timedelta(days=60)
"""How far back it is known which papers a feed of arXiv announced."""

_LAST_DAYS = 5
_LOOKED_BACK = timedelta(days=21)
_DEFAULT_LIMITS = Limits()


Event: TypeAlias = Progress | FetchOutcome
"""The number of a feed's papers so far, by name, of an unknown total; at the end its outcome."""


class Addition(Struct, frozen=True):
    """The result of adding papers by id or address.

    Attributes:
        keys: of the papers, in the order given.
        new: those of `keys` that are new in the library.
        restored: those of `keys` that were removed.
        waiting: those of `keys` whose title is pending until there is a network.
        reasons: why they are pending, and other remarks on added papers, a line each.
        problems: why others were not added, a line each.
        done: done when the step of undo is on disk; None if there is nothing to undo.
    """

    keys: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    done: Future[MarkOutcome] | None = None


class Refresh:
    """Fetches feeds and single papers onto a shelf; blocks, so it is for worker threads."""

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
        """Stop soon; what is on the shelf stays."""
        self._stopped.set()

    def due(self, feeds: Sequence[Feed], age: timedelta | None, *, patience: timedelta = timedelta(0)) -> list[Feed]:
        """Return the feeds whose last good fetch is older than `age` (None: no feeds).

        One that failed is not due again within `patience`.
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

    def next_due(self, feeds: Sequence[Feed], age: timedelta | None, *, patience: timedelta) -> datetime | None:
        """Return when the first of these feeds is due; None for never, the past for now. See `due`."""
        if age is None or not feeds:
            return None
        fetches = self._shelf.feeds.log.fetches()

        def due_at(last: Fetch | None) -> datetime:
            if last is None:
                return self._clock()
            at = last.good + age if last.good is not None else last.tried
            return max(at, last.tried + patience) if last.failure else at

        return min(due_at(fetches.get(feed.name)) for feed in feeds)

    def run(
        self, feeds: Sequence[Feed], *, record: bool = True, since: date | None = None
    ) -> Generator[Event, None, None]:
        """Fetch feeds, several hosts at once, the titles of papers that were added offline, and news of marked papers.

        Close the generator to stop early: then nothing else is fetched or stored. With `record` the outcome is stored
        as the feed's last fetch, and expired papers are removed; without it, the feeds are fetched just this once. With
        `since`, they are fetched back to that day, where they can be.

        Yields:
            The progress of each feed, and its outcome once its papers are on the shelf.

        Raises:
            LibraryError, MarksError, OSError: the stores can't be read, or expired papers can't be removed.
        """
        from queue import SimpleQueue

        events: SimpleQueue[Progress | _Fetched] = SimpleQueue()
        stored: dict[str, FetchOutcome] = {}
        with self._http() as http:
            jobs = self._jobs(feeds, http, events.put, record=record, since=since)
            hosts: dict[str, list[_Job]] = {}
            for job in jobs:
                hosts.setdefault(job.host, []).append(job)
            waiting = deque(hosts.values())
            # Never joined: they end with the process, so one that hangs doesn't delay the exit.
            for number in range(min(_THREADS, len(hosts))):
                args = (waiting, events.put)
                threading.Thread(target=_fetch_hosts, args=args, name=f"feeds-{number}", daemon=True).start()
            pending, offline = len(jobs), False
            try:
                while pending and (event := self._next(events)) is not None:
                    if not isinstance(event, tuple):
                        yield event
                        continue
                    job, batch = event
                    outcome = self._store(job, batch, stored.get(job.name))
                    if outcome is None:
                        pending -= 1
                        continue
                    stored[job.name] = outcome
                    offline = offline or bool(outcome.silent)
                    if not batch.more:
                        pending -= 1
                        yield outcome
            finally:
                waiting.clear()
            if record and not offline and not self._stopped.is_set():
                # Last, since it is no feed; without a network it would only fail, too.
                yield from check_revisions(self._shelf, http, self._today(), self._stopped.is_set)
        if record and not self._stopped.is_set():
            self._shelf.feeds.expire(feeds)

    def _jobs(self, feeds: Sequence[Feed], http: Http, put: _Put, *, record: bool, since: date | None) -> list[_Job]:
        """Return what to fetch: the feeds and, with `record`, the titles that are pending."""
        from readlist.sources.sites import LOOKUP, host_of_feed

        fetches = self._shelf.feeds.log.fetches() if record else {}
        listings = {feed.name for feed in feeds if feed.kind == "huggingface"}
        answered: list[str] = []
        jobs = []
        for feed in feeds:
            request = self._request(feed, fetches.get(feed.name), record=record, since=since)
            jobs.append(self._job(request, host_of_feed(feed), http, put, answered, record=record))
        if pending := self._shelf.papers.unfilled() if record else []:
            look_up = partial(self._look_up, pending, http, lambda papers: put(Progress(papers, 0, "papers", ADDED)))
            jobs.append(_Job(ADDED, LOOKUP, look_up, lambda batch, before: self._fill(pending, batch)))
        if listings and record:
            from readlist.services.recount import Recount

            # After the feeds, in the thread of their host.
            recount = Recount(self._shelf, http, self._clock(), lambda: not listings.isdisjoint(answered))
            jobs.append(_Job(COUNTS, "huggingface", recount.fetch, lambda counted, before: recount.store(counted)))
        return jobs

    def _request(self, feed: Feed, last: Fetch | None, *, record: bool, since: date | None) -> FeedRequest:
        """Return what to fetch of a feed; for a feed of arXiv it is known what of its last lists is here."""
        today = self._today()
        good = last.good.date() if last and last.good else None
        # A feed that is fetched just this once has no papers to compare.
        memory = ListMemory(state=FetchState(compared=today))
        if record and feed.kind == "arxiv":
            memory = self._shelf.feeds.lists.memory(feed.name, today - _REMEMBERED)
        return FeedRequest(
            feed,
            today,
            since=min(filter(None, (since, good)), default=None),
            validators={url: Validator(*sent) for url, sent in last.validators.items()} if last and not since else {},
            memory=memory,
        )

    def _job(
        self,
        request: FeedRequest,
        host: str,
        http: Http,
        put: _Put,
        answered: MutableSequence[str],
        *,
        record: bool,
    ) -> _Job:
        """Return the job of fetching a feed, whose name is added to `answered` if that went well."""
        feed = request.feed

        def store(batch: Batch, before: FetchOutcome | None) -> FetchOutcome:
            return self._shelf.feeds.take(feed, batch, before=before, record=record)

        def progress(papers: int) -> None:
            put(Progress(papers, 0, "papers", feed.name))

        def fetch() -> Batch:
            from readlist.sources.sites import open_site

            progress(0)
            reported = replace(request, progress=progress, store=lambda batch: put((job, batch)))
            batch = open_site(feed.kind, http).fetch(reported)
            if not batch.failure:
                answered.append(feed.name)
            return batch

        job = _Job(feed.name, host, fetch, store)
        return job

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    def _next(self, events: SimpleQueue[Progress | _Fetched]) -> Progress | _Fetched | None:
        """Wait for the next event; None if stopped."""
        from queue import Empty

        while not self._stopped.is_set():
            with contextlib.suppress(Empty):
                event = events.get(timeout=_POLL)
                # A fetch that was stopped has not failed.
                return None if self._stopped.is_set() else event
        return None

    def _store(self, job: _Job, batch: Any, before: FetchOutcome | None) -> FetchOutcome | None:
        if before is not None and before.failure:
            # A piece is missing: it is all fetched again.
            batch = replace(batch, items=(), days=(), state=None, failure=before.failure)
        try:
            return job.store(batch, before)
        except EXPECTED as error:
            # A busy library may be free for the next feed.
            return FetchOutcome(job.name, failure=f"{job.name}: {error}")

    def add(self, identifiers: Sequence[str], report: Report = unreported) -> Addition:
        """Put single papers, `arxiv:…` and `doi:…`, on the shelf; offline their titles stay pending.

        That restores those that were removed, and is one step of undo.
        """

        def progress(papers: int) -> None:
            report(Progress(papers, len(identifiers), "papers"))

        with self._http() as http:
            batch = self._look_up(identifiers, http, progress)
        if batch.failure:
            return Addition(problems=(batch.failure,))
        named = identifiers[0].partition(":")[2] if len(identifiers) == 1 else counted(len(identifiers), "paper")
        step = self._shelf.marks.begin_import(f"adding {named}")
        added = self._shelf.papers.add(batch, imported=step.batch)
        restored, done = self._shelf.marks.take_back(added, step)
        entries = [self._shelf.papers.entry(paper.key) for paper, _ in batch.items]
        titles = {entry.paper.key: entry.paper.title for entry in entries if entry is not None}
        waiting = tuple(key for key, title in titles.items() if not title)
        skips = [skip.reason for skip in batch.skipped]
        kept = {identifier for paper, _ in batch.items for identifier in (paper.arxiv, paper.doi)}
        reasons = tuple(reason for reason in skips if reason.partition(": ")[0] in kept)
        problems = tuple(reason for reason in skips if reason not in reasons)
        return Addition(tuple(titles), added.new, waiting, reasons, problems, tuple(restored), done)

    @contextlib.contextmanager
    def _http(self) -> Iterator[Http]:
        """Open a client that knows until when servers asked for no requests, and store what they ask for now."""
        from readlist.sources.http.client import Http

        waits = self._shelf.feeds.log.waits()
        with Http(self._sites, self._limits, cancelled=self._stopped, waits=waits) as http:
            try:
                yield http
            finally:
                if http.waits != waits:
                    # If the library is busy or can't be written, the next request merely comes too early.
                    with contextlib.suppress(*EXPECTED):
                        self._shelf.feeds.log.set_waits(dict(http.waits), self._clock())

    def _look_up(self, keys: Sequence[str], http: Http, progress: Callable[[int], None]) -> Batch:
        """Look up single papers."""
        from readlist.sources.sites import LOOKUP, open_site

        return open_site(LOOKUP, http).fetch(LookupRequest(keys, self._today(), progress))

    def _fill(self, keys: Sequence[str], batch: Batch) -> FetchOutcome:
        """Store the titles that were pending; papers that no site knows are removed, unless they are marked."""
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
            failure = f"{ADDED}: not found: {names}{more}; check the ids and add them again"
        elif batch.items and not found:
            failure = f"{ADDED}: {counted(len(keys), 'title')} still pending; offline?"
        return FetchOutcome(ADDED, known=len(found), failure=failure)


class _Job(Struct, frozen=True):
    """One feed to fetch.

    Attributes:
        name: of the feed.
        host: jobs of one host are done one after the other.
        fetch: fetches the papers, in the host's thread.
        store: puts them on the shelf, in the caller's thread, given the outcome of the pieces before.
    """

    name: str
    host: str
    fetch: Callable[[], Any]
    store: Callable[[Any, FetchOutcome | None], FetchOutcome | None]


_Fetched: TypeAlias = tuple[_Job, Any]
_Put: TypeAlias = Callable[["Progress | _Fetched"], None]


def _fetch_hosts(waiting: deque[list[_Job]], put: Callable[[_Fetched], None]) -> None:
    """Do the jobs of one host after the other, until none is waiting."""
    while True:
        try:
            jobs = waiting.popleft()
        except IndexError:
            return
        for job in jobs:
            try:
                batch = job.fetch()
            except Exception as error:
                # A bug in one feed must not stop the others; it is shown, not swallowed.
                reason = f"internal error in readlist (please report): {type(error).__name__}: {error}"
                batch = Batch("", feed=job.name, failure=f"{job.name}: {reason}")
            put((job, batch))


class FeedStatus(Struct, frozen=True):
    """The state of one feed.

    Attributes:
        name: its name.
        feed: the feed of config.toml, None if it is not followed.
        papers: how many papers it announced.
        unread: how many of them are unread.
        good: when it was last fetched without a failure, None if never.
        failure: why its last fetch failed, without its name; else empty.
        active: whether it is being fetched.
        state: its last fetch, or the progress of the current one, in words.
        ago: how long ago it was last fetched without a failure, in words; empty if never.
        new: how many new papers its last fetch brought.
        days: how many papers are here of its last five days, and of a daily list of arXiv how many were announced.
    """

    name: str
    feed: Feed | None
    papers: int
    unread: int
    good: datetime | None = None
    failure: str = ""
    active: bool = False
    state: str = "not followed"
    ago: str = ""
    new: int = 0
    days: tuple[ListDay, ...] = ()

    def days_in_words(self, between: str = ", ") -> str:
        """Return the days in words, the latest first: `Fri 214/214, Thu 209/214, Wed 180/?`; empty for none."""
        return days_in_words(self.days, between, listed=self.feed is not None and is_daily(self.feed))

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing of these days, a line each, newest first."""
        if self.feed is None or not is_daily(self.feed):
            return ()
        return tuple(day.missing for day in self.days if day.missing)


def first_day(now: datetime) -> date:
    """Return from which day on feeds are looked at for their last five days."""
    return now.astimezone(UTC).date() - _LOOKED_BACK


def feed_statuses(
    followed: Sequence[Feed],
    stored: Sequence[FeedCounts],
    fetches: Mapping[str, Fetch],
    now: datetime,
    under_way: Mapping[str, int] = MappingProxyType({}),
    days: Mapping[str, tuple[ListDay, ...]] = MappingProxyType({}),
) -> list[FeedStatus]:
    """Return the followed feeds in their order, then others that announced papers.

    Args:
        followed: the feeds of config.toml.
        stored: the feeds in the library.
        fetches: by name, the last fetch.
        now: the present time.
        under_way: by name, how many papers of a feed being fetched have arrived.
        days: by name, its days, newest first; see `first_day`.
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
        ago = time_ago(good, now) if good is not None else ""
        new = fetch.new if fetch is not None else 0
        kept = now.astimezone(UTC).date() - timedelta(days=feed.keep) if feed.keep is not None else date.min
        last = tuple(day for day in days.get(feed.name, ()) if day.day >= kept)[:_LAST_DAYS]
        statuses.append(FeedStatus(feed.name, feed, papers, unread, good, failure, active, state, ago, new, last))
    names = {feed.name for feed in followed}
    return statuses + [
        FeedStatus(each.name, None, each.papers, each.unread) for each in stored if each.name not in names
    ]


def describe(outcome: FetchOutcome, now: datetime) -> str:
    """Return an outcome in words: `12 new, 40 known`, `nothing new`, `failed: why (last good yesterday)`."""
    if outcome.feed == YOURS:
        news = f"news of {counted(outcome.revised, 'paper')}" if outcome.revised else "no news"
        reason = outcome.failure.removeprefix(f"{outcome.feed}: ")
        return f"arXiv could not be asked: {reason}" if reason else f"{news}, {outcome.known:,} asked about"
    if outcome.failure:
        return _failed(outcome.failure.removeprefix(f"{outcome.feed}: "), outcome.last_good, now)
    new = f"{outcome.new:,} new" if outcome.new else "nothing new"
    known = f", {outcome.known:,} known" if not outcome.unchanged and (outcome.new or outcome.known) else ""
    news = f", news of {counted(outcome.revised, 'paper')} of yours" if outcome.revised else ""
    skipped = f", {len(outcome.skipped):,} skipped" if outcome.skipped else ""
    command = f"`readlist feeds move {quote(outcome.feed)} {quote(clean_line(outcome.moved))}`"
    moved = f"; it has moved: {command} updates its address" if outcome.moved else ""
    return f"{new}{known}{news}{skipped}{moved}"


def _failed(reason: str, good: datetime | None, now: datetime) -> str:
    fetched = f"last good {time_ago(good, now)}" if good is not None else "never fetched"
    return f"failed: {reason} ({fetched})"
