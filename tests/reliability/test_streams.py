"""readlist where its streams or its terminal are not what a screen needs: it works, or says why not in a line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.terminal import ESCAPE, ReadlistTerminal, Terminal

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("closed", [False, True])
def test_the_screen_is_drawn_without_standard_error(tmp_path: Path, closed: bool) -> None:
    said = tmp_path / "said"

    def prepare() -> None:
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 2)
        if closed:
            os.close(2)

    terminal = ReadlistTerminal(tmp_path / "home", prepare=prepare)
    try:
        terminal.shows("Inbox", "feed order")
        status, _, _ = terminal.leave()
        assert status == 0
        assert b"\x1b" not in said.read_bytes()
    finally:
        terminal.close()


def test_bytes_that_are_no_text_are_neither_keys_nor_the_end(tmp_path: Path) -> None:
    terminal = ReadlistTerminal(tmp_path / "home")
    try:
        terminal.shows("Inbox", "feed order")
        os.write(terminal.master, b"\xe9\xff\x9b/gr\xfcn \x1b[200~caf\xe9\x1b[201~")
        terminal.shows("gr\ufffdn caf\ufffd")
        terminal.type(ESCAPE)
        terminal.shows("1/33", "star")
        assert terminal.leave()[0] == 0
    finally:
        terminal.close()


@pytest.mark.parametrize(("kind", "named"), [("dumb", "TERM is dumb"), ("", "TERM is not set")])
def test_a_terminal_that_shows_no_screen_is_named_in_one_line_with_a_hint(
    tmp_path: Path, kind: str, named: str
) -> None:
    home = {"READLIST_HOME": str(tmp_path), "TERM": kind}
    terminal = Terminal([sys.executable, "-m", "readlist"], home)
    try:
        terminal.wait_for(named.encode())
        terminal.process.wait(60)
        terminal.take_in()
        assert terminal.process.returncode == 2
        assert b"\x1b" not in terminal.output
        error, hint = terminal.output.splitlines()
        assert error.startswith(b"readlist: ") and hint.startswith(b"hint: ")
    finally:
        terminal.close()
