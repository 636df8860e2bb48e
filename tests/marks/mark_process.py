"""A process that makes marks until it is ended, and tells of each one that is acknowledged."""

from __future__ import annotations

from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

# What a store loads at its first use, so that forks of a process that knows this module need not.
import filelock  # noqa: F401

from readlist.marks import MarkChange
from readlist.marks.store import MarkStore

PAPERS = 7


def is_taken_back(number: int) -> bool:
    """Whether a mark is undone for a moment, and redone."""
    return number % 5 == 4


def make_marks(path: Path, name: str, count: int, reported: Connection) -> None:
    """Make N marks: a numbered note, on a few papers in turn, and a star on a new one."""
    store = MarkStore(path)
    for number in range(count):
        changes = [
            MarkChange(f"{name}:{number % PAPERS}", "note", f"{number:06d}", f"A paper, the {number}th", (name,)),
            MarkChange(f"{name}:star:{number}", "starred", datetime.now(UTC)),
        ]
        store.apply(changes, "mark").result()
        reported.send(number)
        if is_taken_back(number):
            store.undo().result()
            store.redo().result()
        if number % 20 == 19:
            # The state file is rewritten.
            store.close(10)
            store = MarkStore(path)
        store.follow()
    store.close(10)
