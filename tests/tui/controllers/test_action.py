"""The user's actions and the menu of ways to open: on one paper and on a selection."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from readlist.config import Action
from readlist.tui.controllers.open import Open
from readlist.tui.desktop import browser
from readlist.tui.keymap import KeyMap
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.ui import FakeUi

SH = ("sh", "-c")
FAILING = "case $1 in *3) echo out; printf 'disk\\033[31m full\\n' >&2; exit 4;; esac"
ACTIONS = (
    Action("Zotero", "Z", (*SH, 'echo "added $1"', "sh", "{title}")),
    Action("Repo tool", "", (*SH, 'echo "$1" | grep -o "code.*"', "sh", "{repo}")),
    Action("Missing", "", ("no-such-program", "{arxiv}")),
    Action("Fails", "", (*SH, FAILING, "sh", "{arxiv}")),
    Action("Hangs", "", (*SH, "sleep 60", "sh", "{arxiv}")),
    Action("Loud", "", (*SH, "printf '\\033]0;evil\\007\\033[2Jquiet now\\n'")),
    Action("Map", "", address="https://map.example/{arxiv}?t={title}"),
    Action("Viewer", "", (*SH, 'echo "$1" > "$0"', "{title}", "x"), wait=False),
)  # fmt: skip

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses sh")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened."""
    opened: list[str] = []

    async def remember(url: str, *, sure: bool) -> str:
        opened.append(url)
        return ""

    monkeypatch.setattr(browser, "open_url", remember)
    return opened


@pytest.fixture
def opens(loader: Loader, ui: FakeUi) -> Open:
    """The controller, with the cursor on paper 1, which has neither repo nor project page."""
    ui.keys = KeyMap(actions=ACTIONS)
    return Open(loader, ACTIONS, limit=0.3)


def select(state: ListState, *rows: int) -> None:
    """Select the papers of some rows, from 1."""
    state.selection = frozenset(state.ids[row - 1] for row in rows)


@pytest.mark.parametrize(
    ("number", "said", "wrong"),
    [
        (0, "Zotero: added Sparse attention number 1", False),
        (1, "Repo tool: this paper has no repo link.", False),
        (2, "Missing: there is no program `no-such-program`", True),
        (4, "Hangs: stopped after 0.3 s; with `wait = false`, readlist doesn't wait for it", True),
        (5, "Loud: quiet now", False),
    ],
)
async def test_what_an_action_says_is_one_line(opens: Open, ui: FakeUi, number: int, said: str, wrong: bool) -> None:
    opens.action(number)
    await ui.settled()
    assert ui.said == [said] and ui.failures == ([said] if wrong else [])


async def test_one_that_fails_says_its_last_word(opens: Open, state: ListState, ui: FakeUi) -> None:
    opens.action(3)
    await ui.settled()
    state.cursor = 2
    opens.action(3)
    await ui.settled()
    assert ui.said == ["Fails: done", "Fails: failed with status 4: disk full"]
    assert ui.failures == ui.said[1:]


async def test_on_a_selection_it_runs_once_for_each_paper_and_says_one_line(
    opens: Open, state: ListState, ui: FakeUi
) -> None:
    select(state, 2, 3, 4)
    for number in (0, 1, 3, 2, 4):
        opens.action(number)
        await ui.settled()
    assert ui.said == [
        "Zotero: 3 papers done",
        "Repo tool: 2 papers done; 1 paper without repo link",
        "Fails: 2 papers done; 1 failed: failed with status 4: disk full",
        "Missing: 0 papers done; 1 failed: there is no program `no-such-program`; 2 papers not tried",
        "Hangs: 0 papers done; 1 failed: stopped after 0.3 s; with `wait = false`, readlist doesn't wait for it; "
        "2 papers not tried",
    ]
    assert ui.failures == ui.said[2:]
    assert ui.progress_of[0] == "Zotero" and [one.done for one in ui.reports[:3]] == [0, 1, 2]
    details = [each.details for each in ui.messages][-1] if not ui.messages.shown else ui.messages.shown.details
    assert details[0].startswith("Recurrent attention number 2: stopped after")


