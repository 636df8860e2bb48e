"""How well the papers of a list fit the user, as the command line, exports and digests say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from readlist.model.fit import Because, Fit
from readlist.query.terms import Similar, leaves
from readlist.text.clean import counted

if TYPE_CHECKING:
    from readlist.model.view import Sort
    from readlist.query import Query
    from readlist.services.exporter import FitsOf
    from readlist.shelf import Entry, Shelf


def fits_for(shelf: Shelf, query: Query, sort: Sort | None = None) -> FitsOf | None:
    """Return what gives how well papers fit, and why, and how they are like those that a query names.

    None if neither the query nor its order asks for that.

    Args:
        shelf: of the papers.
        query: the query.
        sort: the order, None for the query's own.
    """
    by_match = asks_for_match(shelf, query, sort)
    if not by_match and not query.like:
        return None

    def fits(entries: Sequence[Entry]) -> Mapping[int, Fit]:
        found = {entry.id: Fit() for entry in entries}
        if by_match:
            matches = shelf.match.of(entries)
            found = {entry.id: Fit(matches.get(entry.id), shelf.match.because(entry)) for entry in entries}
        if query.like:
            like = shelf.similar.reasons(entries, query.like)
            found = {number: replace(fit, like=like.get(number, Because())) for number, fit in found.items()}
        return found

    return fits


def fit_of(shelf: Shelf, entry: Entry) -> Fit:
    """Return how well one paper fits, as the last order by match has it; nothing before there is one.

    Unlike an order, it does not bring the scores of all papers up to the marks.
    """
    if not shelf.library.scores.state().last:
        return Fit(because=Because())
    return Fit(shelf.match.of([entry]).get(entry.id), shelf.match.because(entry))


def asks_for_match(shelf: Shelf, query: Query, sort: Sort | None = None) -> bool:
    """Tell whether a query, or what the settings mean by it, or an order asks how well papers fit."""
    return shelf.watch.expanded(query).needs_match(sort)


def unknown_papers(shelf: Shelf, query: Query) -> list[str]:
    """Return the identifiers of papers that a query asks for what is like them, of those not in the library."""
    asked = [name for term in leaves(query.terms) if isinstance(term, Similar) for name in term.identifiers]
    known = shelf.papers.ids_of(asked) if asked else {}
    return [name for name in dict.fromkeys(asked) if name not in known]


def caution(shelf: Shelf) -> str:
    """Return in one sentence how far an order by match can be relied on; empty if there is no doubt."""
    known = shelf.match.reliability()
    if known.certainty == "none":
        return "nothing to match yet: star or note a few papers; until then they are in feed order"
    if not shelf.match.is_current():
        earlier = "the order is by earlier stars" if shelf.library.scores.state().last else "they are in feed order"
        return f"the library can't be written now: {earlier}"
    if known.certainty == "guess":
        return f"the match is a guess from {counted(known.stars, 'star')}"
    if known.certainty == "unsure":
        return "your stars have little in common yet: the order by match says little"
    return ""
