"""The tables in memory: as on disk, as a transaction will leave them, as they would be if it could be written."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from readlist.marks.layers import Layers
from readlist.marks.migration import Document, Tables
from readlist.marks.recovery import absorb, lacks, perform
from readlist.marks.shape import Operation

_UNDO = ("history", "redo")
"""The tables that undo is made of."""

_Overlay = dict[str, dict[str, Document | None]]


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

    def has(self, name: str) -> bool:
        """Whether there is such a table, in the present transaction at least."""
        return name in self.tables or name in self._overlay

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
