"""Loads the papers of the list from the shelf, and follows what changes outside the screen."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Iterable, Sequence

from readlist.model.view import ALL, INBOX, NOTES, STARRED, View
from readlist.shelf import EXPECTED, Counts, Event, LibraryBusy, Notice, SaveFailed, SearchInterrupted, Shelf
from readlist.tui.render import line
from readlist.tui.state import BUILT_IN, ListState, merge_keeping_place, shown_first
from readlist.tui.ui import Ui

_FIRST = 200
_MANY = 500
_NOTHING = {
    INBOX.name: "Nothing left to decide.\n\n{key:refresh} fetches the feeds, {key:view_all} shows all papers.",
    ALL.name: "No papers yet.\n\n{key:refresh} fetches the feeds, {key:feeds} shows which, "
    "{key:import_page} imports a saved page.",
    STARRED.name: "No paper is starred.\n\n{key:star} stars the one under the cursor.",
    NOTES.name: "No paper has a note.\n\n{key:note} writes one on the paper under the cursor.",
}


class Loader:
    """Fills the state of the list from the shelf and has it shown.

    The first papers of a view are asked for at once, the rest in a thread; those of a search all in a thread.
    """

    def __init__(self, state: ListState, shelf: Shelf, ui: Ui) -> None:
        self.state = state
        self.shelf = shelf
        self.ui = ui
        self._question: asyncio.Task[None] | None = None

    # Asking

    def ask(self, *, keep: int | None = None, cursor: int = 0) -> None:
        """Ask for the view; the cursor goes to the paper with the id `keep` if it is there, else to a row."""
        if self._question is not None and not self._question.done():
            self._question.cancel()
            self.shelf.papers.interrupt()
        if self.state.search:
            self.state.complete = False
            self._question = asyncio.create_task(self._ask_all(keep, cursor, begun=False))
            return
        first = self.shelf.papers.first(self.state.view, limit=max(_FIRST, cursor + 1 if keep is None else _FIRST))
        complete = self.state.complete = len(first) < _FIRST
        begun = complete or keep is None or keep in first
        if begun:
            self._show(first, keep, cursor)
        self._question = None if complete else asyncio.create_task(self._ask_all(keep, cursor, begun=begun))
        self.recount()

    def ask_again(self) -> None:
        """Ask for the view again, with the cursor on the same paper: what was decided leaves its row."""
        entry = self.state.entry
        self.ask(keep=entry.id if entry is not None else None, cursor=self.state.cursor)

    def show_view(self, place: int) -> None:
        """Show another view, with the cursor where it was there."""
        self.ask(keep=self.state.show_view(place))

    async def settled(self) -> None:
        """Wait until the question that is under way is answered."""
        while self._question is not None and not self._question.done():
            await asyncio.wait({self._question})

    async def _ask_all(self, keep: int | None, cursor: int, *, begun: bool) -> None:
        """Fetch all ids in a thread and show them; of a search the first ones first.

        Args:
            keep: as for `ask`.
            cursor: as for `ask`.
            begun: whether the first papers are shown already.
        """
        state = self.state
        view, search = state.view, state.search
        if search:
            first = await self._answered(self.shelf.papers.first, view, search)
            if first is None:
                return
            state.complete = len(first) < _FIRST
            self._show(first, keep, cursor)
            begun = True
            if state.complete:
                return
        shown = state.ids
        # What can be seen goes before what can't.
        await self.ui.drawn()
        ids = await self._answered(self.shelf.papers.browse, view, search)
        if ids is None:
            return
        state.complete = True
        if begun and not search and shown is state.ids and shown:
            ids = shown_first(shown, ids)
        if begun and shown is state.ids and shown and state.entry is not None and (keep is None or keep in shown):
            # The cursor may have moved meanwhile.
            keep, cursor = state.entry.id, state.cursor
        self._show(ids, keep, cursor)

    async def _answered(
        self, question: Callable[[View, str], Sequence[int]], view: View, search: str
    ) -> Sequence[int] | None:
        """Ask the shelf in a thread; returns None when that failed, or when something else is asked for meanwhile."""
        try:
            ids = await asyncio.to_thread(question, view, search)
        except SearchInterrupted:
            return None
        except EXPECTED as error:
            self.ui.say(str(error), wrong=True)
            return None
        return ids if (view, search) == (self.state.view, self.state.search) else None

    def _show(self, ids: Sequence[int], keep: int | None, cursor: int, *, in_place: bool = False) -> None:
        state = self.state
        state.empty = self.ui.keys.text(_NOTHING.get(state.view.name, "Nothing here."))
        if state.search:
            elsewhere = (
                "" if state.view.name == ALL.name else self.ui.keys.text("\n\n{key:view_all} searches all papers.")
            )
            state.empty = f"Nothing found in {state.view.name}.{elsewhere}"
        state.empty = self.broken() or state.empty
        state.show(ids, keep=keep, cursor=cursor, complete=state.complete)
        self.ui.show(detail="top", in_place=in_place)

    def broken(self) -> str:
        """Return what is wrong with the view's own query, empty for nothing: such a view shows no papers."""
        view = self.state.view
        problem = self.shelf.papers.problem(view)
        if problem is None:
            return ""
        hint = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
        lines = (f"The query of {view.name} is wrong, so it shows nothing:", f"{problem.message}{hint}")
        mend = self.ui.keys.text("Mend it in config.toml; {key:save_view} there deletes it.")
        return "\n\n".join(map(line, (*lines, mend)))

    # What happens meanwhile

    async def add_new(self) -> None:
        """Show what is new in the view: what is shown stays, decided or not, and the cursor on its paper."""
        await self.settled()
        state = self.state
        view, search, shown = state.view, state.search, state.ids
        ids = await self._answered(functools.partial(self._with_shown, shown), view, search)
        if ids is None or shown is not state.ids:
            # Where another question was asked meanwhile, what it found is as new.
            return
        entry = state.entry
        # Whoever sees readlist for the first time begins at the top of what comes in.
        first = state.last_visit is None and state.cursor == 0 and not state.decisions
        self._show(ids, entry.id if entry is not None and not first else None, state.cursor, in_place=True)
        self.recount()

    def _with_shown(self, shown: Sequence[int], view: View, search: str) -> Sequence[int]:
        """Return the ids of a view together with those shown that left it and are still on the shelf; in a thread."""
        ids = self.shelf.papers.browse(view, search)
        present = set(ids)
        left = [number for number in shown if number not in present]
        if not left:
            return ids
        kept = {entry.id for entries in self.shelf.papers.in_chunks(left) for entry in entries}
        return merge_keeping_place(shown, ids, kept)

    def fetch_again(self, keys: Iterable[str]) -> None:
        """Show afresh the papers with these keys: their marks changed elsewhere, or came to the disk."""
        names = tuple(keys)
        # Of many, which ones are in sight takes longer to find out than to fetch those again.
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
                counts, saved = await asyncio.to_thread(self._counted, state.views[BUILT_IN:])
            except SearchInterrupted:
                decisions = -1
            except EXPECTED as error:
                self.ui.say(str(error), wrong=True)
                return
        state.counts = {
            INBOX.name: counts.unread,
            ALL.name: counts.papers,
            STARRED.name: counts.starred,
            NOTES.name: counts.noted,
            **saved,
        }
        self.ui.show()

    def _counted(self, saved: Sequence[View]) -> tuple[Counts, dict[str, int]]:
        """Count the papers, and those of saved views; in a thread."""
        sound = [view for view in saved if self.shelf.papers.problem(view) is None]
        return self.shelf.papers.counts(), {view.name: self.shelf.papers.count(view) for view in sound}


