"""readlist in a real terminal (tmux): import, star, note, quit, restart, and all of it is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]

PAGE = "new\n\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\nAug 3\n" + "".join(
    f"\n{title}\n\n{sentence} {sentence} {sentence}\n"
    for title, sentence in (
        ("Small Models Learn Slowly", "We train small models for a long time and report how slowly they learn."),
        (
            "Pruning Trees Without Tears",
            "We prune decision trees and keep their accuracy; see https://github.com/lab/tears.",
        ),
        ("A Survey of Surveys", "We read every survey there is and describe what the surveys have in common."),
    )
)


class Tmux:
    """One readlist in a private tmux server."""

    def __init__(self, folder: Path, columns: int, lines: int) -> None:
        self._folder = folder
        self._servers = 0
        self._base: list[str] = []
        self._home = folder / "home"
        self._home.mkdir()
        # Nothing outside of this machine is asked.
        (self._home / "config.toml").write_text('refresh = "never"\n', encoding="utf-8")
        self._size = ["-x", str(columns), "-y", str(lines)]

    @property
    def command(self) -> str:
        """The command that starts readlist."""
        return f"'{sys.executable}' -m readlist"

    def run(self, *arguments: str) -> str:
        """Run a tmux command."""
        return subprocess.run([*self._base, *arguments], check=True, capture_output=True, text=True).stdout

    def start(self, editor: Path | str = "vi", shell: str = "") -> None:
        """Start readlist, or a shell to start it from, in a server of its own: the last one may still be going away."""
        self._servers += 1
        self._base = ["tmux", "-S", str(self._folder / f"tmux{self._servers}"), "-f", os.devnull]
        # COLUMNS and LINES of whoever runs the tests would pass for the terminal's size.
        set_up = f"unset COLUMNS LINES; READLIST_HOME='{self._home}' TERM=xterm-256color VISUAL='{editor}'"
        command = f"{set_up} {shell or self.command}; echo ended $?; cat"
        self.run("new-session", "-d", *self._size, "-c", str(Path(__file__).parents[1]), command)

    def keys(self, *keys: str) -> None:
        """Type keys."""
        self.run("send-keys", *keys)

    def text(self, words: str) -> None:
        """Type a text literally."""
        self.run("send-keys", "-l", words)

    def screen(self) -> str:
        """Return what the terminal shows."""
        return self.run("capture-pane", "-p")

    def wait_for(self, *texts: str) -> str:
        """Wait until all these texts are on the screen."""
        return self.wait_until(lambda screen: all(text in screen for text in texts), repr(texts))

    def wait_until(self, holds: Callable[[str], bool], what: str) -> str:
        """Wait until something holds of the screen."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            screen = self.screen()
            if holds(screen):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"{what} did not come:\n{self.screen()}")

    def stop(self) -> None:
        """End the server."""
        subprocess.run([*self._base, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A terminal of 120×36."""
    terminal = Tmux(tmp_path, 120, 36)
    yield terminal
    terminal.stop()


def test_what_was_decided_is_found_after_a_restart(tmux: Tmux, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    tmux.start()
    tmux.wait_for("Inbox 3", "Sample")
    tmux.keys("i")
    tmux.wait_for("Import")
    tmux.text(str(page))
    tmux.keys("Enter")
    tmux.wait_for("Inbox 3 ", "Small Models Learn Slowly")
    tmux.keys("s")
    tmux.keys("j")
    tmux.keys("e")
    tmux.text("try this on our trees")
    tmux.keys("Escape")
    tmux.wait_for("Notes 1", "Starred 1")
    tmux.keys("q")
    tmux.wait_for("ended 0")
    tmux.stop()

    tmux.start()
    tmux.wait_for("Inbox 3 ", "Starred 1", "Notes 1")
    tmux.keys("4")
    screen = tmux.wait_for("try this on our trees")
    assert "Pruning Trees Without Tears" in screen
    tmux.keys("3")
    tmux.wait_for("★", "1/1")
    tmux.keys("q")
    tmux.wait_for("ended 0")

    listed = subprocess.run(
        [sys.executable, "-m", "readlist", "list", "is:starred", "--json"],
        check=True,
        capture_output=True,
        env={**os.environ, "READLIST_HOME": str(tmp_path / "home")},
    )
    assert [paper["title"] for paper in json.loads(listed.stdout)] == ["Small Models Learn Slowly"]


def test_no_control_sequence_of_a_feed_reaches_the_terminal(tmux: Tmux, tmp_path: Path) -> None:
    page = tmp_path / "days.json"
    hostile = "A [/red] B [bold]\x1b]52;c;aGVsbG8=\x07\x1b[31mC\x9b32m \u202eD\u200b [@click=app.quit]E[/]"
    abstract = "\x1b[2JWe [red]study[/] hostile \x1b]0;title\x07 text \x90 and $\\ell_p$ norms. " * 5
    page.write_text(
        json.dumps([{"paper": {"id": "2608.00001", "title": hostile, "summary": abstract, "upvotes": 3}}]),
        encoding="utf-8",
    )
    tmux.start()
    tmux.wait_for("Inbox 3", "Sample")
    tmux.keys("i")
    tmux.wait_for("Import")
    tmux.text(str(page))
    tmux.keys("Enter")
    screen = tmux.wait_for("Inbox 1 ", "A [/red] B [bold]")
    assert "[@click=app.quit]E[/]" in screen
    assert "We [red]study[/] hostile" in screen
    assert "ℓₚ" in screen
    assert subprocess.run([*tmux._base, "show-buffer"], check=False, capture_output=True).stdout == b""


def test_the_break_key_ends_the_editor_alone_and_costs_no_text(tmux: Tmux, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nprintf 'half a thought' > \"$1\"\necho type here\ncat\n", encoding="utf-8")
    editor.chmod(0o755)
    tmux.start(editor)
    tmux.wait_for("Inbox 3", "Sample")
    tmux.keys("E")
    tmux.wait_for("type here")
    tmux.keys("C-c")
    tmux.wait_for("was killed by SIGINT", "Inbox 3", "Unsaved draft")
    tmux.keys("e")
    tmux.wait_for("half a thought")
    tmux.keys("Escape")
    tmux.wait_for("Notes 1")
    tmux.keys("q")
    tmux.wait_for("ended 0")


@pytest.mark.slow
def test_the_shell_stops_and_continues_readlist(tmux: Tmux, tmp_path: Path) -> None:
    tmux.start(shell="PS1='ready> ' bash --norc --noprofile")
    tmux.wait_for("ready>")
    # A wrapper that waits for readlist must be stopped with it, or the shell never has its turn.
    tmux.text(f"sh -c 'echo $$ > {tmp_path}/wrapper; {tmux.command}; true'")
    tmux.keys("Enter")
    tmux.wait_for("Inbox 33", "feed order")
    for opened, shown in (("", "x done"), ("?", "Mark read and go"), ("/", "Tab complete"), ("i", "A saved page")):
        tmux.text(opened)
        tmux.wait_for("Inbox 33", shown)
        tmux.keys("C-z")
        tmux.wait_for("Stopped", "ready>")
        assert tmux.run("display", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}").split() == ["0", "1", "0"]
        assert "Inbox" not in tmux.screen()
        tmux.text("fg")
        tmux.keys("Enter")
        tmux.wait_for("Inbox 33", shown)
        if opened:
            tmux.keys("Escape")
            tmux.wait_until(lambda screen, shown=shown: shown not in screen, "the list")  # type: ignore[misc]
    wrapper = int((tmp_path / "wrapper").read_text())
    for number in (signal.SIGTSTP, signal.SIGSTOP):
        # The whole job, from outside.
        os.killpg(wrapper, number)
        tmux.wait_for("ready>")
        while number == signal.SIGTSTP and tmux.run("display", "-p", "#{alternate_on}").strip() == "1":
            time.sleep(0.05)
        tmux.text("fg")
        tmux.keys("Enter")
        tmux.wait_until(lambda screen: "ready>" not in screen and "feed order" in screen, "the list")
        tmux.keys("j")
        tmux.wait_for("2/33" if number == signal.SIGTSTP else "3/33")
    tmux.keys("q")
    tmux.wait_for("ready>")
