"""The colours: grey where few colours are to be had, new at once after a change, readable in every theme."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import DARK, LIGHT, ReadlistApp
from readlist.tui.commands import keymap
from tests.tui.test_reading import SIZE, press, quiet


def colours(app: ReadlistApp) -> list[list[tuple[str, str]]]:
    """What stands on the screen, with its styles."""
    strips = app.screen._compositor.render_strips()
    return [[(segment.text, str(segment.style)) for segment in strip] for strip in strips]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_grounds_stay_grey_with_256_colours(theme: Theme) -> None:
    for ground in (theme.background, theme.surface, theme.panel, theme.variables["block-cursor-background"]):
        assert ground is not None
        shown = Color.parse(ground).downgrade(ColorSystem.EIGHT_BIT)
        assert len(set(shown.get_truecolor())) == 1, f"{ground} becomes {shown.get_truecolor().hex}"


@pytest.mark.parametrize("name", ["readlist-light", "nord", "gruvbox"])
async def test_a_change_of_theme_redraws_everything(shelf: Shelf, name: str) -> None:
    fresh = ReadlistApp(shelf, Config(theme=name), keymap({}))
    async with fresh.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        wanted = colours(fresh)
    app = ReadlistApp(shelf, Config(), keymap({}))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        app.theme = name
        await quiet(pilot)
        assert colours(app) == wanted
