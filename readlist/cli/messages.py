"""Lines on standard error: what went wrong, and what is told beside the output."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

from readlist.text.clean import drawable


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
