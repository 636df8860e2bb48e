"""The screen at 120×36 beside a bare Textual app, both on a terminal, by turns; by hand: pytest tests/benchmarks."""

from __future__ import annotations

import os
import select
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import pytest

from readlist.model.view import SORTS
from readlist.shelf import View
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import BARE, BARE_ROW, OURS, Drawn, Metered, started
from tests.benchmarks.stocked_home import PAPERS, MakeHome, sizes
from tests.support.papers import make_shelf

_CURSOR = "▌".encode()
_SHOWN = 30
"""Letters of a title that are in sight in any row."""
_ROWS = 20
"""Rows of the list that are surely in sight."""


def presses(terminal: Metered, keys: str) -> list[Drawn]:
    return [terminal.press(key) for key in keys]


_ROUND = 14
_DOWN = 40
"""Rows to the bottom edge of the list, and some more."""


def test_moving(home: MakeHome, table: Table) -> None:
    keys = ("j" * _ROUND + "k" * _ROUND) * 4
    with started(BARE) as bare, started(OURS, home(PAPERS, PAPERS // 5)) as ours:
        bare.settle()
        ours.settle()
        inside, beside = by_turns(ours, bare, keys, keys)
        add_moves(table, "`j`, cursor inside", inside, beside, most=2)
        presses(ours, "j" * _DOWN)
        scrolled, beside = by_turns(ours, bare, "j" * len(keys), keys)
        add_moves(table, "`j`, list scrolls", scrolled, beside, most=6)
    for papers, marks in sizes():
        with started(OURS, home(papers, marks)) as ours:
            ours.settle()
            table.grow("`j` → row and detail, ms", papers, median(each.all for each in presses(ours, keys)))
            presses(ours, "j" * _DOWN)
            scrolls = presses(ours, "j" * len(keys))
            table.grow("`j`, list scrolls, ms", papers, median(each.all for each in scrolls))


def by_turns(ours: Metered, bare: Metered, keys: str, bare_keys: str) -> tuple[list[Drawn], list[Drawn]]:
    """Press keys in both programs, some in the one, some in the other; returns what was drawn."""
    drawn, reference = [], []
    for first in range(0, len(keys), _ROUND):
        reference += presses(bare, bare_keys[first : first + _ROUND])
        drawn += presses(ours, keys[first : first + _ROUND])
    return drawn, reference


def add_moves(table: Table, name: str, drawn: Sequence[Drawn], reference: Sequence[Drawn], *, most: float) -> None:
    """Take in until when the row was drawn and all of the detail, beside the bare app's line; and the bytes in KB."""
    assert all(_CURSOR in piece for each in drawn for piece in [b"".join(piece for _, piece in each.pieces)])
    lines = [each.when(BARE_ROW) for each in reference]
    everything = [each.all for each in drawn]
    table.add(Figure(f"{name} → row and detail", everything, lines, ratio=1.2, late=1.5, beside="bare app's line"))
    table.add(Figure(f"{name}: bytes", [each.size / 1024 for each in drawn], most=most, unit="KB"))


_HELD = 3.0
_QUIET = 0.03
"""Seconds without output after which a mark is settled."""


@pytest.mark.parametrize("rate", [30, 60])
def test_held_key(home: MakeHome, table: Table, rate: int) -> None:
    with started(OURS, home(PAPERS, PAPERS // 5)) as ours:
        ours.settle()
        behind = []
        for key in "jkj":
            behind.append(ours.hold(key, rate, _HELD))
    table.add(Figure(f"`j` held, {rate} a second: released → still", behind, most=50, worst=50))
    for papers, marks in sizes():
        with started(OURS, home(papers, marks)) as ours:
            ours.settle()
            table.grow(f"`j` held, {rate} a second: released → still, ms", papers, ours.hold("j", rate, _HELD))


def fsynced(path: Path, times: int) -> list[float]:
    """Return the milliseconds of appending a line to a file and syncing it."""
    taken = []
    with closing(os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND), "wb", buffering=0)) as file:
        for _ in range(times):
            begin = time.perf_counter()
            file.write(b"x" * 400)
            os.fsync(file.fileno())
            taken.append((time.perf_counter() - begin) * 1_000)
    return taken


class Telling(Metered):
    """The app, which tells on a pipe what is on the disk."""

    def __init__(self, home: Path) -> None:
        self.reported, out = os.pipe()
        super().__init__(["-m", "tests.support.app_process", str(home), str(out)], {}, [out])
        os.close(out)

    def save(self, key: str, sign: bytes) -> float:
        """Press a key, and return the milliseconds until a sign is drawn and something is on the disk."""
        self.output = b""
        begin = time.perf_counter()
        os.write(self.master, key.encode())
        saved = shown = 0.0
        # Both come in any order; what is drawn once it is on the disk is waited for, too.
        while ready := select.select([self.master, self.reported], [], [], _QUIET if saved and shown else 9.0)[0]:
            if self.reported in ready:
                os.read(self.reported, 65536)
                saved = saved or time.perf_counter() - begin
            if self.master in ready and self._take(0) and not shown and sign in self.output:
                shown = time.perf_counter() - begin
        assert saved and shown, self.output[-500:]
        return max(saved, shown) * 1_000

    def close(self) -> None:
        """Let go of everything."""
        super().close()
        os.close(self.reported)


def starred(home: Path, times: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds until `j` is drawn, and until a star is drawn and on the disk."""
    moved, taken = [], []
    with closing(Telling(home)) as terminal:
        terminal.settle()
        for number in range(times):
            # There and back, so that marks don't pile up from one run to the next.
            moved.append(terminal.press("j").when(_CURSOR))
            taken += [terminal.save("s", _CURSOR) for _ in range(2)]
            if number % 20 == 19:
                terminal.press("g")
    return moved, taken


def test_starring(home: MakeHome, table: Table, tmp_path: Path) -> None:
    moved, taken = starred(home(PAPERS, PAPERS), 60)
    floor = [one + other for one, other in zip(moved, fsynced(tmp_path / "floor", 60), strict=True)]
    name = f"`s` → star on screen and on disk, {PAPERS:,} marks"
    table.add(Figure(name, taken, floor, ratio=1.2, late=1.2, beside="`j` and an fsynced line"))
    for papers, marks in sizes():
        table.grow("`s` → star on screen and on disk, ms", papers, median(starred(home(papers, marks), 20)[1]))


def first_titles(home: Path, view: View, search: str = "", rows: int = 1) -> list[bytes]:
    """Return how the first rows of a view begin."""
    shelf = make_shelf(home)
    try:
        entries = shelf.papers.entries(shelf.papers.first(view, search, rows))
        return [entry.paper.title[:_SHOWN].encode() for entry in entries]
    finally:
        shelf.close()


def searched(home: Path, words: Sequence[str]) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds until the first results of each letter are drawn, and those of one FTS5 query of it.

    The last ones are those until the first letter of a word is drawn, which finds nothing less: one letter is the
    beginning of every tenth word, and searching begins with two.
    """
    taken, bare, letters = [], [], []
    connection = sqlite3.connect(home / "library.db")
    with closing(connection), started(OURS, home) as terminal:
        terminal.settle()
        terminal.press("2", quiet=0.5)
        for word in words:
            terminal.press("/", quiet=0.3)
            shown: list[bytes] = []
            for length in range(1, len(word) + 1):
                titles = first_titles(home, View("All", "", "feed"), word[:length], _ROWS)
                new = [title for title in titles if title not in shown]
                drawn = terminal.press(word[length - 1], quiet=0.4)
                if length == 1:
                    letters.append(drawn.pieces[0][0] * 1_000)
                elif new:
                    # Most papers have a word with some two letters: then a lower row is the first that changes.
                    taken.append(drawn.when(new[0]))
                    begin = time.perf_counter()
                    connection.execute(
                        "select rowid from search where search match ? order by rowid desc", (f'"{word[:length]}" *',)
                    ).fetchall()
                    bare.append((time.perf_counter() - begin) * 1_000)
                shown = titles
            terminal.press("\x1b", quiet=0.5)
    return taken, bare, letters


WORDS = ("bona", "quantum", "sus", "nition", "vipi", "lika", "cubo", "rakus", "fuse", "gika")


def test_searching(home: MakeHome, table: Table) -> None:
    taken, bare, letters = searched(home(PAPERS, PAPERS // 5), WORDS)
    beside = "one FTS5 query, bare script"
    table.add(Figure("a letter typed → first results", taken, bare, most=25, worst=50, beside=beside))
    table.add(Figure("the first letter of a word typed → drawn", letters, most=25, worst=50))
    for papers, marks in sizes():
        table.grow("a letter typed → first results, ms", papers, median(searched(home(papers, marks), WORDS[:5])[0]))


def switched(home: Path, times: int) -> list[float]:
    """Return the milliseconds until the first row of another view is drawn."""
    views = {
        "1": View("Inbox", "is:unread", "feed"),
        "2": View("All", "", "feed"),
        "3": View("Starred", "is:starred", "feed"),
    }  # fmt: skip
    titles = {key: first_titles(home, view)[0] for key, view in views.items()}
    taken = []
    with started(OURS, home) as terminal:
        terminal.settle()
        for key in "3231" * times:
            taken.append(terminal.press(key, quiet=0.3).when(titles[key]))
    return taken


def test_views(home: MakeHome, table: Table) -> None:
    table.add(Figure("switching views", switched(home(PAPERS, PAPERS // 5), 5), most=40))
    for papers, marks in sizes():
        table.grow("switching views, ms", papers, median(switched(home(papers, marks), 2)))


def test_sorting(home: MakeHome, table: Table) -> None:
    taken = []
    with started(OURS, home(PAPERS, PAPERS // 5)) as terminal:
        terminal.settle()
        terminal.press("2", quiet=0.3)
        for order in ("upvotes", "date", "feed") * 4:
            terminal.press("S", quiet=0.3)
            # The header names the order as soon as the list is in it.
            taken.append(terminal.press(str(list(SORTS).index(order) + 1), quiet=0.3).when(SORTS[order].title.encode()))
    table.add(Figure("changing the order", taken, most=40))


def laid_out(home: Path, times: int) -> list[float]:
    """Return the milliseconds until the next layout is drawn."""
    with started(OURS, home) as terminal:
        terminal.settle()
        return [terminal.press("z", quiet=0.3).all for _ in range(4 * times)]


def test_layouts(home: MakeHome, table: Table) -> None:
    table.add(Figure("changing the layout", laid_out(home(PAPERS, PAPERS // 5), 5), most=40))
    for papers, marks in sizes():
        table.grow("changing the layout, ms", papers, median(laid_out(home(papers, marks), 2)))


if not sys.platform.startswith("linux"):
    pytest.skip("what a program holds is read from /proc", allow_module_level=True)
