"""The tally of the day: from the marks themselves, live with marks, undo and midnight; inbox zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.model.feed import Feed
from readlist.model.tally import Tally
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.render.empty_page import empty_page
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS
from readlist.tui.render.status_text import day_lines, tally_forms
from tests.support.papers import Clock, make_batch, make_paper, make_shelf
from tests.support.refresh import FakeRefresh
from tests.support.tui import SIZE, Fill, press, quiet, said, screen_text, status_text

DAILY = Feed("HF daily", "huggingface", "daily")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(tmp_path: Path, clock: Clock) -> Iterator[Shelf]:
    """Five papers."""
    made = make_shelf(tmp_path, clock)
    made.papers.add(make_batch([make_paper(number) for number in range(1, 6)]))
    yield made
    made.close()


def local(day: int, hour: int) -> datetime:
    """A time of August 2026 here."""
    return datetime(2026, 8, day, hour).astimezone().astimezone(UTC)


async def test_it_follows_marks_and_undo_and_begins_anew_at_midnight(shelf: Shelf, clock: Clock) -> None:
    clock.now = local(2, 22)
    app = ReadlistApp(shelf, Config(), KeyMap(), clock=clock)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert status_text(app).strip() == ""
        await press(pilot, "x", "s", "x")
        assert status_text(app).rstrip().endswith("  2 done · 1 starred today")
        await press(pilot, "e", Fill("mine"), "escape")
        assert status_text(app).rstrip().endswith("2 done · 1 starred · 1 noted today")
        await press(pilot, "u", "u", "u")
        assert status_text(app).rstrip().endswith("  1 done today")
        clock.now = local(3, 0) + timedelta(minutes=1)
        app.reading.controllers.tally_board.recount()
        await quiet(pilot)
        assert "today" not in status_text(app)


async def test_inbox_zero_says_what_was_decided_and_when_feeds_are_fetched(shelf: Shelf, clock: Clock) -> None:
    clock.now = local(2, 8)
    refresh = FakeRefresh(shelf)
    refresh.next = local(2, 14) + timedelta(minutes=40)
    app = ReadlistApp(shelf, Config(feeds=(DAILY,)), KeyMap(), make_refresh=lambda: refresh, clock=clock)  # type: ignore
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s", "x", "x", "x", "x", "x", "2", "1")
        lines = [line[: line.find("│") if "│" in line else None].rstrip() for line in screen_text(app).split("\n")]
        top = next(place for place, line in enumerate(lines) if "Inbox zero" in line)
        assert 10 < top < 24
        assert lines[top + 2].strip().startswith("5 decided today: 1 ★")
        assert lines[top + 4].strip().startswith("next fetch 14:40")
        assert "R: fetch now · 2: all papers" in lines[top + 5]
        middle = [len(line) - len(line.strip()) + len(line.strip()) / 2 for line in (lines[top], lines[top + 5])]
        assert abs(middle[0] - middle[1]) <= 1
        for key in ("y", "s", "x", "o", "e", "Y"):
            await press(pilot, key)
            assert status_text(app).startswith(" · No paper here. R: fetch feeds · 2: all papers")
        assert said(app).splitlines().count("No paper here. R: fetch feeds · 2: all papers") == 1
        await press(pilot, "u")
        assert status_text(app).startswith(" ✓ Undone")


def test_forms_and_words() -> None:
    assert tally_forms(Tally(), SIGNS) == ()
    assert tally_forms(Tally(), SIGNS, sample=True) == ("Sample",)
    assert tally_forms(Tally(3, 3, 1), SIGNS) == ("3 done · 1 starred today", "3 done today")
    assert tally_forms(Tally(1, 0, 0, 1), SIGNS, sample=True) == ("Sample · 1 noted today", "Sample")
    assert day_lines(Tally(33, 30, 7, 4), None, SIGNS) == ("33 decided today: 7 ★, 4 ✎", "")
    assert day_lines(Tally(), None, SIGNS) == ("", "")
    assert all(
        form.isascii()
        for form in (*tally_forms(Tally(3, 3, 1), ASCII_SIGNS), *day_lines(Tally(3, 1, 1), None, ASCII_SIGNS))
    )
    assert Tally(33, 30, 7, 4).summary() == "33 decided · 7 ★ · 4 ✎"
    assert Tally(1, 1).summary("starred", "noted", "-") == "1 decided"
    assert Tally().summary() == ""


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (10, 3), (40, 5), (80, 30)])
def test_an_empty_page_is_within_its_pane(size: tuple[int, int]) -> None:
    width, height = size
    lines = empty_page("Inbox zero\n\n33 decided today: 7 ★, 4 ✎", width, height)
    assert all(len(line) <= width for line in lines)
    if size == (80, 30):
        assert lines[13] == " " * 35 + "Inbox zero"
