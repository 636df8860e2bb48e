"""Searching while one types."""

from __future__ import annotations

import pytest

from readlist.shelf import Shelf
from readlist.tui.controllers.search import Search
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.ui import FakeSearchLine, FakeUi


@pytest.fixture
def line() -> FakeSearchLine:
    """The search line."""
    return FakeSearchLine()


@pytest.fixture
def search(loader: Loader, line: FakeSearchLine) -> Search:
    """The controller."""
    return Search(loader, line)


async def typed(search: Search, line: FakeSearchLine, text: str, loader: Loader, ui: FakeUi) -> None:
    """Type a search and wait until its papers are there."""
    line.text = text
    search.typed(text)
    await loader.settled()
    await ui.settled()


async def test_what_is_typed_is_searched_for_and_counted(
    search: Search, line: FakeSearchLine, loader: Loader, state: ListState, ui: FakeUi
) -> None:
    await ui.settled()
    await search.search()
    assert line.open and search.is_open
    await typed(search, line, "sparse", loader, ui)
    assert len(state.ids) == 2 and line.counted == "2 of 12 · 2 unread"
    await typed(search, line, "  ", loader, ui)
    assert len(state.ids) == 12 and line.counted == ""


async def test_a_wrong_query_says_where_and_offers_the_right_one(
    search: Search, line: FakeSearchLine, loader: Loader, ui: FakeUi
) -> None:
    await search.search()
    await typed(search, line, "is:unrad", loader, ui)
    assert line.counted == "did you mean unread? Tab" and line.wrong
    ui.width = 40
    search.show_found()
    await ui.settled()
    assert line.counted == "unread? Tab"
    await search.complete_search()
    assert line.text == "is:unread"


async def test_what_is_suggested_is_taken(search: Search, line: FakeSearchLine) -> None:
    await search.search()
    line.text, line.suggested = "au", "author:"
    await search.complete_search()
    assert line.text == "author:"
    assert await line.complete("feed:hf") == 'feed:"HF daily"'
    assert await line.complete("author:ada") is not None


async def test_left_it_goes_back_to_the_paper_before(
    search: Search, line: FakeSearchLine, loader: Loader, state: ListState, ui: FakeUi
) -> None:
    state.cursor = 4
    await search.search()
    await typed(search, line, "sparse", loader, ui)
    await search.clear()
    await loader.settled()
    assert (state.cursor, state.search, line.text, line.open) == (4, "", "", False)
    assert not search.is_open


async def test_accepted_the_keys_go_to_the_list_and_the_search_is_remembered(
    search: Search, line: FakeSearchLine, state: ListState, ui: FakeUi
) -> None:
    await search.search()
    # The line was not yet asked for what is in it.
    line.text = "robust"
    await search.accept_search()
    await ui.settled()
    assert state.search == "robust" and line.open and ui.focused == "list"
    line.text = ""
    search.typed("")
    await search.accept_search()
    assert not line.open
    await search.search()
    await search.search_up()
    assert line.text == "robust"


async def test_up_and_down_go_among_what_is_found_then_among_earlier_searches(
    search: Search, line: FakeSearchLine, loader: Loader, state: ListState, ui: FakeUi, shelf: Shelf
) -> None:
    shelf.papers.visits.remember("robust")
    shelf.papers.visits.remember("sparse")
    await search.search()
    await typed(search, line, "number", loader, ui)
    await search.search_down()
    await search.search_down()
    await search.search_up()
    assert state.cursor == 1 and line.text == "number"
    await search.search_up()
    await search.search_up()
    assert line.text == "sparse"
    await search.search_up()
    assert line.text == "robust"
    await search.search_up()
    assert line.text == "robust"
    await search.search_down()
    assert line.text == "sparse"
    await search.search_down()
    assert line.text == ""


async def test_a_text_is_found_as_if_it_were_typed(
    search: Search, line: FakeSearchLine, state: ListState, ui: FakeUi
) -> None:
    await search.find("sparse")
    assert state.search == "sparse" and len(state.ids) == 2 and line.open and ui.focused == "list"
