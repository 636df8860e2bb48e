"""What was closed is let go: a session of a day holds no more than one of a minute."""

from __future__ import annotations

import gc

import pytest
from textual._styles_cache import StylesCache
from textual.widget import Widget

from readlist.tui.app import ReadlistApp
from tests.support.depth import slow
from tests.support.tui import SIZE, press, quiet, until

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
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(2):
            await press(pilot, *keys)
        await quiet(pilot)
        before = held()
        for _ in range(3):
            await press(pilot, *keys)
        await quiet(pilot)
        # What is closed takes itself apart in tasks of its own.
        await until(lambda: held() <= before)
