"""The list as of a day: asked for in the palette, said in the header, with the marks of now; Esc leads back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.model.paper import Announcement
from readlist.model.view import SORTS
from readlist.shelf import Shelf
from readlist.sources.batch import Batch
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_paper, make_shelf
from tests.support.tui import Fill, number, press, quiet, said, screen_text, status_text, stored

TODAY = date(2026, 8, 2)
NOW = datetime(2026, 8, 2, 12, tzinfo=UTC)
ASK = ("colon", Fill("as of"), "enter")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Lists of three days; the first paper is in all of them, and gains upvotes."""
    made = make_shelf(tmp_path, lambda: NOW)
    for day, papers in ((20, (1, 2)), (10, (1, 3)), (0, (1, 4))):
        when = TODAY - timedelta(days=day)
        items = tuple(
            (make_paper(paper), Announcement("HF daily", when, place, upvotes=(500 - 20 * day) // paper))
            for place, paper in enumerate(papers, 1)
        )
        made.papers.add(Batch("list", feed="HF daily", day=when, items=items, seen=when))
    made.sync.catch_up()
    yield made
    made.close()


@pytest.fixture
def app(shelf: Shelf) -> ReadlistApp:
    return ReadlistApp(shelf, Config(), KeyMap(), clock=lambda: NOW)


def listed(app: ReadlistApp) -> list[tuple[int, int | None]]:
    """The papers in the rows, each with its upvotes."""
    state = app.reading.state
    entries = [state.entry_at(row) for row in range(len(state.ids))]
    return [(number(entry), entry.upvotes) for entry in entries if entry is not None]


def head(app: ReadlistApp) -> str:
    return screen_text(app).split("\n")[0]


async def test_a_day_is_asked_for_and_said_until_escape(app: ReadlistApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        now = [(1, 500), (4, 125), (3, 100), (2, 50)]
        assert listed(app) == now
        await press(pilot, *ASK, Fill("2026-07-25"), "enter")
        assert listed(app) == [(1, 300), (3, 100), (2, 50)]
        assert "as of Jul 25" in head(app) and " All 3 " in head(app)
        assert "Jul 23 · HF daily" in screen_text(app) and "2 of 2 left" in screen_text(app)
        # The detail, too, knows nothing later.
        assert "HF daily Jul 23 · unread" in screen_text(app) and "Aug 2" not in screen_text(app)
        assert "As of Jul 25" in status_text(app) and "Esc now" in screen_text(app)
        await press(pilot, "escape")
        assert listed(app) == now and "as of" not in head(app)
        await press(pilot, *ASK, Fill("2026-07-13"), "enter")
        assert listed(app) == [(1, 100), (2, 50)]
        await press(pilot, "colon", Fill("now"), "enter")
        assert listed(app) == now


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2026-02-30", "2026-02-30 is not in the calendar"),
        ("soon", "soon is not a day: 2026-11-20, yesterday, today"),
        ("2026-08-03", "2026-08-03 is after today, 2026-08-02"),
    ],
)
async def test_a_wrong_day_says_what_is_right(app: ReadlistApp, typed: str, problem: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *ASK, Fill(typed), "enter")
        assert problem in screen_text(app)
        await press(pilot, "escape")
        assert app.reading.state.as_of is None and len(listed(app)) == 4


async def test_marking_goes_on_and_is_kept(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *ASK, Fill("2026-07-25"), "enter", "s", "x", "e", Fill("then"), "escape")
        # What was marked keeps the counts of then, and its row.
        assert listed(app) == [(1, 300), (3, 100), (2, 50)]
        await press(pilot, "3")
        assert listed(app) == [(1, 300)]
        await press(pilot, "u", "escape")
        assert app.reading.state.as_of is None
    assert stored(shelf, 1).mark.starred and stored(shelf, 1).mark.read
    assert not stored(shelf, 3).mark.note


async def test_views_searches_and_orders_are_of_that_day(app: ReadlistApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *ASK, Fill("yesterday"), "enter", "2", "S", "4")
        assert listed(app) == [(1, 300), (3, 100), (2, 50)]
        await press(pilot, "slash", Fill("upvotes:>60"), "enter")
        assert listed(app) == [(1, 300), (3, 100)] and "2 of 3" in screen_text(app)
        # Escape leaves the search first.
        await press(pilot, "escape")
        assert len(listed(app)) == 3 and "as of Aug 1" in head(app)
        await press(pilot, "4")
        assert not listed(app) and "Nothing in Notes as of Aug 1." in screen_text(app)
        await press(pilot, "escape")
        assert "as of" not in head(app)


async def test_a_day_before_everything_is_empty_and_says_so(app: ReadlistApp) -> None:
    async with app.run_test(size=(40, 12)) as pilot:
        await press(pilot, *ASK, Fill("2020-01-01"), "enter")
        assert "as of Jan 1, 2020" in head(app)
        assert "Nothing in Inbox as of Jan 1, 2020." in screen_text(app) and "Esc: back to now" in screen_text(app)
        await press(pilot, "escape")
        assert len(listed(app)) == 4


async def test_what_comes_in_meanwhile_is_not_of_that_day(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *ASK, Fill("2026-07-25"), "enter")
        item = make_paper(9), Announcement("HF daily", TODAY, 1, upvotes=7)
        shelf.papers.add(Batch("list", feed="HF daily", day=TODAY, items=(item,)))
        await app.reading.loader.add_new()
        await quiet(pilot)
        assert [paper for paper, _ in listed(app)] == [1, 3, 2]
        await press(pilot, "escape")
        assert 9 in [paper for paper, _ in listed(app)]


async def test_an_order_that_is_not_known_of_a_day_is_feed_order(app: ReadlistApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "S", *["down"] * list(SORTS).index("gained"), "enter")
        await press(pilot, *ASK, Fill("2026-07-25"), "enter")
        assert "feed order ▾ · as of" in head(app) and "Jul 23 · HF daily" in screen_text(app)
        await press(pilot, "S", *["down"] * list(SORTS).index("rising"), "enter")
        assert "Not sorted: rising is not known as of a day" in status_text(app)
        await press(pilot, "slash", Fill("gained:>3"), "enter")
        assert "gained: is counted up to now" in screen_text(app)
        await press(pilot, "escape", "escape")
        assert "gained since" in head(app)


async def test_now_is_now_already(app: ReadlistApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "colon", Fill("now"), "enter")
        assert "This is the list as it is now." in said(app)
