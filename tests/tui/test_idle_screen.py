"""How often the screen is drawn: once for a command, not at all while nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from readlist.tui.app import ReadlistApp
from tests.support.tui import SIZE, press, quiet

_A_WHILE = 1.3
"""Seconds in which Textual's cursor blinks twice, and what changes outside is looked for once."""


@contextmanager
def drawn(app: ReadlistApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Take note of all that is drawn."""
    updates: list[object] = []
    display = app._display

    def noted(screen: Any, renderable: Any) -> None:
        if renderable is not None:
            updates.append(renderable)
        display(screen, renderable)

    with monkeypatch.context() as patched:
        patched.setattr(app, "_display", noted)
        yield updates


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until all is drawn, also what comes a moment later."""
    await quiet(pilot)
    await asyncio.sleep(0.6)
    await quiet(pilot)


async def a_while_without_drawing(app: ReadlistApp, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Tell whether nothing is drawn for a while; on a busy machine what comes a moment later may come late."""
    for _ in range(3):
        with drawn(app, monkeypatch) as updates:
            await asyncio.sleep(_A_WHILE)
        if not updates:
            return True
    return False


@pytest.mark.parametrize(
    "keys",
    [
        ("slash", "n", "u"),
        *(pytest.param(keys, marks=pytest.mark.slow) for keys in (("colon", "a"), ("a",), ("i",), ("question_mark",))),
    ],
)
async def test_nothing_is_drawn_while_nothing_happens(
    app: ReadlistApp, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *keys)
        await at_rest(pilot)
        assert await a_while_without_drawing(app, monkeypatch)


async def test_what_changes_behind_a_dialog_is_drawn_once(app: ReadlistApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "S")
        assert app.screen is not app.reading
        await at_rest(pilot)
        with drawn(app, monkeypatch) as updates:
            app.reading.state.cursor += 1
            app.reading.ui.show()
            await at_rest(pilot)
            assert updates
        assert await a_while_without_drawing(app, monkeypatch)


async def test_another_layout_is_drawn_once(app: ReadlistApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await at_rest(pilot)
        shapes = []
        for _ in range(4):
            with drawn(app, monkeypatch) as updates:
                await press(pilot, "z")
                await at_rest(pilot)
            shapes.append((app.reading._panes.split.shape, app.reading._panes.split.home))
            assert len(updates) == 1
        assert len(set(shapes)) == 4
