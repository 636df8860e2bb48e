"""Outlines: the groups of a list in feed order, and what its papers have, found without reading a paper."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from msgspec import Struct

from readlist.library.connections import Connections
from readlist.library.day_sql import Statement
from readlist.library.query_sql import papers_from
from readlist.query import Query

GroupKey: TypeAlias = tuple[date | None, str]
"""The day and the feed of a group; no day for papers without one."""

_TOP = 10
"""Many upvotes are those of the top tenth."""
_COUNTED_AT_ONCE = 2_000


class Facts(Struct, frozen=True):
    """What some papers have.

    Attributes:
        code: whether one has a repository; likewise starred and noted.
        starred: see code.
        noted: see code.
        upvotes: the most upvotes of one, 0 for none.
        many: the least upvotes of the top tenth, 0 if that is unknown.
    """

    code: bool = False
    starred: bool = False
    noted: bool = False
    upvotes: int = 0
    many: int = 0


class GroupCount(Struct, frozen=True):
    """How many papers a feed announced last on one day, and how many of them are unread."""

    papers: int
    unread: int


class Outlines:
    """Outlines of lists; each is one or two statements over an index, or over the ids given."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def groups(self, query: Query) -> list[tuple[GroupKey, int]]:
        """Return the groups of the papers found, in feed order, each with the number of its papers.

        Raises:
            SearchInterrupted: `Connections.interrupt` was called.
        """
        with self._connections.reading(search=True) as connection:
            rows = connection.execute(*groups_statement(query)).fetchall()
        return [((day_in(day), feed), papers) for day, feed, papers in rows]

    def groups_of(self, ids: Sequence[int]) -> list[tuple[GroupKey, int]]:
        """Return the groups of these papers in this order: neighbours of one day and feed, with their number."""
        if not ids:
            return []
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select place, day, feed from (select j.key as place, p.day as day, p.feed as feed, "
                "lag(p.day) over byplace as day_before, lag(p.feed) over byplace as feed_before "
                "from json_each(?) j left join paper p on p.id = j.value window byplace as (order by j.key)) "
                "where day is not day_before or feed is not feed_before or place = 0 order by place",
                (f"[{','.join(map(str, ids))}]",),
            ).fetchall()
        ends = [*(place for place, _, _ in rows[1:]), len(ids)]
        return [((day_in(day), feed or ""), end - place) for (place, day, feed), end in zip(rows, ends, strict=True)]

    def counts(self) -> dict[GroupKey, GroupCount]:
        """Return the counts of all groups of the library."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select day, feed, count(*), sum(not read) from paper indexed by paper_by_feed where not hidden "
                "group by day, feed"
            ).fetchall()
        return {(day_in(day), feed): GroupCount(papers, unread) for day, feed, papers, unread in rows}

    def counts_of(self, keys: Sequence[GroupKey]) -> dict[GroupKey, GroupCount]:
        """Return the counts of some groups, quickly: without those of very many papers."""
        found = {}
        with self._connections.reading() as connection:
            for day, feed in keys:
                papers, unread = connection.execute(
                    "select count(*), coalesce(sum(not read), 0) from (select read from paper indexed by paper_by_feed "
                    "where day = ? and feed = ? and not hidden limit ?)",
                    (day.isoformat() if day else "", feed, _COUNTED_AT_ONCE),
                ).fetchone()
                if papers < _COUNTED_AT_ONCE:
                    found[day, feed] = GroupCount(papers, unread)
        return found

    def facts(self, query: Query) -> Facts:
        """Return what the papers found have.

        Raises:
            SearchInterrupted: `Connections.interrupt` was called.
        """
        with self._connections.reading(search=True) as connection:
            return facts_in(connection, query)

    def facts_of(self, ids: Sequence[int]) -> Facts:
        """Return what these papers have."""
        asked = json.dumps(list(ids))
        with self._connections.reading() as connection:
            return facts_in(connection, asked)


def groups_statement(papers: Query | Statement) -> Statement:
    """Return the statement for the groups of the papers found, in feed order: rows of day, feed, number of papers."""
    source, parameters = papers_from(papers, "paper_by_feed")
    return (
        f"select p.day, p.feed, count(*) from {source} group by p.day, p.feed order by p.day desc, p.feed",
        parameters,
    )


def _facts(papers: Query | str | Statement) -> Statement:
    """Return the statement for what papers have: one row of 0 or 1 for code, star, note; most upvotes, how many voted.

    Args:
        papers: a query, a JSON list of ids, or what `found_in` returns.
    """
    source, parameters = papers_from(papers, "paper_by_upvotes")
    return (
        "select coalesce(max(p.has_code), 0), coalesce(max(p.starred), 0), coalesce(max(p.noted), 0), "
        f"coalesce(max(p.upvotes), 0), coalesce(sum(p.upvotes > 0), 0) from {source}",
        parameters,
    )


def _many(papers: Query | str | Statement, place: int) -> Statement:
    """Return the statement for the upvotes of the paper at a place when papers are sorted by them; see above."""
    source, parameters = papers_from(papers, "paper_by_upvotes")
    return f"select p.upvotes from {source} order by p.upvotes desc limit 1 offset ?", (*parameters, place)


def facts_in(connection: sqlite3.Connection, papers: Query | str | Statement) -> Facts:
    """Return what papers have; they are given as for `papers_from`."""
    *found, voted = connection.execute(*_facts(papers)).fetchone()
    many = connection.execute(*_many(papers, voted // _TOP)).fetchone() if voted else None
    code, starred, noted, upvotes = found
    return Facts(bool(code), bool(starred), bool(noted), upvotes, many[0] if many else 0)


def day_in(text: str | None) -> date | None:
    """Return a day as the tables have it; None for an empty text."""
    return date.fromisoformat(text) if text else None
