"""With `ascii = true` every screen is drawn in ASCII; what papers say keeps its letters."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.color import Color

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.render.strips import AsciiLines
from tests.support.scenes import SCENES, show
from tests.support.tui import SIZE, Fill, press, quiet, screen_text


@pytest.mark.slow
async def test_every_screen_is_drawn_in_ascii(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(ascii=True), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        # One of each kind: the list in all its states, fields, dialogs, text.
        for scene in ("list", "search", "note", "question", "menu", "prompt", "nothing found", "help", "feeds"):
            await show(app, pilot, scene)
            text = screen_text(app)
            assert text.isascii(), (scene, {sign for sign in text if not sign.isascii()})
        # An arrow of one letter would be another key.
        await press(pilot, "escape", "colon", Fill("next paper"))
        assert "j Down " in screen_text(app)


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_a_small_screen_is_drawn_in_ascii(shelf: Shelf, scene: str, size: tuple[int, int]) -> None:
    app = ReadlistApp(shelf, Config(ascii=True), KeyMap())
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        await show(app, pilot, scene)
        # The manual has letters of papers among its examples.
        others = {sign for sign in screen_text(app) if not (sign.isascii() or sign.isalnum())}
        assert not others


def test_letters_and_widths_stay() -> None:
    line = [Segment("╭─ Über ℓₚ · 漢字 … │"), Segment("as it is")]
    drawn = AsciiLines().apply(line, Color(0, 0, 0))
    assert [segment.text for segment in drawn] == ["+- Über ℓₚ - 漢字 ~ |", "as it is"]
    assert [segment.cell_length for segment in drawn] == [segment.cell_length for segment in line]
