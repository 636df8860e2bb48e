"""A second process that parses a large file, so that its first papers are stored while the last are made."""

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
"""Bytes from which a file is worth the start of a process, about 0.2 s."""

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


def pieces(path: str, day: date | None, today: date) -> Iterator[Batch]:
    """Yield what `reader.read_pieces` yields for a file, parsed in a second process.

    It ends early, without a last piece, if the process can't be started or dies: the caller parses the rest itself, and
    so comes upon the same error. When the iterator is closed the process is killed; if this process is killed, the
    other one notices that its standard input was closed.
    """
    if not sys.executable:
        return
    command = [sys.executable, "-I", "-c", _START, json.dumps(sys.path)]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except (OSError, ValueError):
        return
    try:
        assert process.stdin is not None and process.stdout is not None
        yield from batches(Job(os.fsencode(path), day, today), process.stdin, process.stdout)
    finally:
        process.kill()
        with contextlib.suppress(OSError):
            process.communicate()


def batches(job: Job, asked: IO[bytes], answered: IO[bytes]) -> Iterator[Batch]:
    """Yield the batches of a job, given the pipes to the process; ends early where no batch comes."""
    # Typed: what comes back can be nothing but batches.
    decoder = msgspec.msgpack.Decoder(Batch)
    try:
        send(asked, job)
        while message := received(answered):
            batch = decoder.decode(message)
            del message
            yield batch
            if not batch.more:
                return
    except (OSError, msgspec.DecodeError):
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
