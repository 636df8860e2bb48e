"""Views, saved ones, and the order of all."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from readlist.config import Config, load
from readlist.model.view import SORTS, View
from readlist.query.rules import Rules
from readlist.shelf import Shelf
from readlist.tui.controllers.search import Search
from readlist.tui.controllers.views import Views
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.ui import FakeSearchLine, FakeUi


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The file of the settings."""
    return tmp_path / "config.toml"


@pytest.fixture
def search(loader: Loader) -> Search:
    """What searches."""
    return Search(loader, FakeSearchLine())


@pytest.fixture
def views(loader: Loader, search: Search, settings: Path) -> Views:
    """The controller."""
    return Views(loader, search, Config(), settings)


def names(state: ListState) -> list[str]:
    """The names of the saved views."""
    return [view.name for view in state.views[4:]]


async def test_each_view_is_shown_with_the_cursor_where_it_was(views: Views, state: ListState) -> None:
    state.cursor = 3
    state.selection = frozenset(state.ids)
    await views.show_place(1)
    assert state.view.name == "All" and not state.selection
    state.cursor = 7
    await views.show_place(2)
    assert not state.ids and "No stars yet." in state.empty
    await views.show_place(3)
    await views.show_place(0)
    assert state.cursor == 3
    await views.show_place(1)
    assert state.cursor == 7


async def test_where_no_view_is_saved_that_is_said(views: Views, ui: FakeUi) -> None:
    await views.show_place(4)
    assert ui.said == ["No view on tab 5 yet. Search, then press V to save one"]


async def test_the_order_of_a_view_is_chosen_and_its_top_is_shown(views: Views, state: ListState, ui: FakeUi) -> None:
    ui.answers = ["title", None]
    state.cursor = 5
    views.sort()
    await ui.settled()
    assert [view.sort for view in state.views] == ["title", "feed", "feed", "feed"]
    assert state.cursor == 0 and state.order == "title" and not state.groups
    views.sort()
    await ui.settled()
    assert state.view.sort == "title"
    assert next(name for name, text in ui.offers if "✓" in text) == "title"
    assert len(ui.offers) == len(SORTS)


async def test_the_order_a_view_has_is_reversed(views: Views, state: ListState, ui: FakeUi, search: Search) -> None:
    forward = list(state.ids)
    ui.answers = ["feed", "feed", "title"]
    views.sort()
    await ui.settled()
    assert ("feed", "newest list first, in feed order ✓ again: oldest list first") in ui.offers
    assert str(state.order) == "-feed" and list(state.ids) == forward[::-1] and state.cursor == 0 and not state.groups
    views.sort()
    await ui.settled()
    assert ("feed", "oldest list first ✓ again: newest list first, in feed order") in ui.offers
    assert str(state.order) == "feed" and list(state.ids) == forward and state.groups
    await search.find("sort:-title")
    assert str(state.order) == "-title"
    views.sort()
    await ui.settled()
    assert ("title", "Z–A ✓ again: A–Z") in ui.offers


async def test_a_search_is_saved_as_a_view(
    views: Views, state: ListState, ui: FakeUi, search: Search, settings: Path
) -> None:
    await views.show_place(1)
    await search.find("has:code")
    ui.answers = ["Code"]
    views.save_view()
    await ui.settled()
    assert names(state) == ["Code"] and state.view.name == "Code" and state.search == "" and len(state.ids) == 6
    assert [(view.name, view.query) for view in load(settings).views] == [("Code", "has:code")]
    assert ui.said == ["Saved Code as tab 5. V on it: rename, move, watch, delete"]


async def test_without_a_search_there_is_nothing_to_save(
    views: Views, state: ListState, ui: FakeUi, search: Search
) -> None:
    await views.show_place(1)
    views.save_view()
    assert ui.said == ["Search first (/), then V to save it as a tab"]
    await search.find("is:unrad")
    views.save_view()
    assert ui.failures and "did you mean unread?" in ui.failures[0]


async def test_a_saved_view_is_renamed_moved_deleted_and_brought_back(
    views: Views, state: ListState, ui: FakeUi, search: Search, settings: Path
) -> None:
    for name, text in (("A", "sparse"), ("B", "robust")):
        await views.show_place(1)
        await search.find(text)
        ui.answers = [name]
        views.save_view()
        await ui.settled()
    assert names(state) == ["A", "B"] and state.view.name == "B"
    for answers, after in ((["Move left"], ["B", "A"]), (["Rename", "Z"], ["Z", "A"]), ([None], ["Z", "A"])):
        ui.answers = [*answers]
        views.save_view()
        await ui.settled()
        assert names(state) == after
    ui.answers = ["Delete"]
    views.save_view()
    await ui.settled()
    assert names(state) == ["A"] and state.view.name == "Inbox"
    assert state.undo_here is not None
    await state.undo_here()
    await ui.settled()
    assert names(state) == ["Z", "A"] and state.view.name == "Z"
    assert [view.name for view in load(settings).views] == ["Z", "A"]


async def test_settings_that_can_not_be_read_are_reported(
    views: Views, state: ListState, ui: FakeUi, search: Search, settings: Path
) -> None:
    settings.write_text("views = 3\n", encoding="utf-8")
    await search.find("sparse")
    ui.answers = ["A"]
    views.save_view()
    await ui.settled()
    assert len(ui.failures) == 1 and names(state) == [] and state.search == "sparse"


async def test_a_search_of_the_inbox_is_saved_with_what_the_inbox_hides(
    views: Views, ui: FakeUi, search: Search, shelf: Shelf, settings: Path
) -> None:
    for muted, name in (((), "Plain"), (("survey",), "Quiet")):
        shelf.watch.rules = functools.partial(Rules, (), muted)
        await views.show_place(0)
        await search.find("has:code")
        ui.answers = [name]
        views.save_view()
        await ui.settled()
    assert [(view.name, view.query) for view in load(settings).views] == [
        ("Plain", "is:unread has:code"),
        ("Quiet", "is:unread -is:muted has:code"),
    ]


async def test_a_view_that_finds_everything_cannot_be_watched(views: Views, ui: FakeUi, settings: Path) -> None:
    settings.write_text('[[views]]\nname = "Mine"\nquery = "is:watched"\n')
    await views._watch(View("Mine", "is:watched"), watch=True)
    assert ui.failures == ["Not watched: it can't have is:watched or is:muted"]
    assert "watch = " not in settings.read_text()
