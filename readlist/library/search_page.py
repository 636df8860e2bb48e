"""The first papers of a list in a search index of their own, for the first results while a search is typed."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from typing import NamedTuple

from readlist.library.connections import Connections
from readlist.library.errors import explained
from readlist.library.query_sql import ids_statement, page_statement, words_statement
from readlist.library.search_index import FILL_SEARCH, SEARCH_TABLE
from readlist.model.view import Sort, unreversed
from readlist.query import Query

_PAPERS = 256
_INDEX = "search_page"
_FEW = 1
"""With no more of the first papers than that, the words are in so few of all that these are looked up."""


class _Prepared(NamedTuple):
    """The papers that are in the index, and what they are the first ones of."""

    query: Query
    sort: Sort
    ids: list[int]
    version: int


class FirstFound(NamedTuple):
    """What a search page knows of a search.

    Attributes:
        ids: the first papers found; None if they are not all among the first papers of the list.
        few: whether few papers seem to have the words.
    """

    ids: list[int] | None
    few: bool = False


UNKNOWN = FirstFound(None)


class SearchPage:
    """An index in memory of the first papers of one list, which answers in a tenth of a millisecond.

    The index of all papers must first merge what it has of every word that begins with the two letters typed: 30 ms for
    100,000 papers, even for a small part of them. Most such beginnings are found often enough among the first
    papers of the list to fill a screen.

    It answers only while nothing was written to the library since it was made: what it finds is then the beginning of
    what the index of all papers finds.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._prepared: _Prepared | None = None

    def prepare(self, query: Query, sort: Sort) -> None:
        """Take in the first papers of a list; takes some 30 ms."""
        if unreversed(sort) == "relevance":
            return
        with self._guard, explained(self._connections.path):
            self._drop()
            connection = self._connection = self._connections.own()
            connection.execute("pragma temp_store = memory")
            connection.execute(SEARCH_TABLE.format(f"temp.{_INDEX}"))
            # One view of the library for all of it.
            connection.execute("begin")
            (found,) = connection.execute(*ids_statement(query, sort, _PAPERS)).fetchone()
            ids = json.loads(f"[{found or ''}]")
            among = "d.paper_id in (select value from json_each(?))"
            connection.execute(FILL_SEARCH.format(f"temp.{_INDEX}", among), (json.dumps(ids),))
            connection.execute("commit")
            self._prepared = _Prepared(query, sort, ids, _version(connection))

    def first(self, listed: Query, query: Query, sort: Sort, limit: int) -> FirstFound:
        """Return the first papers found by a query, in order, if the first papers of the list are enough to know them.

        Args:
            listed: the query of the list.
            query: the same, and what is searched for in the list.
            sort: the order of what is found.
            limit: how many are wanted.
        """
        # Whoever prepares takes longer than a search without this.
        if not self._guard.acquire(blocking=False):
            return UNKNOWN
        try:
            made, connection = self._prepared, self._connection
            if made is None or connection is None or (made.query, made.sort) != (listed, sort):
                return UNKNOWN
            with explained(self._connections.path):
                statement = page_statement(query, made.ids, _INDEX, limit)
                if statement is None or _version(connection) != made.version:
                    return UNKNOWN
                ids = [number for (number,) in connection.execute(*statement)]
                words = words_statement(query, _INDEX)
                few = words is not None and connection.execute(*words).fetchone()[0] <= _FEW
                # Something may have been written in between.
                if _version(connection) != made.version:
                    return UNKNOWN
            enough = len(ids) == limit or len(made.ids) < _PAPERS
            return FirstFound(ids if enough else None, few)
        finally:
            self._guard.release()

    def forget(self) -> None:
        """Let go of the papers, and their memory."""
        with self._guard:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection, self._prepared = self._connection, None, None
        if connection is not None:
            with closing(connection):
                pass


def _version(connection: sqlite3.Connection) -> int:
    """Return a number that changes whenever something else writes to the library."""
    (version,) = connection.execute("pragma data_version").fetchone()
    return int(version)
