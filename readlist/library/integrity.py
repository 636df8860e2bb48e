"""Checks whether a library file is sound: its pages, its schema, and what its tables say of each other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from readlist.library.connections import Connections
from readlist.library.errors import LibraryError
from readlist.library.migrations import migrate
from readlist.library.rows import DetailRow, columns
from readlist.library.search_index import SQL_FUNCTIONS

_PART = 1_000

_CONSISTENT = {
    "papers without details": "select count(*) from paper where id not in (select paper_id from detail)",
    "details without a paper": "select count(*) from detail where paper_id not in (select id from paper)",
    "papers missing in the search index": "select count(*) from paper where id not in (select id from search_docsize)",
    "search entries without a paper": "select count(*) from search_docsize where id not in (select id from paper)",
    "identifiers without a paper": "select count(*) from alias where paper_id not in (select id from paper)",
    "papers not found by their key": (
        "select count(*) from paper p where not exists "
        "(select 1 from alias a where a.identifier = p.key and a.paper_id = p.id)"
    ),
    "revisions without a paper": "select count(*) from revision where paper_id not in (select id from paper)",
    "sightings without a paper": "select count(*) from sighting where paper_id not in (select id from paper)",
    "papers without an announcement": (
        "select count(*) from paper p where not exists (select 1 from announcement a where a.paper_id = p.id)"
    ),
    "marks not shown on their paper": (
        "select count(*) from mark m join paper p on p.id = m.paper_id where m.key <> p.key "
        "or (p.read, p.starred, p.noted, p.hidden = 1) "
        "<> (m.read is not null, m.starred is not null, m.note <> '', m.removed is not null)"
    ),
    "tags without their note": (
        "select count(*) from tag t where not exists (select 1 from mark m, json_each(tags_in(m.note)) n "
        "where m.paper_id = t.paper_id and json_extract(n.value, '$[0]') = t.folded)"
    ),
    "notes without their tags": (
        "select count(*) from mark m, json_each(tags_in(m.note)) n where m.paper_id is not null and not exists "
        "(select 1 from tag t where t.paper_id = m.paper_id and t.folded = json_extract(n.value, '$[0]'))"
    ),
}


def check(connections: Connections) -> list[str]:
    """Return what is wrong with a library file, a line each; empty if it is sound."""
    found: list[str] = []
    try:
        with connections.reading() as connection:
            rows = connection.execute("pragma integrity_check(20)").fetchall()
            found += [str(row[0]) for row in rows if row[0] != "ok"]
            found += [f"{what} is missing" for what in sorted(_parts_of_new() - _parts_in(connection))]
            for what, statement in _CONSISTENT.items():
                (count,) = connection.execute(statement).fetchone()
                if count:
                    found.append(f"{count} {what}")
        if unreadable := _unreadable(connections):
            found.append(f"{unreadable} papers with unreadable details")
        with connections.writing() as connection:
            connection.execute("insert into search (search) values ('integrity-check')")
    except sqlite3.IntegrityError as error:
        found.append(f"damaged search index ({error})")
    except LibraryError as error:
        found.append(str(error))
    return found


def _parts_in(connection: sqlite3.Connection) -> set[str]:
    """Return the names of all tables, indexes and triggers, each with what it is."""
    found = connection.execute("select type || ' ' || name from sqlite_master where name not like 'sqlite_%'")
    return {what for (what,) in found}


def _parts_of_new() -> set[str]:
    """Return the names of what a new library has."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for name in (*SQL_FUNCTIONS, "reached", "neighbours"):
            connection.create_function(name, 1, str, deterministic=True)
        migrate(connection, Path())
        return _parts_in(connection)


def _unreadable(connections: Connections) -> int:
    """Return how many papers have details that can't be read, as after a flipped bit."""
    count, last = 0, 0
    while True:
        with connections.reading() as connection:
            rows = connection.execute(
                f"select p.id, p.published, {columns(DetailRow, 'd')} "
                "from paper p join detail d on d.paper_id = p.id where p.id > ? order by p.id limit ?",
                (last, _PART),
            ).fetchall()
        for paper_id, published, *detail in rows:
            last = paper_id
            try:
                DetailRow(*detail).paper(published=published)
            except (ValueError, TypeError):
                count += 1
        if len(rows) < _PART:
            return count
