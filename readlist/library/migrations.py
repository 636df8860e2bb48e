"""The library's migrations, as they were released: frozen literals, to which more are only appended.

A test compares the digest of each. They share no statement with today's code, which has its own in `rows`.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from readlist.library.errors import damaged, newer, not_a_library

# `paper` has what lists are filtered and sorted by, `detail` what one paper's page shows: a list of 100,000 papers is
# read without their abstracts. Every sort order has an index that has all flags too, so that the first page of any view
# is read from one index.
#
# `search` keeps no text of its own (content=''): its rows are made from `detail` and the note by
# `readlist.library.rows.searchable`. Whoever changes what that function returns for a stored text appends a migration
# that rebuilds `search`.
#
# `mark` mirrors the marks, which are stored elsewhere: one row a paper, under the paper's key; or, with a null
# paper_id, under any identifier of a paper that is not in the library.
_TABLES = (
    """
    create table paper (
        id integer primary key autoincrement,
        key text not null,
        title_folded text not null,
        published text,              -- ISO date
        added integer not null,      -- microseconds since 1970 UTC
        feed text not null,          -- the latest announcement, with the latest counts known
        day text not null,           -- ISO date
        position integer not null,
        upvotes integer,
        comments integer,
        stars integer,
        read integer not null default 0,
        starred integer not null default 0,
        noted integer not null default 0,
        has_code integer not null,
        has_project integer not null,
        has_abstract integer not null
    )
    """,
    """
    create table detail (
        paper_id integer primary key,
        title text not null,
        abstract text not null,
        authors text not null,       -- JSON list, empty for none; so are links and keywords
        arxiv text not null,
        doi text not null,
        links text not null,         -- [[url, kind, full], …]
        summary text not null,
        keywords text not null,
        organization text not null
    )
    """,
    "create table alias (identifier text primary key, paper_id integer not null) without rowid",
    """
    create table announcement (
        paper_id integer not null,
        feed text not null,
        day text not null,
        position integer not null,
        upvotes integer,
        comments integer,
        stars integer,
        submitter text not null,
        primary key (paper_id, feed, day)
    ) without rowid
    """,
    "create table feed (name text primary key, builtin integer not null, added integer not null) without rowid",
    """
    create table mark (
        key text primary key,
        paper_id integer,
        read text,                   -- ISO time, UTC; so are starred and noted
        starred text,
        note text not null,
        noted text,
        pending integer not null
    ) without rowid
    """,
    "create table meta (name text primary key, value text not null) without rowid",
    """
    create virtual table search using fts5 (
        title, abstract, authors, note, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """,
)
_INDEXES = (
    "create index paper_by_feed on paper "
    "(day desc, feed, position, id, read, starred, noted, has_code, has_project, has_abstract)",
    "create index paper_by_date on paper "
    "(published desc, id, read, starred, noted, has_code, has_project, has_abstract)",
    "create index paper_by_title on paper "
    "(title_folded, id, read, starred, noted, has_code, has_project, has_abstract)",
    "create index paper_by_upvotes on paper "
    "(upvotes desc, id, read, starred, noted, has_code, has_project, has_abstract)",
    "create index paper_added on paper (added)",
    "create unique index mark_paper on mark (paper_id) where paper_id is not null",
    "create index mark_unbound on mark (key) where paper_id is null",
    "create index mark_pending on mark (key) where pending",
)

# `announcement` has the day of the list, with the latest counts; `sighting` has the counts by the day they were seen,
# one row for each change. `fetch` has the state of fetching each feed.
_FETCHES = (
    """
    create table fetch (
        feed text primary key,
        tried integer not null,      -- microseconds since 1970 UTC; so is good
        good integer,                -- the last time that all went well, null if never
        failure text not null,       -- empty if the last time went well
        new integer not null,        -- of the last time that all went well; so is known
        known integer not null,
        validators text not null     -- {address: [etag, modified], …}
    ) without rowid
    """,
    """
    create table sighting (
        paper_id integer not null,
        feed text not null,
        day text not null,
        upvotes integer,
        comments integer,
        stars integer,
        primary key (paper_id, feed, day)
    ) without rowid
    """,
    "create index announcement_by_feed on announcement (feed, paper_id, day)",
    "insert into sighting select paper_id, feed, day, upvotes, comments, stars from announcement "
    "where coalesce(upvotes, comments, stars) is not null",
)

# Organization and keywords are searched too; the functions are those of `rows.SQL_FUNCTIONS`.
_FIELDS = (
    "drop table search",
    """
    create virtual table search using fts5 (
        title, abstract, authors, note, organization, keywords, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    """
    insert into search (rowid, title, abstract, authors, note, organization, keywords)
    select d.paper_id, matchable(d.title), matchable(d.abstract), matchable_list(d.authors),
        matchable(coalesce(m.note, '')), matchable(d.organization), matchable_list(d.keywords)
    from detail d left join mark m on m.paper_id = d.paper_id order by d.paper_id
    """,
    "drop index paper_added",
    "create index paper_by_added on paper (added desc, id, read, starred, noted, has_code, has_project, has_abstract)",
    "create index paper_by_stars on paper (stars desc, id, read, starred, noted, has_code, has_project, has_abstract)",
    "create index paper_by_comments on paper "
    "(comments desc, id, read, starred, noted, has_code, has_project, has_abstract)",
)

# The index has texts as shown beside those stored: LaTeX of titles, abstracts and names as Unicode. Titles are sorted
# as they are shown, and a paper without a date by the day of its list.
_AS_SHOWN = (
    "drop table if exists search",
    """
    create virtual table search using fts5 (
        title, abstract, authors, note, organization, keywords, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    """
    insert into search (rowid, title, abstract, authors, note, organization, keywords)
    select d.paper_id, indexed(d.title), indexed(d.abstract), indexed_list(d.authors),
        matchable(coalesce(m.note, '')), indexed(d.organization), indexed_list(d.keywords)
    from detail d left join mark m on m.paper_id = d.paper_id order by d.paper_id
    """,
    """
    update paper set title_folded = (select title_order(d.title) from detail d where d.paper_id = paper.id)
    where id in (select paper_id from detail where title_order(title) <> folded(title))
    """,
    "drop index paper_by_date",
    # Both columns are in it too: SQLite reads columns, but not expressions, from an index.
    "create index paper_by_date on paper "
    "(coalesce(published, day) desc, id, read, starred, noted, has_code, has_project, has_abstract, published, day)",
)

# From here on `published` may be a month or a year (`2019-05`, `2019`), which sorts before its days. No stored value
# changes; the version does, so that an older readlist refuses what it can't read.
_PARTIAL_DATES: tuple[str, ...] = ()

# `matchable` distinguishes C++ from C, and keeps the vowel marks of Thai, Khmer and Hindi. `reached` reports progress.
_SEARCH_WITH_SIGNS = (
    "drop table if exists search",
    """
    create virtual table search using fts5 (
        title, abstract, authors, note, organization, keywords, content='', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    """
    insert into search (rowid, title, abstract, authors, note, organization, keywords)
    select d.paper_id, indexed(d.title), indexed(d.abstract), indexed_list(d.authors),
        matchable(coalesce(m.note, '')), indexed(d.organization), indexed_list(d.keywords)
    from detail d left join mark m on m.paper_id = d.paper_id
    where reached((select count(*) from detail)) order by d.paper_id
    """,
)

# Tags of the mirrored notes. Triggers keep them, so that every statement that writes a mark writes its tags; the
# function `tags_in` returns a JSON list of [folded, shown]. Marks that wait for their paper have no tags. An insert may
# replace a mark, for which SQLite runs no trigger of a deletion.
_TAGS = (
    """
    create table tag (
        folded text not null,
        paper_id integer not null,
        shown text not null,
        primary key (folded, paper_id)
    ) without rowid
    """,
    "create index tag_by_paper on tag (paper_id)",
    """
    create trigger mark_inserted after insert on mark when new.paper_id is not null begin
        delete from tag where paper_id = new.paper_id;
        insert into tag (folded, paper_id, shown)
            select json_extract(t.value, '$[0]'), new.paper_id, json_extract(t.value, '$[1]')
            from json_each(tags_in(new.note)) t;
    end
    """,
    """
    create trigger mark_updated after update of paper_id, note on mark
    when old.paper_id is not new.paper_id or old.note <> new.note begin
        delete from tag where paper_id in (old.paper_id, new.paper_id);
        insert into tag (folded, paper_id, shown)
            select json_extract(t.value, '$[0]'), new.paper_id, json_extract(t.value, '$[1]')
            from json_each(tags_in(new.note)) t where new.paper_id is not null;
    end
    """,
    """
    create trigger mark_deleted after delete on mark when old.paper_id is not null begin
        delete from tag where paper_id = old.paper_id;
    end
    """,
    """
    insert into tag (folded, paper_id, shown)
    select json_extract(t.value, '$[0]'), m.paper_id, json_extract(t.value, '$[1]')
    from mark m, json_each(tags_in(m.note)) t where m.paper_id is not null
    """,
)

# `hidden` keeps a paper out of the lists: 1 if its mark says so, 2 if it came with an import that was undone. Every
# index of a sort order has it. `import` has the feeds of each import; its papers are those added at `batch`.
_REMOVED = (
    "alter table paper add column hidden integer not null default 0",
    "alter table mark add column removed text",
    "drop index paper_by_feed",
    "drop index paper_by_date",
    "drop index paper_by_title",
    "drop index paper_by_upvotes",
    "drop index paper_by_added",
    "drop index paper_by_stars",
    "drop index paper_by_comments",
    "create index paper_by_feed on paper "
    "(day desc, feed, position, id, read, starred, noted, hidden, has_code, has_project, has_abstract)",
    "create index paper_by_date on paper (coalesce(published, day) desc, id, read, starred, noted, hidden, has_code, "
    "has_project, has_abstract, published, day)",
    "create index paper_by_title on paper "
    "(title_folded, id, read, starred, noted, hidden, has_code, has_project, has_abstract)",
    "create index paper_by_upvotes on paper "
    "(upvotes desc, id, read, starred, noted, hidden, has_code, has_project, has_abstract)",
    "create index paper_by_added on paper "
    "(added desc, id, read, starred, noted, hidden, has_code, has_project, has_abstract)",
    "create index paper_by_stars on paper "
    "(stars desc, id, read, starred, noted, hidden, has_code, has_project, has_abstract)",
    "create index paper_by_comments on paper "
    "(comments desc, id, read, starred, noted, hidden, has_code, has_project, has_abstract)",
    "create index paper_hidden on paper (hidden) where hidden > 0",
    """
    create table import (
        batch integer not null,      -- microseconds since 1970 UTC
        feed text not null,
        undone integer not null default 0,
        primary key (batch, feed)
    ) without rowid
    """,
)

# Starred papers and those with a note are few: in feed order they have indexes of their own.
_MARKED = (
    "create index paper_starred on paper "
    "(day desc, feed, position, id, read, starred, noted, hidden, has_code, has_project, has_abstract) where starred",
    "create index paper_noted on paper "
    "(day desc, feed, position, id, read, starred, noted, hidden, has_code, has_project, has_abstract) where noted",
)

_SCORES = (
    """
    create table score (
        generation integer not null,
        paper_id integer not null,
        match integer not null,      -- 0 to 99
        score real not null,
        primary key (generation, paper_id)
    ) without rowid
    """,
    "create index score_by_match on score (generation, match desc, score desc, paper_id)",
    "create index mark_by_read on mark (read desc, paper_id desc) where read is not null",
)

# A sighting has the time of its reading, 0 where only its day is known, and there is one for each day on which a feed
# gave the counts, changed or not. A primary key without rowid is never null.
_COUNTS = (
    # Aside in a temporary table: two tables at once would not leave the schema on the first page.
    "create temp table sighting_by_day as select * from main.sighting",
    "drop table main.sighting",
    "create table sighting (paper_id integer, feed text, day text, at integer, upvotes integer, comments integer, "
    "stars integer, primary key (paper_id, feed, day, at)) without rowid",
    "insert into main.sighting select paper_id, feed, day, 0, upvotes, comments, stars from temp.sighting_by_day",
    "drop table temp.sighting_by_day",
    # The same as before in fewer words: SQLite keeps them as they are, and the schema fits on one page with more room.
    "create temp table fetch_before as select * from main.fetch",
    "drop table main.fetch",
    "create table fetch (feed text primary key, tried integer not null, good integer, failure text not null, "
    "new integer not null, known integer not null, validators text not null) without rowid",
    "insert into main.fetch select feed, tried, good, failure, new, known, validators from temp.fetch_before",
    "drop table temp.fetch_before",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (*_TABLES, *_INDEXES),
    _FETCHES,
    _FIELDS,
    _AS_SHOWN,
    _PARTIAL_DATES,
    _SEARCH_WITH_SIGNS,
    _TAGS,
    _REMOVED,
    _MARKED,
    _SCORES,
    _COUNTS,
)
"""Statements that lead from each version to the next."""


APPLICATION_ID = 0x52444C54
"""Marks a file as a readlist library: "RDLT" in bytes 68 to 71 of the SQLite file."""

_OWN_TABLES = 5
_NO_VERSION = 1000

PAGE_SIZE = 8192
"""In bytes. A paper's text has 1.5 to 2 KB: pages of 4 KB would be a quarter empty."""


def _drops_search(statement: str) -> bool:
    return statement.startswith("drop table") and statement.endswith(" search")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of an open database, 0 for an empty one; changes nothing.

    Raises:
        LibraryError: a newer readlist or another program wrote it.
    """
    # One statement, so that no other process can write between two.
    version, application, tables, own = connection.execute(
        "select (select user_version from pragma_user_version), (select application_id from pragma_application_id), "
        "count(*), total(name in ('paper', 'detail', 'alias', 'announcement', 'mark')) from sqlite_schema"
    ).fetchone()
    if own == _OWN_TABLES and (application != APPLICATION_ID or not 0 < version < _NO_VERSION):
        raise damaged(path, "its header names another program or version")
    if application != APPLICATION_ID and (tables or version):
        raise not_a_library(path, "a database of another program")
    if version > len(MIGRATIONS):
        raise newer(path, version, len(MIGRATIONS))
    return int(version)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Migrate a database to the present version, in one transaction."""
    connection.execute("begin immediate")
    try:
        # Checked again: another process may have been faster.
        statements = [statement for each in MIGRATIONS[version_of(connection, path) :] for statement in each]
        last_drop = max((at for at, statement in enumerate(statements) if _drops_search(statement)), default=0)
        for at, statement in enumerate(statements):
            # A search index that a later migration drops need not be filled.
            if at > last_drop or not statement.lstrip().startswith("insert into search "):
                connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {len(MIGRATIONS)}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
