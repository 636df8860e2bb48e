"""Searching and saved views by their keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from readlist.config import Config, SavedView, load
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.dialog import Choice, Prompt, Question
from readlist.tui.keymap import KeyMap
from tests.support.tui import SIZE, Fill, number, press, quiet, said, screen_text, search_field


async def typed(app: ReadlistApp, pilot: object, text: str) -> None:
    """Put a text into the search field as if it were typed."""
    search_field(app).value = text
    search_field(app).cursor_position = len(text)
    await quiet(pilot)  # type: ignore[arg-type]


async def test_the_count_tells_how_many_are_unread(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "x", "2", "slash")
        await typed(app, pilot, "number ")
        assert "12 of 12 · 11 unread" in screen_text(app)


async def test_an_empty_result_names_only_keys_that_work(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash")
        await typed(app, pilot, "zzz")
        # A digit would be typed into the search.
        assert "Enter, 2: search all papers" in screen_text(app)
        await press(pilot, "enter")
        assert "Enter, 2" not in screen_text(app) and "2: search all papers" in screen_text(app)
        await press(pilot, "2")
        assert app.reading.state.view.name == "All" and "search all papers" not in screen_text(app)


@pytest.mark.slow
async def test_what_is_wrong_is_underlined_and_tab_takes_the_nearest(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "slash")
        await typed(app, pilot, "hsa:code attention")
        assert "did you mean has?" in screen_text(app)
        assert search_field(app).underline.places == [(0, 3)]
        assert len(app.reading.state.ids) > 0
        await press(pilot, "tab")
        assert search_field(app).value == "has:code attention"
        assert not search_field(app).underline.places
        # Nothing more to take: whoever types on types into the search.
        await press(pilot, "tab", "x")
        assert search_field(app).value == "has:code attentionx"


async def test_a_word_that_no_paper_has_is_corrected(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash")
        await typed(app, pilot, "title:nunber")
        assert "did you mean title:number? Tab" in screen_text(app)
        await press(pilot, "tab")
        assert search_field(app).value == "title:number" and app.reading.state.ids
        await typed(app, pilot, "upvotes>20")
        assert "did you mean upvotes:>20? Tab" in screen_text(app)
        await press(pilot, "tab")
        assert search_field(app).value == "upvotes:>20"


async def test_after_a_search_the_cursor_stays_on_the_paper_that_was_decided(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        first = number(app.reading.state.entry)
        for key, stays in (("j", False), ("s", True)):
            await press(pilot, "slash", Fill("2608.00007"), "enter")
            found = number(app.reading.state.entry)
            assert found != first
            await press(pilot, key, "escape")
            assert number(app.reading.state.entry) == (found if stays else first)


async def test_of_a_paper_that_has_left_the_list_the_cursor_goes_back(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        first = number(app.reading.state.entry)
        await press(pilot, "slash", Fill("2608.00007"), "enter", "r", "escape")
        assert number(app.reading.state.entry) == first


@pytest.mark.slow
async def test_fields_values_feeds_and_authors_are_completed(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "slash")
        for text, whole in (
            ("upv", "upvotes:"),
            ("x is:unr", "x is:unread"),
            ('feed:"HF d', 'feed:"HF daily"'),
            ("feed:HF", 'feed:"HF daily"'),
            ('x author:"Writ', 'x author:"Ben Writer"'),
        ):
            await typed(app, pilot, text)
            if not whole.startswith(text):
                assert f"{text}  Tab: {whole.removeprefix('x ')}" in screen_text(app)
            for key in ("tab", "right"):
                await press(pilot, key)
                assert search_field(app).value == whole
                await typed(app, pilot, text)


@pytest.mark.slow
async def test_earlier_searches_come_back_with_up_also_after_a_restart(shelf: Shelf) -> None:
    for text in ("sparse", "robust"):
        app = ReadlistApp(shelf, Config(), KeyMap())
        async with app.run_test(size=SIZE) as pilot:
            await press(pilot, "slash", Fill(text), "enter")
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", "up")
        assert search_field(app).value == "robust"
        await press(pilot, "up")
        assert search_field(app).value == "sparse"
        await press(pilot, "up", "down")
        assert search_field(app).value == "robust"
        await press(pilot, "down")
        assert search_field(app).value == ""


async def test_escape_goes_back_to_where_the_cursor_was(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "j", "j", "slash", Fill("sparse"))
        await press(pilot, "escape")
        assert number(app.reading.state.entry) == 4


def saving(shelf: Shelf, tmp_path: Path) -> ReadlistApp:
    return ReadlistApp(shelf, load(tmp_path / "config.toml"), KeyMap(), tmp_path / "config.toml")


async def test_a_search_is_saved_as_a_view_with_a_tab(shelf: Shelf, tmp_path: Path) -> None:
    app = saving(shelf, tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "V")
        await press(pilot, "escape", "2", "V")
        assert "Search first" in said(app)
        await press(pilot, "slash", Fill("has:code"), "enter", "V")
        assert isinstance(app.screen, Prompt)
        await press(pilot, *"Code", "enter")
        assert load(tmp_path / "config.toml").views == (SavedView("Code", "has:code"),)
        assert app.reading.state.view.name == "Code" and app.reading.state.search == ""
        assert "Code 6" in screen_text(app)
        await press(pilot, "1", "5")
        assert app.reading.state.view.name == "Code" and len(app.reading.state.ids) == 6
        await press(pilot, "6")
        assert "No view on tab 6" in said(app)
    app = saving(shelf, tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "5")
        assert len(app.reading.state.ids) == 6


@pytest.mark.slow
async def test_views_are_renamed_moved_deleted_and_brought_back(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('[[views]]\nname = "A"\nquery = "sparse"\n[[views]]\nname = "B"\nquery = "a OR b"\n')
    app = saving(shelf, tmp_path)

    def names() -> list[str]:
        return [view.name for view in load(settings).views]

    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "5", "V")
        assert isinstance(app.screen, Choice)
        await press(pilot, "3")
        assert names() == ["B", "A"] and app.reading.state.view.name == "A"
        await press(pilot, "V", "1", *"Z", "enter")
        assert names() == ["B", "Z"] and app.reading.state.view.name == "Z"
        await press(pilot, "V", "1", *"b", "enter")
        assert "a view `b` exists already" in said(app) and names() == ["B", "Z"]
        await press(pilot, "V", "4")
        assert names() == ["B"] and app.reading.state.view.name == "Inbox"
        await press(pilot, "u")
        assert names() == ["B", "Z"] and app.reading.state.view.name == "Z"
        await press(pilot, "5", "slash", Fill("has:code"), "enter", "V", *"Both", "enter")
        assert load(settings).views[-1] == SavedView("Both", "(a OR b) has:code")


@pytest.mark.slow
async def test_views_written_by_hand_meanwhile_stay_and_show(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('[[views]]\nname = "A"\nquery = "sparse"\n')
    app = saving(shelf, tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        mine = (
            '# first of all\n[[views]]\nname = "Hand"\nquery = "robust"\n\n[[views]]\nname = "A"\nquery = "attention"\n'
        )
        settings.write_text(mine)
        await press(pilot, "slash", Fill("has:code"), "enter", "V", *"Code", "enter")
        assert [view.name for view in load(settings).views] == ["Hand", "A", "Code"]
        assert settings.read_text().startswith(mine)
        assert "Hand 1" in screen_text(app) and app.reading.state.view.name == "Code"
        await press(pilot, "6", "V", "2")
        assert [view.name for view in load(settings).views] == ["A", "Hand", "Code"]
        assert "# first of all" in settings.read_text() and app.reading.state.view.name == "A"
        settings.write_text('[[views]]\nname = "Hand"\nquery = "robust"\n')
        await press(pilot, "V", "4")
        assert "no saved view @A" in said(app)
        assert [view.name for view in load(settings).views] == ["Hand"]


@pytest.mark.slow
async def test_a_saved_view_shows_what_the_search_showed(shelf: Shelf, tmp_path: Path) -> None:
    app = saving(shelf, tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        for number, (view, search, query) in enumerate((
            ("2", "quant", "quant*"), ("2", "number q", "number"), ("2", '"sparse att', '"sparse att*"'),
            ("2", "quant OR spar", "quant OR spar*"), ("2", 'author:"Ada Auth', 'author:"Ada Auth*"'),
            ("2", 'feed:"HF d', 'feed:"HF d"'), ("1", "quant OR spar", "is:unread (quant OR spar*)"),
        )):  # fmt: skip
            await press(pilot, view, "slash")
            await typed(app, pilot, search)
            await press(pilot, "enter")
            shown = list(app.reading.state.ids)
            await press(pilot, "V", "v", str(number), "enter")
            assert load(tmp_path / "config.toml").views[-1] == SavedView(f"v{number}", query)
            assert app.reading.state.view.name == f"v{number}"
            assert list(app.reading.state.ids) == shown and shown, search


@pytest.mark.slow
async def test_a_search_with_something_wrong_is_not_saved(shelf: Shelf, tmp_path: Path) -> None:
    app = saving(shelf, tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "S", "2")
        for search, problem in (
            ("upvotes:abc", "not a number"), ("is:unr", "did you mean unread?"), ("a OR", "both sides"),
            ("(sparse", "unclosed"), ("hsa:code quant", "did you mean has?"), ('"', "empty quotes"),
        ):  # fmt: skip
            await press(pilot, "slash")
            await typed(app, pilot, search)
            await press(pilot, "enter", "V")
            assert not isinstance(app.screen, Prompt)
            reported = said(app).splitlines()[-1]
            assert "Not saved" in reported and problem in reported, search
        await typed(app, pilot, "quant")
        await press(pilot, "enter", "V", "q", "enter")
        assert load(tmp_path / "config.toml").views == (SavedView("q", "is:unread quant* sort:date"),)


@pytest.mark.slow
async def test_a_view_whose_query_is_wrong_shows_why_and_no_paper(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[[views]]\nname = "Broken"\nquery = "upvotes:abc is:unraed"\n')
    app = saving(shelf, tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "5")
        assert len(app.reading.state.ids) == 0
        assert "not a number" in screen_text(app) and "not a number" in said(app)
        assert "Broken " in screen_text(app) and "Broken 1" not in screen_text(app)
        await press(pilot, "A")
        assert not isinstance(app.screen, Question)
        await press(pilot, "slash", Fill("sparse"), "enter", "A")
        assert not isinstance(app.screen, Question) and len(app.reading.state.ids) == 0
        await press(pilot, "escape", "V", "4")
        assert load(tmp_path / "config.toml").views == ()
    assert shelf.library.counts().unread == 12


async def test_earlier_searches_come_back_wherever_the_list_is(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", Fill("sparse"), "enter", "escape", "j", "j", "j", "slash", "up")
        assert search_field(app).value == "sparse"


@pytest.mark.slow
async def test_the_count_follows_what_is_decided(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "slash", Fill("number "), "enter")
        assert "12 of 12 · 12 unread" in screen_text(app)
        await press(pilot, "A", "y")
        assert "12 of 12 · 0 unread" in screen_text(app)
        await press(pilot, "r")
        assert "12 of 12 · 1 unread" in screen_text(app)


async def test_a_narrow_screen_still_names_what_was_meant(app: ReadlistApp) -> None:
    async with app.run_test(size=(40, 12)) as pilot:
        await press(pilot, "2", "slash")
        await typed(app, pilot, "upvtes:>2")
        assert "upvotes? Tab" in screen_text(app)


async def test_an_order_in_the_query_is_named_when_another_is_chosen(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "slash")
        await typed(app, pilot, "sort:upvotes")
        await press(pilot, "enter", "S", "2")
        assert "sort:upvotes" in said(app)


@pytest.mark.slow
async def test_the_field_takes_a_query_without_end(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "slash")
        await typed(app, pilot, "(a OR " * 3_000)
        assert app.reading.query_one(Input).value
        await press(pilot, "escape")
        assert len(app.reading.state.ids) == 12
