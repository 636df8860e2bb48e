"""Dates of references as programs and people write them: ISO 8601, EDTF, RIS, CSL, and in English words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from readlist.model.time import MONTHS, PartialDate, PublicationDate, month_number, publication_date
from readlist.text.clean import clean_line

_LENGTH = 200
"""Characters of a date that are looked at."""

_DEPTH = 4
"""Lists within lists that a date in JSON may be in."""

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
_DIGITS_BEHIND = re.compile(r"(?a)[-/.]\d(?!\d{3}(?!\d))")
_YEAR_LAST = re.compile(r"(?a)(?<!\d)(?:(\d{1,2})\s?([-/.])\s?)?(\d{1,2})\s?[-/.]\s?(\d{4})(?!\d)")
_COMPACT = re.compile(r"(?a)(?<![a-z\d])(\d{4})(\d\d)(\d\d)?(?:t\d{4,6}z?)?(?!\d)")
_TOKEN = re.compile(r"(?a)\d+|[-/]|[^\W\d_]+")
_SEASONS = range(21, 42)
"""Seasons, quarters and the like, in the place of a month (https://www.loc.gov/standards/datetime)."""

_CSL_SEASONS = range(13, 17)
_CSL_TEXTS = ("date-time", "raw", "literal", "edtf", "other")


class ReferenceDate(Struct, frozen=True):
    """What a reference says of its date.

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


def date_in(*texts: str) -> ReferenceDate:
    """Return the most exact date in some texts of the same date; the first of several.

    Of a range it is the first date. A text without a year (`May 3`) is completed from one with nothing else.
    """
    found = [_read(text) for text in texts]
    year = next((each.date for each in found if isinstance(each.date, PartialDate) and not each.date.month), None)
    if year is not None:
        dated = zip(texts, found, strict=True)
        found = [
            _read(f"{text} {year.isoformat()}") if each.unread and not _YEAR.search(text) else each
            for text, each in dated
        ]
    return most_exact(found)


def most_exact(dates: Iterable[ReferenceDate]) -> ReferenceDate:
    """Return the most exact of some dates, the first of several; if it is not a day, what can't be read is kept."""
    found = list(dates)
    best = max(found, key=lambda each: each.exactness, default=ReferenceDate())
    unread = next((each.unread for each in found if each.unread), "")
    return ReferenceDate(best.date, best.unread or unread) if best.exactness < 3 else best


def date_of_fields(year: str, month: str, day: str) -> ReferenceDate:
    """Return the date in BibTeX's fields: the month may be a number or name, or hold the day or a range."""
    if _YEAR.search(month):
        return most_exact([date_in(month), date_in(year)])
    known = _read(year)
    if not month.strip() or known.date is None:
        named = month if month.strip() and not year.strip() else ""
        known = _without_academic_month(year, known)
        return ReferenceDate(known.date, known.unread or named)
    number = re.match(r"(?a)\s*(\d{1,2})(?!\d)", month)
    letters = re.search(r"[^\W\d_]", month)
    of_month = re.match(r"(?a)\s*(\d{1,2})(?!\d)", day)
    if number and not letters:
        if int(number[1]) in _SEASONS:
            return ReferenceDate(PartialDate(known.date.year))
        return _checked(known.date.year, int(number[1]), int(of_month[1]) if of_month else 0, f"{year} {month} {day}")
    first = of_month[1] if of_month else ""
    return _read(f"{first} {month} {known.date.year:04}")


def _without_academic_month(text: str, found: ReferenceDate) -> ReferenceDate:
    """Return a year for `2010/11` in a field of years, which is more likely 2010 to 2011 than November."""
    short = re.fullmatch(r"(?a)\s*(\d{4})\s*[-/\u2013]+\s*(\d\d)\s*", text)
    following = short and (int(short[1]) + 1) % 100 == int(short[2])
    return ReferenceDate(PartialDate(found.date.year)) if following and found.date else found


def csl_date(value: object, depth: int = _DEPTH) -> ReferenceDate:
    """Return the date of a value of CSL-JSON in any of its forms, the first one of a list or range.

    They are `{"date-parts": [[2019, 5, 3]]}`, also with text for numbers or a list less, `{"raw": "May 2019"}` or
    another text, Pandoc's former `{"year": 2019, "month": 5}`, `[2019, 5]`, and a text by itself.
    """
    if depth == 0 or value is None:
        return ReferenceDate()
    if isinstance(value, list):
        if any(isinstance(part, list | dict) for part in value):
            dates = (csl_date(part, depth - 1) for part in value[:20])
            return next((each for each in dates if each.date or each.unread), ReferenceDate())
        return _of_parts(value)
    if isinstance(value, dict):
        parts = [value.get(name) for name in ("year", "month", "day")]
        return most_exact(
            [
                csl_date(value.get("date-parts"), depth - 1),
                _of_parts(parts),
                *(csl_date(value.get(name), depth - 1) for name in _CSL_TEXTS),
            ]
        )
    return date_in(value) if isinstance(value, str) else _of_parts([value])


def _of_parts(parts: list[object]) -> ReferenceDate:
    """Return the date of a year, month and day, each a number, a text or nothing."""
    texts = [_part_text(part) for part in parts[:3]]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 5]
    if len(numbers) < len(texts):
        return _read(" ".join(texts))
    year, month, day = [*numbers, 0, 0, 0][:3]
    if month in _SEASONS or month in _CSL_SEASONS:
        month = day = 0
    return _checked(year, month, day, "-".join(texts)) if any(numbers) else ReferenceDate()


