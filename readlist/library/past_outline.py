"""Outlines as of a day: groups, facts and counts of papers as they were known then, found without reading a paper."""

from __future__ import annotations

from datetime import date

from readlist.library.connections import Connections
from readlist.library.count_sql import papers_of_day
from readlist.library.list_outline import Facts, GroupCount, GroupKey, day_in, facts_in, groups_statement
from readlist.library.query_sql import found_in
from readlist.query import Query


class PastOutlines:
    """What `Outlines` finds, of papers as they were known at the end of a day."""

    def __init__(self, connections: Connections, day: date) -> None:
        self._connections = connections
        self._papers = papers_of_day(day)

    def groups(self, query: Query) -> list[tuple[GroupKey, int]]:
        """Return the groups of the papers found, in feed order, each with the number of its papers.

        Raises:
            SearchInterrupted: `Connections.interrupt` was called.
        """
        with self._connections.reading(search=True) as connection:
            rows = connection.execute(*groups_statement(found_in(self._papers, query))).fetchall()
        return [((day_in(day), feed), papers) for day, feed, papers in rows]

    def facts(self, query: Query) -> Facts:
        """Return what the papers found have.

        Raises:
            SearchInterrupted: `Connections.interrupt` was called.
        """
        with self._connections.reading(search=True) as connection:
            return facts_in(connection, found_in(self._papers, query))

    def counts(self) -> dict[GroupKey, GroupCount]:
        """Return the counts of all groups.

        Raises:
            SearchInterrupted: `Connections.interrupt` was called.
        """
        source, parameters = self._papers
        with self._connections.reading(search=True) as connection:
            rows = connection.execute(
                f"select day, feed, count(*), sum(not read) from ({source}) where not hidden group by day, feed",
                parameters,
            ).fetchall()
        return {(day_in(day), feed): GroupCount(papers, unread) for day, feed, papers, unread in rows}

    def marked(self) -> tuple[int, int, int, int]:
        """Return how many papers there were: all, unread, starred, noted."""
        source, parameters = self._papers
        with self._connections.reading(search=True) as connection:
            papers, unread, starred, noted = connection.execute(
                "select count(*), coalesce(sum(not read), 0), coalesce(sum(starred), 0), coalesce(sum(noted), 0) "
                f"from ({source}) where not hidden",
                parameters,
            ).fetchone()
        return papers, unread, starred, noted
