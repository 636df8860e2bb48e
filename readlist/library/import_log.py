"""Imports: which papers each brought, hidden while it is undone.

All new papers of an import are added at one moment, its batch; nothing else is recorded of them, so an import costs the
undo history as little for 100,000 papers as for one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from readlist.library.connections import Connections, changes_in, meta, set_meta
from readlist.library.rows import HIDDEN, microseconds, storable
from readlist.model.time import utc_now

_PART = 2_000
"""How many papers are hidden or shown in one transaction."""

_KEPT_FOR = timedelta(days=30)
"""How long an import that was undone can be redone."""

_REMEMBERED = "imported:"
"""Before the names of files in the library's own values, each with what its import found."""

_REMEMBERED_AT = "imports remembered at"
"""Names the state of the library in which importing them would change nothing."""

_UNDECIDED = (
    "not exists (select 1 from mark m where m.paper_id = p.id and (m.read is not null or m.starred is not null "
    "or m.note <> '' or m.removed is not null or m.pending))"
)
_OF_OTHERS = (
    "exists (select 1 from announcement a where a.paper_id = p.id "
    "and a.feed not in (select feed from import where batch = ?1))"
)


class ImportLog:
    """The imports of a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, now: datetime) -> int:
        """Return the batch of a new import: its moment in microseconds, at which nothing else was added."""
        batch = microseconds(now)
        with self._connections.reading() as connection:
            while connection.execute(
                "select exists (select 1 from paper indexed by paper_by_added where added = ?1) "
                "or exists (select 1 from import where batch = ?1)",
                (batch,),
            ).fetchone()[0]:
                batch += 1
        return batch

    def hide(self, batch: int, held: Callable[[], Collection[str]]) -> int:
        """Hide the papers of an import; returns how many.

        Those stay that the user decided about, that are held, and that another feed announced since.

        Args:
            batch: of the import.
            held: identifiers of papers that must stay, called before each transaction.
        """
        hidden = self._change(batch, f"p.hidden = {HIDDEN['shown']} and {_UNDECIDED} and not {_OF_OTHERS}", held)
        self._set_undone(batch, undone=True)
        return hidden

    def show(self, batch: int) -> int:
        """Show the papers of an import that is redone; returns how many."""
        shown = self._change(batch, f"p.hidden = {HIDDEN['undone']}", None)
        self._set_undone(batch, undone=False)
        return shown

    def kept(self, batch: int) -> int:
        """Return how many papers of an import are not hidden."""
        with self._connections.reading() as connection:
            (papers,) = connection.execute(
                f"select count(*) from paper p indexed by paper_by_added where p.added = ? "
                f"and p.hidden <> {HIDDEN['undone']}",
                (batch,),
            ).fetchone()
        return int(papers)

    def settle(self, undone: Mapping[int, bool], held: Callable[[], Collection[str]]) -> None:
        """Hide and show the papers of imports as the undo history has it, if that was not done."""
        with self._connections.reading() as connection:
            known = dict(connection.execute("select batch, max(undone) from import group by batch"))
        for batch, is_undone in undone.items():
            if batch in known and is_undone != bool(known[batch]):
                self.hide(batch, held) if is_undone else self.show(batch)

    # The same import again

    def changes(self) -> int:
        """Return how many transactions have changed papers so far."""
        with self._connections.reading() as connection:
            return changes_in(connection)

    def remember(self, name: str, found: str, changes: int) -> None:
        """Remember that importing a file now would change nothing.

        Args:
            name: of the file, its content and all else that its papers depend on.
            found: what an import of it finds, for `remembered`.
            changes: what `changes` must be still; if anyone changed papers since, nothing is remembered.
        """
        with self._connections.writing() as connection:
            if changes_in(connection) != changes:
                return
            state = _state(connection)
            if meta(connection, _REMEMBERED_AT) != state:
                # What is remembered of another state never holds again.
                connection.execute(
                    "delete from meta where name >= ? and name < ?", (_REMEMBERED, f"{_REMEMBERED}\U0010ffff")
                )
                set_meta(connection, _REMEMBERED_AT, state)
            set_meta(connection, f"{_REMEMBERED}{name}", found)

    def remembered(self, name: str) -> str:
        """Return what was remembered of a file, if importing it would change nothing; else empty."""
        with self._connections.reading() as connection:
            found = meta(connection, f"{_REMEMBERED}{name}")
            return found if found and meta(connection, _REMEMBERED_AT) == _state(connection) else ""

    # Undone long ago

    def purge(self, now: datetime) -> None:
        """Delete the papers of imports that were undone long ago."""
        from readlist.library.paper_writer import drop_undone

        with self._connections.reading() as connection:
            limit = microseconds(now - _KEPT_FOR)
            found = connection.execute("select distinct batch from import where undone between 1 and ?", (limit,))
            batches = [batch for (batch,) in found]
        for batch in batches:
            drop_undone(self._connections, batch)
            with self._connections.writing() as connection:
                connection.execute("delete from import where batch = ?", (batch,))

    def _change(self, batch: int, condition: str, held: Callable[[], Collection[str]] | None) -> int:
        """Toggle whether papers of an import that meet a condition are hidden; returns how many."""
        changed, last = 0, 0
        while True:
            with self._connections.writing(papers=True) as connection:
                kept = _owners(connection, held() if held is not None else ())
                rows = connection.execute(
                    f"select p.id from paper p indexed by paper_by_added "
                    f"where p.added = ?1 and p.id > ?2 and {condition} order by p.id limit {_PART}",
                    (batch, last),
                ).fetchall()
                ids = [paper_id for (paper_id,) in rows if paper_id not in kept]
                connection.execute(
                    f"update paper set hidden = case hidden when {HIDDEN['undone']} then {HIDDEN['shown']} "
                    f"else {HIDDEN['undone']} end where id in (select value from json_each(?))",
                    (json.dumps(ids),),
                )
            changed += len(ids)
            if len(rows) < _PART:
                return changed
            (last,) = rows[-1]

    def _set_undone(self, batch: int, *, undone: bool) -> None:
        with self._connections.writing() as connection:
            when = microseconds(utc_now()) if undone else 0
            connection.execute("update import set undone = ? where batch = ?", (when, batch))


def _state(connection: sqlite3.Connection) -> str:
    """Return what changes whenever papers do, or which of them are removed."""
    (removed,) = connection.execute(
        f"select exists (select 1 from paper indexed by paper_hidden where hidden > 0 and hidden = {HIDDEN['removed']})"
    ).fetchone()
    return f"{changes_in(connection)} {meta(connection, 'mark_stamp') if removed else ''}"


def _owners(connection: sqlite3.Connection, identifiers: Iterable[str]) -> set[int]:
    """Return the ids of the papers that identifiers name."""
    asked = json.dumps([storable(identifier) for identifier in identifiers])
    statement = "select paper_id from alias where identifier in (select value from json_each(?))"
    return {paper_id for (paper_id,) in connection.execute(statement, (asked,))}
