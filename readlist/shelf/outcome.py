"""What became of asking one feed."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Outcome(Struct, frozen=True):
    """What became of asking one feed, once it is on the shelf.

    Attributes:
        feed: the feed's name.
        new: how many papers were new.
        known: how many were known.
        failure: why it failed, one line; empty if all went well.
        unchanged: whether the server said that nothing changed since the last fetch.
        last_good: when all went well last; the present fetch if it did, None if it never did.
        keys_new: keys of the new papers, in list order.
        skipped: what of the answer was passed over, and why, a line each.
        moved: the address the feed has moved to for good, empty if it hasn't.
    """

    feed: str
    new: int = 0
    known: int = 0
    failure: str = ""
    unchanged: bool = False
    last_good: datetime | None = None
    keys_new: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    moved: str = ""
