"""Papers with their marks; the only thing the screens talk to."""

from readlist.library.count_log import CountSource, Sighting
from readlist.library.errors import LibraryBusy, LibraryDamaged, LibraryError, SearchInterrupted
from readlist.library.list_outline import Facts, GroupCount, GroupKey
from readlist.library.rows import Added, Counts, Entry, FeedCounts, Fetch
from readlist.marks import Event, MarkOutcome, MarksError, Notice, SaveFailed
from readlist.model.view import VIEWS, View
from readlist.shelf.feed_shelf import FetchOutcome
from readlist.shelf.mark_shelf import Adoption, ImportStep
from readlist.shelf.mirrored_marks import Decision
from readlist.shelf.shelf import Shelf
from readlist.shelf.sync_shelf import Synced

__all__ = [
    "EXPECTED", "VIEWS", "Added", "Adoption", "CountSource", "Counts", "Decision", "Entry", "Event", "Facts",
    "FeedCounts", "Fetch", "FetchOutcome", "GroupCount", "GroupKey", "ImportStep", "LibraryBusy", "LibraryDamaged",
    "LibraryError", "MarkOutcome", "MarksError", "Notice", "SaveFailed", "SearchInterrupted", "Shelf", "Sighting",
    "Synced", "View",
]  # fmt: skip

EXPECTED = (LibraryError, MarksError, OSError)
"""What the stores may raise without being a bug: the disk, damage, another process."""
