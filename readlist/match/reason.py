"""Why a paper fits: the stars it is like, and the words that carry its score."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from readlist.match.features import Features, bare
from readlist.match.model import Model

_WORDS = 3
_STARS = 2
_LITTLE = 0.2
"""What named words must carry, as a share of what the strongest word of the stars carries.

Below, hardly any paper was one that users with an interest and three stars or more starred later; the median of them
was in the lower half of the order.
"""

_SECOND = 0.5
"""A second star is named if it has the same words, and lends at least this share of what the first one lends."""


class Contribution(Struct, frozen=True):
    """What one term adds to a score.

    Attributes:
        term: the word, pair, `@author` or `#organization`.
        weight: what it adds; below zero for what speaks against the paper.
        star: the place of the star that lends most of it; None for what no star lends.
    """

    term: str
    weight: float
    star: int | None


class Reason(Struct, frozen=True):
    """Why a paper has its score.

    Attributes:
        stars: places of at most two stars, the one that lends most first; none if the words they share carry little or
            nothing of a score, or as much speaks against the paper.
        terms: at most three terms that the paper shares with each of them, the strongest first, no word twice.
        carried: what those terms add to the score; without them the score is lower by this.
        score: the whole score.
    """

    stars: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    carried: float = 0.0
    score: float = 0.0


def reason_for(model: Model, paper: Features, own: int | None = None) -> Reason:
    """Return why a paper has its score.

    Args:
        model: the model.
        paper: the paper.
        own: the place of the star that the paper is itself: its own text is no reason. None if it is no star.
    """
    carried = model.carried(paper.terms)
    score = math.fsum(carried.values())
    lent = model.lent(carried)
    order = sorted(range(len(lent)), key=lambda place: (-lent[place], -place))
    order = [place for place in order if place != own]
    if score <= 0 or not order or lent[order[0]] <= 0:
        return Reason(score=score)
    first = order[0]
    terms = _shared(model, carried, first)
    named = math.fsum(carried[term] for term in terms)
    if named < _LITTLE:
        return Reason(score=score)
    others = [place for place in order[1:] if lent[place] >= _SECOND * lent[first]]
    alike = [place for place in others if all(model.lent_by(place, term, carried[term]) > 0 for term in terms)]
    return Reason((first, *alike[: _STARS - 1]), terms, named, score)


def parts_of(model: Model, paper: Features) -> Sequence[Contribution]:
    """Return what every term adds to a paper's score, the strongest first."""
    found = []
    for term, weight in model.carried(paper.terms).items():
        lent = [model.lent_by(place, term, weight) for place in range(len(model.stars))]
        best = max(range(len(lent)), key=lambda place: (lent[place], place))
        found.append(Contribution(term, weight, best if lent[best] > 0 else None))
    return sorted(found, key=lambda part: (-part.weight, part.term))


def _shared(model: Model, carried: dict[str, float], star: int) -> tuple[str, ...]:
    """Return the strongest terms of a paper that a star lends, none with a word of a stronger one."""
    own = [term for term, weight in carried.items() if model.lent_by(star, term, weight) > 0]
    return distinct(sorted(own, key=lambda term: (-carried[term], term)))[:_WORDS]


def distinct(terms: Iterable[str]) -> tuple[str, ...]:
    """Return terms without those that have a word of an earlier one."""
    said: set[str] = set()
    shown: list[str] = []
    for term in terms:
        words = set(bare(term).split())
        if not words & said:
            shown.append(term)
            said |= words
    return tuple(shown)
