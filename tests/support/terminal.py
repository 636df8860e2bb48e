"""Programs on pseudo-terminals, and readlist itself with what its screen shows."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len

ROOT = Path(__file__).parents[2]
LINES, COLUMNS = 36, 120
ESCAPE = "\x1b[27u"
"""Esc in the form that no key typed right after it can make another key of, as the bare byte and `q` are Alt+q."""

_LIST = COLUMNS * 58 // 100
"""Cells of the list."""

_PIECES = re.compile(r"\x1b\[([0-9;?<=>]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|(\r|\n)|([^\x1b\r\n]+)")


class Window:
    """One end of a pseudo-terminal, and what was drawn on it.

    Attributes:
        master: the descriptor of this end.
        output: everything that was drawn.
    """

    master: int
    output: bytes

    def read(self, seconds: float) -> None:
        """Take in what the program draws for some time, or until it ends."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if ready:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError:
                    return

    def wait_for(self, text: bytes, seconds: float = 60.0) -> None:
        """Take in what the program draws until a text is there."""
        end = time.monotonic() + seconds
        while text not in self.output and time.monotonic() < end:
            self.read(0.02)
        assert text in self.output, self.output[-2000:]


class Terminal(Window):
    """A program on a pseudo-terminal that is its controlling one."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        def begin() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            prepare()

        self.master, worker = pty.openpty()
        termios.tcsetwinsize(worker, (LINES, COLUMNS))
        self.worker = os.dup(worker)
        self.before = termios.tcgetattr(worker)
        self.output = b""
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            command,
            stdin=worker,
            stdout=worker,
            stderr=worker,
            pass_fds=pass_fds,
            env={**kept, "TERM": "xterm-256color", **(environ or {})},
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=begin,
        )
        os.close(worker)

    def take_in(self) -> None:
        """Take in what the program has drawn so far."""
        while select.select([self.master], [], [], 0.01)[0]:
            try:
                self.output += os.read(self.master, 65536)
            except OSError:
                return

    def take_in_to_the_end(self) -> None:
        """Take in all that is drawn until the program has ended."""
        while self.process.poll() is None:
            self.read(0.05)
        self.take_in()

    def type(self, keys: str) -> None:
        """Type keys."""
        os.write(self.master, keys.encode())

    def close(self) -> None:
        """Let go of everything."""
        for number in (self.master, self.worker):
            try:
                os.close(number)
            except OSError:
                continue
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class ReadlistTerminal(Terminal):
    """readlist itself, and what its screen shows."""

    def __init__(
        self,
        home: Path,
        *,
        module: Sequence[str] = ("readlist",),
        environ: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """Start it in a home.

        Args:
            home: its folder.
            module: what to run in its place, with its arguments.
            environ: further variables.
            pass_fds: descriptors that it gets.
            prepare: called in the child before that begins.
        """
        environ = {"READLIST_HOME": str(home), **(environ or {})}
        super().__init__([sys.executable, "-m", *module], environ, pass_fds, prepare)
        self._cells = [[" "] * COLUMNS for _ in range(LINES)]
        self._row = self._column = 0
        self._region = (0, LINES - 1)
        self._drawn = 0

    def screen(self) -> list[str]:
        """Read the output so far and return the lines on the screen."""
        self.take_in()
        text = self.output[self._drawn :]
        # A sequence that is not whole yet is drawn the next time.
        whole = max(text.rfind(b"\x1b"), 0) if b"\x1b" in text[-40:] and not text.endswith((b"m", b"l", b"h")) else 0
        text = text[:whole] if whole else text
        self._drawn += len(text)
        for piece in _PIECES.finditer(text.decode(errors="replace")):
            self._draw(piece)
        return ["".join(line) for line in self._cells]

    def _draw(self, piece: re.Match[str]) -> None:
        numbers, final, control, words = piece.groups()
        if piece[0] == "\x1bD":
            self._scroll(self._region[1], self._region[0], 1)
        elif piece[0] == "\x1bM":
            self._scroll(self._region[0], self._region[1], -1)
        if final == "H":
            row, _, column = numbers.partition(";")
            self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
        elif final == "G":
            self._column = int(numbers or 1) - 1
        elif final == "r":
            top, _, bottom = numbers.partition(";")
            self._region = int(top or 1) - 1, int(bottom or LINES) - 1
            self._row = self._column = 0
        elif final == "J":
            self._cells = [[" "] * COLUMNS for _ in range(LINES)]
        elif control == "\r":
            self._column = 0
        elif control == "\n":
            self._row = min(self._row + 1, LINES - 1)
        for sign in words or "":
            if self._column < COLUMNS and self._row < LINES:
                self._cells[self._row][self._column] = sign
            width = cell_len(sign)
            for place in range(self._column + 1, min(self._column + width, COLUMNS)):
                self._cells[self._row][place] = ""
            self._column += width

    def _scroll(self, edge: int, other: int, step: int) -> None:
        """Go to the next line, or the previous one; at the edge of the region that is scrolled, its lines move."""
        if self._row != edge:
            self._row = min(max(self._row + step, 0), LINES - 1)
            return
        del self._cells[other]
        self._cells.insert(edge, [" "] * COLUMNS)

    def wait_until(self, holds: Callable[[list[str]], bool], what: str, seconds: float = 60.0) -> list[str]:
        """Wait until something holds of the screen."""
        end = time.monotonic() + seconds
        while not holds(lines := self.screen()):
            if time.monotonic() > end:
                raise AssertionError("\n".join([f"{what} did not come:", *lines]))
        return lines

    def shows(self, *texts: str, seconds: float = 60.0) -> str:
        """Wait until all these texts are on the screen; returns it without line breaks."""
        lines = self.wait_until(lambda lines: all(text in joined(lines) for text in texts), repr(texts), seconds)
        return joined(lines)

    def row(self, title: str) -> str:
        """Return the row of the list with a title; empty if it is not in sight."""
        return next((line[:_LIST] for line in self.screen() if title in line[:_LIST]), "")

    def wait_for_row(self, title: str, sign: str, *, gone: bool = False, seconds: float = 60.0) -> None:
        """Wait until the row of a paper has a sign beside its title, or no longer has."""

        def holds(lines: list[str]) -> bool:
            row = next((line[:_LIST] for line in lines if title in line[:_LIST]), "")
            return bool(row) and (sign in row.replace(title, "")) != gone

        self.wait_until(holds, f"{sign} {'gone from' if gone else 'in'} the row of {title}", seconds)

    def leave(self, keys: str = "q", seconds: float = 60.0) -> tuple[int, str, float]:
        """Leave readlist; returns its exit status, what it said after the screen was gone, and how long it took."""
        start = time.monotonic()
        self.type(keys)
        while self.process.poll() is None:
            self.read(0.02)
            assert time.monotonic() - start < seconds, f"{keys} did not end it: {self.output[-500:]!r}"
        took = time.monotonic() - start
        self.take_in()
        said = self.output.rpartition(b"\x1b[?1049l")[2].decode(errors="replace")
        return self.process.returncode, re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", said), took


def joined(lines: Sequence[str]) -> str:
    """Return the words of a screen with single spaces, so that text that was wrapped is found.

    A message is beside the list: after all lines its own are joined once more, without the list's.
    """
    beside = (part for line in lines if (part := line.partition("▌")[2]) and not line.startswith("▌"))
    return " ".join([*" ".join(lines).split(), *" ".join(beside).split()])
