"""Feeds removed with their papers, and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import load
from readlist.shelf import Shelf
from readlist.tui.controllers.browse import Browse
from readlist.tui.controllers.feeds import Feeds, Fetcher
from readlist.tui.controllers.marks import Marks
from readlist.tui.controllers.search import Search
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import make_batch, make_paper
from tests.support.ui import FakeSearchLine, FakeUi


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A file of settings that follows one feed."""
    file = tmp_path / "config.toml"
    file.write_text("[[feeds]]\nname = 'HF daily'\nkind = 'huggingface'\nquery = 'daily'\n", encoding="utf-8")
    return file


@pytest.fixture
async def feeds(loader: Loader, shelf: Shelf, settings: Path, ui: FakeUi) -> Feeds:
    """The controller; of the twelve papers one is starred, one noted, one read, and one is on a page, too."""
    by_number = {number: shelf.papers.entry(f"arxiv:2608.{number:05}") for number in (1, 2, 3)}
    for entry, change in zip(by_number.values(), ({"starred": True}, {"note": "mine"}, {"read": True}), strict=True):
        assert entry is not None
        shelf.marks.apply([entry], **change)[1].result()  # type: ignore[arg-type]
    shelf.papers.add(make_batch([make_paper(4), make_paper(20)], feed="a page"))
    loader.show_view(1)
    await loader.settled()
    await ui.settled()
    return Feeds(loader, Search(loader, FakeSearchLine()), Fetcher(loader, load(settings), None), settings)


def names(settings: Path) -> list[str]:
    return [feed.name for feed in load(settings).feeds]


async def test_a_feed_goes_with_its_papers_and_one_undo_brings_both_back(
    feeds: Feeds, loader: Loader, state: ListState, shelf: Shelf, settings: Path, ui: FakeUi
) -> None:
    feeds._act("remove_papers", "HF daily")
    await ui.settled()
    assert ui.said == ["Removed HF daily and 9 papers; kept 2 with marks, 1 in other feeds. u: undo"]
    assert names(settings) == [] and len(state.ids) == 4 == shelf.papers.counts().papers == state.counts["All"]
    await Marks(loader, Browse(loader)).undo()
    await ui.settled()
    assert ui.said[-1] == "Restored HF daily and 9 papers" and names(settings) == ["HF daily"]
    assert len(state.ids) == 13 == shelf.papers.counts().papers and shelf.papers.counts().unread == 12
    # The step is undone, not made anew.
    await Marks(loader, Browse(loader)).redo()
    await ui.settled()
    assert ui.said[-1] == "Redone: removed papers of HF daily · 9 papers" and len(state.ids) == 4


async def test_in_the_dialog_it_comes_back_whatever_was_decided_since(
    feeds: Feeds, loader: Loader, state: ListState, shelf: Shelf, settings: Path, ui: FakeUi
) -> None:
    feeds._act("remove_papers", "HF daily")
    await ui.settled()
    Marks(loader, Browse(loader)).star()
    starred = shelf.papers.counts().starred
    feeds._act("undo", "")
    await ui.settled()
    assert ui.said[-1] == "Restored HF daily and 9 papers" and names(settings) == ["HF daily"]
    assert shelf.papers.counts().papers == 13 == len(state.ids) and shelf.papers.counts().starred == starred
    feeds._act("undo", "")
    await ui.settled()
    assert ui.said[-1] == "Nothing to undo."


async def test_a_feed_that_is_not_followed_has_papers_to_remove(
    feeds: Feeds, state: ListState, shelf: Shelf, settings: Path, ui: FakeUi
) -> None:
    feeds._act("remove", "a page")
    await ui.settled()
    assert ui.said[-1] == "a page is not followed. D: remove its papers" and not ui.failures
    feeds._act("remove_papers", "a page")
    await ui.settled()
    assert ui.said[-1] == "Removed a page: 1 paper; kept 1 in other feeds. u: undo"
    assert names(settings) == ["HF daily"] and len(state.ids) == 12
    feeds._act("remove_papers", "a page")
    await ui.settled()
    assert ui.said[-1] == "Removed a page: 0 papers; kept 1 in other feeds" and state.undo_here is None
    feeds._act("undo", "")
    await ui.settled()
    assert ui.said[-1] == "Restored a page and 1 paper" and len(state.ids) == 13
