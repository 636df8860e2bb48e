"""Opening pages, PDFs and repos."""

from __future__ import annotations

import pytest

from readlist.model.paper import Link
from readlist.shelf import Shelf
from readlist.tui.controllers.open import Open
from readlist.tui.desktop import browser
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import DAY, make_batch, make_paper
from tests.support.ui import FakeUi


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
def opens(loader: Loader) -> Open:
    """The controller, with the cursor on paper 1, which has neither repo nor project page."""
    return Open(loader)


def select(state: ListState, *rows: int) -> None:
    """Select the papers of some rows, from 1."""
    state.selection = frozenset(state.ids[row - 1] for row in rows)


async def test_without_a_paper_that_is_said(opens: Open, state: ListState, ui: FakeUi) -> None:
    state.show([])
    for command in (opens.page, opens.pdf, opens.repo):
        command()
    assert ui.said == ["No paper here."] * 3


async def test_page_pdf_and_repo_are_opened(opens: Open, state: ListState, ui: FakeUi, opened: list[str]) -> None:
    state.cursor = 1
    for command in (opens.page, opens.pdf, opens.repo):
        command()
        await ui.settled()
    addresses = ["arxiv.org/abs/2608.00002", "arxiv.org/pdf/2608.00002", "github.com/lab/code-2"]
    assert opened == [f"https://{each}" for each in addresses]
    assert ui.said == [f"Opened {each}" for each in addresses]


async def test_a_handful_of_selected_papers_is_opened_and_no_more(
    opens: Open, state: ListState, ui: FakeUi, opened: list[str]
) -> None:
    select(state, 1, 2, 3)
    opens.page()
    await ui.settled()
    assert opened == [f"https://arxiv.org/abs/2608.{paper:05}" for paper in (1, 2, 3)]
    assert ui.said[-1] == "Opened 3 pages: arxiv.org"
    select(state, *range(1, 7))
    opens.pdf()
    assert ui.said[-1] == "Too many to open: 6 PDFs. Select at most 5 papers."
    select(state, 1, 3)
    opens.repo()
    assert ui.said[-1] == "None of the 2 papers selected has a repo."
    assert len(opened) == 3


async def test_what_can_not_open_is_reported_once(opens: Open, state: ListState, ui: FakeUi, opened: list[str]) -> None:
    select(state, 3, 4, 5)
    opens.page()
    await ui.settled()
    assert len(opened) == 2
    assert ui.failures == ["No display to open a browser on."]
    assert ui.messages.shown is not None and ui.messages.shown.details == ("https://arxiv.org/abs/2608.00004",)
    state.selection = frozenset()
    opens.repo()
    assert ui.said[-1] == "This paper has no repo link."


async def test_a_clicked_link_is_named(opens: Open, ui: FakeUi, opened: list[str]) -> None:
    opens.link("https://lab.org/x")
    await ui.settled()
    assert opened == ["https://lab.org/x"] and ui.said == ["Opened lab.org/x"]


async def add_on_top(shelf: Shelf, loader: Loader, *addresses: str) -> None:
    """Put papers on top of the list, each with one address as its repo."""
    papers = [
        make_paper(100 + place, title=f"Hidden {place}", arxiv="", links=(Link(address, "repo"),))
        for place, address in enumerate(addresses)
    ]
    shelf.papers.add(make_batch(papers, feed="Stranger", day=DAY.replace(day=2)))
    loader.ask()
    await loader.settled()


async def test_an_address_that_hides_its_host_is_opened_at_the_second_press(
    opens: Open, shelf: Shelf, loader: Loader, state: ListState, ui: FakeUi, opened: list[str]
) -> None:
    hidden = ["https://github.com@evil.example/x", "https://xn--rxiv-43d.org/"]
    await add_on_top(shelf, loader, *hidden)
    opens.repo()
    assert ui.failures[-1] == (
        "This leads to evil.example: it names a user before its host, `github.com`. "
        "Not opened; press the same key again to open it."
    )
    assert ui.messages.shown is not None and ui.messages.shown.details == (hidden[0],)
    state.cursor = 1
    opens.repo()
    await ui.settled()
    assert opened == []
    opens.repo()
    await ui.settled()
    assert opened == [hidden[1]]
    state.cursor = 0
    opens.repo()
    await ui.settled()
    assert opened == [hidden[1]]
    opens.pdf()
    assert ui.said[-1] == "No PDF of this paper is known."


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "https://lab.org/\x1b]0;x\x07"])
async def test_nothing_but_addresses_of_the_web_is_opened(
    opens: Open, shelf: Shelf, loader: Loader, ui: FakeUi, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_on_top(shelf, loader, address)
    monkeypatch.setenv("BROWSER", "touch")
    for _ in range(2):
        opens.repo()
        await ui.settled()
    assert len(ui.failures) == 2 and not any(text.startswith("Opened") for text in ui.said)
