"""The feeds in a library: their announcements, and the state of their fetches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.rows import (
    FeedCounts,
    Fetch,
    columns,
    insert,
    microseconds,
    named,
    storable,
    time_at,
    with_day,
)
from readlist.model.paper import Announcement


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
