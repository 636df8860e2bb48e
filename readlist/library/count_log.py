"""The counts that feeds gave of papers by day, and what papers gained since a moment; their only home."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.count_sql import count_of, papers_of_day
from readlist.library.rows import Row, columns, insert_rows, microseconds, named, time_at, with_day
from readlist.model.feed import COUNTS
from readlist.model.paper import Announcement
from readlist.model.trend import (
    COUNT_KINDS,
    CountKind,
    Moment,
    Reading,
    Series,
    before_day,
    end_of,
    gained_since,
    moment_of,
    series_of,
)

Seen: TypeAlias = tuple[int, str, date]
"""A paper's id, a feed that gave its counts, and the day it did."""

VISIT_BEFORE = "visit_before"
"""Name of the time of the last visit that ended before the latest counts; what was gained is counted from there."""

WEEK = timedelta(days=7)
"""What was gained is counted from so long ago before the first visit has ended."""

_KEPT_DAYS = 62
"""Days after which a reading that gave what the one before had given is dropped."""

_PART = 100
"""Papers whose counts are written in one transaction."""

_ANSWERS, _MISSING = "count_answers", "count_missing"
"""Names of what was answered when counts were asked for again, and of the papers that were not found."""

_MOST_ANSWERS = 500
_ASKED_AGAIN = 7
"""Days after which a paper that was not found is asked for again."""

_COLUMNS = ("paper_id", "feed", "day", "at", "upvotes", "comments", "stars")
_GIVEN = "coalesce(:upvotes, upvotes), coalesce(:comments, comments), coalesce(:stars, stars)"
_COUNTS = "upvotes, comments, stars"
_OF_DAY = "paper_id = :paper_id and feed = :feed and day = :day"
_LAST_OF_DAY = f"{_OF_DAY} and at = (select max(at) from sighting where {_OF_DAY})"
# A reading that a visit has ended after, on its own day, must stay: what was gained is counted from there.
_SEEN_BY_USER = "(at <= :visit and :visit < :at and :visit_day = :day)"
# With a clock that was ahead: those counts are of today, before this reading.
_BACK_TO_TODAY = (
    "update or replace sighting set day = :today, at = :at - 1 "
    "where paper_id = :paper_id and feed = :feed and day > :today and at > :at"
)
_UPDATE = (
    f"update sighting set ({_COUNTS}, at) = ({_GIVEN}, max(at, :at)) "
    f"where {_LAST_OF_DAY} and not {_SEEN_BY_USER} and ({_GIVEN}) is not ({_COUNTS})"
)
_INSERT = (
    f"insert into sighting ({', '.join(_COLUMNS)}) select :{', :'.join(_COLUMNS)} where not exists "
    f"(select 1 from sighting where {_LAST_OF_DAY} and not ({_SEEN_BY_USER} and ({_GIVEN}) is not ({_COUNTS}))) "
    f"and (:dated or not exists (select 1 from (select {_COUNTS} from sighting where paper_id = :paper_id "
    f"and feed = :feed and day < :day order by day desc, at desc limit 1) where ({_GIVEN}) is ({_COUNTS})))"
)
_DROP_REPEATED = (
    "delete from sighting where paper_id = :paper_id and feed = :feed and day < :kept and not exists "
    "(select 1 from sighting o where o.paper_id = :paper_id and o.feed <> :feed) "
    f"and ({_COUNTS}) is (select b.upvotes, b.comments, b.stars from sighting b where b.paper_id = sighting.paper_id "
    "and b.feed = sighting.feed and (b.day, b.at) < (sighting.day, sighting.at) order by b.day desc, b.at desc limit 1)"
)
# `max` of two values is null if one of them is.
_MERGE = """
    insert into sighting (paper_id, feed, day, at, upvotes, comments, stars)
    select ?2, feed, day, at, upvotes, comments, stars from sighting where paper_id = ?1
    on conflict (paper_id, feed, day, at) do update set
        upvotes = max(coalesce(upvotes, excluded.upvotes), coalesce(excluded.upvotes, upvotes)),
        comments = max(coalesce(comments, excluded.comments), coalesce(excluded.comments, comments)),
        stars = max(coalesce(stars, excluded.stars), coalesce(excluded.stars, stars))
"""
_REFRESH = (
    "update paper set "
    + ", ".join(f"{kind} = coalesce({count_of(kind, 'paper.id')}, {kind})" for kind in COUNT_KINDS)
    + " where id in (select value from json_each(?))"
)


