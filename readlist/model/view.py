"""Views: a named query in a sort order, the built-in views, and the sort orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast, get_args

from msgspec import Struct

Sort = Literal[
    "feed", "date", "added", "upvotes", "stars", "comments", "title", "relevance", "match", "gained", "rising",
    "-feed", "-date", "-added", "-upvotes", "-stars", "-comments", "-title", "-relevance", "-match", "-gained",
    "-rising",
]  # fmt: skip
"""A sort order by its name; after a `-`, the reverse of it."""

ALL_SORTS: tuple[Sort, ...] = get_args(Sort)


class SortOrder(Struct, frozen=True):
    """How a sort order is described.

    Attributes:
        title: the order in the header of a list.
        help: what comes first.
        reverse_help: what comes first in the reverse of it.
    """

    title: str
    help: str
    reverse_help: str


SORTS: Mapping[Sort, SortOrder] = {
    "feed": SortOrder("feed order", "newest list first, in feed order", "oldest list first"),
    "date": SortOrder("by date", "newest paper first", "oldest paper first"),
    "added": SortOrder("by date added", "recently added first", "recently added last"),
    "upvotes": SortOrder("by upvotes", "most upvotes first", "fewest upvotes first"),
    "stars": SortOrder("by stars", "most GitHub stars first", "fewest GitHub stars first"),
    "comments": SortOrder("by comments", "most comments first", "fewest comments first"),
    "title": SortOrder("by title", "A–Z", "Z–A"),
    "relevance": SortOrder("by relevance", "the search's best finds first", "the search's best finds last"),
    "match": SortOrder("by match", "what fits your stars best first", "worst fit first"),
    "gained": SortOrder("gained", "most upvotes gained since your last visit first", "fewest upvotes gained first"),
    "rising": SortOrder("rising", "what gains more upvotes than others of its age first", "what gains least first"),
}
"""The sort orders, in the order of menus; each can be reversed."""


def is_reverse(sort: Sort) -> bool:
    """Return whether an order is the reverse of one in `SORTS`."""
    return sort.startswith("-")


def unreversed(sort: Sort) -> Sort:
    """Return the order in `SORTS` that an order is, or is the reverse of."""
    return cast(Sort, sort.removeprefix("-"))


def is_by_match(sort: Sort) -> bool:
    """Return whether an order is by how well papers fit, or the reverse of it."""
    return unreversed(sort) == "match"


def is_known_of_a_day(sort: Sort) -> bool:
    """Return whether an order can be one of what was known on a day."""
    return unreversed(sort) not in ("gained", "rising", "relevance", "match")


def reverse_of(sort: Sort) -> Sort:
    """Return the reverse of an order."""
    return unreversed(sort) if is_reverse(sort) else cast(Sort, f"-{sort}")


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
