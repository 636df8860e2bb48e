"""What the command line and the screen both do: refresh, import, export, notes in a folder, digest.

A service reports its progress as a value; the command line and the screen each draw it in their own way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct


class Cancelled(Exception):
    """The user cancelled the work; raised where it reports its progress."""


Unit: TypeAlias = Literal["bytes", "papers", "files", "feeds", "stars"]


class Progress(Struct, frozen=True):
    """How much of something is done.

    Attributes:
        done: how much is done.
        total: how much there is to do; 0 if not known.
        unit: what is counted: bytes read, papers stored or written, files read or written, feeds
            fetched, stars judged.
        name: the current item, such as a file; may be empty.
    """

    done: int
    total: int
    unit: Unit
    name: str = ""

    @property
    def share(self) -> float:
        """The part done, from 0 to 1."""
        return self.done / self.total if self.total else 1.0


Report: TypeAlias = Callable[[Progress], None]
"""Called with the progress of a service, in its thread; may raise Cancelled."""


def unreported(progress: Progress) -> None:
    """Drop the progress."""
