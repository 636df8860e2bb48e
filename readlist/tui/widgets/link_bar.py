"""A text shown large enough to be selected with the mouse, for when no clipboard can be trusted."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from readlist.text.clean import drawable
from readlist.tui.keymap import KeyMap


class LinkBar(Static):
    """Shows what was to be copied, over the whole width, until Esc or another paper."""

    def __init__(self, keys: KeyMap, text: str) -> None:
        lines = [drawable(part) for part in text.split("\n")[:5]]
        super().__init__(Content("\n".join(lines)), markup=False)
        # The program has the mouse: a terminal selects with Shift, those of a Mac with Option.
        selected = "Not on your clipboard? Select it with Shift and the mouse"
        self.border_title = keys.hint(selected, "{key:back} closes")
