"""Watched papers are signed in every list, and muted ones hidden from the Inbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import Config, load
from readlist.config.check import SavedView
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.tui import SIZE, detail_pane, list_pane, press, said, screen_text, stored

VIEWS = (SavedView("Four", '"number 4"', watch=True), SavedView("Broken", "upvotes:many", watch=True))


@pytest.mark.slow
async def test_watched_papers_are_signed_and_their_words_highlighted(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('[[views]]\nname = "Four"\nquery = "\\"number 4\\""\nwatch = true\n')
    app = ReadlistApp(shelf, Config(views=VIEWS), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot)
        rows = [line for line in screen_text(app).splitlines() if "◆" in line[:8]]
        assert len(rows) == 1 and "number 4" in rows[0]
        assert said(app).count("Not watched: Broken: upvotes: “many” is not a number") == 1
        y = next(y for y, line in enumerate(screen_text(app).splitlines()) if "◆" in line) - list_pane(app).region.y
        segments = list_pane(app).render_line(y)
        marked = [segment.text for segment in segments if segment.style is not None and segment.style.underline]
        assert marked == ["number 4"]
        await press(pilot, "j", "j", "j")
        pane = detail_pane(app)
        title = [segment for y in range(3) for segment in pane.render_line(y)]
        looks = [segment.style for segment in title if segment.text == "number 4" and segment.style is not None]
        assert [look.underline for look in looks] == [True] and not looks[0].reverse
        await press(pilot, "g")
        await press(pilot, "j", "j", "j", "s", "t", *"cited", "enter")
        assert len([line for line in screen_text(app).splitlines() if "◆" in line[:8]]) == 1
        await press(pilot, "2", "slash", *"is:watched", "enter")
        assert [entry.paper.arxiv for entry in app.reading.state.targets()] == ["2608.00004"]
        assert len(app.reading.state.ids) == 1
        # The view is renamed: it is watched as before.
        await press(pilot, "escape", "5", "V", "1", *"Number", "enter", "2")
        assert "watch = true" in settings.read_text() and 'name = "Number"' in settings.read_text()
        assert "◆" in screen_text(app)
        await press(pilot, "5", "V", "5")
        assert "Stopped watching Number" in said(app) and "watch = false" in settings.read_text()
        await press(pilot, "2")
        assert "◆" not in screen_text(app)
        await press(pilot, "u")
        assert "◆" in screen_text(app)
        await press(pilot, "5", "V", "4", "2")
        assert "◆" not in screen_text(app)
        await press(pilot, "u", "2")
        assert "watch = true" in settings.read_text() and "◆" in screen_text(app)


async def test_muted_papers_are_hidden_from_the_inbox_counted_and_shown_on_demand(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(mute=("has:code", '"number 3"')), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot)
        state = app.reading.state
        assert list(state.ids) == [1, 5, 7, 9, 11] and (state.counts["Inbox"], state.muted) == (5, 7)
        assert "7 muted" in screen_text(app) and "5 of 12 left" in screen_text(app)
        await press(pilot, "2")
        assert len(state.ids) == 12 and "muted" not in screen_text(app)
        # A muted paper is read elsewhere: the Inbox has as many as before.
        await press(pilot, "j", "r")
        assert stored(shelf, 2).mark.read and state.counts["Inbox"] == 5
        assert state.muted == 6 and "5 of 12 left" in screen_text(app)
        await press(pilot, "1", "A", "y")
        assert state.counts["Inbox"] == 0
        assert [stored(shelf, number).mark.read is None for number in (1, 3, 4)] == [False, True, True]
        await press(pilot, "colon", *"show muted", "enter")
        assert (state.view.name, list(state.ids)) == ("All", [3, 4, 6, 8, 10, 12])


async def test_a_search_is_muted_and_that_is_undone(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "colon", *"mute search", "enter")
        assert "Search first (/)" in said(app)
        await press(pilot, "slash", *"has:code", "enter", "colon", *"mute search", "enter")
        state = app.reading.state
        assert "Muted: has:code" in said(app) and load(settings).mute == ("has:code",)
        assert list(state.ids) == [1, 3, 5, 7, 9, 11] and (state.counts["Inbox"], state.muted) == (6, 6)
        await press(pilot, "u")
        assert load(settings).mute == () and len(state.ids) == 12 and state.muted == 0
        await press(pilot, "slash", *"is:muted", "enter", "colon", *"mute search", "enter")
        assert "Not muted: it can't have is:watched or is:muted" in said(app)


async def test_where_nothing_is_muted_it_says_how(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot)
        assert app.reading.state.muted == 0 and "muted" not in screen_text(app)
        await app.reading.controllers.views.show_muted()
        assert "`mute` in config.toml" in said(app)
