"""The list as of a day, without a screen: what is asked, what is listed, and what an export has."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from readlist.exports.formats import FORMATS
from readlist.model.paper import Announcement
from readlist.shelf import Shelf
from readlist.sources.batch import Batch
from readlist.tui.controllers.past import Past
from readlist.tui.controllers.transfer import Transfer
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from tests.support.papers import DAY, make_paper
from tests.support.ui import FakeUi

BEFORE = date(2026, 7, 20)


@pytest.fixture
def past(loader: Loader, shelf: Shelf) -> Past:
    """The controller; paper 1 was in a list before, with other counts."""
    item = make_paper(1), Announcement("HF daily", BEFORE, 1, upvotes=2)
    shelf.papers.add(Batch("list", feed="HF daily", day=BEFORE, items=(item,), seen=BEFORE))
    return Past(loader)


async def on(past: Past, ui: FakeUi, day: str) -> None:
    """Answer with a day."""
    ui.answers.append(day)
    await past.ask()
    await ui.settled()


async def test_the_list_is_that_of_the_day(past: Past, ui: FakeUi, state: ListState, loader: Loader) -> None:
    papers = len(state.ids)
    await on(past, ui, "2026-07-25")
    assert len(state.ids) == 1 and state.as_of == date(2026, 7, 25)
    assert state.counts["All"] == 1 and state.group_counts.keys() == {(BEFORE, "HF daily")}
    assert ui.said[-1].startswith("As of Jul 25: papers and counts as known then")
    entry = loader.shown.entries(state.ids)[0]
    assert (entry.upvotes, entry.day) == (2, BEFORE)
    await past.leave()
    await ui.settled()
    assert len(state.ids) == papers and state.as_of is None and state.counts["All"] == papers
    await past.leave()
    assert ui.said[-1] == "This is the list as it is now."


@pytest.mark.parametrize(
    ("text", "problem"), [("2999-01-01", "2999-01-01 is after today"), ("then", "then is not a day: 2026")]
)
async def test_a_wrong_day_changes_nothing(past: Past, ui: FakeUi, state: ListState, text: str, problem: str) -> None:
    shown = state.ids
    await on(past, ui, text)
    assert ui.rejected[-1].startswith(problem) and state.ids is shown and state.as_of is None


async def test_an_export_has_the_counts_of_then(
    past: Past, ui: FakeUi, loader: Loader, tmp_path: Path, shelf: Shelf
) -> None:
    await on(past, ui, DAY.isoformat())
    await on(past, ui, "2026-07-25")
    transfer = Transfer(loader, None, None)  # type: ignore[arg-type]
    file = tmp_path / "then.json"
    ui.answers += [list(FORMATS).index("json"), str(file)]
    await transfer.export()
    await ui.settled()
    assert [paper["upvotes"] for paper in json.loads(file.read_text(encoding="utf-8"))] == [2]
