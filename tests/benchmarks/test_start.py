"""Start and memory at 120×36 beside a bare Textual app, both on a terminal, by turns; by hand: see README.md."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pytest

from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import BARE, BARE_ROW, OURS, ROW, started, starting
from tests.benchmarks.stocked_home import PAPERS, MakeHome, sizes
from tests.support.papers import make_shelf

STARTS, FEW_STARTS = 21, 7
"""How often each program is started, and with homes that are only there to show how it grows."""

TURNS = 2
"""How often memory is measured; it varies by a tenth only."""

_MINUTE = (
    "j" * 40, "k" * 20, "\x04" * 15, "G", "g", "2", "3", "1", "/", *"quantum", "\r", "\x1b", "?", "\x1b", ":", "\x1b",
    "S", "1", "z", "z", "z", "z", "J", "K",
)  # fmt: skip
"""What a minute of use asks for but decisions: rows, pages, views, a search, dialogs, an order, layouts.

Each key draws something: one that does not is waited for in vain.
"""


def homes_of(home: MakeHome) -> dict[tuple[int, int], Path]:
    """Homes by their papers and marks; the last two have as many papers as count, with few marks and with all."""
    homes = {each: home(*each) for each in (*sizes(), (PAPERS, PAPERS))}
    for folder in homes.values():
        # Of a home from another day the library may be older, and a copied one has its marks still to read.
        shelf = make_shelf(folder)
        shelf.sync.catch_up()
        shelf.close()
    return homes


def test_start(home: MakeHome, table: Table) -> None:
    homes = homes_of(home)
    # Compiled, and in the system's cache.
    starting(BARE, BARE_ROW)
    for folder in homes.values():
        with started(OURS, folder) as terminal:
            terminal.until(ROW)
            terminal.settle(2.0)
    bare: list[float] = []
    ours: dict[tuple[int, int], list[float]] = {each: [] for each in homes}
    for turn in range(STARTS):
        bare.append(starting(BARE, BARE_ROW))
        for each, folder in homes.items():
            if each[0] < PAPERS and turn >= FEW_STARTS:
                continue
            ours[each].append(starting(OURS, ROW, folder))
    for (papers, marks), ratio in (((PAPERS, PAPERS // 5), 1.15), ((PAPERS, PAPERS), 1.2)):
        name = f"start → first rows, {papers:,} papers, {marks:,} marks"
        table.add(Figure(name, ours[papers, marks], bare, ratio=ratio, beside="bare app"))
    for papers, marks in sizes():
        table.grow("start → first rows, ms", papers, median(ours[papers, marks]))


def resident(arguments: Sequence[str], sign: bytes, keys: Sequence[str], home: Path | None = None) -> list[float]:
    """Return the resident memory in MB of a program that has started, and after some keys."""
    with started(arguments, home) as terminal:
        terminal.until(sign)
        terminal.settle(2.0)
        held = [terminal.resident]
        for key in keys:
            terminal.press(key, quiet=0.1)
        terminal.settle(2.0)
        return [*held, terminal.resident]


def test_memory(home: MakeHome, table: Table) -> None:
    homes = homes_of(home)
    bare: list[list[float]] = []
    ours: dict[tuple[int, int], list[list[float]]] = {each: [] for each in homes}
    for turn in range(TURNS):
        bare.append(resident(BARE, BARE_ROW, ("j" * 30,)))
        for each, folder in homes.items():
            if each[0] == PAPERS or not turn:
                ours[each].append(resident(OURS, ROW, _MINUTE, folder))
    for when, name in enumerate(("after the start", "after a minute of use")):
        for each in ((PAPERS, PAPERS // 5), (PAPERS, PAPERS)):
            table.add(
                Figure(
                    f"resident memory {name}, {each[0]:,} papers, {each[1]:,} marks",
                    [held[when] for held in ours[each]],
                    [held[when] for held in bare],
                    ratio=1.4,
                    unit="MB",
                    beside="bare app",
                )
            )
        for papers, marks in sizes():
            table.grow(f"resident memory {name}, MB", papers, median(held[when] for held in ours[papers, marks]))
    # The first change of a mark reads the state file.
    with started(OURS, homes[PAPERS, PAPERS]) as terminal:
        terminal.until(ROW)
        terminal.settle(2.0)
        for _ in range(2):
            terminal.press("s", quiet=0.5)
        # After two seconds without a change what was read is packed.
        terminal.settle(4.0)
        name = f"resident memory once a paper was starred, {PAPERS:,} marks"
        table.add(Figure(name, [terminal.resident], [held[0] for held in bare], unit="MB", beside="bare app"))


if not sys.platform.startswith("linux"):
    pytest.skip("what a program holds is read from /proc", allow_module_level=True)
