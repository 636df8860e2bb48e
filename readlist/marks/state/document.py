"""The document of one paper's marks: its shape and version, how it is read and changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

from readlist.marks import Field
from readlist.marks.state.version import changed_at, later, seen_after
from readlist.model.mark import Mark, SaveState
from readlist.model.time import exact_time_text, parse_time

Document = dict[str, Any]
"""One TinyDB document, as JSON has it."""

Tables = dict[str, MutableMapping[str, Document]]
"""A whole TinyDB database: table name → document id → document."""

Operation = tuple[str, str | None, Document | None]
"""Table, document id, document. No document deletes; no id empties the table or, without document, drops it."""

SCHEMA = 1

MIGRATIONS: dict[int, Callable[[Tables], Tables]] = {}
"""Version n → what turns its tables into those of version n + 1; only ever added to."""

_DEEPEST = 12
"""Levels of lists and objects in a document; ours have five. A deeper one could be read, but not written again."""

_COMPACT = (",", ":")
_PART = 500
"""Elements of a long list that are written at once."""


def migrated(tables: Tables, version: int) -> Tables:
    """Return the tables brought from a version up to the present one."""
    while version in MIGRATIONS:
        tables = MIGRATIONS[version](tables)
        version += 1
    return tables


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


def dump(value: object) -> bytes:
    """Return a value as compact JSON in UTF-8."""
    import json

    try:
        return in_parts(value, _COMPACT, json.JSONEncoder(ensure_ascii=False, separators=_COMPACT).encode).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8, but an escape.
        return in_parts(value, _COMPACT, json.JSONEncoder(separators=_COMPACT).encode).encode()


def in_parts(value: object, signs: tuple[str, str], text_of: Callable[[object], str]) -> str:
    """Return a value's JSON; of a document with a long list, such as the changes of a step of undo, made in parts.

    The JSON library lets no other thread run meanwhile, not even the screen's.

    Args:
        value: the value.
        signs: what is between two elements, and between a name and its value.
        text_of: gives the JSON of a value, with the same signs.
    """
    if not isinstance(value, dict) or not any(map(_is_long, value.values())):
        return text_of(value)
    between, behind = signs
    fields = []
    for field, each in value.items():
        inner = between.join(text_of(part)[1:-1] for part in _parts(each)) if _is_long(each) else ""
        fields.append(f"{text_of(field)}{behind}{f'[{inner}]' if inner else text_of(each)}")
    return f"{{{between.join(fields)}}}"


def written(operation: Operation) -> tuple[bytes, Operation]:
    """Return an operation as `dump` writes it, and as it is read back from that, which shares nothing with it.

    A long list is written and read in parts, as by `in_parts`.
    """
    import json

    name, key, document = operation
    if document is None or not any(map(_is_long, document.values())):
        text = dump(operation)
        return text, tuple(json.loads(text))
    texts: list[bytes] = []
    back: Document = {}
    for field, value in document.items():
        parts = [dump(part) for part in _parts(value)] if _is_long(value) else []
        text = b"[%b]" % b",".join(part[1:-1] for part in parts) if parts else dump(value)
        texts.append(b"%b:%b" % (dump(field), text))
        back[field] = [each for part in parts for each in json.loads(part)] if parts else json.loads(text)
    return b"[%b,%b,{%b}]" % (dump(name), dump(key), b",".join(texts)), (name, key, back)


def _is_long(value: object) -> bool:
    return isinstance(value, list) and len(value) > _PART


def _parts(values: list[Any]) -> list[list[Any]]:
    return [values[start : start + _PART] for start in range(0, len(values), _PART)]


def perform(tables: Tables, operation: Operation) -> None:
    """Do one operation of a journal to the tables it belongs to."""
    name, key, document = operation
    if key is None:
        tables.pop(name, None)
        if document is not None:
            tables[name] = {}
    elif document is None:
        tables.get(name, {}).pop(key, None)
    else:
        tables.setdefault(name, {})[key] = document


def copied(value: Any) -> Any:
    """Return a copy of a JSON value that shares nothing with it."""
    if isinstance(value, dict):
        return {name: copied(part) for name, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list) else value


def value_text(value: datetime | str | None, field: Field) -> str | None:
    """Return a value as in documents; a missing note is empty text."""
    if isinstance(value, datetime):
        return exact_time_text(value)
    return value or "" if field == "note" else value


def value_in(document: Document, field: Field) -> str | None:
    """Return a field's value in a document; None or, for a note, empty text if it has none."""
    entry = document.get(field)
    value = entry.get("value") if isinstance(entry, dict) else None
    if not isinstance(value, str):
        value = None
    return value or "" if field == "note" else value


def changed_in(document: Document, field: Field) -> datetime:
    """Return when a field last changed; the beginning of time for one that never did."""
    return changed_at(document.get(field))


def set_value(document: Document, field: Field, value: str | None, now: datetime, device: str) -> None:
    """Change a field; the change is later than the one before, even if the clock is not."""
    before = document.get(field)
    entry: Document = {
        "value": value,
        "changed": exact_time_text(later(now, changed_in(document, field))),
        "device": device,
    }
    if field == "note":
        entry["seen"] = seen_after(before)
    document[field] = entry


def describe(document: Document, title: str, identifiers: tuple[str, ...], work: Mapping[str, str]) -> None:
    """Put title, identifiers and details of a paper into a document; identifiers are only added."""
    if title:
        document["title"] = title
    if work:
        document["work"] = dict(work)
    document["identifiers"] = list(dict.fromkeys([*identifiers_in(document), *identifiers]))


def identifiers_in(document: Document) -> list[str]:
    """Return the identifiers in a document."""
    known = document.get("identifiers")
    return [name for name in known if isinstance(name, str)] if isinstance(known, list) else []


def mark_of(document: Document | None, saved: SaveState = "saved") -> Mark:
    """Return the mark in a document; malformed parts are skipped."""
    if not document:
        return Mark(saved=saved)
    note = value_in(document, "note") or ""
    return Mark(
        read=parse_time(value_in(document, "read")),
        starred=parse_time(value_in(document, "starred")),
        note=note,
        noted=parse_time(document["note"].get("changed")) if note else None,
        removed=parse_time(value_in(document, "removed")),
        saved=saved,
    )


def winner_of(key: str, find: Callable[[str], Document | None]) -> str:
    """Return the key of a paper that proved to be another one.

    Args:
        key: a key that it had.
        find: gives the document of a key that went `into` another.
    """
    seen = {key}
    while (entry := find(key)) and entry.get("into") not in seen:
        key = str(entry["into"])
        seen.add(key)
    return key
