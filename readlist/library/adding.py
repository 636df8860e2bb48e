"""Adding papers: a chunk of announced papers is matched with those in the library and written in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from readlist.library.identity import filled, folded_announcement, folded_mark, same_paper, standing
from readlist.library.mirror import flags_of
from readlist.library.records import (
    ANNOUNCEMENT_COLUMNS,
    DETAIL_COLUMNS,
    MARK_COLUMNS,
    Row,
    Standing,
    announcement_of,
    detail_row,
    mark_of,
    mark_row,
    paper_of,
)
from readlist.library.search import Searchable, index, searchable
from readlist.paper import UNMARKED, Announcement, Mark, Paper
from readlist.text import fold


@dataclass(slots=True)
class _Record:
    """A paper under work, and what the library holds of it; `stored` is None for one that is new."""

    id: int
    paper: Paper
    added: int
    announcements: dict[tuple[str, date | None], Announcement] = field(default_factory=dict)
    mark: Mark | None = None
    stored: Paper | None = None
    stored_announcements: dict[tuple[str, date | None], Announcement] = field(default_factory=dict)
    stored_mark: Mark | None = None

    def indexed(self) -> Searchable | None:
        """What the full-text index holds of it now."""
        return searchable(self.stored, (self.stored_mark or UNMARKED).note) if self.stored is not None else None


class Chunk:
    """A few hundred announced papers on their way into the library.

    Attributes:
        ids: for each paper taken in, the id it was given or found under; `merged` may lead on from there.
        fresh: ids of papers that are new to the library.
        merged: (former id, id) of each two that proved to be one.
        pairs: (former key, key) of papers and waiting marks, where the library knew both.
    """

    def __init__(self, connection: sqlite3.Connection, now: int, seen: set[int]) -> None:
        """Begin a chunk within a transaction.

        Args:
            connection: the writer's, within a transaction.
            now: the time papers are added, in microseconds.
            seen: ids of the papers that came in the same list already; those of this chunk are put in.
        """
        self._connection = connection
        self._now = now
        self._seen = seen
        self._owners: dict[str, int] = {}
        self._new_aliases: list[str] = []
        self._records: dict[int, _Record] = {}
        self._gone: dict[int, _Record] = {}
        self._next_id = 1
        self.ids: list[int] = []
        self.fresh: set[int] = set()
        self.merged: list[tuple[int, int]] = []
        self.pairs: list[tuple[str, str]] = []

    @property
    def keys(self) -> dict[int, str]:
        """The keys of the papers that were touched, by id."""
        return {record.id: record.paper.key for record in self._records.values()}

    def add(self, items: Sequence[tuple[Paper, Announcement]]) -> None:
        """Take papers in and write them; every announcement has a day."""
        identifiers = [tuple(dict.fromkeys((*paper.identifiers, paper.key))) for paper, _ in items]
        self._load(dict.fromkeys(name for names in identifiers for name in names))
        for (paper, announcement), names in zip(items, identifiers, strict=True):
            record = self._match(paper, names)
            self._announce(record, announcement)
            self._seen.add(record.id)
            self.ids.append(record.id)
        self._bind_marks()
        self._write()

    # Reading what is there

    def _load(self, identifiers: Iterable[str]) -> None:
        """Load the papers that may be meant."""
        select = self._connection.execute
        self._owners = dict(
            select(
                "select identifier, paper_id from alias where identifier in (select value from json_each(?))",
                (json.dumps(list(identifiers)),),
            )
        )
        (last,) = select("select coalesce(max(seq), 0) from sqlite_sequence where name = 'paper'").fetchone()
        self._next_id = last + 1
        if not self._owners:
            return
        ids = json.dumps(list(set(self._owners.values())))
        marks = ", ".join(f"m.{name}" for name in MARK_COLUMNS.split(", "))
        width = len(DETAIL_COLUMNS.split(", "))
        for paper_id, key, published, added, *rest in select(
            f"select p.id, p.key, p.published, p.added, {DETAIL_COLUMNS}, m.key, {marks} from json_each(?) j "
            "cross join paper p on p.id = j.value join detail d on d.paper_id = p.id left join mark m on m.key = p.key",
            (ids,),
        ):
            paper = paper_of(key, published, tuple(rest[:width]))
            mark = mark_of(tuple(rest[width + 1 :])) if rest[width] is not None else None
            self._records[paper_id] = _Record(paper_id, paper, added, {}, mark, paper, {}, mark)
        for paper_id, *row in select(
            f"select paper_id, {ANNOUNCEMENT_COLUMNS} from announcement "
            "where paper_id in (select value from json_each(?))",
            (ids,),
        ):
            announcement = announcement_of(tuple(row))
            self._records[paper_id].stored_announcements[announcement.feed, announcement.day] = announcement
        for record in self._records.values():
            record.announcements = dict(record.stored_announcements)

    # Matching

    def _match(self, paper: Paper, identifiers: Sequence[str]) -> _Record:
        """Return the record of a paper: known, made one of several known ones, or new."""
        same: list[_Record] = []
        for identifier in identifiers:
            owner = self._owners.get(identifier)
            if owner is None or any(owner == record.id for record in same):
                continue
            record = self._records[owner]
            if all(same_paper(identifier, record.paper, other) for other in (paper, *(each.paper for each in same))):
                same.append(record)
        if same:
            # Ids rise: the lowest was met first.
            winner, *losers = sorted(same, key=lambda record: record.id)
            for loser in losers:
                self._merge(loser, winner)
            winner.paper = filled(winner.paper, paper)
        else:
            winner = self._new(paper, identifiers)
        for identifier in identifiers:
            if identifier not in self._owners:
                self._owners[identifier] = winner.id
                self._new_aliases.append(identifier)
        return winner

    def _new(self, paper: Paper, identifiers: Sequence[str]) -> _Record:
        # A key that another paper goes by already (a shared title) can't be this one's.
        if paper.key in self._owners:
            key = next(name for name in identifiers if name not in self._owners)
            paper = replace(paper, key=key)
        record = _Record(self._next_id, paper, self._now)
        self._next_id += 1
        self._records[record.id] = record
        self.fresh.add(record.id)
        return record

    def _merge(self, loser: _Record, winner: _Record) -> None:
        """Make one paper of two."""
        winner.paper = filled(winner.paper, loser.paper)
        for place, announcement in loser.announcements.items():
            known = winner.announcements.get(place)
            winner.announcements[place] = (
                folded_announcement(announcement, known, moved=True) if known else announcement
            )
        if loser.mark is not None:
            winner.mark = folded_mark(winner.mark or UNMARKED, loser.mark)
        for identifier, owner in self._owners.items():
            if owner == loser.id:
                self._owners[identifier] = winner.id
        del self._records[loser.id]
        self.merged.append((loser.id, winner.id))
        self.fresh.discard(loser.id)
        if loser.stored is not None:
            self._gone[loser.id] = loser
            self.pairs.append((loser.paper.key, winner.paper.key))

    def _announce(self, record: _Record, announcement: Announcement) -> None:
        place = (announcement.feed, announcement.day)
        known = record.announcements.get(place)
        if known is not None:
            # A list captured again tells where the paper stands now; one that names it twice means the first place.
            announcement = folded_announcement(known, announcement, moved=record.id not in self._seen)
        record.announcements[place] = announcement

    def _bind_marks(self) -> None:
        """Give papers the marks that waited under one of their identifiers."""
        waiting = self._connection.execute(
            f"select key, {MARK_COLUMNS} from mark indexed by mark_unbound "
            "where paper_id is null and key in (select value from json_each(?))",
            (json.dumps(self._new_aliases),),
        ).fetchall()
        for key, *row in waiting:
            record = self._records[self._owners[key]]
            mark = mark_of(tuple(row))
            record.mark = folded_mark(record.mark, mark) if record.mark else mark
            if key != record.paper.key:
                self.pairs.append((key, record.paper.key))
        self._connection.executemany("delete from mark where key = ?", [(key,) for key, *_ in waiting])

    # Writing

    def _write(self) -> None:
        records = list(self._records.values())
        self._write_gone()
        new = [record for record in records if record.stored is None]
        changed = [
            record
            for record in records
            if record.stored is not None
            and (
                record.paper is not record.stored
                or record.announcements != record.stored_announcements
                or record.mark != record.stored_mark
            )
        ]
        write = self._connection.executemany
        write(f"insert into paper values ({_placeholders(17)})", [_paper_row(record) for record in new])
        write(
            f"update paper set {', '.join(f'{name} = ?' for name in _CHANGEABLE)} where id = ?",
            [(*_paper_row(record)[2:], record.id) for record in changed],
        )
        write(
            f"insert or replace into detail values ({_placeholders(10)})",
            [
                (record.id, *detail_row(record.paper))
                for record in (*new, *changed)
                if record.paper is not record.stored
            ],
        )
        write(
            f"insert or replace into announcement values ({_placeholders(8)})",
            [
                (record.id, each.feed, _iso(each.day), each.position, *_counts(each), each.submitter)
                for record in (*new, *changed)
                for place, each in record.announcements.items()
                if record.stored_announcements.get(place) != each
            ],
        )
        write("insert into alias values (?, ?)", [(name, self._owners[name]) for name in self._new_aliases])
        write(
            f"insert or replace into mark values ({_placeholders(7)})",
            [
                (record.paper.key, record.id, *mark_row(record.mark))
                for record in (*new, *changed)
                if record.mark is not None and record.mark != record.stored_mark
            ],
        )
        feeds = {each.feed for record in records for each in record.announcements.values()}
        write("insert or ignore into feed values (?, 0, ?)", [(feed, self._now) for feed in feeds])
        self._index(new, changed)

    def _write_gone(self) -> None:
        """Remove what proved to be part of another paper; its identifiers lead to that one from now on."""
        if not self._gone:
            return
        former = dict(self.merged)
        gone = [(paper_id,) for paper_id in self._gone]
        write = self._connection.executemany
        # One walk along all aliases for all of them: it happens seldom, and an index would hold every title again.
        aliases = self._connection.execute(
            "select paper_id, identifier from alias where paper_id in (select value from json_each(?))",
            (json.dumps(list(self._gone)),),
        ).fetchall()
        write(
            "update alias set paper_id = ? where identifier = ?",
            [(last_of(former, paper_id), identifier) for paper_id, identifier in aliases],
        )
        write("delete from mark where key = ?", [(record.paper.key,) for record in self._gone.values()])
        delete_papers(self._connection, gone)

    def _index(self, new: list[_Record], changed: list[_Record]) -> None:
        rows: list[tuple[int, Searchable | None, Searchable | None]] = [
            (record.id, record.indexed(), None) for record in self._gone.values()
        ]
        for record in changed:
            before = record.indexed()
            after = searchable(record.paper, (record.mark or UNMARKED).note)
            if before != after:
                rows.append((record.id, before, after))
        rows += [(record.id, None, searchable(record.paper, (record.mark or UNMARKED).note)) for record in new]
        index(self._connection, rows)


_CHANGEABLE = (
    *("title_folded", "published", "added", "feed", "day", "position", "upvotes", "comments", "stars"),
    *("read", "starred", "noted", "has_code", "has_project", "has_abstract"),
)


def delete_papers(connection: sqlite3.Connection, ids: Sequence[tuple[int]]) -> None:
    """Delete the rows of papers; not what leads to them (alias, mark), nor what was indexed of them."""
    connection.executemany("delete from paper where id = ?", ids)
    connection.executemany("delete from detail where paper_id = ?", ids)
    connection.executemany("delete from announcement where paper_id = ?", ids)


def _paper_row(record: _Record) -> Row:
    paper = record.paper
    now = standing(record.announcements.values())
    kinds = {link.kind for link in paper.links}
    return (
        record.id,
        paper.key,
        fold(paper.title),
        _iso(paper.published),
        record.added,
        now.feed,
        _iso(now.day),
        now.position,
        *_counts(now),
        *(flags_of(mark_row(record.mark)) if record.mark else (0, 0, 0)),
        int("repo" in kinds),
        int("project" in kinds),
        int(bool(paper.abstract)),
    )


def _counts(counted: Announcement | Standing) -> Row:
    return counted.upvotes, counted.comments, counted.stars


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _placeholders(count: int) -> str:
    return ", ".join("?" * count)


def last_of(former: Mapping[int, int], paper_id: int) -> int:
    """Return the id that an id leads to by the merges of (former id, id)."""
    while paper_id in former:
        paper_id = former[paper_id]
    return paper_id
