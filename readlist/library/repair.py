"""Whether a library file is sound, and a sound one made out of a damaged one, which is kept."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from readlist.files import dated
from readlist.library.connections import Connections, sqlite_uri
from readlist.library.errors import LibraryBusy, LibraryError, damaged, explained
from readlist.library.library import Library
from readlist.library.rows import (
    ANNOUNCEMENT_COLUMNS,
    DETAIL_COLUMNS,
    Row,
    announcement_of,
    fill_search,
    microseconds,
    paper_of,
    prefixed,
    time_at,
)
from readlist.model.paper import Announcement, Paper
from readlist.model.time import parse_date
from readlist.text.clean import clean, clean_line

_COMPANIONS = ("", "-wal", "-journal")
_WIDEST = 1 << 40
_MOST_DAMAGED = 10_000
_LISTS = tuple(DETAIL_COLUMNS.split(", ").index(name) for name in ("authors", "links", "keywords"))
_META = ("last_visit", "searches")
_Made = TypeVar("_Made")
_PART = 1_000

_CONSISTENT = {
    "papers without details": "select count(*) from paper where id not in (select paper_id from detail)",
    "details without a paper": "select count(*) from detail where paper_id not in (select id from paper)",
    "papers that no search finds": "select count(*) from paper where id not in (select id from search_docsize)",
    "search entries without a paper": "select count(*) from search_docsize where id not in (select id from paper)",
    "identifiers without a paper": "select count(*) from alias where paper_id not in (select id from paper)",
    "papers that their key doesn't find": (
        "select count(*) from paper p where not exists "
        "(select 1 from alias a where a.identifier = p.key and a.paper_id = p.id)"
    ),
    "sightings without a paper": "select count(*) from sighting where paper_id not in (select id from paper)",
    "papers without an announcement": (
        "select count(*) from paper p where not exists (select 1 from announcement a where a.paper_id = p.id)"
    ),
    "marks that don't show": (
        "select count(*) from mark m join paper p on p.id = m.paper_id where m.key <> p.key "
        "or (p.read, p.starred, p.noted) <> (m.read is not null, m.starred is not null, m.note <> '')"
    ),
}


class Rebuilt(Struct, frozen=True):
    """What became of a library that was made anew.

    Attributes:
        papers: how many papers were taken over.
        kept: where the old file is.
    """

    papers: int
    kept: Path


def rebuild(path: Path, now: datetime, progress: Callable[[int], None] | None = None) -> Rebuilt:
    """Put a new library in the place of a damaged one, with everything that can be read of it.

    Nothing is taken away before the new library is complete; the old one is kept under a dated name. The mirror of
    the marks is left empty: they are kept elsewhere, and the next `replace_marks` fills it.

    Args:
        path: the library file; it may be anything, or missing.
        now: the present time.
        progress: told how many papers were taken over.

    Raises:
        LibraryError: the new file can't be written; or the old one was exchanged meanwhile.
    """
    # One for each process: of two that rebuild at a time, the slower one finds another file than it has read.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.rebuilt")
    with explained(path):
        before = _identity(path)
        _remove(temporary)
        try:
            papers = _fill(temporary, path, now, progress)
            if _identity(path) != before:
                raise LibraryBusy(f"The library {path} was rebuilt by another readlist. Start again.")
            kept = dated(path, "damaged", now)
            for companion in _COMPANIONS:
                _rename(Path(f"{path}{companion}"), Path(f"{kept}{companion}"))
            Path(f"{path}-shm").unlink(missing_ok=True)
            temporary.replace(path)
        finally:
            _remove(temporary)
    return Rebuilt(papers, kept)


def check(connections: Connections) -> list[str]:
    """Return what is wrong with a library file, a line each; empty if nothing."""
    found: list[str] = []
    try:
        with connections.reading() as connection:
            rows = connection.execute("pragma integrity_check(20)").fetchall()
            found += [str(row[0]) for row in rows if row[0] != "ok"]
            for what, statement in _CONSISTENT.items():
                (count,) = connection.execute(statement).fetchone()
                if count:
                    found.append(f"{count} {what}")
        senseless = _senseless(connections)
        if senseless:
            found.append(f"{senseless} papers with details that make no sense")
        with connections.writing() as connection:
            connection.execute("insert into search (search) values ('integrity-check')")
    except sqlite3.IntegrityError as error:
        found.append(f"the search index is damaged ({error})")
    except LibraryError as error:
        found.append(str(error))
    return found


def _senseless(connections: Connections) -> int:
    """Return how many papers have details that can't be read, as after a flipped bit."""
    count, last = 0, 0
    while True:
        with connections.reading() as connection:
            rows = connection.execute(
                f"select p.id, p.published, {prefixed('d', DETAIL_COLUMNS)} "
                "from paper p join detail d on d.paper_id = p.id where p.id > ? order by p.id limit ?",
                (last, _PART),
            ).fetchall()
        for paper_id, published, *detail in rows:
            last = paper_id
            try:
                paper_of("", published, tuple(detail))
            except (ValueError, TypeError):
                count += 1
        if len(rows) < _PART:
            return count


