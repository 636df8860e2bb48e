"""The screen behind a dialog looks as Textual draws it."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.geometry import Size
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip
from textual.visual import RenderOptions, RichVisual, Visual

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.backdrop import Backdrop
from tests.support.tui import SIZE, press, quiet


def lines(app: ReadlistApp, visual: Visual, size: Size) -> list[list[tuple[str, object]]]:
    """Return every cell of what is drawn behind the dialog, with its look."""
    dialog = app.screen
    options = RenderOptions(dialog._get_style, dialog.styles.get_rules())
    strips = visual.render_strips(size.width, size.height, dialog.visual_style, options)
    pieces = [Strip(Segment.simplify(strip)) for strip in strips]
    return [[(text, (look.color, look.bgcolor, look._attributes, look.meta)) for text, look, _ in one if look]
            for one in pieces]  # fmt: skip


@pytest.mark.parametrize("theme", ["readlist-dark", "readlist-light", "nord", "ansi-dark"])
async def test_it_is_what_textual_draws(shelf: Shelf, theme: str) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        assert theme in app.available_themes
        app.theme = theme
        await quiet(pilot)
        await press(pilot, "X")
        await quiet(pilot)
        plain = BackgroundScreen(app.reading, app.screen.styles.background)
        drawn = lines(app, Backdrop(plain), app.screen.size)
        assert drawn == lines(app, RichVisual(app.screen, plain), app.screen.size)
        assert any(text.strip() for line in drawn for text, _ in line)


async def test_what_changes_below_is_drawn_again(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "X")
        await quiet(pilot)
        app.reading.ui.say("Something new was said")
        await quiet(pilot)
        behind = "\n".join(strip.text for strip in app.screen.render_lines(app.screen.region))
        assert "Something new was said" in behind
