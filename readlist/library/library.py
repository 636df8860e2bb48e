"""Library: the papers that feeds announced, found again by queries, with the mirror of their marks."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.errors import (
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryReadOnly,
    SearchInterrupted,
    damaged,
)
from readlist.library.feed_log import FeedLog
from readlist.library.mirror import Mirror
from readlist.library.query_sql import Statement, count_statement, ids_statement
from readlist.library.rows import (
    SELECT_PAPERS,
    SELECT_WORKS,
    Added,
    Counts,
    Feed,
    Fetch,
    Owner,
    Sighting,
    StoredPaper,
    microseconds,
    storable,
    stored_paper,
    time_at,
)
from readlist.model.paper import Announcement, Paper
from readlist.model.paper import identifiers as identifiers_of
from readlist.model.view import Sort
from readlist.query import Query

__all__ = [
    "Added",
    "Counts",
    "Feed",
    "Fetch",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryError",
    "LibraryReadOnly",
    "SearchInterrupted",
    "Sighting",
    "StoredPaper",
]


_PIECE = 32_768
"""Characters of a list of ids that are taken apart at a time."""


class Library:
    """The papers of one library file; may be used from any thread.

    Papers have ids, numbers that mean something in this file only, and keys (`Paper.key`), which mean the same
    everywhere. Every method raises `LibraryError` when the file can't be used.

    Attributes:
        connections: those to the library file, which know in what way it can be used.
        feeds: what feeds announced, and what became of asking them.
        mirror: what queries see of the marks.
        visits: when the user looked, and what for.
    """

    def __init__(
        self,
        path: Path,
        progress: Callable[[int, int], None] | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        """Open the library at a path, or create it with its folder; bring one of an older readlist up to date.

        One that can be read but not written is opened to be read; what would write raises `LibraryReadOnly`.

        Args:
            path: the library file.
            progress: told how many papers of how many are in the search index while that is made anew; from this
                thread, often.
            on_wait: called about every second that another process is waited for.

        Raises:
            LibraryError: it is no library, damaged, newer than this readlist, or can neither be written nor read as
                it is. Nothing on disk was changed.
        """
        self.connections = Connections(path, progress, on_wait)
        self.feeds = FeedLog(self.connections)
        self.mirror = Mirror(self.connections)
        self.visits = Visits(self.connections)

    # Finding

    def first_ids(self, query: Query, sort: Sort, limit: int) -> list[int]:
        """Return the ids of the first papers found, in order."""
        ids: list[int] = json.loads(f"[{self._found(ids_statement(query, sort, limit))}]")
        return ids

    def ids(self, query: Query, sort: Sort) -> array[int]:
        """Return the ids of all papers found, in order: an array of 64-bit integers.

        Raises:
            SearchInterrupted: `Connections.interrupt` was called meanwhile.
        """
        found = self._found(ids_statement(query, sort))
        ids = array("q")
        start = 0
        while start < len(found):
            # Piece by piece: as objects the numbers take ten times their room.
            end = found.find(",", start + _PIECE)
            ids.extend(json.loads(f"[{found[start : end if end > 0 else len(found)]}]"))
            start = end + 1 if end > 0 else len(found)
        return ids

    def _found(self, statement: Statement) -> str:
        """Return the ids that a statement finds, with commas between."""
        with self.connections.reading(search=True) as connection:
            (found,) = connection.execute(*statement).fetchone()
        return found or ""

    def count(self, query: Query) -> int:
        """Return the number of papers found."""
        with self.connections.reading(search=True) as connection:
            (found,) = connection.execute(*count_statement(query)).fetchone()
        return int(found)

    # Reading

    def papers(self, ids: Sequence[int]) -> list[StoredPaper]:
        """Return papers in the order asked for, those that aren't here left out."""
        with self.connections.reading() as connection:
            rows = connection.execute(SELECT_PAPERS, (json.dumps(list(ids)),)).fetchall()
        try:
            return [stored_paper(row) for row in rows]
        except (ValueError, TypeError) as error:
            raise damaged(self.connections.path, "what is stored of a paper makes no sense") from error

    def find(self, identifier: str) -> int | None:
        """Return the id of the paper that one of its identifiers, or a former key, names."""
        return self.ids_of([identifier]).get(identifier)

    def ids_of(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids of the papers that these keys or other identifiers name, as far as they are here."""
        asked = {storable(key): key for key in keys}
        with self.connections.reading() as connection:
            rows = connection.execute(
                "select a.identifier, a.paper_id from json_each(?) j cross join alias a on a.identifier = j.value",
                (json.dumps(list(asked)),),
            ).fetchall()
        return {asked[identifier]: paper_id for identifier, paper_id in rows}

    def owners(self, identifiers: Iterable[str]) -> dict[str, Owner]:
        """Return the papers that these identifiers name, as far as they are here, with all their identifiers."""
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
        """Return all papers that go by some titles, each given as `title:…` without what tells works of it apart."""
        asked = json.dumps([storable(title) for title in titles])
        with self.connections.reading() as connection:
            rows = connection.execute(SELECT_WORKS, (asked,)).fetchall()
        return [stored.paper for stored in self.papers(list(dict.fromkeys(paper_id for _, paper_id in rows)))]

    def unfilled(self) -> list[str]:
        """Return the keys of papers without a title, oldest first: they were added by id, and wait to be filled in."""
        with self.connections.reading() as connection:
            rows = connection.execute(
                "select p.key from paper p indexed by paper_by_title join detail d on d.paper_id = p.id "
                "where p.title_folded = '' and d.title = '' order by p.id"
            ).fetchall()
        return [key for (key,) in rows]

    def counts(self) -> Counts:
        """Return how many papers and feeds there are."""
        with self.connections.reading() as connection:
            row = connection.execute(
                "select count(*), coalesce(sum(not read), 0), coalesce(sum(starred), 0), coalesce(sum(noted), 0), "
                "(select count(*) from feed) from paper indexed by paper_by_feed"
            ).fetchone()
        return Counts(*row)

    # Filling

    def add(
        self,
        feed: str,
        items: Iterable[tuple[Paper, Announcement]],
        *,
        day: date,
        seen: date | None = None,
        progress: Callable[[int], None] | None = None,
        builtin: bool = False,
        now: datetime | None = None,
    ) -> Added:
        """Take in the papers of one list.

        They are written in small transactions, each whole or not at all, so that nobody waits long for the writer.

        Args:
            feed: the feed's name, for announcements that bear none.
            items: the papers in list order, each with its announcement.
            day: the day of the list, for announcements that bear none.
            seen: the day the counts were read, where it is not the day of each announcement.
            progress: told how many papers are in, after each transaction.
            builtin: whether the feed came with readlist.
            now: the time the papers are added; the present if not given.
        """
        from readlist.library.duplicates import incoming
        from readlist.library.paper_writer import PART, Tally, add_papers

        tally = Tally()
        moment = microseconds(now or datetime.now(UTC))
        rest = iter(items)
        while part := [incoming(feed, day, *item) for item in islice(rest, PART)]:
            with self.connections.writing(papers=True) as connection:
                tally.take(add_papers(connection, part, moment, tally.told, seen))
                if builtin:
                    connection.execute("update feed set builtin = 1 where name = ? and not builtin", (feed,))
            if progress is not None:
                progress(len(tally.ids))
        return tally.outcome()

    def close(self) -> None:
        """Close the library; what runs in other threads is stopped or waited for."""
        self.connections.close()


_SEARCHES = 200
"""Searches that are kept."""


class Visits:
    """The visits to a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def end(self, now: datetime) -> None:
        """End a visit: papers added up to now are not new (`is:new`) any more."""
        with self._connections.writing() as connection:
            set_meta(connection, "last_visit", str(microseconds(now)))

    def last(self) -> datetime | None:
        """Return when the last visit ended, None before the first did."""
        found = self._value("last_visit")
        return time_at(int(found)) if found else None

    def searches(self) -> list[str]:
        """Return what was searched for, the latest last."""
        found = json.loads(self._value("searches") or "[]")
        return [text for text in found if isinstance(text, str)]

    def remember(self, search: str) -> None:
        """Keep what was searched for, once, as the latest."""
        kept = [*(each for each in self.searches() if each != search), search][-_SEARCHES:]
        with self._connections.writing() as connection:
            set_meta(connection, "searches", json.dumps(kept))

    def _value(self, name: str) -> str:
        with self._connections.reading() as connection:
            return meta(connection, name)
