"""Writes papers: adds those of a list, part by part, and removes those that are no longer kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeAlias

from msgspec.structs import asdict

from readlist.library.connections import Connections
from readlist.library.count_log import Seen, clock_day, merge_sightings, refresh_counts, write_sightings
from readlist.library.duplicates import (
    FeedDay,
    Incoming,
    Matcher,
    Mentions,
    StagedPaper,
    incoming,
    last_of,
    latest,
    merge_announcements,
)
from readlist.library.revision_log import merge_revisions, note_revisions
from readlist.library.rows import (
    HIDDEN,
    PAPER_COLUMNS,
    SELECT_PAPERS,
    SELECT_WORKS,
    Added,
    DetailRow,
    MarkRow,
    columns,
    entry_in,
    insert_rows,
    microseconds,
    named,
    paper_rows,
    storable,
    time_at,
    with_day,
)
from readlist.library.scores import note_changed
from readlist.library.search_index import Searchable, merge_seldom, searchable, title_order, update_search
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Paper, bare_title
from readlist.model.time import PublicationDate

PART = 100
"""How many papers are added or removed in one transaction: about as long as a mark may wait for the writer."""

_Held: TypeAlias = Callable[[], Collection[str]]
_Values: TypeAlias = dict[str, Any]


class PaperWriter:
    """Adds the papers of one list to a library."""

    def __init__(
        self,
        connections: Connections,
        feed: str,
        day: date | None,
        seen: date | None,
        now: datetime,
        batch: int | None = None,
    ) -> None:
        """Prepare to add a list; see `Library.add`."""
        self._connections = connections
        self._feed, self._day, self._seen = feed, day, seen
        self._read_at = now
        self._now = microseconds(now) if batch is None else batch
        self._batch = batch
        self._today = clock_day(now)
        self._ids: list[int] = []
        self._given: list[str] = []
        self._mentions: Mentions = {}
        self._fresh: set[int] = set()
        self._keys: dict[int, str] = {}
        self._merged: dict[int, int] = {}
        self._pairs: list[tuple[str, str]] = []
        self._filled: set[int] = set()
        self._revised: set[int] = set()
        self._writes = 0
        self._repeatable = True

    def add(
        self,
        items: Iterable[tuple[Paper, Announcement]],
        progress: Callable[[int], None] | None = None,
        *,
        builtin: bool = False,
    ) -> Added:
        """Add the papers; see `Library.add`."""
        rest = iter(items)
        while part := [incoming(self._feed, self._day, *item) for item in islice(rest, PART)]:
            with self._connections.writing(papers=True) as connection:
                before = connection.total_changes
                self._add_part(connection, part)
                if builtin:
                    connection.execute("update feed set builtin = 1 where name = ? and not builtin", (self._feed,))
                self._writes += connection.total_changes != before
            if progress is not None:
                progress(len(self._ids))
        return self._result()

    def _add_part(self, connection: sqlite3.Connection, items: Sequence[Incoming]) -> None:
        names = dict.fromkeys(name for item in items for name in item.identifiers)
        owners = dict(
            connection.execute(
                "select identifier, paper_id from alias where identifier in (select value from json_each(?))",
                (json.dumps(list(names)),),
            )
        )
        titles = list({bare_title(name) for name in names if name.startswith("title:")})
        owners.update(connection.execute(SELECT_WORKS, (json.dumps(titles),)))
        (last,) = connection.execute(
            "select coalesce(max(seq), 0) from sqlite_sequence where name = 'paper'"
        ).fetchone()
        papers = _stored_papers(connection, set(owners.values()))
        matcher = Matcher(papers, owners, next_id=last + 1, now=self._now, mentions=self._mentions)
        for item in items:
            matcher.add(item)
        _add_waiting_marks(connection, matcher)
        if len(matcher.fresh) == PART and not self._ids:
            merge_seldom(connection)
        dated = self._seen is not None or self._day is not None
        write = partial(write_sightings, connection, self._counts(matcher), self._read_at, matcher.fresh, dated=dated)
        _write(connection, matcher, write)
        self._revised |= note_revisions(connection, matcher.papers.values(), time_at(matcher.now), self._today)
        if self._batch is not None and (matcher.fresh or matcher.returned):
            feeds = {item.announcement.feed for item in items}
            connection.executemany(
                "insert or ignore into import (batch, feed) values (?, ?)", [(self._batch, feed) for feed in feeds]
            )
        self._repeatable = self._repeatable and matcher.is_repeatable
        self._ids += matcher.ids
        self._given += [item.paper.key for item in items]
        self._fresh |= matcher.fresh | matcher.returned
        self._keys |= matcher.keys
        self._merged |= matcher.merged
        self._pairs += matcher.pairs
        self._filled |= matcher.filled - self._fresh

    def _counts(self, matcher: Matcher) -> Iterator[tuple[Seen, Announcement]]:
        """Yield the counts the list has given so far for the papers of a part, by the day they were seen."""
        for paper_id in {last_of(matcher.merged, paper_id) for paper_id in matcher.ids}:
            days: dict[FeedDay, Announcement] = {}
            for (feed, day), papers in self._mentions.items():
                if (mention := papers.get(paper_id)) is not None:
                    # Without a day, the counts are those of today.
                    place = feed, self._seen or day or self._today
                    days[place] = merge_announcements(days[place], mention) if place in days else mention
            for (feed, day), mention in days.items():
                if day is not None:
                    yield (paper_id, feed, day), mention

    def _result(self) -> Added:
        new: dict[int, str] = {}
        known: list[str] = []
        ids = [last_of(self._merged, paper_id) for paper_id in self._ids]
        for paper_id in ids:
            if paper_id in self._fresh and paper_id not in new:
                new[paper_id] = self._keys[paper_id]
            else:
                known.append(self._keys[paper_id])
        return Added(
            new=tuple(new.values()),
            known=tuple(known),
            merged=tuple(dict.fromkeys(self._pairs)),
            filled=len(self._filled),
            revised=len(self._revised),
            keys=tuple(self._keys[paper_id] for paper_id in ids),
            given=tuple(self._given),
            writes=self._writes,
            repeatable=self._repeatable,
        )


# Reading what is stored


def _stored_papers(connection: sqlite3.Connection, ids: Iterable[int]) -> list[StagedPaper]:
    """Return stored papers with all their announcements."""
    wanted = (json.dumps(list(ids)),)
    announcements: dict[int, dict[FeedDay, Announcement]] = {}
    found = connection.execute(
        f"select paper_id, {columns(Announcement)} from announcement "
        "where paper_id in (select value from json_each(?))",
        wanted,
    )
    for values in named(found):
        paper_id, announcement = values.pop("paper_id"), with_day(Announcement, values)
        announcements.setdefault(paper_id, {})[announcement.feed, announcement.day] = announcement
    papers = []
    undone = {
        paper_id
        for (paper_id,) in connection.execute(
            "select id from paper where id in (select value from json_each(?)) and hidden = ?",
            (*wanted, HIDDEN["undone"]),
        )
    }
    for row in connection.execute(
        f"select {PAPER_COLUMNS} from json_each(?) j cross join paper p on p.id = j.value "
        "join detail d on d.paper_id = p.id left join mark m on m.key = p.key",
        wanted,
    ):
        own, mark_row, detail = paper_rows(row)
        mark = mark_row.mark if mark_row.note is not None else None
        paper = detail.paper(own.key, own.published)
        mine = announcements.get(own.id, {})
        staged = StagedPaper(own.id, paper, own.added, dict(mine), mark, paper, mine, mark, own.id in undone)
        staged.before = paper
        papers.append(staged)
    return papers


def _add_waiting_marks(connection: sqlite3.Connection, matcher: Matcher) -> None:
    """Give papers the marks that waited under one of their identifiers."""
    waiting = named(
        connection.execute(
            f"select key, {columns(MarkRow)} from mark indexed by mark_unbound "
            "where paper_id is null and key in (select value from json_each(?))",
            (json.dumps(matcher.new_identifiers),),
        )
    )
    connection.executemany("delete from mark where key = :key", waiting)
    for row in waiting:
        matcher.add_mark(row.pop("key"), MarkRow(**row).mark)


# Writing


def _write(connection: sqlite3.Connection, matcher: Matcher, write_counts: Callable[[], None]) -> None:
    new = [each for each in matcher.papers.values() if each.stored is None]
    changed = [each for each in matcher.papers.values() if each.is_changed]
    gone = [(each.id, _indexed(each.stored, each.stored_mark), None) for each in matcher.gone.values()]
    both = [
        (each.id, _indexed(each.stored, each.stored_mark), _indexed(each.paper, each.mark)) for each in (*changed, *new)
    ]
    if matcher.gone:
        _remove_merged(connection, matcher)
    _write_rows(connection, matcher, new, changed)
    write_counts()
    refresh_counts(connection, [each.id for each in changed])
    note_changed(
        connection, [each.id for each in changed if each.stored is not None and _is_other(each.stored, each.paper)]
    )
    # Last: FTS5 writes out its pending changes before any later statement that could be undone alone.
    update_search(connection, [*gone, *(entry for entry in both if entry[1] != entry[2])])


def _is_other(paper: Paper, other: Paper) -> bool:
    """Tell whether two papers may fit the user differently."""
    return (paper.title, paper.abstract, paper.authors, paper.organization) != (
        other.title, other.abstract, other.authors, other.organization
    )  # fmt: skip


def _indexed(paper: Paper | None, mark: Mark | None) -> Searchable | None:
    """Return what the search index has for a paper, None if there is none."""
    return searchable(paper, mark.note if mark is not None else "") if paper is not None else None


def _remove_merged(connection: sqlite3.Connection, matcher: Matcher) -> None:
    """Remove papers that were merged into others; their identifiers lead to those from now on."""
    gone = sorted(matcher.gone)
    # One scan of all aliases: it happens seldom, and an index would hold every title again.
    aliases = connection.execute(
        "select paper_id, identifier from alias where paper_id in (select value from json_each(?))",
        (json.dumps(gone),),
    ).fetchall()
    connection.executemany(
        "update alias set paper_id = ? where identifier = ?",
        [(last_of(matcher.merged, paper_id), identifier) for paper_id, identifier in aliases],
    )
    connection.executemany("delete from mark where key = ?", [(each.paper.key,) for each in matcher.gone.values()])
    pairs = [(paper_id, last_of(matcher.merged, paper_id)) for paper_id in gone]
    merge_sightings(connection, pairs)
    merge_revisions(connection, pairs)
    _delete_rows(connection, [(paper_id,) for paper_id in gone])


def _write_rows(
    connection: sqlite3.Connection, matcher: Matcher, new: list[StagedPaper], changed: list[StagedPaper]
) -> None:
    """Write the rows of new and changed papers, apart from sightings and the search index."""
    papers = [*new, *changed]
    write = partial(insert_rows, connection, replace=True)
    insert_rows(connection, "paper", [_paper_values(each) for each in new])
    updates = [_paper_values(each) for each in changed]
    if updates:
        changes = ", ".join(f"{name} = :{name}" for name in updates[0] if name not in ("id", "key"))
        connection.executemany(f"update paper set {changes} where id = :id", updates)
    write(
        "detail",
        [{"paper_id": each.id, **asdict(DetailRow.of(each.paper))} for each in papers if each.paper is not each.stored],
    )
    write(
        "announcement",
        [
            {"paper_id": each.id, **asdict(announcement), "day": _iso(announcement.day) or ""}
            for each in papers
            for place, announcement in each.announcements.items()
            if each.stored_announcements.get(place) != announcement
        ],
    )
    connection.executemany(
        "insert into alias (identifier, paper_id) values (?, ?)",
        [(name, matcher.owners[name]) for name in matcher.new_identifiers],
    )
    write(
        "mark",
        [
            {"key": each.paper.key, "paper_id": each.id, **asdict(MarkRow.of(each.mark))}
            for each in papers
            if each.mark is not None and each.mark != each.stored_mark
        ],
    )
    feeds = {each.feed for paper in papers for each in paper.announcements.values()}
    connection.executemany(
        "insert or ignore into feed (name, builtin, added) values (?, 0, ?)", [(feed, matcher.now) for feed in feeds]
    )


_UNMARKED: Mapping[str, int] = MappingProxyType(MarkRow().flags)


def _paper_values(staged: StagedPaper) -> _Values:
    """Return the columns of the table `paper`."""
    paper, place = staged.paper, latest(staged.announcements.values())
    kinds = {link.kind for link in paper.links}
    flags = MarkRow.of(staged.mark).flags if staged.mark else _UNMARKED
    return {
        "id": staged.id,
        "key": paper.key,
        "title_folded": title_order(paper.title),
        "published": _iso(paper.published),
        "added": staged.added,
        "feed": place.feed,
        "day": _iso(place.day) or "",
        "position": place.position,
        "upvotes": place.upvotes,
        "comments": place.comments,
        "stars": place.stars,
        **flags,
        "has_code": int("repo" in kinds),
        "has_project": int("project" in kinds),
        "has_abstract": int(bool(paper.abstract)),
    }


def _iso(day: PublicationDate | None) -> str | None:
    return day.isoformat() if day else None


# Removing

# The first parameter is a JSON list of pairs (feed, ISO date).
_KEPT_FROM = (
    "with kept_from (feed, day) as (select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?))"
)
_UNDECIDED = "not p.starred and not p.noted and not exists (select 1 from mark m where m.paper_id = p.id and m.pending)"
_NOT_KEPT = (
    "not exists (select 1 from announcement a left join kept_from k on k.feed = a.feed "
    "where a.paper_id = p.id and (k.day is null or a.day >= k.day or a.day = ''))"
)
_MARKED = "(m.read is not null or m.starred is not null or m.note <> '' or m.removed is not null or m.pending)"
"""Whether a row of `mark` says anything; a change that was undone leaves one that does not."""

UNFILLED = "d.title = ''"
"""For `drop_unmarked`: papers that were added by id and have no title yet."""


def expire(connections: Connections, before: Mapping[str, date], held: _Held) -> int:
    """Remove papers that their feeds no longer keep, in small transactions; returns how many.

    Papers with a star or note, saved or pending, stay, and those announced by another feed or later. Read marks wait
    in case the paper comes back.

    Args:
        connections: the library's.
        before: by feed, the first day that is kept.
        held: called just before each transaction removes papers: identifiers of papers that must stay.
    """
    limits = json.dumps([(storable(feed), day.isoformat()) for feed, day in before.items()])
    with connections.reading() as connection:
        # The table `paper` has the latest announcement, so most papers are skipped without reading others.
        found = connection.execute(
            f"{_KEPT_FROM} select p.id from paper p indexed by paper_by_feed cross join kept_from l on l.feed = p.feed "
            f"where p.day < ? and p.day < l.day and p.day <> '' and {_UNDECIDED} and {_NOT_KEPT}",
            (limits, max(before.values(), default=date.min).isoformat()),
        ).fetchall()
    removed = 0
    for start in range(0, len(found), PART):
        part = json.dumps([paper_id for (paper_id,) in found[start : start + PART]])
        with connections.writing(papers=True) as connection:
            # Checked again: it may have been announced or starred since.
            ids = connection.execute(
                f"{_KEPT_FROM} select p.id from json_each(?) j join paper p on p.id = j.value "
                f"where {_UNDECIDED} and {_NOT_KEPT}",
                (limits, part),
            ).fetchall()
            removed += _remove(connection, ids, held())
    return removed


def drop_untouched(connections: Connections, feed: str, held: _Held = tuple) -> int:
    """Remove the unmarked papers that only this built-in feed announced; returns how many; see `expire`."""
    with connections.reading() as connection:
        if not connection.execute("select 1 from feed where name = ? and builtin", (feed,)).fetchone():
            return 0
    with connections.writing(papers=True) as connection:
        ids = connection.execute(
            "select distinct a.paper_id from announcement a where a.feed = ? "
            "and not exists (select 1 from announcement b where b.paper_id = a.paper_id and b.feed <> a.feed) "
            f"and not exists (select 1 from mark m where m.paper_id = a.paper_id and {_MARKED})",
            (feed,),
        ).fetchall()
        removed = _remove(connection, ids, held())
        connection.execute(
            "delete from feed where name = ? and not exists (select 1 from announcement where feed = name)", (feed,)
        )
    return removed


def drop_unmarked(connections: Connections, keys: Iterable[str], condition: str, held: _Held) -> int:
    """Remove those of some papers, by key, that are unmarked and meet a condition; returns how many."""
    with connections.writing(papers=True) as connection:
        ids = connection.execute(
            "select distinct p.id from alias i join paper p on p.id = i.paper_id join detail d on d.paper_id = p.id "
            f"where i.identifier in (select value from json_each(?)) and {condition} "
            "and not exists (select 1 from mark m where m.paper_id = p.id)",
            (json.dumps([storable(key) for key in keys]),),
        ).fetchall()
        return _remove(connection, ids, held())


def drop_undone(connections: Connections, batch: int) -> int:
    """Remove the hidden papers of an import that was undone, in small transactions; returns how many."""
    removed = 0
    while True:
        with connections.writing(papers=True) as connection:
            ids = connection.execute(
                "select id from paper indexed by paper_by_added where added = ? and hidden = ? limit ?",
                (batch, HIDDEN["undone"], PART),
            ).fetchall()
            removed += _remove(connection, ids, ())
        if len(ids) < PART:
            return removed


def _remove(connection: sqlite3.Connection, ids: Sequence[tuple[int]], held: Collection[str]) -> int:
    """Remove papers unless one of their identifiers is held; returns how many. Their marks wait for them."""
    owners = connection.execute(
        "select paper_id from alias where identifier in (select value from json_each(?))",
        (json.dumps([storable(identifier) for identifier in held]),),
    ).fetchall()
    ids = sorted(set(ids) - set(owners))
    if not ids:
        return 0
    wanted = json.dumps([paper_id for (paper_id,) in ids])
    gone = [entry_in(row) for row in connection.execute(SELECT_PAPERS, (wanted,))]
    update_search(connection, [(each.id, searchable(each.paper, each.mark.note), None) for each in gone])
    _delete_rows(connection, ids)
    connection.executemany("update mark set paper_id = null where paper_id = ?", ids)
    # A scan of all aliases, since an index would hold every title again.
    connection.execute("delete from alias where paper_id in (select value from json_each(?))", (wanted,))
    return len(ids)


def _delete_rows(connection: sqlite3.Connection, ids: Sequence[tuple[int]]) -> None:
    """Delete the rows of papers, but not their aliases and marks, nor their entries in the search index."""
    for table, column in (
        ("paper", "id"),
        ("detail", "paper_id"),
        ("announcement", "paper_id"),
        ("sighting", "paper_id"),
        ("revision", "paper_id"),
    ):
        connection.executemany(f"delete from {table} where {column} = ?", ids)
