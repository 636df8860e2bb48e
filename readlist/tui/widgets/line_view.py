"""A pane that is drawn by lines, with its scroll bar: nothing around a line is worked out that no line here has."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.geometry import Region
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from readlist.tui.widgets.bars import ThinBar, bar_place


class LineView(ScrollView):
    """Shows the lines of `render_line`, which are as wide as the pane and have a ground: no border, no padding."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scroll bar, made when it is first needed."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = LineBar(vertical=True, name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines in a region, as Textual does but for what it adds to the lines of any widget."""
        if self.auto_links and self.hover_style._link_id:
            return super().render_lines(crop)
        return _cropped(self, [self.render_line(y) for y in crop.line_range], crop)


class LineBar(ScrollBar):
    """A scroll bar of which only the cells that changed are drawn."""

    window_virtual_size: Reactive[int] = Reactive(100, repaint=False)
    window_size: Reactive[int] = Reactive(0, repaint=False)
    position: Reactive[float] = Reactive(0, repaint=False)

    def watch_window_virtual_size(self) -> None:
        """Draw another length."""
        self._draw_moved()

    def watch_window_size(self) -> None:
        """Draw another length."""
        self._draw_moved()

    def watch_position(self) -> None:
        """Draw another place."""
        self._draw_moved()

    def on_mount(self) -> None:
        """Note what is drawn at first."""
        self._bar = range(0)

    def on_resize(self) -> None:
        """Note what is drawn at another size."""
        self._bar = self._bar_now()

    def _bar_now(self) -> range:
        """Return the cells of the bar."""
        return bar_place(self.size.height, self.window_virtual_size, self.window_size, self.position)

    def _draw_moved(self) -> None:
        if not self.is_mounted:
            return
        before, self._bar = self._bar, self._bar_now()
        if before != self._bar:
            moved = sorted({*before} ^ {*self._bar})
            self.refresh(*(Region(0, y, self.size.width, 1) for y in moved))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw some of its cells."""
        bar = self.render()
        assert isinstance(bar, ThinBar)
        # The compositor may draw the layout before, in which it was larger.
        width, height = max(self.size.width, crop.right), max(self.size.height, crop.bottom)
        # Its own colours: what is pressed and what is under the mouse is drawn in others.
        assert isinstance(bar.style, Style) and bar.style.bgcolor and bar.style.color
        ground, front = bar.style.bgcolor, bar.style.color
        cells = bar.render_bar(height, bar.virtual_size, bar.window_size, bar.position, width, True, ground, front)
        # There are only three kinds of cells.
        drawn = {id(cell): Strip([cell]) for cell in cells.segments}
        return _cropped(self, [drawn[id(cell)] for cell in cells.segments[crop.y : crop.bottom]], crop)


def _cropped(widget: Widget, lines: Sequence[Strip], crop: Region) -> list[Strip]:
    """Return the columns of a region of some lines, in the colours and signs that the app shows."""
    if filters := widget.get_line_filters():
        _, ground = widget.background_colors
        for one in filters:
            lines = [line.apply_filter(one, ground) for line in lines]
    start, end = crop.column_span
    return [line.crop(start, end) if (start, end) != (0, line.cell_length) else line for line in lines]
