"""Moving about the list and the detail."""

from __future__ import annotations

import asyncio

from readlist.shelf import Shelf
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

    def _move(self, rows: int) -> None:
        if self._ui.context == "detail":
            self._ui.scroll_detail(rows)
        else:
            self._go_to_row(self._state.cursor + rows)

    def _go_to_row(self, row: int) -> None:
        self._state.cursor = row
        self._ui.show()

    def down(self) -> None:
        """Go one down."""
        self._move(1)

    def up(self) -> None:
        """Go one up."""
        self._move(-1)

    def half_page_down(self) -> None:
        """Go half a page down."""
        self._move(max(1, self._ui.page // 2))

    def half_page_up(self) -> None:
        """Go half a page up."""
        self._move(-max(1, self._ui.page // 2))

    def page_down(self) -> None:
        """Go a page down."""
        self._move(self._ui.page)

    def page_up(self) -> None:
        """Go a page up."""
        self._move(-self._ui.page)

    def top(self) -> None:
        """Go to the top."""
        if self._ui.context == "detail":
            self._ui.scroll_detail("top")
        else:
            self._go_to_row(0)

    async def bottom(self) -> None:
        """Go to the end, once it is there."""
        if self._ui.context == "detail":
            self._ui.scroll_detail("end")
            return
        await self._loader.settled()
        self._go_to_row(len(self._state.ids) - 1)

    def scroll_down(self) -> None:
        """Scroll the detail down."""
        self._ui.scroll_detail(_SCROLLED)

    def scroll_up(self) -> None:
        """Scroll the detail up."""
        self._ui.scroll_detail(-_SCROLLED)

    def detail(self) -> None:
        """Go into the detail."""
        self._ui.focus("detail")

    def detail_back(self) -> None:
        """Go back to the list."""
        self._ui.focus("list")

    async def next_unread(self) -> None:
        """Go to the next unread paper."""
        if not await self._go_to_unread(1):
            self._ui.say("No unread paper further down.")

    async def previous_unread(self) -> None:
        """Go to the previous unread paper."""
        if not await self._go_to_unread(-1):
            self._ui.say("No unread paper further up.")

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
