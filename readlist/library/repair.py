"""Rebuilds the search index of a library file, and makes a new library of what can be read of a damaged one."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from readlist.files import dated
from readlist.library.connections import Connections, sqlite_uri
from readlist.library.count_log import VISIT_BEFORE, Sighting, restore_sightings
from readlist.library.errors import LibraryBusy, damaged, explained
from readlist.library.library import Library
from readlist.library.revision_log import restore_revisions
from readlist.library.rows import HIDDEN, DetailRow, Row, columns, insert, microseconds, time_at, with_day
from readlist.library.search_index import rebuild_search
from readlist.model.paper import Announcement, Paper
from readlist.model.time import parse_date
from readlist.text.clean import clean, clean_line

_COMPANIONS = ("", "-wal", "-journal")
_WIDEST = 1 << 40
_MOST_DAMAGED = 10_000
_META = ("last_visit", "searches", "lists", VISIT_BEFORE)
_PART = 1_000
_FACTS = "id, key, published, added, feed, day, position"
_FETCH = "feed, tried, good, failure, new, known"

_Made = TypeVar("_Made")
_Values: TypeAlias = dict[str, Any]


class Rebuilt(Struct, frozen=True):
    """A rebuilt library.

    Attributes:
        papers: how many papers were recovered.
        kept: where the old file is.
    """

    papers: int
    kept: Path


def rebuild(path: Path, now: datetime, progress: Callable[[int], None] | None = None) -> Rebuilt:
    """Replace a damaged library by a new one with everything that can be read of it.

    The old one is kept under a dated name, and stays in place until the new library is complete. The mirror of the
    marks is left empty: they are stored elsewhere, and the next `Mirror.replace` fills it.

    Args:
        path: the library file; it may be anything, or missing.
        now: the present time.
        progress: called with the number of papers recovered.

    Raises:
        LibraryError: the new file can't be written; or the old one was replaced meanwhile.
    """
    # One for each process: of two that rebuild at the same time, the slower one finds that the file has changed.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.rebuilt")
    with explained(path):
        before = _identity(path)
        _remove(temporary)
        try:
            papers = _recover(temporary, path, now, progress)
            if _identity(path) != before:
                raise LibraryBusy(f"Another readlist rebuilt the library {path}. Start again.")
            kept = dated(path, "damaged", now)
            for companion in _COMPANIONS:
                _rename(Path(f"{path}{companion}"), Path(f"{kept}{companion}"))
            Path(f"{path}-shm").unlink(missing_ok=True)
            temporary.replace(path)
        finally:
            _remove(temporary)
    return Rebuilt(papers, kept)


def rebuild_index(connections: Connections) -> None:
    """Rebuild the search index from the papers and the mirrored notes.

    Raises:
        LibraryError: the tables it is made from are damaged themselves.
    """
    try:
        with connections.writing() as connection:
            rebuild_search(connection)
    except sqlite3.OperationalError as error:
        # A list that is not valid JSON.
        raise damaged(connections.path, str(error)) from error


def _recover(target: Path, source: Path, now: datetime, progress: Callable[[int], None] | None) -> int:
    """Fill a new library with what can be read of a damaged one; returns the number of papers."""
    with closing(Library(target)) as library:
        old = _open(source)
        if old is None:
            return 0
        with closing(old):
            return _copy(old, library, now, progress)


def _open(source: Path) -> sqlite3.Connection | None:
    """Open a damaged library for reading; None if SQLite can't read any of it."""
    if not source.exists():
        return None
    # Reading must not change it: neither move its log into it, nor create files beside it.
    for way in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"{sqlite_uri(source)}?{way}", uri=True, isolation_level=None)
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            # Otherwise SQLite doesn't read a truncated file at all.
            connection.execute("pragma writable_schema = on")
            connection.execute("select count(*) from sqlite_schema").fetchone()
        except sqlite3.DatabaseError:
            connection.close()
        else:
            return connection
    return None


