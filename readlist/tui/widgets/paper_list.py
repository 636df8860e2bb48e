"""The list pane: draws the visible rows of the list's state."""

from __future__ import annotations

from datetime import date
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from readlist.model.view import is_by_match, unreversed
from readlist.shelf import Entry
from readlist.tui.commands import TO_THE_END
from readlist.tui.groups import NO_GROUPS
from readlist.tui.render.empty_page import empty_page
from readlist.tui.render.list_row import Columns, end_row, group_row, row
from readlist.tui.render.looks import named_style
from readlist.tui.render.pieces import Piece
from readlist.tui.render.signs import SIGNS, Signs
from readlist.tui.render.strips import joined, one_coloured
from readlist.tui.state import ListState
from readlist.tui.widgets.line_view import LineView

_MARGIN = 4
"""Lines that stay visible above and below the cursor."""

_GROUPED_FROM = (44, 6)
"""The least width and height with room for the lines of groups."""

_ROWS_KEPT = 500

Ground = Literal["", "selected", "cursor"]


class PaperList(LineView, can_focus=True):
    """Shows entries one line each; a row is drawn again only if it has changed.

    In groups, the first line is always the head of the group that its row is in.

    Attributes:
        today: today's date; set by the screen.
    """

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
        # How many lines are above that of the cursor where there is room for some; all at the top of the list.
        self._above = TO_THE_END
        self._groups = NO_GROUPS
        self._columns = Columns()
        # What each line was drawn from, and how far the list was scrolled then.
        self._lines_drawn: list[object] = []
        self._top_drawn = 0
        # Whether lines may have other colours than they were drawn in.
        self._restyled = False
        self._looks: dict[tuple[str, Ground], Style] = {}
        # Rows as they were drawn, and from what, by paper, whether the cursor is on it, and whether it is selected.
        self._rows: dict[tuple[int, bool, bool], tuple[object, Strip]] = {}

    def show_changes(self, *, in_place: bool = False) -> None:
        """Draw the lines that have changed, with the cursor visible.

        Args:
            in_place: scroll so that the cursor stays on its line, as far as possible.
        """
        self._draw_changes(self._cursor_drawn - self.scroll_offset.y if in_place else None)

    def _draw_changes(self, above: int | None) -> None:
        """Draw the lines that have changed, with some lines above that of the cursor, or as far as it has moved."""
        self._measure()
        self._cursor_drawn = self._groups.line_of(self._state.cursor)
        if above is not None:
            self.scroll_to(y=max(0, self._cursor_drawn - above), animate=False, immediate=True)
        self._follow_cursor()
        if self.size.height > 2 * _MARGIN:
            top = self.scroll_offset.y
            self._above = self._cursor_drawn - top if top else TO_THE_END
        # All are drawn where the list was scrolled, or by `take_scrolled` those that differ then.
        if self.size.region not in self._repaint_regions:
            self._ask_for_changed()

    def _ask_for_changed(self) -> None:
        """Ask for the lines that are to be drawn otherwise than they are."""
        width = self.scrollable_content_region.width
        for y, drawn in enumerate(self._lines_drawn[: self.size.height]):
            if drawn != self._line_at(y):
                self.refresh(Region(0, y, width, 1))

    def take_scrolled(self) -> int:
        """Return by how many lines the list was scrolled since it was painted, if that is all that happened and few.

        Lines that are the same when the terminal has moved them are then not drawn again.
        """
        up, height, drawn = self.scroll_offset.y - self._top_drawn, self.size.height, self._lines_drawn
        restyled, self._restyled = self._restyled, False
        scrolled_only = self._repaint_regions == {self.size.region} and not restyled and len(drawn) >= height
        if not scrolled_only or not 0 < abs(up) <= height // 2:
            return 0
        del drawn[height:]
        come = [None] * abs(up)
        self._lines_drawn = [*drawn[up:], *come] if up > 0 else [*come, *drawn[:up]]
        self._top_drawn = self.scroll_offset.y
        self._repaint_regions.clear()
        self._ask_for_changed()
        return up

    # Lines

    def _arrange(self) -> None:
        """Choose groups and columns: those there is room for, and of columns those a paper of the view fills."""
        state, (width, height) = self._state, _GROUPED_FROM
        # Loads the entries around the cursor, which may have what none had so far.
        _ = state.entry
        self._groups = state.groups if self.size.width >= width and self.size.height >= height else NO_GROUPS
        facts = state.facts
        days: Literal["published", "list"] = "published" if unreversed(state.order) == "date" else "list"
        self._columns = Columns(
            who=state.named,
            code=facts.code,
            star=facts.starred,
            note=facts.noted,
            upvotes=facts.upvotes,
            many=facts.many,
            match=is_by_match(state.order) and bool(state.matches.by_id),
            gained=state.gains is not None and state.gains.is_known,
            # The heads of groups say the day.
            day="" if state.order == "feed" and not state.search else days,
            selecting=bool(state.selection),
        )

    @property
    def _length(self) -> int:
        """How many lines there are: rows, heads of groups, and the end of a list that is longer than the pane."""
        lines = len(self._state.ids) + len(self._groups)
        return lines + 1 if lines > self.size.height else lines

    @property
    def page(self) -> int:
        """How many rows to go for a page of lines, so that no row is left out."""
        lines, groups = self.size.height - 1 - int(bool(self._groups)), self._groups
        cursor = self._state.cursor
        here = groups.line_of(cursor)
        crossed = max(
            groups.group_at(here + lines) - groups.group_at(here),
            groups.group_at(here) - groups.group_at(max(0, here - lines)),
        )
        return max(1, lines - crossed)

    def _row_at(self, y: int) -> int | None:
        """Return the row that is drawn on a visible line, None if it is the head of a group or none."""
        if y == 0 and self._groups:
            return None
        place = self._groups.row_at(y + self.scroll_offset.y)
        return place if place is not None and place < len(self._state.ids) else None

    def _measure(self) -> None:
        """Set the list's length without a new layout of the screen: the scroll bar always has its room."""
        self._arrange()
        length = self._length
        if length != self.virtual_size.height:
            self.set_reactive(PaperList.virtual_size, Size(1, length))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = max(length, self.size.height)
        if self.scroll_offset.y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)

    def _follow_cursor(self) -> None:
        """Scroll until the cursor is visible, with some lines above and below it."""
        height = max(1, self.size.height)
        margin = max(min(_MARGIN, (height - 1) // 3), int(bool(self._groups)))
        line, top = self._groups.line_of(self._state.cursor), self.scroll_offset.y
        if self._state.cursor == 0:
            line = 0
        if line - margin < top:
            top = max(0, line - margin)
        elif line + margin >= top + height:
            top = min(line + margin - height + 1, max(0, self._length - height))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)

    def on_resize(self) -> None:
        """Keep the cursor on its line when the pane changes its size, also after it had no room for a while."""
        self._state.height = self.size.height
        self._draw_changes(self._above if self.size.height > 2 * _MARGIN else None)

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Say on which row the mouse is pressed."""
        place = self._row_at(event.y)
        if place is not None:
            self.post_message(self.RowPressed(place))

    def on_click(self, event: events.Click) -> None:
        """Say that a paper's star was clicked."""
        place = self._row_at(event.y)
        entry = self._state.entry_at(place) if place is not None else None
        if entry is not None and event.x == self._columns.star_at(self._row_width):
            self.post_message(self.StarClicked(entry))

    # Drawing

    @property
    def _row_width(self) -> int:
        return self.scrollable_content_region.width

    def _line_at(self, y: int) -> object:
        """Return what a visible line is drawn from."""
        state, place = self._state, self._row_at(y)
        if place is None:
            return self._line_without_row(y, self._row_width)
        entry = state.entry_at(place)
        selected = entry is not None and entry.id in state.selection
        counted = self._match(entry), self._gained(entry)
        return entry, place == state.cursor, selected, self._columns, state.last_visit, counted

    def _match(self, entry: Entry | None) -> int | None:
        """Return how well a paper fits where that is drawn."""
        return self._state.matches.by_id.get(entry.id) if self._columns.match and entry is not None else None

    def _gained(self, entry: Entry | None) -> int | None:
        """Return what a paper gained where that is drawn."""
        gains = self._state.gains
        return gains.by_id.get(entry.id) if gains is not None and entry is not None else None

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        while len(self._lines_drawn) <= y:
            self._lines_drawn.append(None)
        self._lines_drawn[y] = self._line_at(y)
        self._top_drawn = self.scroll_offset.y
        place, width = self._row_at(y), self._row_width
        if place is None:
            return self._draw(self._line_without_row(y, width), width)
        entry, on_cursor = self._state.entry_at(place), place == self._state.cursor
        if entry is None:
            return self._draw([], width, "cursor" if on_cursor else "")
        # Most rows are drawn again somewhere else, when the list is scrolled.
        key = entry.id, on_cursor, entry.id in self._state.selection
        state, counted = self._state, (self._match(entry), self._gained(entry))
        drawn_from = entry, width, self.today, self._columns, state.last_visit, state.watch_words, counted
        known = self._rows.get(key)
        if known is None or known[0] != drawn_from:
            if len(self._rows) >= _ROWS_KEPT:
                self._rows.clear()
            known = self._rows[key] = drawn_from, self._row(entry, width, on_cursor=on_cursor)
        return known[1]

    def _row(self, entry: Entry, width: int, *, on_cursor: bool) -> Strip:
        """Draw the row of an entry."""
        state = self._state
        selected = entry.id in state.selection
        pieces = row(
            entry,
            width,
            self.today,
            self._columns,
            cursor=on_cursor,
            selected=selected,
            new=state.last_visit is not None and entry.added > state.last_visit,
            match=self._match(entry),
            gained=self._gained(entry),
            words=state.watch_words,
            signs=self._signs,
        )
        return self._draw(pieces, width, "cursor" if on_cursor else "selected" if selected else "")

    def _line_without_row(self, y: int, width: int) -> list[Piece]:
        """Return the head of a group, the end of the list, a line of what an empty list says, or a blank."""
        state, groups, line = self._state, self._groups, y + self.scroll_offset.y
        if groups and line < len(state.ids) + len(groups):
            key = groups.keys[groups.group_at(line)]
            return group_row(key, state.group_counts.get(key), width, self.today, signs=self._signs)
        if state.ids:
            ends = line == self._length - 1 and self._length > self.size.height
            return end_row(self._end_of_list, width, self._signs) if ends else []
        lines = empty_page(state.empty, width, self.size.height)
        if y >= len(lines):
            return []
        first = next((place for place, line in enumerate(lines) if line), 0)
        done = lines[y].strip().strip(self._signs.full) == ""
        return [(lines[y], "empty" if y == first else "done" if done else "read")]

    @property
    def _end_of_list(self) -> str:
        """What the line below the last paper says."""
        unread = self._state.unread if self._state.complete else None
        return f"end of list {self._signs.dot} {unread:,} unread" if unread else "end of list"

    def _draw(self, pieces: list[Piece], width: int, ground: Ground = "") -> Strip:
        segments = [Segment(text, self._look(name, ground)) for text, name in pieces]
        return joined(segments).adjust_cell_length(width, self._look("", ground))

    def _look(self, name: str, ground: Ground) -> Style:
        """Return the style of a piece of a row, cached for each theme."""
        look = self._looks.get((name, ground))
        if look is None:
            classes = ["row", *([name] if name else []), *([ground] if ground else [])]
            look = named_style(self, *(f"paper-list--{each}" for each in classes)).rich_style
            if look.reverse and name:
                # In reverse, pieces with colours of their own would be blocks of these.
                look = one_coloured(look, self._look("", ground))
            self._looks[name, ground] = look
        return look

    def notify_style_update(self) -> None:
        """Draw in the new theme's colours."""
        super().notify_style_update()
        self._looks.clear()
        self._rows.clear()
        self._restyled = True
