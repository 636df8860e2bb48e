"""Views: built-in, saved, and their sort order."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import shorten

from readlist.config import (
    Config,
    ConfigError,
    SavedView,
    add_view,
    move_view,
    mute_query,
    remove_view,
    rename_view,
    watch_view,
)
from readlist.model.view import (
    ALL,
    MUTED,
    SORTS,
    VIEWS,
    Sort,
    View,
    is_by_match,
    is_known_of_a_day,
    is_reverse,
    reverse_of,
    unreversed,
)
from readlist.query import Problem, parse
from readlist.query.rules import rule_problem
from readlist.tui.controllers.search import Search
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.signs import line
from readlist.tui.state import BUILT_IN
from readlist.tui.ui import when_answered

_SETTINGS = "settings"
_NAME = 24
_RENAME, _LEFT, _RIGHT, _DELETE, _WATCH = range(5)


class Views(Controller):
    """The commands that change which papers are listed; saved views are in config.toml."""

    def __init__(self, loader: Loader, search: Search, config: Config, settings: Path | None) -> None:
        super().__init__(loader)
        self._search = search
        self._config = config
        self._settings = settings

    async def show_place(self, place: int) -> None:
        """Show a view by its place."""
        if place >= len(self._state.views):
            empty = "No view on tab {tab} yet. Search, then press {key:save_view} to save one"
            self._ui.say(self._ui.keys.text(empty, tab=place + 1), tone="note")
            return
        await self._ui.leave_note()
        self._state.selection = frozenset()
        self._loader.show_view(place)
        await self._loader.settled()
        if self._state.search:
            self._search.show_found()
        if broken := self._loader.broken():
            self._ui.say(broken, wrong=True)

    async def show_muted(self) -> None:
        """Show the papers that the Inbox hides, as a search of all papers."""
        if not self._shelf.watch.rules().muted:
            self._ui.say("Nothing is muted: `mute` in config.toml lists queries that the Inbox hides.", tone="note")
            return
        await self.show_place(VIEWS.index(ALL))
        await self._search.find(MUTED.query)

    def mute_search(self) -> None:
        """Hide what the search finds from the Inbox, from now on."""
        query = parse(self._state.search, typing=True).finished.strip()
        if not query:
            self._ui.say(self._ui.keys.text("Search first ({key:search}) for what to mute"), tone="note")
        elif problem := rule_problem(query):
            self._ui.say(line(f"Not muted: {problem}"), wrong=True)
        else:
            self._ui.run(lambda: self._mute(query), _SETTINGS)

    async def _mute(self, query: str, *, mute: bool = True) -> None:
        if self._settings is None:
            return
        try:
            self._state.mute = await asyncio.to_thread(mute_query, self._settings, query, mute=mute)
        except ConfigError as error:
            self._ui.say(line(str(error)), wrong=True)
            return
        if mute:
            await self._search.clear()
            self._state.undo_here = lambda: self._mute(query, mute=False)
        else:
            self._loader.ask_again()
        done = f"{'Muted' if mute else 'No longer muted'}: {line(query)}"
        hint = self._ui.keys.text("{key:undo}: undo") if mute else ""
        self._ui.say(f" {self._ui.signs.dot} ".join(filter(None, (done, hint))))

    # Sort order

    def sort(self) -> None:
        """Choose the sort order of the view; the one it has is reversed, or brought up to date."""
        order = self._shelf.papers.parse(self._state.view, self._state.search).sort or self._state.view.sort
        signs = self._ui.signs
        offers: list[tuple[str, str]] = [(sort, sort_order.help) for sort, sort_order in SORTS.items()]
        if caution := self._state.matches.caution:
            offers[list(SORTS).index("match")] = "match", caution
        own = SORTS[unreversed(order)]
        now, then = (own.reverse_help, own.help) if is_reverse(order) else (own.help, own.reverse_help)
        if self._is_outdated(order):
            then = "bring up to date"
        offers[list(SORTS).index(unreversed(order))] = (
            unreversed(order), f"{now} {signs.selected} again: {then}",
        )  # fmt: skip
        answer = self._ui.choose("Sort by", offers)
        when_answered(self._ui, answer, self._sort)

    def _sort(self, place: int) -> None:
        state = self._state
        if own := self._shelf.papers.parse(state.view, state.search).sort:
            self._ui.say(f"Not sorted: the query says sort:{own}", tone="note")
            return
        chosen, order = list(SORTS)[place], state.view.sort
        if state.as_of is not None and not is_known_of_a_day(chosen):
            self._ui.say(f"Not sorted: {chosen} is not known as of a day", tone="note")
            return
        if unreversed(order) != chosen:
            state.set_sort(chosen)
        elif not self._is_outdated(order):
            state.set_sort(reverse_of(order))
        self._loader.ask()

    def _is_outdated(self, order: Sort) -> bool:
        return is_by_match(order) and self._state.matches.is_outdated

    # Saved views

    def save_view(self) -> None:
        """Save the search as a view; rename, move, watch or delete a saved view."""
        if self._settings is None:
            return
        state = self._state
        if state.place >= BUILT_IN and not state.search.strip():
            view = state.view
            undone = self._ui.keys.text("{key:undo}: undo")
            sign = f"{self._ui.signs.watch} on its papers in every list"
            watch = ("Stop watching", f"no {sign}") if view.watch else ("Watch", sign)
            offers = [("Rename", ""), ("Move left", ""), ("Move right", ""), ("Delete", undone), watch]
            answer = self._ui.choose(line(view.name), offers)
            when_answered(self._ui, answer, lambda chosen: self._change(view, chosen))
            return
        query, problem = self._query_shown()
        if problem is not None:
            hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
            self._ui.say(line(f"Not saved: {problem.message}{hint}"), wrong=True)
        elif not query:
            message = "Search first ({key:search}), then {key:save_view} to save it as a tab"
            self._ui.say(self._ui.keys.text(message), tone="note")
        else:
            self._ask_for_name("Save view", query, "")

    def _query_shown(self) -> tuple[str, Problem | None]:
        """Return the query of what is shown, with a sort order other than the default; and what is wrong with it."""
        view = self._state.view
        # Where nothing is muted, the Inbox is simply what is unread.
        own = view.query if self._shelf.watch.rules().muted else view.query.removesuffix(" -is:muted")
        both = [each for each in (own, parse(self._state.search, typing=True).finished.strip()) if each]
        for each in both:
            if problems := parse(each).problems:
                return "", problems[0]
        # OR binds less than AND.
        query = " ".join(f"({each})" if len(both) > 1 and re.search(r"\bOR\b", each) else each for each in both)
        if query and view.sort != self._config.sort and parse(query).sort is None:
            query += f" sort:{view.sort}"
        return query, next(iter(parse(query).problems), None)

    def _ask_for_name(self, title: str, query: str, former: str) -> None:
        """Ask for the name of a new view, or the new name of a `former` one."""
        # What was searched may do for a name.
        searched = "" if former else line(self._state.search.strip())
        offer = (shorten(searched, _NAME, placeholder=""), "")
        answer = self._ui.prompt(title, line(query), "save", placeholder=former or "name", offer=offer)
        when_answered(
            self._ui, answer, lambda name: self._ui.run(lambda: self._add_or_rename(name, query, former), _SETTINGS)
        )

    async def _add_or_rename(self, text: str, query: str, former: str) -> None:
        if former:
            place = await self._write(lambda path: rename_view(path, former, text))
        else:
            place = await self._write(lambda path: add_view(path, SavedView(text, query)))
        if place is None:
            return
        if not former:
            await self._search.clear()
        self._loader.show_view(place)
        name = self._state.view.name
        done = f"Renamed to {name}." if former else f"Saved {name} as tab {place + 1}."
        self._ui.say(f"{done} {self._ui.keys.text('{key:save_view} on it: rename, move, watch, delete')}")

    def _change(self, view: View, chosen: int) -> None:
        if chosen == _RENAME:
            self._ask_for_name("Rename view", view.query, view.name)
        elif chosen == _DELETE:
            self._ui.run(lambda: self._delete(view), _SETTINGS)
        elif chosen == _WATCH:
            self._ui.run(lambda: self._watch(view, watch=not view.watch), _SETTINGS)
        else:
            step = -1 if chosen == _LEFT else 1
            self._ui.run(lambda: self._move(view.name, step), _SETTINGS)

    async def _move(self, name: str, step: int) -> None:
        place = await self._write(lambda path: move_view(path, name, step))
        if place is not None:
            self._loader.show_view(place)

    async def _watch(self, view: View, *, watch: bool, undo: bool = True) -> None:
        if watch and (problem := rule_problem(view.query)):
            self._ui.say(line(f"Not watched: {problem}"), wrong=True)
            return
        place = await self._write(lambda path: watch_view(path, view.name, watch=watch))
        if place is None:
            return
        if self._state.place == place:
            self._loader.ask_again()
        if undo:
            self._state.undo_here = lambda: self._watch(view, watch=not watch, undo=False)
        done = f"{'Watching' if watch else 'Stopped watching'} {line(view.name)}"
        hint = self._ui.keys.text("{key:undo}: undo") if undo else ""
        self._ui.say(f" {self._ui.signs.dot} ".join(filter(None, (done, hint))))

    async def _delete(self, view: View) -> None:
        place = await self._write(lambda path: remove_view(path, view.name))
        if place is not None:
            self._loader.show_view(0)
            self._state.undo_here = lambda: self._bring_back(view, place - BUILT_IN)
            self._ui.say(self._ui.keys.text("Deleted {view}. {key:undo}: undo", view=line(view.name)))

    async def _bring_back(self, view: View, number: int) -> None:
        place = await self._write(lambda path: add_view(path, SavedView(view.name, view.query, view.watch), number))
        if place is not None:
            self._loader.show_view(place)
            self._ui.say(f"Restored {line(view.name)}")

    async def _write(self, change: Callable[[Path], tuple[Sequence[SavedView], int]]) -> int | None:
        """Change the views in config.toml and show their tabs; returns the changed tab's place, None if it failed."""
        if self._settings is None:
            return None
        try:
            saved, number = await asyncio.to_thread(change, self._settings)
        except ConfigError as error:
            self._ui.say(line(str(error)), wrong=True)
            return None
        self._state.set_saved_views(View(view.name, view.query, watch=view.watch) for view in saved)
        # Other papers may be watched now.
        self._state.forget([*self._state.ids_fetched])
        self._loader.recount()
        return BUILT_IN + number
