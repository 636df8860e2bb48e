"""The feeds in a library: their announcements, the counts they gave by day, and the state of their fetches."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.rows import (
    FeedCounts,
    Fetch,
    Row,
    Sighting,
    columns,
    insert,
    insert_rows,
    microseconds,
    named,
    storable,
    time_at,
    with_day,
)
from readlist.model.paper import Announcement

Seen: TypeAlias = tuple[int, str, date]
"""A paper's id, a feed that gave its counts, and the day it did."""

_SIGHTING = ("paper_id", *Sighting.__struct_fields__)
# A row is written if a count differs from the latest of an earlier day. A row of the same day is overwritten; a missing
# count changes nothing.
_UPDATE_SIGHTING = """
    insert into sighting (paper_id, feed, day, upvotes, comments, stars)
    select :paper_id, :feed, :day, :upvotes, :comments, :stars
    where not exists (
        select 1 from (
            select upvotes, comments, stars from sighting
            where paper_id = :paper_id and feed = :feed and day < :day order by day desc limit 1
        ) where (:upvotes is null or :upvotes is upvotes) and (:comments is null or :comments is comments)
            and (:stars is null or :stars is stars)
    ) or exists (select 1 from sighting where paper_id = :paper_id and feed = :feed and day = :day)
    on conflict (paper_id, feed, day) do update set
        upvotes = coalesce(excluded.upvotes, upvotes),
        comments = coalesce(excluded.comments, comments),
        stars = coalesce(excluded.stars, stars)
    where (excluded.upvotes, excluded.comments, excluded.stars) is not (upvotes, comments, stars)
"""
# `max` of two values is null if one of them is.
_MERGE_SIGHTINGS = """
    insert into sighting (paper_id, feed, day, upvotes, comments, stars)
    select ?2, feed, day, upvotes, comments, stars from sighting where paper_id = ?1
    on conflict (paper_id, feed, day) do update set
        upvotes = max(coalesce(upvotes, excluded.upvotes), coalesce(excluded.upvotes, upvotes)),
        comments = max(coalesce(comments, excluded.comments), coalesce(excluded.comments, comments)),
        stars = max(coalesce(stars, excluded.stars), coalesce(excluded.stars, stars))
"""
_LATEST = (
    "{0} = coalesce((select {0} from sighting s where s.paper_id = paper.id and s.{0} is not null "
    "order by s.day desc, s.{0} desc limit 1), {0})"
)
_REFRESH_COUNTS = (
    f"update paper set {', '.join(map(_LATEST.format, ('upvotes', 'comments', 'stars')))} "
    "where id in (select value from json_each(?))"
)


class FeedPapers(Struct, frozen=True):
    """The ids of a feed's papers.

    Attributes:
        alone: those that no other feed announced, without a star or a note.
        marked: those that no other feed announced, with a star or a note.
        shared: those that another feed announced, too.
    """

    alone: list[int]
    marked: list[int]
    shared: list[int]


