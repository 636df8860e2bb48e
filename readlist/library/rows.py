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
from readlist.model.revision import Revision, is_news
from readlist.model.time import offset_time_text, parse_date

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
        revision: its newest version or withdrawal, if that was seen after it was added.
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
    revision: Revision | None = None

    @property
    def is_news(self) -> bool:
        """Whether its revision is news to the user."""
        return is_news(self.revision, self.mark)


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
        revised: of starred and noted papers, how many there is news of.
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
    revised: int = 0


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
    """The columns of `detail`; lists in JSON, empty for none; of what arXiv says null for nothing."""

    title: str
    abstract: str
    authors: str
    arxiv: str
    doi: str
    links: str
    summary: str
    keywords: str
    organization: str
    version: int = 0
    revised: str | None = None
    comment: str | None = None
    journal: str | None = None
    withdrawn: str | None = None
    comment_version: int | None = None
    journal_version: int | None = None

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
            version=paper.version,
            revised=paper.revised.isoformat() if paper.revised else None,
            comment=paper.comment or None,
            journal=paper.journal or None,
            withdrawn=paper.withdrawn or None,
            comment_version=paper.comment_version,
            journal_version=paper.journal_version,
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
            version=self.version,
            revised=date.fromisoformat(self.revised) if self.revised else None,
            comment=self.comment or "",
            journal=self.journal or "",
            withdrawn=self.withdrawn or "",
            comment_version=self.comment_version,
            journal_version=self.journal_version,
        )


class RevisionRow(Struct):
    """The columns of `revision` that an entry shows; both None where there is none."""

    seen: str | None
    since: str | None

    @property
    def revision(self) -> Revision | None:
        """The revision."""
        if self.seen is None or self.since is None:
            return None
        return Revision(datetime.fromisoformat(self.seen), date.fromisoformat(self.since))


def columns(row: type[Struct], table: str = "") -> str:
    """Return the columns of a row type for a SELECT, each with its table."""
    prefix = f"{table}." if table else ""
    return ", ".join(f"{prefix}{name}" for name in row.__struct_fields__)


PAPER_COLUMNS = f"{columns(PaperRow, 'p')}, {columns(MarkRow, 'm')}, {columns(DetailRow, 'd')}"
"""The columns of a whole paper; `paper_rows` reads them."""

_MARK = len(PaperRow.__struct_fields__)
_DETAIL = _MARK + len(MarkRow.__struct_fields__)
_REVISION = _DETAIL + len(DetailRow.__struct_fields__)

SELECT_PAPERS = (
    f"select {PAPER_COLUMNS}, {columns(RevisionRow, 'r')} from json_each(?) j cross join paper p on p.id = j.value "
    "join detail d on d.paper_id = p.id left join mark m on m.paper_id = p.id "
    "left join revision r on r.paper_id = p.id order by j.key"
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
    return PaperRow(*row[:_MARK]), MarkRow(*row[_MARK:_DETAIL]), DetailRow(*row[_DETAIL:_REVISION])


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
        revision=RevisionRow(*row[_REVISION:]).revision if row[_REVISION] is not None else None,
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
