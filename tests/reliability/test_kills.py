"""SIGTERM, SIGHUP, a closed window and SIGKILL at random moments: every acknowledged mark is there afterwards."""

from __future__ import annotations

import os
import random
import signal
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.making import make_batch, make_paper, make_shelf
from tests.reliability.terminal import AppTerminal as Terminal

RUNS = 3
LONG_RUNS = 100
PAPERS = 60
ENDINGS = ("SIGTERM", "SIGHUP", "window closed", "SIGKILL")

LEAVES_SCREEN = b"\x1b[?1049l"
SHOWS_CURSOR = b"\x1b[?25h"


def end(terminal: Terminal, ending: str) -> None:
    """End the app in one of the ways."""
    if ending == "window closed":
        # The system sends SIGHUP by itself: this is the app's controlling terminal.
        os.close(terminal.worker)
        os.close(terminal.master)
    else:
        os.kill(terminal.process.pid, getattr(signal, ending))
    deadline = time.monotonic() + 20
    while terminal.process.poll() is None and time.monotonic() < deadline:
        if ending == "window closed":
            time.sleep(0.01)
        else:
            terminal.read(0.02)
    assert terminal.process.poll() is not None, f"{ending} did not end the app"


def one_run(home: Path, ending: str, chance: random.Random) -> int:
    """Mark papers, end the app at a random moment, and check; returns how many marks were acknowledged."""
    shelf = make_shelf(home)
    shelf.add(make_batch([make_paper(number) for number in range(PAPERS)]))
    shelf.close()
    terminal = Terminal(home)
    try:
        terminal.wait_for(b"Inbox")
        if chance.random() < 0.8:
            # On a busy machine the first mark may take longer than any random moment.
            os.write(terminal.master, b"sx")
            terminal.wait_until_told()
        until = time.monotonic() + chance.uniform(0.0, 0.4)
        for _ in range(PAPERS - 2):
            os.write(terminal.master, b"sx")
            terminal.read(chance.uniform(0.0, 0.02))
            if time.monotonic() > until:
                break
        end(terminal, ending)
        if ending in ("SIGTERM", "SIGHUP"):
            terminal.read(0.05)
            assert terminal.output.rfind(LEAVES_SCREEN) > terminal.output.rfind(b"\x1b[?1049h")
            assert terminal.output.rfind(SHOWS_CURSOR) > terminal.output.rfind(b"\x1b[?25l")
            assert termios.tcgetattr(terminal.worker) == terminal.before
            assert b"Traceback" not in terminal.output
        acknowledged = terminal.acknowledged()
    finally:
        terminal.close()
    shelf = make_shelf(home)
    try:
        shelf.sync()
        for key in acknowledged:
            entry = shelf.entry(key)
            assert entry is not None
            assert entry.mark.starred, (ending, key)
    finally:
        shelf.close()
    return len(acknowledged)


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are POSIX")
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ended_app_has_kept_every_acknowledged_mark(
    tmp_path: Path, ending: str, request: pytest.FixtureRequest
) -> None:
    runs = LONG_RUNS if request.config.getoption("--long") else RUNS
    chance = random.Random(ending)
    marks = sum(one_run(tmp_path / str(run), ending, chance) for run in range(runs))
    print(f"{ending}: {runs} runs, {marks:,} acknowledged marks, 0 lost")
    assert marks > 0
