"""Progress of a long command on standard error: shown from the first second on, only on a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click

from readlist.text import drawable

_AFTER = 1.0
_EVERY = 0.1
_BAR = 30


class Progress:
    """One line that is drawn over itself."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._drawn = 0.0
        self._shown = False

    def __enter__(self) -> Progress:
        """Start the clock."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self.clear()

    def report(self, done: int, total: int, name: str) -> None:
        """Show how far the work is, at most ten times a second."""
        now = time.monotonic()
        if now - self._started < _AFTER or now - self._drawn < _EVERY or not sys.stderr.isatty():
            return
        self._drawn, self._shown = now, True
        share = done / total if total else 1.0
        filled = int(share * _BAR)
        click.echo(
            f"\r\x1b[K{'━' * filled}{' ' * (_BAR - filled)} {share:4.0%} {drawable(name)[:40]}", err=True, nl=False
        )

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._shown = False
