"""The memory of a long session, in fast forward; by hand: pytest tests/benchmarks/test_session.py."""

from __future__ import annotations

import sys
from contextlib import closing

import pytest

from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.meter import Metered
from tests.benchmarks.stocked_home import MakeHome

ROUNDS = 100
_HOUR = (
    ("help opened", ("?", "\x1b"), 1),
    ("refresh", ("R",), 2),
    ("search", ("/", "quantum", "\x1b"), 1),
    ("note", ("e", "word", "\x1b"), 2),
    ("palette", (":", "\x1b"), 1),
    ("paper starred, paper copied", ("s", "y", "j"), 1),
    ("theme", (":", "theme: nord", "\r"), 10),
    ("theme back", (":", "theme: readlist-dark", "\r"), 10),
    ("view", ("2", "1"), 1),
)
"""What is done, its keys, and each how many rounds."""


def test_memory_of_a_session(home: MakeHome, table: Table) -> None:
    with closing(Metered(["-m", "readlist"], {"READLIST_HOME": str(home(1_000, 200))})) as terminal:
        terminal.until("▲".encode())
        terminal.settle()
        start = terminal.resident
        taken = []
        for number in range(1, ROUNDS + 1):
            for _, keys, each in _HOUR:
                for key in keys if number % each == 0 else ():
                    terminal.press(key)
            taken.append(terminal.resident)
            if number in (1, ROUNDS // 4, ROUNDS // 2):
                table.grow("resident memory of a session, ratio to the start", number, terminal.resident / start)
        # The errors of the last refreshes go within seconds, their lines with them.
        terminal.settle(9.0)
        assert terminal.process.poll() is None
        done = ", ".join(f"{ROUNDS // each} × {name}" for name, _, each in _HOUR)
        table.add(Figure("resident memory of a session", [terminal.resident], [start], 1.5, None, "MB", "at the start"))
        table.grow("resident memory of a session, ratio to the start", ROUNDS, terminal.resident / start)
        table.lines.append(f"A session is {done}.")


if not sys.platform.startswith("linux"):
    pytest.skip("what a program holds is read from /proc", allow_module_level=True)
