"""The themes: the one under the cursor is shown at once, and kept when it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.theme import Theme
from textual.timer import Timer
from textual.widgets import OptionList

from readlist.tui.commands import Context
from readlist.tui.dialogs.dialog import Dialog, Frame, Items
from readlist.tui.keymap import KeyMap
from readlist.tui.render.columns import Column
from readlist.tui.render.signs import SIGNS

_COLUMNS = (Column(style="$success"), Column(style="bold", least=8), Column(style="$muted", rank=1))
# A new theme takes a tenth of a second to draw, too long for each row that a held key passes.
_RESTED = 0.06


class Themed(Protocol):
    """What has themes, and shows one."""

    theme: str
    """The name of the theme shown."""

    @property
    def available_themes(self) -> Mapping[str, Theme]:
        """All themes, by name."""


class ThemePicker(Dialog[str]):
    """Offers the themes; returns the name of the one chosen."""

    context: ClassVar[Context] = "choice"

    def __init__(self, keys: KeyMap, terminal: Themed) -> None:
        """Make the list.

        Args:
            keys: every command's keys.
            terminal: has the themes, and shows one.
        """
        super().__init__(keys)
        self._terminal = terminal
        self._before = terminal.theme
        themes = terminal.available_themes
        self._names = sorted(themes, key=lambda name: (_kind(themes[name]), name))
        self._soon: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the names."""
        rows = [
            (
                SIGNS.selected if name == self._before else " ",
                name,
                _kind(self._terminal.available_themes[name]),
            )
            for name in self._names
        ]
        with Frame("Theme", self.hints("{key:dialog_accept}: choose", "{key:dialog_leave}: cancel")) as frame:
            frame.count = str(len(rows))
            yield Items(_COLUMNS, rows, place=self._names.index(self._before))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the theme under the cursor once the cursor rests on it."""
        self._stop()
        self._soon = self.set_timer(_RESTED, lambda: self._preview(event.option_index))

    def _stop(self) -> None:
        if self._soon is not None:
            self._soon.stop()

    def _preview(self, place: int) -> None:
        if self.is_current:
            self._terminal.theme = self._names[place]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the theme that was clicked."""
        self._stop()
        self.answer(self._names[event.option_index])

    def accept(self) -> None:
        """Return the theme under the cursor."""
        self._stop()
        place = self.query_one(OptionList).highlighted
        self.answer(None if place is None else self._names[place])

    def accept_number(self) -> None:
        """Move the cursor to the theme of this number."""
        place = self.keys["choice_number"].index(self.pressed)
        if place < len(self._names):
            self.query_one(OptionList).highlighted = place

    def leave(self) -> None:
        """Return nothing, with the theme as it was."""
        self._stop()
        self._terminal.theme = self._before
        self.answer(None)


def _kind(theme: Theme) -> str:
    """Return what kind of theme it is."""
    if theme.ansi:
        return "terminal"
    return "dark" if theme.dark else "light"
