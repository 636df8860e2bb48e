"""Copying and opening what is selected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from readlist.config import Config, load
from readlist.model.paper import Link
from readlist.shelf import Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.controllers import open as opening
from readlist.tui.desktop import browser
from readlist.tui.dialogs.dialog import Choice
from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.bars import LinkBar
from tests.support.papers import DAY, make_batch, make_paper
from tests.support.tui import SIZE, number, press, said, screen_text


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
        assert "Sent 2 repo links to your terminal's clipboard. Did it arrive? y yes · n no" in screen_text(app)
        await press(pilot, "escape", "escape", "g", "j", "space", "y")
        assert app.clipboard == "https://github.com/lab/code-2"
        assert "Sent repo link to" in screen_text(app)


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
        monkeypatch.setattr(opening, "_WARNED", 0.0)
        await press(pilot, "O")
        assert opened == [hidden[1], hidden[0]]


async def test_a_copied_address_is_named_by_its_true_host(app: ReadlistApp, shelf: Shelf) -> None:
    _add(shelf, "https://github.com@evil.example/x")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "y")
        assert app.clipboard == "https://github.com@evil.example/x"
        assert "repo link of evil.example (beware: it names a user before its host, `github.com`)" in screen_text(app)


async def test_over_ssh_it_is_asked_once_in_one_line_whether_a_copy_arrived(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "j", "y")
        assert app.clipboard == "https://github.com/lab/code-2"
        asked = "Sent repo link to your terminal's clipboard. Did it arrive? y yes · n no"
        assert asked in screen_text(app) and app.screen is app.reading
        assert app.reading.query_one(LinkBar).size.height == 1
        # Another key does its work, and the question goes.
        await press(pilot, "k")
        assert not app.reading.query(LinkBar) and number(app.reading.state.entry) == 1
        await press(pilot, "y", "y")
        assert not app.reading.query(LinkBar)
        assert app.clipboard == "https://arxiv.org/abs/2608.00001"
        assert load(settings).clipboard == "osc52"
        await press(pilot, "n", "y")
        assert number(app.reading.state.entry) == 2 and not app.reading.query(LinkBar)
        assert "Copied repo link github.com/lab/code-2 → terminal" in said(app)


async def test_a_copy_that_does_not_arrive_is_shown_until_the_next_key(shelf: Shelf, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    app = ReadlistApp(shelf, Config(), KeyMap(), settings)
    async with app.run_test(size=(60, 20)) as pilot:
        await press(pilot, "j", "y", "n")
        assert number(app.reading.state.entry) == 2, "the answer moves nothing"
        lines = [line.strip() for line in screen_text(app).splitlines()]
        place = lines.index("https://github.com/lab/code-2")
        assert lines[place - 1] == "Shift-drag to copy · any key closes"
        assert load(settings).clipboard == "show"
        for key, row in (("s", 2), ("w", 2), ("escape", 2), ("n", 3)):
            await press(pilot, "y")
            assert app.reading.query(LinkBar)
            await press(pilot, key)
            assert not app.reading.query(LinkBar) and number(app.reading.state.entry) == row, key
        await press(pilot, "y", "k", "y")
        assert "https://lab.github.io/page-3" not in screen_text(app)
        assert "https://github.com/lab/code-2" in screen_text(app)


async def test_the_copy_menu_shows_names_and_values_in_columns(app: ReadlistApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "G", *"kkkkkk", "Y")
        assert isinstance(app.screen, Choice)
        names = re.compile(r"\d +(Repo link|Paper page|Title|BibTeX) ")
        rows = [line[found.start() :] for line in screen_text(app).splitlines() if (found := names.search(line))]
        values = ("github.com/lab/code-6", "arxiv.org/abs/2608.00006", "Robust attention", "adaauthor62026robust")
        assert len({line.index(value) for line, value in zip(rows, values, strict=True)}) == 1
        await press(pilot, *"jjjjjjjj", "enter")
        assert app.clipboard == "https://lab.github.io/page-6"


@pytest.mark.slow
async def test_what_is_shown_to_be_copied_names_the_true_host_and_survives_any_size(
    shelf: Shelf, tmp_path: Path
) -> None:
    _add(shelf, "https://github.com@evil.example/x")
    config = Config(clipboard="show")
    app = ReadlistApp(shelf, config, KeyMap(), tmp_path / "config.toml")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g", "y")
        assert "repo link of evil.example (beware: " in screen_text(app)
        for size in ((1, 1), (20, 5), (200, 60), (40, 12)):
            await pilot.resize_terminal(*size)
            await press(pilot, "M")
            await pilot.resize_terminal(*reversed(size))
            await press(pilot, "escape", "y")
            assert app.reading.query(LinkBar) and app.fault is None
    assert app.clipboard == "https://github.com@evil.example/x"
