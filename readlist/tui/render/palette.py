"""The colours of a theme by what they are for, each legible on every ground; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from rich.color import ColorSystem as Depth
from rich.color_triplet import ColorTriplet
from textual.color import BLACK, WHITE, Color
from textual.theme import Theme

from readlist.tui.render.strips import LEAST, luminance, ratio

GROUNDS = ("base", "surface", "panel", "cursor")
"""What is drawn on: the list, the detail and dialogs, bars and chips, the cursor's row."""
TEXTS = ("ink", "body", "muted", "accent", "primary", "success", "secondary", "tag", "error", "warning")
"""What is written with: legible on every ground."""
LEAST_OF_LINES = 1.5
"""The contrast of rules, frames and scroll bars, which hold nothing to read."""

_STEPS = 40
# The ink is stronger than what is needed, and grounds leave room for it: other texts can be weaker, and keep their hue.
_INK = 7.0
_ROOM = {"base": 9.5, "surface": 10.8, "panel": 9.5, "cursor": 8.8}
# How far chips and bars, and the row of the cursor, are apart from what is below them.
_APART = {"panel": 1.07, "cursor": 1.12}
_BODY, _MUTED, _LINE, _CURSOR, _TAG = 0.12, 0.35, 0.25, 0.14, 0.5
_REVERSE = "reverse"
_FIELDS = {"ink": "foreground", "base": "background"}


def palette(
    theme: Theme, variables: Mapping[str, str], depth: Depth = Depth.TRUECOLOR, *, colourless: bool = False
) -> dict[str, str]:
    """Return the variables of the style sheet: a colour for each ground and text, and those of Textual's own widgets.

    A theme may name a ground or text in its variables. A colour that can't be read on one of the grounds is made
    lighter or darker until it can; with few colours, what counts is what the terminal makes of it.

    Args:
        theme: whose colours to use; one of the terminal's own palette keeps them as they are.
        variables: those that Textual makes of the theme.
        depth: how many colours the terminal has.
        colourless: whether colours are left out, so that the cursor needs another look.
    """
    if theme.ansi:
        return _terminal_palette(theme)
    named = tuple((name, _named(theme, variables, name)) for name in (*GROUNDS, *TEXTS, "line"))
    colours = _colours(named, theme.dark, depth)
    shown = {name: colour.hex6 for name, colour in colours.items()}
    return shown | _widget_variables(shown, _REVERSE if colourless or depth is Depth.STANDARD else "none")


def _named(theme: Theme, variables: Mapping[str, str], name: str) -> str:
    """Return the colour that a theme names, else the one Textual makes of it; empty for none."""
    field = _FIELDS.get(name, name)
    return theme.variables.get(name) or getattr(theme, field, None) or variables.get(field, "")


@lru_cache(maxsize=64)
def _colours(named: tuple[tuple[str, str], ...], dark: bool, depth: Depth) -> Mapping[str, Color]:
    given = {name: Color.parse(value) for name, value in named if value}
    pole, opposite = (WHITE, BLACK) if dark else (BLACK, WHITE)
    base = given["base"]
    given.setdefault("cursor", base + given["surface"].blend(given["ink"], _CURSOR, alpha=1))
    colours: dict[str, Color] = {}
    for name in GROUNDS:
        if depth is Depth.STANDARD:
            # Of sixteen colours there is no shade of black or white; the cursor is reversed.
            colours[name] = opposite
            continue
        ground = base + given[name]
        if (least := _APART.get(name)) and depth is Depth.TRUECOLOR:
            below = [colours["surface"], base] if name == "cursor" else [colours["surface"]]
            ground = _legible(ground, given["ink"], below, depth, least)
        steps = [_grey(each) if depth is not Depth.TRUECOLOR else each for each in _steps(ground, base)]
        roomy = (each for each in steps if _contrast(pole, each, depth) >= _ROOM[name])
        colours[name] = next(roomy, steps[-1])
    grounds = list(colours.values())
    colours["ink"] = ink = _legible(given["ink"], pole, grounds, depth, _INK)
    given.setdefault("body", ink.blend(base, _BODY))
    given.setdefault("muted", ink.blend(base, _MUTED))
    given.setdefault("tag", given["primary"].blend(given["success"], _TAG))
    given.setdefault("line", base.blend(ink, _LINE))
    for name in TEXTS[1:]:
        colours[name] = _legible(given[name], ink if name in ("body", "muted") else pole, grounds, depth)
    colours["line"] = _legible(given["line"], ink, grounds, depth, LEAST_OF_LINES)
    return colours


