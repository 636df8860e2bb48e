"""Library: the papers that feeds announced, found by queries, with a mirror of their marks; the user's visits."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.count_log import CountLog
from readlist.library.count_sql import papers_of_day
from readlist.library.day_sql import Statement
from readlist.library.errors import damaged
from readlist.library.feed_log import FeedLog
from readlist.library.import_log import ImportLog
from readlist.library.list_log import ListLog
from readlist.library.list_outline import Outlines
from readlist.library.mirror import Mirror
from readlist.library.query_sql import (
    among_statement,
    count_statement,
    ids_in,
    ids_statement,
    past_statement,
    scored_statement,
)
from readlist.library.revision_log import RevisionLog
from readlist.library.rows import (
    SELECT_PAPERS,
    SELECT_WORKS,
    Added,
    Counts,
    Entry,
    Owner,
    entry_in,
    microseconds,
    storable,
    time_at,
)
from readlist.library.scores import Scores
from readlist.library.search_page import SearchPage
from readlist.library.vocabulary import Vocabulary
from readlist.model.paper import Announcement, Paper, identifiers_of
from readlist.model.view import Sort, is_reverse, unreversed
from readlist.query import Query

_FEW = 10_000
_SEARCHES = 200
"""How many searches are kept."""

_CUT = "…"
"""What a key that is cut ends in."""


class Library:
    """The papers of one library file; may be used from any thread.

    Papers have ids, numbers that are valid in this file only, and keys (`Paper.key`), which are valid everywhere.
    Every method raises `LibraryError` if the file can't be used.

    Attributes:
        connections: those to the library file; they know whether it can be written.
        feeds: what feeds announced, and how their fetches went.
        count_log: the counts they gave, by day, and what papers gained.
        mirror: the marks, for queries.
        outlines: the groups of lists, and what their papers have.
        visits: when the user was here last, and what was searched for.
        imports: which papers each import brought, for undo.
        vocabulary: the words of the search index.
        scores: how well papers fit the user.
        revisions: which papers arXiv is to be asked about again.
        page: the first papers of the list that is searched.
    """

    def __init__(
        self,
        path: Path,
        progress: Callable[[int, int], None] | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open the library at a path, or create it with its folder; migrate one of an older readlist.

        A library that can't be written is opened for reading; writing raises `LibraryReadOnly` then.

        Args:
            path: the library file.
            progress: called often while the search index is rebuilt, in this thread: papers done, and of how many.
            on_wait: called about every second while another process is waited for.

        Raises:
            LibraryError: it is not a library, damaged, from a newer readlist, or can be neither written nor read.
                Nothing on disk was changed.
        """
        self.connections = Connections(path, progress, on_wait)
        self.feeds = FeedLog(self.connections)
        self.lists = ListLog(self.connections)
        self.count_log = CountLog(self.connections)
        self.mirror = Mirror(self.connections)
        self.outlines = Outlines(self.connections)
        self.visits = Visits(self.connections)
        self.imports = ImportLog(self.connections)
        self.vocabulary = Vocabulary(self.connections)
        self.scores = Scores(self.connections)
        self.revisions = RevisionLog(self.connections)
        self.page = SearchPage(self.connections)

    # Searching

    def first_ids(self, query: Query, sort: Sort, limit: int) -> list[int]:
        """Return the ids of the first papers found, in order."""
        return list(ids_in(self._found(ids_statement(query, sort, limit))))

    def ids(self, query: Query, sort: Sort) -> array[int]:
        """Return the ids of all papers found, in order: an array of 64-bit integers.

        Raises:
            SearchInterrupted: `Connections.interrupt` was called.
        """
        if unreversed(sort) != "match":
            return self._all(ids_statement(query, sort))
        found = self._all(ids_statement(query, "-feed" if is_reverse(sort) else "feed"))
        few = found if len(found) <= _FEW else None
        # To look for each of many papers in a table takes three times as long as to read all scores.
        scored = self._all(scored_statement(few, is_reverse=is_reverse(sort)))
        wanted = bytearray(max(max(ids, default=0) for ids in (found, scored)) + 1)
        for number in found:
            wanted[number] = 1
        ids = array("q", filter(wanted.__getitem__, scored))
        if len(ids) < len(found):
            for number in ids:
                wanted[number] = 0
            ids.extend(filter(wanted.__getitem__, found))
        return ids

    def ids_as_of(self, day: date, query: Query, sort: Sort) -> array[int]:
        """Return the ids of the papers found among those announced by a day, sorted by what was known of them then.

        An order that is not known of that day is feed order.
        """
        return self._all(past_statement(query, sort, papers_of_day(day)))

    def _all(self, statement: Statement) -> array[int]:
        """Return the ids that a statement finds."""
        return array("q", ids_in(self._found(statement)))

    def among(self, ids: Sequence[int], query: Query) -> set[int]:
        """Return those of some ids, few of them, whose papers match a query."""
        with self.connections.reading() as connection:
            return {found for (found,) in connection.execute(*among_statement(query, ids))}

    def count(self, query: Query) -> int:
        """Return the number of papers found."""
        return int(self._found(count_statement(query)) or 0)

    def _found(self, statement: Statement) -> Any:
        """Return the only value that a statement finds."""
        with self.connections.reading(search=True) as connection:
            (found,) = connection.execute(*statement).fetchone()
        return found

    # Reading

    def papers(self, ids: Sequence[int]) -> list[Entry]:
        """Return papers in the order of their ids here, without those that are not in the library."""
        with self.connections.reading() as connection:
            rows = connection.execute(SELECT_PAPERS, (json.dumps(list(ids)),)).fetchall()
        try:
            return [entry_in(row) for row in rows]
        except (ValueError, TypeError) as error:
            raise damaged(self.connections.path, "a paper can't be read") from error

    def keys(self, ids: Sequence[int]) -> list[str]:
        """Return the keys of papers in the order of their ids here, without those that are not in the library."""
        with self.connections.reading() as connection:
            rows = connection.execute(
                "select p.key from json_each(?) j cross join paper p on p.id = j.value order by j.key",
                (json.dumps(list(ids)),),
            ).fetchall()
        return [key for (key,) in rows]

    def find(self, identifier: str) -> int | None:
        """Return the id of the paper that an identifier, or a former key, names.

        A key that is cut, as in a table, names the only paper whose key begins so.
        """
        if identifier.endswith(_CUT) and identifier != _CUT:
            begins = storable(identifier.removesuffix(_CUT))
            with self.connections.reading() as connection:
                rows = connection.execute(
                    "select distinct paper_id from alias where identifier >= ? and identifier < ? limit 2",
                    (begins, f"{begins}\U0010ffff"),
                ).fetchall()
            return rows[0][0] if len(rows) == 1 else None
        return self.ids_of([identifier]).get(identifier)

    def ids_of(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids of the papers in the library that these keys or other identifiers name."""
        asked = {storable(key): key for key in keys}
        with self.connections.reading() as connection:
            rows = connection.execute(
                "select a.identifier, a.paper_id from json_each(?) j cross join alias a on a.identifier = j.value",
                (json.dumps(list(asked)),),
            ).fetchall()
        return {asked[identifier]: paper_id for identifier, paper_id in rows}

    def owners(self, identifiers: Iterable[str]) -> dict[str, Owner]:
        """Return the papers in the library that these identifiers name, with all their identifiers."""
        asked = {storable(identifier): identifier for identifier in identifiers}
        with self.connections.reading() as connection:
            rows = connection.execute(
                "select j.value, p.key, d.title, d.arxiv, d.doi from json_each(?) j cross join alias a "
                "on a.identifier = j.value cross join paper p on p.id = a.paper_id "
                "cross join detail d on d.paper_id = p.id",
                (json.dumps(list(asked)),),
            ).fetchall()
        return {
            asked[name]: Owner(key, (key, *identifiers_of(title, arxiv, doi, key)))
            for name, key, title, arxiv, doi in rows
        }

    def works(self, titles: Iterable[str]) -> list[Paper]:
        """Return all papers with some titles, each given as `title:…` without what distinguishes works of it."""
        asked = json.dumps([storable(title) for title in titles])
        with self.connections.reading() as connection:
            rows = connection.execute(SELECT_WORKS, (asked,)).fetchall()
        return [stored.paper for stored in self.papers(list(dict.fromkeys(paper_id for _, paper_id in rows)))]

    def unfilled(self) -> list[str]:
        """Return the keys of papers without a title, oldest first: they were added by id and are to be filled in."""
        with self.connections.reading() as connection:
            rows = connection.execute(
                "select p.key from paper p indexed by paper_by_title join detail d on d.paper_id = p.id "
                "where p.title_folded = '' and d.title = '' and not p.hidden order by p.id"
            ).fetchall()
        return [key for (key,) in rows]

    def counts(self) -> Counts:
        """Return the number of papers and feeds; removed papers are counted apart."""
        with self.connections.reading() as connection:
            row = connection.execute(
                "select count(*), coalesce(sum(not read), 0), coalesce(sum(starred), 0), coalesce(sum(noted), 0), "
                "(select count(*) from feed), "
                "(select count(*) from paper indexed by paper_hidden where hidden > 0 and hidden = 1) "
                "from paper indexed by paper_by_feed where not hidden"
            ).fetchone()
        return Counts(*row)

    # Adding

    def add(
        self,
        feed: str,
        items: Iterable[tuple[Paper, Announcement]],
        *,
        day: date | None,
        seen: date | None = None,
        progress: Callable[[int], None] | None = None,
        builtin: bool = False,
        now: datetime | None = None,
        batch: int | None = None,
    ) -> Added:
        """Add the papers of one list, in small transactions, so that other writers don't wait long.

        Args:
            feed: the feed's name, for announcements without one.
            items: the papers in list order, each with its announcement.
            day: the day of the list, for announcements without one; None if it is unknown.
            seen: the day the counts were read, if it is not the day of each announcement.
            progress: called after each transaction with the number of papers added.
            builtin: whether the feed came with readlist.
            now: the time the papers are added; the present if not given.
            batch: of the import that this is part of, None for none; see `ImportLog`.
        """
        from readlist.library.paper_writer import PaperWriter

        writer = PaperWriter(self.connections, feed, day, seen, now or datetime.now(UTC), batch)
        return writer.add(items, progress, builtin=builtin)

    def close(self) -> None:
        """Close the library; what other threads do is stopped or waited for."""
        self.page.forget()
        self.connections.close()


class Visits:
    """The user's visits to a library file: when the last one ended, and what was searched for."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def end(self, now: datetime) -> None:
        """End a visit: papers added until now are no longer new (`is:new`)."""
        self._set("last_visit", str(microseconds(now)))

    def last(self) -> datetime | None:
        """Return when the last visit ended, None before the first did."""
        found = self._value("last_visit")
        return time_at(int(found)) if found else None

    def searches(self) -> list[str]:
        """Return what was searched for, the latest last."""
        found = json.loads(self._value("searches") or "[]")
        return [text for text in found if isinstance(text, str)]

    def remember(self, search: str) -> None:
        """Keep a search, once, as the latest."""
        kept = [*(each for each in self.searches() if each != search), search][-_SEARCHES:]
        self._set("searches", json.dumps(kept))

    def _set(self, name: str, value: str) -> None:
        with self._connections.writing() as connection:
            set_meta(connection, name, value)

    def _value(self, name: str) -> str:
        with self._connections.reading() as connection:
            return meta(connection, name)
