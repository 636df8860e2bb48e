"""The days of arXiv's lists in a library: how many papers were announced and are here, and how far pages were read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.rows import storable
from readlist.model.list_day import FetchState, ListDay, ListedDay, ListMemory, working_days

_STATES = "lists"
_IDS_A_LIST = 10_000
# The announcement that places a paper in the list, as `latest` in `duplicates` chooses it.
_PLACE = (
    "update paper set (feed, day, position) = (select a.feed, a.day, a.position from announcement a "
    "where a.paper_id = paper.id order by a.day desc, a.feed, a.position limit 1) "
    "where id in (select value from json_each(?))"
)
# Days that were not read from a list: what a fallback said of them holds until a list says better.
_UNLISTED = (
    "b.feed = ?1 and b.day >= (select min(day) from listing where feed = ?1) "
    "and not exists (select 1 from listing l where l.feed = ?1 and l.day = b.day and l.announced is not null)"
)
_LISTED = (
    "with listed (paper_id) as materialized (select i.paper_id from json_each(?3) j "
    "cross join alias i on i.identifier = 'arxiv:' || j.value)"
)
_MOVED = f"""
    {_LISTED} select distinct b.paper_id, b.day from listed l
    cross join announcement a on a.paper_id = l.paper_id and a.feed = ?1 and a.day = ?2
    cross join announcement b on b.paper_id = a.paper_id and b.day <> ?2 and {_UNLISTED}
"""
_STRAY = f"""
    {_LISTED} select a.paper_id, a.day from announcement a
    where a.feed = ?1 and a.day = ?2 and a.paper_id not in (select paper_id from listed)
    and {{}} (select 1 from announcement b where b.paper_id = a.paper_id and (b.feed, b.day) <> (a.feed, a.day))