class FeedLog:
    """The feeds of a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def all(self) -> list[FeedCounts]:
        """Return every feed that announced papers that are not removed, by name."""
        with self._connections.reading() as connection:
            found = connection.execute(
                "select f.name as name, count(distinct a.paper_id) as papers, "
                "count(distinct case when p.read then null else a.paper_id end) as unread, max(a.day) as day "
                "from announcement a join feed f on f.name = a.feed join paper p on p.id = a.paper_id "
                "where not p.hidden group by f.name order by f.name"
            )
            return [with_day(FeedCounts, row) for row in named(found)]

    def papers_of(self, feed: str) -> FeedPapers:
        """Return the papers of a feed that are in the lists."""
        found = FeedPapers([], [], [])
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select p.id, p.starred or p.noted, exists "
                "(select 1 from announcement b where b.paper_id = p.id and b.feed <> ?1) "
                "from (select distinct paper_id from announcement where feed = ?1) a join paper p on p.id = a.paper_id "
                "where not p.hidden order by p.id",
                (storable(feed),),
            )
            for paper_id, marked, shared in rows:
                (found.shared if shared else found.marked if marked else found.alone).append(paper_id)
        return found

    def builtin_alone(self) -> int:
        """Return how many papers there are if only built-in feeds announced any, else 0."""
        with self._connections.reading() as connection:
            if connection.execute("select 1 from feed where not builtin limit 1").fetchone():
                return 0
            (papers,) = connection.execute(
                "select count(*) from paper indexed by paper_by_feed where not hidden"
            ).fetchone()
        return int(papers)

    def builtin_papers(self) -> int:
        """Return how many papers built-in feeds announced, and no other feed."""
        with self._connections.reading() as connection:
            (papers,) = connection.execute(
                "select count(distinct a.paper_id) from announcement a join paper p on p.id = a.paper_id "
                "where not p.hidden and a.feed in (select name from feed where builtin) and not exists (select 1 from "
                "announcement b join feed f on f.name = b.feed where b.paper_id = p.id and not f.builtin)"
            ).fetchone()
        return int(papers)

    def announcements(self, paper_id: int) -> tuple[Announcement, ...]:
        """Return every announcement of a paper, newest first."""
        return self.announcements_of([paper_id]).get(paper_id, ())

    def announcements_of(self, ids: Sequence[int]) -> dict[int, tuple[Announcement, ...]]:
        """Return the announcements of papers by their ids, newest first."""
        found: dict[int, tuple[Announcement, ...]] = {}
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"select paper_id, {columns(Announcement)} from json_each(?) j "
                "cross join announcement on paper_id = j.value order by day desc, feed",
                (json.dumps(list(ids)),),
            )
            for row in named(rows):
                paper_id = row.pop("paper_id")
                found[paper_id] = (*found.get(paper_id, ()), with_day(Announcement, row))
        return found

    def sightings(self, paper_id: int) -> tuple[Sighting, ...]:
        """Return the counts of a paper by day, oldest first: one for each change."""
        with self._connections.reading() as connection:
            statement = f"select {columns(Sighting)} from sighting where paper_id = ? order by day, feed"
            return tuple(with_day(Sighting, row) for row in named(connection.execute(statement, (paper_id,))))

    # Fetches

    def fetches(self) -> dict[str, Fetch]:
        """Return the state of fetching each feed, by its name, without feeds that were never fetched."""
        with self._connections.reading() as connection:
            rows = named(connection.execute(f"select {columns(Fetch)} from fetch order by feed"))
        for row in rows:
            row["tried"] = time_at(row["tried"])
            row["good"] = time_at(row["good"]) if row["good"] is not None else None
            sent = json.loads(row["validators"])
            row["validators"] = MappingProxyType({address: (etag, date) for address, (etag, date) in sent.items()})
        return {row["feed"]: Fetch(**row) for row in rows}

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
        """Record how fetching a feed went.

        Args:
            feed: its name.
            at: when it was fetched.
            failure: why it failed, one line; the last successful fetch stays recorded then.
            new: how many papers were new.
            known: how many were known.
            validators: by address, the `ETag` and `Last-Modified` to send next time; None keeps them.
        """
        row = {
            "feed": storable(feed),
            "tried": microseconds(at),
            "good": None if failure else microseconds(at),
            "failure": storable(failure),
            "new": 0 if failure else new,
            "known": 0 if failure else known,
            "validators": "{}" if failure or validators is None else json.dumps(dict(validators)),
        }
        kept = ["feed", *(["good", "new", "known"] if failure else [])]
        kept += ["validators"] if failure or validators is None else []
        changes = ", ".join(f"{name} = excluded.{name}" for name in row if name not in kept)
        with self._connections.writing() as connection:
            connection.execute(f"{insert('fetch', row)} on conflict (feed) do update set {changes}", row)

    def forget_fetch(self, feed: str) -> None:
        """Forget the fetches of a feed; its papers and announcements stay."""
        with self._connections.writing() as connection:
            connection.execute("delete from fetch where feed = ?", (storable(feed),))

    def waits(self) -> dict[str, float]:
        """Return by origin until when (seconds since 1970) a server asked not to be asked."""
        with self._connections.reading() as connection:
            kept = meta(connection, "waits")
        try:
            found = json.loads(kept or "{}")
        except ValueError:
            return {}
        pairs = found.items() if isinstance(found, dict) else ()
        return {origin: float(until) for origin, until in pairs if isinstance(until, int | float)}

    def set_waits(self, waits: Mapping[str, float], now: datetime) -> None:
        """Add waits to the recorded ones, which another process may have added to; those that are over are dropped."""
        with self._connections.writing() as connection:
            kept = {**self.waits(), **waits}
            kept = {origin: until for origin, until in kept.items() if until > now.timestamp()}
            set_meta(connection, "waits", json.dumps(kept))


def write_sightings(
    connection: sqlite3.Connection, counts: Iterable[tuple[Seen, Announcement]], fresh: Collection[int] = ()
) -> None:
    """Write the counts that feeds gave, if they changed; within the writer's transaction.

    Args:
        connection: the writer's.
        counts: what each feed gave for each paper on each day.
        fresh: ids of papers without sightings so far.
    """
    rows: list[Row] = [
        (paper_id, feed, day.isoformat(), each.upvotes, each.comments, each.stars)
        for (paper_id, feed, day), each in counts
        if each.upvotes is not None or each.comments is not None or each.stars is not None
    ]
    # By day, so that each row is compared with the one before it.
    rows.sort(key=lambda row: row[:3])
    first: list[dict[str, object]] = []
    later: list[dict[str, object]] = []
    for before, row in zip([None, *rows], rows, strict=False):
        is_first = row[0] in fresh and (before is None or before[:2] != row[:2])
        (first if is_first else later).append(dict(zip(_SIGHTING, row, strict=True)))
    insert_rows(connection, "sighting", first)
    connection.executemany(_UPDATE_SIGHTING, later)


def refresh_counts(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Give papers the counts that were seen last; of several feeds of one day the highest.

    Announcements only have the days of their lists, and an old list may have been read just now.
    """
    connection.execute(_REFRESH_COUNTS, (json.dumps(list(ids)),))


def merge_sightings(connection: sqlite3.Connection, merged: Iterable[tuple[int, int]]) -> None:
    """Give the sightings of papers to those they were merged into: pairs (former id, id); the highest count stays."""
    connection.executemany(_MERGE_SIGHTINGS, merged)
