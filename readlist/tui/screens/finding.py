"""Finding papers: search, views, sorting."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import Input

from readlist.query import SORTS
from readlist.tui.screens.copying import Copying


class Finding(Copying):
    """The commands that change what is shown."""

    _before_search: int | None = None

    # Search

    def action_search(self) -> None:
        """Open the search field; what is typed next goes into it."""
        if not self.search and self.entry is not None:
            self._before_search = self.entry.id
        self.search_bar.display = True
        self.set_focus(self.search_bar.field)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search for what is typed."""
        message.stop()
        self._search_for(message.value)

    def _search_for(self, text: str) -> None:
        text = text if text.strip() else ""
        if text == self.search:
            return
        self.search = text
        self.ask(keep=None if text else self._before_search)
        self.run_worker(self._show_found(), exclusive=True, group="found")

    async def _show_found(self) -> None:
        await self.settled()
        query = self.shelf.parse(self.view, self.search)
        if query.problems:
            problem = query.problems[0]
            wrong = query.text[problem.start : problem.end]
            near = f"{wrong}: did you mean {problem.suggestion}?" if problem.suggestion else problem.message
            self.search_bar.count(near, problem=True)
            return
        found = len(self.paper_list.ids)
        of = self._counts.get(self.view.name)
        self.search_bar.count(f"{found:,} of {of:,}" if self.search and of is not None else "")

    async def action_accept_search(self) -> None:
        """Go from the search field to the papers found, when they are there."""
        await self._take_in_search()
        if not self.search:
            self.search_bar.display = False
        self.set_focus(self.paper_list)

    async def _take_in_search(self) -> None:
        await self.flushed(self.search_bar.field)
        self._search_for(self.search_bar.field.value)
        await self.settled()

    async def action_search_down(self) -> None:
        """Go to the next paper found."""
        await self._take_in_search()
        self.paper_list.move(1)

    async def action_search_up(self) -> None:
        """Go to the previous paper found."""
        await self._take_in_search()
        self.paper_list.move(-1)

    async def clear_search(self) -> None:
        """Forget the search and go back to where the cursor was."""
        field = self.search_bar.field
        await self.flushed(field)
        with self.prevent(Input.Changed):
            field.value = ""
        self.search = ""
        self.search_bar.count("")
        self.search_bar.display = False
        self.set_focus(self.paper_list)
        self.ask(keep=self._before_search)

    # Views

    async def action_view(self, place: int) -> None:
        """Show a view by its place, for clicks on its name."""
        await self._show_place(place)

    async def action_view_inbox(self) -> None:
        """Show the unread papers."""
        await self._show_place(0)

    async def action_view_all(self) -> None:
        """Show all papers."""
        await self._show_place(1)

    async def action_view_starred(self) -> None:
        """Show the starred papers."""
        await self._show_place(2)

    async def action_view_notes(self) -> None:
        """Show the papers with a note."""
        await self._show_place(3)

    async def _show_place(self, place: int) -> None:
        await self.leave_note()
        self.set_selection(frozenset())
        self.show_view(place)
        await self.settled()
        if self.search:
            self.run_worker(self._show_found(), exclusive=True, group="found")

    async def action_sort(self) -> None:
        """Take the next order for all views: feed, date, title, upvotes."""
        sort = SORTS[(SORTS.index(self.view.sort) + 1) % len(SORTS)]
        self.views = [replace(view, sort=sort) for view in self.views]
        self.ask(keep=self.entry.id if self.entry is not None else None)
        await self.settled()
