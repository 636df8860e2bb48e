"""The clipboard: copying by every way there is, reading it back, pasting; the only home of pyperclip."""

from __future__ import annotations

import asyncio
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

from readlist.text.clean import clean, drawable
from readlist.tui.desktop import DEADLINE, here, is_remote, is_wsl

# Base64 makes this 1 MB, and a longer sequence tmux throws away (input-buffer-size), as others do far earlier.
_TERMINAL_TAKES = 750_000

# pyperclip checks no return codes, has no deadline and lets its helper write on the screen, so it works in processes
# of its own: one hands the text over, the other reads it back. Started bare (-I -S), they need to be told its folder.
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
    """What became of a copy.

    Attributes:
        how: where the text went: a helper's name (`xclip`), `tmux`, `terminal`; empty for nowhere.
        confirmed: whether it is known to be there: read back by the helper, or acknowledged by tmux.
        sentence: the same for the user, to follow the name of what was copied.
    """

    how: tuple[str, ...]
    confirmed: bool
    sentence: str


_tickets = itertools.count(1)
_newest = 0


async def copy(text: str, *, osc52: Callable[[str], object], environ: Mapping[str, str] | None = None) -> Copied:
    """Copy a text by every way there is here, and tell which worked; never raises.

    The ways are the desktop's clipboard (pyperclip, read back), tmux's buffer, and the terminal's own clipboard.
    Control and other invisible characters are not copied. When a later copy overtakes this one in the queue, only
    the later one reaches the desktop and tmux.

    Args:
        text: what to copy; may have lines.
        osc52: writes a text to the terminal's clipboard: Textual's `App.copy_to_clipboard`.
        environ: the environment that says what is here; the process's own if None.
    """
    global _newest
    environ = dict(os.environ if environ is None else environ)
    text = clean(text, limit=len(text) + 1)
    if not text.strip():
        return Copied((), False, "not copied: it is empty")
    # First, so that a terminal that cuts it short doesn't have the last word.
    sent = _sent(text, osc52)
    ticket = _newest = next(_tickets)

    def copied() -> Copied:
        if ticket != _newest:
            return Copied(("terminal",) if sent else (), False, "replaced by a later copy")
        tmux = "TMUX" in environ and _to_tmux(text, environ)
        helper = _helper(environ)
        return _told(helper, _to_desktop(text, helper, environ) if helper else "none", tmux, sent)

    return await asyncio.get_running_loop().run_in_executor(_queue(), copied)


