"""Colours that can be read on the ground they are drawn on, in whatever theme."""

from __future__ import annotations

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.style import Style

LEAST = 4.5
"""The contrast that text needs, of WCAG 2.2, success criterion 1.4.3."""

_STEPS = 10
# Black, red, blue, magenta and grey.
_DARK = (0, 1, 4, 5, 8)


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def legible(style: Style) -> Style:
    """Return a style whose text can be read on its ground: as it is, or brought nearer to black or white.

    The colours of a terminal's own palette are not known: on one of them text is the palette's black or white.
    """
    if style.bgcolor is not None and style.bgcolor.type is ColorType.STANDARD:
        return style + Style(color="bright_white" if style.bgcolor.number in _DARK else "black")
    text, ground = (colour.triplet if colour else None for colour in (style.color, style.bgcolor))
    if text is None or ground is None or contrast(text, ground) >= LEAST:
        return style
    # One of the two always has enough: the worst ground gives 4.58 with either.
    end = max(ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), key=lambda end: contrast(end, ground))
    blends = (_blended(text, end, step / _STEPS) for step in range(1, _STEPS + 1))
    found = next((blend for blend in blends if contrast(blend, ground) >= LEAST), end)
    return style + Style(color=Color.from_triplet(found))


def _blended(one: ColorTriplet, other: ColorTriplet, share: float) -> ColorTriplet:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return ColorTriplet(red, green, blue)


def _luminance(colour: ColorTriplet) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
