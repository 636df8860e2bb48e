"""The version of the library's tables, brought up to date by migrations; its search index; values of its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from readlist.library import migrations
from readlist.library.errors import damaged, newer, not_a_library

APPLICATION_ID = 0x52444C54
"""Tells a readlist library from other SQLite databases: "RDLT" in bytes 68 to 71 of the file."""

_OWN_TABLES = 5
_NEVER_REACHED = 1000

PAGE_SIZE = 8192
"""Bytes. A paper's text is 1.5 to 2 KB: pages of 4 KB would be a quarter empty."""

# Today's search index: as the last migration that made one left it.
_SEARCH_TABLE = """
    create virtual table search using fts5 (
        title, abstract, authors, note, organization, keywords, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """
_FILL_SEARCH = """
    insert into search (rowid, title, abstract, authors, note, organization, keywords)
    select d.paper_id, indexed(d.title), indexed(d.abstract), indexed_list(d.authors),
        matchable(coalesce(m.note, '')), indexed(d.organization), indexed_list(d.keywords)
    from detail d left join mark m on m.paper_id = d.paper_id
    where reached((select count(*) from detail)) order by d.paper_id
    """


def fill_search(connection: sqlite3.Connection) -> None:
    """Make the full-text index anew from what is stored; within a transaction of one of the library's connections."""
    for statement in ("drop table if exists search", _SEARCH_TABLE, _FILL_SEARCH):
        connection.execute(statement)


def _drops_search(statement: str) -> bool:
    return statement.startswith("drop table") and statement.endswith(" search")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of an open database, 0 for an empty one; changes nothing.

    Raises:
        LibraryError: a newer readlist or another program wrote it.
    """
    # One statement, so that it can't fall between what another process does at the same moment.
    version, application, tables, own = connection.execute(
        "select (select user_version from pragma_user_version), (select application_id from pragma_application_id), "
        "count(*), total(name in ('paper', 'detail', 'alias', 'announcement', 'mark')) from sqlite_schema"
    ).fetchone()
    if own == _OWN_TABLES and (application != APPLICATION_ID or not 0 < version < _NEVER_REACHED):
        raise damaged(path, "its header names another program or version")
    if application != APPLICATION_ID and (tables or version):
        raise not_a_library(path, "a database of another program")
    if version > len(migrations.MIGRATIONS):
        raise newer(path, version, len(migrations.MIGRATIONS))
    return int(version)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a database to the present version, in one transaction: wholly or not at all."""
    connection.execute("begin immediate")
    try:
        # Asked again: another process may have been faster.
        statements = [statement for each in migrations.MIGRATIONS[version_of(connection, path) :] for statement in each]
        last_drop = max((at for at, statement in enumerate(statements) if _drops_search(statement)), default=0)
        for at, statement in enumerate(statements):
            # What a later migration throws away need not be filled first.
            if at > last_drop or not statement.lstrip().startswith("insert into search "):
                connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {len(migrations.MIGRATIONS)}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


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
