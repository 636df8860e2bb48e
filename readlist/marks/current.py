"""What the marks are now: what is on disk, what could not be written so far, and what is on its way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from readlist.marks.change import Change
from readlist.marks.document import mark_of, set_value, value_text, winner_of
from readlist.marks.migration import Document
from readlist.marks.writer import Writer
from readlist.model.mark import Mark, SaveState
from readlist.model.time import utc_now

if TYPE_CHECKING:
    from readlist.marks.memory import Memory


def mark_now(memory: Memory, writer: Writer, key: str) -> Mark:
    """Return a paper's mark; that of the other paper, if it proved to be one."""
    changes, jobs = writer.waiting(key)
    document = memory.peek("marks", winner_of(key, lambda loser: memory.peek("folded", loser)))
    if changes:
        document = _changed(document or {}, changes)
    saved: SaveState = "saved"
    if jobs:
        saved = "unsaved" if any(job.failed for job in jobs) else "pending"
    return mark_of(document, saved)


def marks_now(memory: Memory, writer: Writer) -> dict[str, Mark]:
    """Return the marks of all papers that were ever touched."""
    found = {key: mark_of(document) for key, document in memory.peek_all("marks").items()}
    return found | {key: mark_now(memory, writer, key) for key in writer.waiting_keys()}


def _changed(document: Document, changes: Iterable[Change]) -> Document:
    document = dict(document)
    for change in changes:
        set_value(document, change.field, value_text(change.value, change.field), utc_now(), "")
    return document
