"""What was closed is let go: a session of a day holds no more than one of a minute."""

from __future__ import annotations

import gc

import pytest
from textual._styles_cache import StylesCache
from textual.widget import Widget
from textual.widgets._toast import ToastHolder

from readlist.tui.app import ReadlistApp
from tests.support.depth import slow
from tests.support.tui import SIZE, press, quiet, screen_text, toasts, until

pytestmark = pytest.mark.slow


def held() -> int:
    """Return how many widgets there are, and caches of what they drew."""
    gc.collect()
    return sum(isinstance(one, Widget | StylesCache) for one in gc.get_objects())


@pytest.mark.parametrize(
    "keys",
    [
        ("question_mark", "escape"),
        *slow(("colon", "escape"), ("S", "escape"), ("slash", "a", "escape"), ("e", "a", "escape"), ("s", "s")),
    ],
)
async def test_what_was_closed_is_let_go(app: ReadlistApp, keys: tuple[str, ...]) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        for _ in range(2):
            await press(pilot, *keys)
        await quiet(pilot)
        before = held()
        for _ in range(3):
            await press(pilot, *keys)
        await quiet(pilot)
        # What is closed takes itself apart in tasks of its own.
        await until(lambda: held() <= before)


async def test_the_same_message_is_shown_once(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        for _ in range(3):
            app.reading.ui.say("The feed gave no answer.", wrong=True)
            app.reading.ui.say("Copied.")
            await quiet(pilot)
        assert toasts(app).splitlines() == ["The feed gave no answer.", "Copied."]
        assert len(app.screen.query(ToastHolder)) == 2
        assert screen_text(app).count("gave no answer") == 1


async def test_a_message_hides_no_row_of_the_list(app: ReadlistApp) -> None:
    async with app.run_test(size=(100, 12), notifications=True) as pilot:
        await press(pilot, "G", "s")
        app.reading.ui.say("words " * 12)
        await quiet(pilot)
        rows = [line[:50] for line in screen_text(app).splitlines()]
        assert any("▌" in row and "12" in row for row in rows) and not any("words" in row for row in rows)
