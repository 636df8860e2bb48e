"""A shell on a terminal of its own, which has readlist's completion, and a `readlist` that prints its arguments."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Told its arguments apart, so that quoting is seen; completion and its script are readlist's own.
_SHIM = """#!/bin/sh
if [ -n "$_READLIST_COMPLETE" ] || [ "$1" = completion ]; then exec '{python}' -m readlist "$@"; fi
printf '<%s>' "$@"; echo
"""
_BASH = "PS1='READY> '; PS2='MORE> '\nbind 'set enable-bracketed-paste off'\nsource <(readlist completion bash)\n"
_ZSH = """\
PS1='READY> '; PS2='MORE> '; unsetopt zle_bracketed_paste prompt_sp list_beep; zstyle ':completion:*' menu no
autoload -U compinit; compinit -u -D; source <(readlist completion zsh)
"""
_FISH = """\
function fish_prompt; echo -n 'READY> '; end
function fish_greeting; end
function on_enter
    if commandline --is-valid
        commandline -f execute
    else
        commandline ''
        echo 'LEFT> '
        commandline -f repaint
    end
end
bind \\r on_enter
bind \\n on_enter
set -g fish_autosuggestion_enabled 0
readlist completion fish | source
"""


_SEQUENCE = re.compile(r"\x1b(?:\[[^a-zA-Z]*[a-zA-Z]|[()][B0]|\][^\x07]*\x07)|\a|⏎ *|\r(?!\n)")


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a shell that finds the `readlist` that prints its arguments; it is made for it."""
    shim = home / "bin" / "readlist"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(_SHIM.format(python=sys.executable), encoding="utf-8")
    shim.chmod(0o755)
    return {
        **os.environ,
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TERM": "dumb",
        "XDG_CONFIG_HOME": str(home),
        "XDG_DATA_HOME": str(home),
        "ZDOTDIR": str(home),
    }


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, shell: str, home: Path, here: Path) -> None:
        names = {"bash": home / "bashrc", "zsh": home / ".zshrc", "fish": home / "fish" / "config.fish"}
        names[shell].parent.mkdir(exist_ok=True)
        names[shell].write_text({"bash": _BASH, "zsh": _ZSH, "fish": _FISH}[shell], encoding="utf-8")
        command = {
            "bash": ["bash", "--noprofile", "--rcfile", str(names["bash"]), "-i"],
            "zsh": ["zsh", "-d", "-i"],
            "fish": ["fish", "--interactive"],
        }[shell]
        self._ours, theirs = os.openpty()
        # With a terminal of its own that ^C goes through, which fish insists on.
        self._shell = subprocess.Popen(
            ["setsid", "--ctty", *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(home),
            cwd=here,
        )
        os.close(theirs)
        self.until("READY> ")

    def until(self, wanted: str, seconds: float = 60) -> str:
        """Read until something is printed that fits a pattern; returns it all without control sequences."""
        seen, end = "", time.monotonic() + seconds
        while True:
            assert time.monotonic() < end, seen
            if select.select([self._ours], [], [], 0.1)[0]:
                seen += os.read(self._ours, 65_536).decode("utf-8", "replace")
            shown = _SEQUENCE.sub("", seen).replace("\r\n", "\n")
            if re.search(wanted, shown, re.MULTILINE):
                return shown

    def reported(self, keys: str) -> str:
        """Type, press Tab and Enter, and return what the command got; empty when the line is not complete."""
        os.write(self._ours, f"{keys}\t\r".encode())
        printed = self.until(r"^<.*>$|MORE> |LEFT> ")
        found = re.findall(r"^<.*>$", printed, re.MULTILINE)
        if "MORE> " in printed:
            self._leave_line()
        os.write(self._ours, b"echo DO''NE\r")
        self.until(r"^DONE\n(.*\n)*.*READY> ")
        return found[-1] if found else ""

    def _leave_line(self) -> None:
        """Press ^C until there is a prompt: a shell that isn't back at reading yet doesn't see it."""
        for _ in range(30):
            os.write(self._ours, b"\x03")
            with contextlib.suppress(AssertionError):
                self.until("READY> ", 1)
                return

    def close(self) -> None:
        """End the shell."""
        self._shell.kill()
        self._shell.wait()
        os.close(self._ours)


@contextlib.contextmanager
def opened(shell: str, home: Path) -> Iterator[Terminal]:
    """Open a shell in the folder `here` of a home; a test is skipped where there is no such shell."""
    for program in (shell, "setsid"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    terminal = Terminal(shell, home, home / "here")
    try:
        yield terminal
    finally:
        terminal.close()
