"""The clipboard: copy to desktop, tmux and terminal, verify, paste; the only home of pyperclip."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from readlist.text.clean import clean, drawable
from readlist.tui.desktop import DEADLINE, here, is_remote, is_wsl

# Base64 makes this 1 MB; tmux drops longer sequences (input-buffer-size), other terminals far shorter ones.
_TERMINAL_LIMIT = 750_000

# pyperclip checks no return codes, has no deadline and lets its helper write on the screen, so it runs in processes of
# its own: one copies the text, the other reads it back. Started bare (-I -S), they are given its folder.
_PYPERCLIP = r"""
import sys, time
sys.path.append(sys.argv[1])
import pyperclip
try:
    pyperclip.set_clipboard(sys.argv[2])
except ValueError:
    pass
if sys.argv[3] == "read":
    sys.stdout.buffer.write(pyperclip.paste().encode("utf-8", "replace"))
    sys.exit(0)
text = sys.stdin.buffer.read().decode()
if sys.argv[3] == "copy":
    pyperclip.copy(text)
    sys.exit(0)
for pause in (0, 0.03, 0.1, 0.3):
    time.sleep(pause)
    try:
        if pyperclip.paste().replace("\r\n", "\n") == text:
            sys.exit(0)
    except Exception:
        pass
sys.exit(1)
"""
_State = Literal["none", "confirmed", "unconfirmed", "refused", "silent"]


class Copied(Struct, frozen=True):
    """The result of a copy.

    Attributes:
        how: where the text went: a helper's name (`xclip`), `tmux`, `terminal`; empty for nowhere.
        confirmed: whether it is known to be there: read back by the helper, or acknowledged by tmux; or the user said
            that what is sent to the terminal arrives.
        sentence: the same for the user, without a full stop.
    """

    how: tuple[str, ...]
    confirmed: bool
    sentence: str


_tickets = itertools.count(1)
_newest = 0


async def copy(
    text: str,
    name: str = "text",
    lacking: str = "",
    *,
    osc52: Callable[[str], object],
    trusted: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Copied:
    """Copy a text to the desktop's clipboard (pyperclip, read back), tmux's buffer and the terminal; never raises.

    Control and other invisible characters are not copied. When a later copy overtakes this one in the queue, only
    the later one reaches the desktop and tmux.

    Args:
        text: what to copy; may have lines.
        name: its name in the sentence that is returned.
        lacking: the end of that sentence: what could not be copied.
        osc52: writes a text to the terminal's clipboard: Textual's `App.copy_to_clipboard`.
        trusted: whether what is sent to the terminal is known to arrive in its clipboard.
        environ: the environment; the process's own if None.
    """
    global _newest
    environ = dict(os.environ if environ is None else environ)
    text = clean(text, limit=len(text) + 1)
    if not text.strip():
        return Copied((), False, "Not copied: empty")
    # First, so that a terminal that cuts it short doesn't have the last word.
    sent = _sent(text, osc52)
    ticket = _newest = next(_tickets)

    def copied() -> Copied:
        if ticket != _newest:
            return Copied(("terminal",) if sent else (), False, "Not copied: replaced by a later copy")
        tmux = "TMUX" in environ and _to_tmux(text, environ)
        helper = _helper(environ)
        state = _to_desktop(text, helper, environ) if helper else "none"
        result = _result(name, helper, state, tmux, sent, trusted=trusted)
        return replace(result, sentence=f"{result.sentence}{lacking}") if result.how else result

    return await asyncio.get_running_loop().run_in_executor(_queue(), copied)


def send_to_terminal(text: str) -> None:
    """Write a text to the clipboard of the terminal this runs on (OSC 52), wherever the output goes.

    Raises:
        OSError: there is no terminal, or one that obeys no control sequences.
    """
    if os.environ.get("TERM", "dumb") in ("", "dumb", "unknown") and sys.platform != "win32":
        raise OSError("no terminal that could take it")
    with Path("CONOUT$" if sys.platform == "win32" else "/dev/tty").open("w", encoding="ascii") as terminal:
        terminal.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a")


def paste(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the text on the desktop's clipboard, else in tmux's buffer; None if neither can be read. Blocks.

    Args:
        environ: the environment; the process's own if None.
    """
    environ = dict(os.environ if environ is None else environ)
    pyperclip = _pyperclip(_helper(environ))
    ways = [[*pyperclip, "read"]] if pyperclip else []
    ways += [["tmux", "save-buffer", "-"]] if "TMUX" in environ else []
    for command in ways:
        process = _start(command, environ, read=True)
        try:
            if process is not None:
                text, _ = process.communicate(timeout=DEADLINE)
                if process.returncode == 0:
                    return clean(text.decode("utf-8", "replace"))
        except subprocess.TimeoutExpired:
            _end(process)
    return None


