"""How the feeds are: what the library holds of each, how its last fetch went, and both in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from shlex import quote
from types import MappingProxyType

from msgspec import Struct

from readlist.model.feed import Feed
from readlist.model.time import time_ago
from readlist.shelf import FeedCounts, Fetch, Outcome
from readlist.text.clean import clean_line


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
    stored: Sequence[FeedCounts],
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


def describe(outcome: Outcome, now: datetime) -> str:
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
