"""The card of a first run: what the papers are, the first keys, what the signs mean, when one's own come; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from readlist.text.clean import counted
from readlist.tui.keymap import KeyMap
from readlist.tui.render.signs import Signs
from readlist.tui.render.text_block import BLANK, Block

_KEYS = (("done", "done"), ("star", "star"), ("note", "note"), ("copy_link", "copy"), ("undo", "undo"))
_SIGNS = (
    ("new", "new"), ("unread", "unread"), ("code", "code"), ("star", "starred"), ("note", "note"),
    ("upvote", "upvotes"),
)  # fmt: skip
_MORE = (("refresh", "fetch"), ("import_page", "import"), ("help", "all keys"))
_IN_LITTLE_ROOM = ("new", "unread", "code", "upvote")
_NARROW = 40
_GAP = 3


def first_run_card(papers: int, keys: KeyMap, signs: Signs, width: int) -> list[Block]:
    """Return the card for a width; a narrow one is short."""
    what = Content.styled(f"{counted(papers, 'sample paper')} to try the keys on", "title")
    named = [(keys.first(name), word) for name, word in _KEYS if keys[name]]
    if width < _NARROW:
        legend = [(getattr(signs, name), word) for name, word in _SIGNS if name in _IN_LITTLE_ROOM]
        yours = Content(keys.text("Your papers: by {key:refresh}, or with {key:import_page} (import)"))
        return [Block(what), *_rows(named, width, " "), *_rows(legend, width, " "), Block(yours)]
    legend = [(getattr(signs, name), word) for name, word in _SIGNS]
    yours = Content("Your papers come from the feeds, or from a saved page.")
    more = [(keys.first(name), word) for name, word in _MORE if keys[name]]
    return [
        Block(what),
        Block(Content.styled("Their upvotes are made up.", "faint")),
        BLANK,
        *_grid(named, width),
        BLANK,
        *_grid(legend, width),
        BLANK,
        Block(yours),
        *_grid(more, width),
    ]


def _rows(pairs: Sequence[tuple[str, str]], width: int, between: str) -> Iterator[Block]:
    """Yield keys or signs with their words, as many on a line as fit whole."""
    row: list[Content] = []
    for sign, word in pairs:
        piece = Content.assemble((sign, "key"), f" {word}")
        if row and _joined([*row, piece], between).cell_length > width:
            yield Block(_joined(row, between))
            row = []
        row.append(piece)
    if row:
        yield Block(_joined(row, between))


def _grid(pairs: Sequence[tuple[str, str]], width: int) -> Iterator[Block]:
    """Yield keys or signs with their words in columns, on as few lines of about the same length as fit."""
    if len(one := list(_rows(pairs, width, " " * _GAP))) < 2:
        yield from one
        return
    sign_cells = max(cell_len(sign) for sign, _ in pairs)
    cells = sign_cells + 1 + max(cell_len(word) for _, word in pairs)
    lines = ceil(len(pairs) / max(1, (width + _GAP) // (cells + _GAP)))
    columns = ceil(len(pairs) / lines)
    for first in range(0, len(pairs), columns):
        row = [
            Content.assemble(
                (set_cell_size(sign, sign_cells), "key"), f" {set_cell_size(word, cells - sign_cells - 1)}"
            )
            for sign, word in pairs[first : first + columns]
        ]
        yield Block(_joined(row, " " * _GAP).rstrip())


def _joined(pieces: Iterable[Content], between: str) -> Content:
    return Content(between).join(pieces)
