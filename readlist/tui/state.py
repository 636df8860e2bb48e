"""The state of the list: views, papers, cursor, selection and counts. No Textual, no I/O, no clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, MutableSequence, Sequence
from copy import copy
from datetime import datetime

from msgspec.structs import replace

from readlist.model.view import ALL, INBOX, NOTES, STARRED, VIEWS, Sort, View
from readlist.shelf import Entry

BUILT_IN = len(VIEWS)
"""The views from this place on are saved ones."""

_CACHED = 2_000
_LEAST_FETCHED = 10


class ListState:
    """The list of papers as it is shown.

    Attributes:
        views: the built-in views, then the saved ones.
        place: the index of the view shown.
        search: the text in the search bar.
        ids: the papers shown, in order; replaced as a whole, never changed in place.
        complete: whether these are all; the first ones are shown while the rest is loaded.
        by_date: whether they are sorted by publication date.
        empty: the message of an empty list.
        selection: the selected papers.
        counts: how many papers each view has, by its name; filled when they are counted.
        decisions: how often marks were changed here.
        last_visit: what was added later is new; None if everything is.
        before_search: the paper under the cursor before the search.
        undo_here: undoes the last step if that was not a change of marks.
        fetch: gives the entries of some ids; missing papers are left out.
        height: visible rows; about as many more are fetched around a row.
    """

    def __init__(self, views: Sequence[View], fetch: Callable[[Sequence[int]], Sequence[Entry]]) -> None:
        """Make an empty list.

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
        """The ids of the entries in the cache."""
        return self._entries.keys()

    def begin_step(self) -> None:
        """Record that marks change: that step is undone next."""
        self.undo_here = None

    def replace(self, before: Iterable[Entry], after: Sequence[Entry]) -> None:
        """Replace entries whose marks were changed here: they stay in their rows, the counts follow."""
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

    def take_out(self, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        """Take papers that were removed, or restored, out of the rows; the cursor goes to the next, counts follow."""
        self.replace((), ())
        counts = dict(self.counts)
        for old, new in zip(before, after, strict=True):
            step = (new.mark.removed is None) - (old.mark.removed is None)
            mark = old.mark
            for name, has in (
                (INBOX.name, mark.read is None),
                (ALL.name, True),
                (STARRED.name, mark.starred is not None),
                (NOTES.name, bool(mark.note)),
            ):
                if name in counts and has:
                    counts[name] += step
        self.counts = counts
        self.drop({entry.id for entry in after})

    def drop(self, gone: Collection[int]) -> None:
        """Take papers out of the rows and the selection; the cursor stays on its paper, or goes to the next one."""
        self.forget(gone)
        self.selection = self.selection.difference(gone)
        if len(gone) == 1 and self.cursor < len(self.ids) and self.ids[self.cursor] in gone:
            # At once, however many rows there are.
            rest = copy(self.ids) if isinstance(self.ids, MutableSequence) else list(self.ids)
            del rest[self.cursor]
            self.ids = rest
            self.cursor = self._cursor
            return
        above = sum(number in gone for number in self.ids[: self._cursor])
        self.ids = [number for number in self.ids if number not in gone]
        self.cursor = self._cursor - above

    def forget(self, ids: Iterable[int]) -> None:
        """Drop these entries from the cache."""
        for number in ids:
            self._entries.pop(number, None)

    def show(self, ids: Sequence[int], *, keep: int | None = None, cursor: int = 0, complete: bool = True) -> None:
        """Show these papers with fresh entries; papers not among all of them are deselected.

        Args:
            ids: the papers in order.
            keep: the id of the paper to move the cursor to.
            cursor: the row to move it to if that paper isn't there.
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
        """The row of the cursor; a row out of range becomes the nearest one."""
        return self._cursor

    @cursor.setter
    def cursor(self, row: int) -> None:
        self._cursor = max(0, min(row, len(self.ids) - 1))

    def go_to(self, number: int | None) -> bool:
        """Move the cursor to the paper with this id; returns whether it is in the list."""
        try:
            self._cursor = self.ids.index(number)
        except (ValueError, TypeError):
            return False
        return True

    # Views and search

    def show_view(self, place: int) -> int | None:
        """Change to another view; returns the paper that was under the cursor there."""
        if not self.search and self.entry is not None:
            self._cursor_in_view[self.place] = self.entry.id
        self.place = place
        return self._cursor_in_view.get(place)

    def set_saved_views(self, saved: Iterable[View]) -> None:
        """Replace the saved views; the view shown stays if it still exists."""
        name = self.view.name
        self.views = [*self.views[:BUILT_IN], *(replace(view, sort=self.view.sort) for view in saved)]
        self.place = next((place for place, view in enumerate(self.views) if view.name == name), 0)
        # Their places have changed.
        self._cursor_in_view.clear()

    def set_sort(self, sort: Sort) -> None:
        """Set the sort order of all views."""
        self.views = [replace(view, sort=sort) for view in self.views]

    def begin_search(self) -> None:
        """Record where the cursor is, for the end of the search."""
        if not self.search and self.entry is not None:
            self.before_search = self.entry.id


def shown_first(shown: Sequence[int], ids: Sequence[int]) -> Sequence[int]:
    """Return all ids, those already shown first, even if they have left the view."""
    held = set(shown)
    if held <= set(ids[: len(shown)]):
        return ids
    return [*shown, *(number for number in ids if number not in held)]


def merge_keeping_place(shown: Sequence[int], ids: Sequence[int], kept: Collection[int]) -> list[int]:
    """Return ids merged with those shown that are kept, each after the id it was shown after."""
    present = set(ids)
    following: dict[int | None, list[int]] = {}
    last = None
    for number in shown:
        if number in present:
            last = number
        elif number in kept:
            following.setdefault(last, []).append(number)
    merged = list(following.get(None, ()))
    for number in ids:
        merged.append(number)
        merged += following.get(number, ())
    return merged
