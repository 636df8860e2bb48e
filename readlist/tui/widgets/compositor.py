"""The reading screen's compositor: a key draws only the cells that changed, and sends them in few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, cast

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import SGR_STYLES, Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from textual.screen import Screen

_Piece: TypeAlias = tuple[int, int, Strip]
"""Column, line, and what is drawn from there on."""

_Parts: TypeAlias = tuple[str, str, str]
"""What a look consists of: attributes, foreground and background, as the terminal's codes."""

_PLAIN, _NOTHING = Style(), ("", "", "")


def _by_line(piece: _Piece) -> tuple[int, int]:
    return piece[1], piece[0]


class Scroll(NamedTuple):
    """Lines of the screen that the terminal moves before cells are drawn.

    Attributes:
        top: the first of them.
        bottom: the one behind the last.
        up: how many lines up they are moved, negative for down; those that leave are lost, those that come are blank.
    """

    top: int
    bottom: int
    up: int

    @property
    def codes(self) -> str:
        """What has the terminal do it: a scroll region, and line feeds at its end that any terminal knows."""
        feeds = "\x1bD" * self.up if self.up > 0 else "\x1bM" * -self.up
        return f"\x1b[{self.top + 1};{self.bottom}r\x1b[{self.bottom if self.up > 0 else self.top + 1};1H{feeds}\x1b[r"


class Scrolling(Protocol):
    """A pane whose lines may be moved instead of being drawn again."""

    @property
    def region(self) -> Region:
        """Where it is on the screen."""

    @property
    def scrollable_content_region(self) -> Region:
        """Its lines, without its scroll bar, at some place."""

    def take_scrolled(self) -> int:
        """Return by how many lines it was scrolled since it was painted, if that is all: then it asks for the rest."""


class Cells(CompositorUpdate):
    """Cells that changed, as pieces of lines; first of all, lines may be moved."""

    def __init__(self, pieces: Sequence[_Piece], scroll: Scroll | None = None) -> None:
        self.pieces = pieces
        self.scroll = scroll

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the lines of a whole screen, for a picture of it."""
        pieces = sorted(self.pieces, key=_by_line)
        line = pieces[0][1] if pieces else 0
        for _, y, strip in pieces:
            if y != line:
                line = y
                yield Segment.line()
            yield from strip

    def render_segments(self, console: Console) -> str:
        """Return them for the terminal: a look is sent when it changes, not once for each piece."""
        sent: list[str] = [self.scroll.codes] if self.scroll is not None else []
        add = sent.append
        depth = console._color_system or ColorSystem.TRUECOLOR
        before, parts, link = _PLAIN, _NOTHING, ""
        beside = (-1, -1)
        for x, y, strip in self.pieces:
            if (x, y) != beside:
                add(_go_to(x, y, beside))
            for text, style, _ in strip:
                look = style or _PLAIN
                if look is not before:
                    before, now = look, _parts(look, depth)
                    if now != parts:
                        add(_change(parts, now))
                        parts = now
                    if (look._link or "") != link:
                        link = look._link or ""
                        add(f"\x1b]8;;{link}\x07")
                add(text)
            beside = (x + strip.cell_length, y)
        add("\x1b]8;;\x07\x1b[0m" if link else "\x1b[0m")
        return "".join(sent)


def _go_to(x: int, y: int, before: tuple[int, int]) -> str:
    """Return what moves the terminal's cursor, in as few bytes as any terminal knows."""
    if y == before[1] + 1 > 9:
        return f"\x1bD\x1b[{x + 1}G"
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"


@lru_cache(1024)
def _parts(look: Style, depth: ColorSystem) -> _Parts:
    codes = (
        color.downgrade(depth).get_ansi_codes(front) if color is not None else ()
        for color, front in ((look._color, True), (look._bgcolor, False))
    )
    front, back = map(";".join, codes)
    attributes = look._attributes & look._set_attributes
    return ";".join(code for bit, code in enumerate(SGR_STYLES) if attributes >> bit & 1), front, back


_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
"""What takes each attribute back; bold and dim, and both kinds of blinking, go together."""