async def test_without_the_value_in_any_paper_nothing_runs(opens: Open, state: ListState, ui: FakeUi) -> None:
    select(state, 1, 3)
    opens.action(1)
    state.selection = frozenset()
    state.show([])
    opens.action(0)
    opens.menu()
    await ui.settled()
    assert ui.said == ["Repo tool: none of the 2 papers has the repo link it needs.", *["No paper here."] * 2]


async def test_many_are_asked_for_first(
    opens: Open, ui: FakeUi, monkeypatch: pytest.MonkeyPatch, state: ListState
) -> None:
    monkeypatch.setattr("readlist.tui.controllers.open._ASKED_FROM", 2)
    select(state, 1, 2, 3)
    for answer in (False, True):
        ui.answers.append(answer)
        opens.action(0)
        await ui.settled()
    assert ui.asked == ["Run Zotero for 3 papers, one after the other?"] * 2
    assert ui.said == ["Zotero: 3 papers done"]


async def test_an_address_is_opened_and_a_viewer_is_not_waited_for(
    opens: Open, state: ListState, ui: FakeUi, opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(state, 1, 2)
    opens.action(6)
    await ui.settled()
    assert opened[1] == "https://map.example/2608.00002?t=Recurrent%20attention%20number%202"
    assert ui.said == ["Opened 2 pages: map.example"]
    monkeypatch.chdir(tmp_path)
    opens.action(7)
    await ui.settled()
    assert ui.said[-1] == "Viewer: started"


class TestMenu:
    async def test_it_offers_what_the_paper_has_then_the_actions(
        self, opens: Open, state: ListState, ui: FakeUi, opened: list[str]
    ) -> None:
        state.cursor = 5
        for answer in ("HTML", "alphaXiv", "Project", "Zotero", None):
            ui.answers.append(answer)
            opens.menu()
            await ui.settled()
        assert ui.asked[0] == "Open: Robust attention number 6"
        assert ui.offers[:7] == [
            ("Page", "arxiv.org/abs/2608.00006"),
            ("PDF", "arxiv.org/pdf/2608.00006"),
            ("HTML", "arxiv.org/html/2608.00006"),
            ("Hugging Face", "huggingface.co/papers/2608.00006"),
            ("alphaXiv", "alphaxiv.org/abs/2608.00006"),
            ("Project", "lab.github.io/page-6"),
            ("Repo", "github.com/lab/code-6"),
        ]
        assert [name for name, _ in ui.offers[7:]] == [action.name for action in ACTIONS]
        assert dict(ui.offers)["Zotero"].startswith("(Z) sh -c echo")
        assert dict(ui.offers)["Missing"] == "no-such-program {arxiv}"
        assert opened == [
            "https://arxiv.org/html/2608.00006",
            "https://www.alphaxiv.org/abs/2608.00006",
            "https://lab.github.io/page-6",
        ]
        assert ui.said[-1] == "Zotero: added Robust attention number 6"

    async def test_of_a_selection_it_counts(self, opens: Open, state: ListState, ui: FakeUi, opened: list[str]) -> None:
        select(state, 1, 2, 3)
        for answer in ("PDF", "Repo"):
            ui.answers.append(answer)
            opens.menu()
            await ui.settled()
        assert ui.asked == ["Open 3 papers"] * 2
        assert dict(ui.offers)["Repo"] == "1 of 3  github.com/lab/code-2"
        assert ui.said == ["Opened 3 PDFs: arxiv.org", "Opened github.com/lab/code-2"]
        assert len(opened) == 4

    async def test_what_an_action_lacks_is_in_the_menu(self, opens: Open, ui: FakeUi) -> None:
        ui.answers.append(None)
        opens.menu()
        await ui.settled()
        assert dict(ui.offers)["Repo tool"] == "no repo link"
