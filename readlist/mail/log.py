"""The log of mailed papers: one line of JSON for each digest, appended once the server accepted it."""

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
    """The log can't be read or written: one line that says what, where and what to do."""


class Sent(Struct, frozen=True):
    """One digest that was sent.

    Attributes:
        at: when its papers were chosen.
        to: the recipient's address.
        query: of its papers.
        papers: the identifiers of each paper, also of those it only counts.
    """

    at: datetime
    to: str
    query: str
    papers: tuple[tuple[str, ...], ...]


class MailLog:
    """The file with what was mailed.

    It is beside the library, not in it, so it survives a rebuild. Papers have all identifiers known at the time, so
    they are recognized if they get a stronger key later, or prove to be the same as another.

    Args:
        path: the file; created with the first line.
        patience: seconds to wait for another readlist that is sending.
    """

    def __init__(self, path: Path, patience: float = _PATIENCE) -> None:
        self._path, self._patience = path, patience

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lock the log, so that no other readlist sends meanwhile.

        Raises:
            MailLogError: another one is sending for too long, or the lock fails.
        """
        lock = ProcessLock(self._path.with_name(f"{self._path.name}.lock"), self._patience)
        with ExitStack() as stack:
            try:
                make_private(self._path.parent)
                stack.enter_context(lock.held())
            except TimeoutError as error:
                raise MailLogError(f"{error.strerror}; another digest is being sent; try again") from error
            except OSError as error:
                raise self._error("locked", error) from error
            yield

    def read(self) -> list[Sent]:
        """Return the digests that were sent, oldest first; invalid lines are skipped.

        The digest of an incomplete last line may be sent again.

        Raises:
            MailLogError: the file exists but can't be read; all papers would be mailed again.
        """
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._error("read", error) from error
        return [sent for line in lines if (sent := _sent(line)) is not None]

    def check(self) -> None:
        """Raise MailLogError if no line can be appended; for use before sending."""
        self._append(b"")

    def append(self, sent: Sent) -> None:
        """Record a digest, on disk when this returns; raises MailLogError if it can't be written."""
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
                    # A line cut off by a power failure must not damage this one.
                    line = line if file.read(1) == b"\n" else b"\n" + line
                while line:
                    line = line[file.write(line) :]
                sync_file(file.fileno())
        except OSError as error:
            raise self._error("written", error) from error

    def _error(self, what: str, error: OSError) -> MailLogError:
        return MailLogError(
            f"{self._path}: can't be {what}: {error.strerror or error}; it records which papers were mailed"
        )


class MailedPapers:
    """The papers of some digests."""

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
    """Return the digest of a line, None if it is invalid."""
    try:
        found: Any = json.loads(line)
        if (at := parse_time(found["at"])) is None:
            return None
        papers = tuple(tuple(name for name in names if isinstance(name, str)) for names in found["papers"])
        return Sent(at, str(found["to"]), str(found["query"]), papers)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
