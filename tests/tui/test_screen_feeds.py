"""Feeds on the screen: papers come in without moving the cursor, and no key still pending."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readlist.config import Config, load
from readlist.library.feed_log import FeedLog
from readlist.model.feed import Feed
from readlist.services.refresh import Refresh
from readlist.shelf import LibraryError, Shelf
from readlist.sources.http.endpoints import Limits, Sites
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.dialog import Prompt
from readlist.tui.dialogs.feed_list import FeedList
from readlist.tui.keymap import KeyMap
from tests.support.feeds import record
from tests.support.http import QUICK, Answer, Request, Serving
from tests.support.papers import Clock, make_batch, make_paper, make_shelf
from tests.support.tui import SIZE, Fill, cursor_line, handled, press, quiet, said, screen_text, stored, until

CLOCK = Clock()
DAILY = Feed("HF daily", "huggingface", "daily")


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Forty papers of August 1."""
    made = make_shelf(tmp_path, CLOCK)
    made.papers.add(make_batch([make_paper(n) for n in range(1, 41)]))
    made.papers.end_visit()
    yield made
    made.close()


@pytest.fixture
def make_app(shelf: Shelf, server: Serving, tmp_path: Path) -> Callable[..., ReadlistApp]:
    """Makes the app with feeds of the server; by default it asks none on its own."""

    def make(*feeds: Feed, config: Config | None = None) -> ReadlistApp:
        config = config or Config(feeds=feeds, refresh=None)
        refresh = Refresh(shelf, Sites(*[server.url] * 4), QUICK, clock=CLOCK)
        return ReadlistApp(shelf, config, KeyMap(), tmp_path / "config.toml", make_refresh=lambda: refresh)

    return make


def later(numbers: range) -> list[dict[str, object]]:
    """Records of August 5: they are above those of August 1."""
    return [record(n, "2026-08-05") for n in numbers]


async def test_papers_come_in_while_keys_are_answered_and_the_cursor_stays_on_its_paper(
    make_app: Callable[..., ReadlistApp], server: Serving, shelf: Shelf
) -> None:
    asked, gate, never = threading.Event(), threading.Event(), threading.Event()

    def daily(request: Request) -> Answer:
        asked.set()
        gate.wait(60)
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(later(range(1001, 1021))).encode())

    server.route("/api/daily_papers", daily)
    server.route("/stalled.xml", lambda request: Answer(200, {}, b"<rss/>", stall=never))
    stalled = Feed("Stalled", "rss", server.url.replace("127.0.0.1", "localhost") + "/stalled.xml")
    app = make_app(DAILY, stalled)
    async with app.run_test(size=SIZE) as pilot:
        reading = app.reading
        await until(lambda: len(reading.state.ids) == 40)
        await pilot.press("R")
        await until(asked.is_set)
        # Both feeds wait; every key is answered.
        await pilot.press("j", "j", "j", "s", "x", "j", "s")
        await handled(pilot)
        entry = reading.state.entry
        assert entry is not None
        assert entry.paper.key == "arxiv:2608.00006"
        assert stored(shelf, 4).mark.starred and stored(shelf, 4).mark.read and stored(shelf, 6).mark.starred
        assert len(reading.state.ids) == 40
        line = cursor_line(app)
        gate.set()
        await until(lambda: len(reading.state.ids) == 60)
        assert reading.state.entry is not None and reading.state.entry.paper.key == entry.paper.key
        assert reading.state.cursor == 25
        assert cursor_line(app) == line
        # What was decided stays in its row, and the stalled feed still holds up nothing.
        await pilot.press("k", "k")
        await handled(pilot)
        assert reading.state.entry is not None and reading.state.entry.paper.key == "arxiv:2608.00004"
        await pilot.press("g")
        await handled(pilot)
        assert reading.state.entry is not None and reading.state.entry.paper.title == "Paper 1001"
        assert "✦" in screen_text(app)
        await pilot.press("q")
    never.set()


async def test_refresh_tells_what_is_new_and_what_failed(make_app: Callable[..., ReadlistApp], server: Serving) -> None:
    server.json("/api/daily_papers", later(range(1, 4)) + later(range(1001, 1003)))
    app = make_app(DAILY, Feed("Gone lab", "rss", f"{server.url}/gone.xml"))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "R")
        assert "2 new papers from HF daily." in said(app)
        assert "Gone lab failed: " in said(app) and "never fetched" in said(app)
        assert len(app.reading.state.ids) == 42
    app = make_app(DAILY)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "R")
        assert "Nothing new." in said(app)


