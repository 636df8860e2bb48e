"""How much papers are like one of them: which to look at, how near they are, and what they share."""

from __future__ import annotations

import math
from collections.abc import Mapping

from readlist.match.features import Features
from readlist.match.model import Frequencies, Model
from readlist.match.reason import distinct

_TERMS = 64
"""Terms of a paper by which the papers to look at are found."""

_WORDS = 3


class Likeness:
    """How much papers are like one.

    Which papers to look at is said by a model of that paper as the only star. How near they are is the cosine of the
    vectors of words and pairs (G. Salton et al., "A vector space model for automatic indexing", 1975): with the level
    and the idf of a term as for stars,

        x_t = level_t idf_t,  likeness = Σ_t x_t y_t / (|x| |y|)

    Attributes:
        weights: weights of terms, the strongest first: papers with a high sum of them may be like the paper.
    """

    def __init__(self, paper: Features, counts: Frequencies) -> None:
        """Take a paper in.

        Args:
            paper: the paper.
            counts: terms of some papers of the library.
        """
        # What is in one of those papers, or in none, has the same idf.
        self._idf = counts.idf(counts.papers)
        self._rarest = counts.idf([""])[""]
        values = {term: level * self._idf.get(term, self._rarest) for term, level in paper.levels.items()}
        length = math.sqrt(math.fsum(value * value for value in values.values())) or 1.0
        self._vector = {term: value / length for term, value in values.items()}
        self.weights: Mapping[str, float] = Model([paper], counts, terms=_TERMS).weights

    def of(self, other: Features) -> float:
        """Return how much another paper is like it, from 0 for nothing in common to 1 for the same words."""
        return math.fsum(self.parts(other).values())

    def parts(self, other: Features) -> dict[str, float]:
        """Return what each term that both have adds to the likeness."""
        idf, rarest, own = self._idf.get, self._rarest, self._vector
        found: dict[str, float] = {}
        squares = 0.0
        for term, level in other.levels.items():
            value = level * idf(term, rarest)
            squares += value * value
            if term in own:
                found[term] = value * own[term]
        length = math.sqrt(squares) or 1.0
        return {term: part / length for term, part in found.items() if part > 0}


def shared(parts: Mapping[str, float]) -> tuple[str, ...]:
    """Return at most three of the terms that carry a likeness, the strongest first, no word twice."""
    # Of the same strength a pair says more than its words.
    return distinct(sorted(parts, key=lambda term: (-parts[term], -term.count(" "), term)))[:_WORDS]
