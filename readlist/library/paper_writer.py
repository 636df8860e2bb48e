"""Taking in the papers of a list, part by part: what is stored of them is read, matched, and what changed written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from readlist.library.connections import Connections
from readlist.library.duplicates import Incoming, Matching, Place, Record, Told, folded_announcement, last_of, standing
from readlist.library.feed_log import Seen, merge_sightings, refresh_counts, write_sightings
from readlist.library.mirror import flags_of
from readlist.library.rows import (
    ANNOUNCEMENT_COLUMNS,
    DETAIL_COLUMNS,
    MARK_COLUMNS,
    SELECT_PAPERS,
    SELECT_WORKS,
    Added,
    Row,
    Searchable,
    Standing,
    announcement_of,
    detail_row,
    index,
    mark_of,
    mark_row,
    paper_of,
    prefixed,
    searchable,
    storable,
    stored_paper,
    title_order,
)
from readlist.model.feed import ADDED
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Paper, bare_title
from readlist.model.time import PublicationDate

PART = 100
"""So many papers are added in one transaction."""

_CHANGEABLE = (
    *("title_folded", "published", "added", "feed", "day", "position", "upvotes", "comments", "stars"),
    *("read", "starred", "noted", "has_code", "has_project", "has_abstract"),
)


class Tally:
    """Sums up what became of the parts of one list."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.told: Told = {}
        self._fresh: set[int] = set()
        self._keys: dict[int, str] = {}
        self._former: dict[int, int] = {}
        self._pairs: list[tuple[str, str]] = []
        self._filled: set[int] = set()

    def take(self, matching: Matching) -> None:
        """Count a part in."""
        self.ids += matching.ids
        self._fresh |= matching.fresh
        self._keys |= matching.keys
        self._former |= matching.merged
        self._pairs += matching.pairs
        self._filled |= matching.filled - self._fresh

    def outcome(self) -> Added:
        """Return what became of all parts."""
        new: dict[int, str] = {}
        known: list[str] = []
        keys: list[str] = []
        for paper_id in self.ids:
            present = last_of(self._former, paper_id)
            keys.append(self._keys[present])
            if present in self._fresh and present not in new:
                new[present] = self._keys[present]
            else:
                known.append(self._keys[present])
        return Added(
            tuple(new.values()), tuple(known), tuple(dict.fromkeys(self._pairs)), len(self._filled), tuple(keys)
        )


def _seen(matching: Matching, seen: date | None) -> Iterator[tuple[Seen, Announcement]]:
    """Yield what the list told so far of the papers of this part: on the day it was seen, or else on its own."""
    former = dict(matching.merged)
    for paper_id in {last_of(former, paper_id) for paper_id in matching.ids}:
        days: dict[tuple[str, date | None], Announcement] = {}
        for (feed, day), papers in matching.told.items():
            if (told := papers.get(paper_id)) is not None:
                place = feed, seen or day
                days[place] = folded_announcement(days[place], told) if place in days else told
        for (feed, day), told in days.items():
            if day is not None:
                yield (paper_id, feed, day), told


def add_papers(
    connection: sqlite3.Connection, items: Sequence[Incoming], now: int, told: Told, seen: date | None
) -> Matching:
    """Put papers into the library, within the writer's transaction; returns what became of them.

    `now`, in microseconds, is when they are added. What the same list told already is in `told`; what these items
    tell is put there. `seen` is as for `Library.add`.
    """
    names = dict.fromkeys(name for item in items for name in item.identifiers)
    owners = dict(
        connection.execute(
            "select identifier, paper_id from alias where identifier in (select value from json_each(?))",
            (json.dumps(list(names)),),
        )
    )
    titles = list({bare_title(name) for name in names if name.startswith("title:")})
    owners.update(connection.execute(SELECT_WORKS, (json.dumps(titles),)))
    (last,) = connection.execute("select coalesce(max(seq), 0) from sqlite_sequence where name = 'paper'").fetchone()
    matching = Matching(_stored_records(connection, set(owners.values())), owners, next_id=last + 1, now=now, told=told)
    for item in items:
        matching.take(item)
    _take_waiting_marks(connection, matching)
    _write(connection, matching, now, seen)
    return matching


# Reading


def _stored_records(connection: sqlite3.Connection, ids: Iterable[int]) -> list[Record]:
    """Return what is stored of papers, with all their announcements."""
    wanted = json.dumps(list(ids))
    announcements: dict[int, dict[Place, Announcement]] = {}
    for paper_id, *row in connection.execute(
        f"select paper_id, {ANNOUNCEMENT_COLUMNS} from announcement where paper_id in (select value from json_each(?))",
        (wanted,),
    ):
        announcement = announcement_of(tuple(row))
        announcements.setdefault(paper_id, {})[announcement.feed, announcement.day] = announcement
    records = []
    for paper_id, key, published, added, marked, *rest in connection.execute(
        f"select p.id, p.key, p.published, p.added, m.key, {prefixed('m', MARK_COLUMNS)}, "
        f"{prefixed('d', DETAIL_COLUMNS)} from json_each(?) j cross join paper p on p.id = j.value "
        "join detail d on d.paper_id = p.id left join mark m on m.key = p.key",
        (wanted,),
    ):
        mark = mark_of(tuple(rest[:5])) if marked is not None else None
        paper = paper_of(key, published, tuple(rest[5:]))
        mine = announcements.get(paper_id, {})
        records.append(Record(paper_id, paper, added, dict(mine), mark, paper, mine, mark))
    return records


