"""Newer versions and withdrawals on the screen: signs in rows, the detail, and how the news ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from readlist.config import Config
from readlist.model.mark import Mark
from readlist.model.revision import Revision
from readlist.query import parse
from readlist.shelf import Entry, Shelf
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from readlist.tui.render.list_row import Columns, row
from readlist.tui.render.paper_text import detail
from readlist.tui.render.signs import ASCII_SIGNS, SIGNS
from readlist.tui.render.text_block import Room
from tests.support.papers import DAY, make_batch, make_entry, make_paper, make_shelf
from tests.support.revisions import TUESDAY, WITHDRAWN, revise, revised
from tests.support.tui import press, quiet, screen_text

NOW = datetime(2026, 8, 2, 9, 30, tzinfo=UTC)


def entry(version: int = 3, *, read: bool = False, **fields: object) -> Entry:
    """A starred paper with news since Tuesday."""
    mark = Mark(starred=NOW - timedelta(days=9), read=NOW - timedelta(days=9) if read else None)
    made = make_entry(1, mark, version=version, **fields)
    return replace(made, revision=Revision(NOW - timedelta(days=1), TUESDAY))


def shown(each: Entry, width: int = 76, *, titled: bool = True, low: bool = False) -> str:
    room = Room(width, titled=titled, low=low)
    return "\n".join(block.content.plain for block in detail(each, (), NOW.date(), keys=KeyMap(), room=room))


def drawn(each: Entry, **options: object) -> str:
    pieces = row(each, 60, NOW.date(), Columns(who=False), cursor=False, selected=False, **options)  # type: ignore[arg-type]
    text = "".join(text for text, _ in pieces)
    assert cell_len(text) == 60
    return text


def test_a_row_has_a_sign_for_news_and_no_column() -> None:
    assert drawn(entry())[1] == SIGNS.revised
    assert drawn(entry(withdrawn="a sign error"))[1] == SIGNS.withdrawn
    assert drawn(entry(), signs=ASCII_SIGNS)[1] == "r"
    assert drawn(entry(withdrawn="a sign error"), signs=ASCII_SIGNS)[1] == "w"
    without = replace(entry(), mark=Mark(read=NOW))
    assert drawn(without)[1] == " "
    assert len(drawn(entry())) == len(drawn(without))


@pytest.mark.parametrize(("width", "titled", "low"), [(76, True, False), (76, False, False), (38, False, True)])
def test_the_detail_says_since_when_there_is_a_newer_version(width: int, titled: bool, low: bool) -> None:
    text = shown(entry(), width, titled=titled, low=low)
    assert "v3 since Tuesday" in text
    if titled:
        assert "arXiv 2608.00001v3" in text
    assert "since Tuesday" not in shown(replace(entry(), mark=Mark(starred=NOW)), width, titled=titled, low=low)


@pytest.mark.parametrize(("width", "titled", "low"), [(76, True, False), (76, False, False), (38, False, True)])
def test_the_detail_says_that_a_paper_is_withdrawn_and_why(width: int, titled: bool, low: bool) -> None:
    each = entry(withdrawn="a \x1b[31msign\u202e error " + "and more " * 30)
    text = shown(each, width, titled=titled, low=low)
    (line,) = [line for line in text.split("\n") if "withdrawn" in line]
    assert line.startswith("✗ withdrawn: a sign")
    assert "\x1b" not in line and "\u202e" not in line
    assert titled or cell_len(line) <= width
    # Anybody's, not only what is starred.
    assert "withdrawn: a" in shown(replace(each, mark=Mark()), width, titled=titled, low=low)
    assert "since Tuesday" not in text


def test_comment_and_journal_reference_follow_the_abstract() -> None:
    text = shown(entry(comment=r"Accepted at \textit{ICML}, 12 pages", journal="J. Tests 3 (2026) 1"))
    abstract, comment = text.index("We study"), text.index("Accepted at ICML, 12 pages")
    assert abstract < comment < text.index("J. Tests 3 (2026) 1")


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "Saturday"), (6, "Monday"), (7, "Jul 26"), (400, "Jun 28, 2025"), (-1, "Aug 3")],
)
def test_since_when(days: int, words: str) -> None:
    each = entry()
    each = replace(each, revision=Revision(NOW, NOW.date() - timedelta(days=days)))
    each = replace(each, mark=Mark(starred=datetime(2025, 6, 1, tzinfo=UTC)))
    assert f"v3 since {words}" in shown(each)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf with three papers of which two are starred; one of them has a newer version, the other is withdrawn."""
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([make_paper(number) for number in range(1, 4)], day=DAY))
    made.marks.apply_all([1, 2], starred=True, read=True, label="x").result(timeout=60)
    revised(made)
    yield made
    made.close()


async def test_news_end_when_it_is_read_and_come_back_by_undo(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap(), clock=lambda: NOW)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3")
        await quiet(pilot)
        text = screen_text(app)
        assert "v3 since Tuesday" in text
        assert "↻" in text and "✗" in text
        assert "Accepted at ICML 2026, 12 pages" in text
        await press(pilot, "r")
        assert "v3 since Tuesday" not in screen_text(app) and "↻" not in screen_text(app)
        assert len(shelf.papers.select(parse("is:revised"))) == 1
        await press(pilot, "u")
        assert "v3 since Tuesday" in screen_text(app) and "↻" in screen_text(app)
        await press(pilot, "j")
        assert "✗ withdrawn: the test set" in screen_text(app)
        # What was read and has news is read once more; then it is unread again.
        await press(pilot, "r")
        assert "✗ withdrawn" in screen_text(app)
        assert len(shelf.papers.select(parse("is:revised"))) == 1
        await press(pilot, "r")
        assert len(shelf.papers.select(parse("is:unread"))) == 2


async def test_in_ascii_it_is_said_as_well(shelf: Shelf) -> None:
    app = ReadlistApp(shelf, Config(ascii=True), KeyMap(), clock=lambda: NOW)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "3", "j")
        text = screen_text(app)
        assert "w withdrawn: the test set" in text
        assert text.isascii()


def test_a_second_withdrawal_says_the_latest_reason(shelf: Shelf) -> None:
    (each,) = shelf.papers.entries([2])
    revise(shelf, each, 2, comment=WITHDRAWN)
    (again,) = shelf.papers.entries([2])
    assert again.paper.withdrawn == "the test set was part of the training data"
