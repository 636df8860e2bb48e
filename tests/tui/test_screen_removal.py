"""Removing by key on the real screen."""

from __future__ import annotations

from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from tests.support.tui import SIZE, Fill, number, press, said, screen_text, stored


async def test_a_paper_is_removed_looked_for_and_restored_by_key(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        first = number(app.reading.state.entry)
        await press(pilot, "s", "D")
        assert number(app.reading.state.entry) == first + 1 and stored(shelf, first).mark.removed
        assert "Removed 1 paper (starred)" in said(app)
        await press(pilot, "slash", Fill("is:removed"), "enter")
        assert number(app.reading.state.entry) == first and len(app.reading.state.ids) == 1
        await press(pilot, "D")
        assert not app.reading.state.ids and "Restored 1 paper" in said(app)
        await press(pilot, "u", "u")
        assert not stored(shelf, first).mark.removed and "Undone: removed" in said(app)
        await press(pilot, "escape", "colon", Fill("show removed"))
        assert "is:removed" in screen_text(app)