def clipboard_report(environ: Mapping[str, str]) -> list[str]:
    """Return where a copy would go in this environment, one sentence each, and what is wrong there."""
    helper = _helper(environ)
    report = []
    if helper:
        at = environ.get("WAYLAND_DISPLAY" if helper == "wl-clipboard" else "DISPLAY", "")
        display = f" on display {drawable(at)}" if at and helper in _PROBES else ""
        error = _error_of(helper, environ)
        report.append(f"{helper}{display}: {error or 'ok; copies are verified'}")
    else:
        report.append(f"no desktop clipboard: {_missing(environ)}")
    if "TMUX" in environ:
        report.append("tmux: copies also go to its buffer")
    report.append("terminal: copies are also sent as OSC 52, unconfirmed")
    return report


def _sent(text: str, osc52: Callable[[str], object]) -> bool:
    if len(text.encode()) > _TERMINAL_LIMIT:
        return False
    try:
        osc52(text)
    # Any failure in the caller's screen must not stop the other ways.
    except Exception:
        return False
    return True


@functools.cache
def _queue() -> ThreadPoolExecutor:
    """Return the one thread that copies in order, so that the last copy stays."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="clipboard")


def _result(name: str, helper: str, state: _State, tmux: bool, sent: bool, *, trusted: bool) -> Copied:
    """Put the result of a copy into words."""
    ways = [(helper, state in ("confirmed", "unconfirmed")), ("tmux", tmux), ("terminal", sent)]
    how = tuple(way for way, went in ways if went)
    if state == "confirmed":
        return Copied(how, True, f"Copied {name} → {helper}" + (" and tmux" if tmux else ""))
    if tmux:
        return Copied(how, True, f"Copied {name} → tmux")
    trouble = {"refused": f"; {helper} failed", "silent": f"; {helper} did not answer"}.get(state, "")
    if not how:
        return Copied(how, False, f"Not copied: no clipboard found{trouble}")
    if trusted and sent:
        return Copied(how, True, f"Copied {name} → terminal{trouble}")
    places = " and ".join("your terminal's clipboard" if way == "terminal" else way for way in how)
    return Copied(how, False, f"Sent {name} to {places}{trouble}")


def _helper(environ: Mapping[str, str]) -> str:
    """Return the name of the program that copies to the desktop here, in pyperclip's order; empty for none.

    pyperclip's last resort, Qt, is left out: its copy is gone when its process ends.
    """
    path = environ.get("PATH", os.defpath)

    def has(*names: str) -> bool:
        return all(shutil.which(name, path=path) for name in names)

    # On these the clipboard is the machine's own; over SSH the user sits at another.
    if sys.platform in ("win32", "darwin") or is_wsl():
        name = {"win32": "windows", "darwin": "pbcopy"}.get(sys.platform, "clip.exe")
        return "" if is_remote(environ) or not (name == "windows" or has(name)) else name
    if environ.get("WAYLAND_DISPLAY") and has("wl-copy", "wl-paste"):
        return "wl-clipboard"
    if environ.get("DISPLAY"):
        known = {"xclip": ["xclip"], "xsel": ["xsel"], "klipper": ["klipper", "qdbus"]}
        return next((name for name, programs in known.items() if has(*programs)), "")
    return ""


def _pyperclip(helper: str) -> list[str]:
    """Return the command that has pyperclip use a helper, without its last argument; empty where it can't."""
    package = importlib.util.find_spec("pyperclip")
    if not helper or package is None or not package.origin or not sys.executable:
        return []
    return [sys.executable, "-I", "-S", "-c", _PYPERCLIP, str(Path(package.origin).parents[1]), helper]


