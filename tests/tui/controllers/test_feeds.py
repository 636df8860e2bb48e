"""Feeds: fetching them beside the commands, following and leaving them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from readlist.config import Config, load
from readlist.model.feed import Feed
from readlist.services import Progress
from readlist.shelf import LibraryError, Shelf
from readlist.tui.controllers.feeds import Feeds, Fetcher
from readlist.tui.controllers.search import Search
from readlist.tui.dialogs.feed_list import FeedList
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.refresh import FakeRefresh
from tests.support.ui import FakeSearchLine, FakeUi

DAILY = Feed("HF daily", "huggingface", "daily")
LAB = Feed("Lab", "rss", "https://lab.example/feed.xml")


@pytest.fixture
def refresh(shelf: Shelf) -> FakeRefresh:
    """What asks feeds."""
    return FakeRefresh(shelf)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A file of settings with the feeds that are followed."""
    file = tmp_path / "config.toml"
    file.write_text(
        "[[feeds]]\nname = 'HF daily'\nkind = 'huggingface'\nquery = 'daily'\n"
        "[[feeds]]\nname = 'Lab'\nkind = 'rss'\nquery = 'https://lab.example/feed.xml'\n",
        encoding="utf-8",
    )
    return file


@pytest.fixture
def fetcher(loader: Loader, settings: Path, refresh: FakeRefresh) -> Fetcher:
    """What fetches."""
    return Fetcher(loader, load(settings), lambda: refresh)  # type: ignore[arg-type,return-value]


@pytest.fixture
def line() -> FakeSearchLine:
    """Where a search is typed."""
    return FakeSearchLine()


@pytest.fixture
def feeds(loader: Loader, fetcher: Fetcher, settings: Path, line: FakeSearchLine) -> Feeds:
    """The controller."""
    return Feeds(loader, Search(loader, line), fetcher, settings)


async def test_papers_come_in_and_the_cursor_stays_on_its_paper(
    feeds: Feeds, refresh: FakeRefresh, state: ListState, ui: FakeUi
) -> None:
    refresh.brings = {"HF daily": [101, 102], "Lab": [103]}
    state.cursor = 4
    feeds.refresh()
    await ui.settled()
    assert refresh.asked == [["HF daily", "Lab"]]
    assert len(state.ids) == 15 and state.cursor == 7
    assert state.entry is not None and state.entry.paper.key == "arxiv:2608.00005"
    assert ui.said == ["3 new papers from HF daily, Lab."]
    assert ui.reports[-1] == Progress(2, 2, "feeds")
    assert any("HF daily 2 · Lab …" in report.name for report in ui.reports)
    feeds.refresh()
    await ui.settled()
    assert ui.said[-1] == "Nothing new."


async def test_what_failed_is_reported(feeds: Feeds, refresh: FakeRefresh, ui: FakeUi) -> None:
    refresh.brings = {"HF daily": [101], "Lab": "HTTP status 404"}
    feeds.refresh()
    await ui.settled()
    assert ui.failures == ["1 new paper from HF daily. Lab failed: HTTP status 404 (never fetched). !: details"]


async def test_many_failures_are_counted(fetcher: Fetcher, refresh: FakeRefresh, ui: FakeUi, shelf: Shelf) -> None:
    feeds = [Feed(f"Lab {number}", "rss", f"https://lab{number}.example") for number in range(5)]
    refresh.brings = {feed.name: "no network" for feed in feeds}
    fetcher.fetch(feeds)
    await ui.settled()
    assert ui.failures == ["5 feeds failed: Lab 0, Lab 1, Lab 2 and 2 more. !: details"]
    (message,) = ui.messages
    assert message.details[4] == "Lab 4: failed: no network (never fetched)"


async def test_what_is_due_is_fetched_and_a_failure_reported_once_and_calmly(
    fetcher: Fetcher, refresh: FakeRefresh, ui: FakeUi
) -> None:
    refresh.brings = dict.fromkeys(("HF daily", "Lab"), "no network")
    fetcher.begin()
    await ui.settled()
    assert ui.said == ["2 feeds failed: HF daily, Lab. !: details"]
    assert ui.failures == []
    (again,) = ui.repeating
    again.call()
    await ui.settled()
    assert len(refresh.asked) == 2 and len(ui.said) == 1


