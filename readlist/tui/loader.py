"""Loads the papers of the list from the shelf, and follows what changes outside the screen."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from readlist.model.view import (
    ALL,
    INBOX,
    NOTES,
    STARRED,
    Sort,
    View,
    is_by_match,
    is_known_of_a_day,
    is_reverse,
)
from readlist.query.rules import rule_problem
from readlist.shelf import (
    EXPECTED,
    Entry,
    Facts,
    SearchInterrupted,
    Shelf,
)
from readlist.text.clean import counted
from readlist.tui.gain_board import asks_gains, gain_board
from readlist.tui.groups import NO_GROUPS, Groups, with_kept
from readlist.tui.render.list_row import BAR
from readlist.tui.render.signs import line, whole_day
from readlist.tui.state import BUILT_IN, ListState, merge_keeping_place, shown_first
from readlist.tui.ui import Ui
from readlist.tui.view_counts import view_counts

if TYPE_CHECKING:
    from readlist.query import Query
    from readlist.shelf.paper_shelf import PaperShelf
    from readlist.shelf.past_list import PastList

Result = TypeVar("Result")

_FIRST = 200
_FOUND = 80
"""Results of a search that are shown first: some screens of them are found sooner than more."""

_MANY = 500
_AT_ONCE = 1_000
"""Selected papers that are loaded at once, in about a tenth of a second."""

_GROUPS_COUNTED = 12
"""Groups that may be in sight when a view is opened: they are counted at once."""

_EMPTY = {
    ALL.name: "No papers yet.\n\n{key:refresh}: fetch feeds, {key:feeds}: list feeds\n{key:import_page}: import a page",
    STARRED.name: "No stars yet.\n\nPress {key:star} on a paper to star it.",
    NOTES.name: "No notes yet.\n\nPress {key:note} on a paper to write one.",
}


class Loader:
    """Loads the list from the shelf and has it shown.

    The first papers of a view are loaded at once, the rest in a thread; results of a search all in a thread. A later
    query cancels an earlier one.

    Attributes:
        by_match: whether the view asks how well papers fit, by its order or its query.
        asked: called with that when a view was asked for.
        past: the lists as of a day, if such are asked for; None for those of now.
        shown: the papers of the list that is shown, which changes when another one is loaded.
    """

    def __init__(self, state: ListState, shelf: Shelf, ui: Ui) -> None:
        self.state = state
        self.shelf = shelf
        self.ui = ui
        self._query: asyncio.Task[None] | None = None
        self._shown: tuple[View, str] | None = None
        self._day = ("", "")
        self._facts: dict[str, Facts] = {}
        self._removed = 0
        # How much was decided when the list last began at its top.
        self._decided = 0
        self.past: PastList | None = None
        self.shown: PaperShelf | PastList = shelf.papers
        self.by_match = False
        self.asked: Callable[[bool], None] = lambda by_match: None

    @property
    def papers(self) -> PaperShelf | PastList:
        """The papers that are listed: those of now, or as of a day."""
        return self.shelf.papers if self.past is None else self.past

    def show_past(self, past: PastList | None) -> None:
        """List papers as of a day from now on, or as they are now again."""
        self.past = past
        # What a view has was another day's.
        self._facts.clear()
        self.ask_again()

    def _order(self, sort: Sort) -> Sort:
        """Return the order that papers are listed in: feed order where another one is not known of a day."""
        if self.past is None or is_known_of_a_day(sort):
            return sort
        return "-feed" if is_reverse(sort) else "feed"

    def _takes_long(self, query: Query) -> bool:
        """Return whether the first papers are found as late as all: as of a day, and by what papers gained."""
        return self.past is not None or asks_gains(query, query.sort or self.state.view.sort)

    # Load

    def ask(self, *, keep: int | None = None, cursor: int = 0) -> None:
        """Load the view; the cursor goes to the paper with the id `keep` if it is there, else to a row."""
        if self._query is not None and not self._query.done():
            self._query.cancel()
            self.shelf.papers.interrupt()
        query = self.shelf.papers.parse(self.state.view, self.state.search)
        self.by_match = query.needs_match(self._order(query.sort or self.state.view.sort))
        self.asked(self.by_match)
        if self.state.search or self._takes_long(query):
            self.state.complete = False
            self._query = asyncio.create_task(self._ask_all(keep, cursor, begun=False))
            if not self.state.search:
                self.recount()
            return
        first = self.shelf.papers.first(self.state.view, limit=max(_FIRST, cursor + 1 if keep is None else _FIRST))
        complete = self.state.complete = len(first) < _FIRST
        begun = complete or keep is None or keep in first
        if begun:
            self._outline_first(first, complete=complete)
            self._show(first, keep, cursor, groups=self._groups_of(self.state.view, first))
        self._query = None if complete else asyncio.create_task(self._ask_all(keep, cursor, begun=begun))
        self.recount()

    def ask_again(self) -> None:
        """Load the view again, with the cursor on the same paper; decided papers leave it."""
        entry = self.state.entry
        self.ask(keep=entry.id if entry is not None else None, cursor=self.state.cursor)

    def show_view(self, place: int) -> None:
        """Show another view, with the cursor where it was in it."""
        self.ask(keep=self.state.show_view(place))

    async def settled(self) -> None:
        """Wait until everything is loaded."""
        while self._query is not None and not self._query.done():
            await asyncio.wait({self._query})

    async def _ask_all(self, keep: int | None, cursor: int, *, begun: bool) -> None:
        """Load all ids in a thread and show them; of a search the first ones first.

        Args:
            keep: as for `ask`.
            cursor: as for `ask`.
            begun: whether the first papers are already shown.
        """
        state = self.state
        view, search = state.view, state.search
        if search and not self._takes_long(self.shelf.papers.parse(view, search)):
            limit = _FOUND if cursor == 0 else max(_FIRST, cursor + 1)
            query = functools.partial(self.shelf.papers.first, limit=limit)
            if self.shelf.papers.parse(view, search).like:
                # To find out what is like a paper takes its time.
                first = await self._with_progress("Finding similar papers", query, view, search)
            else:
                first = await self._answered(query, view, search)
            if first is None:
                return
            state.complete = len(first) < limit
            if view.query not in self._facts:
                self._outline_first(first, complete=False)
            self._show(first, keep, cursor)
            begun = True
            if state.complete:
                return
        shown = state.ids
        # Draw the visible rows first.
        await self.ui.drawn()
        found = await self._with_progress("Loading papers", self._browse, view, search)
        if found is None:
            return
        state.complete = True
        ids, groups = found
        decided: Sequence[int] = ()
        if begun and not search and shown is state.ids and shown:
            ids, decided = shown_first(shown, ids), state.decided
            if groups and ids is not found[0]:
                groups = await asyncio.to_thread(self._groups_of, view, ids)
        if begun and shown is state.ids and shown and state.entry is not None and (keep is None or keep in shown):
            # The cursor may have moved meanwhile.
            keep, cursor = state.entry.id, state.cursor
        self._show(ids, keep, cursor, groups=groups, decided=decided)
        self.ui.run(lambda: self._find_facts(view, search), "facts", exclusive=True)

    async def _with_progress(
        self, doing: str, query: Callable[[View, str], Result], view: View, search: str
    ) -> Result | None:
        """Return what a query does, with progress; None if it failed, or view or search changed meanwhile."""

        async def asked() -> Result | None:
            async with self.ui.progress(doing):
                return await self._answered(query, view, search)

        # It ends in its own time, so that a later query leaves no progress behind.
        return await asyncio.shield(asyncio.create_task(asked()))

    async def _find_facts(self, view: View, search: str) -> None:
        """Find out what the papers of a view have, in a thread, and draw them accordingly."""
        if search and self._facts_known(view):
            return
        outlines, parse = self.papers.outlines, self.shelf.papers.parse
        facts = await self._answered(lambda view, _: outlines.facts(parse(view)), view, search)
        if facts is not None:
            self._facts[view.query] = self.state.facts = facts
            self.ui.show()

    def _facts_known(self, view: View) -> bool:
        facts = self._facts.get(view.query)
        return facts is not None and bool(facts.many or not facts.upvotes)

    def _browse(self, view: View, search: str) -> tuple[Sequence[int], Groups]:
        """Return the ids of a view, and their groups; in a thread."""
        papers, query = self.papers, self.shelf.papers.parse(view)
        ids = papers.browse(view, search)
        if not ids or search or self._order(query.sort or view.sort) != "feed":
            return ids, NO_GROUPS
        groups = Groups(papers.outlines.groups(query))
        if groups.rows == len(ids):
            return ids, groups
        # Something may have changed between the two.
        return ids, Groups(self.shelf.papers.outlines.groups_of(ids)) if self.past is None else NO_GROUPS

    def _groups_of(self, view: View, ids: Sequence[int]) -> Groups:
        """Return the groups of papers in the order of a view; may take long for many."""
        grouped = ids and (self.shelf.papers.parse(view).sort or view.sort) == "feed"
        return Groups(self.shelf.papers.outlines.groups_of(ids)) if grouped else NO_GROUPS

    def _outline_first(self, first: Sequence[int], *, complete: bool) -> None:
        """Find out what the first papers of a view have, or all, until all papers are known."""
        view = self.state.view
        if complete or view.query not in self._facts:
            facts = self.shelf.papers.outlines.facts_of(first)
            # How many upvotes are many, only all papers can tell.
            self._facts[view.query] = facts if complete else replace(facts, many=0)

    async def _answered(self, query: Callable[[View, str], Result], view: View, search: str) -> Result | None:
        """Run a query in a thread; returns None if it failed, or view or search changed meanwhile."""
        try:
            past = self.past
            ids = await asyncio.to_thread(query, view, search)
        except SearchInterrupted:
            return None
        except EXPECTED as error:
            self.ui.say(str(error), wrong=True)
            return None
        return ids if (view, search, past) == (self.state.view, self.state.search, self.past) else None

    def _show(
        self,
        ids: Sequence[int],
        keep: int | None,
        cursor: int,
        *,
        in_place: bool = False,
        groups: Groups = NO_GROUPS,
        decided: Sequence[int] = (),
    ) -> None:
        state = self.state
        state.empty = self._empty()
        state.facts = self._facts.get(state.view.query, Facts())
        uncounted = [key for key in groups.keys[:_GROUPS_COUNTED] if key not in state.group_counts]
        # What is muted is not left to decide, and counted with the views.
        if uncounted and self.past is None and not self.shelf.watch.rules().muted:
            state.group_counts.update(self.shelf.papers.outlines.counts_of(uncounted))
        query = self.shelf.papers.parse(state.view, state.search)
        self.shown, state.as_of = self.papers, self.past.day if self.past is not None else None
        order = self._order(query.sort or state.view.sort)
        # What was gained since is not what was known on a day.
        state.gains = gain_board(query, order, self.shelf.papers.count_log.since) if self.past is None else None
        state.show(ids, keep=keep, cursor=cursor, complete=state.complete, order=order, groups=groups, decided=decided)
        state.watch_words = self.shelf.watch.words()
        before, self._shown = self._shown, (state.view, state.search)
        self.ui.show(detail="again" if self._shown == before else "top", in_place=in_place)

    def _empty(self) -> str:
        """Return what an empty list says: why it is empty, and what to do."""
        state, keys = self.state, self.ui.keys
        if broken := self.broken():
            return broken
        if self.past is not None and not state.search:
            day = whole_day(self.past.day, self.ui.now().astimezone().date())
            return f"Nothing in {state.view.name} as of {day}.\n\n{keys.text('{key:back}: back to now')}"
        if state.search:
            # While it is typed, a digit belongs to the search.
            typing = "{key:accept_search}, " if self.ui.context == "search" else ""
            elsewhere = "" if state.view.name == ALL.name else f"\n\n{typing}" + "{key:view_all}: search all papers"
            return f"Nothing found in {state.view.name}.{keys.text(elsewhere)}"
        if state.view.name == INBOX.name:
            day, fetch = self._day
            hint = keys.hint("{key:refresh}: fetch now", "{key:view_all}: all papers", between=f" {self.ui.signs.dot} ")
            # All is decided: the bar of the groups, full.
            done = [self.ui.signs.full * BAR, day] if day else []
            return "\n".join(["Inbox zero", *done, "", *filter(None, (fetch, hint))])
        if state.view.name == ALL.name and self._removed:
            hint = "{papers} removed.\n\n{key:undo}: undo\n{key:search} is:removed: show them"
            return f"No papers here. {keys.text(hint, papers=f'{self._removed:,}')}"
        return keys.text(_EMPTY.get(state.view.name, "No papers here."))

    def no_paper(self) -> str:
        """Return what a command says that finds no paper to act on, and what to do."""
        if self.state.search:
            hints = ("{key:back}: leave the search", "{key:view_all}: search all papers")
        elif self.state.view.name == ALL.name:
            hints = ("{key:refresh}: fetch feeds", "{key:import_page}: import a page")
        else:
            hints = ("{key:refresh}: fetch feeds", "{key:view_all}: all papers")
        return f"No paper here. {self.ui.keys.hint(*hints, between=f' {self.ui.signs.dot} ')}"

    def show_day(self, lines: tuple[str, str]) -> None:
        """Show at inbox zero what was decided today, and when feeds are fetched next."""
        if lines != self._day:
            self._day = lines
            if not self.state.ids and self._shown is not None:
                self.show_empty()

    def show_empty(self) -> None:
        """Show once more why the list is empty, if it is: what to do depends on where the focus is."""
        if not self.state.ids:
            self.state.empty = self._empty()
            self.ui.show()

    def broken(self) -> str:
        """Return what is wrong with the view's own query, empty for nothing; such a view shows no papers."""
        view = self.state.view
        problem = self.shelf.papers.problem(view)
        if problem is None:
            return ""
        hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
        fix = self.ui.keys.text("Fix it in config.toml, or press {key:save_view} to delete the view.")
        lines = (f"Invalid query in {view.name}:", f"{problem.message}{hint}", fix)
        return "\n\n".join(map(line, lines))

    def say_unwatched(self) -> None:
        """Say which views can't be watched, and why."""
        for view in self.state.views:
            if view.watch and (problem := rule_problem(view.query)):
                self.ui.say(line(f"Not watched: {view.name}: {problem}"), wrong=True)

    # Changes meanwhile

    async def add_new(self, restored: int | None = None, *, in_order: bool = True) -> None:
        """Show new papers of the view; shown papers stay, decided or not, and the cursor stays on its paper.

        Args:
            restored: a paper that came back; the cursor goes to it, on the line where it is.
            in_order: whether a list by match is sorted again, since it was asked for; else shown papers stay in order.
        """
        await self.settled()
        state = self.state
        view, search, shown = state.view, state.search, state.ids
        # A paper whose note is being written stays until that is closed, even if it was removed elsewhere.
        writing = state.entry if self.ui.context == "note" else None
        held = is_by_match(state.order) and not in_order
        found = await self._answered(functools.partial(self._with_shown, shown, writing, held), view, search)
        if found is None or shown is not state.ids:
            # A query made meanwhile has the new papers, too.
            return
        ids, groups, decided = found
        entry = state.entry
        # On a first visit, the cursor stays at the top; the sample leaves it there, too.
        first = state.cursor == 0 and state.decisions == self._decided and (state.first_run or not state.last_visit)
        if state.first_run and entry is not None and entry.id not in ids:
            first, state.cursor, self._decided = True, 0, state.decisions
        keep = entry.id if entry is not None and not first else None
        if restored is not None and restored in ids:
            keep = restored
        self._show(ids, keep, state.cursor, in_place=True, groups=groups, decided=decided)
        self.ui.run(lambda: self._find_facts(view, search), "facts", exclusive=True)
        self.recount()
        if self.by_match and in_order:
            self.asked(True)

    def _with_shown(
        self, shown: Sequence[int], writing: Entry | None, held: bool, view: View, search: str
    ) -> tuple[Sequence[int], Groups, Sequence[int]]:
        """Return the ids of a view, merged with those shown that left it but were not removed; in a thread.

        With them come their groups, and the rows of those that left. Papers of an import that was undone are removed,
        too; the one whose note is being written stays. Where the order is held, new ones come behind what they follow.
        """
        ids, groups = self._browse(view, search)
        present = set(ids)
        if held:
            known = set(shown)
            ids = merge_keeping_place(
                ids,
                [number for number in shown if number in present],
                [number for number in ids if number not in known],
            )
        left = [number for number in shown if number not in present]
        if not left:
            return ids, groups, ()
        papers = self.shelf.papers
        entries = (entry for some in papers.in_chunks(papers.listed(left)) for entry in some)
        kept = {entry.id: (entry.day, entry.feed) for entry in entries if entry.mark.removed is None}
        if writing is not None and writing.id in left:
            kept[writing.id] = (writing.day, writing.feed)
        merged = merge_keeping_place(shown, ids, kept)
        rows = [row for row, number in enumerate(merged) if number in kept]
        if groups:
            groups = with_kept(groups, [(row - place, kept[merged[row]]) for place, row in enumerate(rows)])
        return merged, groups, rows

    def fetch_again(self, keys: Iterable[str]) -> None:
        """Load the papers with these keys again: their marks changed elsewhere, or were saved."""
        names = tuple(keys)
        # For many, looking up ids takes longer than loading all visible rows again.
        ids = set(self.shelf.papers.ids_of(names).values()) if len(names) <= _MANY else set(self.state.ids_fetched)
        if ids:
            self.state.forget(ids)
            self.ui.show()

    # Counts

    def recount(self) -> None:
        """Count the views in a thread and show the counts."""
        self.ui.run(self._count, "count", exclusive=True)

    async def _count(self) -> None:
        state, decisions = self.state, -1
        while decisions != state.decisions:
            decisions = state.decisions
            try:
                found = await asyncio.to_thread(view_counts, self.shelf, self.past, state.views[BUILT_IN:])
            except SearchInterrupted:
                decisions = -1
            except EXPECTED as error:
                self.ui.say(str(error), wrong=True)
                return
        state.counts, state.group_counts = found.by_view, found.groups
        state.sample, state.muted, self._removed = found.sample, found.muted, found.removed
        if not state.ids and self._shown is not None:
            state.empty = self._empty()
        self.ui.show()

    async def sample_left(self, before: int) -> str:
        """Return what became of a sample that was all there was, in words; empty if it was not, or still is.

        Args:
            before: how many papers it had.
        """
        if not before:
            return ""
        log = self.shelf.feeds.log
        sample, left = await asyncio.to_thread(lambda: (log.builtin_alone(), log.builtin_papers()))
        self.state.sample = sample
        if sample:
            return ""
        verb = "stays" if left == 1 else "stay"
        return f"{counted(left, 'sample paper')} you marked {verb}" if left else "the sample is gone"


class Controller:
    """What each controller has at hand: the list with its loader, the shelf and the screen."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._state = loader.state
        self._shelf = loader.shelf
        self._ui = loader.ui

    def _is_too_much(self) -> bool:
        """Return whether more papers are selected than can be loaded at once, and say so."""
        selected = len(self._state.selection)
        if selected > _AT_ONCE:
            text = "{selected} papers are selected, this is for up to {most}. {key:export}: export them"
            self._ui.say(self._ui.keys.text(text, selected=f"{selected:,}", most=f"{_AT_ONCE:,}"), tone="note")
        return selected > _AT_ONCE

    async def _in_thread(self, function: Callable[..., Result], *args: object) -> Result | None:
        """Run a function in a thread; says an expected error and returns None then."""
        try:
            return await asyncio.to_thread(function, *args)
        except EXPECTED as error:
            self._ui.say(line(str(error)), wrong=True)
            return None
