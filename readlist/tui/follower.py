"""Follows what happens outside the screen: the mark store's events, and what other programs change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from readlist.shelf import EXPECTED, Event, LibraryBusy, Notice, SaveFailed, Shelf
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from readlist.tui.ui import Ui

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
