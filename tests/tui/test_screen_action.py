"""The user's actions on the screen: by key, from the menu and the palette, and in the help."""

from __future__ import annotations

import sys

import pytest

from readlist.config import Action, Config
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.dialog import Choice
from readlist.tui.keymap import KeyMap
from tests.support.tui import SIZE, press, quiet, said, screen_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses sh")

ACTIONS = (
    Action("Zotero", "Z", ("sh", "-c", 'printf "added \\033[2J$1\\n"', "sh", "{arxiv}")),
    Action("Odd [b]name[/b]", "", ("sh", "-c", "echo odd")),
)


@pytest.fixture
def app(shelf: Shelf) -> ReadlistApp:
    """The app with two actions."""
    return ReadlistApp(shelf, Config(actions=ACTIONS), KeyMap(actions=ACTIONS))


async def test_an_action_is_run_by_its_key_in_list_and_detail(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "Z")
        assert "Zotero: added 2608.00002" in screen_text(app)
        await press(pilot, "j", "enter", "Z")
        assert "Zotero: added 2608.00003" in screen_text(app)
        assert app.fault is None


async def test_it_is_in_the_menu_the_palette_and_the_help(app: ReadlistApp) -> None:
    async with app.run_test(size=(120, 150)) as pilot:
        await press(pilot, "M")
        assert isinstance(app.screen, Choice)
        text = screen_text(app)
        assert "Odd [b]name[/b]" in text and "(Z)" in text and "Hugging Face" in text
        await press(pilot, "escape", "question_mark")
        text = screen_text(app)
        assert "Your actions" in text and "Run sh -c printf" in text
        await press(pilot, "escape", "colon", *"odd")
        await press(pilot, "enter")
        await quiet(pilot)
        assert "Odd [b]name[/b]: odd" in said(app)
