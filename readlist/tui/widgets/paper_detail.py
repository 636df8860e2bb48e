"""The detail pane: one paper's text at a readable measure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as TerminalStyle
from textual import events
from textual.geometry import Offset, Region, Size
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.theme import Theme

from readlist.tui.render.looks import named_style
from readlist.tui.render.strips import changed_spans, joined
from readlist.tui.render.text_block import Block, Line, Room, lines_of, selected_part, selected_text
from readlist.tui.widgets.line_view import LineView

_MEASURE = 76
_LOW = 11
"""A pane with fewer lines has one line of facts above the text."""

_TEXT_SEEN = 4
"""Lines of the abstract that are in view while the note is written, if there are as many."""
_AIRY = 60
"""From this width on, one more cell is left free at each side of the text."""
_BAR = "▌"
"""The sign of the focus, whose cell is always kept, so that nothing wraps again."""


class _Drawn(Struct, frozen=True):
    """A line as it is drawn.

    Attributes:
        line: its text.
        strip: what is sent to the terminal.
        written: how many cells of it hold more than the pane's ground.
    """

    line: Line
    strip: Strip
    written: int


class _Text:
    """The lines of a text, each drawn when it comes into view.

    Attributes:
        lines: the lines.
    """

    def __init__(
        self, lines: Sequence[Line] = (), draw: Callable[[Line], _Drawn] | None = None, before: _Text | None = None
    ) -> None:
        """Make a text.

        Args:
            lines: the lines.
            draw: draws a line.
            before: the text shown before, if it was drawn likewise: lines that are the same, counted from its beginning
                or its end, are not drawn again.
        """
        self.lines = lines
        self._draw = draw
        self._drawn: dict[int, _Drawn] = {}
        if before is None:
            return
        for place, known in before._drawn.items():
            for here in {place, place + len(lines) - len(before.lines)}:
                if 0 <= here < len(lines) and _is_same(lines[here], known.line):
                    self._drawn[here] = replace(known, line=lines[here])

    def __len__(self) -> int:
        return len(self.lines)

    def drawn(self, place: int) -> _Drawn:
        """Return a line as it is drawn."""
        known = self._drawn.get(place)
        if known is None:
            assert self._draw is not None
            known = self._drawn[place] = self._draw(self.lines[place])
        return known


def _is_same(line: Line, other: Line) -> bool:
    """Return whether two lines look the same; Textual compares texts alone."""
    return line == other and line.block.content.spans == other.block.content.spans


class PaperDetail(LineView, can_focus=True):
    """Shows paragraphs wrapped to the pane, at most 76 cells wide, by lines."""

    def __init__(self, *, id: str | None = None, more: str = "") -> None:  # noqa: A002
        """Make the pane; `more` says that the text goes on below, and by which key."""
        super().__init__(id=id)
        self._draw: Callable[[Room], Iterable[Block]] = lambda room: ()
        self._room = Room(0)
        self._text = _Text()
        # What lines are drawn from beside their text, and the styles of their pieces.
        self._look: object = None
        self._styles: dict[str, Style] = {}
        self._wrapped_at = 0
        self._left = 0
        self._left_at = 0
        self._more = more
        self._marked: Selection | None = None
        self._painting = False

    @property
    def titled(self) -> bool:
        """Whether the title is shown here; else the layout shows it above."""
        return self._room.titled

    @titled.setter
    def titled(self, titled: bool) -> None:
        self._make_room(replace(self._room, titled=titled))

    @property
    def writing(self) -> bool:
        """Whether the note is being written below, and isn't shown here."""
        return self._room.writing

    @writing.setter
    def writing(self, writing: bool) -> None:
        if writing:
            self._left_at = self.scroll_offset.y
        self._make_room(replace(self._room, writing=writing))
        if not writing:
            self.scroll_to(y=self._left_at, animate=False, force=True, immediate=True)

    @property
    def _low(self) -> bool:
        return self.scrollable_content_region.height < _LOW

    def _make_room(self, room: Room) -> None:
        if room != self._room:
            self._room = room
            self.show(self._draw, stay=True)

    def show(self, draw: Callable[[Room], Iterable[Block]], *, stay: bool = False) -> None:
        """Show what is drawn for a room, from its top; with `stay`, scrolled as before."""
        before, lines = self._visible(), self._text.lines
        self._draw = draw
        self._wrap()
        # What only comes behind it leaves it as it is.
        if self._marked is not None and lines != self._text.lines[: len(lines)]:
            self.unmark_text()
        top = min(self.scroll_offset.y, self.max_scroll_y) if stay else 0
        if not stay:
            self._left_at = 0
        # Forced, since a text that fits isn't scrolled.
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self._redraw(before)

    def _visible(self) -> list[Strip]:
        """Return the lines in the window."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        drawn = [self._text.drawn(place) for place in range(top, min(top + height, len(self._text)))]
        shown = [line.strip for line in drawn]
        if shown and self._goes_on:
            shown[-1] = self._with_more(shown[-1], drawn[-1].written)
        return shown

    def _redraw(self, before: Sequence[Strip]) -> None:
        """Draw the visible cells that have changed, to send little to the terminal."""
        blank = Strip.blank(self._wrapped_at, self.visual_style.rich_style)
        regions = [
            Region(start, y, end - start, 1)
            for y, (old, new) in enumerate(zip_longest(before, self._visible(), fillvalue=blank))
            if old != new
            for start, end in changed_spans(old, new)
        ]
        if regions:
            self.refresh(*regions)

    def _wrap(self) -> None:
        pane = self._wrapped_at = self.scrollable_content_region.width
        left = right = self._left = 2 if pane >= _AIRY else 1
        self._room = replace(self._room, width=max(0, min(pane - left - right, _MEASURE)), low=self._low)
        if self._room.width < 2:
            self._text = _Text()
            return
        lines = list(lines_of(self._draw(self._room), self._room.width))
        look = (pane, left, self.visual_style, self._pseudo_classes_cache_key)
        if look != self._look:
            self._look, self._text = look, _Text()
            self._styles.clear()
        self._text = _Text(lines, functools.partial(self._drawn, left=left, pane=pane), self._text)
        self._measure(Size(1, len(lines)))

    def _drawn(self, line: Line, *, left: int, pane: int) -> _Drawn:
        base = self.visual_style
        ground = base.rich_style
        block, content = line.block, line.content
        written = left + cell_len(block.lead) + content.cell_length
        if not block.lead and not content.spans:
            # Most lines are plain text.
            text = f"{'':{left}}{content.plain}{'':{max(0, pane - written)}}"
            return _Drawn(line, Strip([Segment(text, ground)]).adjust_cell_length(pane, ground), min(written, pane))
        segments = [Segment(" " * left, ground)]
        if block.lead:
            segments.append(Segment(block.lead, (base + self._style_named(block.lead_style)).rich_style))
        if content.spans:
            pieces = content.render(base, end="", parse_style=self._style_named)
            segments += [Segment(text, (base + style).rich_style) for text, style in pieces]
        else:
            segments.append(Segment(content.plain, ground))
        if written < pane:
            segments.append(Segment(" " * (pane - written), ground))
        return _Drawn(line, joined(segments).adjust_cell_length(pane, ground), min(written, pane))

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
        if style and style not in self._styles:
            self._styles[style] = named_style(self, f"paper-detail--{style}")
        return self._styles[style] if style else Style.null()

    def on_resize(self) -> None:
        """Wrap again when the width changes, or whether there are few lines."""
        if self.scrollable_content_region.width != self._wrapped_at or self._low != self._room.low:
            self.unmark_text()
            self._wrap()
            self.refresh()
        if self.writing:
            self._show_text()

    def _show_text(self) -> None:
        """Scroll to what is written about, unless it is in view."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        opens = next((place for place, line in enumerate(self._text.lines) if line.block.opens), 0)
        if opens + min(_TEXT_SEEN, height) > top + height:
            self.scroll_to(y=opens - max(0, height - 2 * _TEXT_SEEN) // 2, animate=False, force=True, immediate=True)

    def on_mount(self) -> None:
        """Follow the theme; its signal comes when all styles are new."""
        self.app.theme_changed_signal.subscribe(self, self._draw_in_theme)

    def notify_style_update(self) -> None:
        """Draw everything again when it is shown next."""
        super().notify_style_update()
        self._look = None
        self._styles.clear()

    def _draw_in_theme(self, _: Theme) -> None:
        # Styles looked up during the change may be old ones.
        self.notify_style_update()
        self._wrap()
        self.refresh()

    @property
    def _goes_on(self) -> bool:
        """Whether there is text below the window."""
        return self.scroll_offset.y + self.scrollable_content_region.height < len(self._text)

    def _with_more(self, strip: Strip, written: int) -> Strip:
        """Return the last line of the window with a sign at its right that the text goes on, if there is room."""
        room = self._wrapped_at - written
        sign = self._more + " "
        if cell_len(sign) >= room:
            # The arrow alone.
            sign = self._more.partition(" ")[2][:1]
        if not sign or cell_len(sign) > room:
            return strip
        end = Segment(sign, (self.visual_style + self._style_named("more")).rich_style)
        return joined([*strip.crop(0, self._wrapped_at - cell_len(sign)), end])

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines in a region."""
        self._painting = True
        try:
            return super().render_lines(crop)
        finally:
            self._painting = False

    def render_line(self, y: int) -> Strip:
        """Draw one visible line; with the places of its characters if the mouse asks for it."""
        strip = self._strip(y)
        if self.has_focus:
            bar = Segment(_BAR, (self.visual_style + self._style_named("focus")).rich_style)
            strip = Strip([bar, *strip.crop(1, self._wrapped_at)])
        return strip if self._painting else strip.apply_offsets(0, y + self.scroll_offset.y)

    def _strip(self, y: int) -> Strip:
        place = y + self.scroll_offset.y
        if place >= len(self._text):
            return Strip.blank(self.scrollable_content_region.width, self.visual_style.rich_style)
        drawn = self._text.drawn(place)
        last = y == self.scrollable_content_region.height - 1
        strip = drawn.strip if self._marked is None else self._with_marked(drawn, place, self._marked)
        return self._with_more(strip, drawn.written) if last and self._goes_on else strip

    # Text marked with the mouse

    @property
    def marked_text(self) -> tuple[str, int]:
        """The text marked with the mouse, and over how many lines; empty for none."""
        if self._marked is None:
            return "", 0
        first, last = self._marked_places(self._marked)
        text = selected_text(self._text.lines, first, last)
        return text, min(last[0], len(self._text) - 1) - first[0] + 1 if text else 0

    def nearest(self, x: int, y: int) -> tuple[int, int]:
        """Return the place in the pane that is nearest to one on the screen; the same where there is no pane."""
        region = self.scrollable_content_region
        if not region:
            return x, y
        return min(max(x, region.x), region.right - 1), min(max(y, region.y), region.bottom - 1)

    def unmark_text(self) -> bool:
        """Mark no text any more; returns whether there was any."""
        had, self._marked = self._marked is not None, None
        if had:
            self.screen.clear_selection()
            self.refresh()
        return had

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is marked, and what follows it."""
        text, _ = self.marked_text
        return (text, "\n") if text else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is marked."""
        if selection != self._marked:
            self._marked = selection
            self.refresh()

    def _marked_places(self, marked: Selection) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return line and character at which what is marked begins and ends, without the margin."""
        start, end = marked
        last = len(self._text) - 1
        first = (0, 0) if start is None else (start.y, max(0, start.x - self._left))
        return first, (last, self._wrapped_at) if end is None else (end.y, max(0, end.x - self._left))

    def _with_marked(self, drawn: _Drawn, place: int, marked: Selection) -> Strip:
        """Return a line with what is marked in reverse: that shows without colours, and is as legible."""
        first, last = self._marked_places(marked)
        if not first[0] <= place <= last[0]:
            return drawn.strip
        line = drawn.line
        start, stop = selected_part(line, first[1] if place == first[0] else 0, last[1] if place == last[0] else None)
        text, before = line.block.content.plain, self._left + cell_len(line.block.lead)
        begin = before + cell_len(text[line.start : start])
        end = begin + cell_len(text[start:stop])
        strip = drawn.strip
        shown = strip.crop(begin, end).apply_style(TerminalStyle(reverse=True))
        return Strip([*strip.crop(0, begin), *shown, *strip.crop(end, self._wrapped_at)])

    def on_click(self, event: events.Click) -> None:
        """Mark the word that is clicked twice, the paragraph that is clicked three times."""
        place = event.get_content_offset(self)
        if event.chain < 2 or place is None or (y := place.y + self.scroll_offset.y) >= len(self._text):
            return
        event.prevent_default()
        lines = self._text.lines
        line = lines[y]
        at, _ = selected_part(line, len(self._text.drawn(y).strip.crop(0, place.x).text) - self._left, None)
        start, stop = line.block.word_at(at) if event.chain == 2 else (0, len(line.block.content.plain))
        places = [number for number, each in enumerate(lines) if each.block is line.block]
        first = next(number for number in reversed(places) if lines[number].start <= start)
        last = next(number for number in reversed(places) if lines[number].start < stop)
        margin = self._left + len(line.block.lead)
        self.screen.selections = {
            self: Selection(
                Offset(start - lines[first].start + margin, first),
                Offset(stop - lines[last].start + margin, last),
            )
        }
