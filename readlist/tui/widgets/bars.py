"""The bars of the reading screen: header, search, link, footer."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.color import Color as TerminalColor
from rich.segment import Segment, Segments
from rich.style import Style as TerminalStyle
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.scrollbar import ScrollBarRender
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, Static

from readlist.text.clean import drawable
from readlist.tui.commands import VIEW_COMMANDS, Command
from readlist.tui.keymap import KeyMap
from readlist.tui.render.signs import Signs
from readlist.tui.widgets.text_field import Complete, SearchField, keys_taken

_BLACK = TerminalColor.parse("black")


class _Position(Widget):
    """The cursor's position: a widget of its own, so that moving the cursor draws it alone."""

    text: reactive[str] = reactive("")

    def watch_text(self, before: str, now: str) -> None:
        """Fit the width to the text."""
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
        """Show the position; the names are drawn again only when its width changes."""
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


class SearchBar(Horizontal):
    """A slash, the field and the number of results; implements `SearchLine`."""

    def __init__(self, screen: Screen[None], keys: KeyMap) -> None:
        super().__init__(id="search-bar")
        self._owner = screen
        self._keys = keys
        self._joining = asyncio.Lock()

    @functools.cached_property
    def field(self) -> SearchField:
        """The field that is typed into."""
        return SearchField(self._keys)

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static("/", id="search-sign", markup=False)
        yield self.field
        yield Static("", id="search-count", markup=False)

    async def join(self) -> None:
        """Mount it, hidden, unless it is mounted."""
        async with self._joining:
            # The screen may have been closed meanwhile.
            if self._owner.is_attached and not self.is_attached:
                self.display = False
                await self._owner.mount(self, before="#panes")

    @property
    def text(self) -> str:
        """The text typed."""
        return self.field.value

    @text.setter
    def text(self, text: str) -> None:
        self.field.value = text
        self.field.cursor_position = len(text)

    @property
    def open(self) -> bool:
        """Whether it is shown."""
        return self.is_attached and self.display

    @property
    def suggested(self) -> str:
        """The suggested text; empty for none."""
        return self.field.suggested

    async def show(self, complete: Complete) -> None:
        """Show and focus it."""
        await self.join()
        self.display = True
        self.field.completer.complete = complete
        self._owner.set_focus(self.field)

    def hide(self) -> None:
        """Hide it."""
        self.display = False

    def clear(self) -> None:
        """Empty it, without a search."""
        with self.prevent(Input.Changed):
            self.field.value = ""
        self.count("")

    async def settled(self) -> None:
        """Wait until it has handled every key sent to it."""
        await keys_taken(self.field)

    def count(self, text: str, *, wrong: Sequence[tuple[int, int]] = ()) -> None:
        """Show the number of results, or what is wrong with the query, underlined."""
        if not self.is_attached:
            return
        label = self.query_one("#search-count", Static)
        label.update(Content(text))
        label.set_class(bool(wrong), "problem")
        if self.field.underline.places != wrong:
            self.field.underline.places = wrong
            self.field.refresh()


_LINES = 8


class LinkBar(Static):
    """Shows what was to be copied, for the mouse, or asks whether it arrived; goes with the next key.

    Nothing is beside the text, so that what the mouse selects is the text alone.

    Attributes:
        asks: whether it asks.
    """

    def __init__(self, keys: KeyMap, text: str, question: str, signs: Signs) -> None:
        self.asks = bool(question)
        between = f" {signs.dot} "
        if question:
            answers = keys.hint("{key:copy_arrived} yes", "{key:copy_lost} no", between=between)
            shown = Content.assemble((f"{drawable(question)} ", "bold"), (f"Did it arrive? {answers}", "$accent"))
        else:
            lines = [drawable(part) for part in text.split("\n")]
            more = f"{between}first {_LINES} of {len(lines):,} lines" if lines[_LINES:] else ""
            # The program has the mouse; terminals select with Shift, those of a Mac with Option.
            hint = f"Shift-drag to copy{between}any key closes{more}"
            shown = Content("\n").join([Content.styled(hint, "$accent"), *map(Content, lines[:_LINES])])
        super().__init__(shown, markup=False)


class ThinBar(ScrollBarRender):
    """A scroll bar that is a line, one cell for each step."""

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: TerminalColor = _BLACK,
        bar_color: TerminalColor = _BLACK,
    ) -> Segments:
        """Return the cells of the bar; what is pressed on them is Textual's."""
        if not (vertical and window_size and size and virtual_size > window_size):
            return super().render_bar(
                size, virtual_size, window_size, position, thickness, vertical, back_color, bar_color
            )
        length = max(1, round(size * window_size / virtual_size))
        top = round((size - length) * position / (virtual_size - window_size))
        top = max(0, min(size - length, top))
        above, below = ({"@mouse.down": action} for action in ("scroll_up", "scroll_down"))
        blank, bar = " " * thickness, "┃".rjust(thickness)
        line = TerminalStyle(color=bar_color, bgcolor=back_color, meta={"@mouse.down": "grab"})
        upper, lower = (TerminalStyle(bgcolor=back_color, meta=meta) for meta in (above, below))
        return Segments(
            [
                *[Segment(blank, upper)] * top,
                *[Segment(bar, line)] * length,
                *[Segment(blank, lower)] * (size - top - length),
            ],
            new_lines=True,
        )


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
        """Draw the commands that fit, by rank."""
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
