"""What was decided since some time: how many papers, and how."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from readlist.model.mark import Mark


class Tally(Struct, frozen=True):
    """How many papers were decided about since some time.

    Attributes:
        decided: how many in all, each once.
        read: how many were marked read.
        starred: how many were starred.
        noted: how many got a note, or another one.
    """

    decided: int = 0
    read: int = 0
    starred: int = 0
    noted: int = 0

    def after(self, changes: Iterable[tuple[Mark, Mark]], since: datetime) -> Tally:
        """Return the tally after marks changed, each given as it was and as it is now."""
        sums = [self.decided, self.read, self.starred, self.noted]
        for mark, sign in ((mark, sign) for change in changes for mark, sign in zip(change, (-1, 1), strict=True)):
            noted = mark.noted if mark.note else None
            found = [when is not None and when >= since for when in (mark.read, mark.starred, noted)]
            for place, counts in enumerate((any(found), *found)):
                sums[place] += sign * counts
        return Tally(*(max(0, each) for each in sums))

    def summary(self, star: str = "★", note: str = "✎", dot: str = "·") -> str:
        """Return it in one line: `33 decided · 7 ★ · 4 ✎`; empty if nothing was decided."""
        parts = [f"{self.decided:,} decided"]
        parts += [f"{count:,} {sign}" for count, sign in ((self.starred, star), (self.noted, note)) if count]
        return f" {dot} ".join(parts) if self.decided else ""
