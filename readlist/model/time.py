"""Times as text and text as times, and how long ago something was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from readlist.pattern import pattern

LAST_YEAR = 9000
"""Times from this year on are invalid: a clock so far ahead would leave no later times."""


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


def time_text(moment: datetime | None) -> str:
    """Return a time to the second, in ISO 8601 with `Z` for UTC; empty for none."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z" if moment else ""


def exact_time_text(moment: datetime) -> str:
    """Return a time to the microsecond, in ISO 8601 with `Z` for UTC: text order is time order."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def offset_time_text(moment: datetime | None) -> str:
    """Return a time in ISO 8601 with `+00:00` for UTC, microseconds only where it has some; empty for none."""
    return moment.astimezone(UTC).isoformat() if moment else ""


def parse_time(text: object) -> datetime | None:
    """Return the time of an ISO 8601 text, in UTC, also without a time zone; None if it is not a time."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def time_ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was, by the user's calendar: `12 min ago`, `yesterday`, `2026-08-01`, `never`."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if seconds < 90:
        return "just now"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min ago"
    today, day = now.astimezone().date(), moment.astimezone().date()
    if day >= today:
        return f"{round(seconds / 3600)} h ago"
    return "yesterday" if day == today - timedelta(days=1) else day.isoformat()


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""The months in English; three letters of each are enough."""

_MONTH_NUMBERS = {
    month[:letters].lower(): number for number, month in enumerate(MONTHS, 1) for letters in range(3, len(month) + 1)
}
SHORT_MONTHS = tuple(month[:3] for month in MONTHS)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_WEEKDAYS = tuple(day[:3] for day in WEEKDAYS)
MONTH_PATTERN = rf"(?:Sept(?!ember)|{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in MONTHS)})\.?"
"""What matches a month, in full or abbreviated."""

_ISO = pattern(r"(?a)(\d{4})(?:-(\d\d))?")
_WHOLE = len("2019-05-03")


class PartialDate(Struct, frozen=True):
    """A month, or a year if the month is 0; sorted as its text, before its days."""

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
        ValueError: it is not a date.
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
    return _MONTH_NUMBERS.get(name.removesuffix(".").lower(), 0)


def first_day(value: PublicationDate) -> date:
    """Return the first day of a month or year, a day itself."""
    return value if isinstance(value, date) else date(value.year, value.month or 1, 1)


def more_exact(known: PublicationDate | None, other: PublicationDate | None) -> PublicationDate | None:
    """Return the known date, or the other one where it is the same but more exact: 2019 and 2019-05-03."""
    if known is None or other is None:
        return known or other
    one, two = known.isoformat(), other.isoformat()
    return other if len(two) > len(one) and two.startswith(one) else known
