"""What the library hands out, and how papers and announcements stand in its rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct

from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link, Paper
from readlist.model.time import offset_time_text, parse_date
from readlist.query.lexer import matchable
from readlist.text.clean import fold, readable

Row: TypeAlias = tuple[Any, ...]
"""One row of SQLite: None, int, float, str or bytes a column."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encoded = json.JSONEncoder(ensure_ascii=False).encode


class StoredPaper(Struct, frozen=True):
    """One paper of the library with what was decided about it: an entry of the list.

    Attributes:
        id: the number that stands for the paper in this library file; never given to another one.
        paper: the paper.
        mark: what the user decided about it.
        feed: the feed of its latest announcement.
        day: the day of its latest announcement.
        position: its place in that list, from 1.
        upvotes: the latest count known, None if no feed told; so are comments and stars.
        comments: see upvotes.
        stars: see upvotes.
        added: when it came into the library.
    """

    id: int
    paper: Paper
    mark: Mark
    feed: str
    day: date | None
    position: int
    upvotes: int | None
    comments: int | None
    stars: int | None
    added: datetime


class Owner(NamedTuple):
    """Which paper an identifier names: its key and all its identifiers."""

    key: str
    identifiers: tuple[str, ...]


class Added(Struct, frozen=True):
    """What became of the papers that were added: one key for each of them, in `new` or in `known`.

    Attributes:
        new: keys of papers that were not in the library before, in list order.
        known: keys of those that were; a paper that stood twice in what was added is new once, then known.
        merged: pairs (former key, key) of papers and marks that proved to be one with another paper: the mark
            that was made under the former key belongs to the other now.
        filled: how many of those known had something filled in: a title, an abstract, links.
        keys: the key each of them has here, in list order.
    """

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    filled: int = 0
    keys: tuple[str, ...] = ()


class Counts(Struct, frozen=True):
    """How many papers there are: all, unread, starred, with a note; and how many feeds."""

    papers: int
    unread: int
    starred: int
    noted: int
    feeds: int


class Feed(Struct, frozen=True):
    """One feed as the library knows it.

    Attributes:
        name: its name.
        papers: how many papers it announced.
        unread: how many of them are unread.
        day: the day of its latest list.
    """

    name: str
    papers: int
    unread: int
    day: date


class Fetch(Struct, frozen=True):
    """What became of asking a feed.

    Attributes:
        feed: its name.
        tried: when it was asked last.
        good: when all went well last, None if never.
        failure: why it failed the last time, one line; empty if it went well.
        new: how many papers were new the last time that all went well.
        known: how many were known then.
        validators: by address, the `ETag` and `Last-Modified` to ask with the next time.
    """

    feed: str
    tried: datetime
    good: datetime | None
    failure: str
    new: int
    known: int
    validators: Mapping[str, tuple[str, str]]


class Sighting(Struct, frozen=True):
    """The counts of a paper as one feed told them on one day; None where it told none."""

    feed: str
    day: date
    upvotes: int | None
    comments: int | None
    stars: int | None


class Standing(Struct, frozen=True):
    """Where a paper stands in the list: its latest announcement, and the latest counts known."""

    feed: str
    day: date
    position: int
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None


PAPER_COLUMNS = "feed, day, position, upvotes, comments, stars, added"
DETAIL_COLUMNS = "title, abstract, authors, arxiv, doi, links, summary, keywords, organization"
MARK_COLUMNS = "read, starred, note, noted, pending"
ANNOUNCEMENT_COLUMNS = "feed, day, position, upvotes, comments, stars, submitter"


def prefixed(table: str, columns: str) -> str:
    """Return a list of columns with the table each of them is of."""
    return ", ".join(f"{table}.{name}" for name in columns.split(", "))


def detail_row(paper: Paper) -> Row:
    """Return the values of `DETAIL_COLUMNS` for a paper."""
    links = [[link.url, link.kind, link.full] for link in paper.links]
    return (
        paper.title,
        paper.abstract,
        _list_text(paper.authors),
        paper.arxiv,
        paper.doi,
        _list_text(links),
        paper.summary,
        _list_text(paper.keywords),
        paper.organization,
    )


def paper_of(key: str, published: str | None, detail: Row) -> Paper:
    """Return the paper that stands in a row: its key, ISO date, month or year, and the values of `DETAIL_COLUMNS`."""
    title, abstract, authors, arxiv, doi, links, summary, keywords, organization = detail
    return Paper(
        key,
        title,
        abstract,
        tuple(json.loads(authors)) if authors else (),
        parse_date(published) if published else None,
        arxiv,
        doi,
        tuple(Link(*link) for link in json.loads(links)) if links else (),
        summary,
        tuple(json.loads(keywords)) if keywords else (),
        organization,
    )