def _to_desktop(text: str, helper: str, environ: Mapping[str, str]) -> _State:
    command = _pyperclip(helper)
    if not command:
        return "refused"
    # pbcopy reads the text as MacRoman by default.
    environ = {**environ, "LC_ALL": "en_US.UTF-8"} if helper == "pbcopy" else environ
    deadline = time.monotonic() + DEADLINE
    # Both start at once, so reading back costs no time. A reader that hangs can be killed without killing the program
    # in the copier's process group that serves the clipboard.
    copier = _start([*command, "copy"], environ)
    reader = _start([*command, "paste"], environ)
    copied = _finish(copier, text, deadline)
    if copied != 0:
        _end(reader)
        return "silent" if copied is None else "refused"
    same = _finish(reader, text, deadline)
    return "unconfirmed" if same is None else "confirmed" if same == 0 else "refused"


def _to_tmux(text: str, environ: Mapping[str, str]) -> bool:
    # -w passes it to the outer terminal, too; tmux has it since 3.2.
    for flags in (["-w"], []):
        tmux = _start(["tmux", "load-buffer", *flags, "-"], environ)
        status = _finish(tmux, text, time.monotonic() + DEADLINE)
        if status in (0, None):
            return status == 0
    return False


def _start(command: Sequence[str], environ: Mapping[str, str], *, read: bool = False) -> subprocess.Popen[bytes] | None:
    """Start a program that reads from a pipe and writes nowhere, or into a pipe; None if it can't be started."""
    nowhere = subprocess.DEVNULL
    out = subprocess.PIPE if read else nowhere
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=nowhere, env=environ, start_new_session=True
        )
    except (OSError, ValueError):
        return None


def _finish(process: subprocess.Popen[bytes] | None, text: str, deadline: float) -> int | None:
    """Feed a program and return its exit status; None if it was killed at the deadline."""
    if process is None:
        return 127
    try:
        process.communicate(text.encode(), timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        _end(process)
        return None
    return process.returncode


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """Kill a program and all it started."""
    if process is None:
        return
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        if process.stdin:
            process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1)


# Commands that try each helper without touching the clipboard.
_PROBES = {
    "xclip": ["xclip", "-selection", "clipboard", "-o", "-t", "TARGETS"],
    "xsel": ["xsel", "--clipboard", "--output"],
    "wl-clipboard": ["wl-paste", "--list-types"],
}


def _error_of(helper: str, environ: Mapping[str, str]) -> str:
    """Return the error a helper reports; empty if it works."""
    if helper not in _PROBES:
        return ""
    try:
        probe = subprocess.run(
            _PROBES[helper],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environ,
            timeout=DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {DEADLINE:g} s"
    except OSError as error:
        return f"can't be started: {error.strerror}"
    message = drawable(probe.stderr.decode(errors="replace")).strip()
    # They report an empty clipboard as an error, too.
    return message if any(word in message.lower() for word in ("display", "connect", "server")) else ""


def _missing(environ: Mapping[str, str]) -> str:
    if sys.platform in ("win32", "darwin") or is_wsl():
        return "not yours over SSH" if is_remote(environ) else "its programs are not found"
    if environ.get("WAYLAND_DISPLAY"):
        return "install wl-clipboard"
    if environ.get("DISPLAY"):
        return "install xclip or xsel"
    return f"no display {here(environ)}(DISPLAY and WAYLAND_DISPLAY are not set)"
