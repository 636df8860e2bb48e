"""Dates as captured pages write them, most of them without a year."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from readlist.model.time import MONTH_PATTERN, MONTHS, month_number

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_NUMBER = r"(\d{1,2})(?!\d)(?:st|nd|rd|th)?"
_MONTH_FIRST = rf"({MONTH_PATTERN})\s+{_NUMBER}(?:,?\s+((?:19|20)\d\d)(?!\d))?"
_DAY_FIRST = rf"{_NUMBER}\s+({MONTH_PATTERN})(?:,?\s+((?:19|20)\d\d))?"
_ISO = r"((?:19|20)\d\d)-(\d\d)-(\d\d)"
_DAY = re.compile(rf"{_WEEKDAY}(?:{_MONTH_FIRST}|{_DAY_FIRST}|{_ISO})", re.IGNORECASE)
_ISO_ANYWHERE = re.compile(rf"(?<!\d){_ISO}(?!\d)")
_WEEK = re.compile(r"(?:(\d{4})-?\s?w(?:eek)?\s?(\d{1,2})|w(?:eek)?\s?(\d{1,2})(?:,|\s|,\s)(\d{4}))", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"(?:({MONTH_PATTERN}),?\s+((?:19|20)\d\d)|((?:19|20)\d\d)-(\d\d))", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?P<first>{MONTH_PATTERN}\s+\d{{1,2}}(?:,\s*\d{{4}})?)\s*(?:-|–|—|to)\s*(?P<last>.{{1,30}})", re.IGNORECASE
)
_ID_MONTH = re.compile(r"(\d\d)(\d\d)\.\d{4,5}")

_LEAP_CYCLE = 8
_LEAP_YEAR = 2000
_ID_DAYS = 62


class Day(NamedTuple):
    """A day as written: `year` is 0 where the page leaves it out."""

    month: int
    day: int
    year: int = 0


class Period(NamedTuple):
    """A week or a month as written, by its first day."""

    first: Day
    name: str  # "week" or "month"


def leading_day(text: str) -> tuple[Day, int] | None:
    """Return the day a text begins with and where it ends; None if it begins with none."""
    found = _DAY.match(text)
    if not found:
        return None
    month_a, day_a, year_a, day_b, month_b, year_b, year_c, month_c, day_c = found.groups()
    if year_c:
        day = Day(int(month_c), int(day_c), int(year_c))
    else:
        day = Day(month_number(month_a or month_b), int(day_a or day_b), int(year_a or year_b or 0))
    return (day, found.end()) if _date(day.year or _LEAP_YEAR, day.month, day.day) else None


def whole_day(text: str) -> Day | None:
    """Return the day a text is; None if it is more or something else."""
    found = leading_day(text)
    return found[0] if found and found[1] == len(text) else None


def iso_day(text: str) -> date | None:
    """Return the first `YYYY-MM-DD` in a text, None if there is none."""
    found = _ISO_ANYWHERE.search(text)
    return _date(int(found[1]), int(found[2]), int(found[3])) if found else None


def whole_period(text: str) -> Period | None:
    """Return the week or month a text is (`Week 44, 2025`, `2025-W44`, `October 2025`, `Oct 27 - Nov 2`), else None."""
    if found := _WEEK.fullmatch(text):
        try:
            first = date.fromisocalendar(int(found[1] or found[4]), int(found[2] or found[3]), 1)
        except ValueError:
            return None
        return Period(Day(first.month, first.day, first.year), "week")
    if found := _MONTH_YEAR.fullmatch(text):
        month = int(found[4]) if found[4] else month_number(found[1])
        return Period(Day(month, 1, int(found[2] or found[3])), "month") if 1 <= month <= len(MONTHS) else None
    found = _RANGE.fullmatch(text)
    begin = whole_day(found["first"]) if found else None
    if not found or not begin:
        return None
    end = whole_day(found["last"]) or _day_of(begin.month, found["last"])
    if not end:
        return None
    begin = begin._replace(year=begin.year or end.year)
    return Period(begin, "week") if _date(begin.year or _LEAP_YEAR, begin.month, begin.day) else None


def resolve(day: Day, not_after: date) -> date | None:
    """Return the day in its own year, or the latest such day not after `not_after`; None if there is none."""
    if day.year:
        return _date(day.year, day.month, day.day)
    for year in range(not_after.year, max(not_after.year - _LEAP_CYCLE - 1, 0), -1):
        if (found := _date(year, day.month, day.day)) and found <= not_after:
            return found
    return None


def resolve_publication(day: Day, not_after: date, arxiv: str) -> date | None:
    """Return a publication day; the month in a paper's arXiv id (`YYMM.…`) gives the year the page leaves out."""
    found = _ID_MONTH.fullmatch(arxiv)
    if day.year or not found or not 1 <= int(found[2]) <= len(MONTHS):
        return resolve(day, not_after)
    numbered = date(2000 + int(found[1]), int(found[2]), 1)
    near = resolve(day, numbered + timedelta(days=_ID_DAYS))
    return near if near and abs((near - numbered).days) <= _ID_DAYS else resolve(day, not_after)


def _day_of(month: int, text: str) -> Day | None:
    """Return the end of `Oct 20 - 26, 2025`, which doesn't name the month again."""
    found = re.fullmatch(r"(\d{1,2})(?:,\s*(\d{4}))?", text)
    if not found:
        return None
    day = Day(month, int(found[1]), int(found[2] or 0))
    return day if _date(day.year or _LEAP_YEAR, day.month, day.day) else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
