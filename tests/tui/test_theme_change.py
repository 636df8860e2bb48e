"""The change of a theme: the event loop has its turn meanwhile."""

from __future__ import annotations

import asyncio

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.tui import SIZE, press, quiet


async def test_the_loop_has_its_turn_between_the_steps(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark")
        before, turns = app.stylesheet, 0
        app.theme = "nord"
        while app.stylesheet is before or app._batch_count:
            await asyncio.sleep(0)
            turns += 1
        # Each source of the style sheet is a step.
        assert turns >= len(before.source)
        assert app.stylesheet.source.keys() >= before.source.keys()


async def test_a_dialog_opened_after_it_has_its_colours(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        app.theme = "nord"
        await press(pilot, "X")
        await quiet(pilot)
        frame = app.screen.query_one(".box")
        assert frame.styles.background.hex.lower() == app.theme_variables["surface"].lower()
