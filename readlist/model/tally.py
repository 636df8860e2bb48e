"""What was decided since some time: how many papers, and how."""

from __future__ import annotations

from msgspec import Struct


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

    def summary(self, star: str = "★", note: str = "✎", dot: str = "·") -> str:
        """Return it in one line: `33 decided · 7 ★ · 4 ✎`; empty if nothing was decided."""
        parts = [f"{self.decided:,} decided"]
        parts += [f"{count:,} {sign}" for count, sign in ((self.starred, star), (self.noted, note)) if count]
        return f" {dot} ".join(parts) if self.decided else ""
