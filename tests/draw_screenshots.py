"""Draws the pictures in screenshots/ of forty invented papers: `python -m tests.draw_screenshots`."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.segment import SegmentLines
from rich.text import Text
from textual.pilot import Pilot

from readlist.config import Config
from readlist.manual import read
from readlist.model.view import SORTS
from readlist.shelf import VIEWS, Shelf
from readlist.sources.sample import sample
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.manual_page import lines
from tests.support import demo
from tests.support.papers import make_shelf
from tests.support.revisions import revised
from tests.support.tui import filled, press, quiet

FOLDER = Path(__file__).resolve().parents[1] / "screenshots"
NOTE = """Same baseline as in the sleep paper?
Then try it on #planning."""

Scene = Callable[[Pilot[None]], Awaitable[None]]


async def by_match(pilot: Pilot[None]) -> None:
    """Show all papers by match, on one that is not starred, with the reason."""
    await press(pilot, "2", "S", *("down",) * list(SORTS).index("match"), "enter", *("j",) * 5)


async def similar(pilot: Pilot[None]) -> None:
    """Show what is like a starred paper."""
    await press(pilot, "3", "tilde", "j")


def keys(*names: str) -> Scene:
    """Return a scene of some keys."""

    async def pressed(pilot: Pilot[None]) -> None:
        await press(pilot, *names)

    return pressed


async def _noting(pilot: Pilot[None]) -> None:
    await press(pilot, "e", "ctrl+end", "enter")
    first, *rest = NOTE.split("\n")
    await pilot.press(*first)
    for line in rest:
        await pilot.press("enter", *line)
    await quiet(pilot)


class Picture(NamedTuple):
    """A picture of the app.

    Attributes:
        name: the file's name.
        scene: what is done before it is drawn.
        size: cells of the terminal.
        theme: the colours.
        fill: puts papers on the shelf.
    """

    name: str
    scene: Scene
    size: tuple[int, int] = (120, 36)
    theme: str = "readlist-dark"
    fill: Callable[[Shelf], None] | None = None


def first_run(shelf: Shelf) -> None:
    """Put on the shelf what is there when readlist opens for the first time."""
    shelf.papers.add(sample(demo.TODAY))


def decided(shelf: Shelf) -> None:
    """Put the papers on a shelf, some of them decided."""
    demo.fill(shelf)
    entries = shelf.papers.entries(list(shelf.papers.browse(VIEWS[1])))
    marked = [entry for place, entry in enumerate(entries) if place in (1, 2, 4, 16, 20)]
    shelf.marks.apply(marked, read=True)
    starred = [entry for place, entry in enumerate(entries) if place in (2, 7, 13, 16)]
    shelf.marks.apply(shelf.papers.entries([entry.id for entry in starred]), starred=True)
    first = shelf.papers.entries([entries[0].id])
    shelf.marks.apply(first, note="Ask Lin whether the gate is trained end to end. #worldmodels")[1].result()


def with_news(shelf: Shelf) -> None:
    """Put the papers on a shelf, some of them decided, and let there be news of two that are starred."""
    decided(shelf)
    revised(shelf)


def undecided(shelf: Shelf) -> None:
    """Put the papers on a shelf, none of them decided."""
    demo.fill(shelf)


def learned(shelf: Shelf) -> None:
    """Put the papers on a shelf, and star three that have something in common."""
    demo.fill(shelf)
    entries = shelf.papers.entries(list(shelf.papers.browse(VIEWS[1])))
    shelf.marks.apply([entry for place, entry in enumerate(entries) if place in (5, 14, 17)], starred=True)


def unsure(shelf: Shelf) -> None:
    """Put the papers on a shelf, and star some that have little in common."""
    demo.fill(shelf)
    entries = shelf.papers.entries(list(shelf.papers.browse(VIEWS[1])))
    shelf.marks.apply([entry for place, entry in enumerate(entries) if place in (3, 11, 22, 30)], starred=True)


def counted(shelf: Shelf) -> None:
    """Put the papers on a shelf whose counts were read on most days of two weeks."""
    demo.fill_fortnight(shelf)


def failing(shelf: Shelf) -> None:
    """Put the papers on a shelf, and let a feed fail, and another one miss papers."""
    decided(shelf)
    demo.fail(shelf)
    demo.miss(shelf)


PICTURES = (
    Picture("wide", keys("y")),
    Picture("stacked", keys("y"), (80, 24)),
    Picture("narrow", keys(), (40, 12)),
    Picture("light", keys("y"), theme="readlist-light"),
    Picture("nord", keys("y"), theme="nord"),
    Picture("match", by_match, fill=learned),
    Picture("match-none", by_match, fill=undecided),
    Picture("match-unsure", by_match, fill=unsure),
    Picture("similar", similar),
    Picture("trend", keys("j"), fill=counted),
    Picture("revised", keys("3"), fill=with_news),
    Picture("withdrawn", keys("3", "j"), fill=with_news),
    Picture("note", _noting),
    Picture("search", keys("2", "slash", *"reasoning has:code", "down")),
    Picture("selection", keys("j", "j", "v", "j", "j", "v")),
    Picture("feeds", keys("F", "j", "j", "j", "j"), fill=failing),
    Picture("copy", keys("Y")),
    Picture("open", keys("M")),
    Picture("help", keys("question_mark"), (120, 44)),
    Picture("manual", keys("question_mark", "tab")),
    Picture("themes", keys("colon", *"theme…", "enter", "j", "j", "j")),
    Picture("zero", keys("A", "2", "1")),
    Picture("first-run", keys(), fill=first_run),
)


async def draw(picture: Picture) -> None:
    """Draw one picture."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = make_shelf(Path(folder))
        (picture.fill or decided)(shelf)
        feeds = (*demo.FEEDS, demo.LAB, demo.LISTED) if picture.fill is failing else demo.FEEDS
        config = Config(theme=picture.theme, feeds=feeds, clipboard="osc52")
        app = ReadlistApp(shelf, config, KeyMap(), clock=lambda: demo.NOW)
        async with app.run_test(size=picture.size) as pilot:
            await filled(pilot)
            await picture.scene(pilot)
            if app.screen is app.reading:
                await filled(pilot)
            svg = app.export_screenshot(title="readlist")
        shelf.close()
    # Ids are random; fixed ones make a picture change only when it looks different.
    save(picture.name, re.sub(r"terminal-\d+", f"terminal-{picture.name}", svg))


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
    for picture in PICTURES:
        asyncio.run(draw(picture))
    draw_command("help-search", "readlist", "help", "search")


if __name__ == "__main__":
    main()
