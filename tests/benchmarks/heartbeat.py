"""readlist on a terminal with a heartbeat in its event loop, and what that tells."""

from __future__ import annotations

import os
import select
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.benchmarks.meter import compiled
from tests.benchmarks.scripted_session import Step, config
from tests.support.heartbeat_process import Gap
from tests.support.http import Serving
from tests.support.terminal import ReadlistTerminal

MOST = 50.0
"""Milliseconds that the event loop may be held up."""

FEEDS = 40
_QUIET, _SILENT, _START, _LONG = 0.3, 0.8, 2.0, 120.0
"""Seconds without output after which a key has done its work; without any at all; at the start; until a sign comes."""


class Beating(ReadlistTerminal):
    """readlist on a terminal, with a heartbeat in its event loop."""

    def __init__(self, home: Path, environ: dict[str, str]) -> None:
        self._told, out = os.pipe()
        self._begun = b""
        # Set to see where the loop was held up; looking costs time itself.
        watched = ["watched"] if os.environ.get("READLIST_BENCHMARK_STACKS") else []
        module = ["tests.support.heartbeat_process", str(out), *watched]
        super().__init__(home, module=module, environ=compiled(environ), pass_fds=[out])
        os.close(out)

    def carry_out(self, step: Step) -> list[Gap]:
        """Press the keys of a step and wait until it is done; returns the gaps meanwhile."""
        for key in step.keys:
            os.write(self.master, key.encode())
            self._rest(_SILENT)
        if step.sign:
            self.shows(step.sign, seconds=_LONG)
            self._rest(_SILENT)
        return self.gaps()

    def settle(self) -> None:
        """Wait until the first papers are there, and all that comes after them."""
        self.shows("▲")
        self._rest(_START)
        self.gaps()

    def _rest(self, patience: float) -> None:
        """Take in what is drawn until nothing more comes."""
        while self.process.poll() is None and select.select([self.master], [], [], patience)[0]:
            self.take_in()
            patience = _QUIET

    def gaps(self) -> list[Gap]:
        """Return the gaps that were told since the last call."""
        while select.select([self._told], [], [], 0)[0] and (piece := os.read(self._told, 1 << 16)):
            self._begun += piece
        *lines, self._begun = self._begun.split(b"\n")
        return [msgspec.json.decode(line, type=Gap) for line in lines]

    def close(self) -> None:
        """Let go of everything."""
        super().close()
        os.close(self._told)


@contextmanager
def beating(home: Path, folder: Path, *, settled: bool = True) -> Iterator[Beating]:
    """Run readlist on a copy of a home with settings of its own, and an address for its feeds."""
    copied = folder / "home"
    shutil.copytree(home, copied)
    with Serving() as serving:
        (copied / "config.toml").write_text(config(FEEDS, serving.url))
        environ = dict.fromkeys(("HF_ENDPOINT", "ARXIV_ENDPOINT", "ARXIV_RSS_ENDPOINT", "DOI_ENDPOINT"), serving.url)
        environ |= {"SSH_CONNECTION": "a terminal far away", "BROWSER": "true", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
        terminal = Beating(copied, environ)
        try:
            if settled:
                terminal.settle()
            yield terminal
        finally:
            terminal.close()
