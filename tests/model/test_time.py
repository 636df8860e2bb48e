"""Times and dates."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.model.time import (
    MONTH_PATTERN,
    PartialDate,
    exact_time_text,
    month_number,
    more_exact,
    offset_time_text,
    parse_date,
    parse_time,
    publication_date,
    time_ago,
    time_text,
)

NOW = datetime(2026, 8, 5, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=5, minutes=30))
moments = st.datetimes(datetime(1000, 1, 2), datetime(9998, 12, 30), timezones=st.sampled_from([UTC, EAST]))


def test_the_three_forms() -> None:
    """The forms are those of notes and exports, of the marks, and of the library."""
    moment = datetime(2026, 8, 5, 17, 30, 1, 500, tzinfo=EAST)
    assert time_text(moment) == "2026-08-05T12:00:01Z"
    assert exact_time_text(moment) == "2026-08-05T12:00:01.000500Z"
    assert offset_time_text(moment) == "2026-08-05T12:00:01.000500+00:00"
    assert offset_time_text(NOW) == "2026-08-05T12:00:00+00:00"
    assert time_text(None) == offset_time_text(None) == ""


@given(moments)
def test_a_time_comes_back(moment: datetime) -> None:
    """Each form is parsed again: to the microsecond, or to the second."""
    assert parse_time(exact_time_text(moment)) == parse_time(offset_time_text(moment)) == moment
    assert parse_time(time_text(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize("text", ["", "soon", 12, None, "2026-13-01", "0001-01-01T00:00:00+12:00"])
def test_what_is_no_time_is_none(text: object) -> None:
    """Text, numbers and days outside the calendar are no time."""
    assert parse_time(text) is None


def test_a_time_without_a_zone_is_in_utc() -> None:
    """A day alone is its midnight."""
    assert parse_time(" 2026-08-05 12:00 ") == NOW
    assert parse_time("2026-08-05") == NOW.replace(hour=0)


def test_since_is_in_words() -> None:
    """The words get coarser with the time that has passed."""
    assert time_ago(None, NOW) == "never"
    assert time_ago(NOW - timedelta(seconds=20), NOW) == "just now"
    assert time_ago(NOW - timedelta(minutes=12), NOW) == "12 min ago"
    assert time_ago(NOW - timedelta(days=40), NOW) == "2026-06-26"


@pytest.mark.parametrize("text", ["2019", "2019-05", "2019-05-03", "0476", "9999-12-31"])
def test_the_text_of_a_date_comes_back(text: str) -> None:
    assert parse_date(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    ["", "19", "0000", "2019-", "2019-00", "2019-13", "2019-5", "2019-02-30", "2019-05-00", "２０１９", "2019\n", "x"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_date(text)


@pytest.mark.parametrize("parts", [(0,), (10_000,), (2019, 13), (2019, 2, 30), (2019, 0, 3), (-5,)])
def test_what_is_not_in_the_calendar_is_refused(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        publication_date(*parts)


def test_years_months_and_days_are_sorted_together() -> None:
    texts = ["2018-12-31", "2019", "2019-01-01", "2019-05", "2019-05-03", "2019-06", "2020"]
    for order in itertools.islice(itertools.permutations(texts), 500):
        assert [each.isoformat() for each in sorted(map(parse_date, order))] == texts
    assert PartialDate(2019) != date(2019, 1, 1) and max(PartialDate(2019), date(2019, 1, 1)) == date(2019, 1, 1)
    assert PartialDate(2019) <= PartialDate(2019) and PartialDate(2019) >= PartialDate(2019)


def test_the_more_exact_of_two_that_agree_is_taken() -> None:
    year, day, other = PartialDate(2019), date(2019, 5, 3), date(2020, 5, 3)
    assert (more_exact(year, day), more_exact(day, year), more_exact(year, other)) == (day, day, year)
    assert (more_exact(None, year), more_exact(year, None), more_exact(None, None)) == (year, year, None)


@pytest.mark.parametrize(
    ("name", "number"), [("May", 5), ("Jun.", 6), ("sept", 9), ("Sep.", 9), ("DECEMBER", 12), ("Octo", 10)]
)
def test_a_month_is_known_by_its_name_or_how_that_begins(name: str, number: int) -> None:
    assert month_number(name) == number


@pytest.mark.parametrize("word", ["", "ma", "moon", "sepember", "Mayor"])
def test_other_words_are_no_months(word: str) -> None:
    assert month_number(word) == 0
    assert not re.fullmatch(MONTH_PATTERN, word, re.IGNORECASE)
