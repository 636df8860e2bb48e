"""Why papers match, in the detail and in the dialog: filled in after the frame, never wrong, and nothing moves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readlist.config import Config
from readlist.model.paper import Paper
from readlist.services.recommendation import explained
from readlist.shelf import Shelf
from readlist.tui import screen
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.match_table import MatchTable
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.tui import SIZE, Fill, detail_pane, filled, number, press, quiet, screen_text, stored, until

_TEXTS = {
    "flow": "Flow matching of speech with vocoders, by straight paths between noise and speech.",
    "graph": "Routing of traffic by neural graphs, with messages between junctions of roads.",
    "protein": "Folding energies of proteins, from sequences of residues in water.",
}
SIZES = [(120, 36), (80, 24), (40, 12)]


def about(topic: str, paper: int, **changes: object) -> Paper:
    """A paper on a topic."""
    texts = {"title": f"{topic.title()} study {paper}", "abstract": _TEXTS[topic], "authors": ()}
    return make_paper(paper, **{**texts, **changes})


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Papers on three topics by turns: 1, 4, … on flow, 2, 5, … on graphs, 3, 6, … on proteins."""
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([about(("protein", "flow", "graph")[n % 3], n) for n in range(1, 31)]))
    made.sync.catch_up()
    yield made
    made.close()


def star(shelf: Shelf, *papers: int) -> None:
    """Star papers by their numbers."""
    shelf.marks.apply([stored(shelf, paper) for paper in papers], starred=True)[1].result()


def detail_lines(app: ReadlistApp) -> list[str]:
    """The lines of the detail."""
    pane = detail_pane(app)
    return [pane.render_line(y).text.strip() for y in range(pane.size.height)]


def detail_text(app: ReadlistApp) -> str:
    """The text of the whole detail, on one line."""
    return " ".join(" ".join(line.content.plain for line in detail_pane(app)._text.lines).split())


def has_match(app: ReadlistApp) -> bool:
    """Whether the detail says how well its paper fits, or why."""
    return re.search(r"match \d|because|star carries", detail_text(app)) is not None


async def test_it_is_learned_without_being_asked_for(
    app: ReadlistApp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "_LEARNED_AFTER", 0.05)
    star(shelf, 1, 4, 7)
    async with app.run_test(size=SIZE):
        await until(lambda: has_match(app) and "Similar" in detail_text(app))


@pytest.mark.parametrize("size", SIZES)
async def test_the_match_and_its_reason_come_after_the_frame_and_move_nothing(
    app: ReadlistApp, shelf: Shelf, size: tuple[int, int]
) -> None:
    star(shelf, 1, 4, 7)
    async with app.run_test(size=size) as pilot:
        await press(pilot, *"jjjjjjjjj")
        before = screen_text(app).split("\n")
        assert not has_match(app)
        await filled(pilot)
        text = detail_text(app)
        assert re.search(r"match \d+", text)
        assert re.search(r"because you starred “Flow study [147]”( and “Flow study [147]”)?: \w+", text)
        after = screen_text(app).split("\n")
        # What was there is where it was, but for blanks that were filled and the scroll bar.
        for old, new in zip(before, after, strict=True):
            old = old.replace("more ↓ J", " " * 8)
            assert all(one in (other, " ", "↓") for one, other in zip(old[:-1], new[:-1], strict=True)), new


