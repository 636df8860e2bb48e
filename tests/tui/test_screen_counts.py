"""Counts over time on the screen: the line of days in the detail, what was gained in the list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support import demo
from tests.support.papers import make_shelf
from tests.support.tui import press, quiet, screen_text


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
        assert "^ 116 ..:: ===+  +%@ +32" in screen_text(app)
        (line,) = (line for line in screen_text(app).split("\n") if "since Sat" in line)
        assert line.isascii()
