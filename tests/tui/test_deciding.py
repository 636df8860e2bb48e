"""Deciding by key: order, undo, what is selected, and what comes out of files."""

from __future__ import annotations

from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from tests.tui.test_reading import SIZE, press, stored, toasts


async def test_the_name_of_a_step_from_a_file_is_drawn_harmlessly(app: ReadlistApp, shelf: Shelf) -> None:
    _, done = shelf.mark([stored(shelf, 1)], starred=True, label="starred\x1b]0;title\x07 \u202eback\nforth")
    done.result()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "u")
        assert "Undone: starred back forth" in toasts(app)
        assert "\x1b" not in toasts(app) and "\u202e" not in toasts(app)