_Kind = TypeVar("_Kind")


class Sighting(Struct, frozen=True):
    """The counts of a paper as one feed gave them on one day; None where it gave none.

    `at` is when they were read, in microseconds since 1970 UTC; 0 where only the day was recorded.
    """

    feed: str
    day: date
    upvotes: int | None
    comments: int | None
    stars: int | None
    at: int = 0


class CountSource(Struct, frozen=True, array_like=True):
    """What gave counts: its `ETag` and `Last-Modified`, and the keys of its papers."""

    etag: str
    modified: str
    keys: list[str]


class PastPlace(Struct, frozen=True):
    """Place and counts of a paper as they were known on a day: see `Entry`."""

    feed: str
    day: date | None
    position: int
    upvotes: int | None
    comments: int | None
    stars: int | None


class CountLog:
    """The counts in a library file.

    A sighting is kept for each day on which a feed gave a paper's counts, changed or not: a day without one was not
    asked.

    Attributes:
        clock: gives the present time.
    """

    def __init__(self, connections: Connections, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._connections = connections
        self.clock = clock
        connections.counted_from = self._counted_from
        connections.present_day = lambda: clock_day(self.clock()).isoformat()

    def sightings(self, paper_id: int) -> tuple[Sighting, ...]:
        """Return the counts of a paper by day, oldest first."""
        return self._sightings([paper_id]).get(paper_id, ())

    def series(self, paper_id: int, until: date | None = None) -> tuple[Series, ...]:
        """Return the counts of a paper by day and what was gained since the last visit, for each kind that it has.

        Until a day it is what was known then, without what was gained.
        """
        start = self.start() if until is None else end_of(until)
        known = [each for each in self.sightings(paper_id) if until is None or each.day <= until]
        found = ((kind, _readings(known, kind)) for kind in COUNT_KINDS)
        return tuple(series_of(kind, readings, start) for kind, readings in found if readings)

    def gains(self, ids: Sequence[int], kind: CountKind = "upvotes", first: date | None = None) -> dict[int, int]:
        """Return what those of some ids gained for which that is known: from a day on, else since the last visit."""
        start = self.start() if first is None else before_day(first)
        readings: dict[int, list[Reading]] = {}
        with self._connections.reading() as connection:
            # In Python, since many statements for each paper take ten times as long.
            rows = connection.execute(
                f"select paper_id, feed, day, at, {kind} from json_each(?) j cross join sighting "
                f"on paper_id = j.value where {kind} is not null",
                (json.dumps(list(ids)),),
            )
            for paper_id, feed, day, at, count in rows:
                moment = Moment(date.fromisoformat(day), at)
                readings.setdefault(paper_id, []).append(Reading(feed, moment, count))
        found = {number: gained_since(each, start) for number, each in readings.items()}
        return {number: gained[0] for number, gained in found.items() if gained is not None}

    def as_of(self, day: date, ids: Sequence[int]) -> dict[int, PastPlace]:
        """Return place and counts of those of some ids that were announced by a day, as they were known then."""
        source, parameters = papers_of_day(day)
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"select p.id, p.feed, p.day, p.position, p.upvotes, p.comments, p.stars from ({source} "
                "where p.id in (select value from json_each(?))) p",
                (*parameters, json.dumps(list(ids))),
            ).fetchall()
        return {
            number: PastPlace(feed, date.fromisoformat(listed) if listed else None, *rest)
            for number, feed, listed, *rest in rows
        }

    # Counts asked for again

    def starred(self, day: date) -> dict[str, frozenset[date]]:
        """Return the starred papers that were not counted again on a day, by key, those counted longest ago first.

        Each has the days of lists in which it had votes. Papers that were not found lately are left out.
        """
        with self._connections.reading() as connection:
            missing = {key for key, last in _missing(connection).items() if (day - last).days < _ASKED_AGAIN}
            rows = connection.execute(
                "select 'arxiv:' || d.arxiv, (select max(s.day) from sighting s where s.paper_id = p.id "
                "and s.feed = ?1) as counted, (select json_group_array(a.day) from announcement a "
                "where a.paper_id = p.id and a.day <> '' and a.upvotes is not null) "
                "from paper p indexed by paper_starred join detail d on d.paper_id = p.id where p.starred "
                "and not p.hidden and d.arxiv <> '' and counted is not ?2 order by counted, p.id",
                (COUNTS, day.isoformat()),
            ).fetchall()
        found = {key: frozenset(map(date.fromisoformat, json.loads(days))) for key, _, days in rows}
        return {key: days for key, days in found.items() if key not in missing}

    def answers(self) -> Mapping[str, CountSource]:
        """Return by address what was answered when counts were asked for again."""
        with self._connections.reading() as connection:
            return _stored(connection, _ANSWERS, dict[str, CountSource])

    def add(self, counts: Mapping[str, Announcement]) -> None:
        """Write counts that were asked for again, by paper key; of papers that are in the library."""
        now = self.clock()
        keys = list(counts)
        for start in range(0, len(keys), _PART):
            part = keys[start : start + _PART]
            with self._connections.writing(papers=True) as connection:
                ids = dict(
                    connection.execute(
                        "select identifier, paper_id from alias where identifier in (select value from json_each(?))",
                        (json.dumps(part),),
                    )
                )
                day = clock_day(now)
                write_sightings(connection, [((ids[key], COUNTS, day), counts[key]) for key in part if key in ids], now)
                refresh_counts(connection, ids.values())

    def repeat(self, keys: Sequence[str]) -> None:
        """Write that papers have the counts that were asked for the last time today, too."""
        now = self.clock()
        with self._connections.writing() as connection:
            ids = connection.execute(
                "select distinct paper_id from alias where identifier in (select value from json_each(?))",
                (json.dumps(list(keys)),),
            ).fetchall()
            connection.executemany(
                f"insert into sighting ({', '.join(_COLUMNS)}) select paper_id, feed, ?2, ?3, {_COUNTS} from sighting "
                "where paper_id = ?1 and feed = ?4 and day < ?2 and not exists (select 1 from sighting "
                "where paper_id = ?1 and feed = ?4 and day >= ?2) order by day desc, at desc limit 1",
                [(paper_id, clock_day(now).isoformat(), microseconds(now), COUNTS) for (paper_id,) in ids],
            )
            _note_visit(connection, now)

    def note(self, answers: Mapping[str, CountSource], missing: Collection[str], day: date) -> None:
        """Keep what was answered when counts were asked for again, and which papers were not found on a day.

        Args:
            answers: by address; what is stored of other addresses stays for long.
            missing: keys of papers.
            day: the day.
        """
        if not answers and not missing:
            return
        with self._connections.writing() as connection:
            stored = _stored(connection, _ANSWERS, dict[str, CountSource])
            kept = {address: answer for address, answer in stored.items() if address not in answers}
            latest = dict(list({**kept, **answers}.items())[-_MOST_ANSWERS:])
            set_meta(connection, _ANSWERS, msgspec.json.encode(latest).decode())
            absent = {key: at for key, at in _missing(connection).items() if (day - at).days < _ASKED_AGAIN}
            set_meta(connection, _MISSING, msgspec.json.encode({**absent, **dict.fromkeys(missing, day)}).decode())

    def since(self) -> datetime:
        """Return from when on it is counted what was gained.

        That is the last visit that ended before the latest counts, so that it says something before new counts are
        there; without any visit a week ago.
        """
        with self._connections.reading() as connection:
            return time_at(self._counted_from(meta(connection, VISIT_BEFORE)))

    def start(self) -> Moment:
        """Return `since` as a place in the order of readings."""
        since = self.since()
        return moment_of(since, microseconds(since))

    def _counted_from(self, visit: str | None) -> int:
        """Return from when on it is counted what was gained, given the stored time of the visit."""
        try:
            return microseconds(time_at(int(visit))) if visit else microseconds(self.clock() - WEEK)
        except (ValueError, OverflowError):
            # As a damaged file may have it.
            return microseconds(self.clock() - WEEK)

    def _sightings(self, ids: Sequence[int]) -> dict[int, tuple[Sighting, ...]]:
        found: dict[int, tuple[Sighting, ...]] = {}
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"select paper_id, {columns(Sighting)} from json_each(?) j cross join sighting "
                "on paper_id = j.value order by day, at, feed",
                (json.dumps(list(ids)),),
            )
            for row in named(rows):
                paper_id = row.pop("paper_id")
                found[paper_id] = (*found.get(paper_id, ()), with_day(Sighting, row))
        return found


