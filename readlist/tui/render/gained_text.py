"""What a paper gained lately, from its counts by day: a number, and a line of blocks; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from readlist.model.time import SHORT_WEEKDAYS
from readlist.shelf import Sighting
from readlist.tui.render.signs import SIGNS, Signs, whole_day

_WEEK = timedelta(days=7)


class Trend(Struct, frozen=True):
    """What a paper gained between two days.

    Attributes:
        upvotes: upvotes gained; 0 if none or not known.
        stars: likewise GitHub stars.
        line: a block a day by upvotes, a blank for a day without a count; empty if fewer than two days are known, or
            if the days are more than a week apart.
        since: the first day, in words.
    """

    upvotes: int = 0
    stars: int = 0
    line: str = ""
    since: str = ""


def trend(sightings: Sequence[Sighting], today: date, signs: Signs = SIGNS) -> Trend:
    """Return what a paper gained lately.

    It is counted from the earliest sighting within the week before the latest, else from the last one before.
    Of several feeds of a day the highest count is taken.

    Args:
        sightings: counts by day, oldest first.
        today: today, to name the day.
        signs: the signs to use.
    """
    days = sorted({each.day for each in sightings})
    if len(days) < 2:
        return Trend()
    latest = days[-1]
    start = next((day for day in days[:-1] if latest - day <= _WEEK), days[-2])
    upvotes: dict[date, int] = {}
    stars: dict[date, int] = {}
    for each in sightings:
        for counts, number in ((upvotes, each.upvotes), (stars, each.stars)):
            if number is not None and each.day >= start:
                counts[each.day] = max(number, counts.get(each.day, 0))
    near = timedelta() < today - start < _WEEK
    return Trend(
        upvotes=_gain(upvotes, start, latest),
        stars=_gain(stars, start, latest),
        line=_line(upvotes, start, latest, signs) if latest - start <= _WEEK else "",
        since=SHORT_WEEKDAYS[start.weekday()] if near else whole_day(start, today),
    )


def _gain(counts: dict[date, int], start: date, latest: date) -> int:
    return max(0, counts[latest] - counts[start]) if start in counts and latest in counts else 0


def _line(counts: dict[date, int], start: date, latest: date, signs: Signs) -> str:
    """Return a block for each day, by the count between the lowest and the highest."""
    if len(counts) < 2:
        return ""
    low, high = min(counts.values()), max(counts.values())
    levels = signs.heat
    days = (start + timedelta(days=number) for number in range((latest - start).days + 1))
    return "".join(
        levels[(counts[day] - low) * (len(levels) - 1) // max(1, high - low)] if day in counts else " " for day in days
    ).strip()
