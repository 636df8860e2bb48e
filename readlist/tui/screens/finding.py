"""Finding papers: search, views, sorting."""

from __future__ import annotations

import asyncio
import contextlib

from msgspec.structs import replace
from textual.widgets import Input

from readlist.query import SORTS, Problem
from readlist.query.completion import completed
from readlist.shelf import EXPECTED, SearchInterrupted, View
from readlist.tui.screens.copying import Copying

_ORDERS = {
    "feed": "the newest list first, as it stands there", "date": "the newest paper first",
    "added": "what came in last first", "upvotes": "the most first", "stars": "the most of GitHub first",
    "comments": "the most first", "title": "by the alphabet", "relevance": "where the words stand, title first",
}  # fmt: skip


class Finding(Copying):
    """The commands that change what is shown."""

    _before_search: int | None = None
    _recalled = 0

    # Search

    async def mount_search_bar(self) -> None:
        """Put the search bar, hidden, into its place, if it isn't there yet."""
        async with self._mounting:
            # The screen may have been left meanwhile.
            if self.is_attached and not self.search_bar.is_attached:
                self.search_bar.display = False
                await self.mount(self.search_bar, before="#panes")

    async def action_search(self) -> None:
        """Open the search field; what is typed next goes into it."""
        await self.mount_search_bar()
        if not self.search and self.entry is not None:
            self._before_search = self.entry.id
        self.search_bar.display = True
        self._recalled = 0
        self.search_bar.field.completing.complete = self._complete_search
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
        self.show_found()

    def show_found(self) -> None:
        """Say how many papers are found, once they are."""
        self.begin(self._show_found, "found")

    async def _show_found(self) -> None:
        await self.settled()
        query = self.shelf.papers.parse(self.view, self.search)
        places = [(problem.start, problem.end) for problem in query.problems]
        if query.problems:
            self.search_bar.count(self._said_of(query.problems[0]), wrong=places)
            return
        found, of = len(self.paper_list.ids), self._counts.get(self.view.name)
        if not self.search or of is None:
            self.search_bar.count("")
            return
        self.search_bar.count(f"{found:,} of {of:,}")
        view, search = self.view, self.search
        unread = await asyncio.to_thread(self._unread_found, view, search)
        if (view, search) == (self.view, self.search) and unread is not None:
            self.search_bar.count(f"{found:,} of {of:,} {self.signs.dot} {unread:,} unread")

    def _said_of(self, problem: Problem) -> str:
        if not problem.suggestion:
            return problem.message
        key = self.keys.hint("{key:complete_search}")
        asked = f"did you mean {problem.suggestion}?" if self.size.width >= 60 else f"{problem.suggestion}?"
        return f"{asked} {key}".rstrip()

    def show_counts(self) -> None:
        """Show how many papers each view holds, and the search finds."""
        super().show_counts()
        if self.search:
            self.show_found()

    def _unread_found(self, view: View, search: str) -> int | None:
        """Count the unread papers among those found; in a thread."""
        try:
            return self.shelf.papers.count(view, search, unread=True)
        except (SearchInterrupted, *EXPECTED):
            return None

    async def _complete_search(self, text: str) -> str | None:
        """Return what a search may go on as; feeds and authors are looked up in a thread."""
        try:
            return await asyncio.to_thread(completed, text, self._known)
        except (SearchInterrupted, *EXPECTED):
            return None

    def _known(self, field: str, beginning: str) -> list[str]:
        if field == "author":
            return self.shelf.papers.authors(beginning)
        return [feed.name for feed in self.shelf.feeds.all()]

    async def action_complete_search(self) -> None:
        """Take what is offered: the rest of the word, or the nearest right one."""
        field = self.search_bar.field
        await self.flushed(field)
        query = self.shelf.papers.parse(self.view, field.value)
        offered = next((problem for problem in query.problems if problem.suggestion), None)
        if field.suggested:
            field.value = field.suggested
        elif offered is not None:
            field.value = field.value[: offered.start] + offered.suggestion + field.value[offered.end :]
        field.cursor_position = len(field.value)

    async def action_accept_search(self) -> None:
        """Go from the search field to the papers found, when they are there."""
        await self._take_in_search()
        if not self.search:
            self.search_bar.display = False
        else:
            self.run_worker(self._remember_search(self.search.strip()), group="searches")
        self.set_focus(self.paper_list)

    async def _remember_search(self, text: str) -> None:
        with contextlib.suppress(*EXPECTED):
            await asyncio.to_thread(self.shelf.papers.visits.remember, text)

    async def _recall(self, step: int) -> bool:
        """Put an earlier search into the field, or a later one; tells whether there was one."""
        try:
            searches = await asyncio.to_thread(self.shelf.papers.visits.searches)
        except EXPECTED:
            return False
        place = self._recalled + step
        if not 0 <= place <= len(searches) or not searches:
            return False
        self._recalled = place
        field = self.search_bar.field
        field.value = searches[-place] if place else ""
        field.cursor_position = len(field.value)
        return True

    async def _take_in_search(self) -> None:
        await self.flushed(self.search_bar.field)
        self._search_for(self.search_bar.field.value)
        await self.settled()

    async def action_search_down(self) -> None:
        """Go to the next paper found; in earlier searches, to the one after."""
        await self._take_in_search()
        if not (self._recalled and await self._recall(-1)):
            self.paper_list.move(1)

    async def action_search_up(self) -> None:
        """Go to the previous paper found; from the first one, and while nothing is typed, to earlier searches."""
        await self._take_in_search()
        if self._recalled or self.paper_list.cursor == 0 or not self.search:
            await self._recall(1)
        else:
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
            self.show_found()
        if broken := self.broken():
            self.say(broken, wrong=True)

    def action_sort(self) -> None:
        """Choose the order of all views."""
        from readlist.tui.dialogs.choice import Choice

        def chosen(place: int | None) -> None:
            if place is not None:
                self.views = [replace(view, sort=SORTS[place]) for view in self.views]
                self.ask(keep=self.entry.id if self.entry is not None else None)
                if own := self.shelf.papers.parse(self.view, self.search).sort:
                    self.say(f"This list stays as its query says, sort:{own}. The others are in the new order.")

        order = self.shelf.papers.parse(self.view, self.search).sort or self.view.sort
        offers = [(f"{sort:<9} {self.signs.dot if sort == order else ' '}", _ORDERS[sort]) for sort in SORTS]
        self.app.push_screen(Choice(self.keys, "Order", offers), chosen)
