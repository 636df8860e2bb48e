"""Taking over what the owner of a file decided about its papers: added to what is decided here, never in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.shelf.decision import Decision

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.marks.change import Outcome
    from readlist.paper import Mark


class Adoption(Struct, frozen=True):
    """What a file brought beside its papers.

    Attributes:
        notes: of how many papers the note is other than before.
        stars: how many are starred now that were not.
        read: how many are read now that were not.
        done: done when that is on disk; None where there was nothing to do.
    """

    notes: int = 0
    stars: int = 0
    read: int = 0
    done: Future[Outcome] | None = None

    @classmethod
    def of(cls, decisions: Sequence[Decision], done: Future[Outcome] | None) -> Adoption:
        """Return what came of some decisions."""
        return cls(
            sum(1 for each in decisions if each.note is not None),
            sum(1 for each in decisions if each.starred),
            sum(1 for each in decisions if each.read),
            done,
        )

    def __str__(self) -> str:
        """Say it in words, empty where there was nothing."""
        parts = [
            f"{count:,} {word}{'' if count == 1 else 's'}"
            for count, word in ((self.notes, "note"), (self.stars, "star"))
            if count
        ]
        return ", ".join([*parts, *([f"{self.read:,} read"] if self.read else [])])


def adopted(mark: Mark, brought: Sequence[Mark], now: datetime) -> Decision | None:
    """Return what is to become of a mark, None if it has all that is brought already.

    Args:
        mark: what is decided here.
        brought: what files say of the same paper.
        now: the time it is decided.
    """
    note = mark.note
    for each in brought:
        note = joined(note, each.note)
    starred = mark.starred is None and any(each.starred is not None for each in brought)
    read = mark.read is None and any(each.read is not None for each in brought)
    if not (starred or read or note != mark.note):
        return None
    return Decision(read or None, starred or None, note if note != mark.note else None, now)


def joined(note: str, other: str) -> str:
    """Return a note with another one below it, a blank line between; one that holds the other already is enough."""
    if not other.strip() or _holds(note, other):
        return note
    return other if not note.strip() or _holds(other, note) else f"{note.rstrip()}\n\n{other}"


def _holds(note: str, part: str) -> bool:
    """Tell whether a note has some paragraphs in it, whatever blanks are around their lines."""
    whole, sought = (["", *(line.strip() for line in text.strip().split("\n")), ""] for text in (note, part))
    return "\n".join(sought) in "\n".join(whole)
