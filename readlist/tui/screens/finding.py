"""Finding papers: search, views, sorting, importing pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual.widgets import Input

from readlist.query import SORTS
from readlist.shelf import EXPECTED
from readlist.tui.render import line
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

    def action_refresh(self) -> None:
        """Ask for the view again, with the cursor on the same paper."""
        self.ask(keep=self.entry.id if self.entry is not None else None, cursor=self.paper_list.cursor)

    # Import

    def action_import_page(self) -> None:
        """Ask for a path and import what is there."""
        from readlist.tui.screens.asking import PathPrompt

        def answered(path: str | None) -> None:
            if path:
                self.run_worker(self.import_from(path), group="import")

        self.app.push_screen(PathPrompt(), answered)

    async def import_from(self, path: str) -> None:
        """Read pages in a thread and put them on the shelf; say how it went."""
        async with self.progress("Importing") as report:
            new, known, failures = await asyncio.to_thread(self._import, path, report)
        self.action_refresh()
        for failure in failures[:3]:
            self.say(line(failure), wrong=True)
        if len(failures) > 3:
            self.say(f"{len(failures) - 3} more files could not be read; `readlist import` names them.", wrong=True)
        if new or known:
            self.say(f"Imported: {new:,} new, {known:,} known.")

    def _import(self, path: str, report: Callable[[int, int, str], None]) -> tuple[int, int, list[str]]:
        from readlist.sources import files

        new = known = 0
        failures = []
        try:
            found = Path(path).expanduser()
        except RuntimeError as error:
            return 0, 0, [f"{path}: {error}"]
        for batch in files.read([found], progress=report):
            if batch.failure:
                failures.append(batch.failure)
                continue
            try:
                added = self.shelf.add(batch)
            except EXPECTED as error:
                failures.append(str(error))
                break
            new += len(added.new)
            known += len(added.known)
        return new, known, failures