async def test_without_stars_nothing_is_said_and_no_room_kept(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        before = detail_lines(app)
        await filled(pilot)
        after = detail_lines(app)
        assert not has_match(app)
        begin = next(place for place, text in enumerate(after) if text.startswith("Similar"))
        assert after[:begin] == before[:begin] and not any(before[begin:])


async def test_a_star_an_unstar_and_an_undo_change_the_reason_at_once(app: ReadlistApp, shelf: Shelf) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s")
        await filled(pilot)
        assert "no other star carries the match" in detail_text(app)
        await press(pilot, "j", "j", "j")
        await until(lambda: "because you starred “Flow study 1”: " in detail_text(app))
        await press(pilot, "k", "k", "k", "s", "j", "j", "j")
        assert not has_match(app)
        await press(pilot, "u", "j", "j", "j")
        await until(lambda: "because you starred “Flow study 1”: " in detail_text(app))
        assert number(app.reading.state.entry) == 4
        await press(pilot, "U", "j", "j", "j")
        assert "because" not in detail_text(app)


async def test_a_star_that_was_taken_back_is_never_named(app: ReadlistApp, shelf: Shelf) -> None:
    star(shelf, 1, 5)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "j", "j")
        await filled(pilot)
        assert "“Flow study 1”" in detail_text(app)
        ranker = app.reading.controllers.ranker
        # As if to learn took long.
        ranker.stop()
        await press(pilot, "k", "k", "k", "s", "j", "j", "j")
        await asyncio.sleep(0.1)
        await quiet(pilot)
        assert "“Flow study 1”" not in detail_text(app)


async def test_what_no_star_carries_says_so(app: ReadlistApp, shelf: Shelf) -> None:
    star(shelf, 1, 4)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        await filled(pilot)
        text = detail_text(app)
        assert "no word of your stars counts much" in text and "because" not in text


async def test_held_keys_look_for_nothing_on_their_way(app: ReadlistApp, shelf: Shelf) -> None:
    star(shelf, 1, 4)
    async with app.run_test(size=SIZE) as pilot:
        await filled(pilot)
        state = app.reading.state
        # Without waits between them, as a key that repeats.
        for _ in range(20):
            app.reading.controllers.browse.move(1)
        await until(lambda: state.entry is not None and state.entry.id in state.nearest)
        await quiet(pilot)
        first = state.ids[0]
        assert set(state.nearest) == {first, state.ids[20]}
        assert set(state.fits) <= {first, state.ids[1], *state.ids[19:22]}


