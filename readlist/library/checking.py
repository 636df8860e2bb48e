"""Whether a library file is sound: SQLite's own checks and what must hold between its tables."""

from __future__ import annotations

import sqlite3

from readlist.library.connections import Connections
from readlist.library.errors import LibraryError
from readlist.library.records import DETAIL_COLUMNS, paper_of, prefixed

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
