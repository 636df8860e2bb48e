"""Series of counts made for the tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from readlist.model.trend import CountKind, Point, Series


def make_series(
    first: date,
    counts: Iterable[int | None],
    *,
    kind: CountKind = "upvotes",
    gained: int | None = None,
    since: date | None = None,
) -> Series:
    """Make the series of some counts, one a day from the first day on; None for a day that was not asked."""
    points = tuple(Point(first + timedelta(days=place), count) for place, count in enumerate(counts))
    return Series(kind, points, gained, since)
