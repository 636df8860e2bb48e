"""The bars of the reading screen: header, search, link, footer."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.color import Color as TerminalColor
from rich.segment import Segment, Segments
from rich.style import Style as TerminalStyle
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.scrollbar import ScrollBarRender
from textual.widgets import Static

from readlist.text.clean import drawable
from readlist.tui.commands import FooterWord
from readlist.tui.keymap import KeyMap
from readlist.tui.render.bar_text import ViewHeader, footer_pieces, header_pieces
from readlist.tui.render.pieces import ClickPiece
from readlist.tui.render.signs import Signs
from readlist.tui.widgets.message_queue import keys_taken
from readlist.tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from readlist.tui.widgets.text_field import Complete, SearchField

SEARCH_FIELD = "search-field"
"""The id of the field of the search bar."""

_BLACK = TerminalColor.parse("black")


class ViewBar(TextLine):
    """The views' names with their counts at the left; position, order and the last fetch at the right."""

    def __init__(self, signs: Signs, clock: Callable[[], datetime]) -> None:
        super().__init__("view-bar")
        self._signs, self._clock = signs, clock
        self._header: ViewHeader | None = None

    def show(self, header: ViewHeader) -> None:
        """Show the state of the list."""
        if header != self._header:
            self._header = header
            self.draw()

    def pieces(self, width: int) -> Sequence[ClickPiece]:
        """Return as much as fits."""
        return header_pieces(self._header, width, self._clock(), self._signs) if self._header is not None else ()


class SearchBar:
    """A slash, the field and the number of results; implements `SearchLine`.

    They are made after the first paint, which needs none of them.
    """

    def __init__(self, screen: Screen[None], keys: KeyMap) -> None:
        self._owner = screen
        self._keys = keys
        self._joining = asyncio.Lock()

    @functools.cached_property
    def field(self) -> SearchField:
        """The field that is typed into."""
        from readlist.tui.widgets.text_field import SearchField

        return SearchField(self._keys, SEARCH_FIELD)

    @functools.cached_property
    def _count(self) -> Static:
        return Static("", id="search-count", markup=False)

    @functools.cached_property
    def _line(self) -> Horizontal:
        return Horizontal(Static("/", id="search-sign", markup=False), self.field, self._count, id="search-bar")

    async def join(self) -> None:
        """Mount it, hidden, unless it is mounted."""
        async with self._joining:
            # The screen may have been closed meanwhile.
            if self._owner.is_attached and not self._line.is_attached:
                self._line.display = False
                await self._owner.mount(self._line, before="#panes")

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
        return "_line" in vars(self) and self._line.is_attached and self._line.display

    @property
    def suggested(self) -> str:
        """The suggested text; empty for none."""
        return self.field.suggested

    async def show(self, complete: Complete) -> None:
        """Show and focus it."""
        await self.join()
        self._line.display = True
        self.field.completer.complete = complete
        self._owner.set_focus(self.field)

    def hide(self) -> None:
        """Hide it."""
        self._line.display = False

    def clear(self) -> None:
        """Empty it, without a search."""
        with self.field.prevent(self.field.Changed):
            self.field.value = ""
        self.count("")

    async def settled(self) -> None:
        """Wait until it has handled every key sent to it."""
        await keys_taken(self.field)

    def count(self, text: str, *, wrong: Sequence[tuple[int, int]] = ()) -> None:
        """Show the number of results, or what is wrong with the query, underlined."""
        if not self._line.is_attached:
            return
        self._count.update(Content(text))
        self._count.set_class(bool(wrong), "problem")
        if self.field.underline.places != wrong:
            self.field.underline.places = wrong
            self.field.refresh()


_LINES = 8


class LinkBar(Static):
    """Shows what was to be copied, for the mouse, or asks whether it arrived; goes with the next key.

    Nothing is beside the text, so that what the mouse selects is the text alone.
    """

    def __init__(self, keys: KeyMap, text: str, says: str, signs: Signs, *, asks: bool) -> None:
        between = f" {signs.dot} "
        if asks:
            answers = keys.hint("{key:copy_arrived} yes", "{key:copy_lost} no", between=between)
            shown = Content.assemble((f"{drawable(says)}. ", "bold"), (f"Did it arrive? {answers}", "$accent"))
        else:
            lines = [drawable(part) for part in text.split("\n")]
            more = f"{between}first {_LINES} of {len(lines):,} lines" if lines[_LINES:] else ""
            # The program has the mouse; terminals select with Shift, those of a Mac with Option.
            why = f"{drawable(says)}{between}" if says else ""
            hint = f"{why}Shift-drag to copy{between}any key closes{more}"
            shown = Content("\n").join([Content.styled(hint, "$accent"), *map(Content, lines[:_LINES])])
        super().__init__(shown, markup=False)


def bar_place(size: int, virtual_size: float, window_size: float, position: float) -> range:
    """Return the cells of a scroll bar that show where the window is; none if everything is in it."""
    if not window_size or not size or virtual_size <= window_size:
        return range(0)
    length = max(1, round(size * window_size / virtual_size))
    top = round((size - length) * position / (virtual_size - window_size))
    top = max(0, min(size - length, top))
    return range(top, top + length)


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
        bar = bar_place(size, virtual_size, window_size, position)
        above, below = ({"@mouse.down": action} for action in ("scroll_up", "scroll_down"))
        blank, drawn = " " * thickness, "┃".rjust(thickness)
        line = TerminalStyle(color=bar_color, bgcolor=back_color, meta={"@mouse.down": "grab"})
        upper, lower = (TerminalStyle(bgcolor=back_color, meta=meta) for meta in (above, below))
        return Segments(
            [
                *[Segment(blank, upper)] * bar.start,
                *[Segment(drawn, line)] * len(bar),
                *[Segment(blank, lower)] * (size - bar.stop),
            ],
            new_lines=True,
        )


class KeyBar(TextLine):
    """Keys and their words, as many as fit, the most wanted first."""

    def __init__(self, keys: KeyMap, signs: Signs) -> None:
        super().__init__("key-bar")
        self._keys, self._signs = keys, signs
        self._shown: tuple[Sequence[FooterWord], str] = ((), "")

    def show(self, words: Sequence[FooterWord], lead: str = "") -> None:
        """Show words, and what they act on."""
        if (words, lead) != self._shown:
            self._shown = (words, lead)
            self.draw()

    def pieces(self, width: int) -> Sequence[ClickPiece]:
        """Return the keys that fit."""
        words, lead = self._shown
        return footer_pieces(words, width, self._keys, lead=lead, signs=self._signs)
