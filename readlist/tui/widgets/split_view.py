"""List and detail side by side, stacked, or one at a time, with the border between them."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from readlist.config import LEAST_SHARE, MOST_SHARE, Config, Layout
from readlist.tui.render.signs import Signs, cut
from readlist.tui.widgets.paper_detail import PaperDetail
from readlist.tui.widgets.paper_list import PaperList

Shape = Literal["side", "stacked", "single"]
Pane = Literal["list", "detail"]

_SIDE_FROM = 90
_LEAST_SIDE = 50
_LEAST_STACKED = 6
_TALL_FOR_A_NOTE = 14
_LEAST_FOR_A_NOTE = 7
_BARS = 2
_AROUND_TITLE = 4


class PaneBorder(Widget):
    """The line between list and detail, which the mouse can drag; stacked, it has the paper's title."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane-border--line", "pane-border--title"}

    title: reactive[str] = reactive("", repaint=False)
    lying: reactive[bool] = reactive(False)

    class Dragged(Message):
        """The border was dragged to a place on the screen; `dropped` when the button is up again."""

        def __init__(self, to: Offset, *, dropped: bool) -> None:
            super().__init__()
            self.to = to
            self.dropped = dropped

    def __init__(self, signs: Signs) -> None:
        super().__init__(id="pane-border")
        self._signs = signs
        self._dragging = False

    def watch_title(self) -> None:
        """Draw another title where it is shown."""
        if self.lying:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one of its lines, with the title when it lies."""
        line = self.get_visual_style("pane-border--line").rich_style
        if not self.lying:
            return Strip([Segment(self._signs.border, line)])
        width = self.size.width
        room = width - _AROUND_TITLE
        if not self.title or room < 1:
            return Strip([Segment(self._signs.rule * width, line)])
        title = cut(self.title, room, self._signs.cut).rstrip() if cell_len(self.title) > room else self.title
        rest = self._signs.rule * (width - cell_len(title) - 3)
        look = self.get_visual_style("pane-border--title").rich_style
        return Strip([Segment(f"{self._signs.rule} ", line), Segment(title, look), Segment(f" {rest}", line)])

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        event.stop()
        self._dragging = True
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say where it is dragged to."""
        if self._dragging:
            self.post_message(self.Dragged(event.screen_offset, dropped=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Drop it."""
        if self._dragging:
            self.release_mouse()
            self._dragging = False
            self.post_message(self.Dragged(event.screen_offset, dropped=True))


class SplitView(Container):
    """Lays out list and detail; implements `PaneLayout`.

    Attributes:
        layout_chosen: the layout as in the settings.
        list_width: width of the list in per cent, side by side.
        list_height: height of the list in per cent, stacked.
        shape: the layout as it is shown; one pane at a time where there is no room for two.
        front: the pane that is shown where one is.
        border: the line between the panes.
    """

    def __init__(self, config: Config, papers: PaperList, detail: PaperDetail, signs: Signs) -> None:
        """Lay out nothing yet.

        Args:
            config: the layout at the start.
            papers: the list pane.
            detail: the detail pane.
            signs: the signs of lines.
        """
        super().__init__(id="panes")
        self.layout_chosen: Layout = config.layout
        self.list_width, self.list_height = config.list_width, config.list_height
        self.shape: Shape = "side"
        self.front: Pane = self.home
        self.border = PaneBorder(signs)
        self._list = papers
        self._detail = detail
        self._detail_pane = Container(detail, id="detail-pane")
        self._room = Size(0, 0)

    def compose(self) -> ComposeResult:
        """Lay out list, border and detail."""
        yield self._list
        yield self.border
        yield self._detail_pane

    @property
    def home(self) -> Pane:
        """The pane that has the focus unless the user moves it."""
        return "detail" if self.layout_chosen == "detail" else "list"

    @property
    def writing(self) -> bool:
        """Whether a note is being written."""
        return len(self._detail_pane.children) > 1

    def fit(self, room: Size | None = None) -> None:
        """Lay the panes out for a screen of this size, at first or when it has changed; else for the same one."""
        self._room = room or self._room
        width, height = self._room
        self.shape = _shape(self.layout_chosen, width, height - _BARS)
        # A note gets all the room where there is little.
        alone = self.shape == "single" or (self.shape == "stacked" and height < _TALL_FOR_A_NOTE and self.writing)
        stacked = self.shape == "stacked" and not alone
        self.set_class(stacked, "-stacked")
        self.styles.layout = "vertical" if stacked else "horizontal"
        self._list.display = not alone or (self.front == "list" and not self.writing)
        self._detail_pane.display = not alone or not self._list.display
        self.border.display = not alone
        self.border.lying = stacked
        self.border.styles.width, self.border.styles.height = ("100%", 1) if stacked else (1, "100%")
        self._list.styles.width = f"{self.list_width}%" if not stacked and not alone else "100%"
        self._list.styles.height = f"{self.list_height}%" if stacked else "100%"
        self._detail_pane.styles.height = "1fr" if stacked else "100%"
        self._detail.titled = not stacked
        # What is typed must be seen, so the text gives way.
        note_alone = self.writing and height < _LEAST_FOR_A_NOTE
        self._detail.display = not note_alone
        self.set_class(note_alone, "-note-alone")

    def reveal(self, pane: Pane) -> None:
        """Show a pane where only one is shown."""
        if pane != self.front:
            self.front = pane
            if self.shape == "single":
                self.fit()

    def choose(self, layout: Layout) -> None:
        """Change the layout."""
        self.layout_chosen = layout
        self.front = self.home
        self.fit()

    def next_layout(self) -> Layout:
        """Return the layout after the one shown; `auto` where that is the same."""
        width, height = self._room
        order: tuple[Layout, ...] = ("side", "stacked", "detail", "list")
        now: Layout = self.layout_chosen
        if now == "auto" or (now == "side" and self.shape != "side"):
            now = "side" if self.shape == "side" else "stacked"
        after = order[(order.index(now) + 1) % len(order)]
        if after == "side" and width < _LEAST_SIDE:
            after = "stacked"
        same = _shape("auto", width, height - _BARS) == after
        return "auto" if same else after

    def move_border(self, cells: int) -> bool:
        """Move the border by some cells; returns whether it could."""
        # Not the present size of the list: keys may come faster than the screen is laid out.
        stacked = self.shape == "stacked"
        share, room = (self.list_height, self.size.height) if stacked else (self.list_width, self.size.width)
        return self._set_size(share * room // 100 + cells)

    def drag_border(self, to: Offset) -> bool:
        """Move the border to a place on the screen; returns whether it moved."""
        return self._set_size(to.y - self.region.y if self.shape == "stacked" else to.x - self.region.x)

    def _set_size(self, cells: int) -> bool:
        """Give the list some cells; returns whether it has another size then."""
        room = self.size.height if self.shape == "stacked" else self.size.width
        if self.shape == "single" or room < 1:
            return False
        # Textual rounds down.
        share = min(max(math.ceil(100 * cells / room), LEAST_SHARE), MOST_SHARE)
        before = (self.list_width, self.list_height)
        if self.shape == "stacked":
            self.list_height = share
        else:
            self.list_width = share
        if before == (self.list_width, self.list_height):
            return False
        self.fit()
        return True


def _shape(layout: Layout, width: int, height: int) -> Shape:
    """Return the layout shown in a space for the panes."""
    if layout in ("detail", "list"):
        return "single"
    if (layout == "side" and width >= _LEAST_SIDE) or (layout == "auto" and width >= _SIDE_FROM):
        return "side"
    return "stacked" if height >= _LEAST_STACKED else "single"
