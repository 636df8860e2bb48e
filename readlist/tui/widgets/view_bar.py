"""The header: which view is shown, how the others stand, and where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from readlist.tui.commands import VIEW_COMMANDS
from readlist.tui.keymap import KeyMap


class _Position(Widget):
    """Where the cursor is: a widget of its own, so that a step of the cursor draws it alone."""

    text: reactive[str] = reactive("")

    def watch_text(self, before: str, now: str) -> None:
        """Take the room the text needs."""
        if cell_len(now) != cell_len(before):
            self.styles.width = cell_len(now)

    def render(self) -> Content:
        """Draw it."""
        return Content(self.text)


class ViewBar(Widget):
    """The views' names with their counts at the left, the cursor's position at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"view-bar--{name}" for name in ("current", "other", "count", "name")}

    titles: reactive[tuple[tuple[str, int | None], ...]] = reactive(())
    shown: reactive[int] = reactive(0)
    position: reactive[str] = reactive("", repaint=False)

    def __init__(self, keys: KeyMap, names: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(ViewBar.titles, tuple((name, None) for name in names))
        self._position = _Position()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Put the position over the right end."""
        yield self._position

    def watch_position(self, before: str, now: str) -> None:
        """Show the position; the names are drawn anew only when it leaves them more room or less."""
        self._position.text = now
        if cell_len(now) != cell_len(before):
            self.refresh()

    def on_mount(self) -> None:
        """Look like tabs, not like links."""
        self.auto_links = False

    def render(self) -> Content:
        """Draw as much as fits: all with counts, all without, the shown one alone; the position always."""
        room = self.size.width - cell_len(self.position)
        for named, counted, alone in ((True, True, False), (False, True, False), (False, False, False)):
            tabs = self._tabs(named, counted, alone)
            if tabs.cell_length <= room:
                break
        else:
            tabs = self._tabs(False, True, True).truncate(max(0, room))
        return tabs

    def _tabs(self, named: bool, counted: bool, alone: bool) -> Content:
        style = self.get_visual_style
        pieces = [Content.styled(" readlist ", style("view-bar--name"))] if named else []
        for place, (name, count) in enumerate(self.titles):
            current = place == self.shown
            if alone and not current:
                continue
            click = Style.from_meta({"@click": ("screen.view", (place,))})
            label = f" {self._key(place)}{name} "
            text = Content.styled(label, style("view-bar--current" if current else "view-bar--other"))
            if count is not None and (counted or current):
                text += Content.styled(f"{count:,} ", style("view-bar--current" if current else "view-bar--count"))
            pieces.append(text.stylize(click))
        return Content("").join(pieces)

    def _key(self, place: int) -> str:
        """Return the key of a view before its name; of those that can have none, the number."""
        if place >= len(VIEW_COMMANDS):
            return f"{place + 1} "
        name = VIEW_COMMANDS[place]
        return f"{self._keys.first(name)} " if self._keys[name] else ""
