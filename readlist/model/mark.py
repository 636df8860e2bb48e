"""Mark: what the user decided about one paper."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

SaveState = Literal["saved", "pending", "unsaved"]

LONGEST_NOTE = 10_000_000
"""The most characters that a note is read or kept with."""


class Mark(Struct, frozen=True):
    """What the user decided about one paper; times are aware datetimes in UTC.

    Attributes:
        read: when it was marked read, None while unread.
        starred: when it was starred, None while not.
        note: the note's text, empty for none.
        noted: when the note last changed.
        saved: whether the latest change is on disk.
    """

    read: datetime | None = None
    starred: datetime | None = None
    note: str = ""
    noted: datetime | None = None
    saved: SaveState = "saved"


UNMARKED = Mark()


def join_notes(note: str, other: str, *, loose: bool = False) -> str:
    """Return a note with another one below it, a blank line between; one that holds all of the other is enough.

    Args:
        note: what goes first.
        other: what goes below it.
        loose: whether blanks around lines and texts count for nothing, as for a note that has been through a file.
            Machines that share marks join them exactly, so that all come to the same text.
    """
    holds = _has_lines if loose else has_paragraphs
    if holds(note, other):
        return note
    return other if holds(other, note) else f"{note.rstrip() if loose else note}\n\n{other}"


def has_paragraphs(text: str, part: str) -> bool:
    """Tell whether a text holds all of another one as whole paragraphs."""
    return not part or f"\n\n{part}\n\n" in f"\n\n{text}\n\n"


def _has_lines(text: str, part: str) -> bool:
    """Tell whether a text holds the lines of another one, whatever blanks are around them."""
    whole, sought = (["", *(line.strip() for line in each.strip().split("\n")), ""] for each in (text, part))
    return not part.strip() or "\n".join(sought) in "\n".join(whole)
