"""Settings are changed from a menu, and back by undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import load
from readlist.tui.controllers.settings import Settings
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.ui import FakeUi


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The file of the settings."""
    path = tmp_path / "config.toml"
    path.write_text('# mine\nrefresh = "90m"\n', encoding="utf-8")
    return path


async def test_a_setting_is_changed_and_that_is_undone(
    loader: Loader, state: ListState, ui: FakeUi, settings: Path
) -> None:
    ui.answers = ["quiet", "true", "refresh", "never", "sort", "title"]
    for _ in range(3):
        Settings(loader, settings).choose()
        await ui.settled()
    assert ui.asked[0] == "Settings" and ui.said[0] == "quiet = true from the next start. u: undo"
    config = load(settings)
    assert config.quiet and config.refresh is None and config.sort == "title"
    assert settings.read_text(encoding="utf-8").startswith("# mine\n")
    assert state.undo_here is not None
    await state.undo_here()
    assert load(settings).sort == "feed" and ui.said[-1] == "sort = feed from the next start."


async def test_values_are_shown_as_they_are_written(loader: Loader, ui: FakeUi, settings: Path) -> None:
    ui.answers = ["theme"]
    Settings(loader, settings).choose()
    await ui.settled()
    shown = dict(ui.offers)
    assert shown["refresh"].startswith("90m ") and shown["mouse"].startswith("true ")
    settings.write_text("quiet = 3", encoding="utf-8")
    Settings(loader, settings).choose()
    assert ui.failures == ui.said[-1:] and "`quiet` must be true or false" in ui.said[-1]
