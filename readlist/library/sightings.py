"""The counts of papers by the day on which a feed told them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeAlias

from readlist.library.records import Row
from readlist.model.paper import Announcement

Seen: TypeAlias = tuple[int, str, date]
"""A paper's id, the feed that told of it, and the day it did."""

# A row is written where a count is other than the latest of an earlier day. One that is there for the day already
# is overwritten by what the feed tells later that day; a count left out says nothing.
_TELL = """
    insert into sighting select ?1, ?2, ?3, ?4, ?5, ?6
    where not exists (
        select 1 from (
            select upvotes, comments, stars from sighting
            where paper_id = ?1 and feed = ?2 and day < ?3 order by day desc limit 1
        ) where (?4 is null or ?4 is upvotes) and (?5 is null or ?5 is comments) and (?6 is null or ?6 is stars)
    ) or exists (select 1 from sighting where paper_id = ?1 and feed = ?2 and day = ?3)
    on conflict (paper_id, feed, day) do update set
        upvotes = coalesce(excluded.upvotes, upvotes),
        comments = coalesce(excluded.comments, comments),
        stars = coalesce(excluded.stars, stars)
    where (excluded.upvotes, excluded.comments, excluded.stars) is not (upvotes, comments, stars)
"""

# `max` of two values is null if one of them is.
_FOLD = """
    insert into sighting select ?2, feed, day, upvotes, comments, stars from sighting where paper_id = ?1
    on conflict (paper_id, feed, day) do update set
        upvotes = max(coalesce(upvotes, excluded.upvotes), coalesce(excluded.upvotes, upvotes)),
        comments = max(coalesce(comments, excluded.comments), coalesce(excluded.comments, comments)),
        stars = max(coalesce(stars, excluded.stars), coalesce(excluded.stars, stars))
"""

_LAST = (
    "coalesce((select {0} from sighting s where s.paper_id = paper.id and s.{0} is not null "
    "order by s.day desc, s.{0} desc limit 1), {0})"
)
_BRING_UP_TO_DATE = (
    f"update paper set upvotes = {_LAST.format('upvotes')}, comments = {_LAST.format('comments')}, "
    f"stars = {_LAST.format('stars')} where id in (select value from json_each(?))"
)


def tell(
    connection: sqlite3.Connection, told: Iterable[tuple[Seen, Announcement]], fresh: Collection[int] = ()
) -> None:
    """Keep the counts that feeds told, as far as they changed; within the writer's transaction.

    Args:
        connection: the writer's.
        told: what each feed told of each paper on each day.
        fresh: ids of papers without sightings so far.
    """
    rows: list[Row] = [
        (paper_id, feed, day.isoformat(), each.upvotes, each.comments, each.stars)
        for (paper_id, feed, day), each in told
        if each.upvotes is not None or each.comments is not None or each.stars is not None
    ]
    # By day, so that each row meets the one before it.
    rows.sort(key=lambda row: row[:3])
    first: list[Row] = []
    later: list[Row] = []
    for before, row in zip([None, *rows], rows, strict=False):
        is_first = row[0] in fresh and (before is None or before[:2] != row[:2])
        (first if is_first else later).append(row)
    connection.executemany("insert into sighting values (?, ?, ?, ?, ?, ?)", first)
    connection.executemany(_TELL, later)


def bring_up_to_date(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Give papers the counts that were seen last; of several feeds of one day the highest.

    The announcements know the days of their lists alone, and an old list may have been read a moment ago.
    """
    connection.execute(_BRING_UP_TO_DATE, (json.dumps(list(ids)),))


def fold(connection: sqlite3.Connection, merged: Iterable[tuple[int, int]]) -> None:
    """Give the sightings of papers to those they proved to be: pairs (former id, id); the highest count stays."""
    connection.executemany(_FOLD, merged)