def _copy(old: sqlite3.Connection, library: Library, now: datetime, progress: Callable[[int], None] | None) -> int:
    facts = {row["id"]: row for row in _rows(old, "paper", _FACTS)}
    names: dict[int, list[str]] = {}
    for row in _rows(old, "alias", "identifier, paper_id"):
        names.setdefault(row["paper_id"], []).append(row["identifier"])
    announcements: dict[int, list[Announcement]] = {}
    for row in _rows(old, "announcement", f"paper_id, {columns(Announcement)}"):
        announcements.setdefault(row.pop("paper_id"), []).extend(_valid(with_day, Announcement, row))
    papers: dict[int, Paper] = {}
    for row in _rows(old, "detail", f"paper_id, {_details_in(old)}"):
        paper_id = row.pop("paper_id")
        for paper in _valid(_paper, names.get(paper_id, []), facts.get(paper_id), row):
            papers[paper_id] = paper
    for paper_id in facts.keys() - papers.keys():
        # Its text is lost, but not its key: a fetch fills it in.
        for paper in _valid(_paper_of_key, facts[paper_id]["key"]):
            papers[paper_id] = paper
    items = [
        (papers[paper_id], announcement)
        for paper_id in sorted(papers)
        for announcement in announcements.get(paper_id) or [_lost_announcement(facts.get(paper_id), now)]
    ]
    library.add("", items, day=None, now=now, progress=progress)
    with library.connections.writing() as connection:
        present = dict(connection.execute("select key, id from paper"))
        ids = {paper_id: present[paper.key] for paper_id, paper in papers.items() if paper.key in present}
        _copy_history(old, connection, ids, facts, names)
        _copy_fetches(old, connection)
        _copy_lists(old, connection)
        _copy_imports(old, connection, ids)
        restore_revisions(connection, _rows(old, "revision", "paper_id, asked, seen, since"), ids)
    return len(papers)


def _copy_history(
    old: sqlite3.Connection,
    connection: sqlite3.Connection,
    ids: dict[int, int],
    facts: dict[int, _Values],
    names: dict[int, list[str]],
) -> None:
    """Copy what adding papers doesn't: when they were added, former identifiers, counts by day, feeds, visits.

    Args:
        old: the damaged library.
        connection: the new library's writer.
        ids: the new id of each paper by its old one.
        facts: rows of the old table `paper` by id.
        names: the old identifiers by id.
    """
    for former, paper_id in ids.items():
        added = facts.get(former, {}).get("added")
        if isinstance(added, int):
            connection.execute("update paper set added = ? where id = ?", (added, paper_id))
        for name in names.get(former, ()):
            if isinstance(name, str):
                connection.execute("insert or ignore into alias (identifier, paper_id) values (?, ?)", (name, paper_id))
    _copy_sightings(old, connection, ids)
    for row in _rows(old, "feed", "name, builtin, added"):
        if isinstance(row["name"], str) and isinstance(row["added"], int):
            values = {**row, "builtin": bool(row["builtin"])}
            connection.execute("update feed set builtin = :builtin, added = :added where name = :name", values)
    for row in _rows(old, "meta", "name, value"):
        if row["name"] in _META and isinstance(row["value"], str):
            connection.execute(insert("meta", row, replace=True), row)


def _copy_sightings(old: sqlite3.Connection, connection: sqlite3.Connection, ids: dict[int, int]) -> None:
    """Copy the counts by day; those of an older readlist have no time."""
    try:
        old.execute("select at from sighting limit 0")
        names = f"paper_id, {columns(Sighting)}"
    except sqlite3.DatabaseError:
        names = "paper_id, feed, day, upvotes, comments, stars"
    restore_sightings(connection, _rows(old, "sighting", names), ids)


def _copy_fetches(old: sqlite3.Connection, connection: sqlite3.Connection) -> None:
    """Copy the state of fetches, without validators: all feeds are fetched again."""
    for row in _rows(old, "fetch", _FETCH):
        numbers = all(isinstance(row[name], int) for name in ("tried", "new", "known"))
        texts = isinstance(row["feed"], str) and isinstance(row["failure"], str)
        if numbers and texts and isinstance(row["good"], int | None):
            values = {**row, "failure": clean_line(row["failure"]), "validators": "{}"}
            connection.execute(insert("fetch", values, replace=True), values)


