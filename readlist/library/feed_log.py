"""What a library knows of its feeds: what they announced, what counts they told, and what became of asking them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.rows import (
    ANNOUNCEMENT_COLUMNS,
    Feed,
    Fetch,
    Row,
    Sighting,
    announcement_of,
    microseconds,
    storable,
    time_at,
)
from readlist.model.paper import Announcement


class FeedLog:
    """The feeds of a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def all(self) -> list[Feed]:
        """Return every feed that announced papers, by name."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select f.name, count(distinct a.paper_id), "
                "count(distinct case when p.read then null else a.paper_id end), max(a.day) "
                "from announcement a join feed f on f.name = a.feed join paper p on p.id = a.paper_id "
                "group by f.name order by f.name"
            ).fetchall()
        return [Feed(name, papers, unread, date.fromisoformat(day)) for name, papers, unread, day in rows]

    def announcements(self, paper_id: int) -> tuple[Announcement, ...]:
        """Return every announcement of a paper, newest first."""
        return self.announcements_of([paper_id]).get(paper_id, ())

    def announcements_of(self, ids: Sequence[int]) -> dict[int, tuple[Announcement, ...]]:
        """Return the announcements of some papers by their ids, newest first."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"select paper_id, {ANNOUNCEMENT_COLUMNS} from json_each(?) j "
                "cross join announcement on paper_id = j.value order by day desc, feed",
                (json.dumps(list(ids)),),
            ).fetchall()
        found: dict[int, list[Announcement]] = {}
        for paper_id, *row in rows:
            found.setdefault(paper_id, []).append(announcement_of(tuple(row)))
        return {paper_id: tuple(some) for paper_id, some in found.items()}

    def sightings(self, paper_id: int) -> tuple[Sighting, ...]:
        """Return the counts of a paper as feeds told them day by day, oldest first: one for each change."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select feed, day, upvotes, comments, stars from sighting where paper_id = ? order by day, feed",
                (paper_id,),
            ).fetchall()
        return tuple(Sighting(feed, date.fromisoformat(day), *counts) for feed, day, *counts in rows)

    # Asking them

    def fetches(self) -> dict[str, Fetch]:
        """Return what became of asking each feed, by its name; feeds that were never asked are left out."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select feed, tried, good, failure, new, known, validators from fetch order by feed"
            ).fetchall()
        return {
            feed: Fetch(
                feed,
                time_at(tried),
                time_at(good) if good is not None else None,
                failure,
                new,
                known,
                MappingProxyType({address: (etag, at) for address, (etag, at) in json.loads(validators).items()}),
            )
            for feed, tried, good, failure, new, known, validators in rows
        }

    def set_fetch(
        self,
        feed: str,
        *,
        at: datetime,
        failure: str = "",
        new: int = 0,
        known: int = 0,
        validators: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        """Take note of what became of asking a feed.

        Args:
            feed: its name.
            at: when it was asked.
            failure: why it failed, one line; what is known of the last good time stays then.
            new: how many papers were new.
            known: how many were known.
            validators: by address, the `ETag` and `Last-Modified` to ask with the next time; None leaves them.
        """
        moment = microseconds(at)
        sent = "{}" if validators is None else json.dumps(dict(validators))
        with self._connections.writing() as connection:
            if failure:
                connection.execute(
                    "insert into fetch values (?, ?, null, ?, 0, 0, '{}') "
                    "on conflict (feed) do update set tried = excluded.tried, failure = excluded.failure",
                    (storable(feed), moment, storable(failure)),
                )
            else:
                kept = "" if validators is None else ", validators = excluded.validators"
                connection.execute(
                    "insert into fetch values (?, ?, ?, '', ?, ?, ?) on conflict (feed) do update set "
                    "tried = excluded.tried, good = excluded.good, failure = '', new = excluded.new, "
                    f"known = excluded.known{kept}",
                    (storable(feed), moment, moment, new, known, sent),
                )

    def forget_fetch(self, feed: str) -> None:
        """Forget what became of asking a feed; its papers and their announcements stay."""
        with self._connections.writing() as connection:
            connection.execute("delete from fetch where feed = ?", (storable(feed),))

    def waits(self) -> dict[str, float]:
        """Return by origin the time (seconds since 1970) up to which a server asked not to be asked."""
        with self._connections.reading() as connection:
            kept = meta(connection, "waits")
        try:
            found = json.loads(kept or "{}")
        except ValueError:
            return {}
        pairs = found.items() if isinstance(found, dict) else ()
        return {origin: float(until) for origin, until in pairs if isinstance(until, int | float)}

    def set_waits(self, waits: Mapping[str, float], now: datetime) -> None:
        """Keep the waits that are not over, of another process too."""
        with self._connections.writing() as connection:
            kept = {**self.waits(), **waits}
            kept = {origin: until for origin, until in kept.items() if until > now.timestamp()}
            set_meta(connection, "waits", json.dumps(kept))


Seen: TypeAlias = tuple[int, str, date]
"""A paper's id, the feed that told of it, and the day it did."""

# A row is written where a count is other than the latest of an earlier day. One that is there for the day already
# is overwritten by what the feed tells later that day; a count left out says nothing.
_TELL = """
    insert into sighting select ?1, ?2, ?3, ?4, ?5, ?6
    where not exists (
        select 1 from (
            select upvotes, comments, stars from sighting
            where paper_id = ?1 and feed = ?2 and day < ?3 order by day desc limit 1
        ) where (?4 is null or ?4 is upvotes) and (?5 is null or ?5 is comments) and (?6 is null or ?6 is stars)
    ) or exists (select 1 from sighting where paper_id = ?1 and feed = ?2 and day = ?3)
    on conflict (paper_id, feed, day) do update set
        upvotes = coalesce(excluded.upvotes, upvotes),
        comments = coalesce(excluded.comments, comments),
        stars = coalesce(excluded.stars, stars)
    where (excluded.upvotes, excluded.comments, excluded.stars) is not (upvotes, comments, stars)
"""

# `max` of two values is null if one of them is.
_FOLD = """
    insert into sighting select ?2, feed, day, upvotes, comments, stars from sighting where paper_id = ?1
    on conflict (paper_id, feed, day) do update set
        upvotes = max(coalesce(upvotes, excluded.upvotes), coalesce(excluded.upvotes, upvotes)),
        comments = max(coalesce(comments, excluded.comments), coalesce(excluded.comments, comments)),
        stars = max(coalesce(stars, excluded.stars), coalesce(excluded.stars, stars))
"""

_LAST = (
    "coalesce((select {0} from sighting s where s.paper_id = paper.id and s.{0} is not null "
    "order by s.day desc, s.{0} desc limit 1), {0})"
)
_BRING_UP_TO_DATE = (
    f"update paper set upvotes = {_LAST.format('upvotes')}, comments = {_LAST.format('comments')}, "
    f"stars = {_LAST.format('stars')} where id in (select value from json_each(?))"
)


def write_sightings(
    connection: sqlite3.Connection, told: Iterable[tuple[Seen, Announcement]], fresh: Collection[int] = ()
) -> None:
    """Keep the counts that feeds told, as far as they changed; within the writer's transaction.

    Args:
        connection: the writer's.
        told: what each feed told of each paper on each day.
        fresh: ids of papers without sightings so far.
    """
    rows: list[Row] = [
        (paper_id, feed, day.isoformat(), each.upvotes, each.comments, each.stars)
        for (paper_id, feed, day), each in told
        if each.upvotes is not None or each.comments is not None or each.stars is not None
    ]
    # By day, so that each row meets the one before it.
    rows.sort(key=lambda row: row[:3])
    first: list[Row] = []
    later: list[Row] = []
    for before, row in zip([None, *rows], rows, strict=False):
        is_first = row[0] in fresh and (before is None or before[:2] != row[:2])
        (first if is_first else later).append(row)
    connection.executemany("insert into sighting values (?, ?, ?, ?, ?, ?)", first)
    connection.executemany(_TELL, later)


def refresh_counts(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Give papers the counts that were seen last; of several feeds of one day the highest.

    The announcements know the days of their lists alone, and an old list may have been read a moment ago.
    """
    connection.execute(_BRING_UP_TO_DATE, (json.dumps(list(ids)),))


def merge_sightings(connection: sqlite3.Connection, merged: Iterable[tuple[int, int]]) -> None:
    """Give the sightings of papers to those they proved to be: pairs (former id, id); the highest count stays."""
    connection.executemany(_FOLD, merged)
