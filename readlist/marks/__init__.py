"""Read, starred, note and removed of every paper in TinyDB; the only home of tinydb."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from readlist.model.mark import Mark
from readlist.text.clean import counted

Field = Literal["read", "starred", "note", "removed"]

FIELDS: tuple[Field, ...] = ("read", "starred", "note", "removed")


class MarkChange(Struct, frozen=True):
    """A new value for one field of one paper's mark.

    Title, identifiers and work are kept with the mark so that it can be understood on its own.

    Attributes:
        key: the paper's key.
        value: for read, starred and removed the time (aware), or None to unset it; for a note its text, empty for none.
        work: what tells the paper from others of its title; see `merge.details_of`.
    """

    key: str
    field: Field
    value: datetime | str | None
    title: str = ""
    identifiers: tuple[str, ...] = ()
    work: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse what could not be read back.

        Raises:
            ValueError: no such field, a value of another type, or a time without zone.
        """
        if self.field not in FIELDS:
            raise ValueError(f"a mark has no field {self.field!r}")
        if self.field == "note":
            if not isinstance(self.value, str | None):
                raise ValueError(f"a note is text, not {self.value!r}")
        elif isinstance(self.value, datetime):
            if self.value.utcoffset() is None:
                raise ValueError(f"{self.field} needs a time with a zone, not {self.value!r}")
        elif self.value is not None:
            raise ValueError(f"{self.field} is a time or None, not {self.value!r}")


class MarkOutcome(Struct, frozen=True):
    """The result of a change, once it is on disk.

    Attributes:
        label: name of the undo group.
        marks: every key that was touched → its mark now, pending changes included.
        skipped: keys that undo or redo left as they are, because they were changed since.
        stamp: `MarkStore.stamp` of the state with these marks; empty while `MarkStore.follow` has others' changes to
            return.
        joined: keys whose notes were written on two machines at a time: both are kept.
        listed: whether papers were removed from the list, or restored to it.
        imports: of imports that were undone or redone, the batch → whether it is undone now.
        papers: how many papers that hid, or brought back.
        kept: how many papers of undone imports stay, since they were decided about or announced by a feed.
    """

    label: str
    marks: Mapping[str, Mark]
    skipped: tuple[str, ...] = ()
    stamp: str = ""
    joined: tuple[str, ...] = ()
    listed: bool = False
    imports: Mapping[int, bool] = {}
    papers: int = 0
    kept: int = 0

    @property
    def effect(self) -> str:
        """What it changed, in words: `3 papers`, `removed 12 papers, kept 2 with marks or in feeds`."""
        if not self.imports or not (self.papers or self.kept):
            return counted(len(self.marks), "paper")
        verb = "removed" if any(self.imports.values()) else "brought back"
        kept = f", kept {self.kept:,} with marks or in feeds" if self.kept and verb == "removed" else ""
        return f"{verb} {counted(self.papers, 'paper')}{kept}"


class StoreStatus(Struct, frozen=True):
    """The state of the store.

    Attributes:
        pending: number of changes that are not on disk yet.
        unsaved: keys of papers whose changes could not be written so far; they are kept and retried.
        notices: all notices that were shown to the user, oldest first.
        reason: why changes could not be written, one line.
    """

    pending: int = 0
    unsaved: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    reason: str = ""


class MarksError(Exception):
    """The marks can't be used; the text is one clear line: what, where, what to do."""


class NewerState(MarksError):
    """The state was written by a newer readlist; nothing was changed."""


class NotSaved(MarksError):
    """The store was closed before the change could be written."""


class Saved(Struct, frozen=True):
    """Changes of these keys are on disk."""

    keys: tuple[str, ...]


class Delayed(Struct, frozen=True):
    """Changes of these keys have been pending long enough to show it."""

    keys: tuple[str, ...]


class SaveFailed(Struct, frozen=True):
    """Changes of these keys could not be written; they are kept and retried."""

    keys: tuple[str, ...]
    reason: str


class Notice(Struct, frozen=True):
    """A notice for the user: what was damaged, and what was kept where."""

    text: str


Event = Saved | Delayed | SaveFailed | Notice


def unreported(done: int, total: int) -> None:
    """Drop how much is done."""
