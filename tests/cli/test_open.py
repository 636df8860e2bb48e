"""`readlist open` and `readlist copy`: what goes to browser and clipboard, and what is printed where there is none."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import pytest

from tests.support.cli import Run
from tests.support.display import Server, needs
from tests.support.home import fill_home
from tests.support.terminal import ReadlistTerminal, Terminal

FIRST, SECOND, THIRD = "2608.00001", "2608.00002", "2608.00003"
REPO = "https://github.com/lab/code-2"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses sh")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with papers, where there is no browser and no clipboard."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX", "BROWSER", "SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    folder = tmp_path / "home"
    fill_home(folder)
    return folder


def put_on_path(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program before all others."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.mark.usefixtures("home")
class TestWithoutBrowserAndClipboard:
    def test_the_address_is_printed_and_it_is_said_why(self, run: Run) -> None:
        done = run("open", FIRST)
        assert (done.exit_code, done.stdout) == (1, f"https://arxiv.org/abs/{FIRST}\n")
        assert done.stderr == "readlist: no display for a browser; copy the link instead\n"
        assert run("open", FIRST, "--html").stdout == f"https://arxiv.org/html/{FIRST}\n"
        assert run("open", f"https://arxiv.org/abs/{FIRST}v2", "--pdf").stdout == f"https://arxiv.org/pdf/{FIRST}\n"

    def test_what_could_not_be_copied_is_printed(self, run: Run) -> None:
        done = run("copy", SECOND)
        assert (done.exit_code, done.stdout) == (1, f"{REPO}\n")
        assert done.stderr == "readlist: not copied: no clipboard found\n"
        assert run("copy", FIRST, SECOND, "--what", "title").stdout.count("\n") == 2

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (("open",), 2, "missing argument 'KEY…'"),
            (("open", "9999.99999"), 1, "no such paper: 9999.99999\nhint: `readlist list` shows keys\n"),
            (("open", FIRST, "--repo"), 1, f"arxiv:{FIRST}: has no repo\n"),
            (("open", FIRST, "--pdf", "--repo"), 2, "open: --pdf and --repo exclude each other\n"),
            (("open", *[FIRST] * 21), 2, "open: too many papers (21); name at most 20\n"),
            (("copy",), 2, "missing argument 'KEY…'"),
            (("copy", "9999.99999"), 1, "no such paper: 9999.99999\nhint: `readlist list` shows keys\n"),
            (("copy", FIRST, "--what", "note"), 1, "nothing to copy: the paper has no note\n"),
            (("copy", FIRST, THIRD, "--what", "repo"), 1, "nothing to copy: none of the 2 papers has a repo link\n"),
            (("copy", FIRST, "--what", "bibtx"), 2, "invalid value for '--what': 'bibtx' is not one of 'repo', "),
        ],
    )
    def test_what_is_wrong_is_one_line(self, run: Run, arguments: tuple[str, ...], status: int, said: str) -> None:
        done = run(*arguments)
        assert done.exit_code == status and done.stdout == ""
        assert done.stderr.startswith(f"readlist: {said}")


def test_papers_are_opened_in_the_browser_and_the_others_named(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(home, "browser", f'echo "$@" >> {home}/opened', monkeypatch)
    monkeypatch.setenv("BROWSER", str(home / "browser"))
    done = run("open", FIRST, "9999.99999", FIRST, THIRD)
    assert done.exit_code == 1 and done.stdout == ""
    addresses = [f"https://arxiv.org/abs/{each}" for each in (FIRST, THIRD)]
    assert done.stderr.splitlines()[0] == "readlist: no such paper: 9999.99999"
    assert done.stderr.splitlines()[2:] == [f"Opened {each}" for each in addresses]
    assert (home / "opened").read_text().split() == addresses
    assert run("open", SECOND, "--repo").exit_code == 0
    assert (home / "opened").read_text().split()[-1] == REPO


def test_a_copy_goes_where_those_of_the_screen_go(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(home, "tmux", f"cat > {home}/buffer", monkeypatch)
    monkeypatch.setenv("TMUX", "x,1,0")
    done = run("copy", FIRST, SECOND, THIRD, "--what", "repo")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "Copied 1 repo link → tmux (2 papers have none)\n"
    assert (home / "buffer").read_text() == REPO
    assert run("copy", SECOND, "9999.99999").exit_code == 1
    run("copy", SECOND, "--what", "bibtex")
    assert (home / "buffer").read_text().startswith("@misc{")


def osc52(text: str) -> bytes:
    """What a terminal is sent to copy a text."""
    return b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\x07"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("auto", b"Sent repo link to your terminal's clipboard"),
        ("osc52", "Copied repo link → terminal".encode()),
        ("show", REPO.encode()),
    ],
)
def test_over_ssh_a_copy_is_sent_to_the_terminal(home: Path, setting: str, said: bytes) -> None:
    (home / "config.toml").write_text(f'clipboard = "{setting}"\n')
    terminal = Terminal(
        [sys.executable, "-m", "readlist", "copy", SECOND], {"READLIST_HOME": str(home), "SSH_TTY": "/dev/pts/1"}
    )
    try:
        terminal.wait_for(osc52(REPO))
        terminal.wait_for(said)
        assert terminal.process.wait(60) == 0
    finally:
        terminal.close()


@pytest.mark.slow
def test_over_ssh_the_screen_asks_once_whether_a_copy_arrived(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    for first in (True, False):
        screen = ReadlistTerminal(home)
        try:
            screen.shows("Inbox")
            screen.type("y")
            screen.wait_for(b"\x1b]52;c;")
            if first:
                screen.shows("to your terminal's clipboard. Did it arrive? y yes · n no")
                screen.type("y")
                screen.shows("readlist won't ask again.")
            else:
                screen.shows("→ terminal")
                assert "Did it arrive" not in " ".join(screen.screen())
            assert screen.leave()[0] == 0
        finally:
            screen.close()
        assert 'clipboard = "osc52"\n' in (home / "config.toml").read_text()


@pytest.mark.slow
@needs("Xvfb", "xclip")
def test_a_copy_is_in_the_clipboard_of_the_desktop(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    try:
        monkeypatch.setenv("DISPLAY", server.display)
        done = run("copy", SECOND, "--what", "markdown")
        assert (done.exit_code, done.stderr) == (0, "Copied Markdown link → xclip\n")
        assert server.clipboard().endswith(f"](https://arxiv.org/abs/{SECOND})")
    finally:
        server.stop()
