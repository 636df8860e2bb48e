"""Lines of text with looks and clicks: the header and the footer draw themselves with one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from readlist.tui.render.looks import named_style
from readlist.tui.render.pieces import ClickPiece, changed_cells


class TextLine(Widget):
    """Draws pieces of text in one line; only the cells that changed are sent to the terminal.

    A piece's look is named after the line, `view-bar--count`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._pieces: Sequence[ClickPiece] = ()
        self._asked = False
        self._looks: dict[tuple[str, object], Style] = {}

    def on_mount(self) -> None:
        """Look like tabs and keys, not like links."""
        self.auto_links = False

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._asked = True
        self.draw_asked()

    def pieces(self, width: int) -> Sequence[ClickPiece]:
        """Return what to draw for a width in cells."""
        raise NotImplementedError

    def draw(self) -> None:
        """Draw what has changed when the present command is done: what it changes back is not drawn at all."""
        if not self._asked and self.size.width:
            self._asked = True
            self.call_later(self.draw_asked)

    def draw_asked(self) -> None:
        """Draw what has changed now, if `draw` was called."""
        asked, self._asked = self._asked, False
        if asked and (width := self.size.width):
            before, self._pieces = self._pieces, self.pieces(width)
            if spans := changed_cells(before, self._pieces):
                self.refresh(*(Region(first, 0, end - first, 1) for first, end in spans))

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, style = self.size.width, self.visual_style.rich_style
        if y:
            return Strip.blank(width, style)
        if not self._pieces:
            self._pieces = self.pieces(width)
        segments = [Segment(text, self._look(look, click)) for text, look, click in self._pieces]
        return Strip(segments).adjust_cell_length(width, style)

    def _look(self, look: str, click: object) -> Style:
        """Return the style of a piece, cached for each theme."""
        style = self._looks.get((look, click))
        if style is None:
            style = named_style(self, *([f"{self.id}--{look}"] if look else [])).rich_style
            style = style + Style(meta={"@click": click}) if click is not None else style
            self._looks[look, click] = style
        return style

    def notify_style_update(self) -> None:
        """Draw in the new theme's colours."""
        super().notify_style_update()
        self._looks.clear()
