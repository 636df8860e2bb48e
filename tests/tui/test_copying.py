"""Copying and opening what is selected."""

from __future__ import annotations

import pytest

from readlist.tui import desktop
from readlist.tui.app import ReadlistApp
from tests.tui.test_reading import SIZE, press, toasts


@pytest.fixture(autouse=True)
def _no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the terminal takes a copy here."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened."""
    opened: list[str] = []

    async def remember(url: str) -> str:
        opened.append(url)
        return "No display to open a browser on." if url.endswith("00004") else ""

    monkeypatch.setattr(desktop, "open_url", remember)
    return opened


async def test_of_a_selection_all_repo_links_are_copied_and_counted(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *["space"] * 4, "G", "y")
        assert app.clipboard == "https://github.com/lab/code-2\nhttps://github.com/lab/code-4"
        assert "2 repo links (2 papers have none)" in toasts(app)
        await press(pilot, "escape", "escape", "g", "j", "space", "y")
        assert app.clipboard == "https://github.com/lab/code-2"
        assert "Repo link" in toasts(app)


async def test_a_selection_without_any_repo_copies_nothing(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "j", "space", "j", "y")
        assert app.clipboard == ""
        assert "None of the 2 papers selected has a repo link" in toasts(app)


async def test_one_selected_paper_is_copied_wherever_the_cursor_is(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "j", "space", "g", "y")
        assert app.clipboard == "https://lab.github.io/page-3"
        assert "Project page" in toasts(app)


async def test_a_handful_of_selected_papers_is_opened_and_no_more(app: ReadlistApp, opened: list[str]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "space", "space", "o")
        assert opened == [f"https://arxiv.org/abs/2608.{paper:05}" for paper in (1, 2, 3)]
        assert "Opened 3 pages" in toasts(app)
        opened.clear()
        await press(pilot, "O")
        assert opened == ["https://github.com/lab/code-2"]
        opened.clear()
        await press(pilot, "space", "space", "space", "o")
        assert opened == []
        assert "6 pages are too many to open together: select at most 5" in toasts(app)
        await press(pilot, "O")
        assert opened == [f"https://github.com/lab/code-{paper}" for paper in (2, 4, 6)]


async def test_what_can_not_be_opened_is_said_once(app: ReadlistApp, opened: list[str]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "j", "space", "space", "space", "o")
        assert len(opened) == 2
        assert toasts(app).count("No display") == 1
        await press(pilot, "escape", "g", "space", "j", "space", "O")
        assert "None of the 2 papers selected has a repo" in toasts(app)
