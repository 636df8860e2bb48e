"""One line that tells how far a long piece of work has come; it shows itself after a second."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from readlist.text import drawable

_BAR = 24


class ProgressLine(Widget):
    """Shows a name, a bar and a share."""

    done: reactive[float] = reactive(0.0)
    name_shown: reactive[str] = reactive("")

    def on_mount(self) -> None:
        """Stay out of sight for work that is over within a second."""
        self.display = False
        self.set_timer(1.0, self._appear)

    def _appear(self) -> None:
        self.display = True

    def report(self, done: int, total: int, name: str) -> None:
        """Take note of how far the work is."""
        self.done = done / total if total else 0.0
        self.name_shown = name

    def render(self) -> Content:
        """Draw the line."""
        filled = int(self.done * _BAR)
        bar = "━" * filled + "╺" * (_BAR - filled)
        return Content(f" Importing {drawable(self.name_shown)}  {bar} {self.done:4.0%}")
