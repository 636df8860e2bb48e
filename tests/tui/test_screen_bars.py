"""Header and footer of the screen: what is left, order, last fetch; what each key does now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readlist.config import Config
from readlist.model.feed import Feed
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.dialog import Choice
from readlist.tui.keymap import KeyMap
from tests.support.tui import SIZE, press, quiet, screen_text, until

FEED = Feed("HF daily", "huggingface", "daily")
NOON = datetime(2026, 8, 2, 12, 0, tzinfo=UTC)


def head(app: ReadlistApp) -> str:
    return screen_text(app).split("\n")[0]


def foot(app: ReadlistApp) -> str:
    return screen_text(app).split("\n")[-1]


async def click(pilot: Pilot[None], text: str) -> None:
    """Click on a text in the header or the footer."""
    app = pilot.app
    assert isinstance(app, ReadlistApp)
    bar, line = ("#view-bar", head(app)) if text in head(app) else ("#key-bar", foot(app))
    await pilot.click(bar, offset=(line.index(text) + 1, 0))
    await quiet(pilot)


async def test_the_position_is_among_what_is_left_and_one_count_is_shown(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "x", "x", "x")
        assert " Inbox 9 " in head(app) and " 1/9 · " in head(app)
        assert app.title == "readlist (9)"
        await press(pilot, "j", "j")
        assert " 3/9 · " in head(app)
        await press(pilot, "u")
        assert " Inbox 10 " in head(app) and "/10 · " in head(app) and app.title == "readlist (10)"
        await press(pilot, "2")
        assert "/12 · " in head(app)


async def test_tabs_order_and_last_fetch_are_clicked(shelf: Shelf, tmp_path: Path) -> None:
    shelf.feeds.log.set_fetch(FEED.name, at=NOON)
    asked: list[str] = []
    app = ReadlistApp(
        shelf, Config(feeds=(FEED,), refresh=None), KeyMap(), tmp_path / "config.toml", clock=lambda: NOON
    )
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        local = NOON.astimezone()
        await until(lambda: f"⟳ {local.hour}:{local.minute:02}" in head(app))
        app.reading.controllers.feeds.refresh = lambda: asked.append("refresh")  # type: ignore[method-assign]
        await click(pilot, "⟳ ")
        assert asked == ["refresh"]
        await click(pilot, " All ")
        assert app.reading.state.view.name == "All"
        await click(pilot, "feed order")
        assert isinstance(app.screen, Choice)
        await press(pilot, "escape")
        shelf.feeds.log.set_fetch(FEED.name, at=NOON, failure="no answer")
        app.reading.controllers.fetcher.show_last()
        await until(lambda: "failed" in head(app))


async def test_the_footer_says_what_each_key_does_now(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert foot(app).startswith(" x done  s star  r read ") and "y copy link" in foot(app)
        assert foot(app).endswith("? help ") and "quit" not in foot(app)
        await press(pilot, "s", "r")
        assert "s unstar" in foot(app) and "r unread" in foot(app) and "x next" in foot(app)
        await press(pilot, "j")
        assert "s star" in foot(app) and "y copy repo" in foot(app)
        await press(pilot, "enter")
        assert foot(app).startswith(" Esc back  Space page ")
        await press(pilot, "escape", "slash", "a", "enter")
        assert "Esc end search" in foot(app)
        await press(pilot, "escape", "e")
        assert foot(app).strip() == "Esc save and close"
        await press(pilot, "escape", "3")
        await press(pilot, "s", "1", "3")
        assert not {"done", "star", "copy", "open"} & set(foot(app).split()) and "R refresh" in foot(app)


async def test_the_footer_of_a_selection_says_what_acts_on_it(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "space", "space", "space")
        assert foot(app).startswith(" 3 selected: x done · s star · r read · y copy 2 repos · Esc clear ")
        await press(pilot, "space", "space")
        assert " 5 selected: " in foot(app) and "copy 3 repos" in foot(app)
        await click(pilot, "clear")
        assert "selected" not in screen_text(app)


@pytest.mark.parametrize(
    ("size", "tabs"), [((80, 24), " Starred 0 "), ((60, 20), " Starred "), ((40, 12), "‹1/4›"), ((20, 5), " Inbox 12")]
)
async def test_other_tabs_are_never_gone_without_a_sign(app: ReadlistApp, size: tuple[int, int], tabs: str) -> None:
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        assert tabs in head(app)
        if "‹" in tabs:
            await click(pilot, tabs)
            assert "‹2/4›" in head(app) and app.reading.state.view.name == "All"
