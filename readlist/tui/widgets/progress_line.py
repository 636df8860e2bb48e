"""One line that tells how far a long piece of work has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from readlist.text.clean import drawable

if TYPE_CHECKING:
    from readlist.services import Progress

_BAR = 24


class ProgressLine(Widget):
    """Shows a name, a bar and a share."""

    done: reactive[float] = reactive(0.0)
    name_shown: reactive[str] = reactive("")

    def __init__(self, doing: str) -> None:
        super().__init__()
        self._doing = doing

    def report(self, progress: Progress) -> None:
        """Take note of how far the work is."""
        self.done = progress.share if progress.total else 0.0
        self.name_shown = progress.name

    def render(self) -> Content:
        """Draw the line."""
        filled = int(self.done * _BAR)
        bar = "━" * filled + "╺" * (_BAR - filled)
        share = f"  {bar} {self.done:4.0%}" if self.done else " …"
        return Content(f" {self._doing} {drawable(self.name_shown)}{share}")
