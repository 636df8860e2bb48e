"""The app with twelve papers, run without a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual import _wait, strip

from readlist.config import Config
from readlist.shelf import Shelf
from readlist.tui import screen
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_batch, make_paper, make_shelf

MakeApp = Callable[..., ReadlistApp]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with twelve unread papers of one day."""
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([make_paper(number) for number in range(1, 13)]))
    made.sync.catch_up()
    yield made
    made.close()


@pytest.fixture
def app(shelf: Shelf) -> ReadlistApp:
    """The app on that shelf."""
    return ReadlistApp(shelf, Config(), KeyMap())


@pytest.fixture(autouse=True)
def _quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pilot look whether all is quiet after 4 ms instead of 20, of which each key costs it two."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", _wait.SLEEP_GRANULARITY / 5)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", _wait.SLEEP_IDLE / 5)


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show no progress of what takes long but for a busy machine, and let keys wait for an undo as long."""
    monkeypatch.setattr("readlist.tui.widgets.status_line._SHOWN_AFTER", 60.0)
    monkeypatch.setattr("readlist.tui.controllers.marks._LONGEST_WAIT", 60.0)


@pytest.fixture(autouse=True)
def _unlearned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn nothing a second after the start, which is at any point of a test: `filled` does, where it is wanted."""
    monkeypatch.setattr(screen, "_LEARNED_AFTER", 3_600.0)


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the colours of a terminal that shows them all, whichever one the tests are run in."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


class _NoCache:
    """Keeps nothing."""

    def get(self, key: object) -> None:
        """Return that nothing was kept."""

    def __setitem__(self, key: object, value: object) -> None:
        """Keep nothing."""


@pytest.fixture(autouse=True)
def _light_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no caches for what is drawn but once or twice: seven for each line are a sixth of the time of a test."""
    nothing = _NoCache()
    monkeypatch.setattr(strip, "FIFOCache", lambda size: nothing)
