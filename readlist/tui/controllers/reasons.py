"""Reasons: why a paper matches."""

from __future__ import annotations

from readlist.services.recommendation import explained
from readlist.shelf import Entry
from readlist.tui.loader import Controller


class Reasons(Controller):
    """Says why the paper under the cursor matches."""

    async def why(self) -> None:
        """Show what each word of the paper under the cursor adds to its match, and from which star."""
        await self._ui.leave_note()
        if self._state.entry is None:
            self._ui.say(self._loader.no_paper(), tone="note")
            return
        entry = self._state.entry
        self._ui.run(lambda: self._explain(entry), "why", exclusive=True)

    async def _explain(self, entry: Entry) -> None:
        from readlist.tui.dialogs.match_table import MatchTable

        async with self._ui.progress("Finding out why"):
            explanation = await self._in_thread(explained, self._shelf, entry)
        if explanation is not None:
            self._ui.open(MatchTable(self._ui.keys, entry.paper, explanation, self._ui.signs))
