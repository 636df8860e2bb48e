"""Draws the pictures in screenshots/ from the built-in sample: `python -m tests.draw_screenshots`."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from textual.pilot import Pilot

from readlist.config import Config
from readlist.shelf import VIEWS
from readlist.sources.sample import sample
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import keymap
from tests.making import make_shelf
from tests.tui.test_reading import press, quiet

FOLDER = Path(__file__).resolve().parents[1] / "screenshots"
NOTE = """Try this before the next run: the same schedule, a tenth of the data.
Ask Ada whether she kept the old checkpoints."""

Scene = Callable[[Pilot[None]], Awaitable[None]]


async def _nothing(pilot: Pilot[None]) -> None:
    await press(pilot, "j", "j", "j")


async def _searching(pilot: Pilot[None]) -> None:
    await press(pilot, "2", "slash", *"attention has:code", "down")


async def _noting(pilot: Pilot[None]) -> None:
    await press(pilot, "j", "j", "e")
    for line in NOTE.split("\n"):
        await pilot.press(*line, "enter")
    await quiet(pilot)


async def _help(pilot: Pilot[None]) -> None:
    await press(pilot, "question_mark")


SCENES: tuple[tuple[str, tuple[int, int], str, Scene], ...] = (
    ("wide", (120, 36), "readlist-dark", _nothing),
    ("stacked", (80, 24), "readlist-dark", _nothing),
    ("narrow", (40, 12), "readlist-dark", _nothing),
    ("note", (120, 36), "readlist-dark", _noting),
    ("search", (120, 36), "readlist-dark", _searching),
    ("help", (120, 44), "readlist-dark", _help),
    ("light", (120, 36), "readlist-light", _nothing),
)


async def draw(name: str, size: tuple[int, int], theme: str, scene: Scene) -> None:
    """Draw one picture."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = make_shelf(Path(folder))
        batch = sample()
        items = tuple(
            (paper, replace(announcement, feed="HF daily", day=date(2026, 8, 1) - timedelta(days=place // 9)))
            for place, (paper, announcement) in enumerate(batch.items)
        )
        shelf.add(replace(batch, feed="HF daily", items=items))
        shelf.sync()
        entries = shelf.entries(list(shelf.browse(VIEWS[1])))
        for place, entry in enumerate(entries):
            if place % 7 in (1, 4):
                shelf.mark([entry], read=True)
            if place % 5 == 1:
                shelf.mark(shelf.entries([entry.id]), starred=True)
            if place % 9 == 5:
                shelf.mark(shelf.entries([entry.id]), note="Compare with our baseline.")[1].result()
        app = ReadlistApp(shelf, Config(theme=theme), keymap({}))
        with patch.object(type(app.reading), "today", lambda self: date(2026, 8, 2)):
            async with app.run_test(size=size) as pilot:
                await press(pilot, "2")
                await scene(pilot)
                svg = app.export_screenshot(title="readlist")
        shelf.close()
    # Ids are random; fixed ones make a picture change only when it looks different.
    svg = re.sub(r"terminal-\d+", f"terminal-{name}", svg)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    """Draw all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name, size, theme, scene in SCENES:
        asyncio.run(draw(name, size, theme, scene))


if __name__ == "__main__":
    main()
