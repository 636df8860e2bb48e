"""A copy goes by every way there is, is read back where it can be, and claims no more than is known."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readlist.tui.desktop import browser, clipboard
from readlist.tui.desktop.browser import open_url
from readlist.tui.desktop.clipboard import Copied, clipboard_report
from tests.support.display import PATH, Server, needs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="uses Linux's display servers and /proc")

LINK = "https://github.com/owner/name"
NOTE = "Naïve ℓₚ, 漢字, \U0001f9d1\u200d\U0001f52c ❤\ufe0f\n  second line: «done»\n"


@pytest.fixture(autouse=True)
def deadline(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Gives programs as long as they take on a busy machine; sets another deadline, in seconds."""

    def set_deadline(seconds: float) -> None:
        for module in (clipboard, browser):
            monkeypatch.setattr(module, "DEADLINE", seconds)

    set_deadline(60.0)
    return set_deadline


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def own_server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def tmux() -> Iterator[dict[str, str]]:
    """The environment inside a tmux server of the test's own."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"PATH": PATH, "TMUX_TMPDIR": folder}
        command = ["tmux", "-L", "test", "-f", os.devnull]
        subprocess.run([*command, "new-session", "-d", "cat"], env=environ, check=True)
        asked = [*command, "display-message", "-p", "#{socket_path},#{pid},0"]
        there = subprocess.run(asked, env=environ, check=True, capture_output=True, text=True).stdout.strip()
        yield {"PATH": PATH, "TMUX": there}
        os.kill(int(there.split(",")[1]), signal.SIGCONT)
        subprocess.run([*command, "kill-server"], env=environ, check=True)


def program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def bare_path(folder: Path, *programs: str) -> str:
    """Return a PATH with nothing on it but these programs and what is put into the folder."""
    for name in programs:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def running(token: str) -> list[str]:
    """Return the programs that run with a token in their environment."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and token.encode() in (process / "environ").read_bytes():
                found.append((process / "comm").read_text().strip())
        except OSError:
            continue
    return found


def becomes_true(condition: Callable[[], bool]) -> bool:
    """Wait for what other processes are about to do; tell whether they did."""
    until = time.monotonic() + 60
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


async def copied(text: str, environ: dict[str, str]) -> tuple[Copied, list[str]]:
    """Copy a text; return what was said and what the terminal was sent."""
    sent: list[str] = []
    return await clipboard.copy(text, osc52=sent.append, environ=environ), sent


