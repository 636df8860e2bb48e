"""The library of papers and the marks together; the only thing the screens talk to."""

from readlist.library.library import (
    Added,
    Counts,
    Fetch,
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    SearchInterrupted,
    Sighting,
)
from readlist.library.library import Feed as StoredFeed
from readlist.library.library import StoredPaper as Entry
from readlist.marks import Event, Failed, MarksError, Notice
from readlist.model.view import VIEWS, View
from readlist.shelf.adoption import Adoption
from readlist.shelf.decision import Decision
from readlist.shelf.feed_shelf import Outcome
from readlist.shelf.shelf import Shelf
from readlist.shelf.sync_shelf import Synced

__all__ = [
    "EXPECTED", "VIEWS", "Added", "Adoption", "Counts", "Decision", "Entry", "Event", "Failed", "Fetch",
    "LibraryBusy", "LibraryDamaged", "LibraryError", "MarksError", "Notice", "Outcome",
    "SearchInterrupted", "Shelf", "Sighting", "StoredFeed", "Synced", "View",
]  # fmt: skip

EXPECTED = (LibraryError, MarksError, OSError)
"""What the stores may raise without being a bug: the disk, damage, another process."""