async def test_nothing_is_fetched_without_being_asked_if_the_user_wants_that(
    shelf: Shelf, ui: FakeUi, loader: Loader, refresh: FakeRefresh
) -> None:
    quiet = Fetcher(loader, Config(feeds=(DAILY,), refresh=None), lambda: refresh)  # type: ignore
    quiet.begin()
    await ui.settled()
    assert refresh.asked == []
    quiet.stop()
    assert refresh.stopped


async def test_where_nothing_can_be_asked_nothing_is(shelf: Shelf, ui: FakeUi, loader: Loader) -> None:
    offline = Fetcher(loader, Config(), None)
    offline.begin()
    offline.fetch([DAILY])
    offline.stop()
    await ui.settled()
    assert ui.said == []


async def test_a_fetch_that_is_under_way_is_not_begun_again(fetcher: Fetcher, refresh: FakeRefresh, ui: FakeUi) -> None:
    refresh.gate.clear()
    fetcher.fetch([DAILY])
    await ui.drawn()
    fetcher.fetch([DAILY])
    fetcher.fetch([LAB], later=True)
    refresh.gate.set()
    await ui.settled()
    assert ui.said[0].startswith("Still fetching ")
    assert refresh.asked == [["HF daily"], ["Lab"]]
    assert fetcher.under_way == {}


async def test_a_library_that_is_busy_ends_the_fetch_with_a_word(
    fetcher: Fetcher, refresh: FakeRefresh, ui: FakeUi, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise LibraryError("the library is busy; try again")

    refresh.brings = {"HF daily": [101]}
    with monkeypatch.context() as patched:
        patched.setattr(shelf.papers, "add", busy)
        fetcher.fetch([DAILY])
        await ui.settled()
    assert ui.failures == ["the library is busy; try again"]
    fetcher.fetch([DAILY])
    await ui.settled()
    assert ui.said[-1] == "1 new paper from HF daily."


async def test_without_feeds_it_says_how_one_is_added(fetcher: Fetcher, ui: FakeUi) -> None:
    fetcher.fetch([])
    assert ui.said == ["No feeds yet. F: add one, i: import a saved page"]


async def test_the_list_has_a_row_for_each_feed_and_enter_shows_its_papers(
    feeds: Feeds, refresh: FakeRefresh, state: ListState, ui: FakeUi, line: FakeSearchLine
) -> None:
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    ui.answers.append(answer)
    refresh.brings = {"HF daily": [101]}
    feeds.feeds()
    feeds._act("fetch", "HF daily")
    await ui.settled(answered=False)
    (shown,) = ui.opened
    assert isinstance(shown, FeedList)
    daily, lab = shown.rows
    assert (daily.name, daily.unread, daily.papers, lab.state) == ("HF daily", 13, 13, "not fetched yet")
    answer.set_result("HF daily")
    await ui.settled()
    assert line.text == 'feed:"HF daily" ' and state.search == line.text
    assert len(state.ids) == 13


async def test_a_feed_is_left_and_brought_back(
    feeds: Feeds, fetcher: Fetcher, state: ListState, ui: FakeUi, settings: Path
) -> None:
    feeds._act("remove", "HF daily")
    await ui.settled()
    assert [feed.name for feed in load(settings).feeds] == ["Lab"] == [feed.name for feed in fetcher.followed]
    assert ui.said[-1] == "Removed feed HF daily (its papers stay). u: undo"
    assert state.undo_here is not None
    await state.undo_here()
    await ui.settled()
    assert [feed.name for feed in load(settings).feeds] == ["HF daily", "Lab"]
    assert ui.said[-1] == "Restored feed HF daily" and state.undo_here is None


async def test_a_feed_is_followed_and_fetched(feeds: Feeds, refresh: FakeRefresh, ui: FakeUi, settings: Path) -> None:
    ui.answers += ["arxiv:cs.LG", "ftp://lab"]
    feeds._act("add", "")
    feeds._act("add", "")
    await ui.settled()
    assert [feed.query for feed in load(settings).feeds][2:] == ["cs.LG"]
    assert refresh.asked == [[load(settings).feeds[-1].name]]
    assert "unknown feed `ftp://lab`" in ui.rejected[0]


async def test_the_feeds_of_a_file_are_followed(feeds: Feeds, refresh: FakeRefresh, ui: FakeUi, settings: Path) -> None:
    other = Feed("Other", "rss", "https://other.example/feed.xml")
    await feeds.follow_listed([LAB, other])
    await ui.settled()
    assert ui.said[0] == "Added 1 feed, 1 already followed"
    assert refresh.asked == [["Other"]]
    assert load(settings).feeds[-1] == other
