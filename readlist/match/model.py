"""What the user stars: a linear model over the terms of papers.

The method was chosen among some forty on simulated users, judged by later days only. It is Rocchio's (J. Rocchio,
"Relevance feedback in information retrieval", 1971) on tf-idf, with four changes: a star weighs less the more other
stars lie around it, what is frequent elsewhere is taken off, only the strongest terms are kept, and their weights are
raised to a power.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from readlist.match.features import AUTHOR, ORGANIZATION, Features, kind_of

_TERMS = 256
"""Terms with a weight."""

_POWER = 1.75
"""What makes strong terms stronger; the largest single gain of all that was tried."""

_HALF_LIFE = 30
"""Stars after which an older one weighs half."""

_AUTHORS, _ORGANIZATION = 0.6, 0.4
"""Lengths of the authors and of the organization beside the text, which has 1."""

_OTHERS = 1.2
"""How strongly other papers count against a term."""

_FEW = 5
"""Below N stars, a pair of words counts if one title has it; else it must be in two stars."""

_PARTS = 2**40
"""A weight is a multiple of 1 / N: sums of them are exact, in any order."""

_FOLDS = 5


class Frequencies(Struct, frozen=True):
    """How many of some papers have each term.

    Attributes:
        papers: by term; a term in one paper may be left out.
        size: how many papers were counted.
    """

    papers: Mapping[str, int]
    size: int

    def of(self, term: str) -> int:
        """Return how many papers have a term: at least one, at most all."""
        return min(max(1, self.papers.get(term, 1)), max(1, self.size))

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Return log((1 + n) / (1 + c)) of each of some terms, for one in c of n papers."""
        size = max(1, self.size)
        by_papers = [math.log((1 + size) / (1 + papers)) for papers in range(size + 1)]
        # As in `of`: 20,000 calls of that would double the time.
        papers, of_one = self.papers, by_papers[1]
        return {term: by_papers[min(max(1, papers[term]), size)] if term in papers else of_one for term in terms}


def count(others: Iterable[Collection[str]], weights: Iterable[int] = ()) -> Frequencies:
    """Return how many of some papers have each term; what one alone has is left out.

    Args:
        others: the terms of each paper, every term once.
        weights: how many papers each counts for; without, one.
    """
    papers: Counter[str] = Counter()
    size = 0
    given = iter(weights)
    for other in others:
        weight = next(given, 1)
        size += weight
        for term in other:
            papers[term] += weight
    return Frequencies({term: number for term, number in papers.items() if number > 1}, size)


