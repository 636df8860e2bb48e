"""The colours: grey where few colours are to be had, new at once after a change, readable in every theme."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem
from textual.filter import ANSIToTruecolor
from textual.theme import Theme

from readlist.config import Config, load
from readlist.shelf import Shelf
from readlist.tui.app import DARK, LIGHT, ReadlistApp
from readlist.tui.dialogs.theme_picker import ThemePicker
from readlist.tui.keymap import KeyMap
from readlist.tui.render.palette import GROUNDS, LEAST_OF_LINES, TEXTS, palette
from readlist.tui.render.strips import LEAST, contrast
from tests.support.depth import slow
from tests.support.terminal import Terminal
from tests.support.themes import COLOURED
from tests.support.tui import SIZE, Fill, press, quiet, said, screen_text, until


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
    if depth is ColorSystem.STANDARD:
        assert "reverse" in roles["cursor-style"]
    else:
        assert min(contrast(seen["cursor"], seen[ground]) for ground in ("base", "surface")) >= 1.1
        assert contrast(seen["ink"], seen["muted"]) >= 1.5


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


@pytest.mark.parametrize("name", ["readlist-light", *slow("nord", "gruvbox", "ansi-dark")])
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


async def test_a_cursor_in_reverse_has_one_colour(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(theme="ansi-dark"), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s")
        for keys, text in ((), "▌"), (("colon",), "Done"):
            await press(pilot, *keys)
            strips = app.screen._compositor.render_strips()
            rows = [[part for part in strip if part.style and part.style.reverse] for strip in strips]
            row = next(row for row in rows if text in "".join(part.text for part in row))
            assert len({(part.style.color, part.style.bgcolor) for part in row if part.style}) == 1
            assert len({part.style for part in row}) > 1 or not keys


async def test_a_theme_of_the_terminals_own_colours_leaves_them_to_it(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(theme="ansi-light"), KeyMap())
    async with app.run_test(size=SIZE):
        assert [one.enabled for one in app._filters if isinstance(one, ANSIToTruecolor)] == [False]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("terminal", "grounds"), [("xterm-256color", rb"48;5;(?:16|23[2-9]|24\d|25[0-5])"), ("xterm", rb"(?:40|49)")]
)
def test_what_is_sent_to_a_terminal_of_few_colours(tmp_path: Path, terminal: str, grounds: bytes) -> None:
    (tmp_path / "config.toml").write_text('refresh = "never"\n', encoding="utf-8")
    environ = {"READLIST_HOME": str(tmp_path), "TERM": terminal, "COLORTERM": ""}
    window = Terminal([sys.executable, "-m", "readlist"], environ)
    try:
        window.wait_for(b"Inbox")
        for keys, text in ((":", b"Commands"), ("\x1b", b""), ("F", b"Feeds"), ("q", b"")):
            window.type(keys)
            window.wait_for(text)
            window.read(0.5)
        styles = re.findall(rb"\x1b\[([\d;]+)m", window.output)
        # A colour of 256 is one code.
        codes = {code for style in styles for code in re.findall(rb"[34]8;5;\d+|\d+", style)}
        sent = {code for code in codes if re.fullmatch(rb"48;5;\d+|4\d|10\d", code)}
        assert sent
        # The cursor of a field is of the colour of the ink.
        assert not [ground for ground in sent - {b"48;5;188", b"107"} if not re.fullmatch(grounds, ground)]
        assert b";2;" not in window.output
    finally:
        window.close()


async def test_a_theme_is_shown_under_the_cursor_and_kept_when_chosen(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        before = colours(app)
        await press(pilot, "colon", Fill("theme"), "enter")
        assert isinstance(app.screen, ThemePicker) and app.theme == DARK.name
        rows = [line for line in screen_text(app).split("\n") if "✓" in line]
        assert len(rows) == 1 and "readlist-dark" in rows[0] and "▌" in rows[0]
        await press(pilot, "j")
        await until(lambda: app.theme == "rose-pine")
        await quiet(pilot)
        assert colours(app)[-1] != before[-1]
        await press(pilot, "escape")
        assert app.theme == DARK.name and colours(app) == before and not settings.exists()
        await press(pilot, "colon", Fill("theme"), "enter", "j", "k", "k", "enter")
        assert app.theme == "nord" and load(settings).theme == "nord"


async def test_a_theme_that_is_gone_leaves_the_default_and_the_settings(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('theme = "norde"\n', encoding="utf-8")
    app = ReadlistApp(shelf, load(settings), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert app.theme == DARK.name
        assert "unknown theme `norde`; did you mean `nord`?" in said(app)
    assert settings.read_text(encoding="utf-8") == 'theme = "norde"\n'
