"""Days of arXiv's lists: what was announced, what of it is in the library, what is missing; the memory of a feed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from readlist.model.time import SHORT_MONTHS, SHORT_WEEKDAYS

_WORKING_DAYS = 5


class ListedDay(Struct, frozen=True):
    """What the lists of a feed's categories say of a day.

    Attributes:
        day: of the announcement.
        announced: how many papers the feed is to have of it; None if the lists could not be read whole.
        ids: the arXiv ids of the papers announced, without version.
    """

    day: date
    announced: int | None
    ids: frozenset[str] = frozenset()


class ListDay(Struct, frozen=True):
    """A day of a feed in the library.

    Attributes:
        day: of the announcement.
        announced: how many papers were announced; None if that is not known.
        here: how many of them are in the library.
        listed: whether its list was asked for; not where the papers came before that was done.
    """

    day: date
    announced: int | None
    here: int
    listed: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether all that was announced is here."""
        return self.announced is not None and self.here >= self.announced

    @property
    def missing(self) -> str:
        """What is missing of it, in words; empty if nothing is known to be."""
        if self.is_whole or not self.listed:
            return ""
        if self.announced is None:
            return f"{day_name(self.day)}: {self.here:,} here, not compared with arXiv's list"
        return f"{day_name(self.day)}: {self.announced:,} announced, {self.here:,} here"


class Walk(Struct, frozen=True):
    """How far the pages of arXiv's API were read, from the newest paper to older ones.

    Attributes:
        until: the day of submission up to which they are read.
        read: how many papers were read.
    """

    until: date
    read: int


class FetchState(Struct, frozen=True):
    """What a fetch of a feed leaves for the next one.

    Attributes:
        walk: how far an interrupted fetch had come, None if the last one came to its end.
        compared: when its papers of the last month were last compared by id, None if never.
        head: the newest papers as they were, as one text.
        since: the day on which they were first seen so.
    """

    walk: Walk | None = None
    compared: date | None = None
    head: str = ""
    since: date | None = None


class ListMemory(Struct, frozen=True):
    """What is known of a feed of arXiv before it is fetched.

    Attributes:
        days: its days of the last weeks that have a list, newest first.
        ids: the arXiv ids of the papers it announced in these weeks.
        bare: those of them without an abstract.
        state: what the last fetch left.
    """

    days: tuple[ListDay, ...] = ()
    ids: frozenset[str] = frozenset()
    bare: tuple[str, ...] = ()
    state: FetchState = FetchState()


def days_in_words(days: Iterable[ListDay], between: str = ", ", *, listed: bool = False) -> str:
    """Return how many papers some days have here, of how many announced: `Fri 214/214, Thu 209/214`.

    Args:
        days: the days.
        between: what separates them.
        listed: whether a list says how many were announced: `Wed 180/?` is a day that was not compared with it.
    """
    found = []
    for each in days:
        announced = f"/{each.announced:,}" if each.announced is not None else "/?" if listed and each.listed else ""
        found.append(f"{SHORT_WEEKDAYS[each.day.weekday()]} {each.here:,}{announced}")
    return between.join(found)


def is_working_day(day: date) -> bool:
    """Tell whether arXiv has a list of this day, unless it is a holiday."""
    return day.weekday() < _WORKING_DAYS


def working_days(first: date, last: date) -> list[date]:
    """Return the working days from one day to another, both included, oldest first."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if is_working_day(day)]


def day_name(day: date) -> str:
    """Return a day in words: `Wed 25 Nov`."""
    return f"{SHORT_WEEKDAYS[day.weekday()]} {day.day} {SHORT_MONTHS[day.month - 1]}"
