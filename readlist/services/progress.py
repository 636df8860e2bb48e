"""How far a service is, as a value: the command line and the screen each draw it their own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

Unit: TypeAlias = Literal["bytes", "papers", "files", "feeds"]


class Progress(Struct, frozen=True):
    """How far something is.

    Attributes:
        done: how much of it is done.
        total: of how much; 0 where that is not known.
        unit: what is counted: bytes read, papers stored or written, files looked through or written, feeds fetched.
        name: what is worked on now, such as a file; may be empty.
    """

    done: int
    total: int
    unit: Unit
    name: str = ""

    @property
    def share(self) -> float:
        """The part that is done, from 0 to 1."""
        return self.done / self.total if self.total else 1.0


Report: TypeAlias = Callable[[Progress], None]
"""Called with how far a service is, from the thread that works."""


def unreported(progress: Progress) -> None:
    """Report to nobody."""