def _take_waiting_marks(connection: sqlite3.Connection, matching: Matching) -> None:
    """Give papers the marks that waited under one of their identifiers."""
    waiting = connection.execute(
        f"select key, {MARK_COLUMNS} from mark indexed by mark_unbound "
        "where paper_id is null and key in (select value from json_each(?))",
        (json.dumps(matching.new_identifiers),),
    ).fetchall()
    for key, *row in waiting:
        matching.take_mark(key, mark_of(tuple(row)))
    connection.executemany("delete from mark where key = ?", [(key,) for key, *_ in waiting])


# Writing


def _write(connection: sqlite3.Connection, matching: Matching, now: int, seen: date | None) -> None:
    records = matching.records.values()
    new = [record for record in records if record.stored is None]
    changed = [record for record in records if record.is_changed]
    gone = [(each.id, _indexed(each.stored, each.stored_mark), None) for each in matching.gone.values()]
    both = [
        (each.id, _indexed(each.stored, each.stored_mark), _indexed(each.paper, each.mark)) for each in (*changed, *new)
    ]
    if matching.gone:
        _remove_gone(connection, matching)
    _write_rows(connection, matching, new, changed, now)
    write_sightings(connection, _seen(matching, seen), matching.fresh)
    refresh_counts(connection, [record.id for record in changed])
    # Last: FTS5 writes out what it holds back whenever a later statement could be undone alone.
    index(connection, [*gone, *(entry for entry in both if entry[1] != entry[2])])


def _indexed(paper: Paper | None, mark: Mark | None) -> Searchable | None:
    """Return what the full-text index holds of a paper, None where there is none."""
    return searchable(paper, mark.note if mark is not None else "") if paper is not None else None


def _remove_gone(connection: sqlite3.Connection, matching: Matching) -> None:
    """Remove what proved to be part of another paper; its identifiers lead to that one from now on."""
    former = dict(matching.merged)
    # One walk along all aliases for all of them: it happens seldom, and an index would hold every title again.
    aliases = connection.execute(
        "select paper_id, identifier from alias where paper_id in (select value from json_each(?))",
        (json.dumps(list(matching.gone)),),
    ).fetchall()
    connection.executemany(
        "update alias set paper_id = ? where identifier = ?",
        [(last_of(former, paper_id), identifier) for paper_id, identifier in aliases],
    )
    connection.executemany("delete from mark where key = ?", [(record.paper.key,) for record in matching.gone.values()])
    merge_sightings(connection, [(paper_id, last_of(former, paper_id)) for paper_id in sorted(matching.gone)])
    delete_rows(connection, [(paper_id,) for paper_id in matching.gone])


def _write_rows(
    connection: sqlite3.Connection, matching: Matching, new: list[Record], changed: list[Record], now: int
) -> None:
    write, records = connection.executemany, [*new, *changed]
    write(f"insert into paper values ({_places(17)})", [_paper_row(record) for record in new])
    write(
        f"update paper set {', '.join(f'{name} = ?' for name in _CHANGEABLE)} where id = ?",
        [(*_paper_row(record)[2:], record.id) for record in changed],
    )
    write(
        f"insert or replace into detail values ({_places(10)})",
        [(record.id, *detail_row(record.paper)) for record in records if record.paper is not record.stored],
    )
    write(
        f"insert or replace into announcement values ({_places(8)})",
        [
            (record.id, each.feed, _iso(each.day), each.position, *_counts(each), each.submitter)
            for record in records
            for place, each in record.announcements.items()
            if record.stored_announcements.get(place) != each
        ],
    )
    write("insert into alias values (?, ?)", [(name, matching.owners[name]) for name in matching.new_identifiers])
    write(
        f"insert or replace into mark values ({_places(7)})",
        [
            (record.paper.key, record.id, *mark_row(record.mark))
            for record in records
            if record.mark is not None and record.mark != record.stored_mark
        ],
    )
    feeds = {each.feed for record in records for each in record.announcements.values()}
    write("insert or ignore into feed values (?, 0, ?)", [(feed, now) for feed in feeds])


