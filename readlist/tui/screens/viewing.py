"""Saved views: a query with a name, a tab of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from readlist.config import ConfigError, SavedView, add_view, insert_view, move_view, remove_view, rename_view
from readlist.query import Problem, parse
from readlist.shelf import VIEWS, View
from readlist.tui.commands import VIEW_COMMANDS
from readlist.tui.render import line
from readlist.tui.screens.finding import Finding

_OWN = len(VIEWS)


class Viewing(Finding):
    """The commands that deal with saved views. They are kept in config.toml."""

    _settings: Path | None = None

    async def action_save_view(self) -> None:
        """Name what is shown; of a saved view, rename, move or delete it."""
        if self._settings is None:
            return
        if self.place >= _OWN and not self.search.strip():
            self._ask_what_to_do(self.place)
            return
        query, problem = self._query_shown()
        if problem is not None:
            hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
            self.say(line(f"Not saved: {problem.message}{hint}"), wrong=True)
        elif not query:
            self.say(self.keys.text("Nothing to save: {key:search} searches, {key:save_view} then names the search."))
        else:
            self._ask_for_name("Save this view", query, "")

    def _query_shown(self) -> tuple[str, Problem | None]:
        """Return the query of what is shown, with its order if it isn't the usual one; and what is wrong with it."""
        both = [each for each in (self.view.query, parse(self.search, typing=True).finished.strip()) if each]
        for each in both:
            if problems := parse(each).problems:
                return "", problems[0]
        # OR binds less than what stands side by side.
        query = " ".join(f"({each})" if len(both) > 1 and re.search(r"\bOR\b", each) else each for each in both)
        if query and self.view.sort != self.config.sort and parse(query).sort is None:
            query += f" sort:{self.view.sort}"
        return query, next(iter(parse(query).problems), None)

    def _ask_for_name(self, title: str, query: str, name: str) -> None:
        """Ask for the name of a new view, or for another one of that `name`."""
        from readlist.tui.dialogs.prompt import Prompt

        def answered(text: str | None) -> None:
            if text:
                self.run_worker(self._name_view(text, query, name), group="settings")

        self.app.push_screen(Prompt(self.keys, title, line(query), "saves it", placeholder=name or "a name"), answered)

    async def _name_view(self, text: str, query: str, former: str) -> None:
        if former:
            place = await self._change_views(lambda path: rename_view(path, former, text))
        else:
            place = await self._change_views(lambda path: add_view(path, SavedView(text, query)))
        if place is None:
            return
        if not former:
            await self.clear_search()
        self.show_view(place)
        key = f" {self.keys.first(VIEW_COMMANDS[place])} shows it." if place < len(VIEW_COMMANDS) else ""
        done = f"{'Renamed' if former else 'Saved'}: {self.view.name}."
        self.say(f"{done}{key}{self.keys.text(' {key:save_view} there renames, moves and deletes it.')}")

    def _ask_what_to_do(self, place: int) -> None:
        from readlist.tui.dialogs.choice import Choice

        view = self.views[place]
        undone = self.keys.text("{key:undo} brings it back")
        offers = [("Rename", ""), ("Move left", ""), ("Move right", ""), ("Delete", undone)]

        def chosen(number: int | None) -> None:
            if number == 0:
                self._ask_for_name("Rename this view", view.query, view.name)
            elif number is not None:
                change = self._delete(view) if number == 3 else self._shift(view.name, -1 if number == 1 else 1)
                self.run_worker(change, group="settings")

        self.app.push_screen(Choice(self.keys, line(view.name), offers), chosen)

    async def _shift(self, name: str, step: int) -> None:
        place = await self._change_views(lambda path: move_view(path, name, step))
        if place is not None:
            self.show_view(place)

    async def _delete(self, view: View) -> None:
        place = await self._change_views(lambda path: remove_view(path, view.name))
        if place is not None:
            self.show_view(0)
            self.undo_here = lambda: self._bring_back(view, place - _OWN)
            self.say(self.keys.text("Deleted: {view}. {key:undo} brings it back.", view=line(view.name)))

    async def _bring_back(self, view: View, number: int) -> None:
        place = await self._change_views(lambda path: insert_view(path, SavedView(view.name, view.query), number))
        if place is not None:
            self.show_view(place)
            self.say(f"Brought back: {line(view.name)}.")

    async def _change_views(self, change: Callable[[Path], tuple[Sequence[SavedView], int]]) -> int | None:
        """Change the views in config.toml as it is now and show their tabs; gives the changed one's tab, else None."""
        if self._settings is None:
            return None
        try:
            saved, number = await asyncio.to_thread(change, self._settings)
        except ConfigError as error:
            self.say(line(str(error)), wrong=True)
            return None
        shown = self.view.name
        self.views = [*self.views[:_OWN], *(View(view.name, view.query, self.view.sort) for view in saved)]
        self.place = next((place for place, view in enumerate(self.views) if view.name == shown), 0)
        self.forget_places()
        self.recount()
        return _OWN + number

    async def action_view_5(self) -> None:
        """Show the first saved view."""
        await self._show_saved(4)

    async def action_view_6(self) -> None:
        """Show the second saved view."""
        await self._show_saved(5)

    async def action_view_7(self) -> None:
        """Show the third saved view."""
        await self._show_saved(6)

    async def action_view_8(self) -> None:
        """Show the fourth saved view."""
        await self._show_saved(7)

    async def action_view_9(self) -> None:
        """Show the fifth saved view."""
        await self._show_saved(8)

    async def _show_saved(self, place: int) -> None:
        if place < len(self.views):
            await self.action_view(place)
        else:
            self.say(self.keys.text("No view is saved there. {key:save_view} names what is shown."))
