"""SIGTERM, SIGHUP, a closed window and SIGKILL at random moments: every acknowledged mark is there afterwards."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import termios
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.reliability.app_terminal import AppTerminal, Forks
from tests.support.papers import make_batch, make_paper, make_shelf

pytestmark = pytest.mark.slow

PARTS = (1, 4)
STARTED, FORKED = (1, 3), (2, 12)
"""So many runs each part has: of an app that is started as any program is, and of one that is forked, a quick way."""

TOGETHER = 3
"""So many forked ones run at a time, since they mostly wait."""

PAPERS = 60
ENDINGS = ("SIGTERM", "SIGHUP", "window closed", "SIGKILL")

LEAVES_SCREEN = b"\x1b[?1049l"
SHOWS_CURSOR = b"\x1b[?25h"


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """What starts the app quickly."""
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shelf with papers; runs begin with a copy."""
    home = tmp_path_factory.mktemp("shelf")
    shelf = make_shelf(home)
    shelf.papers.add(make_batch([make_paper(number) for number in range(PAPERS)]))
    shelf.close()
    return home


def end(terminal: AppTerminal, ending: str) -> None:
    """End the app in one of the ways."""
    if ending == "window closed":
        # The system sends SIGHUP by itself: this is the app's controlling terminal.
        terminal.close_window()
    else:
        os.kill(terminal.pid, getattr(signal, ending))
    deadline = time.monotonic() + 60
    while not terminal.has_ended() and time.monotonic() < deadline:
        if ending == "window closed":
            time.sleep(0.01)
        else:
            terminal.read(0.005)
    assert terminal.has_ended(), f"{ending} did not end the app"


def mark_until(terminal: AppTerminal, seconds: float, chance: random.Random) -> None:
    """Star and read one paper after the other for some time."""
    until = time.monotonic() + seconds
    for _ in range(PAPERS - 2):
        os.write(terminal.master, b"sx")
        terminal.read(chance.uniform(0.0, 0.02))
        if time.monotonic() > until:
            break


def check_screen(terminal: AppTerminal) -> None:
    """See that the terminal was left as it was found."""
    terminal.read(0.05)
    assert terminal.output.rfind(LEAVES_SCREEN) > terminal.output.rfind(b"\x1b[?1049h")
    assert terminal.output.rfind(SHOWS_CURSOR) > terminal.output.rfind(b"\x1b[?25l")
    assert termios.tcgetattr(terminal.worker) == terminal.before
    assert b"Traceback" not in terminal.output


def one_run(shelf: Path, home: Path, ending: str, forks: Forks | None) -> int:
    """Mark papers, end the app at a random moment, and check; returns how many marks were acknowledged."""
    shutil.copytree(shelf, home)
    chance = random.Random(f"{ending} {home.name}")
    terminal = AppTerminal(home, forks)
    try:
        terminal.wait_for(b"Inbox")
        if chance.random() < 0.8:
            # On a busy machine the first mark may take longer than any random moment.
            os.write(terminal.master, b"sx")
            terminal.wait_until_reported()
        mark_until(terminal, chance.uniform(0.0, 0.2 if forks else 0.4), chance)
        end(terminal, ending)
        if ending in ("SIGTERM", "SIGHUP"):
            check_screen(terminal)
        acknowledged = terminal.acknowledged()
    finally:
        terminal.close()
    check_marks(home, acknowledged)
    shutil.rmtree(home)
    return len(acknowledged)


def check_marks(home: Path, acknowledged: set[str]) -> None:
    """See that all papers that were said to be starred are, and that nothing seems to be damaged."""
    shelf = make_shelf(home)
    try:
        shelf.sync.catch_up()
        assert shelf.marks.status().notices == ()
        for key in acknowledged:
            entry = shelf.papers.entry(key)
            assert entry is not None and entry.mark.starred, key
    finally:
        shelf.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are POSIX")
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ended_app_has_kept_every_acknowledged_mark(
    tmp_path: Path,
    shelf: Path,
    forks: Forks,
    ending: str,
    part: int,
    thorough: bool,
    request: pytest.FixtureRequest,
) -> None:
    started, forked = STARTED[thorough], FORKED[thorough]
    if thorough and ending == "SIGKILL":
        forked = -(-request.config.getoption("--kills") // PARTS[thorough]) - started
    homes = [tmp_path / f"{part}-{run}" for run in range(started + forked)]
    marks = sum(one_run(shelf, home, ending, None) for home in homes[:started])
    with ThreadPoolExecutor(TOGETHER) as pool:
        marks += sum(pool.map(lambda home: one_run(shelf, home, ending, forks), homes[started:]))
    print(f"{ending}: {started + forked} runs, {marks:,} acknowledged marks, 0 lost")
    assert marks > 0