class Model:
    """Weights of terms, learned from stars against other papers.

    With the vector x_i of star i (the level of each of its terms times idf, of length 1; its authors of length 0.6, its
    organization 0.4) and its share α_i (half as much with every 30 newer stars, divided by Σ_j α_j x_i·x_j, so that ten
    stars of one kind don't drown two of another; all shares sum to 1):

        d_t = Σ_i α_i x_it − κ idf_t c_t / n,  κ = 1.2 Σ_i α_i / |star i|; without the second part for names
        w_t = sign(d_t) (|d_t| / max |d|) ^ 1.75  for the 256 terms with the largest |d_t|
        score = Σ w_t  over the terms of a paper

    Attributes:
        stars: what it was learned from, the oldest first.
        counts: terms of other papers.
        weights: the weight of each term that has one, the strongest first.
    """

    def __init__(self, stars: Sequence[Features], counts: Frequencies, terms: int = _TERMS) -> None:
        """Learn.

        Args:
            stars: the starred and noted papers, the oldest first.
            counts: terms of papers that were read without a star, and of the rest of the library.
            terms: the most terms with a weight.
        """
        self._most = terms
        self.stars = stars
        self.counts = counts
        self._vectors: list[dict[str, float]] = []
        self._shares: list[float] = []
        self._positive: dict[str, float] = {}
        self.weights: dict[str, float] = {}
        if stars:
            self._fit()

    def score(self, terms: Collection[str]) -> float:
        """Return how well a paper with some terms fits: the sum of their weights."""
        return math.fsum(weight for term, weight in self.weights.items() if term in terms)

    def carried(self, terms: Collection[str]) -> dict[str, float]:
        """Return what each of the terms of a paper adds to its score, the strongest first."""
        return {term: weight for term, weight in self.weights.items() if term in terms}

    def lent(self, carried: Mapping[str, float]) -> list[float]:
        """Return what each star lends of the positive part of a score; all together are that part."""
        return [
            math.fsum(self.lent_by(place, term, weight) for term, weight in carried.items())
            for place in range(len(self.stars))
        ]

    def lent_by(self, star: int, term: str, weight: float) -> float:
        """Return what one star lends of what a term adds to a score."""
        if weight <= 0:
            return 0.0
        return weight * self._shares[star] * self._vectors[star].get(term, 0.0) / self._positive[term]

    def confidence(self, others: Sequence[Collection[str]]) -> float:
        """Return how far stars are above other papers, each judged by a model of the other stars: 0.5 is chance, 1 all.

        The mean share of other papers that a star outranks (the area under the ROC curve), in five folds.

        Args:
            others: the terms of papers that are no stars.
        """
        stars = self.stars
        folds = min(len(stars), _FOLDS)
        if folds < 2 or not others:
            return 0.5
        ranks = []
        for fold in range(folds):
            model = Model([star for place, star in enumerate(stars) if place % folds != fold], self.counts)
            scores = sorted(map(model.score, others))
            for star in stars[fold::folds]:
                score = model.score(star.terms)
                ranks.append((bisect_left(scores, score) + bisect_right(scores, score)) / 2 / len(scores))
        return math.fsum(ranks) / len(ranks)

    def _fit(self) -> None:
        idf = self._idf_of_kept_terms()
        lengths = []
        for star in self.stars:
            vector, length = self._vector(star, idf)
            self._vectors.append(vector)
            lengths.append(length)
        self._shares = self._shares_of_stars()
        self._positive = _sum(self._vectors, self._shares)
        against = _OTHERS * math.fsum(
            share / length for share, length in zip(self._shares, lengths, strict=True) if length
        )
        against /= max(1, self.counts.size)
        of, papers, names = self.counts.of, self.counts.papers, AUTHOR + ORGANIZATION
        strength = {
            term: value if term[0] in names else value - against * idf[term] * (of(term) if term in papers else 1)
            for term, value in self._positive.items()
        }
        kept = _strongest(strength, self._most)
        # The rest of them takes megabytes.
        self._positive = {term: self._positive[term] for term in kept}
        self._vectors = [{term: vector[term] for term in kept if term in vector} for vector in self._vectors]
        most = abs(strength[kept[0]]) if kept else 0.0
        if most:
            weights = {term: math.copysign((abs(strength[term]) / most) ** _POWER, strength[term]) for term in kept}
            rounded = {term: round(weight * _PARTS) / _PARTS for term, weight in weights.items()}
            self.weights = {term: weight for term, weight in rounded.items() if weight}

    def _idf_of_kept_terms(self) -> dict[str, float]:
        """Return the idf of every term of the stars; of pairs only those that are no accident of one text."""
        stars: Counter[str] = Counter()
        names: set[str] = set()
        for star in self.stars:
            stars.update(star.levels.keys())
            names.update(star.names)
        titled = {term for star in self.stars for term in star.titled} if len(self.stars) < _FEW else set()
        kept = [
            term
            for term, number in stars.items()
            if number > 1 or " " not in term or term in titled or kind_of(term) != "pair"
        ]
        return self.counts.idf([*kept, *names])

    def _vector(self, star: Features, idf: Mapping[str, float]) -> tuple[dict[str, float], float]:
        """Return a star's vector, and the length that its text had before: 0 if it says nothing."""
        vector = {term: level * idf[term] for term, level in star.levels.items() if term in idf}
        length = math.sqrt(math.fsum(value * value for value in vector.values()))
        vector = {term: value / length for term, value in vector.items()} if length else {}
        if star.authors:
            # One of eighty says less than one of one, however frequent the eighty are.
            names = math.sqrt(math.fsum(idf[name] ** 2 for name in star.authors)) or 1.0
            names = max(names, math.sqrt(len(star.authors)) * 0.5 * math.log(1 + max(1, self.counts.size)))
            vector.update((name, _AUTHORS * idf[name] / names) for name in star.authors)
        if star.organization:
            vector[star.organization] = _ORGANIZATION
        return vector, length

    def _shares_of_stars(self) -> list[float]:
        """Return each star's share: less for older ones, and for those with many stars around them."""
        last = len(self.stars) - 1
        ages = [0.5 ** ((last - place) / _HALF_LIFE) for place in range(len(self.stars))]
        total = _sum(self._vectors, ages)
        crowds = [math.fsum(value * total[term] for term, value in vector.items()) for vector in self._vectors]
        # Stars without any term have no share.
        shares = [age / crowd if crowd else 0.0 for age, crowd in zip(ages, crowds, strict=True)]
        whole = math.fsum(shares) or 1.0
        return [share / whole for share in shares]


def _sum(vectors: Iterable[Mapping[str, float]], factors: Iterable[float]) -> dict[str, float]:
    total: dict[str, float] = {}
    for vector, factor in zip(vectors, factors, strict=True):
        for term, value in vector.items():
            total[term] = total.get(term, 0.0) + factor * value
    return total


def _strongest(strength: Mapping[str, float], most: int) -> list[str]:
    """Return the terms with the largest strength, of either sign, the largest first."""
    if len(strength) > most:
        # Numbers alone are sorted much faster.
        limit = sorted(map(abs, strength.values()))[-most]
        strength = {term: value for term, value in strength.items() if abs(value) >= limit}
    return sorted(strength, key=lambda term: (-abs(strength[term]), term))[:most]
