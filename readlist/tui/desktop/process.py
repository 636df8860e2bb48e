"""The programs of the user's actions: started without a shell, stopped in time, their output as one clean line."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO

from msgspec import Struct

from readlist.text.clean import clean, drawable

LIMIT = 10.0
"""Seconds that a program has that is waited for."""

_GRACE = 0.5
"""Seconds between asking a program to end and killing it, and for its last output."""

_KEPT = 64_000
"""Bytes kept of the beginning and of the end of an output; a program may print far more."""

_SHOWN = 200


class Ended(Struct, frozen=True):
    """How a program ended.

    Attributes:
        said: the first line it printed, without control characters; may be empty.
        problem: what went wrong, the rest of a sentence that begins with the action's name; empty if nothing did.
        starts: whether it could be started.
        in_time: whether it ended by itself.
    """

    said: str = ""
    problem: str = ""
    starts: bool = True
    in_time: bool = True


class _Output(threading.Thread):
    """Reads what a program prints and keeps its beginning and end."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self.first = self.last = b""
        self.start()

    def run(self) -> None:
        """Read until the program, and what it started, prints no more."""
        with contextlib.suppress(OSError, ValueError):
            while piece := os.read(self._pipe.fileno(), 65_536):
                self.first += piece[: max(0, _KEPT - len(self.first))]
                self.last = (self.last + piece)[-_KEPT:]
        with contextlib.suppress(OSError):
            self._pipe.close()


def run(command: Sequence[str], limit: float = LIMIT) -> Ended:
    """Run a program to its end and return what it said. Blocks.

    It gets no input and no terminal, so that it can neither wait for keys nor draw on the screen. After the limit, it
    is killed together with the programs it started.

    Args:
        command: the program and its arguments; no shell sees them.
        limit: seconds it has.
    """
    process = _started(command, subprocess.PIPE)
    if isinstance(process, str):
        return Ended(problem=process, starts=False)
    assert process.stdout is not None and process.stderr is not None
    out, err = _Output(process.stdout), _Output(process.stderr)
    try:
        status = process.wait(limit)
    except subprocess.TimeoutExpired:
        _kill(process)
        wait = "; with `wait = false`, readlist doesn't wait for it"
        return Ended(problem=f"stopped after {limit:g} s{wait}", in_time=False)
    # What it leaves running in the background may hold its output open.
    for each in (out, err):
        each.join(_GRACE)
    said = (_lines(out.first) or _lines(err.first) or [""])[0]
    if not status:
        return Ended(said)
    last = (_lines(err.last) or _lines(out.last) or [""])[-1]
    return Ended(said, f"{_failure(status)}{': ' if last else ''}{last}")


def start(command: Sequence[str]) -> str:
    """Start a program that is not waited for; returns why it can't be started, else empty."""
    process = _started(command, subprocess.DEVNULL)
    if isinstance(process, str):
        return process
    # It must be reaped when it ends.
    threading.Thread(target=process.wait, daemon=True).start()
    return ""


def _started(command: Sequence[str], out: int) -> subprocess.Popen[bytes] | str:
    """Start a program in a session of its own; returns why that is not possible."""
    name = drawable(command[0])
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    except FileNotFoundError:
        return f"there is no program `{name}`"
    except (OSError, ValueError) as error:
        return f"can't start `{name}`: {getattr(error, 'strerror', None) or error}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started: ask first, then kill."""
    if sys.platform == "win32":
        process.kill()
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)


def _failure(status: int) -> str:
    if status > 0:
        return f"failed with status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def _last_written(line: str) -> str:
    """Return a line without what a carriage return goes back over: a terminal doesn't show it either."""
    return line.rstrip("\r").rpartition("\r")[2]


def _lines(output: bytes) -> list[str]:
    """Return the lines of an output that are not blank, without anything that a terminal would obey."""
    text = "\n".join(map(_last_written, output.decode("utf-8", "replace").split("\n")))
    lines = (drawable(line).strip() for line in clean(text, limit=len(text) + 1).split("\n"))
    return [line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…" for line in lines if line]
