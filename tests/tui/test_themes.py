"""The colours: grey where few colours are to be had, new at once after a change, readable in every theme."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.theme import Theme

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import DARK, LIGHT, ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.render.palette import GROUNDS, LEAST_OF_LINES, TEXTS, palette
from readlist.tui.render.strips import LEAST, contrast, legible
from tests.support.depth import slow
from tests.support.themes import COLOURED
from tests.support.tui import SIZE, list_pane, press, quiet


def colours(app: ReadlistApp) -> list[list[tuple[str, str]]]:
    """The text on the screen, with its styles."""
    strips = app.screen._compositor.render_strips()
    return [[(segment.text, str(segment.style)) for segment in strip] for strip in strips]


def variables(theme: Theme, depth: ColorSystem) -> dict[str, str]:
    return palette(theme, theme.to_color_system().generate() | theme.variables, depth)


@pytest.mark.parametrize("depth", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_ground(theme: Theme, depth: ColorSystem) -> None:
    roles = variables(theme, depth)
    seen = {name: Color.parse(roles[name]).downgrade(depth).get_truecolor() for name in (*GROUNDS, *TEXTS, "line")}
    for ground in GROUNDS:
        for text in TEXTS:
            assert contrast(seen[text], seen[ground]) >= LEAST, (text, ground)
        assert contrast(seen["line"], seen[ground]) >= LEAST_OF_LINES, ground


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_grounds_stay_grey_with_256_colours(theme: Theme) -> None:
    roles = variables(theme, ColorSystem.EIGHT_BIT)
    for ground in GROUNDS:
        shown = Color.parse(roles[ground]).downgrade(ColorSystem.EIGHT_BIT)
        assert len(set(shown.get_truecolor())) == 1, f"{ground} becomes {shown.get_truecolor().hex}"


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_our_own_themes_are_shown_as_they_are_written(theme: Theme) -> None:
    written = {
        **theme.variables,
        "base": theme.background,
        "ink": theme.foreground,
        **{name: getattr(theme, name) for name in ("surface", "panel", "accent", "primary", "success", "secondary")},
        "error": theme.error,
    }
    roles = variables(theme, ColorSystem.TRUECOLOR)
    assert {name: roles[name].lower() for name in written} == written


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
@pytest.mark.parametrize("name", [*slow(*(theme.name for theme in COLOURED[2:])), DARK.name, LIGHT.name])
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
