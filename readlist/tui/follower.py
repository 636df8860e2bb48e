"""Shows in the list what changes outside the screen, and what could not be saved."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable

from readlist.services import Progress
from readlist.shelf import EXPECTED, Event, LibraryBusy, Notice, SaveFailed
from readlist.tui.loader import Controller, Loader
from readlist.tui.message_log import GLANCE

_CHECKED_EVERY = 1.0


class Follower(Controller):
    """Shows in the list what changes outside the screen."""

    def __init__(self, loader: Loader) -> None:
        super().__init__(loader)
        self._unsaved = ""
        self._is_following = False

    def start(self, call: Callable[[Callable[[Event], None], Event], object]) -> None:
        """Start to follow.

        Args:
            call: calls a function with an event in the screen's thread.
        """

        def heard(event: Event) -> None:
            """Pass an event of the mark store to the screen; called in the store's thread."""
            # The app may have ended meanwhile and closed its loop.
            with contextlib.suppress(RuntimeError):
                call(self._show, event)

        self._shelf.marks.listen(heard)
        # Notices from before anyone listened.
        for text in self._shelf.marks.status().notices:
            self._show(Notice(text))
        self._ui.every(_CHECKED_EVERY, self._check)

    def stop(self) -> None:
        """Stop listening to the store."""
        self._shelf.marks.listen(None)

    async def catch_up(self) -> None:
        """Bring the list up to date with the marks on disk; quarantined files are reported by events."""
        try:
            async with self._ui.progress("Reading marks") as report:
                changed = await asyncio.to_thread(
                    self._shelf.sync.catch_up,
                    progress=lambda done, total: report(Progress(done, total, "papers")),
                )
            if changed and self._state.decisions:
                # Papers decided meanwhile stay in their rows.
                await self._loader.add_new(in_order=False)
            elif changed:
                self._loader.ask_again()
        except LibraryBusy:
            # Retried every second.
            self._ui.say(
                "Library in use by another readlist. Marks are saved; the list updates when it is free.", tone="warning"
            )
        except EXPECTED as error:
            self._ui.say(str(error), wrong=True)

    def _show(self, event: Event) -> None:
        if isinstance(event, Notice):
            self._ui.say(event.text, wrong=True)
            return
        if isinstance(event, SaveFailed):
            self._unsaved = f"Not saved yet, retrying: {event.reason}"
            self._ui.say(self._unsaved, wrong=True)
        self._loader.fetch_again(event.keys)

    def _check(self) -> None:
        """Follow what has changed, and say again what is not saved once another message was seen."""
        if self._unsaved and not self._shelf.marks.status().unsaved:
            self._unsaved = ""
        shown = self._ui.messages.shown
        if self._unsaved and (shown is None or (shown.text != self._unsaved and shown.at <= self._ui.now() - GLANCE)):
            self._ui.say(self._unsaved, wrong=True)
        # One that takes long is not replaced: what has changed is reported once.
        if not self._is_following:
            self._is_following = True
            self._ui.run(self._follow, "follow")

    async def _follow(self) -> None:
        try:
            followed = await asyncio.to_thread(self._shelf.sync.follow)
        except EXPECTED:
            # Retried in a second; problems that concern the user are reported when a mark is made.
            return
        finally:
            self._is_following = False
        if followed.marks:
            self._loader.fetch_again(followed.marks)
        if followed.papers or followed.marks:
            # Marks may remove papers, or restore them. In a worker of its own, which the next check does not cancel.
            add = functools.partial(self._loader.add_new, in_order=followed.papers)
            self._ui.run(add, "papers", exclusive=True)
