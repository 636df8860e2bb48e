"""A text shown large enough to be selected with the mouse, for when no clipboard can be trusted."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from readlist.text.clean import drawable


class LinkBar(Static):
    """Shows what was to be copied, over the whole width, until Esc or another paper."""

    def __init__(self, text: str) -> None:
        lines = [drawable(part) for part in text.split("\n")[:5]]
        super().__init__(Content("\n".join(lines)), markup=False)
        # The program has the mouse: a terminal selects with Shift, those of a Mac with Option.
        self.border_title = "Not on your clipboard? Select it with Shift and the mouse · Esc closes"
