"""A table of the state file whose documents are parsed when they are asked for."""

from __future__ import annotations

import json
import threading
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, MutableMapping
from itertools import islice

from readlist.marks.state.document import Document, in_parts

_FEW = 16
"""Documents that are looked for in the bytes; who asks for more of them gets an index of the lines."""

_SHORT = 1_000
"""Lines of a table that gets an index at once: so has the history, whose few lines may be millions of bytes long."""

_MANY = 5_000
"""Documents that are looked up by themselves; who asks for more of them gets all parsed at once."""

_INDEXED_AT_ONCE = 10_000
"""Lines in one part of the index, which is sorted while other threads wait."""

_PLACE_BITS = 40
"""Bits of an entry of the index that say where a line begins; the rest are a checksum of its key."""

_PARSED_AT_ONCE = 100_000
"""Bytes that are parsed at a time, so that other threads get their turn."""

_SIGNS = (", ", ": ")

readable = json.JSONEncoder(ensure_ascii=False).encode
"""Returns JSON with its letters as they are."""

escaped = json.JSONEncoder().encode
"""Returns JSON in ASCII: what can't be UTF-8 as it is, half a surrogate pair, can so."""


def line_of(name: str, document: object) -> bytes:
    """Return a document's line, without comma or line end."""
    try:
        return f"{readable(name)}: {in_parts(document, _SIGNS, readable)}".encode()
    except UnicodeEncodeError:
        return f"{escaped(name)}: {in_parts(document, _SIGNS, escaped)}".encode()


class StoredTable(MutableMapping[str, Document]):
    """The documents of one table by their ids, oldest first, like a dict of them.

    To mark one paper takes its document alone, however many there are: it is found by its line, since each document
    has one, as `snapshot.encode` writes it. The lines take a fifth of the memory of the parsed documents, so they stay
    lines for as long as documents are asked for one by one: what is set is kept beside them. To list, to count or to
    drop some parses them all, once.

    Args:
        data: the bytes of a state file, whose checksum is right.
        start: where the first line of the table begins.
        end: where its last line ends, without a line end.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self._start, self._end = data, start, end
        self._set: dict[str, Document] = {}
        self._parsed: dict[str, Document] | None = None
        self._looked_up = 0
        self._index: list[array[int]] = []
        # For what follows until all is parsed.
        self._lock = threading.RLock()

    def whole(self) -> dict[str, Document]:
        """Return all documents; not to be changed."""
        if self._parsed is None:
            with self._lock:
                if self._parsed is None:
                    self._parsed = _documents(self._data, self._start, self._end) | self._set
                    self._data, self._index = b"", []
        return self._parsed

    def __getitem__(self, key: str) -> Document:
        """Return one document."""
        if self._parsed is None:
            with self._lock:
                if self._parsed is None and key in self._set:
                    return self._set[key]
                if self._parsed is None and self._looked_up < _MANY:
                    return self._document_at(key)
        return self.whole()[key]

    def _document_at(self, key: str) -> Document:
        """Return the document in the line of a key; raises KeyError."""
        start = self._line(key)
        if start < 0:
            raise KeyError(key)
        stop = self._data.find(b"\n", start, self._end)
        line = self._data[start : stop if stop >= 0 else self._end]
        document: Document = json.loads(b"{%b}" % line.removesuffix(b","))[key]
        return document

    def _line(self, key: str) -> int:
        """Return where the line of a key begins, -1 if it has none."""
        # Of a document that can't be UTF-8 the key is escaped, too.
        names = dict.fromkeys((readable(key).encode(errors="replace"), escaped(key).encode()))
        if (
            not self._looked_up
            and next(islice(_places(self._data, self._start, self._end), _SHORT, None), None) is None
        ):
            self._index = _index(self._data, self._start, self._end)
        self._looked_up += 1
        if self._looked_up <= _FEW and not self._index:
            return max(self._data.find(b"\n%b: " % name, self._start - 1, self._end) + 1 or -1 for name in names)
        if not self._index:
            self._index = _index(self._data, self._start, self._end)
        for name in names:
            begins = b"%b: " % name
            entry = _entry(begins, 0)
            for part in self._index:
                place = bisect_left(part, entry)
                # Keys with the same checksum are next to one another.
                while place < len(part) and part[place] >> _PLACE_BITS == entry >> _PLACE_BITS:
                    start = part[place] & (1 << _PLACE_BITS) - 1
                    if self._data.startswith(begins, start):
                        return start
                    place += 1
        return -1

    def __setitem__(self, key: str, document: Document) -> None:
        """Set one document; a new one is the newest."""
        with self._lock:
            (self._set if self._parsed is None else self._parsed)[key] = document

    def __delitem__(self, key: str) -> None:
        """Drop one document."""
        with self._lock:
            del self.whole()[key]

    def __iter__(self) -> Iterator[str]:
        """Return the ids, the oldest first."""
        return iter(self.whole())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.whole())

    def newest(self) -> str:
        """Return the newest id, empty for none."""
        if self._parsed is None:
            with self._lock:
                if self._parsed is None:
                    # What replaced a document of the lines is as old as that one.
                    added = (key for key in reversed(self._set) if self._line(key) < 0)
                    # An id may be empty.
                    newest = next(added, None)
                    return self._last_line() if newest is None else newest
        return next(reversed(self.whole()), "")

    def _last_line(self) -> str:
        """Return the id in the last line, empty for none."""
        line = self._data[max(self._data.rfind(b"\n", self._start, self._end) + 1, self._start) : self._end]
        return str(next(iter(json.loads(b"{%b}" % line)), ""))

    def lines(self) -> Iterator[bytes]:
        """Return the lines of all documents, as `line_of` has them, oldest first; those that were read as they were."""
        with self._lock:
            if self._parsed is None:
                instead = {start: key for key in self._set if (start := self._line(key)) >= 0}
                return _lines(self._data, (self._start, self._end), instead, dict(self._set))
        return (line_of(key, document) for key, document in self.whole().items())


def _entry(line: bytes, place: int) -> int:
    """Return the entry of a line in the index: a checksum of its key, as far as a quotation mark, and its place."""
    return (zlib.crc32(line[: line.find(b'": ')]) >> 8) << _PLACE_BITS | place


def _places(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends, its comma included."""
    while start < end:
        stop = data.find(b"\n", start, end)
        if stop < 0:
            stop = end
        yield start, stop
        start = stop + 1


def _index(data: bytes, start: int, end: int) -> list[array[int]]:
    """Return the entries of all lines in sorted parts."""
    parts: list[array[int]] = []
    places = _places(data, start, end)
    while entries := [_entry(data[start:stop], start) for start, stop in islice(places, _INDEXED_AT_ONCE)]:
        parts.append(array("Q", sorted(entries)))
    return parts


def _lines(
    data: bytes, limits: tuple[int, int], instead: dict[int, str], documents: dict[str, Document]
) -> Iterator[bytes]:
    """Yield the lines, with documents instead of those that begin at some places, and then the other documents."""
    for start, stop in _places(data, *limits):
        key = instead.get(start)
        yield data[start:stop].removesuffix(b",") if key is None else line_of(key, documents.pop(key))
    yield from (line_of(key, document) for key, document in documents.items())


def _documents(data: bytes, start: int, end: int) -> dict[str, Document]:
    found: dict[str, Document] = {}
    while start < end:
        cut = data.find(b"\n", min(start + _PARSED_AT_ONCE, end), end)
        stop = end if cut < 0 else cut
        found.update(json.loads(b"{%b}" % data[start:stop].rstrip(b",")))
        start = stop + 1
    return found