def _list_text(values: Sequence[object]) -> str:
    return _encoded(values) if values else ""


def mark_of(row: Row) -> Mark:
    """Return the mark in the values of `MARK_COLUMNS`; None in all of them is no mark."""
    read, starred, note, noted, pending = row
    return Mark(_time(read), _time(starred), note or "", _time(noted), "pending" if pending else "saved")


def mark_row(mark: Mark) -> Row:
    """Return the values of `MARK_COLUMNS` for a mark."""
    return (
        offset_time_text(mark.read) or None,
        offset_time_text(mark.starred) or None,
        storable(mark.note),
        offset_time_text(mark.noted) or None,
        int(mark.saved != "saved"),
    )


def announcement_of(row: Row) -> Announcement:
    """Return the announcement in the values of `ANNOUNCEMENT_COLUMNS`."""
    feed, day, *rest = row
    return Announcement(feed, date.fromisoformat(day), *rest)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def microseconds(time: datetime) -> int:
    """Return an aware time as microseconds since 1970 UTC."""
    return (time - _EPOCH) // _MICROSECOND


def time_at(value: int) -> datetime:
    """Return the time, in UTC, that many microseconds after 1970 began."""
    return _EPOCH + value * _MICROSECOND


def storable(text: str) -> str:
    """Return the text as SQLite can hold it: what is no character, a lone surrogate, becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


SELECT_PAPERS = (
    f"select p.id, p.key, p.published, {prefixed('p', PAPER_COLUMNS)}, {prefixed('m', MARK_COLUMNS)}, "
    f"{prefixed('d', DETAIL_COLUMNS)} from json_each(?) j cross join paper p on p.id = j.value "
    "join detail d on d.paper_id = p.id left join mark m on m.paper_id = p.id order by j.key"
)
"""Selects papers by a JSON list of ids, in its order."""


SELECT_WORKS = (
    # What tells works of one title apart follows a hyphen, and `.` comes after that.
    "select a.identifier, a.paper_id from json_each(?1) j cross join alias a "
    "on a.identifier >= j.value || '-' and a.identifier < j.value || '.' "
    "union all select a.identifier, a.paper_id from json_each(?1) j cross join alias a on a.identifier = j.value"
)
"""Selects the identifiers by title, and the ids, of all works of some titles: a JSON list of bare `title:…`."""


def stored_paper(row: Row) -> StoredPaper:
    """Return the paper in a row of `SELECT_PAPERS`."""
    paper_id, key, published, feed, day, position, upvotes, comments, stars, added = row[:10]
    paper, mark = paper_of(key, published, row[15:]), mark_of(row[10:15])
    counts = upvotes, comments, stars
    return StoredPaper(paper_id, paper, mark, feed, date.fromisoformat(day), position, *counts, time_at(added))


# The full-text index

SEARCH_COLUMNS = ("title", "abstract", "authors", "note", "organization", "keywords")
"""Columns of the full-text index."""

Searchable: TypeAlias = tuple[str, ...]
"""A paper's texts as the full-text index holds them, in the order of `SEARCH_COLUMNS`."""

_NAMES = ", ".join(SEARCH_COLUMNS)
_PLACES = ", ?" * len(SEARCH_COLUMNS)
# A word between what is stored and what is shown, so that no phrase reaches from one into the other: to FTS5 a private
# character is a letter, to a query it is none.
_BORDER = " \ue000 "


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


# Today's search index: as the last migration that made one left it.
_SEARCH_TABLE = """
    create virtual table search using fts5 (
        title, abstract, authors, note, organization, keywords, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """
_FILL_SEARCH = """
    insert into search (rowid, title, abstract, authors, note, organization, keywords)
    select d.paper_id, indexed(d.title), indexed(d.abstract), indexed_list(d.authors),
        matchable(coalesce(m.note, '')), indexed(d.organization), indexed_list(d.keywords)
    from detail d left join mark m on m.paper_id = d.paper_id
    where reached((select count(*) from detail)) order by d.paper_id
    """


def fill_search(connection: sqlite3.Connection) -> None:
    """Make the full-text index anew from what is stored; within a transaction of one of the library's connections."""
    for statement in ("drop table if exists search", _SEARCH_TABLE, _FILL_SEARCH):
        connection.execute(statement)
