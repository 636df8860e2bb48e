"""Views: a named query in an order, the views every readlist has, and the orders there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from msgspec import Struct

Sort = Literal["feed", "date", "added", "upvotes", "stars", "comments", "title", "relevance"]
SORTS: tuple[Sort, ...] = get_args(Sort)
"""The orders by their names, as they are offered."""


class SortOrder(Struct, frozen=True):
    """How an order is spoken of.

    Attributes:
        title: what the screen calls a list in this order.
        help: what comes first.
    """

    title: str
    help: str


SORT_ORDERS: Mapping[Sort, SortOrder] = {
    "feed": SortOrder("feed order", "the newest list first, as it stands there"),
    "date": SortOrder("by date", "the newest paper first"),
    "added": SortOrder("last come first", "what came in last first"),
    "upvotes": SortOrder("by upvotes", "the most first"),
    "stars": SortOrder("by stars", "the most of GitHub first"),
    "comments": SortOrder("by comments", "the most first"),
    "title": SortOrder("by title", "by the alphabet"),
    "relevance": SortOrder("by relevance", "where the words stand, title first"),
}
"""What the orders are called. feed: by day of the list, feed, place in it. relevance: how rare the words are, too."""


class View(Struct, frozen=True):
    """What the list shows: a name, a query and a sort order.

    Attributes:
        help: one sentence on what it shows, of the views that every readlist has.
    """

    name: str
    query: str = ""
    sort: Sort = "feed"
    help: str = ""


INBOX = View("Inbox", "is:unread", help="Show the unread papers.")
ALL = View("All", help="Show all papers.")
STARRED = View("Starred", "is:starred", help="Show the starred papers.")
NOTES = View("Notes", "is:noted", help="Show the papers with a note.")
VIEWS = (INBOX, ALL, STARRED, NOTES)
"""The views that every readlist has, in the order of their tabs."""
