"""Copying and opening what is selected."""

from __future__ import annotations

import pytest

from readlist.model.paper import Link
from readlist.shelf import Shelf
from readlist.tui import desktop
from readlist.tui.app import ReadlistApp
from readlist.tui.controllers import copy as copying
from tests.support.papers import DAY, make_batch, make_paper
from tests.support.tui import SIZE, press, toasts


@pytest.fixture(autouse=True)
def _no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the terminal takes a copy here."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened."""
    opened: list[str] = []

    async def remember(url: str, *, sure: bool) -> str:
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
        assert "Opened 3 pages: arxiv.org" in toasts(app)
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


def _add(shelf: Shelf, *addresses: str) -> None:
    """Put papers on top of the list, each with one address as its repo."""
    papers = [
        make_paper(100 + place, title=f"Hidden {place}", links=(Link(address, "repo"),))
        for place, address in enumerate(addresses)
    ]
    shelf.papers.add(make_batch(papers, feed="Stranger", day=DAY.replace(day=2)))


async def test_an_opened_address_is_told_by_its_host(app: ReadlistApp, opened: list[str]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "o")
        assert opened == ["https://arxiv.org/abs/2608.00001"]
        assert "Opened arxiv.org\nhttps://arxiv.org/abs/2608.00001" in toasts(app)


async def test_an_address_that_hides_its_host_is_opened_at_the_second_press(
    app: ReadlistApp, shelf: Shelf, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = ["https://github.com@evil.example/x", "https://xn--rxiv-43d.org/", "http://2130706433/"]
    _add(shelf, *hidden)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "O")
        assert opened == []
        assert "This leads to evil.example: it names a user before its host, `github.com`. Not opened" in toasts(app)
        await press(pilot, "j", "O")
        assert opened == []
        assert "This leads to аrxiv.org (xn--rxiv-43d.org): its host only looks like arxiv.org" in toasts(app)
        await press(pilot, "O")
        assert opened == hidden[1:2]
        await press(pilot, "k", "O")
        assert opened == hidden[1:2]
        await press(pilot, "O")
        assert opened == [hidden[1], hidden[0]]
        monkeypatch.setattr(copying, "_WARNED", 0.0)
        await press(pilot, "O")
        assert opened == [hidden[1], hidden[0]]


async def test_a_copied_address_is_told_by_its_true_host(app: ReadlistApp, shelf: Shelf) -> None:
    _add(shelf, "https://github.com@evil.example/x")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "y")
        assert app.clipboard == "https://github.com@evil.example/x"
        assert "Repo link of evil.example (beware: it names a user before its host, `github.com`)" in toasts(app)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "https://lab.org/\x1b]0;x\x07"])
async def test_nothing_but_addresses_of_the_web_is_copied_or_opened(
    app: ReadlistApp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("BROWSER", "touch")
    _add(shelf, address)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "y", "Y", "enter")
        assert app.clipboard == ""
        assert "only http and https addresses are" in toasts(app)
        await press(pilot, "O", "O")
        assert "Opened" not in toasts(app)
