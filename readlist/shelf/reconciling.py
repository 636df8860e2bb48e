"""Bringing together what files of notes say and what the marks say: three ways, with what both were when written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.shelf.decision import Decision

if TYPE_CHECKING:
    from readlist.library.library import StoredPaper as Entry
    from readlist.notes.note_file import NoteFile
    from readlist.shelf.mirrored import MirroredMarks


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


class Reconciling:
    """Compares files of notes with the marks; a part of `Shelf`."""

    _marks: MirroredMarks

    def reconcile(self, said: Sequence[tuple[Entry, NoteFile, float]], now: datetime) -> list[Reconciled]:
        """Return what files of notes bring; nothing is changed by it.

        What only the file changed since it was written is taken, what only changed here stays. Where both did, of
        read and starred the later counts, and of notes both are kept, as when machines are merged.

        Args:
            said: papers as they are, with what their files say and when these were last written, in seconds.
            now: when what is taken was decided.

        Raises:
            MarksError: the marks can't be read.
        """
        from readlist.shelf.comparing import reconciled

        documents = self._marks.documents() if said else {}
        return [
            reconciled(entry, file, _moment(modified, now), documents.get(entry.paper.key, {}), now)
            for entry, file, modified in said
        ]


def _moment(seconds: float, now: datetime) -> datetime:
    """Return when a file was written; one of the future now."""
    try:
        return min(datetime.fromtimestamp(seconds, UTC), now)
    except (ValueError, OverflowError, OSError):
        return now