def _copy_lists(old: sqlite3.Connection, connection: sqlite3.Connection) -> None:
    """Copy how many papers arXiv announced on each day."""
    for row in _rows(old, "listing", "feed, day, announced"):
        if isinstance(row["feed"], str) and _is_day(row["day"]) and isinstance(row["announced"], int | None):
            connection.execute(insert("listing", row, replace=True), row)


def _copy_imports(old: sqlite3.Connection, connection: sqlite3.Connection, ids: dict[int, int]) -> None:
    """Copy which imports can be undone, and which papers are hidden since theirs was."""
    try:
        old.execute("select p.hidden, i.undone from paper p, import i limit 0")
    except sqlite3.DatabaseError:
        # Of an older readlist, or there is no more to be read.
        return
    for row in _rows(old, "import", "batch, feed, undone"):
        if isinstance(row["batch"], int) and isinstance(row["feed"], str) and isinstance(row["undone"], int):
            connection.execute(insert("import", row, replace=True), row)
    undone = HIDDEN["undone"]
    for row in _rows(old, "paper", "id, hidden"):
        if row["id"] in ids and row["hidden"] == undone:
            connection.execute("update paper set hidden = ? where id = ?", (undone, ids[row["id"]]))


def _details_in(old: sqlite3.Connection) -> str:
    """Return the columns of the details in a damaged library, which an older readlist may have made."""
    try:
        present = {name for (name,) in old.execute("select name from pragma_table_info('detail')")}
    except sqlite3.DatabaseError:
        present = set()
    return ", ".join(name for name in DetailRow.__struct_fields__ if not present or name in present)


def _valid(make: Callable[..., _Made], *arguments: Any) -> Iterator[_Made]:
    """Yield what is made of a row, nothing if the row is invalid."""
    try:
        yield make(*arguments)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return


def _paper(names: Iterable[str], fact: _Values | None, detail: _Values) -> Paper:
    published = fact["published"] if fact is not None and _is_date(fact["published"]) else None
    lists = {name: _valid_list(detail[name]) for name in ("authors", "links", "keywords")}
    found = DetailRow(**{**detail, **lists}).paper(published=published)
    texts = (*found.authors, *found.keywords, found.arxiv, found.doi, found.summary, found.organization)
    said, versions = (found.comment, found.journal, found.withdrawn), (found.comment_version, found.journal_version)
    if not all(isinstance(text, str) for text in (found.title, found.abstract, *texts, *said)):
        raise ValueError("not text")
    if not all(isinstance(version or 0, int) for version in (found.version, *versions)):
        raise ValueError("not a version")
    found = replace(found, title=clean_line(found.title), abstract=clean(found.abstract))
    key = fact["key"] if fact is not None else next(iter(sorted(names)), "")
    if not key and not found.identifiers:
        raise ValueError("no identifier")
    return replace(found, key=str(key) or found.identifiers[0])


def _valid_list(text: object) -> str:
    """Return a stored list of texts, or of lists of texts, as it is; empty if it is invalid."""
    try:
        found = json.loads(text) if isinstance(text, str) and text else []
    except (ValueError, RecursionError):
        return ""
    parts = [part if isinstance(part, list) else [part] for part in found] if isinstance(found, list) else []
    return str(text) if parts and all(isinstance(word, str) for part in parts for word in part) else ""


def _paper_of_key(key: str) -> Paper:
    """Return a paper that is known by its key alone; the fingerprint of a title is not enough to show it."""
    kind, _, value = key.partition(":")
    if kind not in ("arxiv", "doi") or not value:
        raise ValueError("no identifier")
    return Paper(key, "", arxiv=value if kind == "arxiv" else "", doi=value if kind == "doi" else "")


