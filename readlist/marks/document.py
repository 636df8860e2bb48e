"""The document of one paper's marks: how it is changed, read and merged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from readlist.marks.change import FIELDS, Field
from readlist.marks.schema import Document
from readlist.paper import Mark, SaveState

_NEVER = datetime.min.replace(tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


def time_text(moment: datetime) -> str:
    """Return a time as the documents have it: ISO 8601, UTC, microseconds, so that text order is time order."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def time_of(text: object) -> datetime | None:
    """Return the time that a document names; None for none and for what is no time."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def value_text(value: datetime | str | None, field: Field) -> str | None:
    """Return a value as the documents have it; a note that is not there is empty text."""
    if isinstance(value, datetime):
        return time_text(value)
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
    entry = document.get(field)
    return (time_of(entry.get("changed")) if isinstance(entry, dict) else None) or _NEVER


def set_value(document: Document, field: Field, value: str | None, now: datetime, device: str) -> None:
    """Change a field; the change is later than the one it follows, whatever the clocks say."""
    before = changed_in(document, field)
    changed = now if now > before else before + _TICK
    document[field] = {"value": value, "changed": time_text(changed), "device": device}


def describe(document: Document, title: str, identifiers: tuple[str, ...]) -> None:
    """Put title and identifiers into a document; an identifier once known stays."""
    if title:
        document["title"] = title
    document["identifiers"] = list(dict.fromkeys([*_identifiers(document), *identifiers]))


def _identifiers(document: Document) -> list[str]:
    known = document.get("identifiers")
    return [name for name in known if isinstance(name, str)] if isinstance(known, list) else []


def mark_of(document: Document | None, saved: SaveState = "saved") -> Mark:
    """Return the mark that a document holds; whatever in it makes no sense counts as not there."""
    if not document:
        return Mark(saved=saved)
    note = value_in(document, "note") or ""
    return Mark(
        read=time_of(value_in(document, "read")),
        starred=time_of(value_in(document, "starred")),
        note=note,
        noted=time_of(document["note"].get("changed")) if note else None,
        saved=saved,
    )


def newest(first: Document, second: Document) -> Document:
    """Return two documents of one paper as one: of each field the later change, of equal ones the first."""
    merged: Document = {"title": first.get("title") or second.get("title") or ""}
    describe(merged, "", tuple(_identifiers(first) + _identifiers(second)))
    for field in FIELDS:
        later = second if changed_in(second, field) > changed_in(first, field) else first
        if isinstance(later.get(field), dict):
            merged[field] = later[field]
    # What this version does not know is carried along.
    return merged | {name: value for name, value in (second | first).items() if name not in merged}


def folded(winner: Document, loser: Document) -> Document:
    """Return the documents of two papers that proved to be one as one, under the winner's title.

    What was decided on either of them holds: read or starred on one is read or starred, since the other's being
    unread says nothing of it; of two times the earlier one is kept, that is when it was first read. A note is never
    dropped: two different ones are joined by a blank line.
    """
    merged = newest(winner, loser)
    for field in FIELDS:
        if isinstance(merged.get(field), dict):
            value = folded_value(field, value_in(winner, field), value_in(loser, field))
            merged[field] = {**merged[field], "value": value}
    return merged


def folded_value(field: Field, winner: str | None, loser: str | None) -> str | None:
    """Return what two values of a field become when their papers prove to be one; see `folded`."""
    if field == "note":
        return _joined(winner or "", loser or "")
    return min((value for value in (winner, loser) if value), default=None)


def _joined(first: str, second: str) -> str:
    if not second or f"\n\n{second}\n\n" in f"\n\n{first}\n\n":
        return first
    if not first or f"\n\n{first}\n\n" in f"\n\n{second}\n\n":
        return second
    return f"{first}\n\n{second}"
