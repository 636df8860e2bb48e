"""Papers, announcements and libraries made for the tests."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import Any

from readlist.library.library import Library
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
    """Set the version of a library back.

    What later migrations create must be removed here first: they run again when the library is opened.
    """
    if version < 7:
        for trigger in ("mark_inserted", "mark_updated", "mark_deleted"):
            connection.execute(f"drop trigger {trigger}")
        connection.execute("drop table tag")
    connection.execute(f"pragma user_version = {version}")
