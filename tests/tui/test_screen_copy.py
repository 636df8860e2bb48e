"""Copying and opening what is selected."""

from __future__ import annotations

import pytest

from readlist.model.paper import Link
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.controllers import copy as copying
from readlist.tui.desktop import browser
from tests.support.papers import DAY, make_batch, make_paper
from tests.support.tui import SIZE, press, said


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

    monkeypatch.setattr(browser, "open_url", remember)
    return opened


@pytest.mark.slow
async def test_of_a_selection_all_repo_links_are_copied_and_counted(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *["space"] * 4, "G", "y")
        assert app.clipboard == "https://github.com/lab/code-2\nhttps://github.com/lab/code-4"
        assert "2 repo links (2 papers have none)" in said(app)
        await press(pilot, "escape", "escape", "g", "j", "space", "y")
        assert app.clipboard == "https://github.com/lab/code-2"
        assert "repo link to" in said(app)


def _add(shelf: Shelf, *addresses: str) -> None:
    """Put papers on top of the list, each with one address as its repo."""
    papers = [
        make_paper(100 + place, title=f"Hidden {place}", links=(Link(address, "repo"),))
        for place, address in enumerate(addresses)
    ]
    shelf.papers.add(make_batch(papers, feed="Stranger", day=DAY.replace(day=2)))


async def test_an_address_that_hides_its_host_is_opened_at_the_second_press(
    app: ReadlistApp, shelf: Shelf, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = ["https://github.com@evil.example/x", "https://xn--rxiv-43d.org/", "http://2130706433/"]
    _add(shelf, *hidden)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "O")
        assert opened == []
        assert "This leads to evil.example: it names a user before its host, `github.com`. Not opened" in said(app)
        await press(pilot, "j", "O")
        assert opened == []
        assert "This leads to аrxiv.org (xn--rxiv-43d.org): its host only looks like arxiv.org" in said(app)
        await press(pilot, "O")
        assert opened == hidden[1:2]
        await press(pilot, "k", "O")
        assert opened == hidden[1:2]
        await press(pilot, "O")
        assert opened == [hidden[1], hidden[0]]
        monkeypatch.setattr(copying, "_WARNED", 0.0)
        await press(pilot, "O")
        assert opened == [hidden[1], hidden[0]]


async def test_a_copied_address_is_named_by_its_true_host(app: ReadlistApp, shelf: Shelf) -> None:
    _add(shelf, "https://github.com@evil.example/x")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "y")
        assert app.clipboard == "https://github.com@evil.example/x"
        assert "repo link of evil.example (beware: it names a user before its host, `github.com`)" in said(app)
