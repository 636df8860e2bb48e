"""Copying and opening."""

from __future__ import annotations

import pytest

from readlist.model.paper import Link
from readlist.shelf import Shelf
from readlist.tui.controllers.copy import Copy
from readlist.tui.desktop import browser, clipboard
from readlist.tui.desktop.clipboard import Copied
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import DAY, make_batch, make_paper
from tests.support.ui import FakeTerminal, FakeUi


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied, surely."""
    copied: list[str] = []

    async def remember(text: str, name: str, **_: object) -> Copied:
        copied.append(text)
        return Copied(("xclip",), True, f"Copied {name}.")

    monkeypatch.setattr(clipboard, "copy", remember)
    return copied


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened."""
    opened: list[str] = []

    async def remember(url: str, *, sure: bool) -> str:
        opened.append(url)
        return "No display to open a browser on." if url.endswith("00004") else ""

    monkeypatch.setattr(browser, "open_url", remember)
    return opened


@pytest.fixture
def copy(terminal: FakeTerminal, loader: Loader) -> Copy:
    """The controller, with the cursor on paper 1, which has neither repo nor project page."""
    return Copy(loader, terminal)


def select(state: ListState, *rows: int) -> None:
    """Select the papers of some rows, from 1."""
    state.selection = frozenset(state.ids[row - 1] for row in rows)


@pytest.mark.parametrize(
    ("row", "url", "what"),
    [
        (1, "https://arxiv.org/abs/2608.00001", "paper page"),
        (2, "https://github.com/lab/code-2", "repo link"),
        (3, "https://lab.github.io/page-3", "project page"),
    ],
)
async def test_the_best_link_is_copied(
    copy: Copy, state: ListState, ui: FakeUi, copied: list[str], row: int, url: str, what: str
) -> None:
    state.cursor = row - 1
    copy.copy_link()
    await ui.settled()
    assert copied == [url]
    assert ui.said == [f"Copied {what}.\n{url}"]
    assert ui.link is None


async def test_of_a_selection_all_repo_links_are_copied(
    copy: Copy, state: ListState, ui: FakeUi, copied: list[str]
) -> None:
    select(state, 1, 2, 3, 4)
    copy.copy_link()
    await ui.settled()
    assert copied == ["https://github.com/lab/code-2\nhttps://github.com/lab/code-4"]
    assert ui.said[0].startswith("Copied 2 repo links (2 papers have none) of github.com.")
    select(state, 1, 3)
    copy.copy_link()
    assert ui.said[-1] == "None of the 2 papers selected has a repo link."


