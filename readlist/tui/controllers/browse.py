"""Browse: move in the list, scroll the detail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice

from readlist.tui.commands import TO_THE_END
from readlist.tui.loader import Controller, Loader

_FETCHED_AHEAD = 100
"""Rows that are looked at one by one; beyond them, all unread papers are found in a thread."""

_SCROLLED = 3
_NONE_BELOW = "No more unread below {dot} {left} above. {key:next_unread}: go to the first"
_NONE_ABOVE = "No more unread above {dot} {left} below. {key:previous_unread}: go to the last"


class Browse(Controller):
    """The commands that move the cursor, or scroll the detail when it has the focus."""

    def __init__(self, loader: Loader) -> None:
        super().__init__(loader)
        # Where it was last said that no unread paper follows: the list, the row, the direction.
        self._ended: tuple[object, int, int] | None = None

    def move(self, rows: int) -> None:
        """Move some rows down or up."""
        if self._ui.context == "detail":
            self._ui.scroll_detail(rows)
        else:
            self._go_to_row(self._state.cursor + rows)

    def _go_to_row(self, row: int) -> None:
        self._state.cursor = row
        self._ui.show()

    def half_page(self, step: int) -> None:
        """Move half a page down or up."""
        self.move(step * max(1, self._ui.page // 2))

    def page(self, step: int) -> None:
        """Move a page down or up."""
        self.move(step * self._ui.page)

    async def bottom(self, number: int = 0) -> None:
        """Go to the last paper, or the one with a number, once all are loaded."""
        if self._ui.context != "detail":
            await self._loader.settled()
        self.move(number - 1 - self._state.cursor if number and self._ui.context != "detail" else TO_THE_END)

    def count(self) -> None:
        """Begin a number for the next command that moves; its digits follow."""
        self._state.number = 0
        hint = "Count: type a number, then {key:down}, {key:up}, {key:next_unread} or {key:bottom}"
        self._ui.say(self._ui.keys.text(hint), tone="note")

    def scroll(self, step: int) -> None:
        """Scroll the detail from the list."""
        self._ui.scroll_detail(step * _SCROLLED)

    def detail(self) -> None:
        """Focus the detail."""
        self._ui.focus("detail")

    def detail_back(self) -> None:
        """Focus the list."""
        self._ui.focus("list")

    async def next_unread(self, step: int = 1) -> None:
        """Go to the next unread paper, or the previous one; with a larger step, some papers on, or the last of them."""
        ids, cursor = self._state.ids, self._state.cursor
        one = 1 if step > 0 else -1
        ahead = range(cursor + one, len(ids) if step > 0 else -1, one)
        found: list[int] = []
        for row in ahead[:_FETCHED_AHEAD]:
            entry = self._state.entry_at(row)
            if entry is not None and entry.mark.read is None:
                found.append(row)
                if len(found) == abs(step):
                    self._go_to_row(row)
                    return
        unread = await asyncio.to_thread(self._shelf.papers.unread_ids)
        found += islice((row for row in ahead[_FETCHED_AHEAD:] if ids[row] in unread), abs(step) - len(found))
        if found:
            self._go_to_row(found[-1])
            return
        behind = range(cursor) if step > 0 else range(cursor + 1, len(ids))
        self._end(step, [row for row in behind if ids[row] in unread])

    def _end(self, step: int, left: Sequence[int]) -> None:
        """Say that no unread paper follows, and how many are left elsewhere; when asked again, go to the first."""
        ids, cursor = self._state.ids, self._state.cursor
        ended, self._ended = self._ended, (ids, cursor, step)
        if not left:
            self._ui.say("No unread papers left in this list.", tone="note")
        elif ended is not None and ended[0] is ids and ended[1:] == (cursor, step):
            self._go_to_row(left[0] if step > 0 else left[-1])
        else:
            text = _NONE_BELOW if step > 0 else _NONE_ABOVE
            self._ui.say(self._ui.keys.text(text, dot=self._ui.signs.dot, left=f"{len(left):,}"), tone="note")
