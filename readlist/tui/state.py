"""What the reading screen shows: views, papers, cursor, selection and counts. No Textual, no I/O, no clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from readlist.model.view import INBOX, NOTES, STARRED, VIEWS, Sort, View
from readlist.shelf import Entry

BUILT_IN = len(VIEWS)
"""The views from this place on are the user's own."""

_CACHED = 2_000
_LEAST_FETCHED = 10


class ListState:
    """The list of papers as it is shown, and where the user is in it.

    Attributes:
        views: the built-in views, then the saved ones.
        place: which of them is shown.
        search: what is typed in the search bar.
        ids: the papers shown, in order; replaced as a whole, never changed in place.
        complete: whether these are all; the first ones are shown while the rest is asked for.
        by_date: whether they are in the order of their own days.
        empty: what is said where there is no paper.
        selection: the papers that are selected.
        counts: how many papers each view holds, by its name; filled when they are counted.
        decisions: how often marks were changed here.
        last_visit: what was added later is new; None if everything is.
        before_search: the paper on which the cursor was before the search.
        undo_here: takes back what was done last if that was no mark.
        fetch: gives the entries of some ids; papers that are gone are left out.
        height: how many rows are in sight; about as many more are fetched around a row.
    """

    def __init__(self, views: Sequence[View], fetch: Callable[[Sequence[int]], Sequence[Entry]]) -> None:
        """Make the state of a list without papers yet.

        Args:
            views: the built-in views, then the saved ones.
            fetch: gives the entries of some ids.
        """
        self.views = list(views)
        self.place = 0
        self.search = ""
        self.ids: Sequence[int] = ()
        self.complete = True
        self.by_date = False
        self.empty = ""
        self.selection: frozenset[int] = frozenset()
        self.counts: Mapping[str, int] = {}
        self.decisions = 0
        self.last_visit: datetime | None = None
        self.undo_here: Callable[[], Awaitable[None]] | None = None
        self.fetch = fetch
        self.height = _LEAST_FETCHED
        self._cursor = 0
        self._entries: dict[int, Entry] = {}
        self._cursor_in_view: dict[int, int] = {}
        self.before_search: int | None = None

    # The papers

    @property
    def view(self) -> View:
        """The view that is shown."""
        return self.views[self.place]

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        return self.entry_at(self._cursor)

    def entry_at(self, place: int) -> Entry | None:
        """Return the entry of a row, None where there is none."""
        if not 0 <= place < len(self.ids):
            return None
        if self.ids[place] not in self._entries:
            self._fetch_around(place)
        return self._entries.get(self.ids[place])

    def _fetch_around(self, place: int) -> None:
        height = max(self.height, _LEAST_FETCHED)
        wanted = self.ids[max(0, place - height) : place + 2 * height]
        missing = [number for number in wanted if number not in self._entries]
        if len(self._entries) + len(missing) > _CACHED:
            self._entries.clear()
            missing = list(wanted)
        for entry in self.fetch(missing):
            self._entries[entry.id] = entry

    def targets(self) -> list[Entry]:
        """Return what a command applies to: the selected entries in list order, else the one under the cursor."""
        if self.selection:
            return list(self.fetch([number for number in self.ids if number in self.selection]))
        return [self.entry] if self.entry is not None else []

    @property
    def ids_fetched(self) -> Collection[int]:
        """The ids of the papers whose entries are at hand."""
        return self._entries.keys()

    def begin_step(self) -> None:
        """Take note that marks change: it is that step which is undone next."""
        self.undo_here = None

    def replace(self, before: Iterable[Entry], after: Sequence[Entry]) -> None:
        """Take over entries whose marks were changed here: they stay in their rows, the counts follow."""
        self.decisions += 1
        self.begin_step()
        counts = dict(self.counts)
        for old, new in zip(before, after, strict=True):
            self._entries[new.id] = new
            for name, was, now in (
                (INBOX.name, old.mark.read is None, new.mark.read is None),
                (STARRED.name, old.mark.starred is not None, new.mark.starred is not None),
                (NOTES.name, bool(old.mark.note), bool(new.mark.note)),
            ):
                if name in counts:
                    counts[name] += int(now) - int(was)
        self.counts = counts

    def forget(self, ids: Iterable[int]) -> None:
        """Fetch these entries again when they are looked at next."""
        for number in ids:
            self._entries.pop(number, None)

    def show(self, ids: Sequence[int], *, keep: int | None = None, cursor: int = 0, complete: bool = True) -> None:
        """Show these papers, fetched anew; a selected paper that isn't among all of them is selected no longer.

        Args:
            ids: the papers in order.
            keep: the id of the paper the cursor goes to if it is there.
            cursor: the row it goes to else.
            complete: whether these are all.
        """
        self.ids, self.complete, self.by_date = ids, complete, self.view.sort == "date"
        self._entries.clear()
        self.cursor = cursor
        if keep is not None:
            self.go_to(keep)
        if self.selection and complete:
            self.selection &= frozenset(ids)

    # The cursor

    @property
    def cursor(self) -> int:
        """The row of the cursor; set to a row that isn't there, it goes to the nearest."""
        return self._cursor

    @cursor.setter
    def cursor(self, row: int) -> None:
        self._cursor = max(0, min(row, len(self.ids) - 1))

    def go_to(self, number: int | None) -> bool:
        """Put the cursor on the paper with this id; tells whether it is in the list."""
        try:
            self._cursor = self.ids.index(number)
        except (ValueError, TypeError):
            return False
        return True

    # Views and search

    def show_view(self, place: int) -> int | None:
        """Change to another view; returns the paper on which the cursor was there."""
        if not self.search and self.entry is not None:
            self._cursor_in_view[self.place] = self.entry.id
        self.place = place
        return self._cursor_in_view.get(place)

    def set_saved_views(self, saved: Iterable[View]) -> None:
        """Show other saved views behind the built-in ones; what is shown stays if it is still there."""
        name = self.view.name
        self.views = [*self.views[:BUILT_IN], *(replace(view, sort=self.view.sort) for view in saved)]
        self.place = next((place for place, view in enumerate(self.views) if view.name == name), 0)
        # Their places are others now.
        self._cursor_in_view.clear()

    def set_sort(self, sort: Sort) -> None:
        """Put all views into an order."""
        self.views = [replace(view, sort=sort) for view in self.views]

    def begin_search(self) -> None:
        """Remember where the cursor is, for when the search is left."""
        if not self.search and self.entry is not None:
            self.before_search = self.entry.id


def shown_first(shown: Sequence[int], ids: Sequence[int]) -> Sequence[int]:
    """Return all ids with those first that are shown already, also if they left the view meanwhile."""
    held = set(shown)
    if held <= set(ids[: len(shown)]):
        return ids
    return [*shown, *(number for number in ids if number not in held)]


def merge_keeping_place(shown: Sequence[int], ids: Sequence[int], kept: Collection[int]) -> list[int]:
    """Return ids together with those shown that are kept, each behind the one it was shown behind."""
    present = set(ids)
    behind: dict[int | None, list[int]] = {}
    last = None
    for number in shown:
        if number in present:
            last = number
        elif number in kept:
            behind.setdefault(last, []).append(number)
    merged = list(behind.get(None, ()))
    for number in ids:
        merged.append(number)
        merged += behind.get(number, ())
    return merged
