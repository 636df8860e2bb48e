"""Reconciling a note file with a mark, three ways: what each says, and what both said when the file was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from readlist.marks import Field
from readlist.marks.state.document import changed_in
from readlist.marks.state.version import NEVER, Version, joined
from readlist.notes.note_file import Flag, NoteFile, checksum, flag_agrees, normalize_note
from readlist.shelf.mirrored_marks import Decision

if TYPE_CHECKING:
    from readlist.library.rows import Entry


class Reconciled(Struct, frozen=True):
    """How a note file changes a mark.

    Attributes:
        decision: the change of the paper's mark.
        changes: that in words: "note", "starred", "unread" …; empty for none.
        joined: whether the note was written on both sides: both are kept.
        edited: whether the file differs from what readlist wrote.
    """

    decision: Decision
    changes: tuple[str, ...]
    joined: bool
    edited: bool


def reconciled(entry: Entry, file: NoteFile, written: float, document: Mapping[str, Any], now: datetime) -> Reconciled:
    """Return how a file that was last written at a time, in seconds since 1970, changes a paper's mark now."""
    mark, base, changes, modified = entry.mark, file.base, [], _moment(written, now)
    flags: dict[Field, bool | datetime | None] = {}
    fields: tuple[Field, ...] = ("read", "starred")
    for name in fields:
        since, before = getattr(mark, name), getattr(base, name) if base else None
        flags[name] = _flag(file, file.flag(name), since, before, changed_in(dict(document), name), modified)
        if flags[name] is not None:
            changes.append(name if flags[name] else f"un{name}")
    note, both_kept = _note(file, mark.note, changed_in(dict(document), "note"), modified)
    if note is not None:
        changes.append("note")
    return Reconciled(Decision(**flags, note=note, now=now), tuple(changes), both_kept, _is_edited(file))


def _flag(
    file: NoteFile, said: Flag, since: datetime | None, before: datetime | None, changed: datetime, modified: datetime
) -> bool | datetime | None:
    """Return the new value of read or starred, None to leave it.

    Said is the file's value, since the mark's, before that of both when the file was written; changed and modified are
    when mark and file last changed.
    """
    if said is None or flag_agrees(said, since):
        return None
    # If it was never decided here, the file comes from elsewhere and knows more.
    if changed == NEVER or (file.base is not None and before == (since.replace(microsecond=0) if since else None)):
        return said
    if file.base is not None and flag_agrees(said, before):
        # Only the mark changed. If that was before the file's time, another readlist wrote the file.
        return said if before is not None and before > changed else None
    return said if modified > changed else None


def _note(file: NoteFile, here: str, changed: datetime, modified: datetime) -> tuple[str | None, bool]:
    """Return the new note, None to leave it, and whether two were joined."""
    there, base = file.normalized, file.base
    if there == normalize_note(here):
        return None, False
    if changed == NEVER or (base is not None and base.note == checksum(normalize_note(here))):
        return there, False
    edited = base is None or base.note != checksum(there)
    written = modified if edited or base is None else base.noted or NEVER
    if not edited and changed >= written:
        return None, False
    both = joined([Version(here, changed, ""), Version(there, written, "")])
    if normalize_note(both) == normalize_note(here):
        return None, False
    return both, normalize_note(both) != there


def _is_edited(file: NoteFile) -> bool:
    base = file.base
    if base is None or base.note != checksum(file.normalized):
        return True
    flags = ((file.flag("read"), base.read), (file.flag("starred"), base.starred))
    return any(said is not None and not flag_agrees(said, since) for said, since in flags)


def _moment(seconds: float, now: datetime) -> datetime:
    """Return when a file was written, now at the latest."""
    try:
        return min(datetime.fromtimestamp(seconds, UTC), now)
    except (ValueError, OverflowError, OSError):
        return now
