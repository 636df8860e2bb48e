"""Removing papers from the list, and bringing them back."""

from __future__ import annotations

import pytest

from readlist.model.view import ALL, VIEWS
from readlist.shelf import Shelf
from readlist.tui.controllers import removal
from readlist.tui.controllers.browse import Browse
from readlist.tui.controllers.marks import Marks
from readlist.tui.controllers.removal import Removal
from readlist.tui.controllers.search import Search
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import make_batch, make_paper
from tests.support.ui import FakeSearchLine, FakeUi


@pytest.fixture
def marks(loader: Loader) -> Marks:
    return Marks(loader, Browse(loader))


@pytest.fixture
async def controller(loader: Loader, marks: Marks, ui: FakeUi) -> Removal:
    """The controller, with the cursor on the first of twelve papers."""
    await ui.settled()
    return Removal(loader, marks, Search(loader, FakeSearchLine()))


async def test_the_cursor_goes_to_the_next_paper_and_undo_brings_the_removed_one_back(
    controller: Removal, marks: Marks, state: ListState, shelf: Shelf, ui: FakeUi
) -> None:
    ids = list(state.ids)
    state.cursor = 3
    await controller.remove()
    assert list(state.ids) == [*ids[:3], *ids[4:]] and state.cursor == 3
    assert (state.counts["Inbox"], state.counts["All"]) == (11, 11)
    # The header of its group counts with it.
    assert len(state.groups) == 1 and state.groups.rows == 11
    assert [(each.papers, each.unread) for each in state.group_counts.values()] == [(11, 11)]
    await ui.settled()
    assert (state.counts["Inbox"], state.counts["All"]) == (11, 11)
    state.cursor = 10
    await controller.remove()
    assert state.cursor == 9 and ui.said == ["Removed 1 paper. u: undo"] * 2
    for _ in range(2):
        await marks.undo()
        await ui.settled()
    assert list(state.ids) == ids and state.cursor == 3 and state.counts["Inbox"] == 12
    assert ui.said[-1].startswith("Undone: removed ")
    await marks.redo()
    await ui.settled()
    assert list(state.ids) == [*ids[:3], *ids[4:]] and ui.said[-1].startswith("Redone: removed ")


async def test_a_selection_is_one_step_and_says_what_was_marked(
    controller: Removal, marks: Marks, state: ListState, shelf: Shelf, ui: FakeUi
) -> None:
    marks.star()
    shelf.marks.apply(state.targets(), note="mine")
    for _ in range(3):
        marks.select()
    await controller.remove()
    assert (len(state.ids), state.cursor, len(state.selection), state.groups.rows) == (9, 0, 0, 9)
    assert ui.said[-1] == "Removed 3 papers (1 starred, 1 with a note). u: undo"
    await ui.settled()
    await marks.undo()
    await ui.settled()
    assert len(state.ids) == 12 and shelf.papers.counts().starred == 1
    state.cursor = 0
    await controller.remove()
    assert ui.said[-1] == "Removed 1 paper (starred, with a note). u: undo"


async def test_among_removed_papers_it_restores(
    controller: Removal, state: ListState, shelf: Shelf, loader: Loader, ui: FakeUi
) -> None:
    await controller.remove()
    await controller.remove()
    await ui.settled()
    await controller.show_removed()
    await ui.settled()
    assert state.view == ALL and state.search == "is:removed" and len(state.ids) == 2
    await controller.remove()
    assert len(state.ids) == 1 and shelf.papers.counts().papers == 11 and state.counts["All"] == 11
    assert ui.said[-1] == "Restored 1 paper. u: undo"


async def test_an_empty_list_has_nothing_to_remove(
    controller: Removal, state: ListState, loader: Loader, ui: FakeUi
) -> None:
    for _ in range(12):
        await controller.remove()
    await ui.settled()
    assert len(state.ids) == 0 and state.counts["Inbox"] == 0
    said = len(ui.said)
    await controller.remove()
    assert len(ui.said) == said and state.empty


async def test_very_many_are_removed_in_a_thread_as_one_step(
    controller: Removal, marks: Marks, state: ListState, shelf: Shelf, loader: Loader, ui: FakeUi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(removal, "_MANY", 20)
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 31)]))
    marks.star()
    loader.show_view(VIEWS.index(ALL))
    await ui.settled()
    state.selection = frozenset(state.ids[:25])
    await controller.remove()
    await ui.settled()
    assert ui.progress_of == ["Removing"] and len(state.ids) == 5 == shelf.papers.counts().papers
    assert ui.said == ["Removed 25 papers (1 starred). u: undo"] and not state.selection
    await marks.undo()
    await ui.settled()
    assert len(state.ids) == 30 == shelf.papers.counts().papers
