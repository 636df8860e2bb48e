"""Similar papers on the screen: the list, the way back, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.model.paper import Paper
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.tui import SIZE, Fill, number, press, quiet, said, screen_text

_TEXTS = {
    "flow": "Flow matching of speech with vocoders, by straight paths between noise and speech.",
    "graph": "Routing of traffic by neural graphs, with messages between junctions of roads.",
}


def about(topic: str, paper: int, **changes: object) -> Paper:
    """A paper on one of two topics."""
    return make_paper(
        paper, **{"title": f"{topic.title()} study {paper}", "abstract": _TEXTS[topic], "authors": (), **changes}
    )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Papers on two topics by turns: odd numbers on flow, even ones on graphs."""
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([about(("graph", "flow")[n % 2], n) for n in range(1, 13)]))
    made.sync.catch_up()
    yield made
    made.close()


def numbers(app: ReadlistApp) -> list[int]:
    """The papers of the list by their numbers."""
    return [number(entry) for entry in app.reading.state.fetch(app.reading.state.ids)]


async def test_the_nearest_papers_are_listed_and_esc_leads_back(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "j", "j", "tilde")
        state = app.reading.state
        assert state.view.name == "All" and state.search == "like:2608.00003" and state.cursor == 0
        assert set(numbers(app)[:5]) == {1, 5, 7, 9, 11}
        assert "similar to “Flow study 3”" in screen_text(app)
        await press(pilot, "escape")
        assert (state.view.name, state.search, number(state.entry)) == ("Inbox", "", 3)
        assert len(state.ids) == 12


async def test_from_similar_papers_one_goes_on_and_step_by_step_back(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "slash", Fill("graph"), "enter", "j")
        first = number(app.reading.state.entry)
        await press(pilot, "tilde", "j", "j")
        second = number(app.reading.state.entry)
        await press(pilot, "tilde")
        assert app.reading.state.search == f"like:2608.{second:05}"
        await press(pilot, "escape")
        assert app.reading.state.search == f"like:2608.{first:05}"
        assert (number(app.reading.state.entry), app.reading.state.cursor) == (second, 2)
        await press(pilot, "escape")
        assert (app.reading.state.search, app.reading.state.view.name) == ("graph", "Inbox")
        assert number(app.reading.state.entry) == first and "graph" in screen_text(app).split("\n")[1]
        await press(pilot, "escape")
        assert app.reading.state.search == "" and len(app.reading.state.ids) == 12


async def test_keys_typed_at_once_apply_to_the_similar_papers(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "tilde", "j", "s")
        starred = number(app.reading.state.entry)
        assert starred in (3, 5, 7, 9, 11) and app.reading.state.entry is not None
        assert app.reading.state.entry.mark.starred is not None
        await press(pilot, "escape")
        assert number(app.reading.state.entry) == 1


async def test_removed_papers_are_not_among_the_similar_ones(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "tilde", "j")
        gone = number(app.reading.state.entry)
        await press(pilot, "D", "escape", "tilde")
        assert gone not in numbers(app) and len(numbers(app)) == 4
        await press(pilot, "u")
        await press(pilot, "escape", "tilde")
        assert gone in numbers(app)


async def test_like_can_be_typed_and_an_unknown_paper_is_named(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "slash", Fill("like:2608.00003"), "enter")
        assert set(numbers(app)[:5]) == {1, 5, 7, 9, 11}
        await press(pilot, "escape", "slash", Fill("like:2608.99999"), "enter")
        assert app.reading.state.ids == [] and "not in the library: arxiv:2608.99999" in screen_text(app)


async def test_sorted_otherwise_similar_papers_are_in_that_order(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "slash", Fill("like:2608.00003 sort:title title:flow"), "enter")
        assert numbers(app) == [1, 11, 5, 7, 9]


async def test_a_paper_like_no_other_says_so_and_stays(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path / "one")
    shelf.papers.add(make_batch([about("flow", 1)]))
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await press(pilot, "tilde")
        assert "No paper of the library is like this one." in said(app)
        assert (app.reading.state.search, app.reading.state.view.name) == ("", "Inbox")
    shelf.close()


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12)])
@pytest.mark.parametrize(
    "title",
    ["[bold]Flow[/] [@click=app.quit]matching[/]", "\x1b[31mFlow\x07 matching", "Flow matching " * 150, "התאמת זרימה"],
)
async def test_hostile_titles_are_only_text(tmp_path: Path, title: str, size: tuple[int, int]) -> None:
    shelf = make_shelf(tmp_path / "hostile")
    hostile = about("flow", 1, arxiv="", key=f"title:{'z' * 900}", title=title)
    papers = [hostile, about("flow", 2), *(about("graph", paper) for paper in range(3, 13))]
    shelf.papers.add(make_batch(papers))
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        for _ in range(2):
            await press(pilot, "tilde")
            assert app.reading.state.view.name == "All" and app.reading.state.cursor == 0
        assert "\x1b" not in screen_text(app) and "\x07" not in screen_text(app)
        await press(pilot, "escape", "escape")
        assert app.reading.state.view.name == "Inbox" and len(app.reading.state.ids) == 12
    shelf.close()
