"""Lines as they are sent to the terminal: few pieces, legible colours; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style as TerminalStyle
from textual.color import Color as ScreenColor
from textual.filter import LineFilter
from textual.strip import Strip
from textual.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget


def joined(segments: Iterable[Segment]) -> Strip:
    """Return a line whose blanks have the style of their neighbour, if that looks the same."""
    line: list[Segment] = []
    for segment in segments:
        if line and (_blends(segment, line[-1]) or _blends(line[-1], segment)):
            style = line[-1].style if segment.text.isspace() else segment.style
            line[-1] = Segment(line[-1].text + segment.text, style)
        elif segment.text:
            line.append(segment)
    return Strip(line)


def _blends(blank: Segment, other: Segment) -> bool:
    """Return whether a segment looks the same in the style of another."""
    if not blank.text.isspace():
        return blank.style == other.style
    return _ground(blank.style) == _ground(other.style)


def _ground(style: TerminalStyle | None) -> object:
    """Return the visible parts of a blank's style."""
    return (style.bgcolor, style.underline, style.reverse, style.strike) if style is not None else None


def named_style(widget: Widget, *names: str) -> Style:
    """Return the look of a widget's component classes, one over the other."""
    look = widget.get_visual_style(*names)
    # Textual leaves this one out, which needs no colours.
    reverse = any(widget.get_component_styles(name).text_style.reverse for name in names)
    return look + Style(reverse=True) if reverse else look


LEAST = 4.5
"""The contrast that text needs, of WCAG 2.2, success criterion 1.4.3."""
_STEPS = 10
# Black, red, blue, magenta and grey.
_DARK = (0, 1, 4, 5, 8)


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    return ratio(luminance(one), luminance(other))


def ratio(one: float, other: float) -> float:
    """Return the contrast of two luminances."""
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def legible(style: TerminalStyle) -> TerminalStyle:
    """Return a style with enough contrast: as it is, or its text blended with black or white.

    The terminal's own colours are unknown: on one of them, text is the palette's black or white.
    """
    if style.bgcolor is not None and style.bgcolor.type is ColorType.STANDARD:
        return style + TerminalStyle(color="bright_white" if style.bgcolor.number in _DARK else "black")
    text, ground = (colour.triplet if colour else None for colour in (style.color, style.bgcolor))
    if text is None or ground is None or contrast(text, ground) >= LEAST:
        return style
    # One of the two always has enough: the worst ground gives 4.58 with either.
    end = max(ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), key=lambda end: contrast(end, ground))
    blends = (_blended(text, end, step / _STEPS) for step in range(1, _STEPS + 1))
    found = next((blend for blend in blends if contrast(blend, ground) >= LEAST), end)
    return style + TerminalStyle(color=Color.from_triplet(found))


def _blended(one: ColorTriplet, other: ColorTriplet, share: float) -> ColorTriplet:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return ColorTriplet(red, green, blue)


def luminance(colour: ColorTriplet) -> float:
    """Return how light a colour is, 0 to 1, as WCAG 2.2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_ASCII = str.maketrans(
    {
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╺╸", "+"),
        **dict.fromkeys("─━═╌╴╶▔", "-"),
        **dict.fromkeys("│┃║▎▏▕▐", "|"),
        **dict.fromkeys("▁▂", "_"),
        **dict.fromkeys("▃▄", "="),
        **dict.fromkeys("▅▆▇█▰■", "#"),
        **dict.fromkeys("▱□", "."),
        **dict.fromkeys("·•–—↔", "-"),
        **dict.fromkeys("●○◦", "o"),
        **dict.fromkeys("★☆⭑", "*"),
        **dict.fromkeys("✓✔✗✘×", "x"),
        **dict.fromkeys("▌▶›→➜", ">"),
        **dict.fromkeys("◀‹←", "<"),
        **dict.fromkeys("▲△↑", "^"),
        **dict.fromkeys("▼▾▽↓", "v"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‘’", "'"),
        "✦": "+",
        "✎": "n",
        "…": "~",
        "⟳": "@",
        "\N{NO-BREAK SPACE}": " ",
    }
)
"""The signs and frames of the screen, as ASCII of the same width."""


class AsciiLines(LineFilter):
    """Draws signs and frames as ASCII, whichever part of the screen they are from; letters stay."""

    def apply(self, segments: list[Segment], background: ScreenColor) -> list[Segment]:
        """Return the pieces of a line as they are drawn."""
        return [
            segment if segment.text.isascii() else segment._replace(text=segment.text.translate(_ASCII))
            for segment in segments
        ]
