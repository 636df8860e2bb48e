"""Counts known by a moment, and what was gained since one, as SQL."""

from __future__ import annotations


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
