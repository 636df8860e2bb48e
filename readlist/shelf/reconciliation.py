"""Reconciling a file of notes with a mark, three ways: what each says, and what both said when the file was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from readlist.marks.state.document import changed_in
from readlist.marks.state.version import NEVER, Version, joined
from readlist.notes.note_file import NoteFile, Said, agree, digest, meaning
from readlist.shelf.mirrored_marks import Decision

if TYPE_CHECKING:
    from readlist.library.rows import StoredPaper as Entry


class Reconciled(Struct, frozen=True):
    """What a file of notes brings.

    Attributes:
        decision: what is to become of the paper's mark.
        changes: that in words: "note", "starred", "unread" …; empty for nothing.
        joined: whether the note was written here and there: both are kept.
        edited: whether the file says anything else than what it was written with.
    """

    decision: Decision
    changes: tuple[str, ...]
    joined: bool
    edited: bool


def reconciled(entry: Entry, file: NoteFile, written: float, document: Mapping[str, Any], now: datetime) -> Reconciled:
    """Return what a file brings that was last written at a time, in seconds since 1970, and is decided now."""
    mark, base, changes, modified = entry.mark, file.base, [], _moment(written, now)
    flags: list[bool | datetime | None] = []
    for name, since, before in (
        ("read", mark.read, base.read if base else None),
        ("starred", mark.starred, base.starred if base else None),
    ):
        changed = changed_in(dict(document), "read" if name == "read" else "starred")
        flags.append(_flag(file, file.flag(name), since, before, changed, modified))
        if flags[-1] is not None:
            changes.append(name if flags[-1] else f"un{name}")
    note, both_kept = _note(file, mark.note, changed_in(dict(document), "note"), modified)
    if note is not None:
        changes.append("note")
    return Reconciled(Decision(flags[0], flags[1], note, now), tuple(changes), both_kept, _is_edited(file))


def _flag(
    file: NoteFile, said: Said, since: datetime | None, before: datetime | None, changed: datetime, modified: datetime
) -> bool | datetime | None:
    """Return what read or starred becomes, None for what it is.

    Said is what the file says, since what the mark does, before what both did when the file was written; changed and
    modified are when mark and file last did.
    """
    if said is None or agree(said, since):
        return None
    # Where it was never decided here, the file comes from elsewhere and knows more.
    if changed == NEVER or (file.base is not None and before == (since.replace(microsecond=0) if since else None)):
        return said
    if file.base is not None and agree(said, before):
        # Only the mark changed. Did it so before the file's own did, then that was written by another readlist.
        return said if before is not None and before > changed else None
    return said if modified > changed else None


def _note(file: NoteFile, here: str, changed: datetime, modified: datetime) -> tuple[str | None, bool]:
    """Return what a note becomes, None for what it is, and whether two were joined."""
    there, base = file.meaning, file.base
    if there == meaning(here):
        return None, False
    if changed == NEVER or (base is not None and base.note == digest(meaning(here))):
        return there, False
    edited = base is None or base.note != digest(there)
    written = modified if edited or base is None else base.noted or NEVER
    if not edited and changed >= written:
        return None, False
    both = joined([Version(here, changed, ""), Version(there, written, "")])
    if meaning(both) == meaning(here):
        return None, False
    return both, meaning(both) != there


def _is_edited(file: NoteFile) -> bool:
    base = file.base
    if base is None or base.note != digest(file.meaning):
        return True
    flags = ((file.flag("read"), base.read), (file.flag("starred"), base.starred))
    return any(said is not None and not agree(said, since) for said, since in flags)


def _moment(seconds: float, now: datetime) -> datetime:
    """Return when a file was written; one of the future now."""
    try:
        return min(datetime.fromtimestamp(seconds, UTC), now)
    except (ValueError, OverflowError, OSError):
        return now
