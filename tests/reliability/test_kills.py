"""SIGTERM, SIGHUP, a closed window and SIGKILL at random moments: every acknowledged mark is there afterwards."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.making import make_batch, make_paper, make_shelf

RUNS = 3
LONG_RUNS = 100
PAPERS = 60
ENDINGS = ("SIGTERM", "SIGHUP", "window closed", "SIGKILL")

LEAVES_SCREEN = b"\x1b[?1049l"
SHOWS_CURSOR = b"\x1b[?25h"


class Terminal:
    """The app on a pseudo-terminal, with a pipe on which it tells what it has saved."""

    def __init__(self, home: Path) -> None:
        self.master, worker = pty.openpty()
        termios.tcsetwinsize(worker, (36, 120))
        self.worker = os.dup(worker)
        self.before = termios.tcgetattr(worker)
        self.told, out = os.pipe()
        self.output = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.marking", str(home), str(out)],
            stdin=worker,
            stdout=worker,
            stderr=worker,
            pass_fds=(out,),
            env={**os.environ, "TERM": "xterm-256color"},
            cwd=Path(__file__).parents[2],
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(worker)
        os.close(out)

    def read(self, seconds: float) -> None:
        """Take in what the app draws for some time, or until it ends."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if ready:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError:
                    return

    def wait_for(self, text: bytes, seconds: float = 20.0) -> None:
        """Take in what the app draws until a text is there."""
        end = time.monotonic() + seconds
        while text not in self.output and time.monotonic() < end:
            self.read(0.02)
        assert text in self.output, self.output[-2000:]

    def wait_until_told(self, seconds: float = 20.0) -> None:
        """Wait until the app has told of something saved."""
        end = time.monotonic() + seconds
        while not select.select([self.told], [], [], 0.01)[0] and time.monotonic() < end:
            self.read(0.01)

    def acknowledged(self) -> set[str]:
        """Return the keys of all papers the app told it had saved."""
        told = b""
        while part := os.read(self.told, 65536):
            told += part
        return {line.decode() for line in told.split(b"\n")[:-1]}

    def close(self) -> None:
        """Let go of everything."""
        for number in (self.master, self.worker, self.told):
            try:
                os.close(number)
            except OSError:
                continue
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


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
