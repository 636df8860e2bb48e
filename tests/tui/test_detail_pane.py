"""The detail pane: focus, pages, text marked with the mouse and copied, links of the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readlist.config import Config
from readlist.model.paper import Announcement, Link
from readlist.shelf import Shelf
from readlist.sources.batch import Batch
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.note_editor import NoteEditor
from tests.support.papers import DAY, make_paper, make_shelf
from tests.support.tui import SIZE, Fill, detail_pane, press, quiet, said, screen_text, stored

LONG = "We study compute-efficient multimodal models, and show that a mixture-of-experts model of them works. " * 20
"""More than a pane has room for."""


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Two papers, the first with a long abstract."""
    made = make_shelf(tmp_path)
    papers = (
        make_paper(1, abstract=f"Short first line.\n{LONG}", links=(Link("https://github.com/lab/code", "repo"),)),
        make_paper(2, links=(Link("https://xn--rxiv-53d.org/abs/1", "project"),)),
    )
    items = tuple((paper, Announcement("HF daily", DAY, place)) for place, paper in enumerate(papers, 1))
    made.papers.add(Batch("day", feed="HF daily", day=DAY, items=items))
    made.sync.catch_up()
    yield made
    made.close()


def lines(app: ReadlistApp) -> list[str]:
    """All lines of the detail."""
    text = detail_pane(app)._text
    return [text.drawn(place).strip.text.rstrip() for place in range(len(text))]


async def drag(pilot: Pilot[None], start: tuple[int, int], *stops: tuple[int, int]) -> None:
    """Press the mouse at a place of the screen, move it and release it."""
    await pilot.mouse_down(offset=start)
    for stop in stops:
        await pilot.hover(offset=stop)
    await pilot.mouse_up(offset=stops[-1])
    await quiet(pilot)


def place_of(app: ReadlistApp, text: str) -> tuple[int, int]:
    """Where a text is on the screen."""
    rows = screen_text(app).split("\n")
    y = next(y for y, row in enumerate(rows) if text in row)
    return rows[y].index(text), y


async def test_focus_rewraps_nothing_and_space_pages(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        pane = detail_pane(app)
        before = lines(app)
        x, _ = place_of(app, "Short first line.")
        assert screen_text(app).split("\n")[pane.region.bottom - 1].rstrip().endswith("↓")
        await press(pilot, "enter")
        assert lines(app) == before and place_of(app, "Short first line.")[0] == x
        page = pane.size.height - 1
        await press(pilot, "space")
        assert pane.scroll_offset.y == min(page, pane.max_scroll_y) > 0
        await press(pilot, "space", "space", "space")
        assert pane.scroll_offset.y == pane.max_scroll_y and "↓" not in screen_text(app)
        assert app.reading.state.cursor == 0 and not app.reading.state.selection
        await press(pilot, "b", "shift+space", "b", "b")
        assert pane.scroll_offset.y == 0
        await press(pilot, "escape")
        assert lines(app) == before and app.reading.ui.context == "list"


async def test_text_marked_with_the_mouse_is_copied_without_its_line_breaks(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, copied = ReadlistApp(shelf, Config(clipboard="osc52"), KeyMap()), list[str]()
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        x, y = place_of(app, "Short first line.")
        await drag(pilot, (x + 6, y), (x + 9, y), (x + 11, y + 2))
        text = f"first line.\n{LONG}"
        marked, count = app.reading.ui.marked.marked_text
        assert count == 3 and text.startswith(marked) and "compute-efficient multimodal" in marked
        reverse = [segment.text for strip in app.screen._compositor.render_strips()[y : y + 3] for segment in strip
                   if segment.style is not None and segment.style.reverse]  # fmt: skip
        assert "".join(reverse).replace(" ", "") == marked.replace("\n", "").replace(" ", "")
        await press(pilot, "y")
        assert copied == [marked] and "3 lines" in said(app)
        # Past the pane the mouse marks no more than it.
        await drag(pilot, (x + 6, y), (0, y))
        assert app.reading.ui.marked.marked_text == ("Short f", 1)
        await press(pilot, "ctrl+c")
        assert copied[1:] == ["Short f"]
        await press(pilot, "escape")
        assert app.reading.ui.marked.marked_text == ("", 0)
        await drag(pilot, (5, y), (9, y + 2))
        assert app.reading.ui.marked.marked_text == ("", 0)
        # However long a busy machine takes between two clicks.
        monkeypatch.setattr(type(app), "CLICK_CHAIN_TIME_THRESHOLD", 60.0)
        await pilot.click(offset=(x + 6, y), times=2)
        await quiet(pilot)
        assert app.reading.ui.marked.marked_text == ("first", 1)
        await pilot.click(offset=(x + 6, y + 2), times=3)
        await quiet(pilot)
        assert app.reading.ui.marked.marked_text[0] == LONG.strip()
        await press(pilot, "tab", "j")
        assert app.reading.ui.marked.marked_text == ("", 0)


async def test_a_link_is_one_of_the_terminal_too_unless_it_hides_its_host(app: ReadlistApp) -> None:
    def links() -> str:
        strips = app.screen._compositor.render_strips()
        return "".join(strip.render(app.console) for strip in strips)

    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert re.search(r"\x1b\]8;id=\d+-?\d*;https://github.com/lab/code\x1b\\", links())
        await press(pilot, "j")
        assert ";https://arxiv.org/abs/2608.00002\x1b" in links() and "xn--rxiv-53d.org/abs/1\x1b" not in links()
        assert "(xn--rxiv-53d.org)" in screen_text(app)


@pytest.mark.parametrize("size", [(120, 20), (80, 24), (80, 10), (40, 12)])
async def test_the_note_is_written_with_the_abstract_in_view(
    app: ReadlistApp, shelf: Shelf, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        before = lines(app)
        await press(pilot, "e")
        empty = screen_text(app)
        assert "─ Note ─" in empty and "What is worth remembering" in empty
        assert empty.count("Esc") == empty.count("Esc save and close") == 1
        for typed in ("ask", "\nsecond", "\nthird\nfourth\nfifth\nsixth\nlast"):
            await press(pilot, Fill(typed))
            rows = screen_text(app).split("\n")
            assert any("Short first line." in row for row in rows)
            editor = app.reading.query_one(NoteEditor)
            assert editor.region.height <= size[1] // 2 and editor.region.bottom <= size[1] - 1
            assert any(typed.split("\n")[-1] in row for row in rows[editor.region.y :])
        await press(pilot, "escape")
        assert stored(shelf, 1).mark.note.endswith("last")
        assert detail_pane(app).scroll_offset.y == 0
        await press(pilot, "u")
        assert lines(app) == before
        # One that is there is in the editor alone while it is edited.
        await press(pilot, "U", "e")
        assert "✎ Note" not in screen_text(app)
