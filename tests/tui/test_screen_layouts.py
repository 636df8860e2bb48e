"""How list and detail share the screen: layouts, the border between them, and terminals of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readlist.config import Config, Layout, load
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.paper_list import PaperList
from readlist.tui.widgets.split_view import SplitView
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.tui import (
    SIZE,
    Fill,
    detail_pane,
    list_pane,
    press,
    quiet,
    said,
    screen_text,
    status_text,
    stored,
    until,
)

LONG = "The small model decides whom to ask and gains points on three planning benchmarks of the year. " * 20
TITLE = "Sparse attention number 1"


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with forty papers that have much to read."""
    made = make_shelf(tmp_path / "many")
    made.papers.add(make_batch([make_paper(number, abstract=LONG) for number in range(1, 41)]))
    made.sync.catch_up()
    yield made
    made.close()


async def test_the_status_line_names_the_layout_that_is_shown(many: Shelf) -> None:
    app = ReadlistApp(many, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        for words in ("Stacked. < >: move the border", "Detail only. h: list", "List only.", "Side by side. < >: move"):
            await press(pilot, "z")
            assert words in status_text(app)


def split(app: ReadlistApp) -> SplitView:
    return app.reading.query_one(SplitView)


def shown(app: ReadlistApp) -> tuple[bool, bool]:
    """Whether list and detail are on the screen."""
    return list_pane(app).size.height > 0, detail_pane(app).size.height > 0


def stored_note(shelf: Shelf) -> str:
    return stored(shelf, 1).mark.note


async def list_is(app: ReadlistApp, *, width: int = 0, height: int = 0) -> None:
    """Wait until the list has a width or a height: Textual lays out when it is idle."""
    await until(lambda: (width or height) in (list_pane(app).region.width, list_pane(app).region.height))


async def test_z_cycles_and_what_was_chosen_is_kept(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert shown(app) == (True, True) and list_pane(app).size.height > 30
        await press(pilot, "z")
        assert shown(app) == (True, True) and list_pane(app).region.width == 120
        assert f"─ {TITLE} ──" in screen_text(app)
        assert load(settings).layout == "stacked"
        await press(pilot, "z")
        assert shown(app) == (False, True) and app.reading.ui.context == "detail"
        assert "{" not in said(app) and "Detail only. h: list" in said(app)
        await press(pilot, "h")
        assert shown(app) == (True, False) and str(app.reading.ui.context) == "list"
        await press(pilot, "e", Fill("seen"), "escape")
        assert stored(shelf, 1).mark.note == "seen" and shown(app) == (False, True)
        await press(pilot, "z")
        assert shown(app) == (True, False) and str(app.reading.ui.context) == "list"
        assert load(settings).layout == "list"
        await press(pilot, "l")
        assert shown(app) == (False, True) and TITLE in screen_text(app)
        await press(pilot, "slash", Fill("number 7"), "enter")
        assert shown(app) == (True, False)
        await press(pilot, "z")
        assert shown(app) == (True, True) and load(settings).layout == "auto"


@pytest.mark.slow
async def test_the_border_moves_by_keys_and_by_mouse_and_is_kept(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=(100, 30)) as pilot:
        await quiet(pilot)
        before = list_pane(app).region.width
        await press(pilot, "greater_than_sign", "greater_than_sign")
        await list_is(app, width=before + 4)
        await press(pilot, "less_than_sign")
        assert load(settings).list_width == 60
        await pilot.mouse_down("#pane-border", offset=(0, 5))
        await pilot.hover(offset=(40, 9))
        await list_is(app, width=40)
        await pilot.mouse_up(offset=(44, 9))
        await quiet(pilot)
        await list_is(app, width=44)
        assert load(settings).list_width == 44
        await pilot.mouse_down("#pane-border", offset=(0, 5))
        await pilot.mouse_up(offset=(0, 5))
        await quiet(pilot)
        assert load(settings).list_width == 20
        await press(pilot, *["greater_than_sign"] * 40)
        assert load(settings).list_width == 80
        await pilot.resize_terminal(60, 24)
        await quiet(pilot)
        height = list_pane(app).size.height
        await press(pilot, "less_than_sign")
        await list_is(app, height=height - 1)
        await pilot.mouse_down("#pane-border", offset=(9, 0))
        await pilot.mouse_up(offset=(9, 8))
        await quiet(pilot)
        await list_is(app, height=7)
        assert load(settings).list_width == 80
        assert load(settings) == Config(list_width=80, list_height=load(settings).list_height)


async def test_a_layout_that_cant_be_kept_is_reported_once(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text("sort = 3")
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "z")
        assert "Layout not saved: " in said(app) and settings.read_text() == "sort = 3"


@pytest.mark.parametrize(
    ("layout", "size", "panes"),
    [
        ("side", (80, 24), (True, True)),
        ("side", (40, 12), (True, True)),
        ("stacked", (120, 36), (True, True)),
        ("detail", (80, 24), (False, True)),
        ("list", (40, 12), (True, False)),
        ("auto", (20, 5), (True, False)),
    ],
)
async def test_it_opens_as_it_was_left(
    shelf: Shelf, layout: Layout, size: tuple[int, int], panes: tuple[bool, bool]
) -> None:
    app = ReadlistApp(shelf, Config(layout=layout, list_width=40), KeyMap())
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        assert shown(app) == panes
        assert app.reading.ui.context == ("detail" if layout == "detail" else "list")
        if layout == "side":
            side = size[0] == 80
            assert list_pane(app).region.width == (32 if side else 40)


@pytest.mark.parametrize(
    ("size", "papers", "abstract"), [((120, 36), 30, 8), ((80, 24), 10, 8), ((40, 12), 4, 3)], ids=str
)
async def test_how_much_is_seen(many: Shelf, size: tuple[int, int], papers: int, abstract: int) -> None:
    app = ReadlistApp(many, Config(), KeyMap())
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        rows = [line[: list_pane(app).region.width] for line in screen_text(app).split("\n")]
        assert sum(line[1:2] in "●✦" and line[1:2] != "" for line in rows) >= papers
        start = screen_text(app).replace("\n", " ").find("The small model decides")
        assert start > 0
        words = set(LONG.split())
        left = detail_pane(app).region.x
        read = [line[left:].strip(" │┃▌↓").split() for line in screen_text(app).split("\n")]
        assert sum(len(line) > 3 and set(line) <= words for line in read) >= abstract
        assert screen_text(app).count(TITLE) == 2


@pytest.mark.parametrize("size", [(80, 10), (40, 12), (20, 5), (30, 8)])
async def test_a_note_has_room_for_its_text_and_its_line_on_any_screen(many: Shelf, size: tuple[int, int]) -> None:
    app = ReadlistApp(many, Config(), KeyMap())
    async with app.run_test(size=size) as pilot:
        await press(pilot, "e", Fill("typed"))
        assert "typed" in screen_text(app) and "Note" in screen_text(app)
        await press(pilot, "escape")
        assert "typed" not in screen_text(app) or size[1] > 5
        assert shown(app)[0] and stored_note(many) == "typed"


SIZES = [(1, 1), (200, 60), (10, 4), (20, 5), (80, 24), (3, 40), (40, 12), (120, 1), (120, 36)]


@pytest.mark.parametrize(
    "keys",
    [
        (),
        ("S",),
        *(
            pytest.param(keys, marks=pytest.mark.slow)
            for keys in [("question_mark",), ("colon",), ("e",), ("slash",), ("F",), ("z", "z")]
        ),
    ],
)
async def test_any_size_at_any_time_leaves_it_as_it_was(many: Shelf, keys: tuple[str, ...]) -> None:
    app = ReadlistApp(many, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *"jjjjjj", *keys)
        before = app.reading.query_one(PaperList).scroll_offset.y
        await _through_all_sizes(pilot)
        assert app.reading.query_one(PaperList).scroll_offset.y == before
        if keys == ("z", "z"):
            assert shown(app) == (False, True)
        else:
            await press(pilot, "escape")
            assert app.screen is app.reading and shown(app) == (True, True)
        assert app.fault is None


async def _through_all_sizes(pilot: Pilot[None]) -> None:
    for size in SIZES:
        await pilot.resize_terminal(*size)
        await quiet(pilot)
