"""Copying: what, from which papers, where it went, and whether it arrived."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import Config, load
from readlist.model.paper import Link
from readlist.shelf import Shelf
from readlist.tui.controllers.copy import Copy
from readlist.tui.desktop import clipboard
from readlist.tui.desktop.clipboard import Copied
from readlist.tui.loader import Loader
from readlist.tui.render.signs import ASCII_SIGNS
from readlist.tui.state import ListState
from tests.support.papers import DAY, make_batch, make_paper
from tests.support.ui import FakeTerminal, FakeUi


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied, surely."""
    copied: list[str] = []

    async def remember(text: str, name: str, lacking: str = "", **_: object) -> Copied:
        copied.append(text)
        return Copied(("xclip",), True, f"Copied {name} → xclip{lacking}")

    monkeypatch.setattr(clipboard, "copy", remember)
    return copied


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The user's config.toml."""
    return tmp_path / "config.toml"


@pytest.fixture
def copy(terminal: FakeTerminal, loader: Loader, settings: Path) -> Copy:
    """The controller, with the cursor on paper 1, which has neither repo nor project page."""
    return Copy(loader, terminal, Config(), settings)


@pytest.fixture
def over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where only the terminal could take a copy."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")


def select(state: ListState, *rows: int) -> None:
    """Select the papers of some rows, from 1."""
    state.selection = frozenset(state.ids[row - 1] for row in rows)


@pytest.mark.parametrize(
    ("row", "url", "what"),
    [
        (1, "arxiv.org/abs/2608.00001", "paper page"),
        (2, "github.com/lab/code-2", "repo link"),
        (3, "lab.github.io/page-3", "project page"),
    ],
)
async def test_the_best_link_is_copied_and_named(
    copy: Copy, state: ListState, ui: FakeUi, copied: list[str], row: int, url: str, what: str
) -> None:
    state.cursor = row - 1
    await copy.copy_link()
    await ui.settled()
    assert copied == [f"https://{url}"]
    assert ui.said == [f"Copied {what} {url} → xclip"]
    assert ui.link is None


async def test_without_a_paper_that_is_said(copy: Copy, state: ListState, ui: FakeUi) -> None:
    state.show([])
    await copy.copy_link()
    await copy.copy_menu()
    assert ui.said == ["No paper here."] * 2


async def test_of_a_selection_all_links_of_the_best_kind_are_copied(
    copy: Copy, state: ListState, ui: FakeUi, copied: list[str]
) -> None:
    select(state, 1, 2, 3, 4)
    await copy.copy_link()
    await ui.settled()
    assert copied == ["https://github.com/lab/code-2\nhttps://github.com/lab/code-4"]
    assert ui.said == ["Copied 2 repo links → xclip (2 papers have none)"]
    select(state, 1, 5)
    await copy.copy_link()
    await ui.settled()
    assert ui.said[-1] == "Copied 2 paper pages → xclip"


async def test_with_ascii_the_arrow_is_drawn_with_ascii(copy: Copy, ui: FakeUi, copied: list[str]) -> None:
    ui.signs = ASCII_SIGNS
    await copy.copy_link()
    await ui.settled()
    assert copied and ui.said == ["Copied paper page arxiv.org/abs/2608.00001 -> xclip"]


