"""The tally of the day: counted in a thread from the marks themselves; marks made here are added at once."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from datetime import time as time_of_day

from readlist.model.tally import Tally
from readlist.shelf import EXPECTED
from readlist.tui.controllers.feeds import Fetcher
from readlist.tui.loader import Controller, Loader
from readlist.tui.render.status_text import day_lines, tally_forms

_PAUSE, _SHARE = 0.2, 10
"""Seconds between two counts, and how many times as long as a count takes: held keys are counted together."""

_LOOKED_EVERY = 60.0
_EVER = datetime.min.replace(tzinfo=UTC)


class TallyBoard(Controller):
    """Shows what was decided since midnight, in the status line and at inbox zero."""

    def __init__(self, loader: Loader, fetcher: Fetcher) -> None:
        """Count nothing yet; the fetcher knows when feeds are fetched next."""
        super().__init__(loader)
        self._fetcher = fetcher
        self._counting = self._again = False
        self._tally: Tally | None = None
        self._midnight = _EVER
        self._fetch: datetime | None = None

    def begin(self) -> None:
        """Count now, and at midnight."""
        self._ui.every(_LOOKED_EVERY, self.recount)
        self.recount()

    def follow(self) -> None:
        """Take into account what was decided here, at once; count what can't be known so."""
        changes, self._state.changes = self._state.changes, []
        if changes and self._tally is not None and not self._counting and self._midnight == self._last_midnight():
            self._show(self._tally.after(changes, self._midnight))
        else:
            self.recount()

    def recount(self) -> None:
        """Count in a thread, once more if marks change meanwhile."""
        self._again = True
        if not self._counting:
            self._counting = True
            self._ui.run(self._count, "tally")

    async def _count(self) -> None:
        try:
            while self._again:
                self._again = False
                midnight, begun = self._last_midnight(), time.monotonic()
                try:
                    tally, self._fetch = await asyncio.to_thread(self._counted, midnight)
                except EXPECTED:
                    # Problems that concern the user are reported where marks are made.
                    return
                self._midnight = midnight
                self._show(tally)
                if self._again:
                    await asyncio.sleep(max(_PAUSE, _SHARE * (time.monotonic() - begun)))
        finally:
            self._counting = False

    def _show(self, tally: Tally) -> None:
        self._tally = tally
        self._ui.show_tally(tally_forms(tally, self._ui.signs, sample=bool(self._state.sample)))
        self._loader.show_day(day_lines(tally, self._fetch, self._ui.signs))

    def _last_midnight(self) -> datetime:
        return datetime.combine(self._ui.now().astimezone().date(), time_of_day()).astimezone()

    def _counted(self, midnight: datetime) -> tuple[Tally, datetime | None]:
        return self._shelf.marks.tally(midnight), self._fetcher.next_fetch()
