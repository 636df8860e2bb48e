"""Counts known by a moment, what was gained since one, and what is rising, as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from readlist.library.day_sql import Statement, between, midnight
from readlist.library.rows import microseconds
from readlist.model.trend import COUNT_KINDS, CountKind, end_of

_START = (
    "start (day, at) as materialized (select date(moment / 1000000, 'unixepoch'), moment from "
    "(select counted_from((select value from meta where name = 'visit_before')) as moment))"
)
_START_OF_DAY = "start (day, at) as materialized (select ?, ?)"
# Papers that were read on several days, or more than once on one, and since the day of the start, with the days of
# their first and last reading; the table is read once, in the order of its key.
_EVERY = "select paper_id, min(day), max(day) from sighting where "
_COUNTED = (
    f"counted (paper_id, first, last) as materialized ({_EVERY}{{kind}} is not null group by paper_id "
    "having count(*) > 1 and max(day) >= (select day from start))"
)
# From when on it is counted what each of them gained: from the start, or its first reading if that was later.
_BEGUN = (
    "begun (paper_id, day, at, last) as materialized "
    "(select c.paper_id, b.day, b.at, c.last from counted c join start b on c.first < b.day union all "
    "select c.paper_id, c.first, case when c.first = b.day then max(b.at, min(s.at)) else min(s.at) end, c.last "
    "from counted c join start b on c.first >= b.day cross join sighting s on s.paper_id = c.paper_id "
    "and s.day = c.first and s.{kind} is not null group by c.paper_id)"
)
# The last day of which something was known then. The rest is as `count_of` has it, but for all papers at once: looking
# them up one by one takes several times as long. SQLite takes what is beside the only maximum from its row.
_OF_PAPER = "s.paper_id = b.paper_id and s.{kind} is not null"
_BY_BEGUN = "(s.day, s.at) <= (b.day, b.at)"
_BOUNDS = (
    "bounds (paper_id, day, at, last, base) as materialized (select paper_id, day, at, last, "
    f"(select max(s.day) from sighting s where {_OF_PAPER} and {_BY_BEGUN}) from begun b)"
)
_ON_DAY = (
    "(paper_id, day, at, known) as materialized (select paper_id, day, max(at), max(known) from "
    "(select s.paper_id, s.day, max(s.at) as at, s.{kind} as known from bounds b cross join sighting s "
    f"on {_OF_PAPER} and s.day = "
)
_OF_FEEDS = " group by s.paper_id, s.feed) group by paper_id)"
_GAIN = (
    f"latest {_ON_DAY}b.last{_OF_FEEDS}, base {_ON_DAY}b.base and {_BY_BEGUN}{_OF_FEEDS}, "
    "gain (paper_id, gained, base) as materialized (select o.paper_id, l.known - o.known, o.known "
    "from base o join latest l on l.paper_id = o.paper_id where (l.day, l.at) > (o.day, o.at))"
)
# As far as papers of one list age gain, in relation to what they had.
_AGED = (
    "aged (paper_id, gained, base, age) as materialized (select paper_id, gained, base, "
    "case when days < 0 then 0 when days < 3 then days when days < 8 then 3 else 8 end from "
    "(select g.paper_id, g.gained, g.base, cast(julianday(present_day()) - julianday((select min(a.day) "
    "from announcement a where a.paper_id = g.paper_id and a.day <> '')) as integer) as days "
    "from gain g join paper p on p.id = g.paper_id and not p.hidden))"
)
_USUAL = (
    "usual (age, rate) as materialized (select age, max(0.0, sum(gained) * 1.0 / sum(base + 1)) from aged group by age)"
)
# In the order of (gained - expected) / sqrt(expected + 1), without the root, which not every SQLite has.
_RISEN = (
    "risen (paper_id, rise) as materialized (select paper_id, "
    "(gained - expected) * abs(gained - expected) / (expected + 1) from "
    "(select a.paper_id, a.gained, u.rate * (a.base + 1) as expected from aged a join usual u on u.age = a.age))"
)
# Where a count is among those of one list's day, from 0 to 1; in the middle of those that are the same.
_LISTED = (
    "listed (id, day) as materialized "
    "(select paper_id, coalesce(min(nullif(day, '')), '') from announcement group by paper_id)"
)
_PLACED = (
    "placed (id, day, place) as materialized (select id, day, case when voted then "
    "(cume_dist() over counts + (rank() over counts - 1) * 1.0 / count(*) over "
    "(counts rows between unbounded preceding and unbounded following)) / 2 end from "
    "(select p.id, l.day, p.upvotes, p.upvotes is not null and not p.hidden as voted "
    "from listed l join paper p on p.id = l.id{}) window counts as (partition by day, voted order by upvotes))"
)
_DAYS = "days (day) as materialized (select distinct l.day from listed l join paper p on p.id = l.id{})"


def count_of(kind: str, paper: str, by: str = "") -> str:
    """Return the expression for the count of a paper: of the latest day, of several feeds the highest.

    Of several readings of one feed on that day it is the last one; see `readlist.model.trend.count_by`.

    Args:
        kind: what is counted: a column of `sighting`.
        paper: the expression for the paper's id.
        by: the condition that a reading of the table `{0}` counts, empty for any.
    """

    def read(table: str) -> str:
        return f"{table}.paper_id = {paper} and {table}.{kind} is not null" + (f" and {by.format(table)}" if by else "")

    return (
        f"(select max(s.{kind}) from sighting s where {read('s')} "
        f"and s.day = (select max(t.day) from sighting t where {read('t')}) and not exists "
        f"(select 1 from sighting t where {read('t')} and t.feed = s.feed and t.day = s.day and t.at > s.at))"
    )


def gain_table(kind: CountKind = "upvotes", since: date | None = None) -> Statement:
    """Return the common table expressions that end in `gain (paper_id, gained, base)`; see `trend.gained_since`.

    Args:
        kind: what is counted.
        since: the first day of what was gained; None for since the last visit.
    """
    start, parameters = (_START, ()) if since is None else (_START_OF_DAY, _day_before(since))
    tables = (start, *(each.format(kind=kind) for each in (_COUNTED, _BEGUN, _BOUNDS, _GAIN)))
    return ", ".join(tables), parameters


def gained_within(kind: CountKind, since: date | None, low: int | None, high: int | None) -> Statement:
    """Return the condition that the count of a paper `p` rose by a number within limits."""
    tables, parameters = gain_table(kind, since)
    within, limits = between("gained", low, high)
    return f"+p.id in (with {tables} select paper_id from gain where {within})", (*parameters, *limits)


def counted_among(condition: str, ids: Iterable[int]) -> str:
    """Return a condition made with `gained_within` for a few papers: only their counts are read."""
    return condition.replace(_EVERY, f"{_EVERY}paper_id in ({', '.join(map(str, ids))}) and ")


def papers_of_day(day: date) -> Statement:
    """Return the papers that were announced by a day, with the columns of `paper`: place and counts are those of then.

    A paper without a day counts from the day on which it was added.
    """
    last, after = day.isoformat(), microseconds(midnight(day, after=True))
    then = ", ".join(f"{count_of(kind, 'p.id', f'{{0}}.day <= {last!r}')} as {kind}" for kind in COUNT_KINDS)
    names = "id, key, title_folded, published, added, read, starred, noted, hidden, has_code, has_project, has_abstract"
    return (
        f"select p.{', p.'.join(names.split(', '))}, a.feed, a.day, a.position, {then} from paper p "
        "join announcement a on a.paper_id = p.id and (a.feed, a.day) = (select b.feed, b.day from announcement b "
        "where b.paper_id = p.id and b.day <= ? and (b.day <> '' or p.added < ?) order by b.day desc, b.feed limit 1)"
    ), (last, after)


def rising_tables(found: Statement | None = None) -> Statement:
    """Return the common table expressions that end in `risen (paper_id, rise)` and `placed (id, day, place)`.

    `rise` is in the order of how much more a paper gained than papers of its list's age do, `place` is where its
    upvotes are among the papers of its list's day, from 0 to 1.

    Args:
        found: the WHERE clause of the papers `p` of which the place is wanted; None for all.
    """
    gain, parameters = gain_table()
    tables = [gain, _AGED, _USUAL, _RISEN, _LISTED]
    if found is None:
        return ", ".join((*tables, _PLACED.format(""))), parameters
    where, limits = found
    tables += [_DAYS.format(where), _PLACED.format(" where l.day in (select day from days)")]
    return ", ".join(tables), (*parameters, *limits)


def _day_before(day: date) -> tuple[str, int]:
    """Return the moment after all readings of the day before."""
    before = end_of(day - timedelta(days=1) if day > date.min else day)
    return before.day.isoformat(), before.at
