"""How well the papers of a list fit the user, as the command line, exports and digests say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from readlist.model.fit import Fit
from readlist.text.clean import counted

if TYPE_CHECKING:
    from readlist.model.view import Sort
    from readlist.query import Query
    from readlist.services.exporter import FitsOf
    from readlist.shelf import Entry, Shelf


def fits_for(shelf: Shelf, query: Query, sort: Sort | None = None) -> FitsOf | None:
    """Return what gives how well papers fit, and why, if a query or its order asks for that; else None.

    Args:
        shelf: of the papers.
        query: the query.
        sort: the order, None for the query's own.
    """
    if not shelf.watch.expanded(query).needs_match(sort):
        return None

    def fits(entries: Sequence[Entry]) -> Mapping[int, Fit]:
        matches = shelf.match.of(entries)
        return {entry.id: Fit(matches.get(entry.id), shelf.match.because(entry)) for entry in entries}

    return fits


def caution(shelf: Shelf) -> str:
    """Return in one sentence how far an order by match can be relied on; empty if there is no doubt."""
    known = shelf.match.reliability()
    if known.certainty == "none":
        return "nothing to match yet: star or note a few papers; until then they are in feed order"
    if not shelf.match.is_current():
        return "the library can't be written now: the order is by earlier stars"
    if known.certainty == "guess":
        return f"the match is a guess from {counted(known.stars, 'star')}"
    if known.certainty == "unsure":
        return "your stars have little in common yet: the order by match says little"
    return ""
