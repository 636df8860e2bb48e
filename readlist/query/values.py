"""The values of fields: numbers and days, single, in ranges and relative to today; identifiers of papers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

from readlist.model.paper import arxiv_id, bare_title, doi_of, fingerprint
from readlist.model.tag import check_tag, fold_tag
from readlist.model.trend import COUNT_KINDS, CountKind
from readlist.pattern import pattern

_NUMBER = pattern(r"(\d{1,12})(?:\.(\d{1,3}))?([km]?)", re.IGNORECASE)
_DAY = pattern(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")
_AGO = pattern(r"(\d{1,5})([dwmy])", re.IGNORECASE)
_PARTIAL = r"(?:\d{1,12}(?:\.\d{0,3})?[km]?)?"
_PARTIAL_NUMBERS = pattern(rf"[<>]?=?{_PARTIAL}|(?:{_NUMBER.pattern})?\.\.{_PARTIAL}", re.IGNORECASE)
_PARTIAL_DAY = pattern(r"[<>]?=?(?:\d{0,5}|\d{4}-(?:0|(?:0?[1-9]|1[0-2])-0?)?)")
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
_UNIT_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_LONG_KEY = 16
"""From this many letters on, a value of `title:` without blanks may be a paper's key: few words are that long."""

_T = TypeVar("_T", int, date)
Numbers = tuple[int | None, int | None]
Days = tuple[date | None, date | None]
Gain = tuple[CountKind, date | None, int | None, int | None]


class ValueProblem(ValueError):
    """An invalid value; the message follows “VALUE is”."""


