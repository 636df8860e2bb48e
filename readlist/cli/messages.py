"""What is printed on standard error: lines on what went wrong or is told beside the output, and the progress bar."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import TextIO

from readlist.services import Progress
from readlist.text.clean import drawable

_AFTER = 1.0
_EVERY = 0.1
_BAR = 30


def complain(text: str) -> None:
    """Print one line on standard error, safe for a terminal."""
    say(f"readlist: {drawable(text)}\n")


def say(text: str) -> None:
    """Print on standard error; where nothing can be written, the work goes on and its exit status stays."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        give_up(sys.stderr)


def give_up(*streams: TextIO) -> None:
    """Let go what could not be printed: Python would try once more at the end, and complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in streams:
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class ProgressBar:
    """Progress of a long command, from the first second on: drawn on a terminal, else a line.

    A thread draws it over itself, so that it moves also while one large file is read.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._share = 0.0
        self._text = ""
        self._shown = False
        self._said = False
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._drawing = threading.Thread(target=self._draw_on, daemon=True)

    def __enter__(self) -> ProgressBar:
        """Begin, if anyone can see it."""
        if sys.stderr.isatty():
            self._drawing.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self._ended.set()
        if self._drawing.is_alive():
            self._drawing.join()
        self.clear()

    def report(self, progress: Progress) -> None:
        """Take note of how far a service is."""
        if progress.unit == "papers":
            # How far they are in all is told by the bytes.
            self.stored(progress.done)
            return
        reading = f"reading {progress.name}" if progress.name else f"writing {progress.total:,} files"
        self._share, self._text = progress.share, progress.name if progress.unit == "feeds" else reading

    def stored(self, papers: int) -> None:
        """Take note of how many papers are stored."""
        self._text = f"{papers:,} papers stored"

    def indexed(self, done: int, total: int) -> None:
        """Take note of how many papers are in the search index that is made anew."""
        self._share = done / total if total else 1.0
        self._text = f"search index: {done:,} of {total:,} papers"
        if not self._said and not self._drawing.is_alive() and time.monotonic() - self._started > _AFTER:
            self._said = True
            complain(f"Updating the search index of {total:,} papers, once for this version …")

    def clear(self) -> None:
        """Take the line away, for something else to be printed; it comes again if the work goes on."""
        with self._lock:
            if self._shown:
                say("\r\x1b[K")
                self._shown = False

    def _draw_on(self) -> None:
        self._ended.wait(_AFTER)
        while not self._ended.wait(_EVERY):
            filled = int(self._share * _BAR)
            seconds = int(time.monotonic() - self._started)
            bar = f"{'━' * filled}{' ' * (_BAR - filled)} {self._share:4.0%} {seconds} s "
            with self._lock:
                self._shown = True
                say(f"\r\x1b[K{bar}{drawable(self._text)[:40]}")
