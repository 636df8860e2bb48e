"""Papers with their marks; the only thing the screens talk to."""

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
from readlist.marks import Event, MarksError, Notice, SaveFailed
from readlist.model.view import VIEWS, View
from readlist.shelf.feed_shelf import FetchOutcome
from readlist.shelf.mark_shelf import Adoption
from readlist.shelf.mirrored_marks import Decision
from readlist.shelf.shelf import Shelf
from readlist.shelf.sync_shelf import Synced

__all__ = [
    "EXPECTED", "VIEWS", "Added", "Adoption", "Counts", "Decision", "Entry", "Event", "Fetch", "FetchOutcome",
    "LibraryBusy", "LibraryDamaged", "LibraryError", "MarksError", "Notice", "SaveFailed",
    "SearchInterrupted", "Shelf", "Sighting", "StoredFeed", "Synced", "View",
]  # fmt: skip

EXPECTED = (LibraryError, MarksError, OSError)
"""What the stores may raise without being a bug: the disk, damage, another process."""
