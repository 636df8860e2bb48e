"""Counts over time on the screen: the line of days in the detail, what was gained in the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.model.paper import Announcement
from readlist.model.view import SORTS
from readlist.shelf import Shelf
from readlist.sources.batch import Batch
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support import demo
from tests.support.papers import make_shelf
from tests.support.tui import Fill, press, quiet, screen_text


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Papers whose counts were read on most days of two weeks, one list of them since the last visit."""
    made = make_shelf(tmp_path)
    demo.fill_fortnight(made)
    yield made
    made.close()


def app_of(shelf: Shelf, *, ascii_only: bool = False) -> ReadlistApp:
    return ReadlistApp(shelf, Config(ascii=ascii_only), KeyMap(), clock=lambda: datetime(2026, 8, 2, 12, tzinfo=UTC))


def lines_with(app: ReadlistApp, text: str) -> list[str]:
    """The lines of the screen that have a text, each blank once."""
    return [" ".join(line.split()) for line in screen_text(app).split("\n") if text in line]


async def test_the_detail_has_a_line_of_days_with_gaps_and_what_was_gained(shelf: Shelf) -> None:
    app = app_of(shelf)
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        (votes,) = lines_with(app, "since")
        assert votes.endswith("▲ 116 ▁▁▂▂·▄▄▄▅··▅▆█ +32 since Sat")
        (stars,) = lines_with(app, "★ 1.2k")
        assert "★ 1.2k" in stars and "··" in stars and stars.endswith("arXiv 2607.01001")


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_where_there_is_little_room_the_gain_is_left_and_the_line_comes_last(
    shelf: Shelf, size: tuple[int, int]
) -> None:
    app = app_of(shelf)
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        assert "▲116 +32" in screen_text(app)
        pages = [screen_text(app)]
        await press(pilot, "enter")
        for _ in range(9):
            await press(pilot, "space")
            pages.append(screen_text(app))
        assert "▁▁▂▂·▄▄▄▅··▅▆█ +32" in "".join(pages)
        assert "▁" not in pages[0].rpartition("World Models")[2]


async def test_without_unicode_a_gap_is_blank(shelf: Shelf) -> None:
    app = app_of(shelf, ascii_only=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        assert "^ 116 ..:: ===x  x%@ +32" in screen_text(app)
        (line,) = (line for line in screen_text(app).split("\n") if "since Sat" in line)
        assert line.isascii()


def gained(app: ReadlistApp) -> list[str]:
    """What the first rows of the list say was gained."""
    return [found[0] for text in screen_text(app).split("\n")[1:5] if (found := re.search(r" [+-]\d+\b", text[:80]))]


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12)])
async def test_in_the_order_of_what_was_gained_that_has_a_column(shelf: Shelf, size: tuple[int, int]) -> None:
    app = app_of(shelf)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "S", *["down"] * list(SORTS).index("gained"), "enter")
        assert gained(app) == [" +32", " +17", " +6", " +4"]
        head = screen_text(app).split("\n")[0]
        local = shelf.papers.count_log.since().astimezone()
        when = f"{local.hour}:{local.minute:02}"
        assert {120: f"gained since {when} ▾", 80: "gained ▾", 40: "1/40"}[size[0]] in head


async def test_what_is_rising_and_a_query_for_it_have_the_column_too(shelf: Shelf) -> None:
    app = app_of(shelf)
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        assert "+27" not in screen_text(app)
        await press(pilot, "S", *["down"] * list(SORTS).index("rising"), "enter")
        assert "rising since" in screen_text(app) and len(gained(app)) == 4
        await press(pilot, "S", *["down"] * list(SORTS).index("feed"), "enter")
        assert not gained(app)
        # Of a week it is more.
        await press(pilot, "slash", Fill("gained:7d>40 sort:upvotes"), "enter")
        assert gained(app) == [" +56", " +48", " +41"]
        await press(pilot, "escape", "slash", Fill("gained:stars>20"), "enter")
        assert gained(app) == [" +84", " +21"]


async def test_an_order_of_the_settings_may_be_what_was_gained(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(sort="gained"), KeyMap(), clock=lambda: demo.NOW)
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        assert gained(app) == [" +32", " +17", " +6", " +4"]
        # A paper that is decided leaves the order as it is.
        await press(pilot, "x", "1")
        assert gained(app) == [" +17", " +6", " +4", " +3"]


async def test_new_counts_are_in_the_column_and_the_detail_at_once(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(sort="gained"), KeyMap(), clock=lambda: demo.NOW)
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        entry = app.reading.state.entry
        assert entry is not None
        announced = Announcement("HF trending", demo.TODAY, 1, upvotes=200)
        shelf.papers.add(Batch("list", feed="HF trending", items=((entry.paper, announced),), seen=demo.TODAY))
        await app.reading.loader.add_new()
        await quiet(pilot)
        assert gained(app)[0] == " +116" and lines_with(app, "+116 since Sat")
