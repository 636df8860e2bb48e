"""The program itself: help, palette, leaving."""

from __future__ import annotations

from readlist.shelf import Shelf
from readlist.text.clean import drawable
from readlist.tui.controllers.search import Search
from readlist.tui.state import ListState
from readlist.tui.ui import Terminal, Ui, when_answered


class Program:
    """The commands that are about no paper."""

    def __init__(self, state: ListState, shelf: Shelf, ui: Ui, search: Search, terminal: Terminal) -> None:
        self._state = state
        self._shelf = shelf
        self._ui = ui
        self._search = search
        self._terminal = terminal

    async def back(self) -> None:
        """Leave the innermost thing: note, link, detail, selection, search."""
        context = self._ui.context
        if context == "note":
            await self._ui.leave_note()
        elif await self._ui.hide_link():
            pass
        elif context == "detail":
            self._ui.focus("list")
        elif context == "search":
            await self._search.clear()
        elif self._state.selection:
            self._state.selection = frozenset()
            self._ui.show()
        elif self._search.is_open:
            await self._search.clear()

    def help(self) -> None:
        """Show the help."""
        from readlist.tui.dialogs.help import Help

        self._ui.open(Help(self._ui.keys, self._ui.signs))

    async def palette(self) -> None:
        """Open the command palette."""
        await self._ui.leave_note()
        from readlist.tui.dialogs.palette import Palette

        answer = self._ui.open(Palette(self._ui.keys, sorted(self._terminal.available_themes)))
        when_answered(self._ui, answer, self._carry_out)

    def _carry_out(self, offer: str) -> None:
        kind, _, name = offer.partition(":")
        if kind == "theme":
            self._terminal.theme = name
        else:
            self._ui.focus("list")
            self._ui.run(lambda: self._ui.command(name), "palette")

    def suspend(self) -> None:
        """Go back to the shell until readlist is continued."""
        self._terminal.action_suspend_process()

    async def quit(self) -> None:
        """Leave readlist; asks when marks would be lost by that."""
        status = self._shelf.marks.status()
        if not status.unsaved:
            await self._terminal.action_quit()
            return
        number = len(status.unsaved)
        what = "The mark of 1 paper is" if number == 1 else f"The marks of {number:,} papers are"
        answer = self._ui.ask(
            f"{what} not on disk yet: {drawable(status.reason)}.\nLeave nevertheless, and lose what can't be saved?"
        )
        when_answered(self._ui, answer, lambda _: self._ui.run(self._terminal.action_quit, "quit"))
