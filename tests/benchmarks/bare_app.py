"""The reference: the least Textual app with a list of forty lines and a detail."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import OptionList, Static

LINES = tuple(f"Line {number:02} of a list with as many words as a title has" for number in range(40))


class List(OptionList):
    """The list."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "cursor_down"), ("k", "cursor_up")]


class BareApp(App[None]):
    """Shows the list and, beside it, the line under the cursor."""

    CSS = "List { width: 1fr; } Static { width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit")]

    def compose(self) -> ComposeResult:
        """Make the two panes."""
        with Horizontal():
            yield List(*LINES)
            yield Static()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the line under the cursor."""
        self.query_one(Static).update(f"Detail of {event.option.prompt}")


if __name__ == "__main__":
    BareApp().run()