@pytest.mark.slow
@needs("Xvfb", "xclip")
class TestDesktop:
    @pytest.mark.parametrize("text", [LINK, NOTE, "0123456789 abcdefghi\n" * 50_000], ids=["link", "note", "1 MB"])
    async def test_a_copy_is_in_the_clipboard(self, shared_server: Server, text: str) -> None:
        said, sent = await copied(text, shared_server.environ)
        assert shared_server.clipboard() == text
        assert said.confirmed
        assert said.sentence == "Copied text → xclip"
        assert (said.how, sent) == ((("xclip",), []) if len(text) > 750_000 else (("xclip", "terminal"), [text]))

    async def test_twenty_copies_in_a_row_are_right(self, shared_server: Server) -> None:
        for number in range(20):
            said, _ = await copied(f"{LINK}/{number}", shared_server.environ)
            assert said.confirmed
            assert shared_server.clipboard() == f"{LINK}/{number}"

    async def test_of_many_at_once_the_last_one_stays(self, shared_server: Server) -> None:
        said = await asyncio.gather(*(copied(f"{LINK}/{number}", shared_server.environ) for number in range(10)))
        assert shared_server.clipboard() == f"{LINK}/9"
        assert said[-1][0].confirmed
        overtaken = [one for one, _ in said if not one.confirmed]
        assert overtaken
        assert {one.sentence for one in overtaken} == {"Not copied: replaced by a later copy"}

    async def test_no_control_character_is_copied(self, shared_server: Server) -> None:
        await copied("a\x1b[31mb\x1b]52;c;QUFB\x07\x00\x9bc\u202e\r\nd", shared_server.environ)
        assert shared_server.clipboard() == "abc\nd"

    async def test_a_stopped_server_is_waited_for_no_longer_than_the_deadline(
        self, own_server: Server, deadline: Callable[[float], None]
    ) -> None:
        deadline(1.0)
        own_server.process.send_signal(signal.SIGSTOP)
        token = uuid.uuid4().hex
        # The server goes on only after this test.
        said, sent = await copied(LINK, {**own_server.environ, "TOKEN": token})
        assert said == Copied(("terminal",), False, "Sent text to your terminal's clipboard; xclip did not answer")
        assert sent == [LINK]
        assert becomes_true(lambda: running(token) == [])

    async def test_a_display_that_is_gone_is_no_success(self) -> None:
        said, _ = await copied(LINK, {"PATH": PATH, "DISPLAY": ":4242"})
        assert said == Copied(("terminal",), False, "Sent text to your terminal's clipboard; xclip failed")

    @needs("tmux")
    async def test_inside_tmux_both_have_it(self, shared_server: Server, tmux: dict[str, str]) -> None:
        said, _ = await copied(LINK, {**tmux, **shared_server.environ})
        assert said == Copied(("xclip", "tmux", "terminal"), True, "Copied text → xclip and tmux")

    def test_the_report_tells_whether_the_display_answers(
        self, own_server: Server, deadline: Callable[[float], None]
    ) -> None:
        assert clipboard_report(own_server.environ)[0].startswith(f"xclip on display {own_server.display}: ok; ")
        own_server.process.send_signal(signal.SIGSTOP)
        deadline(1.0)
        assert clipboard_report(own_server.environ)[0].endswith(": no answer within 1 s")
        deadline(60.0)
        assert "open display" in clipboard_report({"PATH": PATH, "DISPLAY": ":4242"})[0]


@pytest.mark.slow
@needs("Xvfb", "xsel", "xclip")
async def test_xsel_is_used_without_xclip(shared_server: Server, tmp_path: Path) -> None:
    environ = {**shared_server.environ, "PATH": bare_path(tmp_path, "xsel"), "HOME": str(tmp_path)}
    said, _ = await copied(NOTE, environ)
    assert said.sentence == "Copied text → xsel"
    assert shared_server.clipboard() == NOTE


class TestWayland:
    """Wayland's tools are played by scripts that keep the text in a file, as there is no compositor here."""

    @pytest.fixture
    def environ(self, tmp_path: Path) -> dict[str, str]:
        bare_path(tmp_path, "cat", "sleep", "sh")
        program(tmp_path, "wl-copy", "echo noise; echo noise >&2; cat > $HOME/text")
        program(tmp_path, "wl-paste", "cat $HOME/text")
        return {"PATH": str(tmp_path), "HOME": str(tmp_path), "WAYLAND_DISPLAY": "wayland-7"}

    async def test_a_copy_is_read_back(self, environ: dict[str, str], capfd: pytest.CaptureFixture[str]) -> None:
        said, _ = await copied(NOTE, environ)
        assert said == Copied(("wl-clipboard", "terminal"), True, "Copied text → wl-clipboard")
        assert (Path(environ["HOME"]) / "text").read_text() == NOTE
        assert capfd.readouterr() == ("", "")

    async def test_a_late_answer_is_waited_for(self, environ: dict[str, str], tmp_path: Path) -> None:
        once = "[ -e $HOME/asked ] && exec cat $HOME/text; : > $HOME/asked; echo something else"
        program(tmp_path, "wl-paste", once)
        assert (await copied(LINK, environ))[0].confirmed

    async def test_another_text_in_the_clipboard_is_no_success(self, environ: dict[str, str], tmp_path: Path) -> None:
        program(tmp_path, "wl-paste", "printf '\\377'")
        said, _ = await copied(LINK, environ)
        assert said.sentence == "Sent text to your terminal's clipboard; wl-clipboard failed"

    @pytest.mark.slow
    async def test_a_reader_that_hangs_does_not_cost_the_copy(
        self, environ: dict[str, str], tmp_path: Path, deadline: Callable[[float], None]
    ) -> None:
        deadline(5.0)
        program(tmp_path, "wl-copy", "cat > $HOME/text; exec 0<&- ; (exec sleep 20) & echo $! > $HOME/owner")
        program(tmp_path, "wl-paste", "exec sleep 20")
        token = uuid.uuid4().hex
        said, _ = await copied(LINK, {**environ, "TOKEN": token})
        assert said.sentence == "Sent text to wl-clipboard and your terminal's clipboard"
        # The one left is the clipboard's owner; the reader is gone.
        assert becomes_true(lambda: running(token) == ["sleep"])
        os.kill(int((tmp_path / "owner").read_text()), signal.SIGKILL)

    def test_the_report_shows_what_the_tool_complains_of(self, environ: dict[str, str], tmp_path: Path) -> None:
        program(tmp_path, "wl-paste", "printf 'Failed to connect\\033[31m to a Wayland server\\n' >&2; exit 1")
        first = clipboard_report(environ)[0]
        assert first == "wl-clipboard on display wayland-7: Failed to connect to a Wayland server"