"""
_NEAREST = (
    "select day from listing where feed = ? and announced is null order by abs(julianday(day) - julianday(?)) limit 1"
)


class ListLog:
    """The lists of the feeds of a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def days(self, first: date) -> dict[str, tuple[ListDay, ...]]:
        """Return by feed the days from `first` on that have a list or papers, newest first."""
        found: dict[str, list[ListDay]] = {}
        with self._connections.reading() as connection:
            rows = connection.execute(
                "with here (feed, day, papers) as (select feed, day, count(*) from announcement where day >= ?1 "
                "group by feed, day) select feed, day, l.announced, h.papers, l.day is not null from here h "
                "left join listing l using (feed, day) union select feed, day, announced, 0, 1 from listing "
                "where day >= ?1 and (feed, day) not in (select feed, day from here) order by feed, day desc",
                (first.isoformat(),),
            )
            for feed, day, announced, here, listed in rows:
                found.setdefault(feed, []).append(ListDay(date.fromisoformat(day), announced, here, bool(listed)))
        return {feed: tuple(days) for feed, days in found.items()}

    def listed(self, feed: str, first: date) -> tuple[ListDay, ...]:
        """Return the days of a feed from `first` on that arXiv's lists named, newest first."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "with here (day, papers) as (select day, count(*) from announcement where feed = ?1 and day >= ?2 "
                "group by day) select l.day, l.announced, coalesce(h.papers, 0) from listing l left join here h "
                "on h.day = l.day where l.feed = ?1 and l.day >= ?2 order by l.day desc",
                (storable(feed), first.isoformat()),
            ).fetchall()
        return tuple(ListDay(date.fromisoformat(day), announced, here) for day, announced, here in rows)

    def memory(self, feed: str, first: date) -> ListMemory:
        """Return what is known of a feed, with its days and papers from `first` on."""
        with self._connections.reading() as connection:
            papers = connection.execute(
                "select d.arxiv, p.has_abstract from announcement a join detail d on d.paper_id = a.paper_id "
                "join paper p on p.id = a.paper_id where a.feed = ? and a.day >= ? and d.arxiv <> ''",
                (storable(feed), first.isoformat()),
            ).fetchall()
            state = _states(connection).get(feed, FetchState())
        return ListMemory(
            self.listed(feed, first),
            frozenset(arxiv for arxiv, _ in papers),
            tuple(dict.fromkeys(arxiv for arxiv, has_abstract in papers if not has_abstract)),
            state,
        )

    def record(self, feed: str, days: Iterable[ListedDay]) -> None:
        """Record what lists say of some days, once their papers are in the library.

        Where a fallback had given papers another day, or papers that are not of a day, that is corrected.
        """
        name = storable(feed)
        with self._connections.writing(papers=True) as connection:
            for each in days:
                _write(connection, name, each)
                if each.announced is None:
                    continue
                given = name, each.day.isoformat(), json.dumps(sorted(each.ids)[:_IDS_A_LIST])
                _correct(connection, name, connection.execute(_MOVED, given).fetchall())
                # Of a list that was not read whole, what is not in it may be of the day all the same.
                if len(each.ids) >= each.announced:
                    _correct(connection, name, connection.execute(_STRAY.format("exists"), given).fetchall())
                    _displace(connection, name, connection.execute(_STRAY.format("not exists"), given).fetchall())

    def set_state(self, feed: str, state: FetchState) -> None:
        """Keep what a fetch is to know of the one before it."""
        with self._connections.writing() as connection:
            states = {**_states(connection), feed: state}
            set_meta(connection, _STATES, msgspec.json.encode(states).decode())

    def forget(self, feed: str) -> None:
        """Forget the lists of a feed; its papers and announcements stay."""
        with self._connections.writing() as connection:
            connection.execute("delete from listing where feed = ?", (storable(feed),))
            states = _states(connection)
            if states.pop(feed, None) is not None:
                set_meta(connection, _STATES, msgspec.json.encode(states).decode())


def _states(connection: sqlite3.Connection) -> dict[str, FetchState]:
    try:
        return msgspec.json.decode(meta(connection, _STATES) or "{}", type=dict[str, FetchState])
    except ValueError:
        # Also of a damaged library: feeds are merely read once more.
        return {}


def _write(connection: sqlite3.Connection, feed: str, listed: ListedDay) -> None:
    """Write how many papers a day has; a number once known stays known."""
    connection.execute(
        "insert into listing (feed, day, announced) values (?, ?, ?) "
        "on conflict (feed, day) do update set announced = coalesce(excluded.announced, announced)",
        (feed, listed.day.isoformat(), listed.announced),
    )


def _correct(connection: sqlite3.Connection, feed: str, wrong: Sequence[tuple[int, str]]) -> None:
    """Remove announcements of a feed, each a paper's id and a day, and place the papers where the others do."""
    connection.executemany(
        "delete from announcement where paper_id = ? and feed = ? and day = ?",
        [(paper_id, feed, day) for paper_id, day in wrong],
    )
    if wrong:
        connection.execute(_PLACE, (json.dumps([paper_id for paper_id, _ in wrong]),))


def _displace(connection: sqlite3.Connection, feed: str, stray: Sequence[tuple[int, str]]) -> None:
    """Give papers that are not of their day the nearest day of which no list was read, else the one before all lists.

    A feed that was followed on a day on which its lists could not be read may begin with the batch of the day before.
    """
    if not stray:
        return
    given = connection.execute(_NEAREST, (feed, stray[0][1])).fetchone()
    if given is None:
        (first,) = connection.execute("select min(day) from listing where feed = ?", (feed,)).fetchone()
        begin = date.fromisoformat(first)
        given = (working_days(begin - timedelta(days=7), begin - timedelta(days=1))[-1].isoformat(),)
    connection.executemany(
        "update announcement set day = ? where paper_id = ? and feed = ? and day = ?",
        [(given[0], paper_id, feed, day) for paper_id, day in stray],
    )
    connection.execute(_PLACE, (json.dumps([paper_id for paper_id, _ in stray]),))
