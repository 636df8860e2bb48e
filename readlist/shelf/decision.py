"""What the user decides about papers, and what their marks become by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from readlist.marks.change import Field
from readlist.paper import Mark


class Decision(Struct, frozen=True):
    """What is to become of some papers' marks; None leaves a part as it is."""

    read: bool | None
    starred: bool | None
    note: str | None
    now: datetime

    def parts(self, mark: Mark) -> list[tuple[Field, datetime | str | None]]:
        """Return the fields of a mark that change, with their new values."""
        parts: list[tuple[Field, datetime | str | None]] = []
        if self.read is not None and self.read != (mark.read is not None):
            parts.append(("read", self.now if self.read else None))
        if self.starred is not None and self.starred != (mark.starred is not None):
            parts.append(("starred", self.now if self.starred else None))
        if self.note is not None and self.note != mark.note:
            parts.append(("note", self.note))
        return parts

    def mark(self, mark: Mark) -> Mark:
        """Return what a mark becomes."""
        parts: dict[str, Any] = dict(self.parts(mark))
        if "note" in parts:
            parts["noted"] = self.now if self.note else None
        return replace(mark, **parts)