def paste(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the text on the desktop's clipboard, else in tmux's buffer; None if neither can be read. Takes its time.

    Args:
        environ: the environment that says what is here; the process's own if None.
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
    """Return, as sentences, by which ways a copy would go in this environment and what is wrong with them."""
    helper = _helper(environ)
    report = []
    if helper:
        at = environ.get("WAYLAND_DISPLAY" if helper == "wl-clipboard" else "DISPLAY", "")
        display = f" on display {drawable(at)}" if at and helper in _PROBES else ""
        complaint = _complaint(helper, environ)
        report.append(f"{helper}{display}: {complaint or 'answers; copies are read back'}")
    else:
        report.append(f"no clipboard of a desktop: {_missing(environ)}")
    if "TMUX" in environ:
        report.append("tmux: copies go to its buffer too")
    report.append("terminal: every copy is sent to it (OSC 52), which no terminal confirms")
    return report


def _sent(text: str, osc52: Callable[[str], object]) -> bool:
    if len(text.encode()) > _TERMINAL_TAKES:
        return False
    try:
        osc52(text)
    # Whatever fails in the caller's screen must not cost the other ways.
    except Exception:
        return False
    return True


@functools.cache
def _queue() -> ThreadPoolExecutor:
    """Return the one thread in which copies are made in order, so that the last one asked for stays."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="clipboard")


def _told(helper: str, state: _State, tmux: bool, sent: bool) -> Copied:
    """Put into words what is known of a copy."""
    ways = [(helper, state in ("confirmed", "unconfirmed")), ("tmux", tmux), ("terminal", sent)]
    how = tuple(way for way, went in ways if went)
    if state == "confirmed":
        return Copied(how, True, f"copied ({helper}) and to tmux" if tmux else f"copied ({helper})")
    if tmux:
        return Copied(how, True, "copied to tmux")
    trouble = {"refused": f"; {helper} did not take it", "silent": f"; {helper} gave no answer"}.get(state, "")
    if not how:
        return Copied(how, False, f"not copied: no clipboard can be reached{trouble}")
    places = " and ".join("the terminal" if way == "terminal" else way for way in how)
    return Copied(how, False, f"sent to {places}, unconfirmed{trouble}")


def _helper(environ: Mapping[str, str]) -> str:
    """Return the name of what copies to the desktop here, in pyperclip's own order; empty if nothing can.

    pyperclip's last resort, Qt, is left out: what it copied is gone when its process ends.
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
    """Return the command that has pyperclip use a helper, but for what it shall do; empty where it can't."""
    package = importlib.util.find_spec("pyperclip")
    if not helper or package is None or not package.origin or not sys.executable:
        return []
    return [sys.executable, "-I", "-S", "-c", _PYPERCLIP, str(Path(package.origin).parents[1]), helper]


def _to_desktop(text: str, helper: str, environ: Mapping[str, str]) -> _State:
    command = _pyperclip(helper)
    if not command:
        return "refused"
    # pbcopy takes the text for MacRoman unless it is told.
    environ = {**environ, "LC_ALL": "en_US.UTF-8"} if helper == "pbcopy" else environ
    deadline = time.monotonic() + DEADLINE
    # Both start at once, and the reader waits for its text: so it costs no time, and when it hangs it can be ended
    # without ending what serves the clipboard from the copier's process group.
    copier = _start([*command, "copy"], environ)
    reader = _start([*command, "paste"], environ)
    copied = _finish(copier, text, deadline)
    if copied != 0:
        _end(reader)
        return "silent" if copied is None else "refused"
    same = _finish(reader, text, deadline)
    return "unconfirmed" if same is None else "confirmed" if same == 0 else "refused"


def _to_tmux(text: str, environ: Mapping[str, str]) -> bool:
    # -w hands it on to the terminal outside; tmux before 3.2 doesn't know it.
    for flags in (["-w"], []):
        tmux = _start(["tmux", "load-buffer", *flags, "-"], environ)
        status = _finish(tmux, text, time.monotonic() + DEADLINE)
        if status in (0, None):
            return status == 0
    return False


def _start(command: Sequence[str], environ: Mapping[str, str], *, read: bool = False) -> subprocess.Popen[bytes] | None:
    """Start a program that is fed a text, or read, and can write nowhere else; None if there is no such program."""
    nowhere = subprocess.DEVNULL
    out = subprocess.PIPE if read else nowhere
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=nowhere, env=environ, start_new_session=True
        )
    except (OSError, ValueError):
        return None


def _finish(process: subprocess.Popen[bytes] | None, text: str, deadline: float) -> int | None:
    """Feed a program and return its exit status; None if it had to be ended at the deadline."""
    if process is None:
        return 127
    try:
        process.communicate(text.encode(), timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        _end(process)
        return None
    return process.returncode


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """End a program with whatever it started."""
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


# How each helper is asked whether it can be reached, without touching what is in the clipboard.
_PROBES = {
    "xclip": ["xclip", "-selection", "clipboard", "-o", "-t", "TARGETS"],
    "xsel": ["xsel", "--clipboard", "--output"],
    "wl-clipboard": ["wl-paste", "--list-types"],
}


def _complaint(helper: str, environ: Mapping[str, str]) -> str:
    """Return what a helper says is in its way; empty if nothing."""
    if helper not in _PROBES:
        return ""
    try:
        asked = subprocess.run(
            _PROBES[helper],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environ,
            timeout=DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"gives no answer within {DEADLINE:g} s"
    except OSError as error:
        return f"can't be started: {error.strerror}"
    said = drawable(asked.stderr.decode(errors="replace")).strip()
    # An empty clipboard is a complaint to them as well, but no trouble.
    return said if any(word in said.lower() for word in ("display", "connect", "server")) else ""


def _missing(environ: Mapping[str, str]) -> str:
    if sys.platform in ("win32", "darwin") or is_wsl():
        return "over SSH the one here is not yours" if is_remote(environ) else "its programs are not found"
    if environ.get("WAYLAND_DISPLAY"):
        return "install wl-clipboard for it"
    if environ.get("DISPLAY"):
        return "install xclip or xsel for it"
    return f"no display {here(environ)}(DISPLAY and WAYLAND_DISPLAY are not set)"
