"""What the library returns, and its tables as rows: the fields of a row type are the columns that are selected."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from readlist.model.mark import Mark
from readlist.model.paper import Link, Paper
from readlist.model.tag import fold_tag, tags_of
from readlist.model.time import offset_time_text, parse_date
from readlist.query.lexer import BORDER, matchable
from readlist.text.clean import fold, readable

Row: TypeAlias = tuple[Any, ...]
"""One row of SQLite: None, int, float, str or bytes a column."""

_Dated = TypeVar("_Dated")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = json.JSONEncoder(ensure_ascii=False).encode


# What the library returns


class Entry(Struct, frozen=True):
    """A paper of the library with its mark.

    Attributes:
        id: the paper's number in this library file; never reused.
        paper: the paper.
        mark: what the user decided about it.
        feed: the feed of its latest announcement.
        day: the day of its latest announcement.
        position: its place in that list, from 1.
        upvotes: the latest count known, None if unknown; likewise comments and stars.
        comments: see upvotes.
        stars: see upvotes.
        added: when it was added to the library.
        watched: whether a view of the settings watches it; likewise muted. Known where `Watch.signed` said so.
        muted: see watched.
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
    watched: bool = False
    muted: bool = False


class Owner(Struct, frozen=True):
    """The paper that an identifier names: its key and all its identifiers."""

    key: str
    identifiers: tuple[str, ...]


class Added(Struct, frozen=True):
    """The result of adding papers: one key for each of them, in `new` or in `known`.

    Attributes:
        new: keys of papers that were not in the library before, in list order.
        known: keys of those that were; a paper that is twice in the list is new once, then known.
        merged: pairs (former key, key) of papers and marks that turned out to be the same paper as another: a mark
            made under the former key now belongs to the other.
        filled: how many known papers had something filled in: a title, an abstract, links.
        keys: the key of each added paper, in list order.
        given: the key that each came with, in list order.
        writes: how many transactions that changed something; see `ImportLog.remember`.
        repeatable: whether adding the same list once more would change nothing for sure.
    """

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    filled: int = 0
    keys: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    writes: int = 0
    repeatable: bool = True


class Counts(Struct, frozen=True):
    """How many papers there are: all, unread, starred, with a note; how many feeds; how many removed papers."""

    papers: int
    unread: int
    starred: int
    noted: int
    feeds: int
    removed: int = 0


class FeedCounts(Struct, frozen=True):
    """A feed in the library.

    Attributes:
        name: its name.
        papers: how many papers it announced.
        unread: how many of them are unread.
        day: the day of its latest list, None if that is unknown.
    """

    name: str
    papers: int
    unread: int
    day: date | None


class Fetch(Struct, frozen=True):
    """The state of fetching a feed.

    Attributes:
        feed: its name.
        tried: when it was last fetched.
        good: when a fetch last succeeded, None if never.
        failure: why the last fetch failed, one line; empty if it succeeded.
        new: how many papers were new in the last successful fetch.
        known: how many were known in it.
        validators: by address, the `ETag` and `Last-Modified` to send next time.
    """

    feed: str
    tried: datetime
    good: datetime | None
    failure: str
    new: int
    known: int
    validators: Mapping[str, tuple[str, str]]


# Tables as rows


class PaperRow(Struct):
    """The columns of `paper` that an entry shows; times in microseconds since 1970, days and dates in ISO 8601.

    The day is empty where it is unknown.
    """

    id: int
    key: str
    published: str | None
    feed: str
    day: str
    position: int
    upvotes: int | None
    comments: int | None
    stars: int | None
    added: int


HIDDEN: Mapping[str, int] = {"shown": 0, "removed": 1, "undone": 2}
"""Values of the column `hidden`: in the lists; removed by its mark; brought by an import that was undone."""


class MarkRow(Struct):
    """The columns of `mark`; all None for a paper without a row there."""

    read: str | None = None
    starred: str | None = None
    note: str | None = None
    noted: str | None = None
    pending: int | None = None
    removed: str | None = None

    @classmethod
    def of(cls, mark: Mark) -> MarkRow:
        """Return the row of a mark."""
        return cls(
            offset_time_text(mark.read) or None,
            offset_time_text(mark.starred) or None,
            storable(mark.note),
            offset_time_text(mark.noted) or None,
            int(mark.saved != "saved"),
            offset_time_text(mark.removed) or None,
        )

    @property
    def mark(self) -> Mark:
        """The mark."""
        return Mark(
            read=_time(self.read),
            starred=_time(self.starred),
            note=self.note or "",
            noted=_time(self.noted),
            removed=_time(self.removed),
            saved="pending" if self.pending else "saved",
        )

    @property
    def flags(self) -> dict[str, int]:
        """The columns of the table `paper` that tell of its mark: 0 or 1 each; see `HIDDEN`."""
        return {
            "read": int(self.read is not None),
            "starred": int(self.starred is not None),
            "noted": int(bool(self.note)),
            "hidden": HIDDEN["removed"] if self.removed is not None else HIDDEN["shown"],
        }


