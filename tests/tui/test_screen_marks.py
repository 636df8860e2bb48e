"""Deciding by key: order, undo, what is selected, and what comes out of files."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.dialog import Question
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.tui import SIZE, press, quiet, said, screen_text, stored, until


async def test_the_name_of_a_step_from_a_file_is_drawn_harmlessly(app: ReadlistApp, shelf: Shelf) -> None:
    _, done = shelf.marks.apply([stored(shelf, 1)], starred=True, label="starred\x1b]0;title\x07 \u202eback\nforth")
    done.result()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "u")
        assert "Undone: starred back forth" in said(app)
        assert "\x1b" not in said(app) and "\u202e" not in said(app)


@pytest.mark.slow
async def test_many_selected_papers_are_decided_about_after_a_question(tmp_path: Path) -> None:
    shelf = make_shelf(tmp_path)
    shelf.papers.add(make_batch([make_paper(number) for number in range(1, 31)]))
    shelf.sync.catch_up()
    app = ReadlistApp(shelf, Config(), KeyMap())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *["space"] * 21, "s")
        assert isinstance(app.screen, Question) and "Star 21 papers?" in screen_text(app)
        await press(pilot, "n")
        assert shelf.library.counts().starred == 0
        await press(pilot, "s", "y")
        assert shelf.library.counts().starred == 21
        assert "Starred 21 papers. u: undo" in said(app)
        await press(pilot, "u")
        assert shelf.library.counts().starred == 0
    shelf.close()


@pytest.mark.usefixtures("hurried")
async def test_marks_go_on_while_another_process_holds_the_library(
    app: ReadlistApp, shelf: Shelf, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    async with app.run_test(size=SIZE) as pilot:
        # At the start the library is waited for.
        await quiet(pilot)
        other.execute("begin exclusive")
        await press(pilot, "s")
        assert stored(shelf, 1).mark.starred
        assert "★" in screen_text(app) or "*" in screen_text(app)
        assert shelf.library.counts().starred == 0
        await press(pilot, "u")
        assert not stored(shelf, 1).mark.starred
        await press(pilot, "s")
        other.execute("rollback")

        def followed() -> bool:
            shelf.sync.follow()
            return shelf.library.counts().starred == 1

        # The screen follows, too: each waits but a moment for the other.
        await until(followed)
    other.close()
