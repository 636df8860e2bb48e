"""The app under a pilot: keys pressed, and the text on its screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby

from textual.pilot import Pilot
from textual.widgets import Input, TextArea
from textual.worker import WorkerCancelled

from readlist.shelf import Entry, Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.ui import ANSWER
from readlist.tui.widgets.paper_detail import PaperDetail
from readlist.tui.widgets.paper_list import PaperList
from readlist.tui.widgets.text_field import SearchField

SIZE = (120, 36)
_LONGEST = 60.0
"""Seconds to wait for what does happen."""


async def quiet(pilot: Pilot[None]) -> None:
    """Wait until everything that was asked for has been done."""
    await _rest(pilot, work=True)


async def handled(pilot: Pilot[None]) -> None:
    """Wait until every key was handled, while work goes on that never ends by itself."""
    await _rest(pilot, work=False)


async def _rest(pilot: Pilot[None], *, work: bool) -> None:
    app = pilot.app
    assert isinstance(app, ReadlistApp)
    calm = 0
    while calm < 2:
        await pilot.pause()
        await app.reading.loader.settled()
        # What waits for an answer waits for the next keys.
        workers = [worker for worker in app.workers if worker.group != ANSWER] if work else []
        for worker in workers:
            # A later one may take its place.
            with suppress(WorkerCancelled):
                await worker.wait()
        # On a busy machine a pause may end before a key has come through all widgets: they are looked at, too.
        queued = any(widget.message_queue_size for widget in (app, *app.screen.walk_children(with_self=True)))
        calm = 0 if workers or queued else calm + 1


async def filled(pilot: Pilot[None]) -> None:
    """Have it learned what fits, and wait until the detail says how well its paper does, and what is like it."""
    app = pilot.app
    assert isinstance(app, ReadlistApp)
    await quiet(pilot)
    app.reading.learn()
    await quiet(pilot)
    reasons = app.reading.controllers.reasons
    await until(lambda: not reasons.waits)
    await quiet(pilot)


class Fill(str):
    """A text that is put into the field which has the focus, as typing it would."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread or process; on a busy machine that may take long."""
    end = time.monotonic() + _LONGEST
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.01)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and fill in what is to be filled in, and wait until all is quiet."""
    for text, group in groupby(keys, lambda key: isinstance(key, Fill)):
        if not text:
            await pilot.press(*group)
            continue
        await quiet(pilot)
        field = pilot.app.focused
        for each in group:
            if isinstance(field, Input):
                field.insert_text_at_cursor(each)
            else:
                assert isinstance(field, TextArea)
                field.insert(each)
    await quiet(pilot)


def number(entry: Entry | None) -> int:
    """The number a test paper was made with."""
    assert entry is not None
    return int(entry.paper.arxiv.split(".")[1])


def stored(shelf: Shelf, paper: int) -> Entry:
    """The entry of a test paper as the shelf has it."""
    entry = shelf.papers.entry(f"arxiv:2608.{paper:05}")
    assert entry is not None
    return entry


def screen_text(app: ReadlistApp) -> str:
    """The text on the screen."""
    height = app.size.height
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines[:height])


def said(app: ReadlistApp) -> str:
    """Everything that was said, in order, with its details."""
    return "\n".join(line for message in reversed([*app.reading.ui.messages]) for line in message.lines)


def status_text(app: ReadlistApp) -> str:
    """The text of the status line."""
    return app.reading.query_one("#status-line").render_line(0).text


def list_pane(app: ReadlistApp) -> PaperList:
    """The pane with the list of papers."""
    return app.reading.query_one(PaperList)


def detail_pane(app: ReadlistApp) -> PaperDetail:
    """The pane with one paper's detail."""
    return app.reading.query_one(PaperDetail)


def search_field(app: ReadlistApp) -> SearchField:
    """The field in which a search is typed."""
    return app.reading.query_one(SearchField)


def cursor_line(app: ReadlistApp) -> int:
    """The line of the screen with the cursor's bar."""
    return next(place for place, text in enumerate(screen_text(app).split("\n")) if text.startswith("▌"))
