"""Papers, announcements and libraries made for the tests."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import Any

from readlist.library.library import Library
from readlist.library.migrations import MIGRATIONS
from readlist.library.rows import Added
from readlist.model.paper import Announcement, Paper, identifiers_of

DAY = date(2026, 8, 1)
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)


def paper(title: str, arxiv: str = "", doi: str = "", **fields: Any) -> Paper:
    """Make a paper whose key is its strongest identifier."""
    return Paper(identifiers_of(title, arxiv, doi)[0], title, arxiv=arxiv, doi=doi, **fields)


def add(
    library: Library, *papers: Paper, feed: str = "HF daily", day: date = DAY, builtin: bool = False, **counts: Any
) -> Added:
    """Announce papers in order, all with the same counts."""
    items = [(each, Announcement(feed, day, place, **counts)) for place, each in enumerate(papers, 1)]
    return library.add(feed, items, day=day, now=NOON, builtin=builtin)


def age(connection: sqlite3.Connection, version: int) -> None:
    """Set the version of a library back, to 10 or one of the versions before papers could be removed.

    What later migrations create must be removed here first: they run again when the library is opened.
    """
    for name in ("version", "revised", "comment", "journal", "withdrawn", "comment_version", "journal_version"):
        if name == "version":
            connection.execute("drop index detail_withdrawn")
        connection.execute(f"alter table detail drop column {name}")
    connection.execute("drop table revision")
    connection.execute("drop table listing")
    if version < 11:
        connection.execute("drop table sighting")
        (sighting,) = (each for each in MIGRATIONS[1] if "create table sighting" in each)
        connection.execute(sighting)
    if version < 10:
        connection.execute("drop table score")
        connection.execute("drop index mark_by_read")
    if version < 8:
        schema = "select name from sqlite_schema where type = 'index' and sql like '% hidden%'"
        later = {name for (name,) in connection.execute(schema).fetchall()}
        for name in later:
            connection.execute(f"drop index {name}")
        for statement in ("alter table paper drop column hidden", "alter table mark drop column removed"):
            connection.execute(statement)
        connection.execute("drop table import")
        earlier = (each for statements in MIGRATIONS[:7] for each in statements if each.startswith("create index"))
        for statement in {statement.split()[2]: statement for statement in earlier}.values():
            if statement.split()[2] in later:
                connection.execute(statement)
    if version < 7:
        for trigger in ("mark_inserted", "mark_updated", "mark_deleted"):
            connection.execute(f"drop trigger {trigger}")
        connection.execute("drop table tag")
    connection.execute(f"pragma user_version = {version}")
