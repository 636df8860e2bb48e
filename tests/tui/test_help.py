"""The help: keys, signs, and the pages of the manual."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.widgets import Static

from readlist.manual import TOPICS, read
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import BY_NAME
from readlist.tui.dialogs.help import Help, help_text, page_text
from readlist.tui.keymap import KeyMap
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS, Signs
from tests.support.tui import SIZE, press, quiet


@pytest.mark.parametrize("signs", [SIGNS, ASCII_SIGNS])
def test_help_begins_with_the_signs_that_are_drawn(signs: Signs) -> None:
    text = help_text(KeyMap(), signs, 90).plain
    assert text.startswith("Signs in a row\n")
    for sign, meaning in ((signs.unread, "unread"), (signs.star, "starred"), (signs.note, "has a note")):
        assert any(row.split() == f"{sign} {meaning}".split() for row in text.splitlines()), meaning
    assert text.isascii() == (signs is ASCII_SIGNS)


@pytest.mark.parametrize("width", [30, 60, 99, 100, 140])
def test_the_keys_fit_their_width_in_one_column_or_two(width: int) -> None:
    lines = help_text(KeyMap(), SIGNS, width).plain.split("\n")
    assert max(map(cell_len, lines)) <= width
    assert any(line.startswith("Signs in a row ") and len(line.split("  ")) > 2 for line in lines) is (width >= 100)


def test_the_saved_views_take_one_row_unless_their_keys_were_changed() -> None:
    rows = help_text(KeyMap(), SIGNS, 90).plain
    assert "  5-9 " in rows and rows.count("Show the saved view on tab") == 1
    assert (
        help_text(KeyMap({"view_5": ["f5"], "refresh": []}), SIGNS, 90).plain.count("Show the saved view on tab") == 5
    )


def test_what_has_no_key_is_found_in_the_palette() -> None:
    assert re.search(r"\n  : +Theme: Choose", help_text(KeyMap(), SIGNS, 90).plain)
    shown = help_text(KeyMap({"star": ["z"], "sort": []}), SIGNS, 90).plain
    assert re.search(r"\n  z +Star or unstar", shown)
    assert re.search(r"\n  : +Layout: ", shown), "it gave its key away"
    assert BY_NAME["sort"].help not in shown, "the user took its key"


async def test_the_help_is_filtered_by_what_is_typed(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark", "slash", *"unread q")
        assert "Nothing has these words." in page(app)
        await press(pilot, "backspace", "backspace")
        assert BY_NAME["next_unread"].help in page(app) and BY_NAME["star"].help not in page(app)
        # Once the words are accepted, letters are keys again.
        await press(pilot, "enter", "tab")
        assert isinstance(app.screen, Help)
        assert app.screen.topic == TOPICS[1] and "is:unread" in page(app)
        await press(pilot, "escape")
        assert page(app).startswith("Search") and isinstance(app.screen, Help)
        await press(pilot, "escape")
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize(
    ("width", "hint"),
    [(120, "j k: scroll · /: filter · Tab: next page · Esc: close"), (40, "Tab: next page · Esc: close")],
)
async def test_the_keys_of_the_help_fit(app: ReadlistApp, width: int, hint: str) -> None:
    async with app.run_test(size=(width, 12)) as pilot:
        await press(pilot, "question_mark")
        assert str(app.screen.query_one(".help").border_subtitle) == hint


def page(app: ReadlistApp) -> str:
    """The text of the page shown."""
    return str(app.screen.query_one("LongText Static", Static).content)


@pytest.mark.slow
async def test_the_pages_of_the_manual_follow_the_keys(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark")
        assert BY_NAME["star"].help in page(app)
        for topic in TOPICS[1:]:
            await press(pilot, "tab")
            assert page(app).startswith(read(topic).split("\n")[0].removeprefix("# "))
        await press(pilot, "l")
        assert BY_NAME["star"].help in page(app)
        await press(pilot, "h")
        assert page(app).startswith("Inside")


async def test_another_page_is_shown_from_its_top(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark", "G", "tab")
        assert app.screen.query_one(VerticalScroll).scroll_y == 0
        await press(pilot, "j", "j")
        assert app.screen.query_one(VerticalScroll).scroll_y == 2


async def test_a_click_on_its_name_shows_a_page(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark")
        names = app.screen.query_one(".topics", Static)
        assert "search" in str(names.content)
        await pilot.click(names, offset=(str(names.content).index("search"), 0))
        await quiet(pilot)
        assert page(app).startswith("Search")


async def test_where_the_names_take_too_much_room_only_one_is_shown(app: ReadlistApp) -> None:
    async with app.run_test(size=(40, 12)) as pilot:
        await press(pilot, "question_mark", "tab")
        assert str(app.screen.query_one(".topics", Static).content) == f" search  2 of {len(TOPICS)}"


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_fits_its_width_and_keeps_its_text(topic: str) -> None:
    for width in (96, 40):
        text = page_text(topic, KeyMap(), SIGNS, width)
        assert max(cell_len(line) for line in text.plain.split("\n")) <= width
        assert "<!--" not in text.plain.replace("<!-- readlist: above", "") and "](" not in text.plain
        assert "default keys" not in text.plain


def test_a_page_names_default_keys_and_says_so_when_some_are_changed() -> None:
    assert page_text("search", KeyMap({"star": ["f"]}), SIGNS, 96).plain.startswith("This page names the default keys;")


def test_a_page_has_ascii_rules_and_bullets_where_signs_are_ascii() -> None:
    assert not set(page_text("search", KeyMap(), ASCII_SIGNS, 96).plain) & set("─•↑…")
