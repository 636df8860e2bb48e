"""The help: keys, signs, and the pages of the manual."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.widgets import Static

from readlist.manual import TOPICS, read
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import BY_NAME
from readlist.tui.dialogs.help import Help, page_text
from readlist.tui.keymap import KeyMap
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS, Signs
from tests.support.tui import SIZE, press, quiet


@pytest.mark.slow
@pytest.mark.parametrize("signs", [SIGNS, ASCII_SIGNS])
async def test_help_explains_the_signs_that_are_drawn(app: ReadlistApp, signs: Signs) -> None:
    async with app.run_test(size=(120, 100)) as pilot:
        help_ = Help(KeyMap(), signs)
        app.push_screen(help_)
        await quiet(pilot)
        text = str(help_.query_one(".page", Static).content)
        for sign, meaning in ((signs.unread, "unread"), (signs.star, "starred"), (signs.note, "has a note")):
            assert any(row.split() == f"{sign} {meaning}".split() for row in text.splitlines()), meaning
        subtitle = str(help_.query_one(".help").border_subtitle)
        assert (text.replace("Copy…", "").isascii(), subtitle.isascii()) == ((signs is ASCII_SIGNS),) * 2
        assert ("↓" in text) is (signs is SIGNS)


@pytest.mark.parametrize(
    ("width", "hint"), [(120, "j k: scroll · Tab: next page · Esc: close"), (40, "Tab: next page · Esc: close")]
)
async def test_the_keys_of_the_help_fit(app: ReadlistApp, width: int, hint: str) -> None:
    async with app.run_test(size=(width, 12)) as pilot:
        await press(pilot, "question_mark")
        assert str(app.screen.query_one(".help").border_subtitle) == hint


def page(app: ReadlistApp) -> str:
    """The text of the page shown."""
    return str(app.screen.query_one(".page", Static).content)


@pytest.mark.slow
async def test_the_pages_of_the_manual_follow_the_keys(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark")
        assert BY_NAME["done"].help in page(app)
        for topic in TOPICS[1:]:
            await press(pilot, "tab")
            assert page(app).startswith(read(topic).split("\n")[0].removeprefix("# "))
        await press(pilot, "l")
        assert BY_NAME["done"].help in page(app)
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
