"""Looking for papers: views, searches, and what helps in typing one."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache

from readlist.library.library import Library
from readlist.model.view import View
from readlist.query import Problem, Query, Sort, parse
from readlist.text.clean import fold

_LOOKED_AT = 60
"""Papers whose authors are offered."""
_UNREAD = parse("is:unread")


class Looking:
    """Asks the library; a part of `Shelf`."""

    _library: Library
    _clock: Callable[[], datetime]

    def parse(self, view: View, search: str = "") -> Query:
        """Return the checked query of a view narrowed by what is typed in the search bar; problems are the latter's."""
        return _narrowed(view.query, search, self._today())

    def problem(self, view: View) -> Problem | None:
        """Return what is wrong with a view's own query, None for nothing; a view with a problem holds no paper.

        What is left of a query without its wrong terms finds more than was asked for, and may be marked as a whole.
        """
        return next(iter(_parsed(view.query, self._today()).problems), None)

    def first(self, view: View, search: str = "", limit: int = 200) -> list[int]:
        """Return the ids of the view's first papers, in order: enough for a screen, quickly."""
        query = self.parse(view, search)
        return [] if self.problem(view) else self._library.first_ids(query, query.sort or view.sort, limit)

    def browse(self, view: View, search: str = "") -> array[int]:
        """Return the ids of all papers of a view, in order."""
        query = self.parse(view, search)
        return array("q") if self.problem(view) else self._library.ids(query, query.sort or view.sort)

    def count(self, view: View, search: str = "", *, unread: bool = False) -> int:
        """Return how many papers a view holds, or how many unread ones."""
        query = self.parse(view, search)
        return 0 if self.problem(view) else self._library.count(query.within(_UNREAD) if unread else query)

    def _today(self) -> date:
        return self._clock().astimezone().date()

    def searches(self) -> list[str]:
        """Return what was searched for, the latest last."""
        return self._library.searches()

    def remember_search(self, text: str) -> None:
        """Keep what was searched for."""
        self._library.remember_search(text)

    def authors(self, beginning: str, limit: int = 5) -> list[str]:
        """Return names of authors with a word that begins so, the most frequent among the latest papers first."""
        start = fold(beginning.strip())
        if not start:
            return []
        found = self._library.first_ids(parse(f'author:"{start}', typing=True), "feed", _LOOKED_AT)
        names = Counter(name for entry in self._library.papers(found) for name in entry.paper.authors)
        fitting = [name for name, _ in names.most_common() if f" {start}" in f" {fold(name)}"]
        return fitting[:limit]

    def select(self, query: Query, sort: Sort) -> array[int]:
        """Return the ids of all papers a checked query finds, in order."""
        return self._library.ids(query, sort)


@lru_cache(maxsize=64)
def _parsed(view: str, today: date) -> Query:
    """Return a view's own query, checked; every search and every count of the view is made with it."""
    return parse(view, today=today)


@lru_cache(maxsize=16)
def _narrowed(view: str, search: str, today: date) -> Query:
    """Return a view's query narrowed by a search; it is asked for at every step of the cursor."""
    return parse(search, typing=True, today=today).within(_parsed(view, today))
