"""Dates as people and programs write them: in references, often inexact; on captured pages, mostly without a year."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from readlist.model.time import MONTH_PATTERN, MONTHS, PartialDate, PublicationDate, month_number, publication_date
from readlist.text.clean import clean_line

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_NUMBER = r"(\d{1,2})(?!\d)(?:st|nd|rd|th)?"
_MONTH_FIRST = rf"({MONTH_PATTERN})\s+{_NUMBER}(?:,?\s+((?:19|20)\d\d)(?!\d))?"
_DAY_FIRST = rf"{_NUMBER}\s+({MONTH_PATTERN})(?:,?\s+((?:19|20)\d\d))?"
_ISO = r"((?:19|20)\d\d)-(\d\d)-(\d\d)"
_DAY = re.compile(rf"{_WEEKDAY}(?:{_MONTH_FIRST}|{_DAY_FIRST}|{_ISO})", re.IGNORECASE)
_WITH_WEEKDAY = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? {1,3}(\d{1,2}) ([a-z]{3,9})\.?,? (\d{4}|\d\d)(?!\d)", re.IGNORECASE
)
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


def weekday_in(text: str) -> date | None:
    """Return the first day with weekday and year in a text, `Fri, 27 Nov 2026` or `Fri, 5 Jan 24`; None without one."""
    found = _WITH_WEEKDAY.search(text)
    if not found:
        return None
    day = leading_day(f"{found[1]} {found[2]} {'20' if len(found[3]) == 2 else ''}{found[3]}")
    return _date(day[0].year, day[0].month, day[0].day) if day and day[0].year else None


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


_LENGTH = 200
"""Characters of a date that are looked at."""

# Words beside a date that don't change it; another word may be a month and is reported.
_KNOWN_WORD = re.compile(
    "spring|summer|autumn|fall|winter|early|mid|late|circa|ca|about|around|approx|approximately|copyright|st|nd|rd|th"
    "|of|the|on|in|and|to|(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?|utc|gmt|ad|ce|xx|uu"
    "|open|unknown|available|published|online|print|printed|press|appear|forthcoming|accepted|submitted|preprint"
    "|advance|first|[a-z]"
)
_NO_DATE = re.compile(r"[\W0_]*|n\.? ?d\.?|no date|undated|s\.? ?d\.?|s\.? ?a\.?|none|null|unknown", re.IGNORECASE)
_DASH = re.compile(r"-{2,}|[\u2010-\u2015\u2212]")
# Before our era; a decade or century.
_NO_YEAR = re.compile(r"(?a)\A\s*-\d|\bb\.?\s?c\b|(?<!\d)\d{4}s\b")
_YEAR = re.compile(r"(?a)(?<!\d)\d{4}(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?a)(?<!\d)(\d{4})(?:([-/.]|\s+)(\d{1,2}|xx|uu)(?![^\W_]|:)(?:\2(\d{1,2}|xx|uu)(?!\d|[xu]))?)?(?!\d)"
)
# Numbers that are neither a month nor the second year of a range: `2019-123`.
_DIGITS_AFTER = re.compile(r"(?a)[-/.]\d(?!\d{3}(?!\d))")
_YEAR_LAST = re.compile(r"(?a)(?<!\d)(?:(\d{1,2})\s?([-/.])\s?)?(\d{1,2})\s?[-/.]\s?(\d{4})(?!\d)")
_COMPACT = re.compile(r"(?a)(?<![a-z\d])(\d{4})(\d\d)(\d\d)?(?:t\d{4,6}z?)?(?!\d)")
# Beside a month, with blanks between tokens: the first day of a range; not the day of a second month.
_DAY_BEFORE = re.compile(r"(?a)(?:\A| )(\d{1,2})(?: [-/] \d{1,2})?(?: [-/])?\Z")
_DAY_AFTER = re.compile(r"(?a)(?:[-/] (\d{1,2})(?! [^\W\d_])|(\d{1,2}))(?= |\Z)")
_TOKEN = re.compile(r"(?a)\d+|[-/]|[^\W\d_]+")
SEASONS = range(21, 42)
"""Seasons, quarters and the like, in the place of a month (https://www.loc.gov/standards/datetime)."""


class WrittenDate(Struct, frozen=True):
    """What a text says of a date.

    Attributes:
        date: as exact as it is said, None if it isn't said or can't be read.
        unread: the text of which something can't be read; empty if there is nothing.
    """

    date: PublicationDate | None = None
    unread: str = ""

    @property
    def exactness(self) -> int:
        """3 for a day, 2 for a month, 1 for a year, 0 for none."""
        return len(self.date.isoformat().split("-")) if self.date else 0

    @property
    def remark(self) -> str:
        """What can't be read and what is kept, in words; empty if all was read."""
        if not self.unread:
            return ""
        kept = f"as {self.date.isoformat()}" if self.date else "without a date"
        return f"unknown date “{clean_line(self.unread, 60)}”; imported {kept}"


def date_in(*texts: str) -> WrittenDate:
    """Return the most exact date in some texts of the same date; the first of several.

    Of a range it is the first date. A text without a year (`May 3`) is completed from one with nothing else.
    """
    found = [date_of_text(text) for text in texts]
    year = next((each.date for each in found if isinstance(each.date, PartialDate) and not each.date.month), None)
    if year is not None:
        dated = zip(texts, found, strict=True)
        found = [
            date_of_text(f"{text} {year.isoformat()}") if each.unread and not _YEAR.search(text) else each
            for text, each in dated
        ]
    return most_exact(found)


def most_exact(dates: Iterable[WrittenDate]) -> WrittenDate:
    """Return the most exact of some dates, the first of several; if it is not a day, what can't be read is kept."""
    found = list(dates)
    best = max(found, key=lambda each: each.exactness, default=WrittenDate())
    unread = next((each.unread for each in found if each.unread), "")
    return WrittenDate(best.date, best.unread or unread) if best.exactness < 3 else best


def date_of_fields(year: str, month: str, day: str) -> WrittenDate:
    """Return the date in BibTeX's fields: the month may be a number or name, or hold the day or a range."""
    if _YEAR.search(month):
        return most_exact([date_in(month), date_in(year)])
    known = date_of_text(year)
    if not month.strip() or known.date is None:
        named = month if month.strip() and not year.strip() else ""
        known = _without_academic_month(year, known)
        return WrittenDate(known.date, known.unread or named)
    number = re.match(r"(?a)\s*(\d{1,2})(?!\d)", month)
    letters = re.search(r"[^\W\d_]", month)
    of_month = re.match(r"(?a)\s*(\d{1,2})(?!\d)", day)
    if number and not letters:
        if int(number[1]) in SEASONS:
            return WrittenDate(PartialDate(known.date.year))
        return known_part(known.date.year, int(number[1]), int(of_month[1]) if of_month else 0, f"{year} {month} {day}")
    first = of_month[1] if of_month else ""
    return date_of_text(f"{first} {month} {known.date.year:04}")


def _without_academic_month(text: str, found: WrittenDate) -> WrittenDate:
    """Return a year for `2010/11` in a field of years, which is more likely 2010 to 2011 than November."""
    short = re.fullmatch(r"(?a)\s*(\d{4})\s*[-/\u2013]+\s*(\d\d)\s*", text)
    following = short and (int(short[1]) + 1) % 100 == int(short[2])
    return WrittenDate(PartialDate(found.date.year)) if following and found.date else found


def known_part(year: int, month: int, day: int, text: str) -> WrittenDate:
    """Return a date whose unknown parts are 0, or as much of it as is in the calendar; the text is what it was."""
    given = (year, month, day)
    for known in (3, 2, 1):
        try:
            found = publication_date(*given[:known])
        except ValueError:
            continue
        return WrittenDate(found, text if any(given[known:]) else "")
    return WrittenDate(None, text)


def date_of_text(text: str) -> WrittenDate:
    """Return the date in a text, the first of a range."""
    return _date_of_text(text.strip()[:_LENGTH])


# All papers of a list are of a few days.
@lru_cache(maxsize=1_024)
def _date_of_text(text: str) -> WrittenDate:
    shown = text
    if _NO_DATE.fullmatch(text):
        return WrittenDate()
    # What is uncertain or about right in EDTF is a date all the same.
    text = _DASH.sub("-", unicodedata.normalize("NFKC", text).lower().replace("?", "").replace("%", ""))
    text = re.sub(r"[年月](?=\s*\d)", "-", text).replace("~", " ").strip("年月日 ")
    if _NO_YEAR.search(text):
        return WrittenDate(None, shown)
    words = re.findall(r"[^\W\d_]+", text)
    month = any(map(month_number, words))
    found = _by_name(text, shown) if month else _by_numbers(text, shown)
    if found.exactness < 3 and not all(month_number(word) or _KNOWN_WORD.fullmatch(word) for word in words):
        return WrittenDate(found.date, shown)
    return found


def _by_numbers(text: str, shown: str) -> WrittenDate:
    """Return the date in a text without the name of a month."""
    found, last = _YEAR_FIRST.search(text), _YEAR_LAST.search(text)
    if last and (not found or last.start() < found.start()):
        return _with_year_last(last, shown)
    if not found:
        compact = _COMPACT.search(text)
        if not compact:
            return WrittenDate(None, shown)
        return known_part(int(compact[1]), int(compact[2]), int(compact[3] or 0), shown)
    if not found[3] and _DIGITS_AFTER.match(text, found.end()):
        return WrittenDate(PartialDate(int(found[1])) if found[1] > "0000" else None, shown)
    year, month, day = (int(part) if part and part.isdigit() else 0 for part in found.group(1, 3, 4))
    # A season; or the end of a range of years, shortened: 1998-99.
    if month in SEASONS or (month > len(MONTHS) and month > year % 100 and not day):
        month = day = 0
    return known_part(year, month, day, shown)


def _with_year_last(found: re.Match[str], shown: str) -> WrittenDate:
    """Return the date of `05/2019`, `25/12/2019` or `3.5.2019`; the month may be ambiguous."""
    one, sign, two, year = found[1], found[2], int(found[3]), int(found[4])
    if one is None:
        return known_part(year, two, 0, shown)
    day, month = int(one), two
    if month > len(MONTHS):
        day, month = month, day
    elif sign != "." and day <= len(MONTHS) and day != month:
        return WrittenDate(known_part(year, 0, 0, shown).date, shown)
    return known_part(year, month, day, shown)


def _by_name(text: str, shown: str) -> WrittenDate:
    """Return the date in a text with the name of a month, and maybe the day beside it."""
    named = _YEAR.search(text)
    if not named:
        return WrittenDate(None, shown)
    year = int(named[0])
    tokens = [token for token in _TOKEN.findall(text) if token in "-/" or token.isdigit() or month_number(token)]
    months = [month_number(token) for token in tokens if month_number(token)]
    place = next(at for at, token in enumerate(tokens) if month_number(token))
    if len(months) > 1 and months[1] < months[0] and len(_YEAR.findall(text)) == 1 and named[0] not in tokens[:place]:
        # December to January: the year is that of the later one.
        return WrittenDate(PartialDate(year), shown)
    beside = (_DAY_BEFORE.search(" ".join(tokens[:place])), _DAY_AFTER.match(" ".join(tokens[place + 1 :])))
    days = (int(found[found.lastindex or 1]) for found in beside if found)
    return known_part(year, months[0], next(filter(None, days), 0), shown)
