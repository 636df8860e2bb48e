"""Measuring programs from outside: on a pseudo-terminal, with the time at which each piece of output came."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.terminal import Terminal

OURS, BARE = ["-m", "readlist"], ["-m", "tests.benchmarks.bare_app"]
"""The programs that are measured."""
ROW, BARE_ROW = "▲".encode(), b"Line"
"""What shows that the first rows of each are there."""

_ROOT = Path(__file__).parents[2]
_QUIET = 0.08
"""Seconds without output after which a program has drawn all it will."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn after a key, as (seconds since the key, the output until then)."""

    pieces: Sequence[tuple[float, bytes]]

    def when(self, sign: bytes) -> float:
        """Return the milliseconds until a sign was drawn."""
        found = b""
        for after, piece in self.pieces:
            found += piece
            if sign in found:
                return after * 1_000
        raise AssertionError(f"{sign!r} was not drawn: {found[-500:]!r}")

    @property
    def all(self) -> float:
        """The milliseconds until everything was drawn."""
        return self.pieces[-1][0] * 1_000 if self.pieces else 0.0

    @property
    def size(self) -> int:
        """How many bytes were drawn."""
        return sum(len(piece) for _, piece in self.pieces)


class Metered(Terminal):
    """A program on a terminal, Python's unless named; its modules are compiled as an installed program's are."""

    def __init__(
        self,
        arguments: Sequence[str],
        environ: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        program: str = sys.executable,
        first: bytes = ROW,
    ) -> None:
        self.started = time.perf_counter()
        self._first = b"" if program != sys.executable else BARE_ROW if list(arguments) == BARE else first
        super().__init__([program, *arguments], compiled(environ), pass_fds)

    def until(self, sign: bytes, seconds: float = 60.0) -> float:
        """Return the milliseconds from the start until a sign is drawn."""
        end = time.perf_counter() + seconds
        while sign not in self.output:
            self._take(0.5)
            assert time.perf_counter() < end and self.process.poll() is None, self.output[-2000:]
        return (time.perf_counter() - self.started) * 1_000

    def settle(self, seconds: float = 1.0) -> None:
        """Wait until the first rows are there, and nothing has been drawn for some time."""
        if self._first:
            self.until(self._first)
            self._first = b""
        while self._take(seconds):
            continue
        self.output = b""

    def press(self, key: str, quiet: float = _QUIET) -> Drawn:
        """Press a key and return what was drawn, until nothing more comes."""
        self.output = b""
        pieces: list[tuple[float, bytes]] = []
        start = time.perf_counter()
        os.write(self.master, key.encode())
        # The first sign of life may take longer than what follows.
        patience = 5.0
        while piece := self._take(patience):
            pieces.append((time.perf_counter() - start, piece))
            patience = quiet
        return Drawn(pieces)

    def hold(self, key: str, rate: int, seconds: float) -> float:
        """Hold a key down, and return the milliseconds from when it is released until nothing more is drawn."""
        self.output = b""
        begin = last = time.perf_counter()
        for number in range(int(rate * seconds)):
            while (left := begin + number / rate - time.perf_counter()) > 0:
                self._take(left)
            os.write(self.master, key.encode())
        released = time.perf_counter()
        # What is filled in once the cursor rests comes later.
        while self._take(_QUIET):
            last = time.perf_counter()
        return max(0.0, last - released) * 1_000

    def _take(self, seconds: float) -> bytes:
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        piece = os.read(self.master, 1 << 20)
        self.output += piece
        return piece

    @property
    def resident(self) -> float:
        """The program's resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def started(arguments: Sequence[str], home: Path | None = None) -> Iterator[Metered]:
    """Start a program, in a user's folder, and end it."""
    terminal = Metered(arguments, {"READLIST_HOME": str(home)} if home else {})
    try:
        yield terminal
    finally:
        terminal.close()


def starting(arguments: Sequence[str], sign: bytes, home: Path | None = None) -> float:
    """Return the milliseconds from the start of a program until a sign is drawn."""
    with started(arguments, home) as terminal:
        return terminal.until(sign)


def compiled(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which modules are compiled once and kept."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return dict(environ or {})


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> float:
    """Return the milliseconds of a whole process of Python's."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], env={**os.environ, **compiled(environ)}, cwd=_ROOT, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return (time.perf_counter() - begin) * 1_000