def rebuild_index(connections: Connections) -> None:
    """Make the full-text index anew, from the papers and the mirrored notes.

    Raises:
        LibraryError: the tables it is made from are damaged themselves.
    """
    try:
        with connections.writing() as connection:
            fill_search(connection)
    except sqlite3.OperationalError as error:
        # A text that is no list any more.
        raise damaged(connections.path, str(error)) from error


def _fill(target: Path, source: Path, now: datetime, progress: Callable[[int], None] | None) -> int:
    with closing(Library(target)) as library:
        old = _opened(source)
        if old is None:
            return 0
        with closing(old):
            return _take_over(old, library, now, progress)


def _opened(source: Path) -> sqlite3.Connection | None:
    """Open a damaged library to read what is left of it; None where SQLite can make nothing of it."""
    if not source.exists():
        return None
    # Reading must not change it: neither bring its log into it nor make new files where that can't be.
    for way in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"{sqlite_uri(source)}?{way}", uri=True, isolation_level=None)
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            # Without it SQLite reads nothing of a file that was cut short.
            connection.execute("pragma writable_schema = on")
            connection.execute("select count(*) from sqlite_schema").fetchone()
        except sqlite3.DatabaseError:
            connection.close()
        else:
            return connection
    return None


def _take_over(old: sqlite3.Connection, library: Library, now: datetime, progress: Callable[[int], None] | None) -> int:
    facts = {row[0]: row[1:] for row in _rows(old, "paper", "id, key, published, added, feed, day, position")}
    names: dict[int, list[str]] = {}
    for identifier, paper_id in _rows(old, "alias", "identifier, paper_id"):
        names.setdefault(paper_id, []).append(identifier)
    announcements: dict[int, list[Announcement]] = {}
    for paper_id, *row in _rows(old, "announcement", f"paper_id, {ANNOUNCEMENT_COLUMNS}"):
        announcements.setdefault(paper_id, []).extend(_sound(announcement_of, tuple(row)))
    papers: dict[int, Paper] = {}
    for paper_id, *row in _rows(old, "detail", f"paper_id, {DETAIL_COLUMNS}"):
        for paper in _sound(_paper, names.get(paper_id, []), facts.get(paper_id), tuple(row)):
            papers[paper_id] = paper
    for paper_id in facts.keys() - papers.keys():
        # Its text is gone, but not what it was: a fetch fills it in.
        for paper in _sound(_named, facts[paper_id][0]):
            papers[paper_id] = paper
    items = [
        (papers[paper_id], announcement)
        for paper_id in sorted(papers)
        for announcement in announcements.get(paper_id) or [_announced(facts.get(paper_id), now)]
    ]
    library.add("", items, day=now.astimezone(UTC).date(), now=now, progress=progress)
    _take_over_rest(old, library, {papers[paper_id].key: (paper_id, facts.get(paper_id)) for paper_id in papers}, names)
    return len(papers)


