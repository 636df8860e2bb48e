"""Dialogs: one frame at one place, aligned columns, keys for every item, at any size."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.widgets import OptionList

from readlist.model.feed import Feed
from readlist.services.refresh import FeedStatus
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.dialog import Choice, Frame, Items
from readlist.tui.dialogs.feed_list import FeedList
from readlist.tui.keymap import KeyMap
from readlist.tui.render.columns import Column, aligned
from tests.support.scenes import SCENES, show
from tests.support.tui import SIZE, Fill, press, quiet, screen_text

NAMES = (
    "Repo link", "Page", "PDF", "Markdown", "Title", "Citation", "BibTeX", "RIS", "CSL-JSON", "Abstract", "Note",
    "jkqg", "alphaXiv", "Äpfel",
)  # fmt: skip


def rows(app: ReadlistApp) -> list[str]:
    """The lines inside of the frame of the dialog."""
    region = app.screen.query_one(Frame).region
    lines = screen_text(app).split("\n")[region.y : region.bottom]
    return [line[region.x : region.right] for line in lines]


async def test_every_item_of_a_long_menu_has_a_key(app: ReadlistApp) -> None:
    answers: list[int | None] = []
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for _ in range(3):
            app.push_screen(Choice(KeyMap(), "Copy", [(name, "value") for name in NAMES]), answers.append)
        await quiet(pilot)
        shown = [line.strip("│┃ ▌")[:3] for line in rows(app)[1:-1]]
        assert [each[0] for each in shown] == [*"123456789", "a", "n", "g", "l", "p"]
        # An answer is given before the next key is handled.
        await press(pilot, "n", "p", "3")
        assert answers == [10, 13, 2] and app.screen is app.reading
        app.push_screen(Choice(KeyMap({"choice_number": []}), "Copy", [(name, "") for name in NAMES]))
        await quiet(pilot)
        assert rows(app)[1].strip("│┃ ▌") == "Repo link"


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (20, 5)])
async def test_the_cursor_of_a_long_list_stays_in_sight(app: ReadlistApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        app.push_screen(Choice(KeyMap(), "Copy", [(name, "value") for name in NAMES * 2]))
        await press(pilot, *"j" * 27)
        assert any(line.startswith("│ ▌") and "Äpfel" in line for line in rows(app)), "\n".join(rows(app))
        await press(pilot, "escape")
        feeds = FeedList(KeyMap(), lambda act, name: None)
        app.push_screen(feeds)
        await quiet(pilot)
        feeds.rows = [FeedStatus(f"Feed {number}", None, 1, 1) for number in range(30)]
        await press(pilot, "G")
        assert any(line.startswith("│ ▌Feed 29") for line in rows(app)), "\n".join(rows(app))


@pytest.mark.parametrize("size", [SIZE, (80, 24), (40, 20)])
async def test_the_feeds_show_what_is_here_of_what_was_announced(app: ReadlistApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await show(app, pilot, "missing")
        text = " ".join(" ".join(line.strip("│┃ ▌") for line in rows(app)).split())
        assert "Here of announced: Sat 214/214, Fri 209/214; the next fetch tries again" in text
        if size == SIZE:
            assert "incomplete" in text
        await press(pilot, "k")
        assert "Here of announced" not in " ".join(rows(app))


async def test_the_palette_stays_where_it_is(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "colon")
        region = app.screen.query_one(Frame).region
        for text, count in (("s", None), ("tar", None), ("zz", 0)):
            await press(pilot, Fill(text))
            assert app.screen.query_one(Frame).region == region
            assert count is None or rows(app)[0].startswith("╭─ Commands · 0 ─")
        assert "Nothing found." in rows(app)[3]
        await press(pilot, "enter")
        assert app.screen is app.reading


async def test_feeds_are_a_table_with_a_failure_in_full_below(app: ReadlistApp) -> None:
    why = "failed: lab.example answered 503 (an error of the server); try again later (last good yesterday)"
    feeds = FeedList(KeyMap(), lambda act, name: None)
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(feeds)
        await quiet(pilot)
        feeds.rows = [
            FeedStatus("HF daily", Feed("HF daily", "huggingface", "daily"), 1234, 34, ago="5 min ago", new=12),
            FeedStatus(
                "A feed of a lab with a long name", Feed("x", "rss", "https://a.b/c"), 2, 0, failure="x", state=why
            ),
            FeedStatus("A captured page", None, 5, 5),
        ]
        await quiet(pilot)
        heading, first, second, third, *_ = rows(app)[1:]
        for name, value, row in (
            ("Feed", "HF daily", first),
            ("Source", "hf:daily", first),
            ("Source", "https://a.b/c", second),
            ("Last fetch", "5 min ago", first),
            ("State", "12 new", first),
            ("State", "failed ", second),
            ("State", "not followed", third),
        ):
            assert row.index(value) == heading.index(name), row
        for name, value, row in (("Unread", "34", first), ("Papers", "1,234", first), ("Papers", "2", second)):
            assert row.index(value) + len(value) == heading.index(name) + len(name), row
        assert "A feed of a lab with a long name " in second and why not in "\n".join(rows(app))
        height = len(rows(app))
        await press(pilot, "j")
        assert " ".join("\n".join(rows(app)).split()).count(why) == 1
        assert len(rows(app)) == height
        await pilot.resize_terminal(40, 12)
        await quiet(pilot)
        assert "A feed of a lab" in screen_text(app) and "failed" in screen_text(app)


@pytest.mark.parametrize(
    "scene",
    [
        "menu",
        *(pytest.param(scene, marks=pytest.mark.slow) for scene in SCENES if scene != "menu"),
    ],
)
async def test_the_size_may_change_while_a_dialog_is_open(app: ReadlistApp, scene: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, scene)
        before = rows(app) if app.screen.query(Frame) else []
        for size in ((20, 5), (1, 1), (200, 60), (40, 12), (3, 2), (80, 24)):
            await pilot.resize_terminal(*size)
            await quiet(pilot)
            if size == (20, 5) and (lists := app.screen.query(Items)):
                assert lists.first(OptionList).size.height >= 2
                assert "▌" in screen_text(app) or scene == "nothing found"
        assert not before or rows(app) == before
    assert app.fault is None


@pytest.mark.parametrize("width", range(0, 60, 7))
def test_columns_fit_any_width(width: int) -> None:
    columns = (Column(), Column(least=6), Column(right=True, rank=1), Column(least=4, rank=2), Column(rank=9))
    table: list[list[str | tuple[str, str]]]
    table = [["1", "A long name", "12", "漢字漢字漢字 and more", ""], ["22", "B", ("3", "bold"), "", ""]]
    drawn = [row.plain for row in aligned(table, columns, width)]
    assert all(cell_len(row) <= width for row in drawn)
    assert len({cell_len(row) for row in drawn}) == 1
    if width >= 45:
        assert drawn == ["1   A long name  12  漢字漢字漢字 and more", "22  B             3                       "]


def test_the_name_is_kept_longest() -> None:
    columns = (Column(), Column(least=6), Column(rank=1), Column(least=4, rank=2))
    rows = [("1", "A long name", "1234", "and some more text")]
    assert [aligned(rows, columns, width)[0].plain for width in (30, 26, 20, 14, 10)] == [
        "1  A long name  1234  and som…",
        "1  A long name  1234  and…",
        "1  A long name  1234",
        "1  A long name",
        "1  A long…",
    ]
