"""What the papers of a list gained, where the list is about that. No Textual, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from readlist.model.trend import CountKind
from readlist.model.view import Sort, unreversed
from readlist.query import Query
from readlist.query.terms import Gained, leaves

_MOST = 300
_ORDERS = ("gained", "rising")


class GainBoard:
    """What papers gained.

    Attributes:
        kind: what is counted.
        first: the first day of what was gained, None for since the last visit.
        since: the time of the last visit, if the list is in an order by what was gained since then.
        by_id: what papers gained, by their ids; replaced as a whole.
    """

    def __init__(self, kind: CountKind, first: date | None = None, since: datetime | None = None) -> None:
        self.kind = kind
        self.first = first
        self.since = since
        self.by_id: Mapping[int, int] = {}

    @property
    def is_known(self) -> bool:
        """Whether one of the papers that were seen gained anything."""
        return any(self.by_id.values())

    def add(self, gains: Mapping[int, int]) -> None:
        """Take in what some more papers gained."""
        self.by_id = {**(self.by_id if len(self.by_id) < _MOST else {}), **gains}


def is_by_gain(sort: Sort) -> bool:
    """Return whether an order is by what was gained, or the reverse of it."""
    return unreversed(sort) in _ORDERS


def asks_gains(query: Query, sort: Sort) -> bool:
    """Return whether a list is about what was gained, by its query or its order."""
    return is_by_gain(sort) or any(isinstance(leaf, Gained) for leaf in leaves(query.terms))


def gain_board(query: Query, sort: Sort, since: Callable[[], datetime]) -> GainBoard | None:
    """Return an empty board of what a list is about; None if it is not about what was gained.

    Args:
        query: the query of the list.
        sort: its order.
        since: gives the time of the last visit.
    """
    if not asks_gains(query, sort):
        return None
    kind, first = query.gain
    # The order `gained` is by what the query asks, `rising` by what was gained since the visit in any case.
    by_visit = is_by_gain(sort) and (first is None or unreversed(sort) != "gained")
    return GainBoard(kind, first, since() if by_visit else None)
