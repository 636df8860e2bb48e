"""Which papers were mailed, when and to whom: one line of JSON a digest, appended after the server took it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from readlist.files import ProcessLock, make_private, sync_file
from readlist.model.time import offset_time_text, parse_time
from readlist.text.titles import share_identity

_PATIENCE = 120.0


class MailLogError(Exception):
    """What was mailed can't be known or kept: one line that says what, where and what to do."""


class Sent(Struct, frozen=True):
    """One digest that a server took.

    Attributes:
        at: when its papers were chosen.
        to: the address it went to.
        query: what was asked for.
        papers: the identifiers of each of its papers, those that it counts without listing them among it.
    """

    at: datetime
    to: str
    query: str
    papers: tuple[tuple[str, ...], ...]


class MailLog:
    """The file that holds what was mailed.

    It lies beside the library and is no part of it: a library that is made anew doesn't bring back what was mailed.
    Papers stand there under all identifiers known at the time, so that one with a stronger key since, or that proved
    to be one with another, is known again.

    Args:
        path: the file; made with the first line.
        patience: seconds to wait for another readlist that is sending.
    """

    def __init__(self, path: Path, patience: float = _PATIENCE) -> None:
        self._path, self._patience = path, patience

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other readlists from sending meanwhile.

        Raises:
            MailLogError: another one has been sending for too long, or the lock can't be had.
        """
        lock = ProcessLock(self._path.with_name(f"{self._path.name}.lock"), self._patience)
        with ExitStack() as stack:
            try:
                make_private(self._path.parent)
                stack.enter_context(lock.held())
            except TimeoutError as error:
                raise MailLogError(f"{error.strerror}; another digest is being sent, try again") from error
            except OSError as error:
                raise self._error("locked", error) from error
            yield

    def read(self) -> list[Sent]:
        """Return every digest that was sent, oldest first; lines that make no sense are passed over.

        A line that was torn off was never finished: its digest may be sent once more.

        Raises:
            MailLogError: there is such a file, and it can't be read. Taken for empty, all would be mailed again.
        """
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._error("read", error) from error
        return [sent for line in lines if (sent := _sent(line)) is not None]

    def check(self) -> None:
        """See that a line can be appended, before anything is sent.

        Raises:
            MailLogError: it can't.
        """
        self._append(b"")

    def append(self, sent: Sent) -> None:
        """Keep that a digest was sent; on disk when this returns.

        Raises:
            MailLogError: it can't be written.
        """
        record = {
            "at": offset_time_text(sent.at),
            "to": sent.to,
            "query": sent.query,
            "papers": [list(names) for names in sent.papers],
        }
        self._append(json.dumps(record).encode() + b"\n")

    def _append(self, line: bytes) -> None:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "r+b", buffering=0) as file:
                end = file.seek(0, os.SEEK_END)
                if end and line:
                    file.seek(end - 1)
                    # What a power cut tore off must not spoil the line behind it.
                    line = line if file.read(1) == b"\n" else b"\n" + line
                while line:
                    line = line[file.write(line) :]
                sync_file(file.fileno())
        except OSError as error:
            raise self._error("written", error) from error

    def _error(self, what: str, error: OSError) -> MailLogError:
        return MailLogError(
            f"{self._path}: can't be {what}: {error.strerror or error}; it keeps which papers were mailed"
        )


class Known:
    """Papers that were mailed, to be asked whether one is among them."""

    def __init__(self, digests: Sequence[Sent]) -> None:
        self._groups = [names for sent in digests for names in sent.papers]
        self._by_name: dict[str, list[int]] = {}
        for number, names in enumerate(self._groups):
            for name in names:
                self._by_name.setdefault(name, []).append(number)

    def holds(self, names: Collection[str]) -> bool:
        """Tell whether the paper with these identifiers was mailed."""
        found = {number for name in names for number in self._by_name.get(name, ())}
        return any(share_identity(self._groups[number], names) for number in found)


def _sent(line: bytes) -> Sent | None:
    """Return the digest a line tells of, None if it makes no sense."""
    try:
        found: Any = json.loads(line)
        if (at := parse_time(found["at"])) is None:
            return None
        papers = tuple(tuple(name for name in names if isinstance(name, str)) for names in found["papers"])
        return Sent(at, str(found["to"]), str(found["query"]), papers)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
