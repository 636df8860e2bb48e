"""The files of an import, one after the other: each is parsed in a second process while the one before is stored."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO

from msgspec import Struct

from readlist.services.import_memory import ImportMemory, RememberedFile
from readlist.shelf import Shelf
from readlist.sources import reader
from readlist.sources.batch import Batch
from readlist.sources.parser_process import WORTHWHILE, ParserProcess


class ParsedFile(Struct, frozen=True):
    """One file.

    Attributes:
        found: the file.
        memory: what is remembered of it.
        again: what an import of it would find, if that would change nothing; then it is not parsed.
        pieces: its papers: see `reader.parse`.
    """

    found: reader.Input
    memory: ImportMemory
    again: RememberedFile | None
    pieces: Iterator[Batch]


class ParsedFiles:
    """Files, with their papers as they are parsed; closed, they leave no process behind.

    The second process is used if what is left of the files is worth its start. If it can't be started, or dies, the
    papers come from this process.
    """

    def __init__(
        self, shelf: Shelf, inputs: Sequence[reader.Input], *, day: date | None, stdin: BinaryIO | None
    ) -> None:
        self._shelf, self._inputs, self._day, self._stdin = shelf, inputs, day, stdin
        self._process = ParserProcess()
        self._left = sum(found.size for found in inputs if not found.failure)

    def __iter__(self) -> Iterator[ParsedFile]:
        """Yield the files; the papers of one are to be taken before the next file."""
        ahead: ImportMemory | None = None
        for number, found in enumerate(self._inputs):
            today = date.today()
            memory, begun = ahead or self._memory(found, today), ahead is not None
            again = None if begun else memory.recall()
            if again is None and not begun:
                begun = self._begin(found, today)
            self._left -= 0 if found.failure else found.size
            ahead = self._look_ahead(number + 1, today) if begun else None
            given = self._process.pieces() if begun else iter(())
            pieces = reader.completed(given, found, day=self._day, stdin=self._stdin, today=today)
            yield ParsedFile(found, memory, again, pieces)
            # What is not taken would be taken for the next file's.
            deque(given, maxlen=0)

    def _memory(self, found: reader.Input, today: date) -> ImportMemory:
        return ImportMemory(self._shelf, found, self._day, today)

    def _begin(self, found: reader.Input, today: date) -> bool:
        """Have a file parsed in the second process; returns whether it will be."""
        if found.failure or found.path is None or (self._left < WORTHWHILE and not self._process.running):
            return False
        return self._process.begin(found.given, self._day, today)

    def _look_ahead(self, number: int, today: date) -> ImportMemory | None:
        """Have the next file parsed, if its import may change something; returns what is remembered of it then."""
        if number >= len(self._inputs):
            return None
        memory = self._memory(self._inputs[number], today)
        return memory if memory.recall() is None and self._begin(self._inputs[number], today) else None

    def close(self) -> None:
        """End the second process."""
        self._process.close()
