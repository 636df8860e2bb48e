"""The list by match: sorted once that is learned, with the match in each row; rows stay while papers are decided."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readlist.config import Config
from readlist.config.check import SavedView
from readlist.model.view import SORTS
from readlist.services.recommendation import past
from readlist.shelf import LibraryBusy, Shelf
from readlist.shelf.match_shelf import MatchShelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.papers import DAY, make_shelf
from tests.support.topics import TOPICS, topic_batch, topic_number
from tests.support.tui import SIZE, Fill, number, press, quiet, said, screen_text, status_text, stored, until

BY_MATCH = ("S", *["down"] * list(SORTS).index("match"), "enter")
PAPERS = 40
SPEECH = [each for each in range(1, PAPERS + 1) if topic_number(each) == "speech"]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with a day of papers on four topics."""
    made = make_shelf(tmp_path)
    made.papers.add(topic_batch(PAPERS))
    made.papers.end_visit()
    made.sync.catch_up()
    yield made
    made.close()


def star(shelf: Shelf, *papers: int, on: bool = True) -> None:
    """Star papers before the app is started."""
    shelf.marks.apply([stored(shelf, paper) for paper in papers], starred=on)[1].result()


def listed(app: ReadlistApp) -> list[int]:
    """The numbers of the papers of the list, in its order."""
    state = app.reading.state
    return [number(entry) for entry in state.fetch(state.ids)]


def topics(app: ReadlistApp, first: int) -> list[str]:
    """The topics of the first papers."""
    return [topic_number(each) for each in listed(app)[:first]]


def row_of(app: ReadlistApp, paper: int) -> str:
    """The text of a paper's row."""
    return next(line for line in screen_text(app).split("\n") if f" Own{paper} " in line)


def match_in(row: str) -> int:
    """The match that is drawn in a row of a list without repositories beside it."""
    block, _, _ = row.partition("Aug")
    return int(block.strip()[-2:].lstrip("▁▂▃▄▅▆▇█ "))


async def test_what_fits_comes_first_with_its_match_where_upvotes_were(shelf: Shelf) -> None:
    star(shelf, *SPEECH[:4])
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        assert listed(app) == list(range(1, PAPERS + 1)) and "feed order" in screen_text(app)
        await press(pilot, "j", "j", *BY_MATCH)
        assert topics(app, len(SPEECH)) == ["speech"] * len(SPEECH)
        text = screen_text(app)
        assert "by match ▾" in text and "left" not in text.split("\n")[1]
        rows = [row_of(app, paper) for paper in listed(app)[:20]]
        matches = [match_in(row) for row in rows]
        assert matches == sorted(matches, reverse=True) and matches[0] > 90
        kept = shelf.match.kept(app.reading.state.ids)
        assert matches == [kept[number] for number in app.reading.state.ids[:20]]
        assert app.reading.state.cursor == 0 and not said(app)
        # The same again reverses it.
        await press(pilot, *BY_MATCH)
        assert "by match ▴" in screen_text(app) and "speech" not in topics(app, len(SPEECH))


async def test_rows_stay_where_they_are_while_their_matches_follow_each_decision(shelf: Shelf) -> None:
    star(shelf, *SPEECH[:3])
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *BY_MATCH)
        order = listed(app)
        folding = next(paper for paper in order if topic_number(paper) == "folding")
        other = next(paper for paper in order if topic_number(paper) == "folding" and paper != folding)
        before = match_in(row_of(app, other))
        await press(pilot, *["j"] * order.index(folding), "s")
        assert number(app.reading.state.entry) == folding
        assert listed(app) == order and match_in(row_of(app, other)) > before
        await press(pilot, "x")
        # What was removed is taken out, the others stay in order.
        await press(pilot, "D")
        gone = [paper for paper in order if paper not in listed(app)]
        assert len(gone) == 1 and listed(app) == [paper for paper in order if paper not in gone]
        await press(pilot, "u")
        assert sorted(listed(app)) == sorted(order)
        assert [paper for paper in listed(app) if paper not in gone] == [paper for paper in order if paper not in gone]
        await press(pilot, "u", "u")
        assert match_in(row_of(app, other)) == before
        # Asked for again, it is in the order of the stars as they are now.
        await press(pilot, "s")
        starred = number(app.reading.state.entry)
        await press(pilot, "2", "1")
        assert listed(app) != order and number(app.reading.state.entry) == starred
        ranks = [shelf.match.kept([each])[each] for each in app.reading.state.ids]
        assert ranks == sorted(ranks, reverse=True)


async def test_an_order_of_earlier_stars_is_brought_up_to_date_before_it_is_reversed(shelf: Shelf) -> None:
    star(shelf, *SPEECH[:3])
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *BY_MATCH)
        await press(pilot, "end", "s")
        await press(pilot, "S")
        assert "again: bring up to date" in screen_text(app)
        await press(pilot, "escape", *BY_MATCH)
        ranks = [shelf.match.kept([each])[each] for each in app.reading.state.ids]
        assert ranks == sorted(ranks, reverse=True)
        await press(pilot, *BY_MATCH)
        assert app.reading.state.view.sort == "-match"


