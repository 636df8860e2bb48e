"""What a list can show: named queries in an order."""

from __future__ import annotations

from dataclasses import dataclass

from readlist.query import Sort


@dataclass(frozen=True, slots=True)
class View:
    """What the list shows: a name, a query and a sort order."""

    name: str
    query: str = ""
    sort: Sort = "feed"

    def narrowed(self, search: str) -> str:
        """Return this view's query with a search added to it."""
        return f"{self.query} {search}".strip()


VIEWS = (View("Inbox", "is:unread"), View("All"), View("Starred", "is:starred"), View("Notes", "is:noted"))
