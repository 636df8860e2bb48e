"""Moving about the list and the detail."""

from __future__ import annotations

import asyncio

from readlist.shelf import Shelf
from readlist.tui.commands import TO_THE_END
from readlist.tui.loader import Loader
from readlist.tui.state import ListState
from readlist.tui.ui import Ui

_LOOKED_THROUGH = 300
_SCROLLED = 3


class Browse:
    """The commands that move; in the detail, they scroll it."""

    def __init__(self, state: ListState, shelf: Shelf, ui: Ui, loader: Loader) -> None:
        self._state = state
        self._shelf = shelf
        self._ui = ui
        self._loader = loader

    def move(self, rows: int) -> None:
        """Go some rows down or up, to an end at most."""
        if self._ui.context == "detail":
            self._ui.scroll_detail(rows)
        else:
            self._go_to_row(self._state.cursor + rows)

    def _go_to_row(self, row: int) -> None:
        self._state.cursor = row
        self._ui.show()

    def half_page(self, step: int) -> None:
        """Go half a page down or up."""
        self.move(step * max(1, self._ui.page // 2))

    def page(self, step: int) -> None:
        """Go a page down or up."""
        self.move(step * self._ui.page)

    async def bottom(self) -> None:
        """Go to the end, once it is there."""
        if self._ui.context != "detail":
            await self._loader.settled()
        self.move(TO_THE_END)

    def scroll(self, step: int) -> None:
        """Scroll the detail a little down or up."""
        self._ui.scroll_detail(step * _SCROLLED)

    def detail(self) -> None:
        """Go into the detail."""
        self._ui.focus("detail")

    def detail_back(self) -> None:
        """Go back to the list."""
        self._ui.focus("list")

    async def next_unread(self, step: int = 1) -> None:
        """Go to the next unread paper, or the previous one."""
        if not await self._go_to_unread(step):
            self._ui.say(f"No unread paper further {'down' if step > 0 else 'up'}.")

    async def _go_to_unread(self, step: int) -> bool:
        """Go to the nearest unread paper in a direction; tells whether there is one."""
        ids = self._state.ids
        row = self._state.cursor + step
        for _ in range(_LOOKED_THROUGH):
            if not 0 <= row < len(ids):
                return False
            entry = self._state.entry_at(row)
            if entry is not None and entry.mark.read is None:
                self._go_to_row(row)
                return True
            row += step
        unread = await asyncio.to_thread(self._shelf.papers.unread_ids)
        while 0 <= row < len(ids):
            if ids[row] in unread:
                self._go_to_row(row)
                return True
            row += step
        return False
