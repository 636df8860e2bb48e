"""Feeds that bring what a test sets, without a network."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from readlist.model.feed import Feed
from readlist.services import Progress, Report
from readlist.services.refresh import Addition, Event
from readlist.shelf import FetchOutcome, Shelf
from tests.support.papers import DAY, make_batch, make_paper


class FakeRefresh:
    """Asks no one: what feeds bring is set.

    Attributes:
        brings: the numbers of the papers that each feed brings, or why it fails.
        asked: the names of the feeds that were asked, one list a fetch.
        gate: what each feed waits for.
        addition: what becomes of papers that are added.
        next: when feeds are due.
        stopped: whether it was.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.brings: dict[str, Sequence[int] | str] = {}
        self.asked: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.addition = Addition()
        self.next: datetime | None = None
        self.stopped = False

    def due(self, feeds: Sequence[Feed], age: timedelta | None, *, patience: timedelta) -> list[Feed]:
        """All feeds are due."""
        return list(feeds) if age is not None else []

    def next_due(self, feeds: Sequence[Feed], age: timedelta | None, *, patience: timedelta) -> datetime | None:
        """Return what is set."""
        return self.next

    def run(self, feeds: Sequence[Feed]) -> Iterator[Event]:
        """Give what each feed brings."""
        self.asked.append([feed.name for feed in feeds])
        for feed in feeds:
            assert self.gate.wait(60)
            brought = self.brings.get(feed.name, ())
            if isinstance(brought, str):
                yield FetchOutcome(feed.name, failure=f"{feed.name}: {brought}")
                continue
            yield Progress(len(brought), 0, "papers", feed.name)
            papers = [make_paper(number) for number in brought]
            added = self._shelf.papers.add(make_batch(papers, feed=feed.name, day=DAY.replace(day=5)))
            yield FetchOutcome(feed.name, len(added.new), len(added.known))

    def add(self, identifiers: Sequence[str], report: Report) -> Addition:
        """Give what is set."""
        return self.addition

    def stop(self) -> None:
        """Take note of it."""
        self.stopped = True
