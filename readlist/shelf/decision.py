"""What the user decides about papers, and what their marks become by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from readlist.marks import Change, Field
from readlist.marks.state.document import identifiers_in
from readlist.model.mark import UNMARKED, Mark

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.marks import Outcome
    from readlist.marks.store import MarkStore


class Decision(Struct, frozen=True):
    """What is to become of some papers' marks; None leaves a part as it is, a time sets it since then."""

    read: bool | datetime | None
    starred: bool | datetime | None
    note: str | None
    now: datetime

    def parts(self, mark: Mark) -> list[tuple[Field, datetime | str | None]]:
        """Return the fields of a mark that change, with their new values."""
        parts: list[tuple[Field, datetime | str | None]] = []
        if self.read is not None and (read := self._since(self.read, mark.read)) != mark.read:
            parts.append(("read", read))
        if self.starred is not None and (starred := self._since(self.starred, mark.starred)) != mark.starred:
            parts.append(("starred", starred))
        if self.note is not None and self.note != mark.note:
            parts.append(("note", self.note))
        return parts

    def _since(self, wanted: bool | datetime, before: datetime | None) -> datetime | None:
        if isinstance(wanted, datetime):
            return wanted
        return (before or self.now) if wanted else None

    def mark(self, mark: Mark) -> Mark:
        """Return what a mark becomes."""
        parts: dict[str, Any] = dict(self.parts(mark))
        if "note" in parts:
            parts["noted"] = self.now if self.note else None
        return replace(mark, **parts)


def decide_by_identifier(
    store: MarkStore, identifiers: Iterable[str], wanted: Decision, label: str
) -> tuple[int, Future[Outcome]]:
    """Change the marks of papers without the library, which another process holds; its mirror follows by itself.

    A mark of a paper that isn't known under its identifier yet waits under that for the paper.

    Returns:
        How many marks change, and the future that is done when they are on disk.
    """
    documents = store.documents()
    keys = {name: key for key, document in documents.items() for name in identifiers_in(document)}
    marks = store.all()
    changes: list[Change] = []
    for key in dict.fromkeys(name if name in documents else keys.get(name, name) for name in identifiers):
        changes += [Change(key, field, value) for field, value in wanted.parts(marks.get(key, UNMARKED))]
    return len({change.key for change in changes}), store.apply(changes, label)
