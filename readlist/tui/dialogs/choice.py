"""A menu of a few offers, of which one is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog
from readlist.tui.keymap import KeyMap, spelled


class Choice(Dialog[int]):
    """Offers several things; returns the place of the one taken, from 0."""

    context: ClassVar[Context] = "choice"

    def __init__(self, keys: KeyMap, title: str, offers: Sequence[tuple[str, str]]) -> None:
        super().__init__(keys)
        self._title = title
        self._offers = offers

    def compose(self) -> ComposeResult:
        """Lay out the offers, each with its key."""
        numbers = self.keys["choice_number"]
        signs = [spelled(key) for key in numbers] or [" "]
        signs += [str(number) if numbers else " " for number in range(len(signs) + 1, len(self._offers) + 1)]
        before = "a number or " if all(key.isdigit() for key in numbers) else "its key or "
        hint = self.keys.hint(
            "{before}{key:dialog_accept} takes one", "{key:dialog_leave} leaves", before=before if numbers else ""
        )
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            yield OptionList(
                *(
                    Option(Content.assemble((f"{sign} ", "$text-muted"), (what, "bold"), f"  {text}"))
                    for sign, (what, text) in zip(signs, self._offers, strict=False)
                ),
                compact=True,
            )
            yield Static(Content(hint), classes="hint")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the place of what was taken."""
        self.answer(event.option_index)

    def accept(self) -> None:
        """Return the place of the offer under the cursor."""
        self.answer(self.query_one(OptionList).highlighted)

    def accept_number(self) -> None:
        """Return the place of the offer whose key was pressed."""
        place = self.keys["choice_number"].index(self.pressed)
        if place < len(self._offers):
            self.answer(place)
