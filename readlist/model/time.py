"""Times as text and text as times, and how long ago something was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LAST_YEAR = 9000
"""A time from this year on is absurd: a clock that stands there would leave no time for what follows."""


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
    """Return the time of an ISO 8601 text, in UTC, also where it names no zone; None for what is no time."""
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