async def test_a_doubt_is_not_offered_once_there_are_other_stars(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *BY_MATCH)
        await press(pilot, "S", "home", "enter", "S")
        assert "nothing to match yet" in screen_text(app)
        await press(pilot, "escape", "s")
        await press(pilot, "S")
        assert "nothing to match yet" not in screen_text(app) and "what fits your stars best first" in screen_text(app)


async def test_the_order_says_how_far_it_can_be_relied_on(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *BY_MATCH)
        assert listed(app) == list(range(1, PAPERS + 1))
        assert "Nothing to match yet: star or note a few papers; until then they are in feed order" in status_text(app)
        assert "by match (no stars) ▾" in screen_text(app)
        # Without matches, upvotes are in their place.
        assert row_of(app, 7).count("7  Aug  1") == 1
        await press(pilot, "2", "1")
        assert said(app).count("Nothing to match yet") == 1
        await press(pilot, "s")
        assert "The match is a guess from 1 star" in status_text(app)
        assert "by match (a guess) ▾" in screen_text(app)
        await press(pilot, "S")
        assert "Aug" not in "".join(line for line in screen_text(app).split("\n") if "again" in line)
        await press(pilot, "escape", "u")
        assert "by match (no stars) ▾" in screen_text(app)


async def test_stars_with_little_in_common_are_called_that(shelf: Shelf) -> None:
    star(shelf, 1, 2, 3, 4)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *BY_MATCH)
        assert "Your stars have little in common yet: the order by match says little" in status_text(app)
        assert "by match (not sure yet) ▾" in screen_text(app)
        await press(pilot, "S", "escape", "S", "home", "enter", "S")
        # In another order it is found where that is chosen.
        offer = next(line for line in screen_text(app).split("\n") if "match " in line and "feed" not in line)
        assert "your stars have little in common yet" in offer
        await press(pilot, "escape")
        assert "not sure yet" not in screen_text(app)