async def test_old_feeds_are_fetched_at_the_start(make_app: Callable[..., ReadlistApp], server: Serving) -> None:
    server.json("/api/daily_papers", later(range(1001, 1003)))
    app = make_app(config=Config(feeds=(DAILY,)))
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: len(app.reading.state.ids) == 42)
        assert app.reading.state.entry is not None and app.reading.state.entry.paper.key == "arxiv:2608.00001"
        # Until the counts of earlier lists are read, too.
        await quiet(pilot)
    asked = len(server.requests)
    app = make_app(config=Config(feeds=(DAILY,)))
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
    assert len(server.requests) == asked


async def test_without_a_network_the_start_says_so_once_and_calmly(shelf: Shelf, tmp_path: Path) -> None:
    refresh = Refresh(shelf, Sites(*["http://127.0.0.1:9"] * 4), Limits(pause=0.01))
    app = ReadlistApp(shelf, Config(), KeyMap(), tmp_path / "config.toml", make_refresh=lambda: refresh)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: "Offline: showing saved papers. F: details" in said(app))
        await quiet(pilot)
        assert [message.tone for message in app.reading.ui.messages] == ["warning"]
        assert len(app.reading.state.ids) == 40


@pytest.mark.slow
async def test_the_feeds_show_what_is_unread_and_how_they_stand(
    make_app: Callable[..., ReadlistApp], server: Serving
) -> None:
    server.json("/api/daily_papers", later(range(1001, 1003)))
    app = make_app(DAILY, Feed("Gone lab", "rss", f"{server.url}/gone.xml"))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "R")
        await press(pilot, "F")
        assert isinstance(app.screen, FeedList)
        daily, gone = app.screen.rows
        assert (daily.name, daily.unread, daily.papers, daily.failure) == ("HF daily", 42, 42, "")
        assert "2 new" in daily.state
        assert gone.failure and "never fetched" in gone.state
        await press(pilot, "enter")
        assert app.screen_stack[-1] is app.reading
        assert app.reading.state.search.strip() == 'feed:"HF daily"'
        assert len(app.reading.state.ids) == 42
        await press(pilot, "escape")
        assert app.reading.state.search == ""


@pytest.mark.slow
async def test_a_feed_is_followed_and_left_and_brought_back(
    make_app: Callable[..., ReadlistApp], server: Serving, tmp_path: Path
) -> None:
    server.file(
        "/lab.xml",
        b"<rss version='2.0'><channel><title>Lab</title><item><title>Lab paper</title>"
        b"<link>https://lab.example/1</link></item></channel></rss>",
        "application/rss+xml",
    )
    app = make_app(DAILY)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "F", "a")
        assert isinstance(app.screen, Prompt)
        await press(pilot, Fill(f"{server.url}/lab.xml"), "enter")
        assert isinstance(app.screen, FeedList)
        followed = [feed.query for feed in load(tmp_path / "config.toml").feeds]
        assert followed[-1] == f"{server.url}/lab.xml"
        assert app.screen.rows[-1].papers == 1
        # The cursor is on what was followed.
        await press(pilot, "d")
        assert [feed.query for feed in load(tmp_path / "config.toml").feeds] == followed[:-1]
        await press(pilot, "u")
        assert [feed.query for feed in load(tmp_path / "config.toml").feeds] == followed
        await press(pilot, "a", Fill("ftp://lab"), "enter")
        assert isinstance(app.screen, Prompt) and "unknown feed `ftp://lab`" in screen_text(app)
        await press(pilot, "escape", "d", "escape", "u")
        assert [feed.query for feed in load(tmp_path / "config.toml").feeds] == followed


async def test_a_paper_is_added_by_its_address(make_app: Callable[..., ReadlistApp], server: Serving) -> None:
    server.json("/api/papers/2608.01001", record(1001)["paper"])
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a", Fill("https://arxiv.org/abs/2608.01001v2"), "enter")
        assert "Added 1 paper." in said(app)
        assert app.reading.state.entry is not None and app.reading.state.entry.paper.title == "Paper 1001"
        await press(pilot, "u")
        assert "Undone: adding 2608.01001 · removed 1 paper" in said(app)
        assert len(app.reading.state.ids) == 40
        await press(pilot, "a", Fill("2608.01001 hello"), "enter")
        assert "Not an arXiv id, DOI or paper address: hello" in said(app)
        await press(pilot, "s", "a", Fill("hello"), "enter")
        assert isinstance(app.screen, Prompt) and "not an arXiv id, DOI or paper address: hello" in screen_text(app)
        await press(pilot, "escape", "u")
        assert len(app.reading.state.ids) == 41


