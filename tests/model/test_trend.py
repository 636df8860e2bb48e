"""The rules of counts over time, by example."""

from __future__ import annotations

from datetime import date

import pytest

from readlist.model.trend import Moment, Point, Reading, before_day, count_by, end_of, gained_since, series_of


def at(day: int, hour: int = 12) -> Moment:
    return Moment(date(2026, 8, day), hour)


def read(day: int, count: int, hour: int = 12, feed: str = "A") -> Reading:
    return Reading(feed, at(day, hour), count)


@pytest.mark.parametrize(
    ("last", "known"),
    [
        (at(1, 11), None),
        (at(1), (date(2026, 8, 1), 5)),
        (at(2), (date(2026, 8, 1), 5)),
        (at(3, 9), (date(2026, 8, 3), 9)),
        (at(3, 12), (date(2026, 8, 3), 8)),
        (end_of(date(2026, 8, 3)), (date(2026, 8, 3), 8)),
        (before_day(date(2026, 8, 3)), (date(2026, 8, 1), 5)),
    ],
)
def test_the_count_known_by_a_moment(last: Moment, known: tuple[date, int] | None) -> None:
    # Of one feed the last reading of a day counts, of several feeds the highest.
    readings = [read(1, 5), read(3, 9, hour=9), read(3, 7), read(3, 8, hour=10, feed="B")]
    assert count_by(readings, last) == known


def test_what_was_gained_is_counted_from_the_last_reading_before_or_the_first_after() -> None:
    readings = [read(2, 5), read(3, 9), read(5, 7)]
    assert gained_since(readings, at(4)) == (-2, date(2026, 8, 3))
    assert gained_since(readings, at(1)) == (2, date(2026, 8, 2))
    assert gained_since(readings, at(5)) is None
    assert gained_since(readings[:1], at(1)) is None


def test_a_single_reading_is_a_number() -> None:
    series = series_of("stars", [read(2, 5)], at(1))
    assert (series.points, series.gained, series.since) == ((Point(date(2026, 8, 2), 5),), None, None)
