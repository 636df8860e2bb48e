"""What is learned behind the screen, and when: without Textual."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.model.view import VIEWS
from readlist.shelf import Entry, Shelf
from readlist.tui.controllers.ranker import Ranker
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import make_shelf
from tests.support.topics import topic_batch, topic_number
from tests.support.tui import number, stored
from tests.support.ui import FakeUi

SPEECH = [each for each in range(1, 41) if topic_number(each) == "speech"]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with a day of papers on four topics."""
    made = make_shelf(tmp_path)
    made.papers.add(topic_batch(40))
    made.sync.catch_up()
    yield made
    made.close()


@pytest.fixture
async def ranker(loader: Loader, ui: FakeUi) -> Ranker:
    """The controller; papers are counted."""
    await ui.settled()
    made = Ranker(loader)
    loader.asked = made.asked
    return made


def star(shelf: Shelf, state: ListState, *papers: int, on: bool = True) -> None:
    """Star papers as the screen does."""
    before = [stored(shelf, paper) for paper in papers]
    after, saved = shelf.marks.apply(before, starred=on)
    state.replace(before, after)
    saved.result()


async def test_without_stars_nothing_is_learned(ranker: Ranker, shelf: Shelf, ui: FakeUi) -> None:
    ranker.begin()
    await ui.settled()
    assert ranker.generation == 0 and ranker.fit(stored(shelf, 2)) is None
    assert not shelf.is_scored()


async def test_how_well_a_paper_fits_is_known_again_after_each_decision(
    ranker: Ranker, shelf: Shelf, state: ListState, ui: FakeUi
) -> None:
    star(shelf, state, *SPEECH[:3])
    changes: list[int] = []
    ranker.listen(lambda: changes.append(ranker.generation))
    ranker.begin()
    await ui.settled()
    entry = stored(shelf, SPEECH[5])
    assert ranker.known_fit(entry) is None
    fit = ranker.fit(entry)
    assert fit is not None and fit.match is not None and fit.match > 80
    assert fit.because is not None and fit.because.stars and ranker.known_fit(entry) is fit
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(ranker.fit(entry)))
    thread.start()
    thread.join()
    assert found == [fit]
    learned = ranker.generation
    assert changes == list(range(1, learned + 1))
    star(shelf, state, *SPEECH[:3], on=False)
    ranker.follow()
    await ui.settled()
    assert ranker.generation > learned and ranker.known_fit(entry) is None
    fit = ranker.fit(entry)
    assert fit is not None and fit.match is None and fit.because is not None and not fit.because.stars


async def test_nothing_is_learned_where_nothing_has_changed(
    ranker: Ranker, shelf: Shelf, state: ListState, ui: FakeUi
) -> None:
    star(shelf, state, *SPEECH[:3])
    ranker.begin()
    await ui.settled()
    generation, entry = ranker.generation, stored(shelf, 2)
    ranker.fit(entry)
    ranker.begin()
    ranker.follow()
    await ui.settled()
    assert ranker.generation == generation and ranker.known_fit(entry) is not None


async def test_all_papers_are_scored_when_no_decision_followed_for_a_while(
    ranker: Ranker, shelf: Shelf, state: ListState, ui: FakeUi
) -> None:
    star(shelf, state, *SPEECH[:3])
    ranker.begin()
    await ui.settled()
    kept = shelf.match.kept(state.ids)
    folding = [each for each in range(1, 41) if topic_number(each) == "folding"]
    for paper in folding[:3]:
        star(shelf, state, paper)
        ranker.follow()
        await ui.settled()
    assert shelf.match.kept(state.ids) == kept
    *earlier, last = ui.repeating
    assert all(each.stopped for each in earlier) and not last.stopped
    last.call()
    await ui.settled()
    assert last.stopped and shelf.match.is_current()
    new = shelf.match.kept(state.ids)
    assert all(new[stored(shelf, paper).id] > kept[stored(shelf, paper).id] for paper in folding)


async def test_a_list_by_match_is_scored_at_once_and_keeps_its_order(
    ranker: Ranker, loader: Loader, shelf: Shelf, state: ListState, ui: FakeUi
) -> None:
    star(shelf, state, *SPEECH[:3])
    state.set_sort("match")
    loader.ask()
    await ui.settled()
    order = list(state.ids)
    assert {topic_number(number(entry)) for entry in entries(state, len(SPEECH))} == {"speech"}
    star(shelf, state, 1, 5, 9)
    ranker.follow()
    await ui.settled()
    assert list(state.ids) == order and shelf.match.is_current()
    assert state.matches.by_id == {
        each: match for each, match in shelf.match.kept(order).items() if each in by_id(state)
    }


def entries(state: ListState, first: int) -> list[Entry]:
    """The first entries of the list."""
    return list(state.fetch(state.ids[:first]))


def by_id(state: ListState) -> set[int]:
    """The papers whose match is known."""
    return set(state.matches.by_id)


async def test_a_library_that_cannot_be_written_is_said_once(tmp_path: Path, ui: FakeUi) -> None:
    made = make_shelf(tmp_path)
    made.papers.add(topic_batch(40))
    made.sync.catch_up()
    made.marks.apply([stored(made, paper) for paper in SPEECH[:3]], starred=True)[1].result()
    made.library.connections.writable = False
    state = ListState(VIEWS, made.papers.entries)
    loader = Loader(state, made, ui)
    ranker = Ranker(loader)
    loader.asked = ranker.asked
    state.set_sort("match")
    loader.ask()
    await ui.settled()
    assert ui.said == ["The library can't be written now: papers are in feed order"]
    assert [number(entry) for entry in entries(state, 3)] == [1, 2, 3] and state.matches.doubt == "not scored"
    loader.ask_again()
    await ui.settled()
    assert len(ui.said) == 1 and not ui.failures
    made.close()


async def test_a_screen_that_has_ended_learns_nothing_more(
    ranker: Ranker, shelf: Shelf, state: ListState, ui: FakeUi
) -> None:
    star(shelf, state, *SPEECH[:3])
    ranker.stop()
    ranker.begin()
    ranker.asked(True)
    await ui.settled(answered=True)
    assert ranker.generation == 0 and not shelf.is_scored()
