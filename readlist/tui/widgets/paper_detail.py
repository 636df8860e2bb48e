"""The detail pane: one paper's text at a readable measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style
from textual.theme import Theme
from textual.visual import RenderOptions

from readlist.tui.render.strips import joined, named_style

_STYLES = (
    "title", "authors", "facts", "faint", "number", "link", "copied", "summary", "heading", "hit", "alarm",
    "tag",
)  # fmt: skip
_MEASURE = 88
_MARGIN = 2


class PaperDetail(ScrollView, can_focus=True):
    """Shows a text wrapped to the pane, at most 88 cells wide, by lines.

    Attributes:
        compact: whether there is little room and the title is shown elsewhere; set by the layout.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"paper-detail--{name}" for name in _STYLES}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.compact = False
        self._draw: Callable[[int], Content] = lambda width: Content("")
        self._lines: list[Strip] = []
        self._wrapped_at = 0

    def show(self, draw: Callable[[int], Content], *, stay: bool = False) -> None:
        """Show what is drawn for a width, from its top; with `stay`, scrolled as before."""
        self._draw = draw
        before = self._lines
        self._wrap()
        top = min(self.scroll_offset.y, self.max_scroll_y) if stay else 0
        # Forced, since a text that fits isn't scrolled.
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self._redraw(before)

    def _redraw(self, before: Sequence[Strip]) -> None:
        """Draw the visible lines that have changed, to send little to the terminal."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        shown = zip_longest(before[top : top + height], self._lines[top : top + height])
        changed = [(y, max(_written(old), _written(new))) for y, (old, new) in enumerate(shown) if old != new]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y, width in changed))

    def _wrap(self) -> None:
        width = min(self.scrollable_content_region.width - 2 * _MARGIN, _MEASURE)
        self._wrapped_at = self.scrollable_content_region.width
        if width <= 0:
            self._lines = []
            return
        style = self.visual_style.rich_style
        margin = Segment(" " * _MARGIN, style)
        options = RenderOptions(self._style_named, {})
        lines = self._draw(width).render_strips(width, None, self.visual_style, options)
        self._lines = [joined([margin, *line.adjust_cell_length(self._wrapped_at - _MARGIN, style)]) for line in lines]
        self._measure(Size(1, len(self._lines)))

    def _measure(self, size: Size) -> None:
        """Set the text's length without a new layout of the screen: the scroll bar always has its room."""
        self.set_reactive(PaperDetail.virtual_size, size)
        if self.show_vertical_scrollbar:
            # The bar looks the same for any text that fits.
            self.vertical_scrollbar.window_virtual_size = max(size.height, self.scrollable_content_region.height)

    @property
    def allow_vertical_scroll(self) -> bool:
        """Whether the text is longer than the pane; the scroll bar follows a moment later."""
        return self.max_scroll_y > 0

    def _style_named(self, style: str | Style) -> Style:
        if isinstance(style, Style):
            return style
        return named_style(self, f"paper-detail--{style}") if style else Style.null()

    def on_resize(self) -> None:
        """Wrap again when the width changes."""
        if self.scrollable_content_region.width != self._wrapped_at:
            self._wrap()
            self.refresh()

    def on_mount(self) -> None:
        """Follow the theme; its signal comes when all styles are new."""
        self.app.theme_changed_signal.subscribe(self, self._draw_in_theme)

    def _draw_in_theme(self, _: Theme) -> None:
        # Styles looked up during the change may be old ones.
        self.notify_style_update()
        self._wrap()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        style = self.visual_style.rich_style
        place = y + self.scroll_offset.y
        if place >= len(self._lines):
            return Strip.blank(self.scrollable_content_region.width, style)
        return self._lines[place]


def _written(line: Strip | None) -> int:
    """Return how many cells of a line hold more than blanks at its end."""
    return cell_len(line.text.rstrip()) if line is not None else 0