def _range(text: str, parse: Callable[[str], tuple[_T, _T]], step: Any, wanted: str) -> tuple[_T | None, _T | None]:
    """Return the range of a value, of two with `..`, or of one with a sign; `parse` reads a value alone."""
    if ".." in text:
        low, _, high = text.partition("..")
        limits = (parse(low)[0] if low else None, parse(high)[1] if high else None)
        if limits == (None, None):
            raise ValueProblem(wanted)
        return limits
    sign = re.match(r"[<>]=?|=", text)
    first, last = parse(text[sign.end() :] if sign else text)
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
        ValueProblem: it is invalid.
    """
    return _range(text, _number, 1, "not a range: 10..50, 10.., ..50")


def _number(text: str) -> tuple[int, int]:
    found = _NUMBER.fullmatch(text.strip())
    if not found or (found[2] and not found[3]):
        raise ValueProblem("not a number: 20, >20, >=20, 10..50, 1k")
    factor = _FACTORS[found[3].lower()]
    number = int(found[1]) * factor + (int(found[2]) * factor // 10 ** len(found[2]) if found[2] else 0)
    return number, number


def may_become_numbers(text: str) -> bool:
    """Tell whether more typing may make this a range of numbers."""
    return bool(_PARTIAL_NUMBERS.fullmatch(text))


def gain(text: str, today: date) -> Gain:
    """Return the range of `20`, `>20`, `10..50`, `7d>20` (in the last seven days), `stars>20`, `stars:7d>20`.

    Args:
        text: the value.
        today: the last day of `7d`.

    Raises:
        ValueProblem: it is invalid.
    """
    head, sign, rest = _parts(text)
    kind, day = _counted(head if sign else "")
    try:
        first = days(day, today)[0] if day else None
        return kind, first, *numbers(f"{sign}{rest}" if sign else head)
    except ValueProblem as problem:
        raise ValueProblem("not a number gained: 20, >20, 7d>20, stars>20") from problem


def may_become_gain(text: str, today: date) -> bool:
    """Tell whether more typing may make this what was gained."""
    head, sign, rest = _parts(text)
    if not sign and (may_become_numbers(head) or any(kind.startswith(head.lower()) for kind in COUNT_KINDS)):
        return True
    _, day = _counted(head)
    try:
        gain(f"{head}>1", today)
    except ValueProblem:
        return not sign and may_become_days(day, today)
    return may_become_numbers(f"{sign}{rest}")


def _parts(text: str) -> tuple[str, str, str]:
    """Return what is before the sign of a comparison, the sign, and what follows; all is before it without one."""
    sign = re.search("[<>]=?|=", text)
    return (text[: sign.start()], sign[0], text[sign.end() :]) if sign else (text.strip(), "", "")


def _counted(text: str) -> tuple[CountKind, str]:
    """Return what is counted, and the rest of a text that may begin with it."""
    found = next((kind for kind in COUNT_KINDS if text.lower().startswith(kind)), None)
    return found or "upvotes", text[len(found or "") :].removeprefix(":")


def days(text: str, today: date) -> Days:
    """Return the range of `7d`, `2026`, `2026-08`, `2026-08-01`, `today`, `yesterday`, and of two with `..` or `<` `>`.

    Args:
        text: the value.
        today: the last day of `7d`.

    Raises:
        ValueProblem: it is invalid.
    """
    wanted = "not a range: 2026-08-01..2026-08-15, 2026-08.., ..7d"
    try:
        first, last = _range(text, lambda value: _days_of(value, today), timedelta(days=1), wanted)
    except OverflowError as error:
        raise ValueProblem("out of range") from error
    return first, today if _AGO.fullmatch(text.strip()) else last


def may_become_days(text: str, today: date) -> bool:
    """Tell whether more typing may make this a range of days."""
    first, dots, last = text.partition(".")
    if dots:
        if last and not last.startswith("."):
            return False
        try:
            days(first or "today", today)
        except ValueProblem:
            return False
        text = last.removeprefix(".")
    start = text.lstrip("<>=").lower()
    return bool(_PARTIAL_DAY.fullmatch(text)) or any(day.startswith(start) for day in ("today", "yesterday"))


def _days_of(text: str, today: date) -> tuple[date, date]:
    """Return the first and last day of a day, month or year, or the day some time ago."""
    text = text.strip().lower()
    if text in ("today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return day, day
    try:
        if ago := _AGO.fullmatch(text):
            # The last seven days are today and the six before.
            day = today - timedelta(days=max(0, int(ago[1]) * _UNIT_DAYS[ago[2].lower()] - 1))
            return day, day
        if found := _DAY.fullmatch(text):
            year, month, day_of_month = (int(part) if part else 0 for part in found.groups())
            if day_of_month:
                return date(year, month, day_of_month), date(year, month, day_of_month)
            if month or found[2]:
                # Loads `locale`, which few queries need.
                import calendar

                return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
            return date(year, 1, 1), date(year, 12, 31)
    except (ValueError, OverflowError) as error:
        raise ValueProblem("not in the calendar") from error
    raise ValueProblem("not a day: 7d, 2026-08, 2026-08-01, 2026-08-01..2026-08-15, today")


def limits(kind: str, text: str, today: date) -> Numbers | Days | Gain:
    """Return the range of a value of a field of this kind: `number`, `gain` or `day`.

    Raises:
        ValueProblem: it is invalid.
    """
    if kind == "number":
        return numbers(text)
    return gain(text, today) if kind == "gain" else days(text, today)


def may_become_limits(kind: str, text: str, today: date) -> bool:
    """Tell whether more typing may make this a value of a field of this kind."""
    if kind == "number":
        return may_become_numbers(text)
    return may_become_gain(text, today) if kind == "gain" else may_become_days(text, today)


def past_day(text: str, today: date) -> date:
    """Return the day of `2026-11-20`, `today`, `yesterday`.

    Raises:
        ValueProblem: not a day, or after today.
    """
    try:
        first, last = _days_of(text, today)
    except ValueProblem as problem:
        first, last = today, date.max
        if str(problem).startswith("not in"):
            raise
    if first != last or _AGO.fullmatch(text.strip()):
        raise ValueProblem("not a day: 2026-11-20, yesterday, today")
    if first > today:
        raise ValueProblem(f"after today, {today}")
    return first


def tag_value(text: str) -> tuple[str, bool]:
    """Return the tag that `cited`, `#cited` or `cit*` names, folded, and whether it is only the beginning of one.

    Raises:
        ValueProblem: it is invalid.
    """
    try:
        return fold_tag(check_tag(text.removesuffix("*"))), text.endswith("*")
    except ValueError as error:
        raise ValueProblem("not a tag: letters, digits, - _ /") from error


def identifier_of(text: str) -> str:
    """Return the identifier (`arxiv:…`, `doi:…`) that an arXiv id, a DOI or an address names, empty if none."""
    if arxiv := arxiv_id(text):
        return f"arxiv:{arxiv}"
    doi = doi_of(text)
    return f"doi:{doi}" if doi else ""


def bare_identifiers(written: str) -> tuple[str, ...]:
    """Return the identifiers that a word, or all its parts between commas, name; empty if it is a word."""
    if not ("." in written or "/" in written) or not any(map(str.isdigit, written)):
        return ()
    if whole := identifier_of(written):
        return (whole,)
    several = [identifier_of(part) for part in written.split(",") if part]
    return tuple(dict.fromkeys(several)) if all(several) else ()


def title_key(value: str) -> str:
    """Return the paper's key that a value of `title:` may be, as `list --format keys` prints it; empty if it is not."""
    value = value.removesuffix("*")
    key = f"title:{value}"
    bare = bare_title(key).removeprefix("title:")
    return key if (len(value) >= _LONG_KEY or bare != value) and fingerprint(bare) == bare else ""
