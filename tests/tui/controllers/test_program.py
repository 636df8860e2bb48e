"""The program itself: help, palette, leaving."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from readlist.shelf import Shelf
from readlist.tui.controllers.past import Past
from readlist.tui.controllers.program import Program
from readlist.tui.controllers.search import Search
from readlist.tui.dialogs.help import Help
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.ui import FakeSearchLine, FakeTerminal, FakeUi


@pytest.fixture
def search(loader: Loader) -> Search:
    """What searches."""
    return Search(loader, FakeSearchLine())


@pytest.fixture
def program(search: Search, terminal: FakeTerminal, loader: Loader) -> Program:
    """The controller."""
    return Program(loader, search, terminal, lambda: Past(loader))


async def test_back_leaves_the_innermost_thing(
    program: Program, state: ListState, ui: FakeUi, search: Search, loader: Loader
) -> None:
    await search.find("sparse")
    state.selection = frozenset(state.ids)
    ui.context, ui.link = "detail", "https://example.com"
    await program.back()
    assert ui.link is None and ui.context == "detail"
    await program.back()
    assert ui.focused == "list" and state.selection
    await program.back()
    assert not state.selection and state.search
    await program.back()
    await loader.settled()
    assert not state.search and len(state.ids) == 12
    shown = len(ui.shown)
    await program.back()
    assert len(ui.shown) == shown


async def test_the_palette_carries_out_commands_and_sets_themes(
    program: Program, ui: FakeUi, terminal: FakeTerminal
) -> None:
    ui.answers = ["command:star", "theme:readlist-light", None]
    ui.context = "detail"
    for _ in range(3):
        await program.palette()
        await ui.settled()
    assert ui.commands == ["star"] and terminal.kept == ["readlist-light"] and ui.focused == "list"
    ui.answers = ["readlist-dark", None]
    for _ in range(2):
        await program.theme()
        await ui.settled()
    assert terminal.kept == ["readlist-light", "readlist-dark"]


async def test_the_help_is_shown(program: Program, ui: FakeUi) -> None:
    ui.answers = [None]
    program.help()
    await ui.settled()
    assert isinstance(ui.opened[0], Help)


async def test_leaving_asks_only_when_marks_would_be_lost(
    program: Program, ui: FakeUi, shelf: Shelf, terminal: FakeTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = SimpleNamespace(unsaved=("a", "b"), reason="No space left on device")
    monkeypatch.setattr(shelf.marks, "status", lambda: status)
    ui.answers = [False, True]
    await program.quit()
    await ui.settled()
    assert not terminal.ended
    assert ui.asked[0].startswith("Not saved yet: marks of 2 papers (No space left on device).")
    await program.quit()
    await ui.settled()
    assert terminal.ended
    monkeypatch.undo()
    terminal.ended = False
    await program.quit()
    assert terminal.ended and len(ui.asked) == 2


def test_suspend_goes_to_the_shell(program: Program, terminal: FakeTerminal) -> None:
    program.suspend()
    assert terminal.suspended
