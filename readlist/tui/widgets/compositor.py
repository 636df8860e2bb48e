"""The reading screen's compositor: a key draws only the cells that changed, and sends them in few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import SGR_STYLES, Strip

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from textual.screen import Screen
    from textual.widget import Widget

_Piece: TypeAlias = tuple[int, int, Strip]
"""Column, line, and what is drawn from there on."""

_Parts: TypeAlias = tuple[str, str, str]
"""What a look consists of: attributes, foreground and background, as the terminal's codes."""

_PLAIN, _NOTHING = Style(), ("", "", "")


class Cells(CompositorUpdate):
    """Cells that changed, as pieces of lines in the order of the screen."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        self.pieces = pieces

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the lines of a whole screen, for a picture of it."""
        line = self.pieces[0][1] if self.pieces else 0
        for _, y, strip in self.pieces:
            if y != line:
                line = y
                yield Segment.line()
            yield from strip

    def render_segments(self, console: Console) -> str:
        """Return them for the terminal: a look is sent when it changes, not once for each piece."""
        sent: list[str] = []
        add = sent.append
        depth = console._color_system or ColorSystem.TRUECOLOR
        before, parts, link = _PLAIN, _NOTHING, ""
        beside = (-1, -1)
        for x, y, strip in self.pieces:
            if (x, y) != beside:
                add(f"\x1b[{y + 1};{x + 1}H")
            for text, style, _ in strip:
                look = style or _PLAIN
                if look is not before:
                    before, now = look, _parts(look, depth)
                    if now != parts:
                        add(_change(parts, now))
                        parts = now
                    if (look._link or "") != link:
                        link = look._link or ""
                        add(f"\x1b]8;;{link}\x1b\\")
                add(text)
            beside = (x + strip.cell_length, y)
        add("\x1b]8;;\x1b\\\x1b[0m" if link else "\x1b[0m")
        return "".join(sent)


@lru_cache(1024)
def _parts(look: Style, depth: ColorSystem) -> _Parts:
    codes = (
        color.downgrade(depth).get_ansi_codes(front) if color is not None else ()
        for color, front in ((look._color, True), (look._bgcolor, False))
    )
    front, back = map(";".join, codes)
    attributes = look._attributes & look._set_attributes
    return ";".join(code for bit, code in enumerate(SGR_STYLES) if attributes >> bit & 1), front, back


def _change(before: _Parts, now: _Parts) -> str:
    """Return what turns one look into another: what it has more, or all of it if something must be taken back."""
    if now[0] != before[0] or any(old and not new for old, new in zip(before, now, strict=True)):
        before = _NOTHING
        codes = "0;"
    else:
        codes = ""
    codes += ";".join(new for old, new in zip(before, now, strict=True) if new != old)
    return f"\x1b[{codes.rstrip(';')}m"


def paint(screen: Screen[Any]) -> None:
    """Paint at once what the widgets of a screen have asked for, instead of at Textual's next frame.

    What needs a new layout is left to that; so is a screen with another one over it.
    """
    compositor = screen._compositor
    widgets = compositor.visible_widgets
    if not screen.is_current or screen.app._batch_count or screen._layout_required or screen._scroll_required:
        return
    if any(widget._layout_required or widget._scroll_required for widget in widgets):
        return
    asking = [widget for widget in widgets if widget._repaint_required]
    for widget in asking:
        widget._repaint_required = False
    # Those that asked earlier wait there for the next frame.
    compositor.update_widgets({*asking, *screen._dirty_widgets})
    screen._compositor_refresh()


class CellCompositor(Compositor):
    """Draws of a partial update the changed cells only, and asks no widget for lines that others cover.

    Textual's own cuts the changed lines of all widgets, and sends a line from where its widget begins.
    """

    def render_partial_update(self) -> Cells | None:  # type: ignore[override]
        """Return the cells that changed, None if none did."""
        regions, self._dirty_regions = self._dirty_regions, set()
        return self._cells(self._regions_to_spans(regions))

    def render_full_update(self, simplify: bool = False) -> Cells | LayoutUpdate:  # type: ignore[override]
        """Return all cells."""
        if simplify:
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        width, height = self.size
        return self._cells((y, 0, width) for y in range(height)) or Cells(())

    def _cells(self, spans: Iterable[tuple[int, int, int]]) -> Cells | None:
        """Return cells that are on the screen, given as line, first column and the one behind the last."""
        width, height = self.size
        wanted: dict[int, list[tuple[int, int]]] = {}
        for y, start, end in spans:
            if 0 <= y < height and max(0, start) < min(width, end):
                wanted.setdefault(y, []).append((max(0, start), min(width, end)))
        if not wanted:
            return None
        pieces: list[_Piece] = []
        # In front first.
        for widget, (region, clip) in self.visible_widgets.items():
            pieces += _drawn(widget, region, region.intersection(clip), wanted)
            if not wanted:
                break
        pieces.sort(key=lambda piece: (piece[1], piece[0]))
        return Cells(pieces)


def _drawn(widget: Widget, region: Region, seen: Region, wanted: dict[int, list[tuple[int, int]]]) -> Iterator[_Piece]:
    """Yield what a widget shows of the cells that are wanted, and take these off them."""
    left, right = seen.column_span
    lines = sorted(
        y
        for y, spans in wanted.items()
        if seen.y <= y < seen.bottom and any(start < right and left < end for start, end in spans)
    )
    place = 0
    while place < len(lines):
        # Lines between them are not asked for.
        first, begins = lines[place], place
        while place < len(lines) and lines[place] - first == place - begins:
            place += 1
        crop = Region(left - region.x, first - region.y, seen.width, place - begins)
        for y, strip in zip(lines[begins:place], widget.render_lines(crop), strict=True):
            yield from _taken(y, strip, left, right, wanted)


def _taken(y: int, strip: Strip, left: int, right: int, wanted: dict[int, list[tuple[int, int]]]) -> Iterator[_Piece]:
    """Yield what a widget's line shows of the cells that are wanted of it, and take these off them."""
    rest = []
    for start, end in wanted[y]:
        begin, stop = max(start, left), min(end, right)
        if begin >= stop:
            rest.append((start, end))
            continue
        yield begin, y, strip.crop(begin - left, stop - left)
        rest += [span for span in ((start, begin), (stop, end)) if span[0] < span[1]]
    if rest:
        wanted[y] = rest
    else:
        del wanted[y]
