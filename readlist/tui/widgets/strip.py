"""Lines for a terminal that is far away: no change of style where none is seen."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


def joined(segments: Iterable[Segment]) -> Strip:
    """Return a line in which blanks have the style of what is beside them, on the same ground."""
    line: list[Segment] = []
    for segment in segments:
        if line and (_blends(segment, line[-1]) or _blends(line[-1], segment)):
            style = line[-1].style if segment.text.isspace() else segment.style
            line[-1] = Segment(line[-1].text + segment.text, style)
        elif segment.text:
            line.append(segment)
    return Strip(line)


def _blends(blank: Segment, other: Segment) -> bool:
    """Tell whether a segment looks the same in the style of another."""
    if not blank.text.isspace():
        return blank.style == other.style
    return _ground(blank.style) == _ground(other.style)


def _ground(style: Style | None) -> object:
    """Return what is seen of a style where there is no letter."""
    return (style.bgcolor, style.underline, style.reverse, style.strike) if style is not None else None