def clock_day(now: datetime) -> date:
    """Return the day of a time as sightings have it: in UTC."""
    return now.astimezone(UTC).date()


def _readings(sightings: Iterable[Sighting], kind: CountKind) -> list[Reading]:
    """Return the counts of one kind."""
    counts = ((each, getattr(each, kind)) for each in sightings)
    return [Reading(each.feed, Moment(each.day, each.at), count) for each, count in counts if count is not None]


def write_sightings(
    connection: sqlite3.Connection,
    counts: Iterable[tuple[Seen, Announcement]],
    now: datetime,
    fresh: Collection[int] = (),
    *,
    dated: bool = True,
) -> None:
    """Write the counts that feeds gave; within the writer's transaction.

    A later reading of a day takes the place of an earlier one, unless a visit ended between them. A missing count
    changes nothing.

    Args:
        connection: the writer's.
        counts: what each feed gave for each paper on each day.
        now: when they were read.
        fresh: ids of papers without sightings so far.
        dated: whether they are known to be of that day. If not, only a change is written: the same list may come
            again on another day.
    """
    at, today = microseconds(now), clock_day(now)
    rows: list[Row] = [
        (paper_id, feed, day.isoformat(), at, each.upvotes, each.comments, each.stars)
        for (paper_id, feed, day), each in counts
        if each.upvotes is not None or each.comments is not None or each.stars is not None
    ]
    if not rows:
        return
    visit = _last_visit(connection)
    shared = {
        "dated": dated,
        "visit": microseconds(visit) if visit else -1,
        "visit_day": clock_day(visit).isoformat() if visit else "",
        "today": today.isoformat(),
        "kept": (today - timedelta(days=_KEPT_DAYS)).isoformat(),
    }
    named_rows = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    # Of a new paper, each row is of another feed or day.
    insert_rows(connection, "sighting", [row for row in named_rows if row["paper_id"] in fresh])
    later = _changed(connection, [{**row, **shared} for row in named_rows if row["paper_id"] not in fresh])
    before = connection.total_changes
    connection.executemany(_UPDATE, later)
    connection.executemany(_INSERT, later)
    connection.executemany(_DROP_REPEATED, [row for row in later if row["day"] == shared["today"]])
    if connection.total_changes != before and any(row[2] >= shared["today"] for row in rows):
        _note_visit(connection, now)


