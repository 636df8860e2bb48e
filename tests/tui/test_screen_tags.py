"""Tags on the screen: typed with few keys, completed, shown, searched for."""

from __future__ import annotations

from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from tests.support.tui import SIZE, Fill, press, said, screen_text, search_field, stored


async def test_three_papers_are_tagged_with_five_keys_and_the_letters(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "t", *"cited", "enter")
        assert stored(shelf, 1).mark.note == "#cited" and "#cited" in screen_text(app)
        assert 'Tagged "' in said(app)
        keys = ["space", "space", "space", "t", "c", "tab", "enter"]
        await press(pilot, *keys[:4])
        assert "Tags of 3 papers" in screen_text(app)
        await press(pilot, *keys[4:])
        assert [stored(shelf, number).mark.note for number in (1, 2, 3, 4)] == ["#cited"] * 3 + [""]
        await press(pilot, "u")
        assert [stored(shelf, number).mark.note for number in (1, 2, 3)] == ["#cited", "", ""]
        await press(pilot, "escape", "g", "t", *"--", "enter")
        assert "is not a tag" in screen_text(app)
        await press(pilot, "escape", "slash", Fill("tag:"))
        assert search_field(app).suggested == "tag:cited"
        assert "cited 1" in screen_text(app)
        await press(pilot, "tab", "enter")
        assert "1 of 12" in screen_text(app)
        assert len(app.reading.state.ids) == 1
