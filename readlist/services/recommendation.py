"""How well the papers of a list fit the user, as the command line, exports and digests say it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.fit import Because, Fit
from readlist.query.terms import Similar, leaves
from readlist.text.clean import counted

if TYPE_CHECKING:
    from readlist.model.view import Sort
    from readlist.query import Query
    from readlist.services.exporter import FitsOf
    from readlist.shelf import Entry, Shelf
    from readlist.shelf.hindsight import Hindsight
    from readlist.shelf.match_shelf import Reliability

ENOUGH_JUDGED = 10
"""Stars from which on their share in the best tenth says something."""


class MatchPart(Struct, frozen=True):
    """What one word of a paper adds to its match.

    Attributes:
        word: the word, the words or the name, as they are read.
        kind: `author` or `organization`, empty for words.
        weight: what it adds to the score; below zero for what speaks against the paper.
        star: (key, title) of the star that lends most of it, which may be the paper itself; None for no star.
    """

    word: str
    kind: str
    weight: float
    star: tuple[str, str] | None


class Explanation(Struct, frozen=True):
    """How a paper comes by its match.

    Attributes:
        match: from 0 to 99; None without one.
        parts: what adds to the score, the strongest first; the score is their sum.
        score: that sum.
        summary: what it comes to, in one sentence.
        reliability: how far it can be relied on, in one sentence.
    """

    match: int | None
    parts: tuple[MatchPart, ...]
    score: float
    summary: str
    reliability: str


def explained(shelf: Shelf, entry: Entry) -> Explanation:
    """Return how a paper comes by its match; takes some 100 ms the first time after a decision."""
    from readlist.match.features import kind_of
    from readlist.shelf.paper_terms import written

    found = shelf.match.parts(entry)
    ids = shelf.papers.ids_of({key for _, key in found if key})
    titles = {star.id: star.paper.title for star in shelf.papers.entries(list(ids.values()))}
    lenders = {key: (key, titles.get(number, "")) for key, number in ids.items()}
    kinds = {"author": "author", "organization": "organization"}
    parts = tuple(
        MatchPart(written(part.term, entry), kinds.get(kind_of(part.term), ""), part.weight, lenders.get(key))
        for part, key in found
    )
    match, score = shelf.match.of([entry]).get(entry.id), math.fsum(part.weight for part in parts)
    known = shelf.match.reliability()
    if known.certainty == "none":
        summary = "No match yet."
    elif not parts:
        summary = "No word of this paper counts for or against it."
    elif score <= 0:
        summary = "As much speaks against this paper as for it, or more."
    else:
        among = "" if entry.paper.abstract else " without an abstract"
        summary = f"Above {match} of 100 papers of your library{among}." if match is not None else ""
    stars = counted(known.stars, "star")
    if known.certainty == "sure":
        reliability = (
            f"Your {stars}, each judged by the others, are above {share_of(known)} of 100 other papers on average."
        )
    else:
        reliability = {
            "none": "Star or note a few papers you like: readlist learns from them.",
            "guess": f"This is a guess from {stars}.",
            "unsure": f"Your {stars} have little in common yet: the match says little.",
        }[known.certainty]
    return Explanation(match, parts, score, summary, reliability)


def share_of(known: Reliability) -> int:
    """Return of 100 other papers, how many a star is above, judged by the other stars; on average."""
    # Not rounded: 69.9 is not sure yet.
    return math.floor(100 * known.confidence)


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
    if not shelf.is_scored():
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


class Doubt(Struct, frozen=True):
    """Why an order by match can't be relied on; all empty if there is no doubt.

    Attributes:
        sentence: the reason, without a full stop.
        short: the same in a few words.
        word: the same in one or two, behind the name of the order.
        found: the reason where papers are found by their match, not listed by it; empty if it is the same.
    """

    sentence: str = ""
    short: str = ""
    word: str = ""
    found: str = ""


def caution(shelf: Shelf, *, ordered: bool = True) -> str:
    """Return in one sentence how far the match can be relied on; empty if there is no doubt.

    Args:
        shelf: the papers.
        ordered: whether papers are listed by it, not only found by it.
    """
    known = doubt(shelf)
    return known.sentence if ordered or not known.found else known.found


def doubt(shelf: Shelf) -> Doubt:
    """Return why an order by match can't be relied on."""
    known = shelf.match.reliability()
    if known.certainty == "none":
        what = "nothing to match yet: star or note a few papers"
        order = f"{what}; until then they are in feed order"
        return Doubt(order, "nothing to match yet: star some papers", "no stars", what)
    if not shelf.match.is_current():
        order = "the order is by earlier stars" if shelf.is_scored() else "papers are in feed order"
        why = "the library can't be written now"
        return Doubt(f"{why}: {order}", why, "earlier stars" if shelf.is_scored() else "not scored")
    if known.certainty == "guess":
        guess = f"guess from {counted(known.stars, 'star')}"
        return Doubt(f"the match is a {guess}", f"a {guess}", "a guess")
    if known.certainty == "unsure":
        why = "your stars have little in common yet"
        return Doubt(f"{why}: the order by match says little", why, "not sure yet", f"{why}: the match says little")
    return Doubt()


def past(shelf: Shelf, stop: Callable[[], bool]) -> str:
    """Return in a sentence how good the order by match would have been; empty if no star can be judged, or if stopped.

    Takes some 100 ms a star, of which there are up to 40.

    Args:
        shelf: of the stars.
        stop: called after each star.
    """
    from readlist.services import Cancelled

    def go_on(done: int, total: int) -> None:
        if stop():
            raise Cancelled

    with suppress(Cancelled):
        return said_of(shelf.match.past(go_on))
    return ""


def said_of(past: Hindsight) -> str:
    """Return in words how good the order by match would have been; empty if no star could be judged."""
    if not past.stars:
        return ""
    if past.stars == 1:
        where = "" if past.best else "not "
        before = "ranked by what you had starred before"
        return f"your last star was {where}in the best tenth of its day, {before}; one star says little"
    were = "was" if past.best == 1 else "were"
    few = f"; {past.stars:,} stars say little" if past.stars < ENOUGH_JUDGED else ""
    return (
        f"of your last {past.stars:,} stars, {past.best:,} {were} in the best tenth of their day, ranked by what you "
        f"had starred before; by upvotes {past.by_upvotes:,}, by chance {past.by_chance:.0f}{few}"
    )
