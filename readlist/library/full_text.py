"""A checked query → one SQL statement; and what the full-text index holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from readlist.library.conditions import COLUMNS, Statement, divided
from readlist.model.paper import Paper
from readlist.model.view import Sort
from readlist.query import Query
from readlist.query.words import matchable
from readlist.text.clean import fold, readable

Searchable: TypeAlias = tuple[str, ...]
"""A paper's texts as the full-text index holds them, in the order of `conditions.COLUMNS`."""

# One index a sort order holds all its columns and the flags (schema.py). It is named in the statement, since
# without statistics SQLite would now and then prefer another way; ties end at the id, so every order is stable.
_ORDERS: dict[Sort, tuple[str, str]] = {
    "feed": ("paper_by_feed", "p.day desc, p.feed, p.position, p.id"),
    "date": ("paper_by_date", "coalesce(p.published, p.day) desc, p.id"),
    "title": ("paper_by_title", "p.title_folded, p.id"),
    "upvotes": ("paper_by_upvotes", "p.upvotes desc, p.id"),
    "stars": ("paper_by_stars", "p.stars desc, p.id"),
    "comments": ("paper_by_comments", "p.comments desc, p.id"),
    "added": ("paper_by_added", "p.added desc, p.id"),
}
_NAMES = ", ".join(COLUMNS)
_PLACES = ", ?" * len(COLUMNS)
# A word between what is stored and what is shown, so that no phrase reaches from one into the other: to FTS5 a private
# character is a letter, to a query it is none.
_BORDER = " \ue000 "
# How much a word counts where it stands; the columns are those of `conditions.COLUMNS`.
_RELEVANCE = "bm25(search, 10.0, 2.0, 5.0, 5.0, 3.0, 3.0), p.id"


def ids_statement(query: Query, sort: Sort, limit: int | None = None) -> Statement:
    """Return the statement for the ids of the papers found, in order: one row of one text, ids between commas.

    One row, because fetching 100,000 of them takes longer than finding them, and takes the interpreter's lock as
    often. The text is null when nothing is found. (SQLite feeds an aggregate in the order of its subquery.)

    Args:
        query: what is asked for; without terms every paper.
        sort: the order.
        limit: the most ids, None for all. With a limit the order's index is walked until there are enough;
            without, the words are looked up first and what they find is sorted.
    """
    wanted, conditions = divided(query)
    index, order = _ORDERS.get(sort, _ORDERS["feed"])
    if sort == "relevance" and wanted:
        # All that is found has to be weighed before the first is known.
        source, order = "search join paper p on p.id = search.rowid", _RELEVANCE
        conditions.insert(0, ("search match ?", (wanted,)))
    elif wanted and limit is None:
        source = "search s cross join paper p on p.id = s.rowid"
        conditions.insert(0, ("s.search match ?", (wanted,)))
    else:
        source = f"paper p indexed by {index}"
        if wanted:
            conditions.append(("+p.id in (select rowid from search where search match ?)", (wanted,)))
    where, parameters = _joined(conditions)
    found = f"select p.id as id from {source}{where} order by {order}"
    if limit is not None:
        found += " limit ?"
        parameters += (limit,)
    return f"select group_concat(id) from ({found})", parameters


def count_statement(query: Query) -> Statement:
    """Return the statement for the number of papers found: one row of one integer."""
    wanted, conditions = divided(query)
    source = "paper p indexed by paper_by_feed"
    if wanted:
        source = "search s cross join paper p on p.id = s.rowid" if conditions else "search s"
        conditions.insert(0, ("s.search match ?", (wanted,)))
    where, parameters = _joined(conditions)
    return f"select count(*) from {source}{where}", parameters


def _joined(conditions: list[Statement]) -> Statement:
    """Return conditions as one WHERE clause, empty for none."""
    unique = dict.fromkeys(conditions)
    where = f" where {' and '.join(sql for sql, _ in unique)}" if unique else ""
    return where, tuple(parameter for _, parameters in unique for parameter in parameters)


def searchable(paper: Paper, note: str) -> Searchable:
    """Return what the full-text index holds for a paper."""
    return (
        indexed(paper.title),
        indexed(paper.abstract),
        indexed_list(paper.authors),
        # A note is shown as it was typed.
        matchable(note),
        indexed(paper.organization),
        indexed_list(paper.keywords),
    )


def indexed(text: str) -> str:
    """Return a text as it is looked for: as it is stored and, where it holds LaTeX, as it is shown."""
    return _both(text, readable(text))


def indexed_list(texts: Sequence[str]) -> str:
    """Return some texts as they are looked for; see `indexed`."""
    return _both("\n".join(texts), "\n".join(map(readable, texts)))


def title_order(title: str) -> str:
    """Return what a title is sorted by: as it is shown, without case and accents."""
    return fold(readable(title))


def _both(stored: str, shown: str) -> str:
    plain = matchable(stored)
    if shown == stored or (other := matchable(shown)) == plain:
        return plain
    return f"{plain}{_BORDER}{other}"


def index(connection: sqlite3.Connection, rows: Iterable[tuple[int, Searchable | None, Searchable | None]]) -> None:
    """Change the full-text index.

    Args:
        connection: within a transaction.
        rows: for each paper its id, what the index holds for it now, and what it shall hold; None for nothing.
            What it holds must be told exactly, since the index keeps no text to look it up in.
    """
    # FTS5 writes a segment whenever the ids go down, so they go up.
    for paper_id, before, after in sorted(rows, key=lambda row: row[0]):
        if before is not None:
            connection.execute(
                f"insert into search (search, rowid, {_NAMES}) values ('delete', ?{_PLACES})",
                (paper_id, *before),
            )
        if after is not None:
            connection.execute(
                f"insert into search (rowid, {_NAMES}) values (?{_PLACES})",
                (paper_id, *after),
            )
