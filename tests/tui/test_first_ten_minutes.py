"""The first ten minutes of a new user, at three sizes: each step does what the README says, and all counts agree."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readlist.config import Config, load
from readlist.model.feed import Feed
from readlist.services.refresh import Refresh
from readlist.shelf import Shelf
from readlist.sources.http.endpoints import Sites
from readlist.sources.sample import sample
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.feeds import record
from tests.support.http import QUICK, Answer, Request, Serving
from tests.support.papers import Clock, make_shelf
from tests.support.tui import SIZE, Fill, handled, list_pane, press, quiet, said, screen_text, status_text, until

DAILY = Feed("HF daily", "huggingface", "daily")
BIB = "@article{one, title={Mice and men}, year=2024}\n@article{two, title={Of bees}, year=2023}\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with the sample alone, as the first run makes it."""
    made = make_shelf(tmp_path, Clock())
    made.papers.add(sample(date(2026, 8, 2)))
    made.papers.end_visit()
    yield made
    made.close()


@pytest.mark.parametrize("size", [pytest.param(size, marks=pytest.mark.slow) for size in (SIZE, (80, 24), (40, 12))])
async def test_the_first_ten_minutes(shelf: Shelf, tmp_path: Path, size: tuple[int, int]) -> None:
    settings, references, come = tmp_path / "config.toml", tmp_path / "refs.bib", threading.Event()
    settings.touch()
    references.write_text(BIB, encoding="utf-8")

    def answer(request: Request) -> Answer:
        papers = [record(each, "2026-08-02", githubRepo=f"https://github.com/lab/r{each}") for each in range(1, 21)]
        return Answer(200, {}, json.dumps(papers).encode(), stall=come)

    with Serving() as server:
        server.route("/api/daily_papers", answer)
        clock = Clock()
        refresh = Refresh(shelf, Sites(*[server.url] * 4), QUICK, clock=clock)
        config = Config(feeds=(DAILY,))
        app = ReadlistApp(shelf, config, KeyMap(), settings, make_refresh=lambda: refresh, clock=clock)
        async with app.run_test(size=size) as pilot:
            await _triage_the_sample(app, shelf, pilot)
            come.set()
            await until(lambda: "Your feeds are in: 20 new papers" in said(app))
            await quiet(pilot)
            await _go_on(app, shelf, pilot, references)
            await _look_around(app, pilot, settings, size)
            await press(pilot, "q")
        assert app.fault is None and not app.is_running


def _title(app: ReadlistApp) -> str:
    entry = app.reading.state.entry
    assert entry is not None
    return entry.paper.title


def _agrees(app: ReadlistApp, shelf: Shelf) -> None:
    """Hold that header, groups and list tell the same, and that the screen has one cursor and no line too many."""
    counts, state, text = shelf.papers.counts(), app.reading.state, screen_text(app)
    lines = text.split("\n")
    assert f" Inbox {counts.unread} " in lines[0]
    if app.size.width >= 80:
        for name, count in (("All", counts.papers), ("Starred", counts.starred), ("Notes", counts.noted)):
            assert re.search(rf" {name} {count} ", lines[0]), lines[0]
    if state.groups and len(state.ids) == counts.papers:
        assert sum(count.unread for count in state.group_counts.values()) == counts.unread
    assert len(lines) == app.size.height and all(len(line) <= app.size.width for line in lines)
    if app.screen is app.reading and app.reading.ui.context == "list":
        shown = [line for line in lines if line.startswith("▌")]
        assert len(shown) == 1 and list_pane(app).has_focus
        assert lines[-1].rstrip().endswith("? help") or app.reading.ui.messages


async def _triage_the_sample(app: ReadlistApp, shelf: Shelf, pilot: Pilot[None]) -> None:
    """Read the card, then decide about sample papers while the feeds are still fetched."""

    async def type_keys(*keys: str) -> None:
        """Press keys; the fetch goes on, so that nothing is quiet."""
        await pilot.press(*keys)
        await handled(pilot)

    await handled(pilot)
    for words in ("33 sample papers", "x done", "u undo", "● unread"):
        assert words in " ".join(screen_text(app).split())
    await type_keys("j")
    assert "33 sample papers to try" not in screen_text(app) and _title(app).startswith("VGGT")
    await type_keys("x", "s", "x")
    assert (shelf.papers.counts().unread, shelf.papers.counts().starred) == (31, 1)
    await type_keys("e")
    await until(lambda: app.reading.ui.context == "note")
    await type_keys(*"again", "escape", "u", "U")
    assert shelf.papers.counts().noted == 1
    assert "Redone: note" in status_text(app)


async def _go_on(app: ReadlistApp, shelf: Shelf, pilot: Pilot[None], references: Path) -> None:
    """What was marked stays, the rest of the sample goes; search, tag, remove and import, and undo all of it."""
    assert shelf.papers.counts().papers == 20 + 3
    _agrees(app, shelf)
    await press(pilot, "1", "g", "y")
    assert app.clipboard == "https://github.com/lab/r1"
    await press(pilot, "slash", Fill('title:"Paper 7"'), "enter")
    assert len(app.reading.state.ids) == 1
    await press(pilot, "s", "escape")
    # Search, decide, back: the cursor stays on what was decided.
    assert _title(app) == "Paper 7" and app.reading.state.search == ""
    await press(pilot, "j", "t", Fill("cited"), "enter", "slash", Fill("tag:cited"), "enter")
    assert [_title(app), len(app.reading.state.ids)] == ["Paper 8", 1]
    await press(pilot, "escape", "u", "D")
    assert shelf.papers.counts().papers == 22 and "Removed 1 paper. u: undo" in said(app)
    _agrees(app, shelf)
    await press(pilot, "u", "i", Fill(str(references)), "enter")
    assert shelf.papers.counts().papers == 25
    _agrees(app, shelf)
    await press(pilot, "u")
    assert shelf.papers.counts().papers == 23
    _agrees(app, shelf)
    await press(pilot, "g", "A", "1")
    unread = shelf.papers.counts().unread
    assert unread < 20
    _agrees(app, shelf)
    await press(pilot, "u", "space", "v", "j", "j", "v", "x")
    assert shelf.papers.counts().unread != unread
    _agrees(app, shelf)


async def _look_around(app: ReadlistApp, pilot: Pilot[None], settings: Path, size: tuple[int, int]) -> None:
    """Open what can be opened, at any size; nothing stays open, and the list is as before."""
    await press(pilot, "escape", "g")
    before = screen_text(app).split("\n")[1:5]
    for keys in (("question_mark", "tab"), ("F",), ("S",), ("Y",), ("M",), ("exclamation_mark",), ("colon",), ("i",)):
        await press(pilot, *keys)
        assert app.screen is not app.reading, keys
        if keys[0] == "Y":
            for other in ((20, 5), (1, 1), (200, 60), size):
                await pilot.resize_terminal(*other)
                await quiet(pilot)
        await press(pilot, "escape")
        assert app.screen is app.reading, keys
    # Where there is no room for two panes side by side, there are three layouts.
    await press(pilot, *"z" * (4 if size[0] >= 80 else 3))
    assert [line[:30] for line in screen_text(app).split("\n")[1:5]] == [line[:30] for line in before]
    assert load(settings).layout
    await press(pilot, "slash", Fill("has:code paper"), "enter", "V", "enter")
    assert [view.name for view in load(settings).views] == ["has:code paper"]
    assert app.reading.state.view.name == "has:code paper"
