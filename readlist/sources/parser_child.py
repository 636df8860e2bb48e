"""The process that `parser_process` starts: parses files, and writes the pieces to standard output."""

from __future__ import annotations

import os
import signal
import sys
import threading
from queue import SimpleQueue
from typing import IO

import msgspec
from msgspec.structs import replace

from readlist.sources.parser_process import Job, received, send
from readlist.sources.reader import read_pieces


def main() -> None:
    """Parse the files that standard input names, one after the other."""
    # ^C goes to all processes of a terminal; the first one kills this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs: SimpleQueue[Job] = SimpleQueue()
    threading.Thread(target=_take, args=(sys.stdin.buffer, jobs), daemon=True).start()
    try:
        while True:
            job = jobs.get()
            for piece in read_pieces([os.fsdecode(job.path)], day=job.day, today=job.today):
                # A path may have bytes that are no text; the first process knows it.
                send(sys.stdout.buffer, replace(piece, path=""))
    finally:
        # Python would wait for the lock of standard input, which the thread holds.
        os._exit(1)


def _take(pipe: IO[bytes], jobs: SimpleQueue[Job]) -> None:
    """Take in what to parse; exits when the first process has ended, which closes standard input."""
    while message := received(pipe):
        jobs.put(msgspec.msgpack.decode(message, type=Job))
    os._exit(1)