@pytest.mark.slow
@needs("tmux")
class TestTmux:
    @staticmethod
    def buffer(environ: dict[str, str]) -> str:
        run = subprocess.run(["tmux", "show-buffer"], env=environ, check=True, capture_output=True)
        return run.stdout.decode()

    @pytest.mark.parametrize("text", [LINK, NOTE, "0123456789 abcdefghi\n" * 50_000], ids=["link", "note", "1 MB"])
    async def test_a_copy_is_in_its_buffer(self, tmux: dict[str, str], text: str) -> None:
        said, _ = await copied(text, tmux)
        assert self.buffer({**tmux, "LC_ALL": "C.UTF-8"}) == text
        assert said.sentence == "Copied text → tmux"
        assert said.confirmed

    async def test_a_dead_display_beside_it_does_not_matter(self, tmux: dict[str, str]) -> None:
        said, _ = await copied(LINK, {**tmux, "DISPLAY": ":4242"})
        assert said == Copied(("tmux", "terminal"), True, "Copied text → tmux")

    async def test_a_stopped_server_is_not_waited_for(
        self, tmux: dict[str, str], deadline: Callable[[float], None]
    ) -> None:
        deadline(0.3)
        os.kill(int(tmux["TMUX"].split(",")[1]), signal.SIGSTOP)
        said, _ = await copied(LINK, tmux)
        assert said == Copied(("terminal",), False, "Sent text to your terminal's clipboard")

    async def test_a_server_that_is_gone_is_no_success(self) -> None:
        said, _ = await copied(LINK, {"PATH": PATH, "TMUX": "/nowhere/tmux,1,0"})
        assert said == Copied(("terminal",), False, "Sent text to your terminal's clipboard")


async def test_a_tmux_that_cannot_tell_its_terminal_still_has_it(tmp_path: Path) -> None:
    bare_path(tmp_path, "cat", "sh")
    program(tmp_path, "tmux", '[ "$2" = -w ] && exit 1; exec cat > $HOME/buffer')
    said, _ = await copied(LINK, {"PATH": str(tmp_path), "HOME": str(tmp_path), "TMUX": "x,1,0"})
    assert said.sentence == "Copied text → tmux"
    assert (tmp_path / "buffer").read_text() == LINK


