"""The state of the list: views, papers, cursor, selection and counts. No Textual, no I/O, no clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, MutableSequence, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from datetime import date, datetime

from msgspec.structs import replace

from readlist.model.feed import LastFetch
from readlist.model.fit import Fit, Near
from readlist.model.mark import Mark
from readlist.model.view import ALL, INBOX, NOTES, STARRED, VIEWS, Sort, View
from readlist.shelf import Entry, Facts, GroupCount, GroupKey
from readlist.tui.gain_board import GainBoard
from readlist.tui.groups import NO_GROUPS, Groups
from readlist.tui.match_board import MatchBoard

BUILT_IN = len(VIEWS)
"""The views from this place on are saved ones."""

_CACHED = 300
_LEAST_FETCHED = 10


class ListState:
    """The list of papers as it is shown.

    Attributes:
        views: the built-in views, then the saved ones.
        place: the index of the view shown.
        search: the text in the search bar.
        ids: the papers shown, in order; replaced as a whole, never changed in place.
        complete: whether these are all; the first ones are shown while the rest is loaded.
        order: the order they are in.
        groups: the groups they are in, none unless they are in feed order.
        group_counts: how many papers each group of the library has, and how many are unread; filled when counted.
        named: whether one of the papers that were seen has an author or an organisation.
        facts: what the papers of the view have; a search changes nothing about it.
        empty: the message of an empty list.
        range_from: the row at which a range of selected rows begins; the cursor's row is its other end.
        counts: how many papers each view has, by its name; filled when they are counted.
        watch_words: the words that watched papers were found by.
        mute: the queries of papers that the Inbox hides.
        muted: how many unread papers the Inbox hides.
        matches: how well papers fit, in a list by match.
        gains: what papers gained, in a list that is about that; else None.
        as_of: the day as of which papers are listed, with the counts known then; None for now.
        fits: how well single papers fit, and why, by their ids, as far as that was found out for the detail.
        nearest: the papers most like single ones, by the ids of those, as far as that was found out for the detail.
        had_stars: whether anything was starred or noted when the screen was opened; see `has_stars`.
        sample: how many papers there are if all are those of the built-in sample, else 0.
        first_run: whether there was only the sample when the screen was opened.
        decisions: how often marks were changed here.
        changes: these marks, as they were and as they are now; whoever has taken them into account empties it.
        last_fetch: how fetching went, None while that is not known.
        last_visit: what was added later is new; nothing is on a first visit, None.
        before_search: the paper under the cursor before the search.
        undo_here: undoes the last step if that was not a change of marks.
        fetch: gives the entries of some ids; missing papers are left out.
        number: the number that is being typed for the next command, None if none is.
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
        self.order: Sort = self.view.sort
        self.groups = NO_GROUPS
        self.group_counts: dict[GroupKey, GroupCount] = {}
        self.facts = Facts()
        self.named = False
        self.empty = ""
        self.range_from: int | None = None
        self._selection: set[int] = set()
        self._selected_before: AbstractSet[int] = frozenset()
        self.counts: Mapping[str, int] = {}
        self.mute: tuple[str, ...] = ()
        self.muted = 0
        self.matches = MatchBoard()
        self.gains: GainBoard | None = None
        self.as_of: date | None = None
        self.fits: dict[int, Fit] = {}
        self.nearest: dict[int, tuple[Near, ...]] = {}
        self.had_stars = False
        self.watch_words: tuple[str, ...] = ()
        self.sample = 0
        self.first_run = False
        self.decisions = 0
        self.changes: list[tuple[Mark, Mark]] = []
        self.last_fetch: LastFetch | None = None
        self.last_visit: datetime | None = None
        self.undo_here: Callable[[], Awaitable[None]] | None = None
        self.fetch = fetch
        self.number: int | None = None
        self.height = _LEAST_FETCHED
        self._cursor = 0
        # The rows of papers that were decided since and would be gone if the view were loaded again, in order.
        self._decided: list[int] = []
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
        first = max(0, place - height)
        wanted = self.ids[first : place + 2 * height]
        missing = [number for number in wanted if number not in self._entries]
        if len(self._entries) + len(missing) > _CACHED:
            self._entries.clear()
            missing = list(wanted)
        for entry in self.fetch(missing):
            self._entries[entry.id] = entry
            self._note_facts(entry)
        for row, number in enumerate(wanted, first):
            if (found := self._entries.get(number)) is not None:
                self._note_decided(row, found)

    def _note_facts(self, entry: Entry) -> None:
        """Take into account what a paper has: columns come with it, and none goes while the view is shown."""
        self.named = self.named or bool(entry.paper.authors or entry.paper.organization)
        facts, mark = self.facts, entry.mark
        seen = Facts(
            facts.code or bool(entry.paper.repo),
            facts.starred or mark.starred is not None,
            facts.noted or bool(mark.note),
            max(facts.upvotes, entry.upvotes or 0),
            facts.many,
        )
        if seen != facts:
            self.facts = seen

    def _note_decided(self, row: int, entry: Entry) -> None:
        """Take into account whether a paper would still be in the view."""
        place = bisect_right(self._decided, row)
        known = place > 0 and self._decided[place - 1] == row
        if self._has_left(entry) and not known:
            self._decided.insert(place, row)
        elif known and not self._has_left(entry):
            del self._decided[place - 1]

    def _has_left(self, entry: Entry) -> bool:
        """Return whether a paper has left the view; of a view with a query of the user's that isn't known."""
        mark, name = entry.mark, self.view.name
        if name == INBOX.name:
            return mark.read is not None
        return (name == STARRED.name and mark.starred is None) or (name == NOTES.name and not mark.note)

    @property
    def decided(self) -> Sequence[int]:
        """The rows of papers that were decided since the view was loaded, and have left it, as far as is known."""
        return tuple(self._decided)

    @property
    def left(self) -> int:
        """How many papers of the view are left: the count of its tab, or of a search the results still in the view."""
        counted = None if self.search else self.counts.get(self.view.name)
        return max(0, len(self.ids) - len(self._decided)) if counted is None else counted

    @property
    def unread(self) -> int | None:
        """How many papers of the view are unread; None if that wasn't counted."""
        return self.counts.get(INBOX.name) if self.view.name in (INBOX.name, ALL.name) and not self.search else None

    @property
    def position(self) -> int:
        """The place of the cursor among the papers that are left, from 1; 0 if none is."""
        above = self._cursor + 1 - bisect_right(self._decided, self._cursor)
        return min(max(1, above), self.left)

    # The selection

    @property
    def selection(self) -> AbstractSet[int]:
        """The selected papers."""
        return self._selection

    @selection.setter
    def selection(self, ids: Iterable[int]) -> None:
        self._selection = set(ids)
        self.range_from = None

    def toggle(self, number: int) -> None:
        """Select a paper, or deselect it; a range ends with that."""
        self._selection ^= {number}
        self.range_from = None

    def begin_range(self) -> None:
        """Select the paper under the cursor, and from now on every row between it and the cursor."""
        if self.ids:
            self._selected_before = frozenset(self._selection)
            self.range_from = self._cursor
            self._selection.add(self.ids[self._cursor])

    def _extend_range(self, begin: int, before: int, now: int) -> None:
        """Select what a range gained with a step of the cursor, and deselect what it lost; no more rows are touched."""
        low, high = sorted((before, now))
        inside = range(min(begin, now), max(begin, now) + 1)
        for row in range(low, high + 1):
            number = self.ids[row]
            if row in inside:
                self._selection.add(number)
            elif number not in self._selected_before:
                self._selection.discard(number)

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
        pairs = list(zip(before, after, strict=True))
        rows = self._rows_of([new.id for _, new in pairs])
        for old, new in pairs:
            # What watches and mutes a paper is found out when it is fetched for the list.
            signed = self._entries.get(new.id, old)
            # So is what was known of it on the day that is shown.
            shown = signed if self.as_of is not None else None
            old, new = (
                replace(shown or each, mark=each.mark, watched=signed.watched, muted=signed.muted)
                for each in (old, new)
            )
            self._entries[new.id] = new
            self.changes.append((old.mark, new.mark))
            self._note_facts(new)
            if new.id in rows:
                self._note_decided(rows[new.id], new)
            self._count_in_group(new, int(_is_in_inbox(new)) - int(_is_in_inbox(old)))
            self.muted += int(new.muted) * (int(new.mark.read is None) - int(old.mark.read is None))
            for name, was, now in (
                (INBOX.name, _is_in_inbox(old), _is_in_inbox(new)),
                (STARRED.name, old.mark.starred is not None, new.mark.starred is not None),
                (NOTES.name, bool(old.mark.note), bool(new.mark.note)),
            ):
                if name in counts:
                    counts[name] += int(now) - int(was)
        self.counts = counts

    def _rows_of(self, ids: Collection[int]) -> dict[int, int]:
        """Return the rows of some papers, as far as they are in the list; quickly for that under the cursor."""
        under = self.ids[self._cursor] if self.ids else None
        if len(ids) == 1 and under in ids:
            return dict.fromkeys(ids, self._cursor)
        wanted = frozenset(ids)
        return {number: row for row, number in enumerate(self.ids) if number in wanted}

    def _count_in_group(self, entry: Entry, unread: int) -> None:
        key = entry.day, entry.feed
        counted = self.group_counts.get(key)
        if counted is not None and unread:
            left = max(0, min(counted.papers, counted.unread + unread))
            self.group_counts[key] = replace(counted, unread=left)

    def take_out(self, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        """Take papers that were removed, or restored, out of the rows; the cursor goes to the next, counts follow."""
        self.decisions += 1
        self.begin_step()
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
            if (group := self.group_counts.get((old.day, old.feed))) is not None:
                unread = max(0, group.unread + step * (mark.read is None))
                self.group_counts[old.day, old.feed] = replace(group, papers=group.papers + step, unread=unread)
        self.counts = counts
        self.drop({entry.id for entry in after})

    def drop(self, gone: Collection[int]) -> None:
        """Take papers out of the rows and the selection; the cursor stays on its paper, or goes to the next one."""
        rows = sorted(self._rows_of(gone).values())
        self.forget(gone)
        self._selection.difference_update(gone)
        self.range_from = None
        # At once for one paper, however many rows there are.
        rest = copy(self.ids) if isinstance(self.ids, MutableSequence) else list(self.ids)
        if len(rows) == 1:
            del rest[rows[0]]
        else:
            rest = [number for number in rest if number not in gone]
        self.groups = self.groups.without(rows)
        out = frozenset(rows)
        self._decided = [row - bisect_left(rows, row) for row in self._decided if row not in out]
        self.ids = rest
        self.cursor = self._cursor - bisect_left(rows, self._cursor)

    def forget(self, ids: Iterable[int]) -> None:
        """Drop these entries from the cache."""
        for number in ids:
            self._entries.pop(number, None)

    def show(
        self,
        ids: Sequence[int],
        *,
        keep: int | None = None,
        cursor: int = 0,
        complete: bool = True,
        order: Sort | None = None,
        groups: Groups = NO_GROUPS,
        decided: Iterable[int] = (),
    ) -> None:
        """Show these papers with fresh entries; papers not among all of them are deselected.

        Args:
            ids: the papers in order.
            keep: the id of the paper to move the cursor to.
            cursor: the row to move it to if that paper isn't there.
            complete: whether these are all.
            order: the order they are in, None for the view's.
            groups: the groups they are in.
            decided: the rows of papers that have left the view but are still shown.
        """
        self.ids, self.complete, self.order = ids, complete, order or self.view.sort
        self.groups = groups if groups.rows == len(ids) else NO_GROUPS
        self._entries.clear()
        self._decided = sorted(decided)
        self.range_from = None
        self.cursor = cursor
        if keep is not None:
            self.go_to(keep)
        if self._selection and complete:
            self._selection.intersection_update(ids)

    # The cursor

    @property
    def cursor(self) -> int:
        """The row of the cursor; a row out of range becomes the nearest one."""
        return self._cursor

    @cursor.setter
    def cursor(self, row: int) -> None:
        self._move(max(0, min(row, len(self.ids) - 1)))

    def _move(self, row: int) -> None:
        before, self._cursor = self._cursor, row
        if self.range_from is not None:
            self._extend_range(self.range_from, before, row)

    def go_to(self, number: int | None) -> bool:
        """Move the cursor to the paper with this id; returns whether it is in the list."""
        try:
            self._move(self.ids.index(number))
        except (ValueError, TypeError):
            return False
        return True

    # Views and search

    def show_view(self, place: int) -> int | None:
        """Change to another view; returns the paper that was under the cursor there."""
        if not self.search and self.entry is not None:
            self._cursor_in_view[self.place] = self.entry.id
        self.place = place
        self.named = False
        return self._cursor_in_view.get(place)

    def set_saved_views(self, saved: Iterable[View]) -> None:
        """Replace the saved views, in the orders they had; the view shown stays if it still exists."""
        name, orders = self.view.name, {view.name: view.sort for view in self.views}
        added = (replace(view, sort=orders.get(view.name, view.sort)) for view in saved)
        self.views = [*self.views[:BUILT_IN], *added]
        self.place = next((place for place, view in enumerate(self.views) if view.name == name), 0)
        # Their places have changed.
        self._cursor_in_view.clear()

    def set_sort(self, sort: Sort) -> None:
        """Set the sort order of the view shown."""
        self.views[self.place] = replace(self.view, sort=sort)

    def begin_search(self) -> None:
        """Record where the cursor is, for the end of the search."""
        if not self.search and self.entry is not None:
            self.before_search = self.entry.id


def _is_in_inbox(entry: Entry) -> bool:
    return entry.mark.read is None and not entry.muted


def has_stars(state: ListState) -> bool:
    """Return whether there is a star or a note to learn from, as far as is known."""
    counts = state.counts
    return bool(counts.get(STARRED.name) or counts.get(NOTES.name)) if counts else state.had_stars


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
