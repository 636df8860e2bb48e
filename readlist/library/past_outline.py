"""What was known of papers by a day: where they were announced last, and their counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from readlist.library.connections import Connections
from readlist.library.count_sql import count_of


class Known(Struct, frozen=True):
    """What was known of a paper.

    Attributes:
        day: the day of its latest announcement; None for one without a day.
        feed: the feed of that.
        position: its place in that list, from 1.
        upvotes: the count read last, None if none was; likewise comments and stars.
        comments: see upvotes.
        stars: see upvotes.
    """

    day: date | None
    feed: str
    position: int
    upvotes: int | None
    comments: int | None
    stars: int | None


def known_on(connections: Connections, day: date, until: int) -> Mapping[int, Known]:
    """Return what was known of each paper at the end of a day, by their ids in feed order; takes a while for many.

    A paper is known from the day of its first announcement on, one without a day since it was added.

    Args:
        connections: those to the library file.
        day: the day.
        until: the end of the day, in microseconds since 1970 UTC.
    """
    by = f"{{0}}.day <= '{day.isoformat()}'"
    counts = ", ".join(count_of(kind, "a.paper_id", by) for kind in ("upvotes", "comments", "stars"))
    with connections.reading(search=True) as connection:
        rows = connection.execute(
            f"select a.paper_id, a.day, a.feed, a.position, {counts} from (select paper_id, day, feed, position, "
            "row_number() over (partition by paper_id order by day desc, feed, position) as place from announcement "
            "where day <= ?) a join paper p on p.id = a.paper_id "
            "where a.place = 1 and (a.day <> '' or p.added <= ?) order by a.day desc, a.feed, a.position, a.paper_id",
            (day.isoformat(), until),
        ).fetchall()
    return {
        paper: Known(date.fromisoformat(on) if on else None, feed, position, upvotes, comments, stars)
        for paper, on, feed, position, upvotes, comments, stars in rows
    }
