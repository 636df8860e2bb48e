"""The process that `parser_process` starts: parses one file, and writes the pieces to standard output."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import IO

import msgspec
from msgspec.structs import replace

from readlist.sources.parser_process import Job, received, send
from readlist.sources.reader import read_pieces


def main() -> None:
    """Parse the file that standard input names."""
    # ^C goes to all processes of a terminal; the first one kills this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    job = msgspec.msgpack.decode(received(asked), type=Job)
    threading.Thread(target=_exit_at_end, args=(asked,), daemon=True).start()
    for piece in read_pieces([os.fsdecode(job.path)], day=job.day, today=job.today):
        # A path may have bytes that are no text; the first process knows it.
        send(answered, replace(piece, path=""))


def _exit_at_end(pipe: IO[bytes]) -> None:
    """Exit when the first process has ended, which closes standard input."""
    # Without the buffer, whose lock Python would miss if the work ends first.
    while os.read(pipe.fileno(), 1):
        continue
    os._exit(1)
