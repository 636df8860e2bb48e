"""Whether a library file is sound: SQLite's own checks and what must hold between its tables."""

from __future__ import annotations

import sqlite3

from readlist.library.connections import Connections
from readlist.library.errors import LibraryError

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
        with connections.writing() as connection:
            connection.execute("insert into search (search) values ('integrity-check')")
    except sqlite3.IntegrityError as error:
        found.append(f"the search index is damaged ({error})")
    except LibraryError as error:
        found.append(str(error))
    return found