def _changed(connection: sqlite3.Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of some rows that say something else than the last ones of the same paper, feed and day.

    Sightings of a clock that was ahead become those of today.
    """
    if not rows:
        return []
    stored: dict[tuple[int, str, str], Row] = {}
    ahead: set[tuple[int, str]] = set()
    at, today = rows[0]["at"], rows[0]["today"]
    for paper_id, feed, day, read, *counts in connection.execute(
        f"select {', '.join(_COLUMNS)} from json_each(?) j cross join sighting on paper_id = j.value order by at",
        (json.dumps(list({row["paper_id"] for row in rows})),),
    ):
        stored[paper_id, feed, day] = tuple(counts)
        if day > today and read > at:
            ahead.add((paper_id, feed))
    if ahead:
        connection.executemany(_BACK_TO_TODAY, [row for row in rows if (row["paper_id"], row["feed"]) in ahead])
        return list(rows)
    return [
        row
        for row in rows
        if (known := stored.get((row["paper_id"], row["feed"], row["day"]))) is None
        or any(row[kind] not in (None, count) for kind, count in zip(COUNT_KINDS, known, strict=True))
    ]


def _note_visit(connection: sqlite3.Connection, now: datetime) -> None:
    """Note that there are new counts: what was gained is counted from the last visit on."""
    visit = _last_visit(connection)
    if visit and visit < now:
        set_meta(connection, VISIT_BEFORE, str(microseconds(visit)))


def refresh_counts(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Give papers the counts that were seen last; of several feeds of one day the highest.

    Announcements only have the days of their lists, and an old list may have been read just now.
    """
    connection.execute(_REFRESH, (json.dumps(list(ids)),))


def merge_sightings(connection: sqlite3.Connection, merged: Iterable[tuple[int, int]]) -> None:
    """Give the sightings of papers to those they were merged into: pairs (former id, id); the highest count stays."""
    connection.executemany(_MERGE, merged)


def restore_sightings(connection: sqlite3.Connection, rows: Iterable[dict[str, Any]], ids: Mapping[int, int]) -> None:
    """Write the sightings of a damaged library, in place of what announcements say, which only have the latest counts.

    Args:
        connection: the new library's writer.
        rows: rows of the damaged one; invalid ones are left out. Those of an older readlist have no time.
        ids: the new id of each paper by its old one.
    """
    restored: set[tuple[int, str]] = set()
    for row in rows:
        values = {**row, "at": row.get("at", 0), "paper_id": ids.get(row["paper_id"])}
        if values["paper_id"] is None or not _is_sighting(values):
            continue
        place = values["paper_id"], values["feed"]
        if place not in restored:
            connection.execute("delete from sighting where paper_id = ? and feed = ?", place)
            restored.add(place)
        insert_rows(connection, "sighting", [values], replace=True)
    refresh_counts(connection, {paper_id for paper_id, _ in restored})


def _is_sighting(values: Mapping[str, Any]) -> bool:
    try:
        date.fromisoformat(values["day"])
        time_at(values["at"])
    except (ValueError, TypeError, OverflowError):
        return False
    is_known = all(isinstance(values[kind], int | None) for kind in COUNT_KINDS)
    return is_known and isinstance(values["feed"], str) and isinstance(values["at"], int)


def _stored(connection: sqlite3.Connection, name: str, kind: type[_Kind]) -> _Kind:
    """Return one of the library's own values that is JSON; empty where a damaged file has it otherwise."""
    try:
        return msgspec.json.decode(meta(connection, name) or "{}", type=kind)
    except (msgspec.MsgspecError, UnicodeError):
        return kind()


def _missing(connection: sqlite3.Connection) -> dict[str, date]:
    return _stored(connection, _MISSING, dict[str, date])


def _last_visit(connection: sqlite3.Connection) -> datetime | None:
    found = meta(connection, "last_visit")
    try:
        return time_at(int(found)) if found else None
    except (ValueError, OverflowError):
        return None