async def test_the_nearest_papers_are_the_last_block_and_a_click_goes_there(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await filled(pilot)
        pane = detail_pane(app)
        shown = [line.content.plain for line in pane._text.lines]
        begin = next(place for place, text in enumerate(shown) if text.startswith("Similar"))
        block = shown[begin + 1 :]
        assert len(block) == 6 and all(text.startswith("Flow study") for text in block[::2])
        assert all(text.startswith("  ") and text.strip() for text in block[1::2])
        second = block[2]
        await pilot.click(pane, offset=(3, begin + 3))
        await quiet(pilot)
        state = app.reading.state
        assert state.search == "like:2608.00001" and state.entry is not None
        assert state.entry.paper.title == second
        await press(pilot, "escape")
        assert number(state.entry) == 1 and state.view.name == "Inbox"


@pytest.mark.parametrize("size", SIZES)
async def test_in_a_list_of_similar_papers_the_detail_says_what_they_share(
    app: ReadlistApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await press(pilot, "tilde")
        before = len(detail_pane(app)._text.lines)
        await filled(pilot)
        state = app.reading.state
        assert state.entry is not None
        await until(lambda: "like “Flow study 1”: " in detail_text(app))
        assert len(detail_pane(app)._text.lines) - before in (0, 8)
        await press(pilot, "j")
        await until(lambda: "like “Flow study 1”: " in detail_text(app))
        await press(pilot, "escape")
        assert "like “" not in detail_text(app)


HOSTILE = [
    "[bold]Flow[/] [@click=app.quit]study[/]",
    "\x1b[31mFlow\x07 study \u202e live",
    "Flow study " * 150,
    "התאמת זרימה של דיבור",
    "流匹配语音合成的统一框架" * 8,
    "",
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("title", HOSTILE)
async def test_hostile_titles_of_stars_are_only_text(tmp_path: Path, title: str, size: tuple[int, int]) -> None:
    shelf = make_shelf(tmp_path / "hostile")
    topics = ("protein", "flow", "graph")
    papers = [about(topics[n % 3], n, **({"title": title} if n == 1 else {})) for n in range(1, 20)]
    shelf.papers.add(make_batch(papers))
    star(shelf, 1)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=size) as pilot:
        await press(pilot, "j", "j", "j")
        await filled(pilot)
        room = detail_pane(app)._room.width
        lines = [line.content for line in detail_pane(app)._text.lines]
        assert all(line.cell_length <= room for line in lines)
        assert sum("because you starred" in line.plain for line in lines) == 1
        text = screen_text(app) + detail_text(app)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", text)
        await press(pilot, "colon", Fill("why this match"), "enter")
        assert isinstance(app.screen, MatchTable)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", screen_text(app))
        await press(pilot, "G", "escape")
        assert not isinstance(app.screen, MatchTable)
    shelf.close()


# The dialog


async def ask_why(pilot: Pilot[None]) -> str:
    """Ask why the paper under the cursor matches."""
    await press(pilot, "colon", Fill("why this match"), "enter")
    app = pilot.app
    assert isinstance(app, ReadlistApp) and isinstance(app.screen, MatchTable)
    return screen_text(app)


async def test_all_parts_are_shown_with_their_stars_and_their_sum(app: ReadlistApp, shelf: Shelf) -> None:
    star(shelf, 1, 4, 7)
    shelf.marks.apply([stored(shelf, 2), stored(shelf, 5)], read=True)[1].result()
    async with app.run_test(size=(120, 60)) as pilot:
        await press(pilot, "2", *"jjjjjjjjj")
        await filled(pilot)
        text = await ask_why(pilot)
        why = explained(shelf, stored(shelf, 10))
        assert len(why.parts) > 5 and why.score == pytest.approx(sum(part.weight for part in why.parts))
        shown = re.findall(r"([+-]\d\.\d{3})  (\S.*?)  ", text)
        assert [float(weight) for weight, _ in shown[:-1]] == [
            round(part.weight, 3) for part in why.parts[: len(shown) - 1]
        ]
        await press(pilot, "G")
        rows = re.findall(r"([+-]\d+\.\d{3})  (\S.*?)  ", screen_text(app))
        assert rows[-1] == (f"{why.score:+.3f}", "sum")
        assert "★ Flow study" in text and f"Above {why.match} of 100 papers" in text
        assert "Your 3 stars, each judged by the others, are above" in text
        await press(pilot, "q")
        assert app.screen is app.reading


async def test_of_a_star_its_own_words_are_named_as_such(app: ReadlistApp, shelf: Shelf) -> None:
    star(shelf, 1)
    async with app.run_test(size=SIZE) as pilot:
        await filled(pilot)
        text = await ask_why(pilot)
        assert "this paper" in text and "★ Flow study 1" not in text and "This is a guess from 1 star." in text


@pytest.mark.parametrize("size", SIZES)
async def test_with_nothing_to_say_the_dialog_says_so(app: ReadlistApp, shelf: Shelf, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        text = " ".join((await ask_why(pilot)).replace("│", " ").split())
        assert "No match yet." in text and "Star or note a few papers you like" in text and "sum" not in text
        await press(pilot, "escape")


async def test_a_library_of_one_paper_and_none_at_all(tmp_path: Path) -> None:
    for papers in ([about("flow", 1, abstract="")], []):
        shelf = make_shelf(tmp_path / str(len(papers)))
        shelf.papers.add(make_batch(papers))
        app = ReadlistApp(shelf, Config(), KeyMap())
        async with app.run_test(size=SIZE) as pilot:
            await quiet(pilot)
            await press(pilot, "s")
            await filled(pilot)
            assert "because" not in detail_text(app) and "Similar" not in detail_text(app)
            await press(pilot, "colon", Fill("why this match"), "enter")
            assert isinstance(app.screen, MatchTable) is bool(papers)
        shelf.close()


async def test_papers_without_abstract_have_matches_and_reasons(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path / "titles")
    topics = ("protein folding", "flow matching", "graph routing")
    shelf.papers.add(make_batch([about("flow", n, title=f"{topics[n % 3]} {n}", abstract="") for n in range(1, 20)]))
    star(shelf, 1)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "j", "j")
        await filled(pilot)
        assert "because you starred “flow matching 1”: flow, matching" in detail_text(app)
        assert "No abstract yet." in detail_text(app)
    shelf.close()