async def test_a_search_and_views_and_the_settings_may_ask_for_it(shelf: Shelf) -> None:
    star(shelf, *SPEECH[:4])
    views = (SavedView("Best", "is:unread match:>80"), SavedView("Worst", "is:unread sort:-match"))
    app = ReadlistApp(shelf, Config(views=views, sort="match"), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        # It is learned after the first paint.
        await until(lambda: topics(app, len(SPEECH)) == ["speech"] * len(SPEECH))
        await press(pilot, "5")
        assert {topic_number(each) for each in listed(app)} == {"speech"}
        await press(pilot, "6")
        assert "speech" not in topics(app, 4) and "by match ▴" in screen_text(app)
        await press(pilot, "2", "S", "home", "enter")
        assert listed(app)[:4] == [1, 2, 3, 4]
        await press(pilot, "slash", *"sort:match", "enter")
        assert topics(app, len(SPEECH)) == ["speech"] * len(SPEECH) and "by match ▾" in screen_text(app)


class Held:
    """Holds the scoring of a shelf up until a test lets it go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.times = 0
        score = MatchShelf.score

        def held(shelf: MatchShelf, stop: object) -> bool:
            self.times += 1
            self.begun.set()
            assert self.may_go_on.wait(30)
            return score(shelf, stop)  # type: ignore[arg-type]

        monkeypatch.setattr(MatchShelf, "score", held)


async def chosen(pilot: Pilot[None], held: Held) -> None:
    """Ask for the order, and wait until papers are being scored."""
    await pilot.press(*BY_MATCH)
    await until(held.begun.is_set)
    await pilot.pause()


async def test_the_list_is_shown_before_it_is_sorted(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    star(shelf, *SPEECH[:4])
    held = Held(monkeypatch)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await chosen(pilot, held)
        assert listed(app) == list(range(1, PAPERS + 1))
        assert "Learning from 4 stars" in app.reading.ui.board.doing
        held.may_go_on.set()
        await quiet(pilot)
        assert app.reading.state.cursor == 0 and topics(app, 4) == ["speech"] * 4
        assert not app.reading.ui.board.doing


async def test_a_cursor_that_was_moved_stays_at_its_paper(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    star(shelf, *SPEECH[:4])
    held = Held(monkeypatch)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await chosen(pilot, held)
        await pilot.press("j", "j", "j")
        at = number(app.reading.state.entry)
        held.may_go_on.set()
        await quiet(pilot)
        assert topics(app, 4) == ["speech"] * 4 and number(app.reading.state.entry) == at


async def test_many_decisions_are_learned_from_together(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    star(shelf, *SPEECH[:4])
    held = Held(monkeypatch)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await chosen(pilot, held)
        learned: list[int] = []
        learn = MatchShelf.learn

        def counting(match: MatchShelf) -> bool:
            learned.append(1)
            return learn(match)

        monkeypatch.setattr(MatchShelf, "learn", counting)
        await pilot.press(*["s", "j"] * 10)
        held.may_go_on.set()
        await quiet(pilot)
        assert len(learned) == 1 and held.times == 2


async def test_a_library_in_use_leaves_the_order_and_says_so(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    star(shelf, *SPEECH[:4])
    app = ReadlistApp(shelf, Config(), KeyMap())

    def busy(*_: object) -> bool:
        raise LibraryBusy("library in use by another readlist")

    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        with monkeypatch.context() as patched:
            patched.setattr(MatchShelf, "score", busy)
            await press(pilot, *BY_MATCH)
        assert listed(app) == list(range(1, PAPERS + 1))
        assert "The library can't be written now: papers are in feed order" in status_text(app)
        assert "by match (not scored) ▾" in screen_text(app)
        # It goes on with the next decision.
        await press(pilot, "s")
        assert "The match is learned from 5 stars" in status_text(app)


async def test_the_screen_ends_while_papers_are_scored(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    star(shelf, *SPEECH[:4])
    held = Held(monkeypatch)
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        await chosen(pilot, held)
        await pilot.press("q")
    assert app.return_code == 0 and app.fault is None
    held.may_go_on.set()
    # What was not finished is not kept.
    assert not shelf.is_scored()


async def test_new_papers_take_their_places(shelf: Shelf) -> None:
    star(shelf, *SPEECH[:4])
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *BY_MATCH, "j", "j")
        at = number(app.reading.state.entry)
        shelf.papers.add(topic_batch(8, day=DAY, first=PAPERS + 1))
        await app.reading.loader.add_new()
        await quiet(pilot)
        new = [paper for paper in listed(app) if paper > PAPERS]
        assert len(new) == 8 and number(app.reading.state.entry) == at
        ranks = [shelf.match.kept([each])[each] for each in app.reading.state.ids]
        assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_narrow_lists_have_the_match_where_they_have_upvotes(shelf: Shelf, size: tuple[int, int]) -> None:
    star(shelf, *SPEECH[:4])
    app = ReadlistApp(shelf, Config(ascii=True), KeyMap())
    async with app.run_test(size=size) as pilot:
        await quiet(pilot)
        await press(pilot, "G")
        upvotes = f"@{PAPERS}" in row_of(app, PAPERS)
        await press(pilot, *BY_MATCH)
        best = listed(app)[0]
        assert screen_text(app).isascii()
        assert ("@99" in row_of(app, best) or "@98" in row_of(app, best)) is (size[0] > 48) is upvotes


def test_topics_are_told_apart() -> None:
    assert len(SPEECH) == PAPERS // len(TOPICS)


async def test_the_help_says_how_good_it_was_on_earlier_stars(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "question_mark", "end")
        assert "your own past" not in screen_text(app)
        await press(pilot, "escape")
        for paper in SPEECH[:6]:
            await press(pilot, *f"0{listed(app).index(paper) + 1}G", "s")
        await press(pilot, "question_mark", "end")
        # The last three of six come after three others.
        page = [line.split("│")[1].strip(" ┃") for line in screen_text(app).split("\n") if line.count("│") == 2]
        expected = past(shelf, lambda: False)
        assert expected.startswith("of your last 3 stars, ") and expected.endswith("; 3 stars say little")
        assert f"The match, on your own past O{expected[1:]}." in " ".join(page)
        await press(pilot, "slash", Fill("star"))
        assert "your own past" not in screen_text(app)
        # It is not judged again.
        await press(pilot, "escape", "escape", "question_mark", "end")
        assert "The match, on your own past" in screen_text(app)


def test_what_was_begun_for_a_help_that_is_closed_is_not_ended(shelf: Shelf) -> None:
    for paper in SPEECH[:6]:
        star(shelf, paper)
    asked: list[int] = []

    def is_closed() -> bool:
        asked.append(1)
        return len(asked) > 1

    assert past(shelf, is_closed) == "" and len(asked) == 2


async def test_what_another_readlist_stars_and_scores_is_followed_in_place(shelf: Shelf, tmp_path: Path) -> None:
    star(shelf, *SPEECH[:3])
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *BY_MATCH, "j")
        order, at = listed(app), number(app.reading.state.entry)
        folding = [paper for paper in order if topic_number(paper) == "folding"]
        before = match_in(row_of(app, folding[3]))
        other = make_shelf(tmp_path)
        try:
            star(other, *folding[:3])
            other.match.refresh()
        finally:
            other.close()
        app.reading.follower._check()
        await until(lambda: match_in(row_of(app, folding[3])) > before)
        await quiet(pilot)
        assert listed(app) == order and number(app.reading.state.entry) == at
        await press(pilot, *BY_MATCH, *BY_MATCH)
        assert listed(app) != order and shelf.match.is_current()
