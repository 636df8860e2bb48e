"""How good an order of papers is: area under the curve, nDCG of weeks, precision, median rank."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from statistics import fmean, median

from msgspec import Struct

_TOP = 10


class Measure(Struct, frozen=True):
    """How good an order is.

    Attributes:
        auc: the share of pairs of a wanted and another paper in which the wanted one is before the other.
        ndcg: nDCG@10 of each week with a wanted paper, the mean of them.
        precision: the share of wanted papers among the first ten of all weeks.
        rank: the median place of a wanted paper, as a share of all.
    """

    auc: float
    ndcg: float
    precision: float
    rank: float


def measure(order: Sequence[int], wanted: Collection[int], weeks: Mapping[int, Hashable]) -> Measure:
    """Return how good an order is.

    Args:
        order: papers, the best first; with at least one that is wanted and one that isn't.
        wanted: the papers that should come first.
        weeks: of each paper.
    """
    places = [place for place, paper in enumerate(order) if paper in wanted]
    others = len(order) - len(places)
    before = sum(place - earlier for earlier, place in enumerate(places))
    by_week: dict[Hashable, list[bool]] = {}
    for paper in order:
        by_week.setdefault(weeks[paper], []).append(paper in wanted)
    return Measure(
        1 - before / (len(places) * others),
        fmean(ndcg(hits) for hits in by_week.values() if any(hits)),
        fmean(paper in wanted for paper in order[:_TOP]),
        median(places) / len(order),
    )


def ndcg(gains: Sequence[float]) -> float:
    """Return nDCG@10 of an order, given what each paper of it is worth (K. Järvelin, J. Kekäläinen, 2002)."""
    best = _discounted(sorted(gains, reverse=True))
    return _discounted(gains) / best if best else 0.0


def mean(measures: Sequence[Measure]) -> Measure:
    """Return the means of some measures."""
    return Measure(
        *(fmean(values) for values in zip(*((m.auc, m.ndcg, m.precision, m.rank) for m in measures), strict=True))
    )


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:_TOP]))
