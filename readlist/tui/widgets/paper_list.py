"""The list pane: a virtual list that asks for the rows that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from readlist.shelf import Entry
from readlist.tui.contrast import legible
from readlist.tui.render import SIGNS, Signs, row
from readlist.tui.widgets.strip import joined

_STYLES = ("bar", "selected", "alarm", "new", "unread", "star", "note", "code", "title", "read", "votes", "day")
_STAR_CELL = 2
_CACHED = 2_000


class PaperList(ScrollView, can_focus=True):
    """Shows entries one line each; holds their ids and a cursor, and fetches entries as they come into sight.

    Attributes:
        fetch: gives the entries of some ids; set by the screen.
        last_visit: what was added later is new; None if everything is.
        cursor: row of the cursor; watched by the screen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paper-list--cursor",
        "paper-list--row",
        *(f"paper-list--{name}" for name in _STYLES),
    }

    cursor: reactive[int] = reactive(0, repaint=False)

    class StarClicked(Message):
        """The star of a row was clicked."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, *, id: str | None = None, signs: Signs = SIGNS) -> None:  # noqa: A002
        super().__init__(id=id)
        self.fetch: Callable[[Sequence[int]], Sequence[Entry]] = lambda ids: ()
        self.today = date.min
        self.last_visit: datetime | None = None
        self.empty = ""
        self.by_date = False
        self.ids: Sequence[int] = ()
        self.selected: frozenset[int] = frozenset()
        self._signs = signs
        self._entries: dict[int, Entry] = {}
        self._looks: dict[tuple[str, bool], Style] = {}

    # What it shows

    def show(self, ids: Sequence[int], cursor: int = 0, *, by_date: bool = False) -> None:
        """Show these papers, fetched anew, each with its own day or that of its list."""
        before = self._drawn()
        self.ids, self.by_date = ids, by_date
        self._entries.clear()
        self._measure()
        old = self.cursor
        self.cursor = cursor
        if old == self.cursor:
            self._follow_cursor()
        if before != self._drawn() or not ids:
            self.refresh()

    def _measure(self) -> None:
        """Say how long the list is, without the screen being laid out anew: the scroll bar has its room always."""
        self.set_reactive(PaperList.virtual_size, Size(1, len(self.ids)))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = max(len(self.ids), self.size.height)
        if self.scroll_offset.y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)

    def _drawn(self) -> object:
        """Return what the rows in sight are drawn from, to tell whether they have to be drawn anew."""
        top = self.scroll_offset.y
        places = range(top, min(top + self.size.height, len(self.ids)))
        return top, self.by_date, self.last_visit, [self.entry_at(place) for place in places]

    @property
    def ids_fetched(self) -> Collection[int]:
        """The ids of the papers whose entries are at hand."""
        return self._entries.keys()

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        return self.entry_at(self.cursor)

    def entry_at(self, place: int) -> Entry | None:
        """Return the entry of a row, None where there is none."""
        if not 0 <= place < len(self.ids):
            return None
        if self.ids[place] not in self._entries:
            self._fetch_around(place)
        return self._entries.get(self.ids[place])

    def _fetch_around(self, place: int) -> None:
        height = max(self.size.height, 10)
        wanted = self.ids[max(0, place - height) : place + 2 * height]
        missing = [number for number in wanted if number not in self._entries]
        if len(self._entries) + len(missing) > _CACHED:
            self._entries.clear()
            missing = list(wanted)
        for entry in self.fetch(missing):
            self._entries[entry.id] = entry

    def replace(self, entries: Iterable[Entry]) -> None:
        """Show new entries in place of those with the same ids, redrawing their rows only."""
        fresh = {entry.id: entry for entry in entries}
        self._entries.update(fresh)
        self._redraw(fresh.keys())

    def forget(self, ids: Iterable[int]) -> None:
        """Fetch these entries again when they are drawn next, and draw them now if in sight."""
        gone = set(ids)
        for number in gone & self._entries.keys():
            del self._entries[number]
        self._redraw(gone)

    def select(self, selected: frozenset[int]) -> None:
        """Show which papers are selected."""
        changed = self.selected ^ selected
        self.selected = selected
        self._redraw(changed)

    def _redraw(self, changed: Collection[int]) -> None:
        top = self.scroll_offset.y
        for place in range(top, min(top + self.size.height, len(self.ids))):
            if self.ids[place] in changed:
                self.refresh_line(place)

    # Cursor

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self.ids) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw the two rows concerned and keep the cursor in sight."""
        self.refresh_line(old)
        self.refresh_line(new)
        self._follow_cursor()

    def _follow_cursor(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    def keep_in_place(self, above: int) -> None:
        """Scroll so that as many rows as given are in sight above the cursor, as far as there are any."""
        self.scroll_to(y=max(0, self.cursor - above), animate=False, immediate=True)
        self._follow_cursor()

    def move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.cursor += rows

    def on_resize(self) -> None:
        """Keep the cursor in sight when the pane changes its size."""
        self._measure()
        self._follow_cursor()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the mouse is pressed."""
        place = event.y + self.scroll_offset.y
        if place < len(self.ids):
            self.cursor = place

    def on_click(self, event: events.Click) -> None:
        """Star a paper by its star."""
        entry = self.entry_at(event.y + self.scroll_offset.y)
        if entry is not None and event.x == _STAR_CELL:
            self.post_message(self.StarClicked(entry))

    # Drawing

    def refresh_line(self, y: int) -> None:
        """Redraw one row, given its place in the list."""
        self.refresh(Region(0, y - self.scroll_offset.y, self.scrollable_content_region.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        place, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if place >= len(self.ids):
            return self._blank_line(y, width)
        on_cursor = place == self.cursor
        entry = self.entry_at(place)
        if entry is None:
            return Strip.blank(width, self._look("", on_cursor))
        pieces = row(
            entry,
            width,
            self.today,
            cursor=on_cursor,
            selected=entry.id in self.selected,
            new=self.last_visit is None or entry.added > self.last_visit,
            by_date=self.by_date,
            signs=self._signs,
        )
        segments = [Segment(text, self._look(name, on_cursor)) for text, name in pieces]
        return joined(segments).adjust_cell_length(width, self._look("", on_cursor))

    def _look(self, name: str, on_cursor: bool) -> Style:
        """Return the style of a piece of a row, worked out once for each theme."""
        look = self._looks.get((name, on_cursor))
        if look is None:
            classes = ["row", *([name] if name else []), *(["cursor"] if on_cursor else [])]
            look = self.get_visual_style(*(f"paper-list--{each}" for each in classes)).rich_style
            if on_cursor:
                # Themes choose the colours of text and those of the cursor apart.
                look = legible(look)
            self._looks[name, on_cursor] = look
        return look

    def notify_style_update(self) -> None:
        """Draw in the new theme's colours."""
        super().notify_style_update()
        self._looks.clear()

    def _blank_line(self, y: int, width: int) -> Strip:
        style = self.get_visual_style("paper-list--row", "paper-list--read").rich_style
        lines = self.empty.split("\n") if not self.ids else []
        if 0 <= y - 1 < len(lines):
            return Strip([Segment(f"  {lines[y - 1]}", style)]).adjust_cell_length(width, style)
        return Strip.blank(width, style)
