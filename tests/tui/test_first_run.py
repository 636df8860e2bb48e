"""The first run: the sample, its card until the first key, offline in one line, and how one's own papers take over."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.config import Config
from readlist.model.feed import Feed
from readlist.services.refresh import Refresh
from readlist.shelf import Shelf
from readlist.sources.http.endpoints import Limits, Sites
from readlist.sources.sample import sample
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.render.first_run import first_run_card
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS
from readlist.tui.render.text_block import lines_of
from tests.support.feeds import record
from tests.support.http import QUICK, Answer, Request, Serving
from tests.support.papers import Clock, make_shelf
from tests.support.tui import SIZE, Fill, press, quiet, said, screen_text, status_text, until

DAILY = Feed("HF daily", "huggingface", "daily")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with the sample alone."""
    made = make_shelf(tmp_path, Clock())
    made.papers.add(sample(date(2026, 8, 2)))
    made.papers.end_visit()
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def make_app(shelf: Shelf) -> Callable[..., ReadlistApp]:
    """Makes the app with feeds of a site."""

    def make(site: str, *feeds: Feed, keys: KeyMap | None = None, limits: Limits = QUICK) -> ReadlistApp:
        clock = Clock()
        refresh = Refresh(shelf, Sites(*[site] * 4), limits, clock=clock)
        config = Config(feeds=feeds or (DAILY,))
        return ReadlistApp(shelf, config, keys or KeyMap(), make_refresh=lambda: refresh, clock=clock)

    return make


@pytest.mark.parametrize("size", [SIZE, (80, 24), (40, 12)])
async def test_offline_a_first_run_says_what_one_sees_and_which_key_comes_next(
    make_app: Callable[..., ReadlistApp], size: tuple[int, int]
) -> None:
    app = make_app(NOWHERE)
    async with app.run_test(size=size) as pilot:
        await until(lambda: "Offline" in said(app))
        await quiet(pilot)
        text = " ".join(screen_text(app).split())
        words = (
            "33 sample papers",
            "x done",
            "s star",
            "e note",
            "y copy",
            "u undo",
            "✦ new",
            "▲ upvotes",
            "or with i" if size == (40, 12) else "i import",
        )
        for each in words:
            assert each in text, each
        offline = (
            "Offline: 127.0.0.1:9 can't be reached. You see 33 sample papers. i imports a saved page · R tries again"
        )
        assert said(app).splitlines()[0] == offline
        short = " ! Offline. i: import · R: try again"
        assert status_text(app).startswith((f" ! {offline}" if size == SIZE else short)[: size[0] - 4])
        assert [message.tone for message in app.reading.ui.messages] == ["warning"]
        entry = app.reading.state.entry
        assert entry is not None and entry.paper.abstract[:20] not in text
        await press(pilot, "j")
        assert "try the keys on" not in screen_text(app)
        entry = app.reading.state.entry
        assert entry is not None and entry.paper.title.startswith("VGGT")
        assert size != SIZE or "One pass through" in screen_text(app)
        await press(pilot, "R")
        assert len(app.reading.ui.messages) == 1


async def test_when_the_feeds_answer_the_sample_goes_and_the_line_says_so(
    make_app: Callable[..., ReadlistApp], server: Serving
) -> None:
    server.json("/api/daily_papers", [record(number) for number in range(1, 4)])
    app = make_app(server.url)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: "in:" in said(app))
        await quiet(pilot)
        assert said(app) == "Your feeds are in: 3 new papers; the sample is gone."
        assert len(app.reading.state.ids) == 3 and "try the keys on" not in screen_text(app)
        assert "Sample" not in status_text(app)


@pytest.mark.parametrize("keys", ["", pytest.param("jxj", marks=pytest.mark.slow)])
async def test_the_first_paper_of_all_feeds_is_shown_whichever_answers_last(
    make_app: Callable[..., ReadlistApp], server: Serving, keys: str
) -> None:
    first, last = threading.Event(), threading.Event()

    def answer(request: Request) -> Answer:
        late = request.query.get("sort") != "trending"
        papers = [record(number, "2026-08-02") for number in (range(1, 4) if late else range(4, 8))]
        return Answer(200, {}, json.dumps(papers).encode(), stall=last if late else first)

    server.route("/api/daily_papers", answer)
    app = make_app(server.url, Feed("HF trending", "huggingface", "trending"), DAILY)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        first.set()
        # One sample paper was decided.
        await until(lambda: len(app.reading.state.ids) == 4 + len(keys) // 3)
        last.set()
        await until(lambda: "in:" in said(app))
        await quiet(pilot)
        assert len(app.reading.state.ids) == 7 + len(keys) // 3 and app.reading.state.cursor == 0
        top, second = screen_text(app).split("\n")[1:3]
        assert ("Today · Sample" if keys else "Today · HF") in top and second.startswith("▌")


async def test_a_sample_paper_stays_if_it_is_marked_and_goes_if_that_was_undone(
    make_app: Callable[..., ReadlistApp], server: Serving, shelf: Shelf, tmp_path: Path
) -> None:
    server.route("/api/daily_papers", lambda request: pytest.fail("asked too early"))
    page = tmp_path / "mine.ris"
    known = (
        "TY  - UNPB\nTI  - VGGT: Visual Geometry Grounded Transformer\nUR  - https://arxiv.org/abs/2503.11651\nER  - \n"
    )
    page.write_text(f"TY  - UNPB\nTI  - A paper of my own\nER  - \n{known}", encoding="utf-8")
    app = make_app(NOWHERE)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: "Offline" in said(app))
        await press(pilot, "x", "s", "u")
        assert status_text(app).rstrip().endswith("Sample · 1 done today")
        await press(pilot, "i", Fill(str(page)), "enter")
        assert said(app).splitlines()[-1] == "Imported 1 new paper, 1 known; 1 sample paper you marked stays. u: undo"
        assert len(app.reading.state.ids) == 2 and shelf.feeds.log.builtin_papers() == 1


async def test_a_feed_that_fails_otherwise_is_not_offline(
    make_app: Callable[..., ReadlistApp], server: Serving
) -> None:
    app = make_app(server.url, DAILY, Feed("Dead", "rss", f"{NOWHERE}/feed.xml"))
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: "failed" in said(app))
        await quiet(pilot)
        assert said(app).splitlines()[0] == "2 feeds failed: HF daily, Dead. !: details"
        assert "answered 404" in said(app) and "can't reach 127.0.0.1:9" in said(app)


async def test_a_server_that_is_silent_is_offline_too(make_app: Callable[..., ReadlistApp], server: Serving) -> None:
    never = threading.Event()
    server.route("/api/daily_papers", lambda request: Answer(200, {}, b"[]", stall=never))
    app = make_app(server.url, limits=replace(QUICK, read=0.3))
    async with app.run_test(size=SIZE):
        await until(lambda: "Offline" in said(app))
    never.set()


@pytest.mark.parametrize("width", [20, 36, 46, 76, 120])
def test_the_card_fits_and_needs_no_other_sign_with_ascii(width: int) -> None:
    card = first_run_card(33, KeyMap(), ASCII_SIGNS, width)
    assert all(block.content.plain.isascii() for block in card)
    other = first_run_card(33, KeyMap({"star": ["f"], "note": []}), SIGNS, width)
    text = "\n".join(line.content.plain for line in lines_of(other, width))
    assert "f star" in text and " note" not in text.split("✦")[0]
    assert all(len(line) <= width for line in text.split("\n")) and text.count("\n") <= 13
