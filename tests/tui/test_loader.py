"""Filling the list from the shelf."""

from __future__ import annotations

import pytest

from readlist.model.view import VIEWS
from readlist.shelf import SearchInterrupted, Shelf
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.ui import FakeUi


async def test_an_interrupted_count_is_made_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    ui, state = FakeUi(), ListState(VIEWS, shelf.papers.entries)
    counts = shelf.papers.counts
    interrupted: list[bool] = []

    def interrupted_once() -> object:
        if not interrupted:
            interrupted.append(True)
            raise SearchInterrupted("The search was stopped.")
        return counts()

    monkeypatch.setattr(shelf.papers, "counts", interrupted_once)
    Loader(state, shelf, ui).recount()
    await ui.settled()
    assert interrupted and state.counts["All"] == 12