def _legible(colour: Color, end: Color, grounds: Iterable[Color], depth: Depth, least: float = LEAST) -> Color:
    """Return a colour blended with another one until it has enough contrast with every ground."""
    grounds = list(grounds)
    good = (each for each in _steps(colour, end) if all(_contrast(each, one, depth) >= least for one in grounds))
    return next(good, end)


def _steps(colour: Color, end: Color) -> Iterable[Color]:
    return (colour.blend(end, step / _STEPS, alpha=1) for step in range(_STEPS + 1))


def _grey(colour: Color) -> Color:
    """Return the grey of a ground: of 256 colours only the greys are dark or light enough."""
    level = round(255 * colour.brightness)
    return Color(level, level, level)


def shown(colour: Color, depth: Depth) -> ColorTriplet:
    """Return what a terminal makes of a colour."""
    if depth is Depth.TRUECOLOR:
        return ColorTriplet(*colour.rgb)
    return colour.rich_color.downgrade(depth).get_truecolor()


@lru_cache(maxsize=4096)
def _luminance(colour: Color, depth: Depth) -> float:
    return luminance(shown(colour, depth))


def _contrast(one: Color, other: Color, depth: Depth) -> float:
    return ratio(_luminance(one, depth), _luminance(other, depth))


def _widget_variables(colours: Mapping[str, str], cursor_style: str) -> dict[str, str]:
    """Return what Textual's own widgets are drawn with."""
    ink, base, surface = colours["ink"], colours["base"], colours["surface"]
    return {
        "cursor-style": f"bold {cursor_style}" if cursor_style == _REVERSE else "bold",
        "foreground": ink,
        "background": base,
        "text-muted": colours["muted"],
        "text-disabled": colours["muted"],
        "border": colours["accent"],
        "border-blurred": colours["line"],
        "block-cursor-foreground": ink,
        "block-cursor-background": colours["cursor"],
        "block-cursor-text-style": cursor_style,
        "block-cursor-blurred-foreground": ink,
        "block-cursor-blurred-background": colours["cursor"],
        "block-cursor-blurred-text-style": cursor_style,
        "block-hover-background": colours["panel"],
        "input-cursor-foreground": base,
        "input-cursor-background": ink,
        "input-selection-foreground": base,
        "input-selection-background": colours["primary"],
        "screen-selection-foreground": base,
        "screen-selection-background": colours["primary"],
        "link-color": colours["primary"],
        "link-color-hover": base,
        "link-background-hover": colours["primary"],
        "scrollbar": colours["line"],
        "scrollbar-hover": colours["primary"],
        "scrollbar-active": colours["primary"],
        "scrollbar-background": surface,
        "scrollbar-background-hover": surface,
        "scrollbar-background-active": surface,
        "scrollbar-corner-color": surface,
    }


def _terminal_palette(theme: Theme) -> dict[str, str]:
    """Return the terminal's own colours; its cursor is the reverse of a row, whichever colours that has."""
    own = "ansi_default"
    named = {name: getattr(theme, name) or own for name in ("accent", "primary", "success", "secondary", "error")}
    return {
        **dict.fromkeys((*GROUNDS, "ink", "body", "muted"), own),
        **named,
        "warning": theme.warning or own,
        "tag": named["secondary"],
        "line": "ansi_bright_black",
        "text-muted": own,
        "text-disabled": own,
        "cursor-style": f"bold {_REVERSE}",
        "block-cursor-foreground": own,
        "block-cursor-background": own,
        "block-cursor-text-style": _REVERSE,
        "block-cursor-blurred-foreground": own,
        "block-cursor-blurred-background": own,
        "block-cursor-blurred-text-style": _REVERSE,
        "block-hover-background": own,
        "scrollbar": "ansi_bright_black",
        "scrollbar-background": own,
        "scrollbar-background-hover": own,
        "scrollbar-background-active": own,
    }