@pytest.mark.usefixtures("over_ssh")
class TestArrival:
    async def test_it_is_asked_for_once_and_trusted_from_then_on(
        self, copy: Copy, state: ListState, ui: FakeUi, terminal: FakeTerminal, settings: Path, loader: Loader
    ) -> None:
        state.cursor = 1
        settings.write_text("# mine\nmouse = false\n")
        await copy.copy_link()
        await ui.settled()
        assert terminal.copied == [ui.link] == ["https://github.com/lab/code-2"]
        assert ui.link_asks and ui.link_says == "Sent repo link to your terminal's clipboard" and ui.said == []
        await copy.arrived(True)
        assert ui.link is None and ui.said == ["Copied repo link → terminal. readlist won't ask again."]
        assert settings.read_text() == '# mine\nmouse = false\nclipboard = "osc52"\n'
        for controller in (copy, Copy(loader, terminal, load(settings), settings)):
            await controller.copy_link()
            await ui.settled()
            assert ui.said[-1] == "Copied repo link github.com/lab/code-2 → terminal" and ui.link is None

    async def test_what_does_not_arrive_is_shown_at_each_copy(
        self, copy: Copy, state: ListState, ui: FakeUi, terminal: FakeTerminal, settings: Path, loader: Loader
    ) -> None:
        await copy.copy_link()
        await ui.settled()
        await copy.arrived(False)
        assert (ui.link, ui.link_asks, ui.link_says) == ("https://arxiv.org/abs/2608.00001", False, "")
        state.cursor = 1
        for controller in (copy, Copy(loader, terminal, load(settings), settings)):
            await controller.copy_link()
            await ui.settled()
            assert (ui.link, ui.link_asks) == ("https://github.com/lab/code-2", False)
        assert ui.said == []

    async def test_an_answer_that_can_not_be_kept_still_holds(
        self, copy: Copy, ui: FakeUi, settings: Path, terminal: FakeTerminal
    ) -> None:
        settings.write_text("mouse = 3\n")
        await copy.copy_link()
        await ui.settled()
        await copy.arrived(True)
        assert ui.failures == [f"Answer not saved: {settings}, line 1: `mouse` must be true or false, not 3"]
        await copy.copy_link()
        await ui.settled()
        assert ui.said[-1].startswith("Copied paper page") and len(terminal.copied) == 2

    async def test_no_other_papers_link_is_shown(
        self, copy: Copy, state: ListState, ui: FakeUi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def slow(text: str, name: str, *_: object, **__: object) -> Copied:
            state.cursor = 1
            return Copied(("terminal",), False, "Sent it")

        monkeypatch.setattr(clipboard, "copy", slow)
        await copy.copy_link()
        await ui.settled()
        assert ui.link is None and ui.said == ["Sent it"]

    async def test_what_is_too_long_for_a_terminal_is_an_error(
        self, copy: Copy, state: ListState, ui: FakeUi, shelf: Shelf, loader: Loader
    ) -> None:
        shelf.papers.add(make_batch([make_paper(50, abstract="word " * 20_000)], feed="New", day=DAY.replace(day=2)))
        loader.ask()
        await loader.settled()
        monkey = clipboard._TERMINAL_LIMIT
        try:
            clipboard._TERMINAL_LIMIT = 1000
            ui.answers.append("Abstract")
            await copy.copy_menu()
            await ui.settled()
        finally:
            clipboard._TERMINAL_LIMIT = monkey
        assert ui.failures == ["Not copied: no clipboard found"] and ui.link is not None and not ui.link_asks
        assert ui.link_says == "Not copied: no clipboard found"


class TestMenu:
    async def test_it_offers_what_there_is_of_the_paper_with_its_values(
        self, copy: Copy, state: ListState, ui: FakeUi, copied: list[str]
    ) -> None:
        state.cursor = 1
        for answer in ("Title", "Repo", None, "Markdown"):
            ui.answers.append(answer)
            await copy.copy_menu()
            await ui.settled()
        assert ui.asked[0] == "Copy: Recurrent attention number 2"
        assert [name for name, _ in ui.offers] == [
            "Repo link", "Paper page", "PDF link", "Markdown link", "Title", "Citation", "BibTeX", "Abstract", "RIS",
            "CSL-JSON",
        ]  # fmt: skip
        assert dict(ui.offers)["PDF link"] == "arxiv.org/pdf/2608.00002"
        assert dict(ui.offers)["BibTeX"] == "adaauthor22026recurrent-2608.00002"
        page = "https://arxiv.org/abs/2608.00002"
        title = "Recurrent attention number 2"
        assert copied == [title, "https://github.com/lab/code-2", f"[{title}]({page})"]
        assert ui.said[0] == "Copied title → xclip"

    async def test_other_links_of_a_paper_are_below(
        self, copy: Copy, state: ListState, ui: FakeUi, shelf: Shelf, loader: Loader, copied: list[str]
    ) -> None:
        links = (Link("https://github.com/a/b", "repo"), Link("https://github.com/c/d", "repo"),
                 Link("https://zenodo.org/1", "data"))  # fmt: skip
        shelf.papers.add(make_batch([make_paper(50, links=links)], feed="New", day=DAY.replace(day=2)))
        loader.ask()
        await loader.settled()
        ui.answers.append("Data")
        await copy.copy_menu()
        await ui.settled()
        assert ui.offers[-2:] == [("Repo link", "github.com/c/d"), ("Data link", "zenodo.org/1")]
        assert copied == ["https://zenodo.org/1"]

    async def test_of_a_selection_it_has_that_scope_alone(
        self, copy: Copy, state: ListState, ui: FakeUi, copied: list[str]
    ) -> None:
        state.cursor = 3
        select(state, 1, 2, 3)
        for answer in ("RIS", "Repo"):
            ui.answers.append(answer)
            await copy.copy_menu()
            await ui.settled()
        assert ui.asked == ["Copy from 3 papers"] * 2
        assert dict(ui.offers)["Repo link"] == "1 of 3  github.com/lab/code-2"
        assert dict(ui.offers)["Title"] == "3       Sparse attention number 1"
        assert not any("code-4" in value for _, value in ui.offers)
        assert ui.said == [
            "Copied RIS of 3 papers → xclip",
            "Copied 1 repo link github.com/lab/code-2 → xclip (2 papers have none)",
        ]
        assert copied[0].count("TY  - UNPB\n") == 3


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "https://lab.org/\x1b]0;x\x07"])
async def test_nothing_but_addresses_of_the_web_is_copied(
    copy: Copy, shelf: Shelf, loader: Loader, ui: FakeUi, copied: list[str], address: str
) -> None:
    papers = [make_paper(100, title="Hidden", links=(Link(address, "repo"),))]
    shelf.papers.add(make_batch(papers, feed="Stranger", day=DAY.replace(day=2)))
    loader.ask()
    await loader.settled()
    await copy.copy_link()
    await ui.settled()
    assert copied == []
    assert ui.failures[0].startswith("Not copied: not an http or https address: ")
    assert "\x1b" not in ui.failures[0]


async def test_more_papers_than_can_be_loaded_at_once_are_not_copied(
    copy: Copy, state: ListState, ui: FakeUi, copied: list[str]
) -> None:
    state.selection = frozenset(range(1, 1_002))
    await copy.copy_link()
    await copy.copy_menu()
    await ui.settled()
    assert ui.said == ["1,001 papers are selected, this is for up to 1,000. X: export them"] * 2
    assert not copied and not ui.asked
