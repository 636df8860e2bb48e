"""The title of the terminal's window: set while readlist has the terminal, then given back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.driver import Driver

from readlist.tui.desktop.window_title import has_title, show_title, titled
from tests.support.terminal import ReadlistTerminal

PUSH, POP = "\x1b[22;0t", "\x1b[23;0t"


class RecordingDriver(Driver):
    """A driver that records what it writes."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def start_application_mode(self) -> None:
        self.write("start")

    def stop_application_mode(self) -> None:
        self.write("stop")

    def disable_input(self) -> None:
        pass


def test_the_title_is_set_while_the_terminal_is_ours_and_given_back_once() -> None:
    driver = titled(RecordingDriver)()  # type: ignore[call-arg]
    assert isinstance(driver, RecordingDriver)
    show_title(driver, "readlist")
    assert driver.written == []
    driver.start_application_mode()
    show_title(driver, "readlist (3)")
    driver.stop_application_mode()
    show_title(driver, "readlist (2)")
    driver.stop_application_mode()
    assert driver.written == [
        "start", PUSH, "\x1b]2;readlist\x07", "\x1b]2;readlist (3)\x07", POP, "stop", "stop",
    ]  # fmt: skip
    driver.start_application_mode()
    assert driver.written[-2:] == [PUSH, "\x1b]2;readlist (2)\x07"]


@pytest.mark.parametrize(("kind", "has"), [("xterm-256color", True), ("tmux-256color", True), ("linux", False)])
def test_terminals_without_a_title_are_known(monkeypatch: pytest.MonkeyPatch, kind: str, has: bool) -> None:
    monkeypatch.setenv("TERM", kind)
    assert has_title() == has


def test_another_driver_is_left_alone() -> None:
    driver = RecordingDriver()
    show_title(driver, "readlist")
    show_title(None, "readlist")
    assert driver.written == []


@pytest.mark.slow
def test_the_title_counts_what_is_left(tmp_path: Path) -> None:
    terminal = ReadlistTerminal(tmp_path)
    try:
        terminal.wait_for(b"\x1b]2;readlist (33)\x07")
        terminal.type("x")
        terminal.wait_for(b"\x1b]2;readlist (32)\x07")
        assert terminal.leave()[0] == 0
        assert terminal.output.count(PUSH.encode()) == terminal.output.count(POP.encode()) == 1
        assert b"\x1b]2;" not in terminal.output.rpartition(POP.encode())[2]
    finally:
        terminal.close()
