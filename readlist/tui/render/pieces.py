"""Lines as pieces of text, each with the name of its look: their cells, as much as fits, what differs; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeAlias, TypeVar, cast

from rich.cells import cell_len, set_cell_size

Piece: TypeAlias = tuple[str, str]
"""A text and the name of its look."""

Action: TypeAlias = tuple[str, tuple[object, ...]]
"""What a click runs: an action of Textual's and its arguments."""

ClickPiece: TypeAlias = tuple[str, str, Action | None]
"""A text, the name of its look, and what a click on it runs."""

_Any = TypeVar("_Any", bound=tuple[str, *tuple[object, ...]])
_Look = TypeVar("_Look")
_NEAR = 12
"""Cells that are sent again rather than gone over."""


def cells_of(pieces: Iterable[Piece] | Iterable[ClickPiece]) -> int:
    """Return how many cells some pieces take."""
    return sum(cell_len(piece[0]) for piece in pieces)


def clipped(pieces: Sequence[_Any], width: int) -> list[_Any]:
    """Return as much of some pieces as fits."""
    fitting: list[_Any] = []
    for piece in pieces:
        size, room = cell_len(piece[0]), max(0, width)
        fitting.append(piece if size <= room else cast(_Any, (set_cell_size(piece[0], room), *piece[1:])))
        width -= size
    return [each for each in fitting if each[0]]


def changed_cells(before: Sequence[ClickPiece], after: Sequence[ClickPiece]) -> list[tuple[int, int]]:
    """Return the spans of cells in which two lines differ; see `differing_spans`."""
    old, new = ([*cells(((text, look) for text, look, _ in pieces))] for pieces in (before, after))
    return differing_spans(old, new)


def differing_spans(old: Sequence[object], new: Sequence[object]) -> list[tuple[int, int]]:
    """Return the spans of cells, from the first to behind the last, in which two lines differ.

    Spans with only a few equal cells between them are one: to go to the next one has its price, too.
    """
    spans: list[tuple[int, int]] = []
    for place, (one, other) in enumerate(zip_longest(old, new)):
        if one == other:
            continue
        if spans and place - spans[-1][1] < _NEAR:
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    return spans


def cells(pieces: Iterable[tuple[str, _Look]]) -> Iterator[tuple[str, _Look]]:
    """Yield what is drawn in each cell: a letter with its marks and its look.

    The two cells of a wide letter differ, so that no span begins or ends between them.
    """
    for text, look in pieces:
        if text.isascii():
            yield from ((letter, look) for letter in text)
            continue
        letter = ""
        for sign in text:
            if letter and not cell_len(sign):
                letter += sign
                continue
            yield from _cells_of(letter, look)
            letter = sign
        yield from _cells_of(letter, look)


def _cells_of(letter: str, look: _Look) -> Iterator[tuple[str, _Look]]:
    yield from ((f"{letter}{half or ''}", look) for half in range(cell_len(letter)))
