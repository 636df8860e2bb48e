"""Lines as they are sent to the terminal: few pieces, looks, contrast, ASCII; pure."""

from __future__ import annotations

from collections.abc import Iterable

from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style as TerminalStyle
from textual.color import Color as ScreenColor
from textual.filter import LineFilter
from textual.strip import Strip

from readlist.tui.render.pieces import cells, differing_spans


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


def changed_spans(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """Return the spans of cells in which two lines look different; see `differing_spans`."""
    (old, *further), (new, *more) = before, after
    if not further and not more and old.style == new.style and old.text.isascii() and new.text.isascii():
        # Most lines are plain text: of one look, their letters are all that can differ.
        return differing_spans(old.text, new.text)
    return differing_spans(_seen(before), _seen(after))


def _seen(line: Strip) -> list[object]:
    """Return what is seen in each cell; of a blank, its ground."""
    seen: list[object] = []
    for text, style, _ in line:
        ground = _ground(style)
        letters = text if text.isascii() else [letter for letter, _ in cells([(text, style)])]
        seen += [ground if letter == " " else (letter, style) for letter in letters]
    return seen


def _blends(blank: Segment, other: Segment) -> bool:
    """Return whether a segment looks the same in the style of another."""
    if not blank.text.isspace():
        return blank.style == other.style
    return _ground(blank.style) == _ground(other.style)


def _ground(style: TerminalStyle | None) -> object:
    """Return the visible parts of a blank's style."""
    return (style.bgcolor, style.underline, style.reverse, style.strike) if style is not None else None


def one_coloured(style: TerminalStyle, row: TerminalStyle) -> TerminalStyle:
    """Return a style in reverse, in the colours of the row it is in."""
    return style + TerminalStyle(color=row.color, bgcolor=row.bgcolor, reverse=True)


LEAST = 4.5
"""The contrast that text needs, of WCAG 2.2, success criterion 1.4.3."""


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    return ratio(luminance(one), luminance(other))


def ratio(one: float, other: float) -> float:
    """Return the contrast of two luminances."""
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


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
        **dict.fromkeys("▲△▴↑", "^"),
        **dict.fromkeys("▼▾▽↓", "v"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‘’", "'"),
        "✦": "+",
        "✎": "n",
        "↻": "r",
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
