"""A reader of arXiv's lists: refreshes a shelf by the clock of a server that plays arXiv, and says what is here.

As a child process it refreshes once, to be killed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from msgspec import Struct

from readlist.model.feed import Feed
from readlist.model.view import ALL
from readlist.services.refresh import Refresh
from readlist.shelf import FetchOutcome, Shelf
from readlist.sources.http.endpoints import Sites
from tests.support.arxiv_server import ArxivServer
from tests.support.http import QUICK, Request
from tests.support.papers import make_shelf

DAILY = Feed("Daily", "arxiv", "daily:cs.LG")
SEARCH = Feed("Search", "arxiv", "cs.LG")


class Ticking:
    """A server's time as a clock that moves on by a microsecond whenever it is looked at."""

    def __init__(self, time: Callable[[], datetime]) -> None:
        self._time, self._ticks = time, 0

    def __call__(self) -> datetime:
        """Return the time and move on."""
        self._ticks += 1
        return self._time() + timedelta(microseconds=self._ticks)


class Here(Struct, frozen=True):
    """What is in a library.

    Attributes:
        ids: the arXiv ids of all papers, one for each paper.
        days: by a day of a feed, the ids of the papers that the feed announced on it.
        listed: by a day of a feed, how many papers it knows to be announced, and how many of them it says are here.
    """

    ids: list[str]
    days: dict[date, set[str]]
    listed: dict[date, tuple[int | None, int]]

    def is_whole(self, day: date) -> bool:
        """Whether all of a day is said to be here."""
        announced, here = self.listed.get(day, (None, 0))
        return announced is not None and here >= announced


def here(shelf: Shelf, feed: Feed) -> Here:
    """Return what is in the library of a feed."""
    keys = list(shelf.papers.browse(ALL))
    arxiv = {key: entry.paper.arxiv for key, entry in zip(keys, shelf.papers.entries(keys), strict=True)}
    days: dict[date, set[str]] = {}
    for key, announcements in shelf.feeds.log.announcements_of(keys).items():
        for each in announcements:
            if each.feed == feed.name and each.day is not None:
                days.setdefault(each.day, set()).add(arxiv[key])
    listed = {day.day: (day.announced, day.here) for day in shelf.feeds.lists.listed(feed.name, date.min)}
    return Here(list(arxiv.values()), days, listed)


def be_patient(shelf: Shelf) -> None:
    """Let the time be over for which servers asked for no requests: it is one of the machine's clock."""
    shelf.feeds.log.set_waits({}, datetime.max.replace(tzinfo=UTC))


def refresh(shelf: Shelf, server: ArxivServer, feed: Feed, stop: int | None = None) -> FetchOutcome | None:
    """Fetch a feed; return the outcome, None if it was stopped before there was one.

    Args:
        shelf: where the papers go.
        server: plays arXiv.
        feed: to be fetched.
        stop: the number of the request, from 0, at which the user stops it; None for not at all.
    """
    running = Refresh(shelf, server.sites, QUICK, clock=server.clock)
    with watched(server, stop, running.stop):
        outcomes = [event for event in running.run([feed]) if isinstance(event, FetchOutcome)]
    return outcomes[0] if outcomes else None


@contextmanager
def watched(server: ArxivServer, number: int | None, act: Callable[[], object]) -> Iterator[None]:
    """Do something when the server gets its n-th request, from 0, before it answers."""
    first = len(server.requests)

    def watch(_: Request) -> None:
        # The request itself is among them already.
        if number is not None and len(server.requests) - first == number + 1:
            act()

    server.watch = watch
    try:
        yield
    finally:
        server.watch = lambda _: None


def fetch_once(home: Path, sites: Sites, now: datetime, feed: Feed, reported: Connection) -> None:
    """Fetch a feed in a process of its own; say when it begins and when it is done."""
    shelf = make_shelf(home, Ticking(lambda: now))
    reported.send("begun")
    for _ in Refresh(shelf, sites, QUICK, clock=lambda: now).run([feed]):
        pass
    reported.send("done")
    shelf.close()
