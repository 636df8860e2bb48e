"""The command palette: finds commands and themes by what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Input, OptionList

from readlist.text.clean import fold
from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog, Frame, Items
from readlist.tui.keymap import KeyMap, spelled_all
from readlist.tui.render.columns import Column
from readlist.tui.widgets.message_queue import keys_taken
from readlist.tui.widgets.text_field import TextField

_COLUMNS = (Column(style="$accent"), Column(style="bold", least=12), Column(style="$muted", least=10, rank=2))


class Palette(Dialog[str]):
    """Finds commands (`command:NAME`) and themes (`theme:NAME`) with all the words typed."""

    context: ClassVar[Context] = "palette"

    def __init__(self, keys: KeyMap, themes: Sequence[str], *, ascii_only: bool = False) -> None:
        """Make the palette.

        Args:
            keys: every command's keys.
            themes: the names of the themes.
            ascii_only: name arrow keys in words.
        """
        super().__init__(keys)
        self._offers = palette_offers(keys, themes, ascii_only=ascii_only)
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the field and the items."""
        with Frame("Commands", self.hints("{key:dialog_accept}: run", "{key:prompt_leave}: cancel"), kind="palette"):
            yield TextField(placeholder="star, sort, theme …", compact=True)
            yield Items(_COLUMNS, empty="Nothing found. A command has all the words typed.")

    def on_mount(self) -> None:
        """Show all commands at first."""
        self._offer("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has all the words typed."""
        event.stop()
        self._offer(event.value)

    def _offer(self, typed: str) -> None:
        words = fold(typed).split()
        found = [
            offer
            for offer in self._offers
            # Themes have a list of their own, but are found by their names.
            if (words or not offer[0].startswith("theme:"))
            if all(word in fold(f"{offer[2]} {offer[3]}") for word in words)
        ]
        found.sort(key=lambda offer: _rank(fold(offer[2]), words))
        self._found = [name for name, *_ in found]
        self.query_one(Items).show([(keys, title, help_) for _, keys, title, help_ in found])
        self.query_one(Frame).count = str(len(found))

    async def accept(self) -> None:
        """Return the item under the cursor."""
        field = self.query_one(Input)
        await keys_taken(field)
        place = self.query_one(OptionList).highlighted
        typed = fold(field.value).split()
        if typed and not place:
            self._offer(field.value)
            place = 0
        self.answer(self._found[place] if place is not None and place < len(self._found) else None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the item that was clicked."""
        self.answer(self._found[event.option_index])


def palette_offers(keys: KeyMap, themes: Sequence[str], *, ascii_only: bool = False) -> list[tuple[str, str, str, str]]:
    """Return the items of the palette: value, keys, title and help of each."""

    def shown(name: str) -> str:
        return spelled_all(keys[name][:2], ascii_only=ascii_only)

    offers = [
        (f"command:{command.name}", shown(command.name), command.title, command.help)
        for command in sorted(keys.commands, key=lambda command: keys.groups.index(command.group))
        if "list" in command.contexts and command.name != "palette"
    ]
    return offers + [(f"theme:{name}", "", f"Theme: {name}", "") for name in themes]


def _rank(title: str, words: list[str]) -> int:
    """Return 0 for a title that begins as typed, 1 for one with the words, 2 if only the help has them."""
    if words and title.startswith(" ".join(words)):
        return 0
    return 1 if all(word in title for word in words) else 2