class TestTerminalOnly:
    @pytest.fixture(autouse=True)
    def no_process_starts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            pytest.fail("a process was started")

        monkeypatch.setattr(subprocess, "Popen", refuse)

    @pytest.mark.parametrize(
        "environ",
        [{}, {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", "SSH_TTY": "/dev/pts/1"}],
        ids=["console", "ssh"],
    )
    async def test_it_is_said_that_nothing_is_confirmed(self, environ: dict[str, str]) -> None:
        said, sent = await copied(LINK, {"PATH": PATH, **environ})
        assert said == Copied(("terminal",), False, "Sent text to your terminal's clipboard")
        assert sent == [LINK]

    async def test_a_display_without_tools_is_no_clipboard(self, tmp_path: Path) -> None:
        said, _ = await copied(LINK, {"PATH": str(tmp_path), "DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})
        assert said.sentence == "Sent text to your terminal's clipboard"

    async def test_what_is_too_long_for_a_terminal_is_said_not_to_be_copied(self) -> None:
        said, sent = await copied("abc " * 250_000, {"PATH": PATH})
        assert said == Copied((), False, "Not copied: no clipboard found")
        assert not sent

    async def test_a_terminal_that_is_gone_raises_nothing(self) -> None:
        def broken(_text: str) -> None:
            raise OSError

        said = await clipboard.copy(LINK, osc52=broken, environ={"PATH": PATH})
        assert said == Copied((), False, "Not copied: no clipboard found")

    @pytest.mark.parametrize("text", ["", " \n", "\x1b[31m\u200b"])
    async def test_nothing_is_not_copied(self, text: str) -> None:
        said, sent = await copied(text, {"PATH": PATH, "DISPLAY": ":0", "TMUX": "x"})
        assert said == Copied((), False, "Not copied: empty")
        assert not sent

    async def test_a_lone_surrogate_is_no_trouble(self) -> None:
        assert (await copied("a\ud800b", {"PATH": PATH}))[1] == ["ab"]

    def test_the_report_says_why_there_is_no_desktop(self, tmp_path: Path) -> None:
        here = {"PATH": str(tmp_path)}
        assert "DISPLAY and WAYLAND_DISPLAY are not set" in clipboard_report(here)[0]
        assert "in this SSH session" in clipboard_report({**here, "SSH_CLIENT": "x"})[0]
        assert "install xclip or xsel" in clipboard_report({**here, "DISPLAY": ":0"})[0]
        assert "install wl-clipboard" in clipboard_report({**here, "WAYLAND_DISPLAY": "w"})[0]
        assert len(clipboard_report({**here, "TMUX": "x"})) == 3


@pytest.mark.parametrize(
    ("platform", "remote", "name"),
    [("darwin", False, "pbcopy"), ("darwin", True, ""), ("win32", False, "windows"), ("win32", True, "")],
)
def test_a_machines_own_clipboard_is_not_used_over_ssh(
    platform: str, remote: bool, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "pbcopy", "")
    environ = {"PATH": str(tmp_path)} | ({"SSH_TTY": "/dev/ttys1"} if remote else {})
    monkeypatch.setattr(sys, "platform", platform)
    for module in (clipboard, browser):
        monkeypatch.setattr(module, "is_wsl", lambda: False)
    if platform == "win32":
        monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert clipboard._helper(environ) == name


@pytest.mark.slow
class TestBrowser:
    @pytest.fixture
    def environ(self, tmp_path: Path) -> dict[str, str]:
        bare_path(tmp_path, "sh", "sleep")
        program(tmp_path, "xdg-open", 'echo noise; echo noise >&2; echo "$@" > $HOME/opened')
        return {"PATH": str(tmp_path), "HOME": str(tmp_path), "DISPLAY": ":4242"}

    @pytest.mark.parametrize("url", [LINK, "HTTP://example.org:8080/a?b=c&d=(x)#e", "https://例え.jp/ü"])
    async def test_an_address_is_opened_quietly(
        self, url: str, environ: dict[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert await open_url(url, sure=True, environ=environ) == ""
        assert (tmp_path / "opened").read_text() == f"{url}\n"
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "example.org",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "https:///path",
            "https://[",
            "https://example.org:port/",
            "--help",
            "https://example.org/\x1b]0;x\x07",
            "https://example.org/\u202egpj",
            "https://example.org/ --new",
            "https://example.org/\n",
            "https://user@example.org/",
            "https://user:secret@example.org/",
            "https://@example.org/",
        ],
    )
    async def test_anything_else_is_refused(self, url: str, environ: dict[str, str], tmp_path: Path) -> None:
        assert (await open_url(url, environ=environ)).endswith(".")
        assert not (tmp_path / "opened").exists()

    @pytest.mark.parametrize(
        "url", ["https://github.com@example.org/", "https://xn--rxiv-43d.org/", "http://2130706433/"]
    )
    async def test_an_address_that_hides_where_it_leads_wants_a_word_first(
        self, url: str, environ: dict[str, str], tmp_path: Path
    ) -> None:
        assert (await open_url(url, environ=environ)).startswith("Not opened: it")
        assert not (tmp_path / "opened").exists()
        assert await open_url(url, sure=True, environ=environ) == ""
        assert (tmp_path / "opened").read_text() == f"{url}\n"

    @pytest.mark.parametrize("own", [False, True], ids=["xdg-open", "$BROWSER"])
    async def test_no_address_starts_a_program_or_gives_an_option(
        self, own: bool, environ: dict[str, str], tmp_path: Path
    ) -> None:
        starter = tmp_path / "mine" if own else tmp_path / "xdg-open"
        # A starter that hands the address on inside another shell's quotes, as some do.
        program(tmp_path, starter.name, 'printf "%s\\n" "$#" "$1" > $HOME/opened; sh -c "echo \\"$1\\"" > $HOME/echoed')
        if own:
            environ["BROWSER"] = str(starter)
        hostile = "https://example.org/;touch${IFS}$HOME/owned?`touch\t$HOME/owned`".replace("\t", "${IFS}")
        hostile += "&a='$(touch${IFS}$HOME/owned)\";touch${IFS}$HOME/owned;#|%s--new-window"
        assert await open_url(hostile, environ=environ) == ""
        count, address = (tmp_path / "opened").read_text().splitlines()
        assert count == "1"
        assert address.startswith("https://example.org/;touch%24%7BIFS%7D")
        assert (tmp_path / "echoed").read_text().count("\n") == 1
        assert not (tmp_path / "owned").exists()

    async def test_without_a_display_nothing_takes_the_screen(self, environ: dict[str, str], tmp_path: Path) -> None:
        del environ["DISPLAY"]
        assert "No display" in await open_url(LINK, environ=environ)
        environ["SSH_CONNECTION"] = "x"
        assert "SSH session" in await open_url(LINK, environ=environ)
        assert not (tmp_path / "opened").exists()

    async def test_the_users_own_browser_is_taken_even_without_a_display(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        program(tmp_path, "mine", 'echo "mine $@" > $HOME/opened')
        del environ["DISPLAY"]
        environ["BROWSER"] = str(tmp_path / "mine")
        assert await open_url(LINK, environ=environ) == ""
        assert (tmp_path / "opened").read_text() == f"mine {LINK}\n"

    async def test_a_browser_that_fails_is_reported(self, environ: dict[str, str], tmp_path: Path) -> None:
        program(tmp_path, "xdg-open", "exit 3")
        assert await open_url(LINK, environ=environ) == "Can't start a browser."
        (tmp_path / "xdg-open").unlink()
        assert await open_url(LINK, environ=environ) == "Can't start a browser."

    async def test_a_browser_that_stays_is_not_waited_for(
        self, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(browser, "DEADLINE", 0.3)
        program(tmp_path, "xdg-open", "echo $$ > $HOME/opened; exec sleep 20")
        assert await open_url(LINK, environ=environ) == ""
        opened = tmp_path / "opened"
        assert becomes_true(lambda: opened.exists() and opened.read_text().endswith("\n"))
        os.kill(int(opened.read_text()), signal.SIGTERM)
