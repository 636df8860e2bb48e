"""Values of the library's own, by name: the last visit, what was searched for, how far the mirror is."""

from __future__ import annotations

import sqlite3


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep one value of the library's own."""
    connection.execute(
        "insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (name, value),
    )


def meta(connection: sqlite3.Connection, name: str) -> str:
    """Return one value of the library's own, empty if there is none."""
    row = connection.execute("select value from meta where name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""
