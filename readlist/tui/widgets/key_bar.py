"""The footer: the keys that apply now."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from readlist.tui.commands import Command
from readlist.tui.keymap import KeyMap


class KeyBar(Widget):
    """Shows keys and their words, as many as fit, the most wanted first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--word"}

    commands: reactive[tuple[Command, ...]] = reactive(())

    def __init__(self, keys: KeyMap, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._keys = keys

    def on_mount(self) -> None:
        """Look like keys, not like links."""
        self.auto_links = False

    def render(self) -> RenderResult:
        """Draw what fits whole, in the order of the command table's ranks."""
        key_style, word_style = self.get_visual_style("key-bar--key"), self.get_visual_style("key-bar--word")
        pieces: list[Content] = []
        room = self.size.width
        for command in self.commands:
            if not self._keys[command.name]:
                continue
            key, word = f" {self._keys.first(command.name)}", f" {command.footer} "
            room -= cell_len(key) + cell_len(word)
            if room < 0:
                break
            click = Style.from_meta({"@click": ("screen.command", (command.name,))})
            pieces.append(Content.assemble((key, key_style), (word, word_style)).stylize(click))
        return Content("").join(pieces)
