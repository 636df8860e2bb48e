"""Removing by key on the real screen."""

from __future__ import annotations

from pathlib import Path

from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from tests.support.papers import make_batch, make_paper, make_shelf
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


async def test_what_is_restored_is_on_the_line_where_it_was(app: ReadlistApp) -> None:
    async with app.run_test(size=(80, 16)) as pilot:
        await press(pilot, "j", "j", "j")
        before = screen_text(app).split("\n")[:6]
        await press(pilot, "D", "u")
        assert screen_text(app).split("\n")[:6] == before
        await press(pilot, "U")
        assert number(app.reading.state.entry) == 5


async def test_everything_is_removed_and_an_import_taken_back(app: ReadlistApp, shelf: Shelf, tmp_path: Path) -> None:
    page = tmp_path / "mine.bib"
    page.write_text("@misc{x, title = {A kettle that sings}, keywords = {starred}}", encoding="utf-8")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "i", Fill(str(page)), "enter")
        assert "Imported 1 new paper, 0 known, with 1 star. u: undo" in said(app)
        assert "A kettle that sings" in screen_text(app)
        await press(pilot, "u")
        assert "Undone: import of mine.bib · removed 1 paper" in said(app)
        assert "A kettle that sings" not in screen_text(app) and len(app.reading.state.ids) == 12
        await press(pilot, "U")
        assert "A kettle that sings" in screen_text(app)
        await press(pilot, "asterisk", "D")
        assert "No papers here. 13 removed." in screen_text(app) and not app.reading.state.ids
        await press(pilot, "D", "u")
        assert len(app.reading.state.ids) == 13


async def test_what_another_window_takes_out_goes_but_not_from_under_a_note(
    app: ReadlistApp, shelf: Shelf, tmp_path: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        other = make_shelf(tmp_path)
        step = other.marks.begin_import("import of a page")
        brought = make_batch([make_paper(20), make_paper(21)], "A page")
        added = other.papers.add(brought, imported=step.batch)
        adoption = other.marks.adopt(brought, added, step)
        assert adoption.done is not None
        adoption.done.result(60)
        await _followed(app, shelf)
        assert len(app.reading.state.ids) == 14
        other.marks.undo().result(60)
        await _followed(app, shelf)
        assert len(app.reading.state.ids) == 12

        edited = number(app.reading.state.entry)
        await press(pilot, "e", Fill("half a "))
        other.marks.apply([stored(other, edited)], removed=True)[1].result(60)
        await _followed(app, shelf)
        assert number(app.reading.state.entry) == edited and len(app.reading.state.ids) == 12
        await press(pilot, Fill("thought"), "escape")
        assert stored(shelf, edited).mark.note == "half a thought" and stored(shelf, edited).mark.removed
        await _followed(app, shelf)
        assert number(app.reading.state.entry) != edited and len(app.reading.state.ids) == 11
        other.close()


async def _followed(app: ReadlistApp, shelf: Shelf) -> None:
    """Show what another readlist changed."""
    app.reading.loader.fetch_again(shelf.sync.follow().marks)
    await app.reading.loader.add_new()