async def test_a_link_of_which_nothing_is_sure_is_shown_large_on_its_paper(
    copy: Copy, state: ListState, ui: FakeUi, terminal: FakeTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    copy.copy_link()
    await ui.settled()
    assert terminal.copied == [ui.link] == ["https://arxiv.org/abs/2608.00001"]

    async def slow(text: str, name: str, **_: object) -> Copied:
        state.cursor = 1
        return Copied((), False, "not copied.")

    monkeypatch.setattr(clipboard, "copy", slow)
    copy.copy_link()
    await ui.settled()
    assert ui.link is None


async def test_the_menu_offers_all_there_is(copy: Copy, state: ListState, ui: FakeUi, copied: list[str]) -> None:
    state.cursor = 1
    for answer in ("Title", "Repo", None, "Citation"):
        ui.answers.append(answer)
        copy.copy_menu()
        await ui.settled()
    assert [name for name, _ in ui.offers] == [
        "Repo link", "Paper page", "Title", "Citation", "BibTeX", "RIS", "CSL-JSON",
    ]  # fmt: skip
    assert copied[:2] == ["Recurrent attention number 2", "https://github.com/lab/code-2"] and len(copied) == 3
    assert ui.said[:2] == [
        "Copied title.\nRecurrent attention number 2",
        "Copied repo link.\nhttps://github.com/lab/code-2",
    ]


async def test_references_of_all_selected_are_copied(
    copy: Copy, state: ListState, ui: FakeUi, copied: list[str]
) -> None:
    select(state, 1, 2, 3)
    ui.answers.append("RIS")
    copy.copy_menu()
    await ui.settled()
    assert "RIS of 3 papers" in [name for name, _ in ui.offers]
    assert ui.said[-1].startswith("Copied RIS of 3 papers.")
    assert copied[-1].count("TY  - UNPB\n") == 3


async def test_a_handful_of_selected_papers_is_opened_and_no_more(
    copy: Copy, state: ListState, ui: FakeUi, opened: list[str]
) -> None:
    select(state, 1, 2, 3)
    copy.open_paper()
    await ui.settled()
    assert opened == [f"https://arxiv.org/abs/2608.{paper:05}" for paper in (1, 2, 3)]
    assert ui.said[-1] == "Opened 3 pages: arxiv.org"
    select(state, *range(1, 7))
    copy.open_paper()
    assert ui.said[-1] == "Too many to open: 6 pages. Select at most 5 papers."
    select(state, 1, 3)
    copy.open_repo()
    assert ui.said[-1] == "None of the 2 papers selected has a repo."
    assert len(opened) == 3


async def test_what_can_not_open_is_reported_once(copy: Copy, state: ListState, ui: FakeUi, opened: list[str]) -> None:
    select(state, 3, 4, 5)
    copy.open_paper()
    await ui.settled()
    assert len(opened) == 2
    assert ui.failures == ["No display to open a browser on.\nhttps://arxiv.org/abs/2608.00004"]
    state.selection = frozenset()
    copy.open_repo()
    assert ui.said[-1] == "This paper has no repo link."


async def test_a_clicked_link_is_named_by_its_host(copy: Copy, ui: FakeUi, opened: list[str]) -> None:
    copy.open_link("https://lab.org/x")
    await ui.settled()
    assert opened == ["https://lab.org/x"] and ui.said == ["Opened lab.org\nhttps://lab.org/x"]


async def add_on_top(shelf: Shelf, loader: Loader, *addresses: str) -> None:
    """Put papers on top of the list, each with one address as its repo."""
    papers = [
        make_paper(100 + place, title=f"Hidden {place}", links=(Link(address, "repo"),))
        for place, address in enumerate(addresses)
    ]
    shelf.papers.add(make_batch(papers, feed="Stranger", day=DAY.replace(day=2)))
    loader.ask()
    await loader.settled()


async def test_an_address_that_hides_its_host_is_opened_at_the_second_press(
    copy: Copy, shelf: Shelf, loader: Loader, state: ListState, ui: FakeUi, opened: list[str]
) -> None:
    hidden = ["https://github.com@evil.example/x", "https://xn--rxiv-43d.org/"]
    await add_on_top(shelf, loader, *hidden)
    copy.open_repo()
    assert ui.failures[-1] == (
        "This leads to evil.example: it names a user before its host, `github.com`. "
        f"Not opened; press the same key again to open it.\n{hidden[0]}"
    )
    state.cursor = 1
    copy.open_repo()
    await ui.settled()
    assert opened == []
    copy.open_repo()
    await ui.settled()
    assert opened == [hidden[1]]
    state.cursor = 0
    copy.open_repo()
    await ui.settled()
    assert opened == [hidden[1]]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "https://lab.org/\x1b]0;x\x07"])
async def test_nothing_but_addresses_of_the_web_is_copied(
    copy: Copy,
    shelf: Shelf,
    loader: Loader,
    ui: FakeUi,
    copied: list[str],
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await add_on_top(shelf, loader, address)
    copy.copy_link()
    await ui.settled()
    assert copied == []
    assert ui.failures[0].startswith("Not copied: not an http or https address.")
    monkeypatch.setenv("BROWSER", "touch")
    for _ in range(2):
        copy.open_repo()
        await ui.settled()
    assert len(ui.failures) == 3 and not any(text.startswith("Opened") for text in ui.said)
