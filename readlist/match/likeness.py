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
        self._counts = counts
        self._vector = self._vector_of(paper)
        self.weights: Mapping[str, float] = Model([paper], counts, terms=_TERMS).weights

    def of(self, other: Features) -> float:
        """Return how much another paper is like it, from 0 for nothing in common to 1 for the same words."""
        return math.fsum(self._parts(other).values())

    def shared(self, other: Features) -> tuple[str, ...]:
        """Return at most three terms that carry the likeness, the strongest first, no word twice."""
        parts = self._parts(other)
        # Of the same strength a pair says more than its words.
        return distinct(sorted(parts, key=lambda term: (-parts[term], -term.count(" "), term)))[:_WORDS]

    def _parts(self, other: Features) -> dict[str, float]:
        """Return what each term that both have adds to the likeness."""
        vector, own = self._vector_of(other), self._vector
        return {term: value * own[term] for term, value in vector.items() if own.get(term, 0.0) * value > 0}

    def _vector_of(self, paper: Features) -> dict[str, float]:
        idf = self._counts.idf(paper.levels)
        values = {term: level * idf[term] for term, level in paper.levels.items()}
        length = math.sqrt(math.fsum(value * value for value in values.values())) or 1.0
        return {term: value / length for term, value in values.items()}