@lru_cache(1024)
def _change(before: _Parts, now: _Parts) -> str:
    """Return what turns one look into another: what differs, or all of it if that is shorter."""
    old, new = (parts[0].split(";") if parts[0] else [] for parts in (before, now))
    off = {_OFF.get(code, "") for code in old if code not in new}
    on = [code for code in new if code not in old or _OFF.get(code) in off]
    colours = [
        new_colour or default
        for old_colour, new_colour, default in zip(before[1:], now[1:], ("39", "49"), strict=True)
        if new_colour != old_colour
    ]
    whole, change = ";".join(["0", *filter(None, now)]), ";".join([*sorted(off), *on, *colours])
    return f"\x1b[{whole if '' in off or len(whole) < len(change) else change}m"


def needs_layout(screen: Screen[Any]) -> bool:
    """Return whether something on a screen has asked for a new layout."""
    return screen._layout_required or any(widget._layout_required for widget in screen.walk_children(Widget))


def lay_out(screen: Screen[Any]) -> None:
    """Lay a screen out at once, instead of at Textual's next frame."""
    for widget in screen.walk_children(Widget):
        if widget._layout_required:
            widget._layout_required = False
            # As far up as its size matters, as Textual does.
            for ancestor in widget.ancestors:
                if not isinstance(ancestor, Widget):
                    break
                ancestor._clear_arrangement_cache()
                ancestor._layout_updates += 1
                if not ancestor.styles.auto_dimensions:
                    break
    screen._layout_required = screen._scroll_required = False
    screen._refresh_layout()


def paint(screen: Screen[Any], pane: Scrolling) -> None:
    """Paint at once what the widgets of a screen have asked for, instead of at Textual's next frame.

    What needs a new layout is left to that; so is a screen with another one over it.

    Args:
        screen: the screen.
        pane: the pane whose lines the terminal moves if it was scrolled a little.
    """
    compositor = screen._compositor
    assert isinstance(compositor, CellCompositor)
    widgets = compositor.visible_widgets
    if not screen.is_current or screen.app._batch_count or screen._layout_required or screen._scroll_required:
        return
    if any(widget._layout_required or widget._scroll_required for widget in widgets):
        return
    if cast("Widget", pane) in widgets and (up := pane.take_scrolled()):
        compositor.scroll(Region(*pane.region.offset, *pane.scrollable_content_region.size), up)
    # Some have asked by a message that is still on its way.
    asking = [widget for widget in widgets if widget._repaint_required or widget._repaint_regions]
    for widget in asking:
        widget._repaint_required = False
    # Those that asked earlier wait there for the next frame.
    compositor.update_widgets({*asking, *screen._dirty_widgets})
    screen._compositor_refresh()


class CellCompositor(Compositor):
    """Draws of a partial update the changed cells only, and asks no widget for lines that others cover.

    Textual's own cuts the changed lines of all widgets, and sends a line from where its widget begins.
    """

    _scroll: Scroll | None = None

    def scroll(self, region: Region, up: int) -> None:
        """Have the terminal move the lines of a region before it draws; what is beside them is drawn again."""
        self._scroll = Scroll(region.y, region.bottom, up)
        width, _ = self.size
        left, right = region.column_span
        self._dirty_regions |= {
            Region(0, region.y, left, region.height),
            Region(right, region.y, width - right, region.height),
        }

    def render_partial_update(self) -> Cells | None:  # type: ignore[override]
        """Return the cells that changed, None if none did."""
        regions, self._dirty_regions = self._dirty_regions, set()
        scroll, self._scroll = self._scroll, None
        return self._cells(self._regions_to_spans(regions), scroll)

    def render_full_update(self, simplify: bool = False) -> Cells | LayoutUpdate:  # type: ignore[override]
        """Return all cells."""
        if simplify:
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        self._scroll = None
        width, height = self.size
        drawn = self._cells((y, 0, width) for y in range(height)) or Cells(())
        return Cells(sorted(drawn.pieces, key=_by_line))

    def _cells(self, spans: Iterable[tuple[int, int, int]], scroll: Scroll | None = None) -> Cells | None:
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
        return Cells(pieces, scroll)


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
