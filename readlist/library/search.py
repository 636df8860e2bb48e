"""A checked query → one SQL statement; and what the full-text index holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TypeAlias

from readlist.paper import Paper
from readlist.query import Flag, InFeed, Not, Query, Sort, Words, matchable

Searchable: TypeAlias = tuple[str, str, str, str]
"""A paper's title, abstract, authors and note as the full-text index holds them."""

# One index a sort order holds all its columns and the flags (schema.py). It is named in the statement, since
# without statistics SQLite would now and then prefer another way; ties end at the id, so every order is stable.
_ORDERS: dict[Sort, tuple[str, str]] = {
    "feed": ("paper_by_feed", "p.day desc, p.feed, p.position, p.id"),
    "date": ("paper_by_date", "p.published desc, p.id"),
    "title": ("paper_by_title", "p.title_folded, p.id"),
    "upvotes": ("paper_by_upvotes", "p.upvotes desc, p.id"),
}
_FLAGS = {
    ("is", "unread"): "not p.read",
    ("is", "read"): "p.read",
    ("is", "starred"): "p.starred",
    ("is", "noted"): "p.noted",
    ("is", "new"): (
        "+p.id in (select id from paper where added > coalesce("
        "(select cast(value as integer) from meta where name = 'last_visit'), -1))"
    ),
    ("has", "code"): "p.has_code",
    ("has", "project"): "p.has_project",
    ("has", "note"): "p.noted",
    ("has", "abstract"): "p.has_abstract",
}

# Who names a feed wholly means that one, though other names hold it too.
_IN_FEED = (
    "+p.id in (select paper_id from announcement where feed in (select name from feed where folded(name) = ? "
    "or (instr(folded(name), ?) and not exists (select 1 from feed where folded(name) = ?))))"
)

Statement: TypeAlias = tuple[str, tuple[str | int, ...]]
"""SQL and its parameters."""


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
    index, order = _ORDERS[sort]
    wanted, conditions = _divided(query)
    if wanted and limit is None:
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
    wanted, conditions = _divided(query)
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


def _divided(query: Query) -> tuple[str, list[Statement]]:
    """Return a query's words as an FTS5 expression, empty for none, and the rest as conditions on a paper `p`."""
    wanted: list[str] = []
    unwanted: list[str] = []
    conditions: list[Statement] = []
    for term in query.terms:
        negated = isinstance(term, Not)
        bare = term.term if isinstance(term, Not) else term
        match bare:
            case Words():
                (unwanted if negated else wanted).append(_phrase(bare))
            case Flag():
                either = " or ".join(_FLAGS[bare.field, value] for value in bare.values)
                conditions.append((f"not ({either})" if negated else f"({either})", ()))
            case InFeed():
                either = " or ".join([_IN_FEED] * len(bare.names))
                names = tuple(name for name in bare.names for _ in range(3))
                conditions.append((f"not ({either})" if negated else f"({either})", names))
            case Not():
                raise TypeError("a negation isn't negated again")
    none_of = " OR ".join(dict.fromkeys(unwanted))
    # Side by side, words are joined by AND, and one that FTS5 finds no letter in is passed over.
    all_of = " ".join(dict.fromkeys(wanted))
    if all_of and none_of:
        all_of = f"({all_of}) NOT ({none_of})"
    elif none_of:
        # FTS5 can't look for what has no word in it.
        conditions.append(("+p.id not in (select rowid from search where search match ?)", (none_of,)))
    return all_of, conditions


def _phrase(words: Words) -> str:
    """Return words in a row as an FTS5 phrase: letters and digits in quotes, nothing that could be an operator."""
    return f'"{" ".join(words.tokens)}"{" *" if words.prefix else ""}'


def searchable(paper: Paper, note: str) -> Searchable:
    """Return what the full-text index holds for a paper: title, abstract, authors, note."""
    return matchable(paper.title), matchable(paper.abstract), matchable("\n".join(paper.authors)), matchable(note)


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
                "insert into search (search, rowid, title, abstract, authors, note) values ('delete', ?, ?, ?, ?, ?)",
                (paper_id, *before),
            )
        if after is not None:
            connection.execute(
                "insert into search (rowid, title, abstract, authors, note) values (?, ?, ?, ?, ?)",
                (paper_id, *after),
            )
