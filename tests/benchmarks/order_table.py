"""Orders beside each other, a row for each kind of user, in a table of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.benchmarks.figure import Table, markdown
from tests.benchmarks.order_measure import Measure, mean

_LESS = 0.02
"""What may be missing of what the method reached when it was chosen: other users, other days."""

YARDSTICKS = ("newest first", "upvotes", "bm25", "linear SVM", "sketch")


class OrderTable:
    """Collects measures of users, and single figures."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, ...]] = []
        self._figures: list[tuple[str, ...]] = []

    def add(self, name: str, found: Mapping[str, Sequence[Measure]], **reach: float) -> None:
        """Take in a row, and print it.

        Args:
            name: of the users.
            found: of every order, a measure for each user.
            reach: what readlist should reach: `auc`, `ndcg`, `precision`, and at most as `rank`.
        """
        means = {order: mean(measures) for order, measures in found.items()}
        ours = means["readlist"]
        reached = {
            "auc": (ours.auc, 1), "ndcg": (ours.ndcg, 1), "precision": (ours.precision, 1), "rank": (ours.rank, -1)
        }  # fmt: skip
        cells = []
        for what, least in reach.items():
            value, sign = reached[what]
            is_reached = sign * value >= sign * least - _LESS
            cells.append(f"{_NAMES[what]} {'≥' if sign > 0 else '≤'} {_short(least)} {'✓' if is_reached else '✗'}")
        self._rows.append(
            (
                name, str(len(found["readlist"])), _short(ours.auc), _short(ours.precision), f"{ours.rank:.1%}",
                _short(ours.ndcg), *(_short(means[each].ndcg) if each in means else "–" for each in YARDSTICKS),
                ", ".join(cells),
            )
        )  # fmt: skip
        print(" | ".join(self._rows[-1]), flush=True)

    def figure(self, name: str, value: str, beside: str = "", reach: str = "", is_reached: bool | None = None) -> None:
        """Take in a single figure, and print it."""
        self._figures.append((name, value, beside, f"{reach}{ {True: ' ✓', False: ' ✗', None: ''}[is_reached] }"))
        print(" | ".join(self._figures[-1]), flush=True)

    def print_in(self, table: Table) -> None:
        """Have the tables printed at the end."""
        head = ("users", "n", "AUC", "P@10", "median rank", "nDCG@10 by week", *YARDSTICKS, "reach")
        if self._rows:
            table.lines.append(markdown([head, *self._rows]))
        if self._figures:
            table.lines.append(markdown([("figure", "readlist", "beside", "reach"), *self._figures]))


_NAMES = {"auc": "AUC", "ndcg": "nDCG", "precision": "P@10", "rank": "rank"}


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
