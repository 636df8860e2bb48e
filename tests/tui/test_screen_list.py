"""The list on the screen: groups with what is left of them, the margin around the cursor, the end, the selection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readlist.config import Config
from readlist.model.paper import Announcement
from readlist.shelf import Shelf
from readlist.sources.batch import Batch
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.papers import DAY, make_paper, make_shelf
from tests.support.tui import cursor_line, list_pane, number, press, quiet, screen_text

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)


def announced(numbers: range, day: date | None, feed: str = "HF daily") -> Batch:
    items = tuple(
        (make_paper(each), Announcement(feed, day, place, upvotes=each)) for place, each in enumerate(numbers, 1)
    )
    return Batch("papers", feed=feed, day=day, items=items)


@pytest.fixture
def grouped(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with twelve papers of today, forty of the day before, and three of no day."""
    shelf = make_shelf(tmp_path)
    shelf.papers.add(announced(range(60, 63), None, "refs.html"))
    shelf.papers.add(announced(range(13, 53), DAY - timedelta(days=1)))
    shelf.papers.add(announced(range(1, 13), DAY))
    shelf.sync.catch_up()
    yield shelf
    shelf.close()


@pytest.fixture
def make(grouped: Shelf) -> Callable[[], ReadlistApp]:
    """Makes the app on that shelf, at noon of its day."""
    return lambda: ReadlistApp(grouped, Config(), KeyMap(), clock=lambda: NOON)


def lines(app: ReadlistApp) -> list[str]:
    """The lines of the list pane."""
    region = list_pane(app).region
    drawn = screen_text(app).split("\n")[region.y : region.bottom]
    return [line[region.x : region.right - 1] for line in drawn]


def heads(app: ReadlistApp) -> list[str]:
    """The heads of groups in sight, with what is left."""
    return [
        " ".join(line.replace("─", " ").split()[:-1]) for line in lines(app) if "left ▰" in line or "left ▱" in line
    ]


async def go_to(pilot: Pilot[None], row: int) -> None:
    """Move the cursor to a row."""
    assert isinstance(pilot.app, ReadlistApp)
    pilot.app.reading.state.cursor = row
    pilot.app.reading.ui.show()
    await quiet(pilot)


async def test_groups_count_what_is_left_and_are_no_rows(make: Callable[[], ReadlistApp]) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        assert heads(app) == ["Today · HF daily 12 of 12 left", "Yesterday · HF daily 40 of 40 left"]
        assert "Undated" not in screen_text(app)
        await press(pilot, "x", "x", "x")
        assert heads(app)[0] == "Today · HF daily 9 of 12 left" and "▰▰▰▱▱▱▱▱▱▱" in lines(app)[0]
        state = app.reading.state
        assert (state.position, state.left) == (1, 52)
        await press(pilot, "u")
        assert heads(app)[0] == "Today · HF daily 10 of 12 left"
        assert (state.position, state.left) == (1, 53)
        # The head of a group is no row: the cursor goes past it, a click on it does nothing.
        await go_to(pilot, 12)
        assert number(state.entry) == 13
        await pilot.click("#paper-list", offset=(9, 13))
        assert number(state.entry) == 13
        # The head of the group in sight stays on the first line.
        await go_to(pilot, 45)
        assert heads(app)[0] == "Yesterday · HF daily 40 of 40 left" == heads(app)[-1]
        await press(pilot, "G")
        assert heads(app)[-1] == "Undated · refs.html 3 of 3 left" and number(state.entry) == 62
        # What was decided counts, too, when it has left the list.
        await press(pilot, "R")
        await press(pilot, "g")
        await press(pilot, "2", "1")
        assert heads(app)[0] == "Today · HF daily 10 of 12 left" and number(app.reading.state.entry_at(0)) == 3


async def test_there_are_no_groups_in_a_search_nor_in_another_order_nor_without_room(
    make: Callable[[], ReadlistApp],
) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        assert "Aug" not in "".join(lines(app))
        await press(pilot, "slash", *"number", "enter")
        assert not heads(app) and "Aug  1" in lines(app)[0]
        await press(pilot, "escape", *"jjjj", "S", "4")
        assert not heads(app) and app.reading.state.cursor == 0 and number(app.reading.state.entry) == 62
        # Each view has its own order.
        await press(pilot, "2")
        assert heads(app)
        await press(pilot, "1", "S", "1")
        assert heads(app) and app.reading.state.cursor == 0
        await pilot.resize_terminal(40, 12)
        await quiet(pilot)
        assert not heads(app) and not any("─" in line for line in lines(app)), lines(app)


@pytest.mark.parametrize(("size", "margin"), [((120, 36), 4), ((80, 24), 3), ((40, 12), 1)])
async def test_what_comes_next_is_in_sight(make: Callable[[], ReadlistApp], size: tuple[int, int], margin: int) -> None:
    app = make()
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        top, height = list_pane(app).region.y, list_pane(app).size.height
        await go_to(pilot, 33)
        assert top + height - 1 - cursor_line(app) == margin
        await go_to(pilot, 5)
        assert cursor_line(app) - top == margin
        await press(pilot, "g")
        assert cursor_line(app) - top == len(heads(app)[:1])
        # A number before a key that moves; without it, a digit shows a view.
        await press(pilot, "0", "1", "2", "j", "0", "2", "k", "0", "3", "escape")
        assert (app.reading.state.cursor, app.reading.state.place) == (10, 0)
        await press(pilot, "2")
        assert app.reading.state.place == 1
        await press(pilot, "1", "0", "1", "G")
        seen = set[str]()
        while app.reading.state.cursor < 54:
            seen.update(word for line in lines(app) for word in line.split("number ")[1:])
            await press(pilot, "pagedown")
        seen.update(word for line in lines(app) for word in line.split("number ")[1:])
        assert {each.split()[0] for each in seen} == {str(each) for each in (*range(1, 53), 60, 61, 62)}
        assert lines(app)[-1].strip().strip("─ ") == "end of list · 55 unread"


async def test_the_selection_is_seen_beside_the_cursor(make: Callable[[], ReadlistApp]) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await quiet(pilot)
        await press(pilot, "j", "v", "j", "j")
        assert [line[:4] for line in lines(app)[1:6]] == [" ●  ", " ●✓ ", " ●✓ ", "▌●✓ ", " ●  "]
        ground = [list_pane(app).render_line(y)._segments[-1].style for y in (1, 2, 4)]
        assert len({style.bgcolor for style in ground if style is not None}) == 3
        await press(pilot, "escape", "j")
        assert len(app.reading.state.selection) == 3
        await press(pilot, "x")
        # The paper under the cursor was not selected.
        assert number(app.reading.state.entry) == 5 and not app.reading.state.selection
        assert heads(app)[0] == "Today · HF daily 9 of 12 left"
        await press(pilot, "asterisk")
        assert len(app.reading.state.selection) == 55
        await press(pilot, "escape", "A")
        await press(pilot, "1")
        assert heads(app)[0] == "Today · HF daily 0 of 12 left" and number(app.reading.state.entry) == 13