_FOLLOWED_EVERY = 1.0


class Follower:
    """Shows in the list what happens elsewhere."""

    def __init__(self, state: ListState, shelf: Shelf, ui: Ui, loader: Loader) -> None:
        self._state = state
        self._shelf = shelf
        self._ui = ui
        self._loader = loader

    def start(self, call: Callable[[Callable[[Event], None], Event], object]) -> None:
        """Begin to follow.

        Args:
            call: calls something in the screen's thread, with an event.
        """

        def heard(event: Event) -> None:
            """Pass an event of the mark store on to the screen; called in the store's thread."""
            # The app may have ended meanwhile, and its loop be closed: then nobody wants to know.
            with contextlib.suppress(RuntimeError):
                call(self._show, event)

        self._shelf.marks.listen(heard)
        # What was found out about the files before anybody listened.
        for text in self._shelf.marks.status().notices:
            self._show(Notice(text))
        # What other programs change.
        self._ui.every(_FOLLOWED_EVERY, lambda: self._ui.run(self._follow, "follow", exclusive=True))

    def stop(self) -> None:
        """Hear no more of the store."""
        self._shelf.marks.listen(None)

    async def catch_up(self) -> None:
        """Bring the list up to the marks on disk; what had to be set aside is told by events."""
        try:
            if not await asyncio.to_thread(self._shelf.sync.catch_up):
                pass
            elif self._state.decisions:
                # What was decided meanwhile stays in its row.
                await self._loader.add_new()
            else:
                self._loader.ask_again()
        except LibraryBusy:
            # What follows others tries again every second.
            self._ui.say("Another readlist is using the library. Marks are kept; views follow when it is free.")
        except EXPECTED as error:
            self._ui.say(str(error), wrong=True)

    def _show(self, event: Event) -> None:
        if isinstance(event, Notice):
            self._ui.say(event.text, wrong=True)
            return
        if isinstance(event, SaveFailed):
            self._ui.say(f"Not on disk yet, kept and tried again: {event.reason}", wrong=True)
        self._loader.fetch_again(event.keys)

    async def _follow(self) -> None:
        try:
            followed = await asyncio.to_thread(self._shelf.sync.follow)
        except EXPECTED:
            # It is tried again in a second; whatever concerns the user is told when a mark is made.
            return
        if followed.marks:
            self._loader.fetch_again(followed.marks)
        if followed.papers:
            # In a worker of its own: the next look, in a second, must not cut it short.
            self._ui.run(self._loader.add_new, "papers", exclusive=True)
        elif followed.marks:
            self._loader.recount()
