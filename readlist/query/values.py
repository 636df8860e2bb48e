"""The values of fields: numbers and days, single, in ranges and relative to today."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

_NUMBER = re.compile(r"(\d{1,12})(?:\.(\d{1,3}))?([km]?)", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")
_AGO = re.compile(r"(\d{1,5})([dwmy])", re.IGNORECASE)
_BEGUN = r"(?:\d{1,12}(?:\.\d{0,3})?[km]?)?"
_BEGUN_NUMBERS = re.compile(rf"[<>]?=?{_BEGUN}|(?:{_NUMBER.pattern})?\.\.{_BEGUN}", re.IGNORECASE)
_BEGUN_DAY = re.compile(r"[<>]?=?(?:\d{0,5}|\d{4}-(?:0|(?:0?[1-9]|1[0-2])-0?)?)")
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
_SPANS = {"d": 1, "w": 7, "m": 30, "y": 365}

_T = TypeVar("_T", int, date)
Numbers = tuple[int | None, int | None]
Days = tuple[date | None, date | None]


class ValueProblem(ValueError):
    """A value that makes no sense: what it should be, in words."""


def _range(text: str, span: Callable[[str], tuple[_T, _T]], step: Any, wanted: str) -> tuple[_T | None, _T | None]:
    """Return the range of a value, of two with `..`, or of one with a sign; `span` gives what a value alone means."""
    if ".." in text:
        low, _, high = text.partition("..")
        limits = (span(low)[0] if low else None, span(high)[1] if high else None)
        if limits == (None, None):
            raise ValueProblem(wanted)
        return limits
    sign = re.match(r"[<>]=?|=", text)
    first, last = span(text[sign.end() :] if sign else text)
    match sign[0] if sign else "=":
        case ">":
            return last + step, None
        case ">=":
            return first, None
        case "<":
            return None, first - step
        case "<=":
            return None, last
    return first, last


def numbers(text: str) -> Numbers:
    """Return the range of `20`, `>20`, `>=20`, `<20`, `<=20`, `10..50`, `10..`, `..50`, `1k`, `1.5k`.

    Raises:
        ValueProblem: it is none.
    """
    return _range(text, _number, 1, "a range needs a number: 10..50, 10.., ..50")


def _number(text: str) -> tuple[int, int]:
    found = _NUMBER.fullmatch(text.strip())
    if not found or (found[2] and not found[3]):
        raise ValueProblem("write a number: 20, >20, >=20, 10..50, 1k")
    factor = _FACTORS[found[3].lower()]
    number = int(found[1]) * factor + (int(found[2]) * factor // 10 ** len(found[2]) if found[2] else 0)
    return number, number


def may_become_numbers(text: str) -> bool:
    """Tell whether further keys may make a range of numbers of what is none yet."""
    return bool(_BEGUN_NUMBERS.fullmatch(text))


def days(text: str, today: date) -> Days:
    """Return the range of `7d`, `2026`, `2026-08`, `2026-08-01`, `today`, `yesterday`, and of two with `..` or `<` `>`.

    Args:
        text: the value.
        today: what `7d` ends with.

    Raises:
        ValueProblem: it is none.
    """
    wanted = "a range needs a day: 2026-08-01..2026-08-15, 2026-08.., ..7d"
    try:
        first, last = _range(text, lambda value: _span(value, today), timedelta(days=1), wanted)
    except OverflowError as error:
        raise ValueProblem("there are no days beyond") from error
    return first, today if _AGO.fullmatch(text.strip()) else last


def may_become_days(text: str, today: date) -> bool:
    """Tell whether further keys may make a range of days of what is none yet."""
    first, dots, last = text.partition(".")
    if dots:
        if last and not last.startswith("."):
            return False
        try:
            days(first or "today", today)
        except ValueProblem:
            return False
        text = last.removeprefix(".")
    begun = text.lstrip("<>=").lower()
    return bool(_BEGUN_DAY.fullmatch(text)) or any(day.startswith(begun) for day in ("today", "yesterday"))


def _span(text: str, today: date) -> tuple[date, date]:
    """Return the first and last day of what a text names: a day, month, year, or the day some time ago."""
    text = text.strip().lower()
    if text in ("today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return day, day
    try:
        ago = _AGO.fullmatch(text)
        if ago:
            # The last seven days are today and the six before.
            day = today - timedelta(days=max(0, int(ago[1]) * _SPANS[ago[2].lower()] - 1))
            return day, day
        found = _DAY.fullmatch(text)
        if found:
            year, month, day_of_month = (int(part) if part else 0 for part in found.groups())
            if day_of_month:
                return date(year, month, day_of_month), date(year, month, day_of_month)
            if month or found[2]:
                return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
            return date(year, 1, 1), date(year, 12, 31)
    except (ValueError, OverflowError) as error:
        raise ValueProblem(f"{text} is not in the calendar") from error
    raise ValueProblem("write a day: 7d, 2026-08, 2026-08-01, 2026-08-01..2026-08-15, today")
