"""The list pane: draws the visible rows of the list's state."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from readlist.shelf import Entry
from readlist.tui.render.empty_page import empty_page
from readlist.tui.render.list_row import row
from readlist.tui.render.signs import SIGNS, Signs
from readlist.tui.render.strips import joined, legible
from readlist.tui.state import ListState

_STYLES = ("bar", "selected", "alarm", "new", "unread", "star", "note", "code", "title", "read", "votes", "day")
_STAR_CELL = 2


class PaperList(ScrollView, can_focus=True):
    """Shows entries one line each; a row is drawn again only if it has changed.

    Attributes:
        today: today's date; set by the screen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paper-list--cursor",
        "paper-list--row",
        *(f"paper-list--{name}" for name in _STYLES),
    }

    class RowPressed(Message):
        """The mouse was pressed on a row."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class StarClicked(Message):
        """The star of a row was clicked."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, state: ListState, *, id: str | None = None, signs: Signs = SIGNS) -> None:  # noqa: A002
        super().__init__(id=id)
        self.today = date.min
        self._state = state
        self._signs = signs
        self._cursor_drawn = 0
        self._lines_drawn: list[object] = []
        self._looks: dict[tuple[str, bool], Style] = {}

    def show_changes(self, *, in_place: bool = False) -> None:
        """Draw the lines that have changed, with the cursor visible.

        Args:
            in_place: scroll so that the cursor stays on its line, as far as possible.
        """
        above = self._cursor_drawn - self.scroll_offset.y
        self._cursor_drawn = self._state.cursor
        self._measure()
        if in_place:
            self.scroll_to(y=max(0, self._state.cursor - above), animate=False, immediate=True)
        self._follow_cursor()
        width = self.scrollable_content_region.width
        for y, drawn in enumerate(self._lines_drawn[: self.size.height]):
            if drawn != self._line_at(y):
                self.refresh(Region(0, y, width, 1))

    def _measure(self) -> None:
        """Set the list's length without a new layout of the screen: the scroll bar always has its room."""
        length = len(self._state.ids)
        if length != self.virtual_size.height:
            self.set_reactive(PaperList.virtual_size, Size(1, length))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = max(length, self.size.height)
        if self.scroll_offset.y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)

    def _follow_cursor(self) -> None:
        cursor, top, height = self._state.cursor, self.scroll_offset.y, max(1, self.size.height)
        if cursor < top:
            self.scroll_to(y=cursor, animate=False, immediate=True)
        elif cursor >= top + height:
            self.scroll_to(y=cursor - height + 1, animate=False, immediate=True)

    def on_resize(self) -> None:
        """Keep the cursor visible when the pane changes its size."""
        self._state.height = self.size.height
        self._measure()
        self._follow_cursor()

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Say on which row the mouse is pressed."""
        place = event.y + self.scroll_offset.y
        if place < len(self._state.ids):
            self.post_message(self.RowPressed(place))

    def on_click(self, event: events.Click) -> None:
        """Say that a paper's star was clicked."""
        entry = self._state.entry_at(event.y + self.scroll_offset.y)
        if entry is not None and event.x == _STAR_CELL:
            self.post_message(self.StarClicked(entry))

    # Drawing

    def _line_at(self, y: int) -> object:
        """Return what a visible line is drawn from."""
        state, place = self._state, y + self.scroll_offset.y
        if place >= len(state.ids):
            return None if state.ids else state.empty
        entry = state.entry_at(place)
        selected = entry is not None and entry.id in state.selection
        return entry, place == state.cursor, selected, state.by_date, state.last_visit

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        while len(self._lines_drawn) <= y:
            self._lines_drawn.append(None)
        self._lines_drawn[y] = self._line_at(y)
        state, place, width = self._state, y + self.scroll_offset.y, self.scrollable_content_region.width
        if place >= len(state.ids):
            return self._blank_line(y, width)
        on_cursor = place == state.cursor
        entry = state.entry_at(place)
        if entry is None:
            return Strip.blank(width, self._look("", on_cursor))
        pieces = row(
            entry,
            width,
            self.today,
            cursor=on_cursor,
            selected=entry.id in state.selection,
            new=state.last_visit is None or entry.added > state.last_visit,
            by_date=state.by_date,
            signs=self._signs,
        )
        segments = [Segment(text, self._look(name, on_cursor)) for text, name in pieces]
        return joined(segments).adjust_cell_length(width, self._look("", on_cursor))

    def _look(self, name: str, on_cursor: bool) -> Style:
        """Return the style of a piece of a row, cached for each theme."""
        look = self._looks.get((name, on_cursor))
        if look is None:
            classes = ["row", *([name] if name else []), *(["cursor"] if on_cursor else [])]
            look = self.get_visual_style(*(f"paper-list--{each}" for each in classes)).rich_style
            if on_cursor:
                # Themes don't match the colours of text and cursor.
                look = legible(look)
            self._looks[name, on_cursor] = look
        return look

    def notify_style_update(self) -> None:
        """Draw in the new theme's colours."""
        super().notify_style_update()
        self._looks.clear()

    def _blank_line(self, y: int, width: int) -> Strip:
        style = self.get_visual_style("paper-list--row", "paper-list--read").rich_style
        lines = empty_page(self._state.empty, width, self.size.height) if not self._state.ids else []
        if y < len(lines):
            return Strip([Segment(lines[y], style)]).adjust_cell_length(width, style)
        return Strip.blank(width, style)
