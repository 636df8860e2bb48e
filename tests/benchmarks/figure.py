"""Figures beside their references, and the tables they are printed in."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from msgspec import Struct


class Figure(Struct, frozen=True):
    """What was measured.

    Attributes:
        name: what it is.
        ours: what readlist took.
        reference: what the reference took in the same run; empty if there is none.
        ratio: what our median may be of the reference's; None for no target.
        most: what our median may be; None for no target.
        unit: of all of them.
        beside: what the reference is.
        worst: what our longest may be; None for no target.
        late: what our 95th percentile may be of the reference's; None for no target.
    """

    name: str
    ours: Sequence[float]
    reference: Sequence[float] = ()
    ratio: float | None = None
    most: float | None = None
    unit: str = "ms"
    beside: str = ""
    worst: float | None = None
    late: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether all that is wished for is reached; None where nothing is."""
        wished = []
        if self.ratio is not None and self.reference:
            wished.append(median(self.ours) <= self.ratio * median(self.reference))
        if self.most is not None:
            wished.append(median(self.ours) <= self.most)
        if self.worst is not None:
            wished.append(max(self.ours) <= self.worst)
        if self.late is not None and self.reference:
            wished.append(_p95(self.ours) <= self.late * _p95(self.reference))
        return all(wished) if wished else None

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row of the table."""
        ours = sorted(self.ours)
        ratio = f"{median(ours) / median(self.reference):.2f}×" if self.reference else ""
        targets = [f"≤ {self.most:g} {self.unit}"] if self.most is not None else []
        targets += [f"max ≤ {self.worst:g} {self.unit}"] if self.worst is not None else []
        targets += [f"≤ {self.ratio:g}×"] if self.ratio is not None else []
        if self.late is not None and self.reference:
            ratio += f", p95 {_p95(self.ours) / _p95(self.reference):.2f}×"
            targets.append(f"p95 ≤ {self.late:g}×")
        return (
            self.name,
            _shown(median(ours), self.unit),
            _shown(_p95(ours), self.unit) if len(ours) > 1 else "",
            _shown(ours[-1], self.unit) if len(ours) > 1 else "",
            f"{_shown(median(self.reference), self.unit)} ({self.beside})" if self.reference else "–",
            ratio,
            ", ".join(targets) + {True: " ✓", False: " ✗", None: ""}[self.reached],
        )


class Table:
    """Figures in the order in which they came, and lines of other things."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.growth: dict[str, dict[int, float]] = {}
        self.lines: list[str] = []

    def add(self, figure: Figure) -> None:
        """Take in a figure, and print it at once."""
        self.figures.append(figure)
        print(" | ".join(figure.cells()), flush=True)

    def grow(self, name: str, size: int, value: float) -> None:
        """Take in a figure for a number of papers."""
        self.growth.setdefault(name, {})[size] = value
        print(f"{name}: {size:,} papers: {value:.2f}", flush=True)

    def text(self) -> str:
        """Return the tables in Markdown."""
        rows = [
            ("figure", "median", "p95", "max", "reference", "ratio", "reach"),
            *(figure.cells() for figure in self.figures),
        ]
        parts = [markdown(rows)] if self.figures else []
        if self.growth:
            sizes = sorted({size for some in self.growth.values() for size in some})
            head = ("how it grows, medians", *(f"{size:,}" for size in sizes))
            body = [
                (name, *(f"{some[size]:,.2f}" if size in some else "" for size in sizes))
                for name, some in self.growth.items()
            ]
            parts.append(markdown([head, *body]))
        return "\n\n".join([*parts, *self.lines])


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * 95 // 100)]


def _shown(value: float, unit: str) -> str:
    return f"{value:,.2f} {unit}" if value < 10 else f"{value:,.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"


def markdown(rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table, the head first."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])