def _paper_row(record: Record) -> Row:
    paper = record.paper
    now = standing(record.announcements.values())
    kinds = {link.kind for link in paper.links}
    return (
        record.id,
        paper.key,
        title_order(paper.title),
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


def _iso(day: PublicationDate | None) -> str | None:
    return day.isoformat() if day else None


def _places(count: int) -> str:
    return ", ".join("?" * count)


_Held: TypeAlias = Callable[[], Collection[str]]

# Removing a paper costs about as much as adding it; a mark waits for the writer no longer than a blink.
_PART = 100

# The first parameter is a JSON list of pairs (feed, ISO date).
_BEFORE = (
    "with before (feed, day) as (select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?))"
)
_UNDECIDED = "not p.starred and not p.noted and not exists (select 1 from mark m where m.paper_id = p.id and m.pending)"
_NOT_KEPT = (
    "not exists (select 1 from announcement a left join before b on b.feed = a.feed "
    "where a.paper_id = p.id and (b.day is null or a.day >= b.day))"
)


def expire(connections: Connections, before: Mapping[str, date], held: _Held) -> int:
    """Remove the papers that feeds keep no longer, in small transactions; returns how many.

    Those go that are neither starred nor noted nor about to be, and whose announcements are all of these feeds and
    earlier than the feed's day. Their read marks wait for them, should they come back.

    Args:
        connections: the library's.
        before: by feed, the first day that is kept.
        held: asked, just before each transaction's removing, for identifiers of papers that must stay.
    """
    limits = json.dumps([(storable(feed), day.isoformat()) for feed, day in before.items()])
    with connections.reading() as connection:
        # A paper's row bears its latest announcement, so that most papers are passed over without looking at more.
        found = connection.execute(
            f"{_BEFORE} select p.id from paper p indexed by paper_by_feed cross join before l on l.feed = p.feed "
            f"where p.day < ? and p.day < l.day and {_UNDECIDED} and {_NOT_KEPT}",
            (limits, max(before.values(), default=date.min).isoformat()),
        ).fetchall()
    removed = 0
    for start in range(0, len(found), _PART):
        part = json.dumps([paper_id for (paper_id,) in found[start : start + _PART]])
        with connections.writing(papers=True) as connection:
            # Asked again: it may have been announced anew, or starred, since.
            ids = connection.execute(
                f"{_BEFORE} select p.id from json_each(?) j join paper p on p.id = j.value "
                f"where {_UNDECIDED} and {_NOT_KEPT}",
                (limits, part),
            ).fetchall()
            removed += _remove(connection, ids, held())
    return removed


def drop_untouched(connections: Connections, feed: str, held: _Held = tuple) -> int:
    """Remove the papers that only this feed announced and nobody marked; returns how many; see `expire`."""
    with connections.reading() as connection:
        if not connection.execute("select 1 from feed where name = ? and builtin", (feed,)).fetchone():
            return 0
    with connections.writing(papers=True) as connection:
        ids = connection.execute(
            "select distinct a.paper_id from announcement a where a.feed = ? "
            "and not exists (select 1 from announcement b where b.paper_id = a.paper_id and b.feed <> a.feed) "
            "and not exists (select 1 from mark m where m.paper_id = a.paper_id)",
            (feed,),
        ).fetchall()
        removed = _remove(connection, ids, held())
        connection.execute(
            "delete from feed where name = ? and not exists (select 1 from announcement where feed = name)", (feed,)
        )
    return removed


UNFILLED = "d.title = ''"
"""Holds of papers that are known by their ids alone; for `drop_unmarked`, as is the next."""

ADDED_ALONE = f"not exists (select 1 from announcement a where a.paper_id = p.id and a.feed <> '{ADDED}')"
"""Holds of papers that no feed announced."""


def drop_unmarked(connections: Connections, keys: Iterable[str], condition: str, held: _Held) -> int:
    """Remove those of some papers, by key, that have no mark and of which a condition holds; returns how many."""
    with connections.writing(papers=True) as connection:
        ids = connection.execute(
            "select distinct p.id from alias i join paper p on p.id = i.paper_id join detail d on d.paper_id = p.id "
            f"where i.identifier in (select value from json_each(?)) and {condition} "
            "and not exists (select 1 from mark m where m.paper_id = p.id)",
            (json.dumps([storable(key) for key in keys]),),
        ).fetchall()
        return _remove(connection, ids, held())


def _remove(connection: sqlite3.Connection, ids: Sequence[tuple[int]], held: Collection[str]) -> int:
    """Remove papers, but for those that are held by one of their identifiers; returns how many.

    Their marks wait for them.
    """
    owners = connection.execute(
        "select paper_id from alias where identifier in (select value from json_each(?))",
        (json.dumps([storable(identifier) for identifier in held]),),
    ).fetchall()
    ids = sorted(set(ids) - set(owners))
    if not ids:
        return 0
    wanted = json.dumps([paper_id for (paper_id,) in ids])
    gone = [stored_paper(row) for row in connection.execute(SELECT_PAPERS, (wanted,))]
    index(connection, [(each.id, searchable(each.paper, each.mark.note), None) for each in gone])
    delete_rows(connection, ids)
    connection.executemany("update mark set paper_id = null where paper_id = ?", ids)
    # A walk along all aliases, for an index would hold every title again.
    connection.execute("delete from alias where paper_id in (select value from json_each(?))", (wanted,))
    return len(ids)


def delete_rows(connection: sqlite3.Connection, ids: Sequence[tuple[int]]) -> None:
    """Delete the rows of papers; not what leads to them (alias, mark), nor what was indexed of them."""
    for statement in (
        "delete from paper where id = ?",
        "delete from detail where paper_id = ?",
        "delete from announcement where paper_id = ?",
        "delete from sighting where paper_id = ?",
    ):
        connection.executemany(statement, ids)
