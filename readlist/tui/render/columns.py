"""Rows in aligned columns that fit a width; pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content

from readlist.tui.render.signs import SIGNS, cut

_GAP = 2


def share(have: int, papers: int) -> str:
    """Return how many of some papers have something, as wide for each number."""
    return (f"{have} of {papers}" if have < papers else f"{papers}").ljust(len(f"{papers} of {papers}"))


class Column(Struct, frozen=True):
    """One column.

    Attributes:
        style: how its cells look, unless a cell says otherwise.
        right: whether its cells are at the right of it.
        least: the cells it may be cut to; 0 if it is never cut.
        rank: which column is cut and left out first where there is no room: the highest; those of rank 0 stay, and
            are cut when there is no other.
        heading: what is written above it.
    """

    style: str = ""
    right: bool = False
    least: int = 0
    rank: int = 0
    heading: str = ""


Cell = str | tuple[str, str]
"""A text, or a text and its style."""


def aligned(
    rows: Sequence[Sequence[Cell]], columns: Sequence[Column], width: int, sign: str = SIGNS.cut
) -> list[Content]:
    """Return rows whose cells begin in the same places, none wider than `width`.

    Columns are cut and left out until all fit; one that is empty takes no room.

    Args:
        rows: a cell for each column.
        columns: the columns.
        width: cells of a row.
        sign: what a cut text ends with.
    """
    texts = [[cell if isinstance(cell, str) else cell[0] for cell in row] for row in rows]
    widths = _widths(
        [max((cell_len(row[at]) for row in texts), default=0) for at in range(len(columns))], columns, width
    )
    return [_row(row, columns, widths, sign) for row in rows]


def _widths(natural: Sequence[int], columns: Sequence[Column], width: int) -> list[int]:
    """Return the width of each column, 0 for one that is left out."""
    widths = list(natural)
    # A terminal may have no room at all.
    while _whole(widths) > max(0, width):
        shown = [place for place, each in enumerate(widths) if each]
        rank = max(columns[place].rank for place in shown)
        for place in reversed(shown):
            column = columns[place]
            if column.least and (column.rank or not rank):
                widths[place] = max(min(column.least, widths[place]), widths[place] - (_whole(widths) - width))
        if _whole(widths) <= width:
            break
        if len(shown) == 1:
            widths[shown[0]] = max(0, width)
            break
        gone = max(shown, key=lambda place: (columns[place].rank, place))
        widths = [0 if place == gone or not widths[place] else natural[place] for place in range(len(columns))]
    return widths


def _whole(widths: Sequence[int]) -> int:
    shown = [each for each in widths if each]
    return sum(shown) + _GAP * max(0, len(shown) - 1)


def _row(row: Sequence[Cell], columns: Sequence[Column], widths: Sequence[int], sign: str) -> Content:
    pieces: list[tuple[str, str]] = []
    for cell, column, width in zip(row, columns, widths, strict=True):
        if not width:
            continue
        text, style = (cell, column.style) if isinstance(cell, str) else cell
        short = cut(text, min(width, cell_len(text)), sign)
        blank = " " * (width - cell_len(short))
        if pieces:
            pieces.append((" " * _GAP, ""))
        pieces += [(blank, ""), (short, style)] if column.right else [(short, style), (blank, "")]
    return Content.assemble(*(piece for piece in pieces if piece[0]))
