"""The library of papers and the marks together; the only thing the screens talk to."""

from readlist.library.errors import LibraryBusy, LibraryDamaged, LibraryError, SearchInterrupted
from readlist.library.rows import Added, Counts, FeedCounts, Fetch, Sighting
from readlist.library.rows import StoredPaper as Entry
from readlist.marks.change import MarksError
from readlist.marks.event import Event, Failed, Notice
from readlist.model.view import VIEWS, View
from readlist.shelf.adoption import Adoption
from readlist.shelf.decision import Decision
from readlist.shelf.feed_shelf import Outcome
from readlist.shelf.shelf import Shelf
from readlist.shelf.sync_shelf import Synced

__all__ = [
    "EXPECTED",
    "VIEWS",
    "Added",
    "Adoption",
    "Counts",
    "Decision",
    "Entry",
    "Event",
    "Failed",
    "FeedCounts",
    "Fetch",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryError",
    "MarksError",
    "Notice",
    "Outcome",
    "SearchInterrupted",
    "Shelf",
    "Sighting",
    "Synced",
    "View",
]  # fmt: skip

EXPECTED = (LibraryError, MarksError, OSError)
"""What the stores may raise without being a bug: the disk, damage, another process."""
