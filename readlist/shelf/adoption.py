"""Taking over what the owner of a file decided about its papers: added to what is decided here, never in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.model.mark import join_notes
from readlist.shelf.decision import Decision
from readlist.text.clean import counted

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.marks.change import Outcome
    from readlist.model.mark import Mark


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

    def __str__(self) -> str:
        """Say it in words, empty where there was nothing."""
        parts = [counted(count, word) for count, word in ((self.notes, "note"), (self.stars, "star")) if count]
        return ", ".join([*parts, *([f"{self.read:,} read"] if self.read else [])])


def adopted(mark: Mark, brought: Sequence[Mark], now: datetime, *, timed: bool = False) -> Decision | None:
    """Return what is to become of a mark, None if it has all that is brought already.

    What is decided here stays: nothing is unstarred, marked unread or dated anew, and a note is only added to. Timed,
    the times brought are kept; else what is new is decided now.
    """
    note = mark.note
    for each in brought:
        note = join_notes(note, each.note, loose=True)
    starred = _since(mark.starred, [each.starred for each in brought], now, timed=timed)
    read = _since(mark.read, [each.read for each in brought], now, timed=timed)
    if not (starred or read or note != mark.note):
        return None
    return Decision(read, starred, note if note != mark.note else None, now)


def _since(
    here: datetime | None, times: Sequence[datetime | None], now: datetime, *, timed: bool
) -> datetime | bool | None:
    """Return since when something is decided anew, the earliest that is brought; True for now, None for not at all."""
    given = [time for time in times if time is not None]
    return (min(*given, now) if timed else True) if given and here is None else None
