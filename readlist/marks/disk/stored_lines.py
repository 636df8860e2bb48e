"""The lines of one table of the state file, a document each: as they were read, or packed."""

from __future__ import annotations

import json
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

_FEW = 16
"""Lines that are looked for in the bytes; who asks for more of them gets an index of the lines."""

_SHORT = 1_000
"""Lines of a table that gets an index at once: so has the history, whose few lines may be millions of bytes long."""

_INDEXED_AT_ONCE = 10_000
"""Lines in one part of the index, which is sorted while other threads wait."""

_PLACE_BITS = 40
"""Bits of an entry of the index that say where a line begins; the rest are a checksum of its key."""

_BLOCK = 1 << 16
"""Bytes of lines that are packed or handed out together; a line is found in that many in a tenth of a millisecond."""

_FAST = 1
"""The level of zlib that packs fastest: more would save a tenth of what is left."""

readable = json.JSONEncoder(ensure_ascii=False).encode
"""Returns JSON with its letters as they are."""

escaped = json.JSONEncoder().encode
"""Returns JSON in ASCII: what can't be UTF-8 as it is, half a surrogate pair, can so."""


class RawLines:
    """Lines in the bytes of a state file, all of which are kept for as long as these are.

    Args:
        data: the bytes of the file.
        start: where the first line begins.
        end: where the last line ends, without a line end.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self._start, self._end = data, start, end
        self._looked_up = 0
        self._index: _Index | None = None

    def find(self, key: str) -> tuple[int, bytes] | None:
        """Return where the line of a key begins, and the line; None if it has none."""
        is_short = not self._looked_up and next(islice(self._places(), _SHORT, None), None) is None
        self._looked_up += 1
        if self._looked_up > _FEW or is_short or self._index is not None:
            if self._index is None:
                self._index = _Index()
                lines = iter(self)
                while self._index.add_some(lines):
                    continue
            return self._index.find(key, self._line)
        for begins in _beginnings(key):
            place = self._data.find(b"\n" + begins, self._start - 1, self._end)
            if place >= 0:
                return place + 1, self._line(place + 1)
        return None

    def last(self) -> bytes:
        """Return the last line, empty for none."""
        return self._data[max(self._data.rfind(b"\n", self._start, self._end) + 1, self._start) : self._end]

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield some lines at a time, and where they begin."""
        start = self._start
        while start < self._end:
            cut = self._data.find(b"\n", min(start + _BLOCK, self._end), self._end)
            stop = self._end if cut < 0 else cut
            yield start, self._data[start:stop]
            start = stop + 1

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield where each line begins, and the line."""
        return _lines(self.blocks())

    def _places(self) -> Iterator[int]:
        """Yield where each line begins."""
        place = self._start
        while place < self._end:
            yield place
            place = self._data.find(b"\n", place, self._end) + 1 or self._end

    def _line(self, place: int) -> bytes:
        stop = self._data.find(b"\n", place, self._end)
        return self._data[place : stop if stop >= 0 else self._end].removesuffix(b",")


class PackedLines:
    """The same lines in compressed blocks, with an index of their keys."""

    def __init__(self, blocks: list[bytes], starts: array[int], index: _Index) -> None:
        self._blocks, self._starts, self._index = blocks, starts, index

    @classmethod
    def of(cls, lines: RawLines, cancelled: Callable[[], bool]) -> PackedLines | None:
        """Pack lines, a tenth of a second for 100,000 of them; None if cancelled."""
        blocks: list[bytes] = []
        starts = array("Q")
        for start, block in lines.blocks():
            if cancelled():
                return None
            starts.append(start)
            blocks.append(zlib.compress(block, _FAST))
        index, left = _Index(), iter(lines)
        while index.add_some(left):
            if cancelled():
                return None
        return cls(blocks, starts, index)

    def find(self, key: str) -> tuple[int, bytes] | None:
        """Return where the line of a key begins, and the line; None if it has none."""
        return self._index.find(key, self._line)

    def last(self) -> bytes:
        """Return the last line, empty for none."""
        return zlib.decompress(self._blocks[-1]).rpartition(b"\n")[2] if self._blocks else b""

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield some lines at a time, and where they begin."""
        return ((start, zlib.decompress(block)) for start, block in zip(self._starts, self._blocks, strict=True))

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield where each line begins, and the line."""
        return _lines(self.blocks())

    def _line(self, place: int) -> bytes:
        number = bisect_right(self._starts, place) - 1
        block = zlib.decompress(self._blocks[number])
        begin = place - self._starts[number]
        stop = block.find(b"\n", begin)
        return block[begin : stop if stop >= 0 else None].removesuffix(b",")


class _Index:
    """Finds lines by their keys: eight bytes for each, a checksum of the key and where the line begins."""

    def __init__(self) -> None:
        self._parts: list[array[int]] = []

    def add_some(self, lines: Iterator[tuple[int, bytes]]) -> bool:
        """Take in the next lines, with where they begin; returns whether there were any."""
        part = sorted(_entry(line, place) for place, line in islice(lines, _INDEXED_AT_ONCE))
        if part:
            self._parts.append(array("Q", part))
        return bool(part)

    def find(self, key: str, line_at: Callable[[int], bytes]) -> tuple[int, bytes] | None:
        """Return where the line of a key begins, and the line; None if it has none."""
        for begins in _beginnings(key):
            entry = _entry(begins, 0)
            for part in self._parts:
                number = bisect_left(part, entry)
                # Keys with the same checksum are next to one another.
                while number < len(part) and part[number] >> _PLACE_BITS == entry >> _PLACE_BITS:
                    place = part[number] & (1 << _PLACE_BITS) - 1
                    if (line := line_at(place)).startswith(begins):
                        return place, line
                    number += 1
        return None


def _beginnings(key: str) -> list[bytes]:
    """Return what the line of a key may begin with: of a document that can't be UTF-8 the key is escaped, too."""
    return [b"%b: " % name for name in dict.fromkeys((readable(key).encode(errors="replace"), escaped(key).encode()))]


def _entry(line: bytes, place: int) -> int:
    """Return the entry of a line in the index: a checksum of its key, as far as a quotation mark, and its place."""
    return (zlib.crc32(line[: line.find(b'": ')]) >> 8) << _PLACE_BITS | place


def _lines(blocks: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Yield where each line of some blocks begins, and the line without its comma."""
    for place, block in blocks:
        for line in block.split(b"\n"):
            yield place, line.removesuffix(b",")
            place += len(line) + 1
