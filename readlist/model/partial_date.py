"""Dates of publication as exact as their source says: a day, a month or a year."""

from __future__ import annotations

import re
from datetime import date
from typing import TypeAlias

from msgspec import Struct

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""The months in English; three letters of each are enough."""

SHORT_MONTHS = tuple(month[:3] for month in MONTHS)
MONTH_PATTERN = rf"(?:Sept(?!ember)|{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in MONTHS)})\.?"
"""What matches a month, in full or abbreviated."""

_ISO = re.compile(r"(?a)(\d{4})(?:-(\d\d))?")
_WHOLE = len("2019-05-03")


class PartialDate(Struct, frozen=True):
    """A month, or a year where the month is 0. It is ordered as its text is: before the days that lie in it."""

    year: int
    month: int = 0

    def isoformat(self) -> str:
        """Return the ISO 8601 form: `2019` or `2019-05`."""
        return f"{self.year:04}-{self.month:02}" if self.month else f"{self.year:04}"

    def __lt__(self, other: PublicationDate) -> bool:
        return self.isoformat() < other.isoformat()

    def __le__(self, other: PublicationDate) -> bool:
        return self.isoformat() <= other.isoformat()

    def __gt__(self, other: PublicationDate) -> bool:
        return self.isoformat() > other.isoformat()

    def __ge__(self, other: PublicationDate) -> bool:
        return self.isoformat() >= other.isoformat()


PublicationDate: TypeAlias = date | PartialDate


def publication_date(year: int, month: int = 0, day: int = 0) -> PublicationDate:
    """Return a day, or a month where the day is 0, or a year where the month is 0 too.

    Raises:
        ValueError: it is not in the calendar.
    """
    date(year, month or 1, day or 1)
    if day and not month:
        raise ValueError("a day needs a month")
    return date(year, month, day) if day else PartialDate(year, month)


def parse_date(text: str) -> PublicationDate:
    """Return the date of an ISO 8601 text: `2019`, `2019-05`, `2019-05-03`.

    Raises:
        ValueError: it is none.
    """
    if len(text) == _WHOLE:
        return date.fromisoformat(text)
    found = _ISO.fullmatch(text)
    if not found:
        raise ValueError(f"not an ISO date: {text!r}")
    if found[2] == "00":
        raise ValueError(f"not in the calendar: {text}")
    return publication_date(int(found[1]), int(found[2] or 0))


def month_number(name: str) -> int:
    """Return the number of an English month by its name or at least three letters of it, 0 for another word."""
    beginning = name.removesuffix(".").lower()
    if len(beginning) < 3:
        return 0
    return next((number for number, month in enumerate(MONTHS, 1) if month.lower().startswith(beginning)), 0)


def first_day(value: PublicationDate) -> date:
    """Return the first day of a month or year, a day itself."""
    return value if isinstance(value, date) else date(value.year, value.month or 1, 1)


def more_exact(known: PublicationDate | None, other: PublicationDate | None) -> PublicationDate | None:
    """Return the known date, or the other one where it is the same but more exact: 2019 and 2019-05-03."""
    if known is None or other is None:
        return known or other
    one, two = known.isoformat(), other.isoformat()
    return other if len(two) > len(one) and two.startswith(one) else known
