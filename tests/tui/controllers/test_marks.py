"""Deciding about papers."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from msgspec.structs import replace

from readlist.model.view import ALL, VIEWS
from readlist.shelf import Entry, Shelf
from readlist.tui.controllers.browse import Browse
from readlist.tui.controllers.marks import Marks
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import make_batch, make_paper
from tests.support.ui import FakeUi


@pytest.fixture
def marks(loader: Loader) -> Marks:
    """The controller, with the cursor on the first of twelve papers."""
    return Marks(loader, Browse(loader))


def stored(shelf: Shelf, state: ListState, row: int) -> Entry:
    """The entry of a row as the shelf has it."""
    (entry,) = shelf.papers.entries([state.ids[row]])
    return entry


async def test_a_star_comes_and_goes(marks: Marks, state: ListState, shelf: Shelf, ui: FakeUi) -> None:
    marks.star()
    assert state.entry is not None and state.entry.mark.starred and stored(shelf, state, 0).mark.starred
    # Of what is as it should be only what changed is drawn.
    assert ui.shown[-1] == "changed" and not ui.said
    marks.star()
    assert not stored(shelf, state, 0).mark.starred


async def test_of_a_selection_all_get_what_one_has_not(
    marks: Marks, state: ListState, shelf: Shelf, ui: FakeUi
) -> None:
    marks.read()
    for _ in range(3):
        marks.select()
    assert len(state.selection) == 3 and state.cursor == 3
    marks.read()
    assert all(stored(shelf, state, row).mark.read for row in range(3))
    marks.read()
    assert not any(stored(shelf, state, row).mark.read for row in range(3))
    assert ui.said == ["Marked 3 papers read. u: undo", "Marked 3 papers unread. u: undo"]
    state.cursor = 0
    marks.select()
    assert len(state.selection) == 2


async def test_done_marks_read_and_goes_to_the_next_unread(marks: Marks, state: ListState, shelf: Shelf) -> None:
    await marks.done()
    assert stored(shelf, state, 0).mark.read and state.cursor == 1
    # It stays in its row.
    assert len(state.ids) == 12
    marks.select()
    await marks.done()
    # The paper under the cursor was not selected, and is not decided.
    assert not state.selection and stored(shelf, state, 1).mark.read and state.cursor == 2
    state.selection = frozenset({state.ids[2], state.ids[3]})
    await marks.done()
    assert not state.selection and state.cursor == 4
    state.selection = frozenset({state.ids[6]})
    state.cursor = 3
    await marks.done()
    assert state.cursor == 4


async def test_many_are_decided_about_only_after_a_yes(
    marks: Marks, state: ListState, shelf: Shelf, loader: Loader, ui: FakeUi
) -> None:
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 31)]))
    loader.ask()
    await loader.settled()
    state.selection = frozenset(state.ids)
    ui.answers = [False, True]
    marks.star()
    await ui.settled()
    assert not stored(shelf, state, 0).mark.starred
    marks.star()
    await ui.settled()
    assert ui.asked == ["Star 30 papers?"] * 2
    assert all(entry.mark.starred for entry in state.targets())
    marks.star_papers(state.targets()[:1])
    ui.answers = [True, True, True]
    marks.star()
    await ui.settled()
    assert ui.asked[-1] == "Star 1 paper?"
    marks.star()
    await ui.settled()
    assert ui.asked[-1] == "Unstar 30 papers?" and not stored(shelf, state, 0).mark.starred
    state.toggle(state.ids[4])
    state.cursor = 4
    await marks.done()
    await ui.settled()
    assert ui.asked[-1] == "Mark 29 papers read?" and not state.selection and state.cursor == 4


async def test_all_are_selected_without_being_loaded_and_the_selection_is_inverted(
    marks: Marks, state: ListState, shelf: Shelf, loader: Loader
) -> None:
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 301)]))
    loader.ask()
    await marks.select_all()
    assert state.selection == set(state.ids) and len(state.selection) == 300
    assert len(state.ids_fetched) < 100
    state.toggle(state.ids[0])
    await marks.invert_selection()
    assert state.selection == {state.ids[0]}
    await marks.select_all()
    await marks.select_all()
    assert not state.selection


async def test_a_range_is_selected_from_here_to_where_the_cursor_goes(marks: Marks, state: ListState) -> None:
    state.selection = frozenset({state.ids[6]})
    state.cursor = 4
    marks.select_range()
    for row, rows in ((7, {4, 5, 6, 7}), (5, {4, 5, 6}), (2, {2, 3, 4, 6}), (4, {4, 6}), (3, {3, 4, 6})):
        state.cursor = row
        assert state.selection == {state.ids[each] for each in rows}
    marks.select_range()
    state.cursor = 9
    assert len(state.selection) == 3 and state.range_from is None


async def test_a_group_or_all_are_read_after_a_choice(
    marks: Marks, state: ListState, shelf: Shelf, loader: Loader, ui: FakeUi
) -> None:
    later = replace(make_batch([make_paper(number) for number in range(20, 25)]), day=date(2026, 8, 2))
    items = tuple((paper, replace(each, day=date(2026, 8, 2))) for paper, each in later.items)
    shelf.papers.add(replace(later, items=items))
    loader.ask()
    await loader.settled()
    await ui.settled()
    assert [len(state.groups.rows_of(place)) for place in range(2)] == [5, 12]
    ui.answers = [None, 0]
    await marks.mark_all_read()
    await ui.settled()
    assert [name for name, _ in ui.offers] == ["5 papers", "17 papers"]
    assert ui.offers[0][1].endswith("Aug 2 · HF daily") and ui.offers[1][1] == "all of Inbox"
    assert shelf.library.counts().unread == 17
    await marks.mark_all_read()
    await ui.settled()
    assert shelf.library.counts().unread == 12 and state.cursor == 5
    assert state.group_counts[state.groups.keys[0]].unread == 0
    # Nothing is left in the first group.
    state.cursor = 0
    ui.answers = [True, True]
    state.selection = frozenset(state.ids[5:7])
    await marks.mark_all_read()
    await ui.settled()
    state.selection = frozenset()
    await marks.mark_all_read()
    await ui.settled()
    assert ui.asked[-2:] == ["Mark 2 selected papers read?", "Mark 10 papers read?"]
    assert shelf.library.counts().unread == 0


async def test_all_of_the_view_are_read_after_a_yes(
    marks: Marks, state: ListState, shelf: Shelf, loader: Loader, ui: FakeUi
) -> None:
    await marks.done()
    loader.show_view(VIEWS.index(ALL))
    ui.answers = [True]
    await marks.mark_all_read()
    await ui.settled()
    assert ui.asked == ["Mark 11 papers of Aug 1 · HF daily read?"] and ui.progress_of == ["Marking", "Saving"]
    assert shelf.library.counts().unread == 0 and state.counts["Inbox"] == 0
    await marks.mark_all_read()
    assert ui.said == ["Marked 11 papers read. u: undo", "All papers shown are already read."]


async def test_marking_that_is_cancelled_is_one_step_of_what_was_done(
    marks: Marks, loader: Loader, shelf: Shelf, ui: FakeUi
) -> None:
    shelf.papers.add(make_batch([make_paper(number) for number in range(100, 800)], day=date(2026, 8, 2)))
    loader.show_view(VIEWS.index(ALL))
    ui.answers, ui.cancelled_after = [1], 0
    await marks.mark_all_read()
    await ui.settled()
    assert ui.said == ["Cancelled after 500 of 712. Marked 500 papers read. u: undo"]
    assert shelf.library.counts().unread == 212
    ui.cancelled_after = None
    await marks.undo()
    await ui.settled()
    assert shelf.library.counts().unread == 712


async def test_an_undo_that_is_cancelled_undoes_nothing(marks: Marks, shelf: Shelf, ui: FakeUi) -> None:
    ui.answers, ui.cancelled_after = [True], None
    await marks.mark_all_read()
    await ui.settled()
    ui.cancelled_after = len(ui.reports)
    await marks.undo()
    await ui.settled()
    assert ui.said[-1] == "Cancelled: nothing was undone." and not shelf.library.counts().unread
    ui.cancelled_after = None
    await marks.undo()
    await ui.settled()
    assert ui.said[-1].startswith("Undone: marked read") and shelf.library.counts().unread == 12


async def test_undo_takes_the_cursor_to_the_paper(marks: Marks, state: ListState, shelf: Shelf, ui: FakeUi) -> None:
    state.cursor = 5
    marks.star()
    state.cursor = 0
    await marks.undo()
    await ui.settled()
    assert state.cursor == 5 and not stored(shelf, state, 5).mark.starred
    assert ui.said[-1].startswith('Undone: starred · "')
    state.cursor = 0
    await marks.redo()
    await ui.settled()
    assert state.cursor == 5 and stored(shelf, state, 5).mark.starred
    assert ui.said[-1].startswith('Redone: starred · "')
    await marks.redo()
    assert ui.said[-1] == "Nothing to redo."


async def test_what_was_done_last_is_undone_first_also_if_it_was_no_mark(marks: Marks, state: ListState) -> None:
    undone = []

    async def undo() -> None:
        undone.append("view")

    marks.star()
    state.undo_here = undo
    await marks.undo()
    assert undone == ["view"] and state.entry is not None and state.entry.mark.starred
    state.undo_here = undo
    marks.star()
    await marks.undo()
    # A mark came after it.
    assert undone == ["view"]


async def test_a_step_of_any_kind_is_undone_before_what_was_done_earlier(
    marks: Marks, state: ListState, ui: FakeUi
) -> None:
    async def undo() -> None:
        raise AssertionError("a later step is to be undone")

    ui.answers = [True]
    state.undo_here = undo
    await marks.mark_all_read()
    await ui.settled()
    await marks.undo()
    state.undo_here = undo
    await marks.redo()
    await marks.undo()
    assert [said.partition(":")[0] for said in ui.said] == ["Marked 12 papers read. u", "Undone", "Redone", "Undone"]


async def test_undo_waits_for_a_long_step_before_it(marks: Marks, state: ListState, shelf: Shelf, ui: FakeUi) -> None:
    ui.answers = [True]
    await marks.mark_all_read()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await marks.undo()
    await ui.settled()
    assert shelf.library.counts().unread == 12
    assert ui.said[0] == "Marked 12 papers read. u: undo" and ui.said[1].startswith("Undone: marked read")
