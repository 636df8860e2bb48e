"""Which paper of a list an arXiv id belongs to: the one whose title holds it, or the one above or below it."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.model.paper import arxiv_id, fingerprint
from readlist.sources.batch import Skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readlist.sources.page.card import Card

_NUMBER = r"(?:\d{4}\.\d{4,5}|[a-z-]{2,10}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,2})?(?: \[[\w.-]{2,20}\])?"
_WRITTEN = rf"(?:(?:arxiv(?: id)?:? ?)?{_NUMBER}|https?://\S{{5,80}}?)"
_LEADING = re.compile(
    rf"(?:[\[(（【]({_WRITTEN})[\])）】]|(arxiv: ?{_NUMBER})(?=[ :|]))[ :|–—-]*(?=[\w\"'“‘«$])", re.IGNORECASE
)
_TRAILING = re.compile(rf"(?:[\[(（【]({_WRITTEN})[\])）】]|(?<= )(arxiv: ?{_NUMBER}))$", re.IGNORECASE)
_LONGEST = 120
# More ids than this between two titles are a list of references.
_NEIGHBOURS = 2


class Side(Enum):
    """Where the title of an id stands."""

    ABOVE = auto()
    BELOW = auto()


class Loose(Struct, frozen=True):
    """An id on a line of its own, which may be that of the title above it or of the one below.

    Attributes:
        line: where it stands.
        arxiv: the id.
        titles: how many titles stand above it.
        side: to which side no blank line parts it from the text; None where both or neither are parted.
    """

    line: int
    arxiv: str
    titles: int
    side: Side | None


def split_title(title: str, known: str = "") -> tuple[str, str]:
    """Return a title without the arXiv id written beside it, and that id: `[2401.12345] Title`; empty if none.

    Args:
        title: as the page has it.
        known: the id its link names, which may stand before the title without brackets.
    """
    if known and title.startswith(f"{known} "):
        return title.removeprefix(known).lstrip(" :|–—-") or title, known
    if (found := _LEADING.match(title[:_LONGEST])) and (arxiv := arxiv_id(found[1] or found[2])):
        rest = title[found.end() :]
    elif (found := _TRAILING.search(title, max(len(title) - _LONGEST, 0))) and (
        arxiv := arxiv_id(found[1] or found[2])
    ):
        rest = title[: found.start()].rstrip(" ,:|–—-")
    else:
        return title, ""
    return (rest, arxiv) if any(map(str.isalpha, rest)) else (title, "")


def assign(loose: Sequence[Loose], cards: Sequence[Card]) -> list[Skip]:
    """Give each loose id to the paper it belongs to; return a note for each that could be either neighbour's.

    A page writes its ids on one side of the titles throughout, so the side is learned once, for all of them.
    """
    owned = {card.arxiv for card in cards if card.arxiv}
    between: dict[int, set[str]] = {}
    for one in loose:
        between.setdefault(one.titles, set()).add(one.arxiv)
    loose = [one for one in loose if len(between[one.titles]) <= _NEIGHBOURS]
    habit, clear = _habit(loose, cards)
    found: dict[int, str] = {}
    skipped: list[Skip] = []
    for one in loose:
        if one.arxiv in owned:
            continue
        side = habit or (one.side if clear else None)
        if side is None:
            skipped.append(Skip(one.line, f"an arXiv id that may be of the paper above or below: {one.arxiv}"))
            continue
        at = one.titles - (side is Side.ABOVE)
        if not 0 <= at < len(cards) or cards[at].arxiv:
            continue
        # The nearest to the title.
        if side is Side.BELOW or at not in found:
            found[at] = one.arxiv
    named: dict[str, set[str]] = {}
    for at, arxiv in found.items():
        named.setdefault(arxiv, set()).add(fingerprint(cards[at].title))
    for at, arxiv in found.items():
        # An id of two papers is neither's, the page's own address perhaps.
        if len(named[arxiv]) == 1:
            cards[at].arxiv = arxiv
    return skipped


def _habit(loose: Sequence[Loose], cards: Sequence[Card]) -> tuple[Side | None, bool]:
    """Return the side of the page's titles, None if it is not known, and whether each id's own side may be trusted.

    What tells most comes first: ids that a title names too, then blank lines, then the first and the last title.
    """
    known = {side for one in loose for side in _known(one, cards)}
    if len(known) == 1:
        return known.pop(), True
    sides = {one.side for one in loose if one.side}
    if len(sides) == 1:
        return sides.pop(), True
    if sides:
        return None, True
    first = any(one.titles == 0 for one in loose)
    last = any(one.titles == len(cards) for one in loose)
    if first == last:
        return None, False
    return (Side.BELOW if first else Side.ABOVE), False


def _known(one: Loose, cards: Sequence[Card]) -> list[Side]:
    """Return the side on which a title has the same id."""
    places = ((Side.ABOVE, one.titles - 1), (Side.BELOW, one.titles))
    return [side for side, at in places if 0 <= at < len(cards) and cards[at].arxiv == one.arxiv]