def _part_text(part: object) -> str:
    """Return a part of a date as text, `0` for one that isn't known."""
    if isinstance(part, float) and part.is_integer():
        part = int(part)
    return str(part).strip() or "0" if part is not None else "0"


def _checked(year: int, month: int, day: int, text: str) -> ReferenceDate:
    """Return a date whose unknown parts are 0, or as much of it as is in the calendar."""
    given = (year, month, day)
    for known in (3, 2, 1):
        try:
            found = publication_date(*given[:known])
        except ValueError:
            continue
        return ReferenceDate(found, text if any(given[known:]) else "")
    return ReferenceDate(None, text)


def _read(text: str) -> ReferenceDate:
    """Return the date in a text, the first of a range."""
    shown = text = text.strip()[:_LENGTH]
    if _NO_DATE.fullmatch(text):
        return ReferenceDate()
    # What is uncertain or about right in EDTF is a date all the same.
    text = _DASH.sub("-", unicodedata.normalize("NFKC", text).lower().replace("?", "").replace("%", ""))
    text = re.sub(r"[年月](?=\s*\d)", "-", text).replace("~", " ").strip("年月日 ")
    if _NO_YEAR.search(text):
        return ReferenceDate(None, shown)
    words = re.findall(r"[^\W\d_]+", text)
    month = any(map(month_number, words))
    found = _by_name(text, shown) if month else _by_numbers(text, shown)
    if found.exactness < 3 and not all(month_number(word) or _KNOWN_WORD.fullmatch(word) for word in words):
        return ReferenceDate(found.date, shown)
    return found


def _by_numbers(text: str, shown: str) -> ReferenceDate:
    """Return the date in a text without the name of a month."""
    found, last = _YEAR_FIRST.search(text), _YEAR_LAST.search(text)
    if last and (not found or last.start() < found.start()):
        return _with_year_last(last, shown)
    if not found:
        compact = _COMPACT.search(text)
        if not compact:
            return ReferenceDate(None, shown)
        return _checked(int(compact[1]), int(compact[2]), int(compact[3] or 0), shown)
    if not found[3] and _DIGITS_BEHIND.match(text, found.end()):
        return ReferenceDate(PartialDate(int(found[1])) if found[1] > "0000" else None, shown)
    year, month, day = (int(part) if part and part.isdigit() else 0 for part in found.group(1, 3, 4))
    # A season; or the end of a range of years, shortened: 1998-99.
    if month in _SEASONS or (month > len(MONTHS) and month > year % 100 and not day):
        month = day = 0
    return _checked(year, month, day, shown)


def _with_year_last(found: re.Match[str], shown: str) -> ReferenceDate:
    """Return the date of `05/2019`, `25/12/2019` or `3.5.2019`; the month may be ambiguous."""
    one, sign, two, year = found[1], found[2], int(found[3]), int(found[4])
    if one is None:
        return _checked(year, two, 0, shown)
    day, month = int(one), two
    if month > len(MONTHS):
        day, month = month, day
    elif sign != "." and day <= len(MONTHS) and day != month:
        return ReferenceDate(_checked(year, 0, 0, shown).date, shown)
    return _checked(year, month, day, shown)


def _by_name(text: str, shown: str) -> ReferenceDate:
    """Return the date in a text with the name of a month, and maybe the day beside it."""
    named = _YEAR.search(text)
    if not named:
        return ReferenceDate(None, shown)
    year = int(named[0])
    tokens = [token for token in _TOKEN.findall(text) if token in "-/" or token.isdigit() or month_number(token)]
    place = next(at for at, token in enumerate(tokens) if month_number(token))
    month = month_number(tokens[place])
    months = [month_number(token) for token in tokens if month_number(token)]
    if len(months) > 1 and months[1] < month and len(_YEAR.findall(text)) == 1 and named[0] not in tokens[:place]:
        # December to January: the year is that of the later one.
        return ReferenceDate(PartialDate(year), shown)
    return _checked(year, month, _day_before(tokens[:place]) or _day_after(tokens[place + 1 :]), shown)


def _day_before(tokens: list[str]) -> int:
    """Return the day before a month, the first of `3-5 May`; 0 if there is none."""
    days = [int(token) if token.isdigit() and len(token) < 3 else token for token in tokens[-4:]]
    match days:
        case [*_, int(first), "-" | "/", int(), "-" | "/"] | [*_, int(first), "-" | "/", int()]:
            return first
        case [*_, int(day)] | [*_, int(day), "-" | "/"]:
            return day
    return 0


def _day_after(tokens: list[str]) -> int:
    """Return the day after a month, the first of `May 3-5`; 0 if there is none, or if it is a later month's."""
    apart = tokens[:1] in (["-"], ["/"])
    rest = tokens[apart:]
    if not rest or not rest[0].isdigit() or len(rest[0]) > 2 or (apart and any(map(month_number, rest[1:2]))):
        return 0
    return int(rest[0])
