"""TinyDB tables that write what an update changed, and the database they make up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document as TableDocument
from tinydb.table import Table

from readlist.marks.journal import JournalStorage
from readlist.marks.layers import Copies, Edits, Layers
from readlist.marks.migration import Document as DocumentBody


class JournalTable(Table):
    """A TinyDB table that writes what an update changed, not the whole database.

    `_update_table` is the one private method of TinyDB that this depends on (4.9).
    """

    def __init__(self, storage: Storage, name: str, *args: Any, **kwargs: Any) -> None:
        self._journal = cast("JournalStorage", storage)
        self._known = 0
        super().__init__(storage, name, *args, **kwargs)

    def insert(self, document: Mapping[str, Any]) -> Any:
        """Insert a document; its id is chosen after catching up with other processes."""
        with self._journal.transaction():
            return super().insert(document)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[Any]:
        """Update documents or insert one, in one step."""
        with self._journal.transaction():
            return super().upsert(document, cond)

    def search(self, cond: QueryLike) -> list[TableDocument]:
        """Search; results of before another process changed something are not used again."""
        self._journal.refresh()
        self._notice_others()
        return super().search(cond)

    def put(self, documents: Mapping[Any, Mapping[str, Any] | None]) -> None:
        """Set documents by their ids, or remove them where there is None."""

        def updater(table: MutableMapping[Any, Any]) -> None:
            for key, document in documents.items():
                if document is not None:
                    table[key] = dict(document)
                elif key in table:
                    del table[key]

        self._update_table(updater)

    def _notice_others(self) -> None:
        if self._known != self._journal.memory.foreign_changes:
            self._known = self._journal.memory.foreign_changes
            self._next_id = None
            self.clear_cache()

    def _get_next_id(self) -> Any:
        self._notice_others()
        return super()._get_next_id()  # type: ignore[no-untyped-call]

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        self._journal.refresh()
        return cast("dict[str, Mapping[str, Any]]", Copies(self._journal.memory.view(self.name)))

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self._journal.transaction():
            edits = Edits(self._journal.memory.view(self.name), self.document_id_class)
            updater(edits)
            done = edits.operations(self.name)
            if not self._journal.memory.has(self.name):
                done.insert(0, (self.name, None, {}))
            self._journal.memory.stage(done)
        self.clear_cache()


class KeyedTable(JournalTable):
    """A table whose document ids are words: paper keys, group numbers."""

    document_id_class = str  # type: ignore[assignment]

    def live(self) -> Layers:
        """Return the documents as they are in this transaction, without copies: not to be changed."""
        return self._journal.memory.view(self.name)

    def find(self, key: str) -> DocumentBody | None:
        """Return one document as `live` has it, None if there is none."""
        return self.live().get(key)


class StateDatabase(TinyDB):
    """The TinyDB of the marks; opens nothing before it is used."""

    table_class = KeyedTable
    default_storage_class = JournalStorage  # type: ignore[assignment]

    def table(self, name: str, **kwargs: Any) -> KeyedTable:
        """Return a table, the same one for the same name."""
        return cast("KeyedTable", super().table(name, **kwargs))

    def drop_tables(self) -> None:
        """Drop all tables."""
        storage = cast("JournalStorage", self.storage)
        with storage.transaction():
            storage.memory.stage([(name, None, None) for name in storage.memory.tables])
        self._tables.clear()

    def drop_table(self, name: str) -> None:
        """Drop one table."""
        storage = cast("JournalStorage", self.storage)
        self._tables.pop(name, None)
        with storage.transaction():
            if storage.memory.has(name):
                storage.memory.stage([(name, None, None)])
