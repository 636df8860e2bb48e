"""A table of the state file whose documents are parsed when they are asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, MutableMapping
from time import monotonic

from readlist.marks.disk.stored_lines import PackedLines, RawLines, escaped, readable
from readlist.marks.state.document import Document, in_parts

_MANY = 5_000
"""Documents that are looked up by themselves; who asks for more of them gets all parsed at once."""

_KEPT = 10.0
"""Seconds for which the parsed documents are kept: whoever asked for all mostly does so again."""

_SIGNS = (", ", ": ")


def line_of(name: str, document: object) -> bytes:
    """Return a document's line, without comma or line end."""
    try:
        return f"{readable(name)}: {in_parts(document, _SIGNS, readable)}".encode()
    except UnicodeEncodeError:
        return f"{escaped(name)}: {in_parts(document, _SIGNS, escaped)}".encode()


class StoredTable(MutableMapping[str, Document]):
    """The documents of one table by their ids, oldest first, like a dict of them.

    To mark one paper takes its document alone, however many there are: it is found by its line, since each document
    has one, as `snapshot.encode` writes it. The lines take a fifth of the memory of the parsed documents, and packed a
    fiftieth. So the lines are what is kept: what is set or dropped is kept beside them, and the parsed documents only
    from when they are all asked for, or many of them, until `pack`.

    Args:
        data: the bytes of a state file, whose checksum is right.
        start: where the first line of the table begins.
        end: where its last line ends, without a line end.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._lines: RawLines | PackedLines = RawLines(data, start, end)
        self._set: dict[str, Document] = {}
        self._dropped: set[str] = set()
        self._parsed: dict[str, Document] | None = None
        self._used = 0.0
        self._looked_up = 0
        self._lock = threading.RLock()

    def whole(self) -> dict[str, Document]:
        """Return all documents; not to be changed."""
        with self._lock:
            self._used = monotonic()
            if self._parsed is None:
                found = _documents(self._lines)
                for key in self._dropped:
                    found.pop(key, None)
                self._parsed = found | self._set
            return self._parsed

    def pack(self, cancelled: Callable[[], bool]) -> bool:
        """Make it smaller, unless all its documents were asked for lately; other threads may use it meanwhile.

        Until the last table of a file is packed, all its bytes are kept.

        Returns:
            Whether that is done.
        """
        lines = self._lines
        if self._parsed is not None and monotonic() - self._used < _KEPT:
            return False
        packed = PackedLines.of(lines, cancelled) if isinstance(lines, RawLines) else lines
        if packed is not None:
            with self._lock:
                self._lines, self._parsed, self._looked_up = packed, None, 0
        return packed is not None

    def __getitem__(self, key: str) -> Document:
        """Return one document."""
        with self._lock:
            if self._parsed is not None:
                return self._parsed[key]
            if key in self._set:
                return self._set[key]
            if key in self._dropped:
                raise KeyError(key)
            if self._looked_up < _MANY:
                return self._document_at(key)
            return self.whole()[key]

    def _document_at(self, key: str) -> Document:
        """Return the document in the line of a key; raises KeyError."""
        self._looked_up += 1
        found = self._lines.find(key)
        if found is None:
            raise KeyError(key)
        document: Document = json.loads(b"{%b}" % found[1])[key]
        return document

    def __setitem__(self, key: str, document: Document) -> None:
        """Set one document; a new one is the newest."""
        with self._lock:
            self._set[key] = document
            if self._parsed is not None:
                self._parsed[key] = document

    def __delitem__(self, key: str) -> None:
        """Drop one document."""
        with self._lock:
            if key not in self:
                raise KeyError(key)
            # Set again, it is the newest: its line stays dropped.
            self._dropped.add(key)
            self._set.pop(key, None)
            if self._parsed is not None:
                del self._parsed[key]

    def __iter__(self) -> Iterator[str]:
        """Return the ids, the oldest first."""
        return iter(self.whole())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.whole())

    def newest(self) -> str:
        """Return the newest id, empty for none."""
        with self._lock:
            if self._parsed is not None:
                return next(reversed(self._parsed), "")
            # What replaced a document of the lines is as old as that one.
            added = (key for key in reversed(self._set) if key in self._dropped or self._lines.find(key) is None)
            # An id may be empty.
            newest = next(added, None)
            if newest is None:
                newest = str(next(iter(json.loads(b"{%b}" % self._lines.last())), ""))
            if newest in self._dropped and newest not in self._set:
                return next(reversed(self.whole()), "")
            return newest

    def lines(self) -> Iterator[bytes]:
        """Return the lines of all documents, as `line_of` has them, oldest first; those that were read as they were."""
        with self._lock:
            dropped = {found[0] for key in self._dropped if (found := self._lines.find(key)) is not None}
            found_of = {key: self._lines.find(key) for key in self._set if key not in self._dropped}
            instead = {found[0]: key for key, found in found_of.items() if found is not None}
            return _merged(self._lines, dropped, instead, dict(self._set))


def _merged(
    lines: RawLines | PackedLines, dropped: set[int], instead: dict[int, str], documents: dict[str, Document]
) -> Iterator[bytes]:
    """Yield the lines but those dropped, with documents instead of some, by where they begin; then other documents."""
    for place, line in lines:
        if place in dropped:
            continue
        key = instead.get(place)
        yield line if key is None else line_of(key, documents.pop(key))
    yield from (line_of(key, document) for key, document in documents.items())


def _documents(lines: RawLines | PackedLines) -> dict[str, Document]:
    # A block at a time, so that other threads get their turn.
    found: dict[str, Document] = {}
    for _, block in lines.blocks():
        found.update(json.loads(b"{%b}" % block.rstrip(b",")))
    return found
