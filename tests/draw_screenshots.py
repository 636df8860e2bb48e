"""Draws the pictures in screenshots/ from the built-in sample: `python -m tests.draw_screenshots`."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console
from rich.segment import SegmentLines
from rich.text import Text
from textual.pilot import Pilot

from readlist.config import Config
from readlist.manual import read
from readlist.model.feed import Feed
from readlist.shelf import VIEWS, Shelf
from readlist.sources.batch import Batch
from readlist.sources.sample import sample
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.manual_page import lines
from tests.support.papers import make_shelf
from tests.support.tui import press, quiet

FOLDER = Path(__file__).resolve().parents[1] / "screenshots"
NOTE = """Try this before the next run: the same schedule, a tenth of the data.
Ask Ada whether she kept the old checkpoints."""

TODAY = date(2026, 8, 2)
NOW = datetime(2026, 8, 2, 9, 40, tzinfo=UTC)
FEEDS = (
    Feed("HF daily", "huggingface", "daily"),
    Feed("HF trending", "huggingface", "trending"),
    Feed("arXiv cs.LG", "arxiv", "cs.LG"),
    Feed("A lab's blog", "rss", "https://lab.example/feed.xml"),
)

Scene = Callable[[Pilot[None]], Awaitable[None]]


async def _nothing(pilot: Pilot[None]) -> None:
    await press(pilot, *"jjjjjjjjjj")


async def _searching(pilot: Pilot[None]) -> None:
    await press(pilot, "2", "slash", *"attention has:code", "down")


async def _noting(pilot: Pilot[None]) -> None:
    await press(pilot, "j", "j", "e")
    for line in NOTE.split("\n"):
        await pilot.press(*line, "enter")
    await quiet(pilot)


async def _help(pilot: Pilot[None]) -> None:
    await press(pilot, "question_mark")


async def _manual(pilot: Pilot[None]) -> None:
    await press(pilot, "question_mark", "tab")


async def _feeds(pilot: Pilot[None]) -> None:
    await press(pilot, "F", "j")


SCENES: tuple[tuple[str, tuple[int, int], str, Scene], ...] = (
    ("wide", (120, 36), "readlist-dark", _nothing),
    ("stacked", (80, 24), "readlist-dark", _nothing),
    ("narrow", (40, 12), "readlist-dark", _nothing),
    ("note", (120, 36), "readlist-dark", _noting),
    ("search", (120, 36), "readlist-dark", _searching),
    ("feeds", (120, 36), "readlist-dark", _feeds),
    ("help", (120, 44), "readlist-dark", _help),
    ("manual", (120, 36), "readlist-dark", _manual),
    ("light", (120, 36), "readlist-light", _nothing),
)


def _fill(shelf: Shelf, batch: Batch) -> None:
    """Put papers on a shelf as feeds would have: yesterday's with fewer upvotes, today's new."""
    daily, trending, arxiv, lab = FEEDS
    earlier = tuple(
        (paper, replace(announcement, upvotes=(announcement.upvotes or 0) * 3 // 4))
        for paper, announcement in batch.items[9:]
    )
    shelf.feeds.take(daily, replace(batch, items=earlier, seen=date(2026, 7, 28)))
    shelf.papers.end_visit()
    shelf.feeds.take(daily, replace(batch, seen=TODAY))
    trends = tuple((paper, replace(announcement, feed=trending.name)) for paper, announcement in batch.items[3:12])
    shelf.feeds.take(trending, replace(batch, feed=trending.name, items=trends, seen=TODAY))
    shelf.feeds.take(arxiv, Batch(arxiv.query, feed=arxiv.name, unchanged=True))
    reason = "lab.example answered 503 (an error of the server); try again later"
    shelf.feeds.take(lab, Batch(lab.query, feed=lab.name, failure=f"{lab.name}: {reason}"))
    shelf.sync.catch_up()


async def draw(name: str, size: tuple[int, int], theme: str, scene: Scene) -> None:
    """Draw one picture."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = make_shelf(Path(folder))
        batch = sample()
        items = tuple(
            (
                paper,
                replace(
                    announcement,
                    feed="HF daily",
                    day=date(2026, 8, 1) - timedelta(days=place // 9),
                    upvotes=13 + place * 53 % 211,
                ),
            )
            for place, (paper, announcement) in enumerate(batch.items)
        )
        _fill(shelf, replace(batch, feed="HF daily", items=items))
        entries = shelf.papers.entries(list(shelf.papers.browse(VIEWS[1])))
        for place, entry in enumerate(entries):
            if place % 7 in (1, 4):
                shelf.marks.apply([entry], read=True)
            if place % 5 == 1:
                shelf.marks.apply(shelf.papers.entries([entry.id]), starred=True)
            if place % 9 == 5:
                shelf.marks.apply(shelf.papers.entries([entry.id]), note="Compare with our baseline.")[1].result()
        app = ReadlistApp(shelf, Config(theme=theme, feeds=FEEDS), KeyMap(), clock=lambda: NOW)
        async with app.run_test(size=size) as pilot:
            await press(pilot, "2")
            await scene(pilot)
            svg = app.export_screenshot(title="readlist")
        shelf.close()
    # Ids are random; fixed ones make a picture change only when it looks different.
    svg = re.sub(r"terminal-\d+", f"terminal-{name}", svg)
    save(name, svg)


def save(name: str, svg: str) -> None:
    """Save a picture."""
    # Some programs that draw SVG leave out the blanks a text begins with, by default.
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def draw_command(name: str, *words: str) -> None:
    """Draw what a command prints on a terminal 100 cells wide."""
    console = Console(record=True, width=100, file=StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "dim"), " ".join(words)))
    console.print(SegmentLines(lines(read(words[-1]), 100), new_lines=True))
    save(name, console.export_svg(title=" ".join(words), unique_id=name))


def main() -> None:
    """Draw all pictures, with the colours of a terminal that shows them all."""
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    FOLDER.mkdir(exist_ok=True)
    for name, size, theme, scene in SCENES:
        asyncio.run(draw(name, size, theme, scene))
    draw_command("help-search", "readlist", "help", "search")


if __name__ == "__main__":
    main()
