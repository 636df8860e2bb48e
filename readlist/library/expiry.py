"""Papers that leave the library: those that feeds keep no longer, and the sample where nobody touched it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from readlist.library.connections import Connections
from readlist.library.full_text import index, searchable
from readlist.library.records import SELECT_PAPERS, storable, stored_paper
from readlist.model.feed import ADDED

_Held: TypeAlias = Callable[[], Collection[str]]

# Removing a paper costs about as much as adding it; a mark waits for the writer no longer than a blink.
_PART = 100

# The first parameter is a JSON list of pairs (feed, ISO date).
_BEFORE = (
    "with before (feed, day) as (select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?))"
)
_UNDECIDED = "not p.starred and not p.noted and not exists (select 1 from mark m where m.paper_id = p.id and m.pending)"
_NOT_KEPT = (
    "not exists (select 1 from announcement a left join before b on b.feed = a.feed "
    "where a.paper_id = p.id and (b.day is null or a.day >= b.day))"
)


def expire(connections: Connections, before: Mapping[str, date], held: _Held) -> int:
    """Remove the papers that feeds keep no longer, in small transactions; returns how many.

    Those go that are neither starred nor noted nor about to be, and whose announcements are all of these feeds and
    earlier than the feed's day. Their read marks wait for them, should they come back.

    Args:
        connections: the library's.
        before: by feed, the first day that is kept.
        held: asked, just before each transaction's removing, for identifiers of papers that must stay.
    """
    limits = json.dumps([(storable(feed), day.isoformat()) for feed, day in before.items()])
    with connections.reading() as connection:
        # A paper's row bears its latest announcement, so that most papers are passed over without looking at more.
        found = connection.execute(
            f"{_BEFORE} select p.id from paper p indexed by paper_by_feed cross join before l on l.feed = p.feed "
            f"where p.day < ? and p.day < l.day and {_UNDECIDED} and {_NOT_KEPT}",
            (limits, max(before.values(), default=date.min).isoformat()),
        ).fetchall()
    removed = 0
    for start in range(0, len(found), _PART):
        part = json.dumps([paper_id for (paper_id,) in found[start : start + _PART]])
        with connections.writing(papers=True) as connection:
            # Asked again: it may have been announced anew, or starred, since.
            ids = connection.execute(
                f"{_BEFORE} select p.id from json_each(?) j join paper p on p.id = j.value "
                f"where {_UNDECIDED} and {_NOT_KEPT}",
                (limits, part),
            ).fetchall()
            removed += _remove(connection, ids, held())
    return removed


def drop_untouched(connections: Connections, feed: str, held: _Held = tuple) -> int:
    """Remove the papers that only this feed announced and nobody marked; returns how many; see `expire`."""
    with connections.reading() as connection:
        if not connection.execute("select 1 from feed where name = ? and builtin", (feed,)).fetchone():
            return 0
    with connections.writing(papers=True) as connection:
        ids = connection.execute(
            "select distinct a.paper_id from announcement a where a.feed = ? "
            "and not exists (select 1 from announcement b where b.paper_id = a.paper_id and b.feed <> a.feed) "
            "and not exists (select 1 from mark m where m.paper_id = a.paper_id)",
            (feed,),
        ).fetchall()
        removed = _remove(connection, ids, held())
        connection.execute(
            "delete from feed where name = ? and not exists (select 1 from announcement where feed = name)", (feed,)
        )
    return removed


UNFILLED = "d.title = ''"
"""Holds of papers that are known by their ids alone; for `drop_unmarked`, as is the next."""

ADDED_ALONE = f"not exists (select 1 from announcement a where a.paper_id = p.id and a.feed <> '{ADDED}')"
"""Holds of papers that no feed announced."""


def drop_unmarked(connections: Connections, keys: Iterable[str], condition: str, held: _Held) -> int:
    """Remove those of some papers, by key, that have no mark and of which a condition holds; returns how many."""
    with connections.writing(papers=True) as connection:
        ids = connection.execute(
            "select distinct p.id from alias i join paper p on p.id = i.paper_id join detail d on d.paper_id = p.id "
            f"where i.identifier in (select value from json_each(?)) and {condition} "
            "and not exists (select 1 from mark m where m.paper_id = p.id)",
            (json.dumps([storable(key) for key in keys]),),
        ).fetchall()
        return _remove(connection, ids, held())


def _remove(connection: sqlite3.Connection, ids: Sequence[tuple[int]], held: Collection[str]) -> int:
    """Remove papers, but for those that are held by one of their identifiers; returns how many.

    Their marks wait for them.
    """
    owners = connection.execute(
        "select paper_id from alias where identifier in (select value from json_each(?))",
        (json.dumps([storable(identifier) for identifier in held]),),
    ).fetchall()
    ids = sorted(set(ids) - set(owners))
    if not ids:
        return 0
    wanted = json.dumps([paper_id for (paper_id,) in ids])
    gone = [stored_paper(row) for row in connection.execute(SELECT_PAPERS, (wanted,))]
    index(connection, [(each.id, searchable(each.paper, each.mark.note), None) for each in gone])
    delete_rows(connection, ids)
    connection.executemany("update mark set paper_id = null where paper_id = ?", ids)
    # A walk along all aliases, for an index would hold every title again.
    connection.execute("delete from alias where paper_id in (select value from json_each(?))", (wanted,))
    return len(ids)


def delete_rows(connection: sqlite3.Connection, ids: Sequence[tuple[int]]) -> None:
    """Delete the rows of papers; not what leads to them (alias, mark), nor what was indexed of them."""
    for statement in (
        "delete from paper where id = ?",
        "delete from detail where paper_id = ?",
        "delete from announcement where paper_id = ?",
        "delete from sighting where paper_id = ?",
    ):
        connection.executemany(statement, ids)
