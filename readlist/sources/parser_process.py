"""A second process that parses files, so that papers are stored while the next ones are made."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import IO

import msgspec
from msgspec import Struct

from readlist.sources.batch import Batch

WORTHWHILE = 4 * 1024 * 1024
"""Bytes from which files are worth the start of a process, about 0.2 s."""

_LENGTH = 4
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from readlist.sources.parser_child import main; main()"
)
"""What the process runs: with this one's search path, not the folder it is started in."""


class Job(Struct):
    """What to parse: a path as the system has it, the day of the list if it is given, and the present day."""

    path: bytes
    day: date | None
    today: date


class ParserProcess:
    """A process that parses files, in the order in which they are begun; it is started with the first.

    Of those that are begun, it parses as far ahead as a pipe holds. If this process is killed, the other one notices
    that its standard input was closed.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = not sys.executable

    @property
    def running(self) -> bool:
        """Whether it was started and has not failed."""
        return self._process is not None

    def begin(self, path: str, day: date | None, today: date) -> bool:
        """Have a file parsed after those before; returns whether that was possible."""
        if self._is_over:
            return False
        try:
            if self._process is None:
                command = [sys.executable, "-I", "-c", _START, json.dumps(sys.path)]
                self._process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                )
            assert self._process.stdin is not None
            send(self._process.stdin, Job(os.fsencode(path), day, today))
        except (OSError, ValueError):
            self.close()
        return not self._is_over

    def pieces(self) -> Iterator[Batch]:
        """Yield what `reader.parse` yields for the file that was begun first of those whose pieces were not taken.

        It ends early, without a last piece, if the process dies: the caller parses the rest itself, and so comes upon
        the same error.
        """
        piece = None
        process = self._process
        for piece in batches(process.stdout) if process is not None and process.stdout is not None else ():
            yield piece
        if piece is None or piece.more:
            self.close()

    def close(self) -> None:
        """Kill the process; it can't be used again."""
        process, self._process, self._is_over = self._process, None, True
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError):
                process.communicate()


def batches(answered: IO[bytes]) -> Iterator[Batch]:
    """Yield the batches of a file from the pipe of the process; ends early where no batch comes."""
    # Typed: what comes back can be nothing but batches.
    decoder = msgspec.msgpack.Decoder(Batch)
    try:
        while message := received(answered):
            batch = decoder.decode(message)
            del message
            yield batch
            if not batch.more:
                return
    except (OSError, ValueError, msgspec.DecodeError):
        return


def send(pipe: IO[bytes], message: Job | Batch) -> None:
    """Write a message and its length."""
    # A batch without marks has an empty read-only mapping of them.
    encoded = msgspec.msgpack.encode(message, enc_hook=dict)
    pipe.write(len(encoded).to_bytes(_LENGTH))
    pipe.write(encoded)
    pipe.flush()


def received(pipe: IO[bytes]) -> bytes:
    """Return the next message, empty at the end or if the rest of it is missing."""
    size = int.from_bytes(pipe.read(_LENGTH))
    message = pipe.read(size) if size else b""
    return message if len(message) == size else b""
