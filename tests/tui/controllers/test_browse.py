"""Moving about the list and the detail."""

from __future__ import annotations

import pytest

from readlist.model.view import ALL, VIEWS
from readlist.shelf import Shelf
from readlist.tui.commands import BY_NAME, TO_THE_END
from readlist.tui.controllers.browse import Browse
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import make_batch, make_paper
from tests.support.ui import FakeUi


@pytest.fixture
def browse(ui: FakeUi, loader: Loader) -> Browse:
    """The controller, with the cursor on the first of twelve papers."""
    ui.page = 4
    return Browse(loader)


async def test_the_cursor_goes_by_rows_and_pages_and_to_the_ends(browse: Browse, state: ListState) -> None:
    rows = []
    for step in (1, -1):
        for move in (browse.move, browse.page, browse.half_page):
            move(step)
            rows.append(state.cursor)
    assert rows == [1, 5, 7, 6, 2, 0]
    browse.move(-1)
    assert state.cursor == 0
    await browse.bottom()
    assert state.cursor == 11
    browse.move(1)
    assert state.cursor == 11
    browse.move(-TO_THE_END)
    assert state.cursor == 0


async def test_in_the_detail_the_same_commands_scroll_it(browse: Browse, state: ListState, ui: FakeUi) -> None:
    browse.scroll(1)
    browse.scroll(-1)
    browse.detail()
    assert ui.focused == "detail"
    browse.move(1)
    browse.page(-1)
    browse.move(-TO_THE_END)
    await browse.bottom()
    assert ui.scrolled == [3, -3, 1, -4, -TO_THE_END, TO_THE_END]
    assert state.cursor == 0
    browse.detail_back()
    assert ui.focused == "list"


async def test_the_next_unread_paper_is_gone_to_past_those_that_are_read(
    browse: Browse, state: ListState, shelf: Shelf, ui: FakeUi
) -> None:
    entries = [state.entry_at(row) for row in range(12)]
    read = [entry for entry in entries[1:6] if entry is not None]
    after, _ = shelf.marks.apply(read, read=True)
    state.replace(read, after)
    await browse.next_unread()
    assert state.cursor == 6
    await browse.next_unread(-1)
    assert state.cursor == 0 and not ui.said
    await browse.next_unread(-1)
    assert state.cursor == 0 and ui.said == ["No more unread above · 6 below. p: go to the last"]
    await browse.next_unread(-1)
    assert state.cursor == 11


async def test_after_the_last_unread_paper_the_same_key_goes_to_the_first(
    browse: Browse, state: ListState, shelf: Shelf, ui: FakeUi
) -> None:
    state.cursor = 11
    await browse.next_unread()
    browse.move(-1)
    browse.move(1)
    # Moved in between, it is asked for anew only in the same direction from the same row.
    await browse.next_unread()
    assert state.cursor == 0 and len(ui.said) == 1
    shelf.marks.apply_all(list(state.ids), read=True).result()
    state.forget(state.ids)
    await browse.next_unread()
    assert ui.said[-1] == "No unread papers left in this list."


async def test_an_unread_paper_far_away_is_found(
    browse: Browse, state: ListState, shelf: Shelf, loader: Loader, ui: FakeUi
) -> None:
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 402)]))
    loader.show_view(VIEWS.index(ALL))
    await loader.settled()
    await ui.settled()
    ids = list(state.ids)
    assert len(ids) == 401
    shelf.marks.apply_all(ids[1:-1], read=True, label="marked read", progress=lambda *_: None).result()
    state.forget(ids)
    await browse.next_unread()
    assert state.cursor == 400
    await browse.next_unread()
    assert ui.said == ["No more unread below · 1 above. n: go to the first"]


async def test_a_number_goes_that_far(browse: Browse, state: ListState, shelf: Shelf, ui: FakeUi) -> None:
    await browse.bottom(5)
    assert state.cursor == 4
    await browse.bottom(99)
    assert state.cursor == 11
    await browse.bottom(1)
    entries = [state.entry_at(row) for row in range(12)]
    shelf.marks.apply([entry for entry in entries[1:4] if entry is not None], read=True)[1].result()
    state.forget([*state.ids])
    await browse.next_unread(3)
    assert state.cursor == 6
    await browse.next_unread(-2)
    assert state.cursor == 4
    await browse.next_unread(50)
    assert state.cursor == 11
    assert BY_NAME["page_up"].counted_args(3) == (-3,) and BY_NAME["bottom"].counted_args(3) == (3,)
    assert BY_NAME["down"].counted_args(0) == (1,) and BY_NAME["star"].counted_args(3) == ()
