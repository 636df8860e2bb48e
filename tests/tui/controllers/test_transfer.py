"""Adding by id, importing and exporting."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.services import Progress
from readlist.services.refresh import Addition
from readlist.shelf import Shelf
from readlist.tui.controllers.browse import Browse
from readlist.tui.controllers.feeds import Feeds, Fetcher
from readlist.tui.controllers.marks import Marks
from readlist.tui.controllers.search import Search
from readlist.tui.controllers.transfer import Transfer
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import make_batch, make_paper
from tests.support.refresh import FakeRefresh
from tests.support.ui import FakeSearchLine, FakeUi


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home."""
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def refresh(shelf: Shelf) -> FakeRefresh:
    """What asks for papers."""
    return FakeRefresh(shelf)


@pytest.fixture
def transfer(loader: Loader, refresh: FakeRefresh, tmp_path: Path) -> Transfer:
    """The controller."""
    fetcher = Fetcher(loader, Config(feeds=(), refresh=None), lambda: refresh)  # type: ignore
    search = Search(loader, FakeSearchLine())
    feeds = Feeds(loader, search, fetcher, tmp_path / "config.toml")
    return Transfer(loader, feeds, fetcher)


@pytest.fixture(autouse=True)
def clipboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is on the clipboard: its last text."""
    texts = [""]
    monkeypatch.setattr("readlist.tui.desktop.clipboard.paste", lambda: texts[-1])
    return texts


async def test_a_paper_is_added_gone_to_and_taken_away_again(
    transfer: Transfer, shelf: Shelf, state: ListState, ui: FakeUi, refresh: FakeRefresh, loader: Loader
) -> None:
    step = shelf.marks.begin_import("adding 2608.00101")
    added = shelf.papers.add(make_batch([make_paper(101)], feed="Added"), imported=step.batch)
    problems = ("doi:10.1/x: nobody knows it",)
    refresh.addition = Addition(added.new, added.new, (), (), problems, done=shelf.marks.take_back(added, step)[1])
    ui.answers.append("https://arxiv.org/abs/2608.00101v2 hello")
    transfer.add()
    await ui.settled()
    assert state.entry is not None and state.entry.paper.key == "arxiv:2608.00101"
    assert ui.said == ["Added 1 paper. u: undo. 2 failed. !: details"]
    (message,) = ui.messages
    assert message.details == ("Not an arXiv id, DOI or paper address: hello", "doi:10.1/x: nobody knows it")
    marks = Marks(loader, Browse(loader))
    await marks.undo()
    await ui.settled()
    assert len(state.ids) == 12 and ui.said[-1] == "Undone: adding 2608.00101 · removed 1 paper"
    await marks.redo()
    await ui.settled()
    assert len(state.ids) == 13 and ui.said[-1] == "Redone: adding 2608.00101 · brought back 1 paper"


async def test_what_names_no_paper_is_rejected_at_once(transfer: Transfer, ui: FakeUi) -> None:
    ui.answers += ["hello", None]
    transfer.add()
    transfer.add()
    await ui.settled()
    assert ui.rejected == ["not an arXiv id, DOI or paper address: hello"]
    assert ui.said == []


@pytest.mark.parametrize(
    ("text", "offered"),
    [("hello\n2608.00001", False), ("arXiv:2608.00001\n10.1000/x", True), ("", False)],
)
async def test_papers_on_the_clipboard_are_offered(
    transfer: Transfer, ui: FakeUi, clipboard: list[str], refresh: FakeRefresh, text: str, offered: bool
) -> None:
    clipboard.append(text)
    refresh.addition = Addition(("arxiv:2608.00001",), (), ("arxiv:2608.00001",))
    ui.answers.append("")
    transfer.add()
    await ui.settled()
    assert ui.said == (["1 already here; details follow when online"] if offered else [])


async def test_a_page_is_imported_with_what_its_owner_decided(
    transfer: Transfer, shelf: Shelf, state: ListState, ui: FakeUi, home: Path
) -> None:
    (home / "my papers.ris").write_text(
        "TY  - UNPB\nTI  - A paper of my own\nKW  - starred\nER  - \n", encoding="utf-8"
    )
    ui.answers.append("'~/my papers.ris'")
    state.undo_here = asyncio.Event().wait  # type: ignore[assignment]
    transfer.import_page()
    await ui.settled()
    assert len(state.ids) == 13 and state.undo_here is None
    assert ui.said == ["Imported 1 new paper, 0 known, with 1 star. u: undo"]
    assert ui.reports and ui.progress_of == ["Importing"]


async def test_unreadable_files_are_counted_and_named_in_the_list(transfer: Transfer, ui: FakeUi, home: Path) -> None:
    for number in range(5):
        (home / f"{number}.json").write_text("{", encoding="utf-8")
    ui.answers += [str(home), "~no-such-user/x"]
    transfer.import_page()
    await ui.settled()
    assert ui.failures == ["5 of 5 files failed. !: details"]
    (message,) = ui.messages
    assert len(message.details) == 5 and "4.json: " in message.details[4]
    transfer.import_page()
    await ui.settled()
    assert ui.failures[-1].startswith("~no-such-user/x: ")


async def test_the_feeds_of_an_opml_file_are_followed(
    transfer: Transfer, ui: FakeUi, home: Path, refresh: FakeRefresh
) -> None:
    (home / "feeds.opml").write_text(
        '<opml><body><outline text="Lab" xmlUrl="https://lab.example/x.xml"/></body></opml>', encoding="utf-8"
    )
    ui.answers.append("~/feeds.opml")
    transfer.import_page()
    await ui.settled()
    assert ui.said[0] == "Added 1 feed" and refresh.asked == [["Lab"]]


async def test_the_view_is_written_under_a_free_name_that_is_offered(
    transfer: Transfer, ui: FakeUi, home: Path
) -> None:
    for _ in range(2):
        ui.answers += ["CSL-JSON", ""]
        await transfer.export()
        await ui.settled()
    assert ui.asked[:2] == ["Export 12 papers as", "Export as CSL-JSON"]
    assert ui.said == [f"Exported 12 papers as CSL-JSON to {home}/inbox{number}.json" for number in ("", "-2")]
    assert len(json.loads((home / "inbox.json").read_text(encoding="utf-8"))) == 12
    assert ui.reports[-1] == Progress(12, 12, "papers")


async def test_of_a_selection_only_the_selected_are_written(
    transfer: Transfer, state: ListState, ui: FakeUi, home: Path
) -> None:
    state.selection = frozenset([state.ids[2], state.ids[0]])
    ui.answers += ["CSV", ""]
    await transfer.export()
    await ui.settled()
    with (home / "selected.csv").open(newline="", encoding="utf-8") as file:
        assert [row["arxiv"] for row in csv.DictReader(file)] == ["2608.00001", "2608.00003"]


async def test_nothing_is_replaced_unasked_and_another_name_is_offered(
    transfer: Transfer, ui: FakeUi, home: Path
) -> None:
    (home / "a.ris").write_text("mine", encoding="utf-8")
    ui.answers += ["RIS", "~/a.ris", False, "", "RIS", '"~/a.ris"', True]
    await transfer.export()
    await ui.settled()
    assert (home / "a.ris").read_text(encoding="utf-8") == "mine" and (home / "a-2.ris").exists()
    assert f"Overwrite {home}/a.ris?" in ui.asked
    await transfer.export()
    await ui.settled()
    assert (home / "a.ris").read_text(encoding="utf-8").startswith("TY  - ")


async def test_a_path_that_can_not_be_is_rejected(transfer: Transfer, ui: FakeUi, home: Path) -> None:
    ui.answers += ["RIS", "~/no/a.ris", "RIS", "~", "RIS", None]
    for _ in range(3):
        await transfer.export()
        await ui.settled()
    assert ui.rejected == [f"no such folder: {home}/no", "~ is a folder, not a file"]
    assert list(home.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is not here")
async def test_a_disk_that_takes_nothing_is_reported(transfer: Transfer, ui: FakeUi) -> None:
    ui.answers += ["RIS", "/dev/full", True]
    await transfer.export()
    await ui.settled()
    assert ui.failures == ["Export failed: /dev/full: No space left on device. X: try another file"]


async def test_an_export_that_is_cancelled_writes_nothing(transfer: Transfer, ui: FakeUi, tmp_path: Path) -> None:
    path = tmp_path / "papers.bib"
    path.write_text("before")
    ui.answers, ui.cancelled_after = [0, str(path), True], 0
    await transfer.export()
    await ui.settled()
    assert ui.said == [f"Cancelled: {path} was not written."] and path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".readlist")] == []


async def test_an_empty_view_exports_nothing(transfer: Transfer, loader: Loader, ui: FakeUi) -> None:
    loader.show_view(2)
    await transfer.export()
    assert ui.said == ["Nothing to export."]
