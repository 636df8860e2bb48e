"""The shape that documents and journal lines must have, whoever wrote them: a right checksum says nothing of that."""

from __future__ import annotations

import json
from typing import Any

import msgspec

Operation = tuple[str, str | None, dict[str, Any] | None]
"""Table, document id, document. No document deletes; no id empties the table or, without document, drops it."""

_DEEPEST = 12
"""Levels of lists and objects in a document; ours have five. A deeper one could be read, but not written again."""


class Record(msgspec.Struct, frozen=True, rename={"token": "id", "operations": "do"}):
    """One line of the journal: what changed together, and the name its writer gave it."""

    token: str
    operations: tuple[Operation, ...]


def record_of(body: bytes) -> Record | None:
    """Return the record that the body of a journal line holds; None where it has another shape.

    Form of a line: `{"id": "…", "do": [[table, document id or null, document or null], …]}`.
    """
    try:
        record = msgspec.convert(json.loads(body), Record)
    except (ValueError, RecursionError):
        return None
    return record if all(is_shallow(document) for _, _, document in record.operations) else None


def are_tables(tables: object) -> bool:
    """Tell whether something is a whole database: table name → document id → document."""
    return (
        isinstance(tables, dict)
        and all(isinstance(name, str) for name in tables)
        and all(isinstance(table, dict) and all(map(is_document, table.values())) for table in tables.values())
    )


def is_document(document: object) -> bool:
    """Tell whether something can be a document."""
    return isinstance(document, dict) and is_shallow(document)


def is_shallow(value: object, levels: int = _DEEPEST) -> bool:
    """Tell whether lists and objects are nested no deeper than documents are."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return True
    return levels > 0 and all(is_shallow(part, levels - 1) for part in value if isinstance(part, (dict, list)))
