"""What the reading screen asks the shelf for: a view, its papers, where the cursor goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from readlist.shelf import EXPECTED, SearchInterrupted, View
from readlist.tui.lasting import with_decided, woven
from readlist.tui.render import line
from readlist.tui.screens.showing import Showing

_FIRST = 200
_HELD_AT_ONCE = 500
_NOTHING = {
    "Inbox": "Nothing left to decide.\n\n{key:refresh} fetches the feeds, {key:view_all} shows all papers.",
    "All": "No papers yet.\n\n{key:refresh} fetches the feeds, {key:feeds} shows which, "
    "{key:import_page} imports a saved page.",
    "Starred": "No paper is starred.\n\n{key:star} stars the one under the cursor.",
    "Notes": "No paper has a note.\n\n{key:note} writes one on the paper under the cursor.",
}


class Browsing(Showing):
    """Asks the shelf for a view and hands its entries to the panes.

    The first papers are asked for at once, the rest in a thread; a later question makes an earlier one void.
    """

    async def _refreshed(self) -> None:
        """Wait until what is shown is drawn."""
        drawn = asyncio.Event()
        self.call_after_refresh(drawn.set)
        await drawn.wait()

    # Asking the shelf

    def ask(self, *, keep: int | None = None, cursor: int = 0) -> None:
        """Ask for the view; the cursor goes to the paper with the id `keep` if it is there, else to a row."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
            self.shelf.papers.interrupt()
        if self.search:
            self._complete = False
            self._asking = asyncio.create_task(self._ask_all(keep, cursor, begun=False))
            return
        first = self.shelf.papers.first(self.view, limit=max(_FIRST, cursor + 1 if keep is None else _FIRST))
        self._complete = len(first) < _FIRST
        begun = self._complete or keep is None or keep in first
        if begun:
            self._show(first, keep, cursor)
        self._asking = None if self._complete else asyncio.create_task(self._ask_all(keep, cursor, begun=begun))
        self.recount()

    async def _ask_all(self, keep: int | None, cursor: int, *, begun: bool) -> None:
        """Fetch all ids in a thread and show them; of a search the first ones first.

        Args:
            keep: as for `ask`.
            cursor: as for `ask`.
            begun: whether the first papers are shown already.
        """
        view, search = self.view, self.search
        if search:
            first = await self._answered(self.shelf.papers.first, view, search)
            if first is None:
                return
            self._complete = len(first) < _FIRST
            self._show(first, keep, cursor)
            begun = True
            if self._complete:
                return
        shown = self.paper_list.ids
        # What can be seen goes before what can't.
        await self._refreshed()
        ids = await self._answered(self.shelf.papers.browse, view, search)
        if ids is None:
            return
        self._complete = True
        if begun and not search and shown is self.paper_list.ids and shown:
            ids = with_decided(shown, ids)
        moved = begun and shown is self.paper_list.ids and bool(shown)
        if moved and self.entry is not None and (keep is None or keep in shown):
            keep, cursor = self.entry.id, self.paper_list.cursor
        self._show(ids, keep, cursor)

    async def _answered(
        self, question: Callable[[View, str], Sequence[int]], view: View, search: str
    ) -> Sequence[int] | None:
        """Ask the shelf in a thread; returns None when that failed, or when something else is wanted meanwhile."""
        try:
            ids = await asyncio.to_thread(question, view, search)
        except SearchInterrupted:
            return None
        except EXPECTED as error:
            self.say(str(error), wrong=True)
            return None
        return ids if (view, search) == (self.view, self.search) else None

    async def take_in(self) -> None:
        """Show what is new in the view: what is shown stays, decided or not, and the cursor on its paper."""
        await self.settled()
        view, search = self.view, self.search
        shown = self.paper_list.ids
        try:
            ids = await asyncio.to_thread(self._with_shown, shown, view, search)
        except SearchInterrupted:
            return
        except EXPECTED as error:
            self.say(str(error), wrong=True)
            return
        if (view, search) != (self.view, self.search) or shown is not self.paper_list.ids:
            # Another question was asked meanwhile, and what it found is as new.
            return
        entry = self.entry
        above = self.paper_list.cursor - self.paper_list.scroll_offset.y
        # Whoever sees readlist for the first time begins at the top of what comes in.
        first = self.paper_list.last_visit is None and self.paper_list.cursor == 0 and not self._decided
        self._show(ids, entry.id if entry is not None and not first else None, self.paper_list.cursor)
        self.paper_list.keep_in_place(above)
        self.recount()

    def _with_shown(self, shown: Sequence[int], view: View, search: str) -> Sequence[int]:
        """Return the ids of a view together with those shown that left it and are still on the shelf; in a thread."""
        ids = self.shelf.papers.browse(view, search)
        present = set(ids)
        left = [number for number in shown if number not in present]
        if not left:
            return ids
        held: set[int] = set()
        for start in range(0, len(left), _HELD_AT_ONCE):
            held |= {entry.id for entry in self.shelf.papers.entries(left[start : start + _HELD_AT_ONCE])}
        return woven(shown, ids, held)

    def go_to(self, number: int | None) -> None:
        """Put the cursor on the paper with this id, if it is in the list."""
        if number is not None and number in self.paper_list.ids:
            self.paper_list.cursor = self.paper_list.ids.index(number)

    async def settled(self) -> None:
        """Wait until the question that is under way is answered."""
        while self._asking is not None and not self._asking.done():
            await asyncio.wait({self._asking})

    def _show(self, ids: Sequence[int], keep: int | None, cursor: int) -> None:
        if keep is not None:
            try:
                cursor = ids.index(keep)
            except ValueError:
                cursor = min(cursor, len(ids) - 1)
        self.paper_list.empty = self.keys.text(_NOTHING.get(self.view.name, "Nothing here."))
        if self.search:
            elsewhere = "" if self.view.name == "All" else self.keys.text("\n\n{key:view_all} searches all papers.")
            self.paper_list.empty = f"Nothing found in {self.view.name}.{elsewhere}"
        self.paper_list.empty = self.broken() or self.paper_list.empty
        self.paper_list.show(ids, cursor, by_date=self.view.sort == "date")
        if self.selection and self._complete:
            self.selection &= frozenset(ids)
            self.paper_list.select(self.selection)
        if self.search:
            # While one types, the list is what is looked at.
            self.show_place()
            self.call_after_refresh(self.show_entry)
        else:
            self.show_entry()

    def broken(self) -> str:
        """Return what is wrong with the view's own query, empty for nothing: such a view shows no papers."""
        problem = self.shelf.papers.problem(self.view)
        if problem is None:
            return ""
        hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
        lines = (f"The query of {self.view.name} is wrong, so it shows nothing:", f"{problem.message}{hint}")
        mend = self.keys.text("Mend it in config.toml; {key:save_view} there deletes it.")
        return "\n\n".join(map(line, (*lines, mend)))

    def show_view(self, place: int) -> None:
        """Show another view, with the cursor where it was there."""
        if self.entry is not None and not self.search:
            self._last_seen[self.place] = self.entry.id
        self.place = place
        self.view_bar.shown = place
        self.ask(keep=self._last_seen.get(place))

    def forget_places(self) -> None:
        """Forget where the cursor was in the views: they are others now."""
        self._last_seen.clear()

    async def go_to_end(self) -> None:
        """Put the cursor on the last paper, once it is there."""
        await self.settled()
        self.paper_list.cursor = len(self.paper_list.ids) - 1
