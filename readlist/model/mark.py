"""Mark: what the user decided about one paper."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

SaveState = Literal["saved", "pending", "unsaved"]

LONGEST_NOTE = 10_000_000
"""Characters of a note, at most."""


class Mark(Struct, frozen=True):
    """What the user decided about one paper; times are aware datetimes in UTC.

    Attributes:
        read: when it was marked read, None while unread.
        starred: when it was starred, None while not.
        note: the note's text, empty for none.
        noted: when the note last changed.
        removed: when it was removed from the list, None if it is in it.
        saved: whether the latest change is on disk.
    """

    read: datetime | None = None
    starred: datetime | None = None
    note: str = ""
    noted: datetime | None = None
    removed: datetime | None = None
    saved: SaveState = "saved"


UNMARKED = Mark()


def join_notes(note: str, other: str, *, loose: bool = False) -> str:
    """Return two notes with a blank line between; if one contains the other, it alone.

    Args:
        note: the first note.
        other: the second note.
        loose: whether blanks around lines and texts are ignored, as for a note that was in a file. Machines that share
            marks join exactly, so that all get the same text.
    """
    contains = _has_lines if loose else has_paragraphs
    if contains(note, other):
        return note
    return other if contains(other, note) else f"{note.rstrip() if loose else note}\n\n{other}"


def has_paragraphs(text: str, part: str) -> bool:
    """Tell whether a text contains another one as whole paragraphs."""
    return not part or f"\n\n{part}\n\n" in f"\n\n{text}\n\n"


def _has_lines(text: str, part: str) -> bool:
    """Tell whether a text contains the lines of another one, ignoring blanks around them."""
    whole, sought = (["", *(line.strip() for line in each.strip().split("\n")), ""] for each in (text, part))
    return not part.strip() or "\n".join(sought) in "\n".join(whole)


def merge_marks(one: Mark, other: Mark) -> Mark:
    """Return one mark of two on papers that turned out to be one, without dropping any decision.

    It is used until the mark store has merged them by the times of each field.
    """
    return Mark(
        read=max(filter(None, (one.read, other.read)), default=None),
        starred=max(filter(None, (one.starred, other.starred)), default=None),
        note=join_notes(one.note, other.note),
        noted=max(filter(None, (one.noted, other.noted)), default=None),
        removed=max(filter(None, (one.removed, other.removed)), default=None),
        saved="saved" if one.saved == other.saved == "saved" else "pending",
    )
