"""The colours: grey where few colours are to be had, new at once after a change, readable in every theme."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.theme import BUILTIN_THEMES, Theme

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import DARK, LIGHT, ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.render.strips import LEAST, contrast, legible
from tests.support.depth import slow
from tests.support.tui import SIZE, list_pane, press, quiet


def colours(app: ReadlistApp) -> list[list[tuple[str, str]]]:
    """The text on the screen, with its styles."""
    strips = app.screen._compositor.render_strips()
    return [[(segment.text, str(segment.style)) for segment in strip] for strip in strips]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_grounds_stay_grey_with_256_colours(theme: Theme) -> None:
    for ground in (theme.background, theme.surface, theme.panel, theme.variables["block-cursor-background"]):
        assert ground is not None
        shown = Color.parse(ground).downgrade(ColorSystem.EIGHT_BIT)
        assert len(set(shown.get_truecolor())) == 1, f"{ground} becomes {shown.get_truecolor().hex}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["readlist-light", *slow("nord", "gruvbox")])
async def test_a_change_of_theme_redraws_everything(shelf: Shelf, name: str) -> None:
    fresh = ReadlistApp(shelf, Config(theme=name), KeyMap())
    async with fresh.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        wanted = colours(fresh)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        app.theme = name
        await quiet(pilot)
        assert colours(app) == wanted


@pytest.mark.slow
@pytest.mark.parametrize("name", [*slow(*sorted(BUILTIN_THEMES)), DARK.name, LIGHT.name])
async def test_the_row_of_the_cursor_can_be_read_in_every_theme(shelf: Shelf, name: str) -> None:
    app = ReadlistApp(shelf, Config(theme=name), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for key in ("s", "r"):
            await press(pilot, key)
            papers = list_pane(app)
            for text, style, _ in papers.render_line(app.reading.state.cursor - papers.scroll_offset.y):
                if text.strip() and style is not None and style.color is not None and style.bgcolor is not None:
                    assert contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor()) >= LEAST, text


def test_every_text_can_be_made_legible_on_every_ground() -> None:
    levels = range(0, 256, 51)
    greys = [ColorTriplet(level, level, level) for level in range(256)]
    for ground in [*greys, *(ColorTriplet(red, green, blue) for red in levels for green in levels for blue in levels)]:
        style = legible(Style(color=Color.from_triplet(ground), bgcolor=Color.from_triplet(ground)))
        assert style.color is not None and style.color.triplet is not None
        assert contrast(style.color.triplet, ground) >= LEAST


def test_what_can_be_read_stays_as_the_theme_has_it() -> None:
    style = Style(color="#ffffff", bgcolor="#000000", bold=True)
    assert legible(style) is style
    own = Style(color="red")
    assert legible(own) is own


async def test_a_theme_of_the_terminals_own_colours_leaves_them_to_it(shelf: Shelf) -> None:
    assert legible(Style(color="red", bgcolor="blue")).color == Color.parse("bright_white")
    assert legible(Style(color="default", bgcolor="white")).color == Color.parse("black")
    app = ReadlistApp(shelf, Config(theme="ansi-light"), KeyMap())
    async with app.run_test(size=SIZE):
        assert [one.enabled for one in app._filters if isinstance(one, ANSIToTruecolor)] == [False]