async def test_a_removed_paper_stays_away_when_its_feed_is_fetched_until_it_is_added(
    make_app: Callable[..., ReadlistApp], server: Serving, tmp_path: Path
) -> None:
    server.json("/api/daily_papers", later(range(1001, 1003)))
    server.json("/api/papers/2608.01001", record(1001)["paper"])
    app = make_app(DAILY)
    (tmp_path / "config.toml").write_text("[[feeds]]\nname = 'HF daily'\nkind = 'huggingface'\nquery = 'daily'\n")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "R")
        await press(pilot, "g", "s", "D")
        assert len(app.reading.state.ids) == 41
        await press(pilot, "R")
        assert len(app.reading.state.ids) == 41 and "Paper 1001" not in screen_text(app)
        await press(pilot, "a", Fill("2608.01001"), "enter")
        assert "Restored 1 removed paper. u: undo" in said(app) and len(app.reading.state.ids) == 42
        assert app.reading.state.entry is not None and app.reading.state.entry.mark.starred
        # With its papers, except for the one that was added by hand.
        await press(pilot, "F", "D")
        assert "Removed HF daily and 41 papers; kept 1 in other feeds. u: undo" in said(app)
        assert isinstance(app.screen, FeedList)
        assert {row.name: row.papers for row in app.screen.rows} == {"Added": 1, "HF daily": 1}
        await press(pilot, "u")
        assert {row.name: row.papers for row in app.screen.rows} == {"Added": 1, "HF daily": 42}
        assert "Restored HF daily and 41 papers" in said(app)
        await press(pilot, "escape")
        assert len(app.reading.state.ids) == 42 and [feed.name for feed in load(tmp_path / "config.toml").feeds] == [
            "HF daily"
        ]


async def test_what_is_added_without_a_network_is_there_by_its_id(shelf: Shelf, tmp_path: Path) -> None:
    refresh = Refresh(shelf, Sites(*["http://127.0.0.1:9"] * 4), Limits(pause=0.01))
    app = ReadlistApp(
        shelf, Config(feeds=(), refresh=None), KeyMap(), tmp_path / "config.toml", make_refresh=lambda: refresh
    )
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a", Fill("2608.01001"), "enter")
        assert "details follow when online" in said(app)
        assert "arxiv:2608.01001 – title pending" in screen_text(app)
        await press(pilot, "s")
        entry = shelf.papers.entry("arxiv:2608.01001")
        assert entry is not None and entry.mark.starred


async def test_a_fetch_that_is_under_way_is_not_begun_again(
    make_app: Callable[..., ReadlistApp], server: Serving
) -> None:
    gate = threading.Event()
    server.route("/api/daily_papers", lambda request: Answer(200, {}, b"[]", stall=gate))
    app = make_app(DAILY)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await until(lambda: len(server.requests) == 1)
        await pilot.press("R")
        await until(lambda: "Still fetching HF daily." in said(app))
        gate.set()
        await quiet(pilot)
        await press(pilot, "R")
    # Lists of single days are those that are counted again.
    assert len([request for request in server.requests if "date" not in request.query]) == 2


@pytest.mark.slow
async def test_a_feed_followed_while_others_are_fetched_has_its_turn(
    make_app: Callable[..., ReadlistApp], server: Serving
) -> None:
    gate = threading.Event()
    server.route("/api/daily_papers", lambda request: Answer(200, {}, b"[]", stall=gate))
    server.file("/lab.xml", b"<rss><channel><item><title>Lab paper</title></item></channel></rss>", "text/xml")
    app = make_app(DAILY)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await until(lambda: len(server.requests) == 1)
        await pilot.press("F", "a", *f"{server.url}/lab.xml", "enter")
        await until(lambda: "Added feed 127.0.0.1" in said(app))
        gate.set()
        await quiet(pilot)
        assert len(app.reading.state.ids) == 41


async def test_a_library_that_is_busy_costs_a_word_and_not_the_app(
    make_app: Callable[..., ReadlistApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise LibraryError("the library is busy; try again")

    app = make_app(DAILY)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "F")
        monkeypatch.setattr(FeedLog, "forget_fetch", busy)
        monkeypatch.setattr(FeedLog, "all", busy)
        await press(pilot, "d")
        assert "the library is busy" in said(app)
        await press(pilot, "escape", "j")
        assert app.reading.state.cursor == 1


async def test_an_opml_file_is_imported_as_feeds(
    make_app: Callable[..., ReadlistApp], server: Serving, tmp_path: Path
) -> None:
    server.file("/lab.xml", b"<rss><channel><item><title>Lab paper</title></item></channel></rss>", "text/xml")
    file = tmp_path / "feeds.opml"
    file.write_text(f'<opml><body><outline text="Lab" xmlUrl="{server.url}/lab.xml"/></body></opml>', encoding="utf-8")
    app = make_app(DAILY)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "i", Fill(str(file)), "enter")
        assert [feed.name for feed in load(tmp_path / "config.toml").feeds][-1] == "Lab"
        assert "1 new paper from Lab." in said(app)
