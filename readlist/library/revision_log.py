"""Newer versions and withdrawals of the papers in a library: when they were seen, and when arXiv was asked for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from readlist.library.connections import Connections
from readlist.library.rows import microseconds
from readlist.model.revision import Revision, is_news, is_revised
from readlist.model.time import offset_time_text, parse_time

if TYPE_CHECKING:
    from readlist.library.duplicates import StagedPaper

# A paper that was never asked about was described when it was added. A time in the future is that of a wrong clock.
_DUE = """
    select d.arxiv from paper p join detail d on d.paper_id = p.id left join revision r on r.paper_id = p.id
    where {} and not p.hidden and d.arxiv <> '' and coalesce(r.asked, p.added) not between ?1 and ?2
"""
# One that was never asked about since it was added is due by that day.
_ASK_BY = """
    insert into revision (paper_id, asked) select p.id, ?1 from alias a join paper p on p.id = a.paper_id
    where a.identifier = ?3 and (p.starred or p.noted) and p.added < ?2
    on conflict (paper_id) do update set asked = min(coalesce(asked, ?1), ?1) where coalesce(asked, 0) < ?2
"""
_NOTE = (
    "insert into revision (paper_id, seen, since) values (?, ?, ?) "
    "on conflict (paper_id) do update set seen = excluded.seen, since = excluded.since"
)
# `max` and `min` of two values are null if one of them is.
_MERGE = """
    insert into revision (paper_id, asked, seen, since) select ?2, asked, seen, since from revision where paper_id = ?1
    on conflict (paper_id) do update set
        asked = min(coalesce(asked, excluded.asked), coalesce(excluded.asked, asked)),
        since = case when seen is null or excluded.seen > seen then excluded.since else since end,
        seen = max(coalesce(seen, excluded.seen), coalesce(excluded.seen, seen))
"""


class RevisionLog:
    """Which papers of a library file arXiv is to be asked about: those with a star or a note."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def due(self, since: datetime, now: datetime) -> list[str]:
        """Return the arXiv ids of starred and noted papers that were not asked about since a time, in a fixed order."""
        statement = f"{_DUE.format('p.starred')} union {_DUE.format('p.noted')} order by 1"
        with self._connections.reading() as connection:
            return [arxiv for (arxiv,) in connection.execute(statement, (microseconds(since), microseconds(now)))]

    def ask_by(self, ids: Iterable[str], asked: datetime, due: datetime) -> None:
        """Let starred and noted papers, by their arXiv ids, be due as if asked about at a time, unless they were since.

        Args:
            ids: of the papers; others than starred and noted ones are left out.
            asked: when arXiv was asked about them, as it were.
            due: papers that were asked about after this time, or added then, are left out.
        """
        rows = [(microseconds(asked), microseconds(due), f"arxiv:{arxiv}") for arxiv in ids]
        with self._connections.writing() as connection:
            connection.executemany(_ASK_BY, rows)

    def set_asked(self, ids: Iterable[str], now: datetime) -> None:
        """Record that arXiv was asked about papers, by their arXiv ids."""
        rows = [(microseconds(now), f"arxiv:{arxiv}") for arxiv in ids]
        with self._connections.writing() as connection:
            connection.executemany(
                "insert into revision (paper_id, asked) select paper_id, ?1 from alias where identifier = ?2 "
                "on conflict (paper_id) do update set asked = excluded.asked",
                rows,
            )


def note_revisions(
    connection: sqlite3.Connection, papers: Iterable[StagedPaper], now: datetime, today: date
) -> set[int]:
    """Record which papers have a newer version, or are newly withdrawn; within the writer's transaction.

    Returns:
        The ids of those of which that is news to the user.
    """
    found = [
        (each, Revision(now, each.paper.revised or today))
        for each in papers
        if each.before is not None and each.paper is not each.before and is_revised(each.before, each.paper, each.mark)
    ]
    seen = offset_time_text(now)
    connection.executemany(_NOTE, [(each.id, seen, revision.since.isoformat()) for each, revision in found])
    return {each.id for each, revision in found if each.mark is not None and is_news(revision, each.mark)}


def merge_revisions(connection: sqlite3.Connection, merged: Iterable[tuple[int, int]]) -> None:
    """Give the revisions of papers to those they were merged into: pairs (former id, id); the one seen last stays."""
    connection.executemany(_MERGE, merged)


def restore_revisions(
    connection: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], ids: Mapping[int, int]
) -> None:
    """Copy valid rows of a damaged library; `ids` has the new id of each paper by its old one."""
    for row in rows:
        if row["paper_id"] in ids:
            asked, seen = row["asked"] if isinstance(row["asked"], int) else None, parse_time(row["seen"])
            since = _day(row["since"]) if seen is not None else None
            values = (ids[row["paper_id"]], asked, offset_time_text(seen) if since else None, since)
            connection.execute(
                "insert or replace into revision (paper_id, asked, seen, since) values (?, ?, ?, ?)", values
            )


def _day(text: object) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if isinstance(text, str) else None
    except ValueError:
        return None
