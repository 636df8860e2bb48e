"""A table of the state file whose documents are parsed when they are asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, MutableMapping
from itertools import islice

from readlist.marks.state.document import Document

_FEW = 16
"""Documents that are looked up by themselves; who asks for more of them gets all parsed at once."""

_PARSED_AT_ONCE = 100_000
"""Bytes that are parsed at a time, so that other threads get their turn."""

readable = json.JSONEncoder(ensure_ascii=False).encode
"""Returns JSON with its letters as they are."""

escaped = json.JSONEncoder().encode
"""Returns JSON in ASCII: what can't be UTF-8 as it is, half a surrogate pair, can so."""


class StoredTable(MutableMapping[str, Document]):
    """The documents of one table by their ids, oldest first, like a dict of them.

    To mark one paper takes its document alone, however many there are: it is found by its line, since each document
    has one, as `snapshot.encode` writes it. What is set is kept beside the lines; to list or to count them parses
    them all, once.

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
        # For what follows until all is parsed.
        self._lock = threading.RLock()

    def whole(self) -> dict[str, Document]:
        """Return all documents; not to be changed."""
        if self._parsed is None:
            with self._lock:
                if self._parsed is None:
                    self._parsed = _documents(self._data, self._start, self._end) | self._set
                    self._data = b""
        return self._parsed

    def __getitem__(self, key: str) -> Document:
        """Return one document."""
        if self._parsed is None:
            with self._lock:
                if self._parsed is None and key in self._set:
                    return self._set[key]
                if self._parsed is None and self._looked_up < _FEW:
                    self._looked_up += 1
                    return self._line_of(key)
        return self.whole()[key]

    def _line_of(self, key: str) -> Document:
        """Return the document in the line of a key; raises KeyError."""
        place, data, end = self._place_of(key), self._data, self._end
        if place < 0:
            raise KeyError(key)
        stop = data.find(b"\n", place + 1, end)
        line = data[place + 1 : stop if stop >= 0 else end]
        document: Document = json.loads(b"{%b}" % line.removesuffix(b","))[key]
        return document

    def _place_of(self, key: str) -> int:
        """Return the line end before the line of a key, -1 if it has none."""
        # Of a document that can't be UTF-8 the key is escaped, too.
        for name in dict.fromkeys((readable(key).encode(errors="replace"), escaped(key).encode())):
            place = self._data.find(b"\n%b: " % name, self._start - 1, self._end)
            if place >= 0:
                return place
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
        with self._lock:
            if self._parsed is None:
                # What was set under a new id came after all lines; what has a line stays in its place.
                for key in islice(reversed(self._set), _FEW):
                    if self._place_of(key) < 0:
                        return key
                if len(self._set) <= _FEW:
                    begin = max(self._data.rfind(b"\n", self._start, self._end) + 1, self._start)
                    return str(next(iter(json.loads(b"{%b}" % self._data[begin : self._end])), ""))
        return next(reversed(self.whole()), "")


def _documents(data: bytes, start: int, end: int) -> dict[str, Document]:
    found: dict[str, Document] = {}
    while start < end:
        cut = data.find(b"\n", min(start + _PARSED_AT_ONCE, end), end)
        stop = end if cut < 0 else cut
        found.update(json.loads(b"{%b}" % data[start:stop].rstrip(b",")))
        start = stop + 1
    return found
