"""The search index: what it has of each paper, how it is updated and rebuilt, the functions its statements call."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from readlist.model.paper import Paper
from readlist.model.tag import fold_tag, tags_of
from readlist.query.lexer import BORDER, matchable
from readlist.text.clean import fold, readable

_encode = json.JSONEncoder(ensure_ascii=False).encode

SEARCH_COLUMNS = ("title", "abstract", "authors", "note", "organization", "keywords", "comment")
"""Columns of the search index."""

Searchable: TypeAlias = tuple[str, ...]
"""A paper's texts as the search index has them, in the order of `SEARCH_COLUMNS`."""

_NAMES = ", ".join(SEARCH_COLUMNS)
_PLACES = ", ?" * len(SEARCH_COLUMNS)
# A word between the stored and the shown form, so that no phrase spans both: to FTS5 a private-use character is a
# letter, and no query has one.
_BORDER = f" {BORDER} "

SEARCH_TABLE = """
    create virtual table {} using fts5 (
        title, abstract, authors, note, organization, keywords, comment, content='',
        tokenize='unicode61 remove_diacritics 2'
    )
    """
"""Creates a search index of a name."""
FILL_SEARCH = """
    insert into {} (rowid, title, abstract, authors, note, organization, keywords, comment)
    select d.paper_id, indexed(d.title), indexed(d.abstract), indexed_list(d.authors), matchable(coalesce(m.note, '')),
        indexed(d.organization), indexed_list(d.keywords), indexed_list(json_array(d.comment, d.journal))
    from detail d left join mark m on m.paper_id = d.paper_id
    where {} order by d.paper_id
    """
"""Fills it with the papers of which something is true."""
_EVERY_PAPER = "reached((select count(*) from detail))"


def searchable(paper: Paper, note: str) -> Searchable:
    """Return what the search index has for a paper."""
    return (
        indexed(paper.title),
        indexed(paper.abstract),
        indexed_list(paper.authors),
        # A note is shown as it was typed.
        matchable(note),
        indexed(paper.organization),
        indexed_list(paper.keywords),
        indexed_list(tuple(filter(None, (paper.comment, paper.journal)))),
    )


def indexed(text: str) -> str:
    """Return a text for the search index: as it is stored and, where it has LaTeX, as it is shown."""
    return _both_forms(text, readable(text))


def indexed_list(texts: Sequence[str]) -> str:
    """Return some texts for the search index; see `indexed`."""
    return _both_forms("\n".join(texts), "\n".join(map(readable, texts)))


def title_order(title: str) -> str:
    """Return what a title is sorted by: as it is shown, without case and accents."""
    return fold(readable(title))


def _both_forms(stored: str, shown: str) -> str:
    plain = matchable(stored) if stored else ""
    if shown == stored or (other := matchable(shown)) == plain:
        return plain
    return f"{plain}{_BORDER}{other}"


def update_search(
    connection: sqlite3.Connection, rows: Iterable[tuple[int, Searchable | None, Searchable | None]]
) -> None:
    """Update the search index.

    Args:
        connection: within a transaction.
        rows: for each paper its id, what the index has for it, and what it shall have; None for nothing. The former
            must be exact, since the index keeps no text to compare with.
    """
    # FTS5 writes a segment whenever the ids go down, so they go up.
    for paper_id, before, after in sorted(rows, key=lambda row: row[0]):
        if before is not None:
            statement = f"insert into search (search, rowid, {_NAMES}) values ('delete', ?{_PLACES})"
            connection.execute(statement, (paper_id, *before))
        if after is not None:
            connection.execute(f"insert into search (rowid, {_NAMES}) values (?{_PLACES})", (paper_id, *after))


def merge_seldom(connection: sqlite3.Connection) -> None:
    """Let FTS5 merge sixteen segments of the search index at a time instead of four, from now on.

    Each part of a list is a segment. A long import takes a sixth less time, a search hardly more. Each part does a
    share of a merge; one of all at once (`crisismerge`) may take longer than others may wait for the writer.
    """
    for option, segments in (("automerge", 16), ("crisismerge", 64)):
        connection.execute("insert into search (search, rank) values (?, ?)", (option, segments))


def rebuild_search(connection: sqlite3.Connection) -> None:
    """Rebuild the search index from the stored papers and notes; within a transaction of a library's connection."""
    connection.execute("drop table if exists search")
    connection.execute(SEARCH_TABLE.format("search"))
    connection.execute(FILL_SEARCH.format("search", _EVERY_PAPER))


def _parsed_list(text: str) -> list[str]:
    return [each for each in json.loads(text) if each is not None] if text else []


def _tags_in(note: str) -> str:
    """Return the tags of a note as a JSON list of [folded, shown]."""
    return _encode([[fold_tag(tag), tag] for tag in tags_of(note)]) if note and "#" in note else "[]"


SQL_FUNCTIONS: Mapping[str, Callable[[str], str]] = {
    "folded": fold,
    "matchable": matchable,
    "matchable_list": lambda text: matchable("\n".join(_parsed_list(text))),
    "indexed": indexed,
    "indexed_list": lambda text: indexed_list(_parsed_list(text)),
    "title_order": title_order,
    "tags_in": _tags_in,
}
"""Functions that statements call; those that a released migration calls must stay."""
