"""Exporting from the screen, and copying references, by keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pybtex.database import parse_string  # type: ignore[import-untyped]
from textual import events
from textual.pilot import Pilot

from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.dialog import Choice, Prompt, Question
from tests.support.tui import SIZE, Fill, press, quiet, said, screen_text, stored


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home is a folder of the test; only the terminal takes a copy."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


async def take(pilot: Pilot[None], offer: str) -> None:
    """Take an offer of the menu that is open by its number, or the one's letter that has none."""
    choice = pilot.app.screen
    assert isinstance(choice, Choice)
    place = next(place for place, (what, _) in enumerate(choice._offers) if what.startswith(offer))
    await press(pilot, [*choice._numbers, *choice._letters][place])


async def type_path(pilot: Pilot[None], path: str) -> None:
    """Type a path and take it."""
    await press(pilot, Fill(path), "enter")


@pytest.mark.slow
async def test_the_view_is_written_under_a_free_name_that_is_offered(app: ReadlistApp, home: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "X")
        assert "Export 12 papers as" in screen_text(app)
        await take(pilot, "BibTeX")
        assert isinstance(app.screen, Prompt) and "~/inbox.bib" in screen_text(app)
        await press(pilot, "enter")
        assert f"Exported 12 papers as BibTeX to {home}/inbox.bib" in said(app)
        entries = parse_string((home / "inbox.bib").read_text(encoding="utf-8"), "bibtex").entries
        assert len(entries) == 12
        await press(pilot, "X")
        await take(pilot, "BibTeX")
        assert "~/inbox-2.bib" in screen_text(app)


async def test_keys_typed_ahead_of_the_next_question_are_its_own(
    app: ReadlistApp, shelf: Shelf, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    async with app.run_test(size=SIZE) as pilot:
        await quiet(pilot)
        for key, character in (("X", "X"), ("2", "2"), ("x", "x"), ("s", "s"), ("enter", "\r")):
            app.post_message(events.Key(key, character).set_sender(app))
        await quiet(pilot)
        assert "Exported 12 papers as RIS to xs" in said(app)
        assert not stored(shelf, 1).mark.read and not stored(shelf, 1).mark.starred


@pytest.mark.slow
async def test_nothing_is_replaced_unasked_and_another_name_is_offered(app: ReadlistApp, home: Path) -> None:
    (home / "a.json").write_text("mine", encoding="utf-8")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "X")
        await take(pilot, "CSL-JSON")
        await type_path(pilot, "~/a.json")
        assert isinstance(app.screen, Question) and "Overwrite " in screen_text(app)
        await press(pilot, "n")
        assert (home / "a.json").read_text(encoding="utf-8") == "mine"
        assert isinstance(app.screen, Prompt) and "a-2.json" in screen_text(app)
        await type_path(pilot, "~/a.json")
        await press(pilot, "y")
        assert len(json.loads((home / "a.json").read_text(encoding="utf-8"))) == 12


async def test_an_impossible_path_is_reported_while_it_can_be_corrected(app: ReadlistApp, home: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "X")
        await take(pilot, "RIS")
        await type_path(pilot, "~/no/a.ris")
        assert isinstance(app.screen, Prompt) and "no such folder" in screen_text(app)
        await press(pilot, "ctrl+u")
        await type_path(pilot, "~")
        assert isinstance(app.screen, Prompt) and "is a folder, not a file" in screen_text(app)
        await press(pilot, "escape")
        assert list(home.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(("offer", "starts"), [("BibTeX", "@misc{adaauthor12026sparse-"), ("RIS", "TY  - UNPB\n")])
async def test_references_of_the_paper_and_of_a_selection_are_copied(
    app: ReadlistApp, shelf: Shelf, offer: str, starts: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "Y")
        await take(pilot, offer)
        assert app.clipboard.startswith(starts)
        assert app.clipboard.count("Ben") == 1
        await press(pilot, "escape", "space", "space", "space", "Y")
        assert "Copy from 3 papers" in screen_text(app)
        await take(pilot, offer)
        assert app.clipboard.count("Ben") == 3
        assert f"{offer} of 3 papers" in screen_text(app) + said(app)