def _lost_announcement(fact: _Values | None, now: datetime) -> Announcement:
    """Return the announcement of a paper whose announcements are lost, from its row in the table `paper`."""
    if fact is not None:
        feed, added = fact["feed"], fact["added"]
        day, is_named = fact["day"], isinstance(feed, str) and bool(feed)
        if is_named and isinstance(fact["position"], int) and (day == "" or _is_day(day)):
            day = date.fromisoformat(day) if day else None
            return Announcement(clean_line(feed), day, fact["position"])
        if isinstance(added, int) and 0 < added < microseconds(now):
            return Announcement("Recovered", time_at(added).date(), 1)
    return Announcement("Recovered", now.astimezone(UTC).date(), 1)


def _is_date(text: object, parse: Callable[[str], object] = parse_date) -> bool:
    try:
        return isinstance(text, str) and bool(parse(text))
    except ValueError:
        return False


_is_day = partial(_is_date, parse=date.fromisoformat)


def _rows(old: sqlite3.Connection, table: str, names: str) -> Iterator[_Values]:
    """Yield the readable rows of a table, each as a dict of its columns: those before and after damaged pages."""
    key = {"paper": "id", "detail": "paper_id", "revision": "paper_id"}.get(table)
    rows = _rows_by_key(old, table, names, key) if key else _rows_from_both_ends(old, table, names)
    for row in rows:
        yield dict(zip(names.split(", "), row, strict=True))


def _rows_by_key(old: sqlite3.Connection, table: str, names: str, key: str) -> Iterator[Row]:
    last = 0
    for _ in range(_MOST_DAMAGED):
        try:
            for row in old.execute(f"select {names} from {table} where {key} > ? order by {key}", (last,)):
                if row[0] <= last:
                    # A damaged tree may contain a cycle.
                    raise sqlite3.DatabaseError
                last = row[0]
                yield row
        except sqlite3.DatabaseError:
            beyond = _next_readable(old, table, key, last)
            if beyond is None:
                return
            yield from _back_to_damage(old, table, names, (last, beyond))
            last = beyond - 1
        else:
            return


def _next_readable(old: sqlite3.Connection, table: str, key: str, last: int) -> int | None:
    """Return the next readable id after a damaged place, None if there is none."""
    step = 1
    while step < _WIDEST:
        try:
            (found,) = old.execute(f"select min({key}) from {table} where {key} > ?", (last + step,)).fetchone()
        except sqlite3.DatabaseError:
            step *= 2
        else:
            return found if isinstance(found, int) and found > last else None
    return None


def _back_to_damage(old: sqlite3.Connection, table: str, names: str, between: tuple[int, int]) -> Iterator[Row]:
    key = names.split(", ")[0]
    last = between[1]
    try:
        for row in old.execute(
            f"select {names} from {table} where {key} > ? and {key} < ? order by {key} desc", between
        ):
            if row[0] >= last:
                return
            last = row[0]
            yield row
    except sqlite3.DatabaseError:
        return


def _rows_from_both_ends(old: sqlite3.Connection, table: str, names: str) -> Iterator[Row]:
    seen: set[Row] = set()
    for order in ("", "desc"):
        repeated = 0
        ordered = ", ".join(f"{name} {order}" for name in _key_columns(table))
        try:
            for row in old.execute(f"select {names} from {table} order by {ordered}"):
                if row not in seen:
                    seen.add(row)
                    yield row
                    continue
                repeated += 1
                if not order or repeated > len(seen):
                    # A cycle, as above.
                    raise sqlite3.DatabaseError
        except sqlite3.DatabaseError:
            continue
        else:
            return


def _key_columns(table: str) -> tuple[str, ...]:
    seen = ("paper_id", "feed", "day")
    names = {"alias": ("identifier",), "announcement": seen, "sighting": seen, "fetch": ("feed",)}
    return {**names, "import": ("batch", "feed"), "listing": ("feed", "day")}.get(table, ("name",))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _rename(source: Path, target: Path) -> None:
    try:
        # Reading creates an empty log.
        if source.stat().st_size or not source.name.endswith("-wal"):
            source.rename(target)
        else:
            source.unlink()
    except FileNotFoundError:
        return


def _remove(path: Path) -> None:
    for companion in (*_COMPANIONS, "-shm"):
        Path(f"{path}{companion}").unlink(missing_ok=True)
