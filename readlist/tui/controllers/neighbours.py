"""Similar papers: the nearest ones of a paper as a list."""

from __future__ import annotations

import asyncio
import contextlib

from textual.worker import WorkerCancelled, WorkerFailed

from readlist.shelf import Entry
from readlist.tui.controllers.search import Search
from readlist.tui.loader import Controller, Loader

_LONGEST_WAIT = 0.5
"""Seconds that the next keys wait, so that they apply to the list that was asked for."""


class Neighbours(Controller):
    """Lists what is like a paper: a search by `like:`, which leads back when it is closed."""

    def __init__(self, loader: Loader, search: Search) -> None:
        super().__init__(loader)
        self._search = search

    async def show(self) -> None:
        """List the papers most like the one under the cursor, the nearest first."""
        await self._ui.leave_note()
        entry = self._state.entry
        if entry is None:
            self._ui.say(self._loader.no_paper(), tone="note")
            return
        await self._begin(entry)

    async def go_to(self, number: int) -> None:
        """List the papers most like the one under the cursor, with the cursor on one of them."""
        if self._state.entry is not None:
            await self._begin(self._state.entry, number)

    async def _begin(self, entry: Entry, to: int | None = None) -> None:
        finding = self._ui.run(lambda: self._list(entry, to), "similar", exclusive=True)
        with contextlib.suppress(TimeoutError, WorkerCancelled, WorkerFailed):
            await asyncio.wait_for(asyncio.shield(finding.wait()), _LONGEST_WAIT)

    async def _list(self, entry: Entry, to: int | None) -> None:
        async with self._ui.progress("Finding similar papers"):
            found = await self._in_thread(self._shelf.similar.nearest, entry)
        here = self._state.entry
        if found is None or here is None or here.id != entry.id:
            # The cursor has moved on meanwhile.
            return
        if not found:
            self._ui.say("No paper of the library is like this one.", tone="note")
            return
        paper = entry.paper
        await self._search.look_up(f"like:{paper.arxiv or paper.key}", keep=to)
