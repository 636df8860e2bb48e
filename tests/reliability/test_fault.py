"""A fault of readlist itself: the terminal is as it was, marks and notes are kept, a report is left."""

from __future__ import annotations

import os
import signal
import sys
import termios
from pathlib import Path

import pytest

from readlist.shelf import VIEWS
from tests.reliability.crash_process import PRIVATE
from tests.support.home import title
from tests.support.papers import make_shelf
from tests.support.terminal import ReadlistTerminal, Terminal

pytestmark = pytest.mark.slow

LEAVES_SCREEN = b"\x1b[?1049l"


def started(home: Path, fault: str, *arguments: str) -> Terminal:
    command = [sys.executable, "-m", "tests.reliability.crash_process", *arguments]
    return Terminal(command, {"READLIST_HOME": str(home), "FAULT": fault})


def report_in(home: Path) -> str:
    (report,) = home.glob("crash-*.txt")
    assert report.stat().st_mode & 0o077 == 0
    return report.read_text(encoding="utf-8")


def ended(terminal: Terminal) -> str:
    """Wait until the program has ended; returns what it said last."""
    terminal.take_in_to_the_end()
    return terminal.output.rpartition(LEAVES_SCREEN)[2].decode()


@pytest.mark.parametrize("fault", ["screen", "thread"])
def test_a_fault_on_the_screen_leaves_the_terminal_as_it_was_and_a_report(home: Path, fault: str) -> None:
    terminal = started(home, fault)
    try:
        terminal.wait_for(title(1).encode())
        terminal.type("?")
        if fault == "thread":
            # What fails behind the screen doesn't end it, and is reported when the user leaves.
            terminal.type("q")
        said = ended(terminal)
        assert terminal.process.returncode == 1
        assert termios.tcgetattr(terminal.worker) == terminal.before
    finally:
        terminal.close()
    assert "internal error in readlist (ZeroDivisionError" in said
    assert str(next(home.glob("crash-*.txt"))) in said.replace("\r\n", "")
    report = report_in(home)
    assert "ZeroDivisionError" in report and "crash_process.py" in report
    for text in (report, terminal.output.decode()):
        assert PRIVATE not in text
        assert "Traceback" not in text
    assert str(Path.home()) not in report


def test_a_note_that_is_being_written_survives_a_fault(home: Path) -> None:
    terminal = started(home, "screen")
    try:
        terminal.wait_for(title(1).encode())
        terminal.type("e")
        terminal.wait_for(b"ote")
        terminal.type("half a thought")
        terminal.wait_for(b"half a thought")
        # Not typed into the note, but brought about from outside: the fault comes while the editor is open.
        terminal.process.send_signal(signal.SIGUSR1)
        ended(terminal)
    finally:
        terminal.close()
    shelf = make_shelf(home)
    shelf.sync.catch_up()
    notes = [entry.mark.note for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))]
    drafts = [shelf.marks.drafts.text(entry.paper.key) for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))]
    shelf.close()
    assert "half a thought" in notes + drafts


def test_a_fault_of_a_command_leaves_a_report_and_exit_status_1(home: Path) -> None:
    terminal = started(home, "command", "list")
    try:
        said = ended(terminal)
        assert terminal.process.returncode == 1
    finally:
        terminal.close()
    assert "internal error in readlist (ZeroDivisionError" in said
    assert "printing" not in said
    assert PRIVATE not in report_in(home) + said


def test_a_closed_window_is_no_fault(home: Path) -> None:
    terminal = ReadlistTerminal(home)
    try:
        terminal.shows(title(1))
        # In the middle of drawing.
        terminal.type("jk" * 300)
        os.close(terminal.worker)
        os.close(terminal.master)
        terminal.process.wait(60)
    finally:
        terminal.close()
    assert not list(home.glob("crash-*"))
