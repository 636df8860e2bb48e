"""Dates as captured pages write them."""

from __future__ import annotations

from datetime import date

import pytest

from readlist.text.dates import Day, iso_day, leading_day, resolve, resolve_publication, whole_day, whole_period


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Oct 27", Day(10, 27)),
        ("Friday, 27 November 2026", Day(11, 27, 2026)),
        ("2026-07-04", Day(7, 4, 2026)),
        ("February 29", Day(2, 29)),
        ("Feb 29, 2025", None),
        ("Oct 27 more", None),
    ],
)
def test_a_day_is_read_whole_or_not_at_all(text: str, day: Day | None) -> None:
    assert whole_day(text) == day


def test_a_leading_day_ends_where_it_ends() -> None:
    assert leading_day("Oct 27, 2025 and more") == (Day(10, 27, 2025), len("Oct 27, 2025"))
    assert iso_day("https://huggingface.co/papers?date=2025-10-27") == date(2025, 10, 27)


@pytest.mark.parametrize(
    ("text", "first", "name"),
    [
        ("Week 44, 2025", Day(10, 27, 2025), "week"),
        ("2025-W44", Day(10, 27, 2025), "week"),
        ("October 2025", Day(10, 1, 2025), "month"),
        ("2025-10", Day(10, 1, 2025), "month"),
        ("Oct 27 - Nov 2, 2025", Day(10, 27, 2025), "week"),
        ("Oct 20 - 26", Day(10, 20), "week"),
    ],
)
def test_a_period_is_known_by_its_first_day(text: str, first: Day, name: str) -> None:
    assert whole_period(text) == (first, name)


@pytest.mark.parametrize("text", ["2025-13", "Week 60, 2025", "Feb 29 - Mar 2, 2025", "soon"])
def test_what_is_no_period_is_refused(text: str) -> None:
    assert whole_period(text) is None


def test_a_day_without_a_year_is_the_latest_one() -> None:
    assert resolve(Day(7, 5), date(2026, 7, 5)) == date(2026, 7, 5)
    assert resolve(Day(7, 5), date(2026, 7, 4)) == date(2025, 7, 5)
    assert resolve_publication(Day(7, 5), date(2026, 8, 1), "2307.01234") == date(2023, 7, 5)
