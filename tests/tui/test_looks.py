"""How the screen looks, as text: three sizes of the terminal.

Set READLIST_DRAW_LOOKS=1 to redraw the files in looks/, then look at the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from readlist.config import Config
from readlist.model.paper import Announcement, Link
from readlist.model.view import SORTS
from readlist.shelf import VIEWS, Shelf
from readlist.sources.batch import Batch
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.papers import DAY, make_paper, make_shelf
from tests.support.topics import topic_batch
from tests.support.tui import Fill, filled, press, quiet, screen_text, stored

LOOKS = Path(__file__).parent / "looks"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Papers of every kind: awkward titles, marks of all sorts, links and none."""
    papers = (
        make_paper(2, title="A [red]plain[/] title", summary="In one sentence: it works."),
        make_paper(3, title=r"Norms: $\ell_p$ and $\mathcal{O}(n^2)$ made readable", published=date(2026, 7, 30)),
        make_paper(
            5, title="视频扩散模型的统一框架：从理论到实践的全面研究与分析，以及更多的内容和实验结果", authors=()
        ),
        make_paper(
            6, title="A title that is so long that it has to be cut in any terminal of a reasonable width, surely"
        ),
        make_paper(
            8, title="Sub-paths", links=(Link("https://github.com/a/b", "repo", "https://github.com/a/b/tree/x"),)
        ),
        make_paper(9, title="No abstract here", abstract=""),
    )
    made = make_shelf(tmp_path)
    items = tuple(
        (paper, Announcement("HF daily", DAY, place, upvotes=(120_000, 2_140, 94, 0, None, 3)[place - 1], comments=1))
        for place, paper in enumerate(papers, 1)
    )
    made.papers.add(Batch("day", feed="HF daily", day=DAY, items=items[2:]))
    made.papers.end_visit()
    made.papers.add(Batch("day", feed="HF daily", day=DAY, items=items[:2]))
    made.sync.catch_up()
    entries = made.papers.entries(list(made.papers.first(VIEWS[1])))
    made.marks.apply(entries[1:2], starred=True)
    made.marks.apply(made.papers.entries([entries[1].id]), note="Ask about the second proof.\nAnd the figure.")
    made.marks.apply(entries[2:3], read=True)
    made.marks.apply(entries[4:5], read=True, starred=True)[1].result()
    yield made
    made.close()


@pytest.mark.parametrize(("columns", "lines"), [(120, 36), (80, 24), (40, 12)])
async def test_the_screen_looks_as_it_should(shelf: Shelf, columns: int, lines: int) -> None:
    app = ReadlistApp(shelf, Config(), KeyMap(), clock=lambda: datetime(2026, 8, 2, 12, tzinfo=UTC))
    async with app.run_test(size=(columns, lines)) as pilot:
        await quiet(pilot)
        await press(pilot, "2", "j")
        await filled(pilot)
        _compare(app, f"{columns}x{lines}")


@pytest.mark.parametrize(
    ("name", "stars", "columns", "lines"),
    [
        ("match-120x36", (2, 6, 10), 120, 36),
        ("match-80x24", (2, 6, 10), 80, 24),
        ("match-40x12", (2, 6, 10), 40, 12),
        ("match-no-stars-80x24", (), 80, 24),
        ("match-guess-40x12", (2,), 40, 12),
        ("match-not-sure-120x36", (1, 2, 3, 4), 120, 36),
    ],
)
async def test_a_day_by_match_looks_as_it_should(
    tmp_path: Path, name: str, stars: tuple[int, ...], columns: int, lines: int
) -> None:
    shelf = _starred_shelf(tmp_path, stars)
    app = ReadlistApp(shelf, Config(), KeyMap(), clock=lambda: datetime(2026, 8, 2, 12, tzinfo=UTC))
    async with app.run_test(size=(columns, lines)) as pilot:
        await quiet(pilot)
        await press(pilot, "S", *["down"] * list(SORTS).index("match"), "enter")
        # With its reason in the detail.
        await press(pilot, "j", "j", "j")
        await filled(pilot)
        _compare(app, name)
    shelf.close()


@pytest.mark.parametrize(
    ("name", "keys", "columns", "lines"),
    [
        ("similar-120x36", ("tilde",), 120, 36),
        ("similar-80x24", ("tilde",), 80, 24),
        ("why-120x36", ("colon", Fill("why this match"), "enter"), 120, 36),
        ("why-40x12", ("colon", Fill("why this match"), "enter"), 40, 12),
    ],
)
async def test_similar_papers_and_reasons_look_as_they_should(
    tmp_path: Path, name: str, keys: tuple[str, ...], columns: int, lines: int
) -> None:
    shelf = _starred_shelf(tmp_path, (2, 6, 10))
    app = ReadlistApp(shelf, Config(), KeyMap(), clock=lambda: datetime(2026, 8, 2, 12, tzinfo=UTC))
    async with app.run_test(size=(columns, lines)) as pilot:
        await quiet(pilot)
        await press(pilot, *["j"] * 13)
        await filled(pilot)
        await press(pilot, *keys)
        await filled(pilot)
        _compare(app, name)
    shelf.close()


def _starred_shelf(folder: Path, stars: Iterable[int]) -> Shelf:
    """Return a shelf with forty papers on some topics, a few of them starred."""
    shelf = make_shelf(folder)
    shelf.papers.add(topic_batch(40))
    shelf.papers.end_visit()
    shelf.sync.catch_up()
    for paper in stars:
        shelf.marks.apply([stored(shelf, paper)], starred=True)[1].result()
    return shelf


def _compare(app: ReadlistApp, name: str) -> None:
    """Compare what is on the screen with a file, or draw that."""
    drawn = "\n".join(line.rstrip() for line in screen_text(app).split("\n")) + "\n"
    file = LOOKS / f"{name}.txt"
    if os.environ.get("READLIST_DRAW_LOOKS"):
        LOOKS.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert drawn == file.read_text(encoding="utf-8")