def _take_over_rest(
    old: sqlite3.Connection,
    library: Library,
    places: dict[str, tuple[int, Row | None]],
    names: dict[int, list[str]],
) -> None:
    """Take over what adding papers does not: when they came, former identifiers, counts by day, the feeds."""
    with library.connections.writing() as connection:
        present = dict(connection.execute("select key, id from paper"))
        ids = {place[0]: present[key] for key, place in places.items() if key in present}
        for key, (former, fact) in places.items():
            if key in present and fact is not None and isinstance(fact[2], int):
                connection.execute("update paper set added = ? where id = ?", (fact[2], present[key]))
            for name in names.get(former, ()):
                if key in present and isinstance(name, str):
                    connection.execute("insert or ignore into alias values (?, ?)", (name, present[key]))
        for paper_id, feed, day, *counts in _rows(old, "sighting", "paper_id, feed, day, upvotes, comments, stars"):
            if paper_id in ids and _is_day(day) and all(isinstance(count, int | None) for count in counts):
                row = (ids[paper_id], feed, day, *counts)
                connection.execute("insert or replace into sighting values (?, ?, ?, ?, ?, ?)", row)
        for name, builtin, added in _rows(old, "feed", "name, builtin, added"):
            if isinstance(name, str) and isinstance(added, int):
                connection.execute(
                    "update feed set builtin = ?, added = ? where name = ?", (bool(builtin), added, name)
                )
        for name, value in _rows(old, "meta", "name, value"):
            if name in _META and isinstance(value, str):
                connection.execute("insert or replace into meta values (?, ?)", (name, value))
        _take_over_fetches(old, connection)


def _take_over_fetches(old: sqlite3.Connection, connection: sqlite3.Connection) -> None:
    """Take over what became of asking feeds, but not by what their answers are known again: all are asked for anew."""
    for feed, tried, good, failure, new, known in _rows(old, "fetch", "feed, tried, good, failure, new, known"):
        numbers = isinstance(good, int | None) and all(isinstance(number, int) for number in (tried, new, known))
        if numbers and isinstance(feed, str) and isinstance(failure, str):
            row = (feed, tried, good, clean_line(failure), new, known, "{}")
            connection.execute("insert or replace into fetch values (?, ?, ?, ?, ?, ?, ?)", row)


def _sound(make: Callable[..., _Made], *arguments: Any) -> Iterator[_Made]:
    """Yield what is made, nothing if the row it is made from makes no sense."""
    try:
        yield make(*arguments)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return


def _paper(names: Iterable[str], fact: Row | None, detail: Row) -> Paper:
    published = fact[1] if fact is not None and _is_date(fact[1]) else None
    found = paper_of(
        "", published, tuple(_sound_list(value) if at in _LISTS else value for at, value in enumerate(detail))
    )
    texts = (*found.authors, *found.keywords, found.arxiv, found.doi, found.summary, found.organization)
    if not all(isinstance(text, str) for text in (found.title, found.abstract, *texts)):
        raise ValueError("not text")
    found = replace(found, title=clean_line(found.title), abstract=clean(found.abstract))
    key = fact[0] if fact is not None else next(iter(sorted(names)), "")
    if not key and not found.identifiers:
        raise ValueError("nothing to know it by")
    return replace(found, key=str(key) or found.identifiers[0])


def _sound_list(text: object) -> str:
    """Return a list of texts, or of lists of texts, as it is stored; nothing for what is none."""
    try:
        found = json.loads(text) if isinstance(text, str) and text else []
    except (ValueError, RecursionError):
        return ""
    parts = [part if isinstance(part, list) else [part] for part in found] if isinstance(found, list) else []
    return str(text) if parts and all(isinstance(word, str) for part in parts for word in part) else ""


def _named(key: str) -> Paper:
    """Return the paper that only its key is known of; a title's fingerprint alone is not enough to show it."""
    kind, _, value = key.partition(":")
    if kind not in ("arxiv", "doi") or not value:
        raise ValueError("no identifier")
    return Paper(key, "", arxiv=value if kind == "arxiv" else "", doi=value if kind == "doi" else "")


