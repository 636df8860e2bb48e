"""The document of one paper's marks: how it is changed, read and merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from readlist.marks.change import FIELDS, Field
from readlist.marks.migration import Document
from readlist.marks.version import (
    entry_of,
    later,
    merged_versions,
    seen_after,
    stamp_of,
    versions_in,
)
from readlist.model.mark import Mark, SaveState, join_notes
from readlist.model.time import exact_time_text, parse_time


def copied(value: Any) -> Any:
    """Return a copy of a JSON value that shares nothing with it."""
    if isinstance(value, dict):
        return {name: copied(part) for name, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list) else value


def value_text(value: datetime | str | None, field: Field) -> str | None:
    """Return a value as the documents have it; a note that is not there is empty text."""
    if isinstance(value, datetime):
        return exact_time_text(value)
    return value or "" if field == "note" else value


def value_in(document: Document, field: Field) -> str | None:
    """Return a field's value as the document has it; None or, for a note, empty text where it has none."""
    entry = document.get(field)
    value = entry.get("value") if isinstance(entry, dict) else None
    if not isinstance(value, str):
        value = None
    return value or "" if field == "note" else value


def changed_in(document: Document, field: Field) -> datetime:
    """Return when a field last changed; the beginning of time for one that never did."""
    return stamp_of(document.get(field))


def set_value(document: Document, field: Field, value: str | None, now: datetime, device: str) -> None:
    """Change a field; the change is later than the one it follows, whatever the clocks say."""
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
    """Put title, identifiers and details of a paper into a document; an identifier once known stays."""
    if title:
        document["title"] = title
    if work:
        document["work"] = dict(work)
    document["identifiers"] = list(dict.fromkeys([*identifiers_in(document), *identifiers]))


def identifiers_in(document: Document) -> list[str]:
    """Return the identifiers that a document bears."""
    known = document.get("identifiers")
    return [name for name in known if isinstance(name, str)] if isinstance(known, list) else []


def mark_of(document: Document | None, saved: SaveState = "saved") -> Mark:
    """Return the mark that a document holds; whatever in it makes no sense counts as not there."""
    if not document:
        return Mark(saved=saved)
    note = value_in(document, "note") or ""
    return Mark(
        read=parse_time(value_in(document, "read")),
        starred=parse_time(value_in(document, "starred")),
        note=note,
        noted=parse_time(document["note"].get("changed")) if note else None,
        saved=saved,
    )


def merged(first: Document, second: Document) -> Document:
    """Return two documents of one paper as one; the same in any order, and for as many as there are.

    Read and starred become what they were changed to last, by time and then by device. Of notes, those stay that
    nobody wrote over; see `version`.
    """
    if first == second:
        return first
    titles = {str(document.get("title") or "") for document in (first, second)}
    both: Document = {
        "title": max(titles, key=lambda title: (len(title), title)),
        "identifiers": sorted({*identifiers_in(first), *identifiers_in(second)}, key=_strength),
    }
    for field in FIELDS:
        entries = [entry for entry in (first.get(field), second.get(field)) if isinstance(entry, dict)]
        if entries:
            both[field] = merged_entry(field, entries[0], entries[-1])
    return both | _unknown(first, second, both)


def _unknown(first: Document, second: Document, both: Document) -> Document:
    """Return what this version does not know of two documents: it is carried along."""
    names = sorted((first.keys() | second.keys()) - both.keys())
    if not names:
        return {}
    import json

    values = {name: [document[name] for document in (first, second) if name in document] for name in names}
    return {name: max(some, key=lambda value: json.dumps(value, sort_keys=True)) for name, some in values.items()}


def merged_entry(field: Field, first: Document, second: Document) -> Document:
    """Return two entries of one field as one; the same in any order."""
    if first == second:
        return first
    if field == "note":
        return entry_of(merged_versions(versions_in(first), versions_in(second)))
    return max(first, second, key=_recency)


def _recency(entry: Document) -> tuple[datetime, str, bool, str, str]:
    import json

    value = entry.get("value")
    # Of two that differ in the value alone the earlier time counts, as where two papers prove to be one.
    text = "".join(chr(0x10FFFF - ord(letter)) for letter in value) if isinstance(value, str) else ""
    return (
        stamp_of(entry),
        str(entry.get("device") or ""),
        isinstance(value, str),
        text,
        json.dumps(entry, sort_keys=True),
    )


def _strength(identifier: str) -> tuple[int, str]:
    kind = identifier.partition(":")[0]
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS), identifier


_KINDS = ("arxiv", "doi", "title")


def folded(winner: Document, loser: Document) -> Document:
    """Return the documents of two papers that proved to be one as one, under the winner's title.

    What was decided on either of them holds: read or starred on one is read or starred, since the other's being
    unread says nothing of it; of two times the earlier one is kept, that is when it was first read. A note is never
    dropped: two different ones are joined by a blank line.
    """
    both = {**merged(winner, loser), "title": winner.get("title") or loser.get("title") or ""}
    for field in FIELDS:
        if isinstance(both.get(field), dict):
            value = folded_value(field, value_in(winner, field), value_in(loser, field))
            both[field] = {**both[field], "value": value}
            if field == "note":
                both[field].pop("versions", None)
                seen = seen_after(merged_entry(field, winner.get(field) or {}, loser.get(field) or {}))
                both[field]["seen"] = seen
    return both


def winner_of(key: str, find: Callable[[str], Document | None]) -> str:
    """Return the key that a paper goes by since it proved to be another one.

    Args:
        key: a key that it had.
        find: gives what is known of a key that has gone: `into` says which one it went into.
    """
    seen = {key}
    while (entry := find(key)) and entry.get("into") not in seen:
        key = str(entry["into"])
        seen.add(key)
    return key


def folded_value(field: Field, winner: str | None, loser: str | None) -> str | None:
    """Return what two values of a field become when their papers prove to be one; see `folded`."""
    if field == "note":
        return join_notes(winner or "", loser or "")
    return min((value for value in (winner, loser) if value), default=None)