class DetailRow(Struct):
    """The columns of `detail`; lists in JSON, empty for none."""

    title: str
    abstract: str
    authors: str
    arxiv: str
    doi: str
    links: str
    summary: str
    keywords: str
    organization: str

    @classmethod
    def of(cls, paper: Paper) -> DetailRow:
        """Return the row of a paper."""
        return cls(
            title=paper.title,
            abstract=paper.abstract,
            authors=_list_text(paper.authors),
            arxiv=paper.arxiv,
            doi=paper.doi,
            links=_list_text([[link.url, link.kind, link.full] for link in paper.links]),
            summary=paper.summary,
            keywords=_list_text(paper.keywords),
            organization=paper.organization,
        )

    def paper(self, key: str = "", published: str | None = None) -> Paper:
        """Return the paper, with its key and its publication date (ISO date, month or year) from the table `paper`."""
        return Paper(
            key,
            title=self.title,
            abstract=self.abstract,
            authors=tuple(json.loads(self.authors)) if self.authors else (),
            published=parse_date(published) if published else None,
            arxiv=self.arxiv,
            doi=self.doi,
            links=tuple(Link(*link) for link in json.loads(self.links)) if self.links else (),
            summary=self.summary,
            keywords=tuple(json.loads(self.keywords)) if self.keywords else (),
            organization=self.organization,
        )


def columns(row: type[Struct], table: str = "") -> str:
    """Return the columns of a row type for a SELECT, each with its table."""
    prefix = f"{table}." if table else ""
    return ", ".join(f"{prefix}{name}" for name in row.__struct_fields__)


PAPER_COLUMNS = f"{columns(PaperRow, 'p')}, {columns(MarkRow, 'm')}, {columns(DetailRow, 'd')}"
"""The columns of a whole paper; `paper_rows` reads them."""

_MARK = len(PaperRow.__struct_fields__)
_DETAIL = _MARK + len(MarkRow.__struct_fields__)

SELECT_PAPERS = (
    f"select {PAPER_COLUMNS} from json_each(?) j cross join paper p on p.id = j.value "
    "join detail d on d.paper_id = p.id left join mark m on m.paper_id = p.id order by j.key"
)
"""Selects papers by a JSON list of ids, in its order."""

SELECT_WORKS = (
    # What distinguishes works of one title follows a hyphen, and `.` comes after that.
    "select a.identifier, a.paper_id from json_each(?1) j cross join alias a "
    "on a.identifier >= j.value || '-' and a.identifier < j.value || '.' "
    "union all select a.identifier, a.paper_id from json_each(?1) j cross join alias a on a.identifier = j.value"
)
"""Selects the identifiers by title, and the ids, of all works of some titles: a JSON list of bare `title:…`."""


def paper_rows(row: Row) -> tuple[PaperRow, MarkRow, DetailRow]:
    """Return the parts of a row of `PAPER_COLUMNS`."""
    return PaperRow(*row[:_MARK]), MarkRow(*row[_MARK:_DETAIL]), DetailRow(*row[_DETAIL:])


def entry_in(row: Row) -> Entry:
    """Return the entry in a row of `SELECT_PAPERS`."""
    paper, mark, detail = paper_rows(row)
    return Entry(
        paper.id,
        detail.paper(paper.key, paper.published),
        mark.mark,
        feed=paper.feed,
        day=date.fromisoformat(paper.day) if paper.day else None,
        position=paper.position,
        upvotes=paper.upvotes,
        comments=paper.comments,
        stars=paper.stars,
        added=time_at(paper.added),
    )


def named(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    """Return all rows of a statement, each as a dict of its columns."""
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=False)) for row in cursor]


def with_day(cls: Callable[..., _Dated], values: dict[str, Any]) -> _Dated:
    """Return a value, such as an announcement, from the columns of its fields; the text of its day becomes a date.

    An empty text, of what has no day, becomes None.
    """
    values["day"] = date.fromisoformat(values["day"]) if values["day"] else None
    return cls(**values)


def insert(table: str, names: Iterable[str], *, replace: bool = False) -> str:
    """Return the statement that inserts a row, given as a dict of its columns."""
    names = list(names)
    verb = "insert or replace" if replace else "insert"
    return f"{verb} into {table} ({', '.join(names)}) values ({', '.join(f':{name}' for name in names)})"


def insert_rows(
    connection: sqlite3.Connection, table: str, rows: Sequence[Mapping[str, Any]], *, replace: bool = False
) -> None:
    """Insert rows, each given as a dict of the same columns."""
    if rows:
        # As tuples, since named parameters take twice the time.
        names = tuple(rows[0])
        statement = insert(table, names, replace=replace).partition(" values ")[0]
        connection.executemany(f"{statement} values ({', '.join('?' * len(names))})", map(itemgetter(*names), rows))


def _list_text(values: Sequence[object]) -> str:
    return _encode(values) if values else ""


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def microseconds(time: datetime) -> int:
    """Return an aware time as microseconds since 1970 UTC."""
    return (time - _EPOCH) // _MICROSECOND


def time_at(value: int) -> datetime:
    """Return the time, in UTC, of microseconds since 1970 UTC."""
    return _EPOCH + value * _MICROSECOND


def storable(text: str) -> str:
    """Return a text that SQLite can store: lone surrogates become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


# The search index

SEARCH_COLUMNS = ("title", "abstract", "authors", "note", "organization", "keywords")
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
        title, abstract, authors, note, organization, keywords, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """
"""Creates a search index of a name."""
FILL_SEARCH = """
    insert into {} (rowid, title, abstract, authors, note, organization, keywords)
    select d.paper_id, indexed(d.title), indexed(d.abstract), indexed_list(d.authors),
        matchable(coalesce(m.note, '')), indexed(d.organization), indexed_list(d.keywords)
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
    return json.loads(text) if text else []


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