def _announced(fact: Row | None, now: datetime) -> Announcement:
    """Return the announcement that a paper's own row tells of, where the announcements are lost."""
    if fact is not None:
        _, _, added, feed, day, position = fact
        if isinstance(feed, str) and feed and isinstance(position, int) and _is_day(day):
            return Announcement(clean_line(feed), date.fromisoformat(day), position)
        if isinstance(added, int) and 0 < added < microseconds(now):
            return Announcement("Recovered", time_at(added).date(), 1)
    return Announcement("Recovered", now.astimezone(UTC).date(), 1)


def _is_date(text: object) -> TypeGuard[str]:
    try:
        return isinstance(text, str) and bool(parse_date(text))
    except ValueError:
        return False


def _is_day(text: object) -> bool:
    try:
        return isinstance(text, str) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _rows(old: sqlite3.Connection, table: str, columns: str) -> Iterator[Row]:
    """Yield the rows of a table that can be read: from the front up to the first damaged page, then beyond it."""
    key = {"paper": "id", "detail": "paper_id"}.get(table)
    if key is None:
        yield from _rows_from_both_ends(old, table, columns)
        return
    last = 0
    for _ in range(_MOST_DAMAGED):
        try:
            for row in old.execute(f"select {columns} from {table} where {key} > ? order by {key}", (last,)):
                if row[0] <= last:
                    # A damaged tree may lead round in a circle.
                    raise sqlite3.DatabaseError
                last = row[0]
                yield row
        except sqlite3.DatabaseError:
            beyond = _next_readable(old, table, key, last)
            if beyond is None:
                return
            yield from _back_to_damage(old, table, columns, (last, beyond))
            last = beyond - 1
        else:
            return


def _next_readable(old: sqlite3.Connection, table: str, key: str, last: int) -> int | None:
    """Return the next id behind a damaged place that can be read, None if there is none."""
    step = 1
    while step < _WIDEST:
        try:
            (found,) = old.execute(f"select min({key}) from {table} where {key} > ?", (last + step,)).fetchone()
        except sqlite3.DatabaseError:
            step *= 2
        else:
            return found if isinstance(found, int) and found > last else None
    return None


def _back_to_damage(old: sqlite3.Connection, table: str, columns: str, between: tuple[int, int]) -> Iterator[Row]:
    key = columns.split(", ")[0]
    last = between[1]
    try:
        for row in old.execute(
            f"select {columns} from {table} where {key} > ? and {key} < ? order by {key} desc", between
        ):
            if row[0] >= last:
                return
            last = row[0]
            yield row
    except sqlite3.DatabaseError:
        return


def _rows_from_both_ends(old: sqlite3.Connection, table: str, columns: str) -> Iterator[Row]:
    seen: set[Row] = set()
    for order in ("", "desc"):
        repeated = 0
        ordered = ", ".join(f"{name} {order}" for name in _key_columns(table))
        try:
            for row in old.execute(f"select {columns} from {table} order by {ordered}"):
                if row not in seen:
                    seen.add(row)
                    yield row
                    continue
                repeated += 1
                if not order or repeated > len(seen):
                    # As above: round in a circle.
                    raise sqlite3.DatabaseError
        except sqlite3.DatabaseError:
            continue
        else:
            return


def _key_columns(table: str) -> tuple[str, ...]:
    seen = ("paper_id", "feed", "day")
    return {"alias": ("identifier",), "announcement": seen, "sighting": seen, "fetch": ("feed",)}.get(table, ("name",))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _rename(source: Path, target: Path) -> None:
    try:
        # Reading makes an empty log where there was none.
        if source.stat().st_size or not source.name.endswith("-wal"):
            source.rename(target)
        else:
            source.unlink()
    except FileNotFoundError:
        return


def _remove(path: Path) -> None:
    for companion in (*_COMPANIONS, "-shm"):
        Path(f"{path}{companion}").unlink(missing_ok=True)
