"""Suspending where there is nothing to suspend to, and the key of it where it has another use."""

from __future__ import annotations

import pytest

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.note_editor import NoteEditor
from tests.support.tui import SIZE, press, said

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("before", ["", "question_mark", "slash"])
async def test_a_terminal_that_cannot_suspend_says_so(app: ReadlistApp, before: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *before.split(), "ctrl+z")
        assert "can't suspend" in said(app)


async def test_in_a_note_the_key_takes_back_what_was_typed(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e", *"word", "ctrl+z")
        editor = app.reading.query_one(NoteEditor)
        assert editor is not None and editor.text == ""
        assert said(app) == ""


async def test_a_letter_suspends_only_where_nothing_is_typed(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap({"suspend": ["z"]}))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "z")
        assert "can't suspend" in said(app)
        app.reading.ui.say("Nothing.")
        await press(pilot, "slash", "z", "escape", "i", "z")
        assert said(app).endswith("Nothing.")
        # There the key it has by default is free, and keeps it within reach.
        await press(pilot, "ctrl+z")
        assert "can't suspend" in said(app).splitlines()[-1]
