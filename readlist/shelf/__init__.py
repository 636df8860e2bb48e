"""The library of papers and the marks together; the only thing the screens talk to."""

from readlist.library.store import LibraryError, SearchInterrupted
from readlist.library.store import StoredPaper as Entry
from readlist.marks.change import MarksError
from readlist.marks.event import Event, Failed, Notice
from readlist.shelf.shelf import SAMPLE_FEED, Shelf
from readlist.shelf.view import VIEWS, View

__all__ = [
    "EXPECTED", "SAMPLE_FEED", "VIEWS", "Entry", "Event", "Failed", "LibraryError", "MarksError", "Notice",
    "SearchInterrupted", "Shelf", "View",
]  # fmt: skip

EXPECTED = (LibraryError, MarksError, OSError)
"""What the stores may raise without being a bug: the disk, damage, another process."""
