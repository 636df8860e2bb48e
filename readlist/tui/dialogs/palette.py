"""The command palette: every command and theme by name, with its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from readlist.text.clean import fold
from readlist.tui.commands import COMMANDS, GROUPS, Context
from readlist.tui.dialogs.dialog import Dialog
from readlist.tui.keymap import KeyMap, spelled
from readlist.tui.widgets.text_field import TextField, keys_taken

_KEYS = 10


class Palette(Dialog[str]):
    """Offers commands (`command:NAME`) and themes (`theme:NAME`) that bear all the words typed."""

    context: ClassVar[Context] = "palette"

    def __init__(self, keys: KeyMap, themes: Sequence[str]) -> None:
        super().__init__(keys)
        self._offers = palette_offers(keys, themes)
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the field and the offers."""
        with Vertical(classes="box palette") as box:
            box.border_title = "Commands"
            box.border_subtitle = self.keys.hint("{key:dialog_accept} runs", "{key:prompt_leave} leaves")
            yield TextField(placeholder="star, sort, theme …", compact=True)
            yield OptionList(compact=True)

    def on_mount(self) -> None:
        """Offer everything at first."""
        self._offer("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer what bears the words typed."""
        event.stop()
        self._offer(event.value)

    def _offer(self, typed: str) -> None:
        words = fold(typed).split()
        found = [offer for offer in self._offers if all(word in fold(f"{offer[2]} {offer[3]}") for word in words)]
        found.sort(key=lambda offer: _rank(fold(offer[2]), words))
        self._found = [name for name, *_ in found]
        offers = self.query_one(OptionList)
        offers.clear_options()
        offers.add_options(
            Option(
                Content.assemble((keys + " " * max(1, _KEYS - cell_len(keys)), "$accent"), (title, "bold"), "  ", help_)
            )
            for _, keys, title, help_ in found
        )
        offers.highlighted = 0 if found else None

    async def accept(self) -> None:
        """Return the offer under the cursor."""
        field = self.query_one(Input)
        await keys_taken(field)
        place = self.query_one(OptionList).highlighted
        typed = fold(field.value).split()
        if typed and (place is None or place == 0):
            self._offer(field.value)
            place = 0
        self.answer(self._found[place] if place is not None and place < len(self._found) else None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the offer that was clicked."""
        self.answer(self._found[event.option_index])


def palette_offers(keys: KeyMap, themes: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return what the palette offers: what it returns, the keys, the title and a sentence of each."""
    offers = [
        (f"command:{command.name}", " ".join(map(spelled, keys[command.name])), command.title, command.help)
        for command in sorted(COMMANDS, key=lambda command: GROUPS.index(command.group))
        if "list" in command.contexts and command.name != "palette"
    ]
    return offers + [(f"theme:{name}", "", f"Theme: {name}", "Use these colours.") for name in themes]


def _rank(title: str, words: list[str]) -> int:
    """Return 0 for a title that begins as typed, 1 for one that bears the words, 2 for its sentence alone."""
    if words and title.startswith(" ".join(words)):
        return 0
    return 1 if all(word in title for word in words) else 2
