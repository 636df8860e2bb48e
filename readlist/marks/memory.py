"""The tables in memory: as on disk, as a transaction will leave them, as they would be if it could be written."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping

from readlist.marks.migration import Document, Tables
from readlist.marks.recovery import absorb, lacks, perform
from readlist.marks.shape import Operation
from readlist.marks.snapshot import dump

_UNDO = ("history", "redo")
"""The tables that undo is made of."""

_Overlay = dict[str, dict[str, Document | None]]


class Layers(Mapping[str, Document]):
    """A table with changes that are not in it yet; its documents are the live ones, not to be changed."""

    def __init__(self, base: dict[str, Document], changes: Mapping[str, Document | None]) -> None:
        self._base, self._changes = base, changes

    def __getitem__(self, key: str) -> Document:
        document = self._changes[key] if key in self._changes else self._base[key]
        if document is None:
            raise KeyError(key)
        return document

    def __contains__(self, key: object) -> bool:
        return self._changes[key] is not None if key in self._changes else key in self._base  # type: ignore[index]

    def _added(self) -> list[str]:
        return [key for key, document in self._changes.items() if document is not None and key not in self._base]

    def __iter__(self) -> Iterator[str]:
        yield from [key for key in self._base if self._changes.get(key, self._base) is not None]
        yield from self._added()

    def __reversed__(self) -> Iterator[str]:
        """Latest first."""
        yield from reversed(self._added())
        for key in reversed(self._base):
            if self._changes.get(key, self._base) is not None:
                yield key

    def __len__(self) -> int:
        gone = sum(document is None and key in self._base for key, document in self._changes.items())
        return len(self._base) - gone + len(self._added())


class Memory:
    """A TinyDB database and changes to it; one thread changes it, any thread may look by `peek` and `peek_all`.

    Stored documents are replaced, never changed: who has got one may go on looking at it.

    Attributes:
        tables: what is on disk.
        foreign_changes: how often others changed something.
    """

    def __init__(self) -> None:
        self.tables: Tables = {}
        self.foreign_changes = 0
        self._guard = threading.Lock()
        self._staged: list[Operation] | None = None
        self._overlay: _Overlay = {}
        self._rehearsed: _Overlay = {}
        self._foreign: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether a transaction or a rehearsal is under way."""
        return self._staged is not None

    def begin(self, *, rehearsal: bool = False) -> list[Operation]:
        """Begin collecting operations; a rehearsal goes on from the ones before. Returns where they are collected."""
        kept = self._rehearsed if rehearsal else {}
        self._staged, self._overlay = [], {name: dict(changes) for name, changes in kept.items()}
        return self._staged

    def end(self) -> None:
        """Forget the operations that were collected."""
        self._staged, self._overlay = None, {}

    def stage(self, operations: Iterable[Operation]) -> None:
        """Add operations to the present transaction; `view` shows them."""
        assert self._staged is not None
        for name, key, document in operations:
            self._staged.append((name, key, document))
            changes = self._overlay.setdefault(name, {})
            if key is None:
                changes.update(dict.fromkeys(self.view(name)))
            else:
                changes[key] = document

    def put(self, name: str, documents: Mapping[str, Document | None]) -> None:
        """Add what sets documents by their ids, or removes them where there is None, as far as they differ."""
        table = self.view(name)
        done: list[Operation] = [] if name in self.names() else [(name, None, {})]
        done += [(name, key, None) for key, document in documents.items() if document is None and key in table]
        for key, document in documents.items():
            # Compared as they are written: True is not 1 there.
            if document is not None and (key not in table or dump(table[key]) != dump(document)):
                done.append((name, key, document))
        self.stage(done)

    def keep_rehearsal(self) -> None:
        """Have `peek` see the operations that were collected, though they are not on disk."""
        with self._guard:
            self._rehearsed = self._overlay

    def forget_rehearsals(self) -> None:
        """Have `peek` see what is on disk."""
        with self._guard:
            self._rehearsed = {}

    def take(self, operations: Iterable[Operation]) -> None:
        """Do operations that are on disk."""
        with self._guard:
            for operation in operations:
                perform(self.tables, operation)

    def take_from_others(self, operations: Iterable[Operation]) -> None:
        """Do operations that others wrote."""
        kept = list(operations)
        self.take(kept)
        self.foreign_changes += 1
        with self._guard:
            self._foreign.update(key for name, key, _ in kept if name == "marks" and key is not None)

    def put_in_place(self, tables: Tables) -> None:
        """Put tables with the same marks in place of these."""
        with self._guard:
            self.tables = tables

    def merge_into(self, tables: Tables) -> int:
        """Put tables that were read from disk in place of these, and keep what they lack.

        Returns:
            The number of papers with marks that were missing on disk.
        """
        found, before = dict(tables.get("marks", {})), self.tables.get("marks", {})
        absorb(tables, {name: documents for name, documents in self.tables.items() if name not in _UNDO})
        marks = tables.get("marks", {})
        missing = sum(lacks(found.get(key), document) for key, document in marks.items())
        if missing:
            # What was read is older than what is known. Else it is newer, and others dropped what it lacks.
            absorb(tables, {name: self.tables[name] for name in _UNDO if name in self.tables})
        changed = {key for key in marks.keys() | before.keys() if marks.get(key) != before.get(key)}
        self.foreign_changes += 1
        with self._guard:
            self.tables = tables
            self._foreign |= changed
        return missing

    def count_all_foreign(self) -> None:
        """Have `take_foreign` give every key: who asks knew an older state."""
        with self._guard:
            self._foreign |= self.tables.get("marks", {}).keys()

    def take_foreign(self) -> set[str]:
        """Return the keys of marks that others changed since this was last asked; from any thread."""
        with self._guard:
            taken, self._foreign = self._foreign, set()
        return taken

    @property
    def has_foreign(self) -> bool:
        """Whether `take_foreign` has something to give."""
        return bool(self._foreign)

    def names(self) -> list[str]:
        """Return the names of all tables, those of the present transaction too."""
        return list(self.tables | self._overlay)

    def view(self, name: str) -> Layers:
        """Return a table with the changes of the present transaction; its documents are not to be changed."""
        return Layers(self.tables.get(name, {}), self._overlay.get(name, {}))

    def peek(self, name: str, key: str) -> Document | None:
        """Return a document, rehearsed changes included; from any thread, not to be changed."""
        with self._guard:
            changes = self._rehearsed.get(name, {})
            return changes[key] if key in changes else self.tables.get(name, {}).get(key)

    def peek_all(self, name: str) -> dict[str, Document]:
        """Return a table as `peek` sees it."""
        with self._guard:
            found = {**self.tables.get(name, {}), **self._rehearsed.get(name, {})}
        return {key: document for key, document in found.items() if document is not None}
