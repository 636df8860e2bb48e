"""The list of twelve papers on a shelf, and a screen that takes notes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from readlist.model.view import VIEWS
from readlist.shelf import Shelf
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.ui import FakeTerminal, FakeUi


@pytest.fixture
async def ui() -> AsyncIterator[FakeUi]:
    """The screen; what was begun is done at the end, and every answer was asked for."""
    made = FakeUi()
    yield made
    await made.settled()
    assert not made.answers


@pytest.fixture
def terminal() -> FakeTerminal:
    """The terminal."""
    return FakeTerminal()


@pytest.fixture
def state(shelf: Shelf) -> ListState:
    """The list, filled by `loader`."""
    return ListState(VIEWS, shelf.papers.entries)


@pytest.fixture
async def loader(state: ListState, shelf: Shelf, ui: FakeUi) -> Loader:
    """Fills the list with the inbox."""
    made = Loader(state, shelf, ui)
    made.ask()
    await made.settled()
    return made
