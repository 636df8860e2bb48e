"""Views: a named query in a sort order, the built-in views, and the sort orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Sort = Literal["feed", "date", "added", "upvotes", "stars", "comments", "title", "relevance"]


class SortOrder(Struct, frozen=True):
    """How a sort order is described.

    Attributes:
        title: the order in the header of a list.
        help: what comes first.
    """

    title: str
    help: str


SORTS: Mapping[Sort, SortOrder] = {
    "feed": SortOrder("feed order", "newest list first, in feed order"),
    "date": SortOrder("by date", "newest paper first"),
    "added": SortOrder("by date added", "recently added first"),
    "upvotes": SortOrder("by upvotes", "most upvotes first"),
    "stars": SortOrder("by stars", "most GitHub stars first"),
    "comments": SortOrder("by comments", "most comments first"),
    "title": SortOrder("by title", "A–Z"),
    "relevance": SortOrder("by relevance", "best match first"),
}
"""The sort orders, in the order of menus."""


class View(Struct, frozen=True):
    """What the list shows: a name, a query and a sort order.

    Attributes:
        help: one sentence on what it shows, of the views that every readlist has.
        watch: whether what it finds is signed in every list.
    """

    name: str
    query: str = ""
    sort: Sort = "feed"
    help: str = ""
    watch: bool = False


INBOX = View("Inbox", "is:unread -is:muted", help="Show the unread papers.")
ALL = View("All", help="Show all papers.")
STARRED = View("Starred", "is:starred", help="Show the starred papers.")
NOTES = View("Notes", "is:noted", help="Show the papers with a note.")
MUTED = View("Muted", "is:unread is:muted")
"""What the Inbox hides; it has no tab."""

VIEWS = (INBOX, ALL, STARRED, NOTES)
"""The views that every readlist has, in the order of their tabs."""
