"""Conditions on days and counts as SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TypeAlias

from readlist.library.rows import microseconds

Statement: TypeAlias = tuple[str, tuple[str | int, ...]]
"""SQL and its parameters."""


def join(conditions: Sequence[Statement], operator: str) -> Statement:
    """Return some conditions, each once, with an operator between."""
    unique = dict.fromkeys(conditions)
    sql = operator.join(f"({sql})" for sql, _ in unique)
    return f"({sql})", tuple(value for _, values in unique for value in values)


def between(column: str, low: str | int | None, high: str | int | None) -> Statement:
    """Return the condition that a column is within limits, both included; null is not."""
    sql = [f"{column} is not null"]
    sql += [f"{column} >= ?"] if low is not None else []
    sql += [f"{column} <= ?"] if high is not None else []
    return " and ".join(sql), tuple(limit for limit in (low, high) if limit is not None)


def _published(first: date | None, last: date | None) -> Statement:
    """Return the condition that a paper's date is within days, or, if only its month or year is known, may be.

    Days that are only part of a month or year don't find a paper of which no more than that month or year is known.
    """
    column = "coalesce(p.published, p.day)"
    conditions = [between(column, None, last.isoformat() if last else None)]
    if first:
        day, (year, month) = first.isoformat(), _year_and_month(first)
        # The year alone comes first: SQLite starts reading the index there.
        sql = f"{column} >= ? and ({column} >= ? or {column} in (?, ?))"
        conditions.append((sql, (year, day, year, month)))
    else:
        # A paper without any date is of no day.
        conditions.append((f"{column} <> ''", ()))
    if first and last:
        wider = [each for each in _year_and_month(first) if _is_part(first, last, each)]
        conditions += [(f"{column} <> ?", (each,)) for each in wider]
    return join(conditions, " and ")


def _year_and_month(day: date) -> tuple[str, str]:
    """Return the year and the month of a day, as they are stored."""
    return day.isoformat()[:4], day.isoformat()[:7]


def _is_part(first: date, last: date, wider: str) -> bool:
    """Tell whether days are a part of the year or month of the first one, and not all of it."""
    # Loads `locale`, which few queries need.
    from calendar import monthrange

    begin, end = (last.month, last.month) if "-" in wider else (1, 12)
    whole = date(last.year, begin, 1), date(last.year, end, monthrange(last.year, end)[1])
    return last.isoformat().startswith(wider) and (first, last) != whole


def _added(first: date | None, last: date | None) -> Statement:
    low = microseconds(midnight(first)) if first else None
    return between("p.added", low, microseconds(midnight(last, after=True)) - 1 if last else None)


def _marked(column: str, first: date | None, last: date | None) -> Statement:
    # Marks have times in ISO 8601 in UTC; these are prefixes of such times.
    low = _utc(midnight(first)) if first else None
    sql = [f"{column} is not null", *([f"{column} >= ?"] if low else [])]
    high = _utc(midnight(last, after=True)) if last else None
    sql += [f"{column} < ?"] if high else []
    inside = " and ".join(sql)
    return f"+p.id in (select paper_id from mark where {inside})", tuple(each for each in (low, high) if each)


DATED: Mapping[str, Callable[[date | None, date | None], Statement]] = {
    "date": _published,
    "seen": _added,
    "starred": partial(_marked, "starred"),
    "read": partial(_marked, "read"),
}
"""For each field of a day the condition that it is within days, the last one included; None for no limit."""


def midnight(day: date, *, after: bool = False) -> datetime:
    """Return when a day begins, or ends, in the user's time zone."""
    try:
        return datetime.combine(day + timedelta(days=after), time()).astimezone()
    except (OverflowError, ValueError, OSError):
        # Out of range: the first or the last moment of the calendar.
        return datetime(1, 1, 2).astimezone() if day.year < 1000 else datetime(9999, 12, 30).astimezone()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
