"""Counts of a paper over time: a series of days, and what it gained since a moment (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct

CountKind = Literal["upvotes", "comments", "stars"]
"""What is counted of a paper."""

COUNT_KINDS: tuple[CountKind, ...] = get_args(CountKind)

SERIES_DAYS = 14
"""The most days of a series."""


class Point(Struct, frozen=True):
    """The count of one day; None if it was not asked for that day: a gap, which is never filled in."""

    day: date
    count: int | None


class Series(Struct, frozen=True):
    """The counts of a paper by day.

    Attributes:
        kind: what is counted.
        points: one a day, oldest first, up to the last day known: at most `SERIES_DAYS` of them, the first one known.
        gained: how much the count rose since a moment, in most cases the last visit; below 0 if it fell; None if that
            is not known, as with a single reading.
        since: the day of the reading from which that is counted.
    """

    kind: CountKind
    points: tuple[Point, ...]
    gained: int | None = None
    since: date | None = None


class Moment(Struct, frozen=True, order=True):
    """A place in the order of readings: the day they are of, and when they were made, in microseconds since 1970."""

    day: date
    at: int


class Reading(Struct, frozen=True):
    """One count as a feed gave it.

    Attributes:
        feed: the name of the feed.
        moment: the day that it is of, and when it was read; 0 for what was recorded without a time.
        count: the count.
    """

    feed: str
    moment: Moment
    count: int


def count_by(readings: Sequence[Reading], last: Moment) -> tuple[date, int] | None:
    """Return the count known by a moment, and its day: of the latest day, of several feeds the highest.

    Of several readings of one feed on that day it is the last one. None if nothing was read by then.
    """
    known = [each for each in readings if each.moment <= last]
    if not known:
        return None
    day = max(each.moment.day for each in known)
    by_feed: dict[str, Reading] = {}
    for each in known:
        if each.moment.day == day and (each.feed not in by_feed or each.moment > by_feed[each.feed].moment):
            by_feed[each.feed] = each
    return day, max(each.count for each in by_feed.values())


def gained_since(readings: Sequence[Reading], start: Moment) -> tuple[int, date] | None:
    """Return how much a count rose since a moment, and the day of the reading from which that is counted.

    That reading is the last one by the moment, else the first one after it. None if nothing was read since then.
    """
    if not readings:
        return None
    first, last = min(each.moment for each in readings), max(each.moment for each in readings)
    start = max(start, first)
    before, now = count_by(readings, start), count_by(readings, last)
    if last <= start or before is None or now is None:
        return None
    return now[1] - before[1], before[0]


def series_of(kind: CountKind, readings: Sequence[Reading], start: Moment) -> Series:
    """Return the series of a count, and what was gained since a moment.

    Args:
        kind: what is counted.
        readings: all counts of that kind, at least one.
        start: from when on it is counted what was gained.
    """
    known = sorted({each.moment.day for each in readings})
    first = next(day for day in known if known[-1] - day < timedelta(days=SERIES_DAYS))
    days = [first + timedelta(days=number) for number in range((known[-1] - first).days + 1)]
    counts = {day: count_by(readings, Moment(day, _END)) for day in known if day >= first}
    points = tuple(Point(day, found[1] if (found := counts.get(day)) else None) for day in days)
    gained, since = gained_since(readings, start) or (None, None)
    return Series(kind, points, gained, since)


_END = 1 << 62


def end_of(day: date) -> Moment:
    """Return the moment after all readings of a day."""
    return Moment(day, _END)


def before_day(day: date) -> Moment:
    """Return the moment before all readings of a day."""
    return Moment(day, -1)


def moment_of(time: datetime, at: int) -> Moment:
    """Return the moment of a time in UTC, which is `at` microseconds since 1970."""
    return Moment(time.date(), at)
