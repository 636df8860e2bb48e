"""The mirror of the marks: what queries see of them. The marks themselves are kept elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.duplicates import folded_mark
from readlist.library.rows import (
    DETAIL_COLUMNS,
    MARK_COLUMNS,
    Row,
    index,
    mark_of,
    mark_row,
    paper_of,
    searchable,
    storable,
)
from readlist.model.mark import UNMARKED, Mark

_CHUNK = 250
_NO_MARK: Row = (None, None, "", None, 0)


class _Place(NamedTuple):
    """Where a mark belongs: its paper's id (None without a paper) and key, its flags, and the row it has now."""

    paper_id: int | None
    key: str
    flags: Row
    row: Row | None


class Mirror:
    """One row a paper, under its key; rows of papers that aren't here wait for them under the key they came with."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def write(self, rows: Iterable[tuple[str, Mark]], stamp: str | None = None, *, patient: bool = False) -> None:
        """Write the marks of some papers, by key, in transactions of a few hundred; the stamp with the last of them.

        A mark given under a former key of a paper is folded into the mark the paper has; those of papers that aren't
        here wait for them.

        Args:
            rows: keys and marks; a mark that isn't saved yet makes its key a pending one.
            stamp: what `stamp` returns from now on; None leaves it.
            patient: whether to wait up to 5 s for another writer. Otherwise it is 50 ms, fit for the UI thread.

        Raises:
            LibraryBusy: another writer took longer.
        """
        waiting = list(rows)
        while waiting or stamp is not None:
            chunk, waiting = waiting[:_CHUNK], waiting[_CHUNK:]
            with self._connections.writing(urgent=not patient) as connection:
                for key, mark in chunk:
                    _set(connection, storable(key), mark)
                if stamp is not None and not waiting:
                    set_meta(connection, "mark_stamp", stamp)
            if not waiting:
                break

    def replace(self, rows: Iterable[tuple[str, Mark]], stamp: str, *, patient: bool = True) -> list[tuple[str, str]]:
        """Make the mirror hold these marks and no other; what it holds already is left alone.

        Args:
            rows: keys and marks.
            stamp: what `stamp` returns from now on.
            patient: as for `write`.

        Returns:
            Pairs (former key, key) for marks given under a former key of a paper.
        """
        given = [(storable(key), mark) for key, mark in rows]
        with self._connections.reading() as connection:
            keys = _present_keys(connection, [key for key, _ in given])
            columns = f"key, {MARK_COLUMNS}"
            held = {key: row for key, *row in connection.execute(f"select {columns} from mark")}
        wanted: dict[str, Mark] = {}
        for key, mark in given:
            present = keys.get(key, key)
            wanted[present] = folded_mark(wanted[present], mark) if present in wanted else mark
        changed = [(key, mark) for key, mark in wanted.items() if held.get(key) != list(mark_row(mark))]
        gone = [key for key in held if key not in wanted]
        while gone:
            chunk, gone = gone[:_CHUNK], gone[_CHUNK:]
            with self._connections.writing(urgent=not patient) as connection:
                for key in chunk:
                    _set(connection, key, UNMARKED)
                connection.executemany("delete from mark where key = ?", [(key,) for key in chunk])
        self.write(changed, stamp, patient=patient)
        return [(key, present) for key, present in keys.items() if key != present]

    def stamp(self) -> str:
        """Return the stamp of the marks that are mirrored, empty if there is none."""
        with self._connections.reading() as connection:
            return meta(connection, "mark_stamp")

    def pending(self) -> list[str]:
        """Return the keys whose mirrored marks were not known to be saved."""
        with self._connections.reading() as connection:
            rows = connection.execute("select key from mark indexed by mark_pending where pending order by key")
            return [key for (key,) in rows]

    def waiting(self) -> list[str]:
        """Return the keys under which marks wait for papers that aren't here."""
        with self._connections.reading() as connection:
            rows = connection.execute("select key from mark indexed by mark_unbound where paper_id is null").fetchall()
        return [key for (key,) in rows]

    def decided(self, identifiers: Iterable[str]) -> set[str]:
        """Return those identifiers under which a star or a note is kept, whether the paper is here or not."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select key from mark where key in (select value from json_each(?)) "
                "and (starred is not null or note <> '' or pending)",
                (json.dumps([storable(identifier) for identifier in identifiers]),),
            ).fetchall()
        return {key for (key,) in rows}


def _set(connection: sqlite3.Connection, key: str, mark: Mark) -> None:
    """Write one mark, the flags of its paper, and its note in the full-text index, as far as they change."""
    place = _place(connection, key)
    if place.key != key and place.row is not None:
        mark = folded_mark(mark_of(place.row), mark)
    row = mark_row(mark)
    if row != (place.row or _NO_MARK):
        connection.execute(
            f"insert into mark (key, paper_id, {MARK_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?) "
            "on conflict (key) do update set read = excluded.read, starred = excluded.starred, "
            "note = excluded.note, noted = excluded.noted, pending = excluded.pending",
            (place.key, place.paper_id, *row),
        )
    if place.paper_id is None:
        return
    flags = flags_of(row)
    if flags != place.flags:
        connection.execute("update paper set read = ?, starred = ?, noted = ? where id = ?", (*flags, place.paper_id))
    before, after = (place.row or _NO_MARK)[2], row[2]
    if before != after:
        _index_note(connection, place.paper_id, before, after)


def _place(connection: sqlite3.Connection, key: str) -> _Place:
    found = connection.execute(
        "select p.id, p.key, p.read, p.starred, p.noted, m.key, m.read, m.starred, m.note, m.noted, m.pending "
        "from alias a join paper p on p.id = a.paper_id left join mark m on m.key = p.key where a.identifier = ?",
        (key,),
    ).fetchone()
    if found:
        return _Place(found[0], found[1], found[2:5], found[6:] if found[5] is not None else None)
    row = connection.execute(f"select {MARK_COLUMNS} from mark where key = ?", (key,)).fetchone()
    return _Place(None, key, (0, 0, 0), row)


def _index_note(connection: sqlite3.Connection, paper_id: int, before: str, after: str) -> None:
    detail = connection.execute(f"select {DETAIL_COLUMNS} from detail where paper_id = ?", (paper_id,)).fetchone()
    paper = paper_of("", None, detail)
    index(connection, [(paper_id, searchable(paper, before), searchable(paper, after))])


def _present_keys(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, str]:
    """Return the present key of each paper that one of these identifiers names."""
    return dict(
        connection.execute(
            "select j.value, p.key from json_each(?) j cross join alias a on a.identifier = j.value "
            "cross join paper p on p.id = a.paper_id",
            (json.dumps(keys),),
        )
    )


def flags_of(row: Row) -> Row:
    """Return the flags read, starred and noted, 0 or 1 each, for the values of `MARK_COLUMNS`."""
    read, starred, note, _, _ = row
    return int(read is not None), int(starred is not None), int(bool(note))
