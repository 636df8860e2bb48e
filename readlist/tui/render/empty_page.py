"""A page for a list without papers: its lines wrapped, in the middle; pure."""

from __future__ import annotations

from rich.cells import cell_len

from readlist.tui.render.line_breaks import line_spans

_MARGIN = 2
_MEASURE = 60


def empty_page(text: str, width: int, height: int) -> list[str]:
    """Return the lines of a text in the middle of a pane, from its first row; those below it are left out."""
    room = min(_MEASURE, width - 2 * _MARGIN)
    if room < 2 or not text:
        return []
    lines = [part[start:stop] for part in text.split("\n") for start, stop in line_spans(part, room)]
    above = max(0, (height - len(lines)) // 2)
    return [""] * above + [" " * ((width - cell_len(line)) // 2) + line for line in lines]
