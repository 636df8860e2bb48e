"""Controllers made when they are needed first."""

from __future__ import annotations

import pytest

from readlist.config import Config
from readlist.tui.commands import COMMANDS, READING
from readlist.tui.controllers.program import Controllers
from readlist.tui.loader import Loader
from tests.support.ui import FakeNoteField, FakePaneLayout, FakeSearchLine, FakeTerminal

NAMES = sorted({command.run.partition(".")[0] for command in COMMANDS if command.contexts & READING} | {"fetcher"})


@pytest.fixture
def controllers(loader: Loader, terminal: FakeTerminal) -> Controllers:
    """The controllers."""
    return Controllers(
        loader,
        terminal=terminal,
        search_line=FakeSearchLine(),
        note_field=FakeNoteField(),
        panes=FakePaneLayout(),
        config=Config(),
        settings=None,
        make_refresh=None,
    )


@pytest.mark.parametrize("name", NAMES)
async def test_each_is_made_once_of_the_parts_and_of_others(controllers: Controllers, name: str) -> None:
    assert not controllers.is_made(name)
    made = getattr(controllers, name)
    assert type(made).__name__ == name.capitalize()
    assert controllers.is_made(name) and getattr(controllers, name) is made


async def test_there_are_no_others(controllers: Controllers) -> None:
    assert not hasattr(controllers, "papers")
