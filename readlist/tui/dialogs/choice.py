"""A menu of a few offers, of which one is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from readlist.tui.dialogs.dialog import Dialog


class Choice(Dialog[int]):
    """Offers several things; returns the place of the one taken, from 0."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", priority=True),
        Binding("enter", "take_highlighted", priority=True),
        Binding("j,down", "move(1)", priority=True),
        Binding("k,up", "move(-1)", priority=True),
        *(Binding(str(number), f"take({number - 1})", priority=True) for number in range(1, 10)),
    ]

    def __init__(self, title: str, offers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._offers = offers

    def compose(self) -> ComposeResult:
        """Lay out the offers, numbered."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield OptionList(
                *(
                    Option(Content.assemble((f"{number} ", "$text-muted"), (what, "bold"), f"  {text}"))
                    for number, (what, text) in enumerate(self._offers, 1)
                ),
                compact=True,
            )
            yield Static(Content("a number or Enter takes one · Esc leaves"), classes="hint")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the place of what was taken."""
        self.answer(event.option_index)

    def action_take_highlighted(self) -> None:
        """Return the place of the offer under the cursor."""
        self.answer(self.query_one(OptionList).highlighted)

    def action_take(self, place: int) -> None:
        """Return a place by its number."""
        if place < len(self._offers):
            self.answer(place)

    def action_move(self, step: int) -> None:
        """Move among the offers."""
        offers = self.query_one(OptionList)
        (offers.action_cursor_down if step > 0 else offers.action_cursor_up)()
