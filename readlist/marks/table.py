"""TinyDB tables that write what an update changed, and the database they make up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Table

from readlist.marks.journal import JournalStorage
from readlist.marks.memory import Layers
from readlist.marks.migration import Document


class JournalTable(Table):
    """A TinyDB table over a journal, shared with other processes.

    `_update_table` and `_get_next_id` are the private methods of TinyDB that this depends on (4.9).
    """

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        self._journal = cast("JournalStorage", storage)
        self._known = 0
        # No cache by default: what was found before another process changed something is not used again.
        super().__init__(storage, name, cache_size, persist_empty)

    def insert(self, document: Mapping[str, Any]) -> Any:
        """Insert a document; its id is chosen after catching up with other processes."""
        with self._journal.transaction():
            return super().insert(document)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[Any]:
        """Update documents or insert one, in one step."""
        with self._journal.transaction():
            return super().upsert(document, cond)

    def _get_next_id(self) -> Any:
        if self._known != self._journal.memory.foreign_changes:
            self._known = self._journal.memory.foreign_changes
            self._next_id = None
        return super()._get_next_id()  # type: ignore[no-untyped-call]

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self._journal.transaction():
            super()._update_table(updater)


class KeyedTable(JournalTable):
    """A table whose document ids are words: paper keys, group numbers.

    Its own methods cost what they change, those of TinyDB look at all of the database.
    """

    document_id_class = str  # type: ignore[assignment]

    def put(self, documents: Mapping[str, Document | None]) -> None:
        """Set documents by their ids, or remove them where there is None."""
        with self._journal.transaction():
            self._journal.memory.put(self.name, documents)

    def live(self) -> Layers:
        """Return the documents as they are in this transaction, without copies: not to be changed."""
        return self._journal.memory.view(self.name)

    def find(self, key: str) -> Document | None:
        """Return one document as `live` has it, None if there is none."""
        return self.live().get(key)


class StateDatabase(TinyDB):
    """The TinyDB of the marks; opens nothing before it is used."""

    table_class = KeyedTable
    default_storage_class = JournalStorage  # type: ignore[assignment]

    def table(self, name: str, **kwargs: Any) -> KeyedTable:
        """Return a table, the same one for the same name."""
        return cast("KeyedTable", super().table(name, **kwargs))
