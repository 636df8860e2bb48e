"""What a list can show: named queries in an order."""

from __future__ import annotations

from msgspec import Struct

from readlist.query import Sort


class View(Struct, frozen=True):
    """What the list shows: a name, a query and a sort order."""

    name: str
    query: str = ""
    sort: Sort = "feed"


VIEWS = (View("Inbox", "is:unread"), View("All"), View("Starred", "is:starred"), View("Notes", "is:noted"))
