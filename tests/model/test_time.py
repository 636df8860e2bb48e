"""Tests of readlist.model.time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.model.time import exact_time_text, offset_time_text, parse_time, time_ago, time_text

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
