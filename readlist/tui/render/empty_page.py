"""A page for a list without papers: its lines wrapped, in the middle; pure."""

from __future__ import annotations

from textual.content import Content

_MARGIN = 2
_MEASURE = 60


def empty_page(text: str, width: int, height: int) -> list[str]:
    """Return the lines of a text in the middle of a pane, from its first row; those below it are left out."""
    room = min(_MEASURE, width - 2 * _MARGIN)
    if room <= 0 or not text:
        return []
    lines = [line for part in text.split("\n") for line in Content(part).wrap(room)] if text else []
    above = max(0, (height - len(lines)) // 2)
    return [""] * above + [" " * ((width - line.cell_length) // 2) + line.plain for line in lines]
