"""The program itself: help, palette, quit; and the controllers, each made when first needed."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from readlist.model.view import NOTES, STARRED
from readlist.text.clean import counted, drawable
from readlist.tui.loader import Controller, Loader
from readlist.tui.ui import NoteField, PaneLayout, SearchLine, Terminal, when_answered

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.services.refresh import Refresh
    from readlist.tui.controllers.browse import Browse
    from readlist.tui.controllers.copy import Copy
    from readlist.tui.controllers.feeds import Feeds, Fetcher
    from readlist.tui.controllers.layouts import Layouts
    from readlist.tui.controllers.marks import Marks
    from readlist.tui.controllers.neighbours import Neighbours
    from readlist.tui.controllers.notes import Notes
    from readlist.tui.controllers.open import Open
    from readlist.tui.controllers.past import Past
    from readlist.tui.controllers.ranker import Ranker
    from readlist.tui.controllers.reasons import Reasons
    from readlist.tui.controllers.removal import Removal
    from readlist.tui.controllers.search import Search
    from readlist.tui.controllers.settings import Settings
    from readlist.tui.controllers.tags import Tags
    from readlist.tui.controllers.tally_board import TallyBoard
    from readlist.tui.controllers.transfer import Transfer
    from readlist.tui.controllers.views import Views
    from readlist.tui.dialogs.help import Help

_TOO_FEW = 3
"""Stars of which none can be judged by those before it."""


class Program(Controller):
    """The commands of the program itself."""

    def __init__(self, loader: Loader, search: Search, terminal: Terminal, past: Callable[[], Past]) -> None:
        super().__init__(loader)
        self._search = search
        self._past_list = past
        self._terminal = terminal
        # How good the match was on the user's stars, and for which counts of them.
        self._past: tuple[Mapping[str, int], str] | None = None

    async def back(self) -> None:
        """Cancel the work that says so; else leave note, link, detail, selection or search, the innermost first."""
        context = self._ui.context
        if context == "note":
            await self._ui.leave_note()
        elif self._ui.works.cancel() or self._ui.marked.unmark_text() or await self._ui.hide_link():
            pass
        elif context == "detail":
            self._ui.focus("list")
        elif context == "list" and self._state.range_from is not None:
            # What it selected stays so.
            self._state.range_from = None
            self._ui.show()
        elif context == "list" and self._state.selection:
            self._state.selection = frozenset()
            self._ui.show()
        elif self._search.is_open:
            await self._search.clear()
        elif self._loader.past is not None:
            await self._past_list().leave()

    def help(self) -> None:
        """Show the help."""
        from readlist.tui.dialogs.help import Help

        dialog = Help(self._ui.keys, self._ui.signs)
        closed = asyncio.ensure_future(self._ui.open(dialog))
        counts = self._state.counts
        if counts.get(STARRED.name, 0) + counts.get(NOTES.name, 0) > _TOO_FEW:
            self._ui.run(lambda: self._fill_in(dialog, closed), "past", exclusive=True)

    async def _fill_in(self, dialog: Help, closed: asyncio.Future[None]) -> None:
        """Show in the help how good the order by match was on the user's own stars, once that is found out."""
        from readlist.services.recommendation import past

        known = self._past
        if known is None or known[0] != self._state.counts:
            said = await self._in_thread(past, self._shelf, closed.done)
            if closed.done() or said is None:
                return
            self._past = known = self._state.counts, said
        if known[1]:
            dialog.add_past(f"{known[1][0].upper()}{known[1][1:]}.")

    def messages(self) -> None:
        """Show what was said lately."""
        from readlist.tui.dialogs.message_list import MessageList

        self._ui.messages.read()
        self._ui.open(MessageList(self._ui.keys, list(self._ui.messages), self._ui.now(), self._ui.signs))

    async def palette(self) -> None:
        """Open the command palette."""
        await self._ui.leave_note()
        from readlist.tui.dialogs.command_palette import Palette

        themes = sorted(self._terminal.available_themes)
        answer = self._ui.open(Palette(self._ui.keys, themes, ascii_only=self._ui.signs.dot.isascii()))
        when_answered(self._ui, answer, self._carry_out)

    async def theme(self) -> None:
        """Choose a theme; each is shown while the cursor is on it."""
        await self._ui.leave_note()
        from readlist.tui.dialogs.theme_picker import ThemePicker

        answer = self._ui.open(ThemePicker(self._ui.keys, self._terminal))
        when_answered(self._ui, answer, self._terminal.keep_theme)

    def _carry_out(self, offer: str) -> None:
        kind, _, name = offer.partition(":")
        if kind == "theme":
            self._terminal.keep_theme(name)
        else:
            self._ui.focus("list")
            self._ui.run(lambda: self._ui.command(name), "palette")

    def suspend(self) -> None:
        """Suspend readlist to the shell."""
        self._terminal.action_suspend_process()

    async def quit(self) -> None:
        """Quit; asks when marks would be lost."""
        status = self._shelf.marks.status()
        if not status.unsaved:
            await self._terminal.action_quit()
            return
        unsaved = f"Not saved yet: marks of {counted(len(status.unsaved), 'paper')} ({drawable(status.reason)})."
        answer = self._ui.ask(f"{unsaved}\nQuit anyway and lose unsaved changes?")
        when_answered(self._ui, answer, lambda _: self._ui.run(self._terminal.action_quit, "quit"))


class Controllers:
    """The controllers by their names in the table of commands."""

    def __init__(
        self,
        loader: Loader,
        *,
        search_line: SearchLine,
        note_field: NoteField,
        panes: PaneLayout,
        terminal: Terminal,
        config: Config,
        settings: Path | None,
        make_refresh: Callable[[], Refresh] | None,
    ) -> None:
        """Make no controller yet.

        Args:
            loader: the list, the shelf and the screen.
            search_line: where a search is typed.
            note_field: where a note is written.
            panes: how list and detail are laid out.
            terminal: the app and its terminal.
            config: the user's settings at the start.
            settings: config.toml, None to save nothing.
            make_refresh: makes the refresh service when first needed; None to never fetch.
        """
        self._loader = loader
        self._search_line, self._note_field, self._terminal = search_line, note_field, terminal
        self._panes = panes
        self._config, self._settings, self._make_refresh = config, settings, make_refresh

    def rank(self, by_match: bool) -> None:
        """Sort the list once it is known what fits the user, if it is by match."""
        if by_match or self.is_made("ranker"):
            self.ranker.asked(by_match)

    def is_made(self, name: str) -> bool:
        """Return whether a controller was needed yet."""
        return name in vars(self)

    @functools.cached_property
    def browse(self) -> Browse:
        """Move and scroll."""
        from readlist.tui.controllers.browse import Browse

        return Browse(self._loader)

    @functools.cached_property
    def settings(self) -> Settings:
        """Change config.toml."""
        from readlist.tui.controllers.settings import Settings

        return Settings(self._loader, self._settings)

    @functools.cached_property
    def layouts(self) -> Layouts:
        """Lay out list and detail."""
        from readlist.tui.controllers.layouts import Layouts

        return Layouts(self._loader, self._panes, self._config, self._settings)

    @functools.cached_property
    def marks(self) -> Marks:
        """Change marks."""
        from readlist.tui.controllers.marks import Marks

        return Marks(self._loader, self.browse)

    @functools.cached_property
    def removal(self) -> Removal:
        """Remove papers."""
        from readlist.tui.controllers.removal import Removal

        return Removal(self._loader, self.marks, self.search)

    @functools.cached_property
    def notes(self) -> Notes:
        """Write notes."""
        from readlist.tui.controllers.notes import Notes

        return Notes(self._loader, self._note_field, self._terminal, self._config)

    @functools.cached_property
    def tags(self) -> Tags:
        """Tag papers."""
        from readlist.tui.controllers.tags import Tags

        return Tags(self._loader, self.marks)

    @functools.cached_property
    def copy(self) -> Copy:
        """Copy."""
        from readlist.tui.controllers.copy import Copy

        return Copy(self._loader, self._terminal, self._config, self._settings)

    @functools.cached_property
    def open(self) -> Open:
        """Open in the browser."""
        from readlist.tui.controllers.open import Open

        return Open(self._loader, self._config.actions)

    @functools.cached_property
    def search(self) -> Search:
        """Search."""
        from readlist.tui.controllers.search import Search

        return Search(self._loader, self._search_line)

    @functools.cached_property
    def reasons(self) -> Reasons:
        """Say why papers match."""
        from readlist.tui.controllers.reasons import Reasons

        return Reasons(self._loader, lambda: self.ranker if self.is_made("ranker") else None)

    @functools.cached_property
    def neighbours(self) -> Neighbours:
        """List similar papers."""
        from readlist.tui.controllers.neighbours import Neighbours

        return Neighbours(self._loader, self.search)

    @functools.cached_property
    def past(self) -> Past:
        """Show the list as of a day."""
        from readlist.tui.controllers.past import Past

        return Past(self._loader)

    @functools.cached_property
    def views(self) -> Views:
        """Views and sort order."""
        from readlist.tui.controllers.views import Views

        return Views(self._loader, self.search, self._config, self._settings)

    @functools.cached_property
    def feeds(self) -> Feeds:
        """List, follow and unfollow feeds."""
        from readlist.tui.controllers.feeds import Feeds

        return Feeds(self._loader, self.search, self.fetcher, self._settings)

    @functools.cached_property
    def fetcher(self) -> Fetcher:
        """Fetch feeds."""
        from readlist.tui.controllers.feeds import Fetcher

        return Fetcher(self._loader, self._config, self._make_refresh)

    @functools.cached_property
    def tally_board(self) -> TallyBoard:
        """Count what was decided today."""
        from readlist.tui.controllers.tally_board import TallyBoard

        return TallyBoard(self._loader, self.fetcher)

    @functools.cached_property
    def ranker(self) -> Ranker:
        """Learn what fits the user."""
        from readlist.tui.controllers.ranker import Ranker

        return Ranker(self._loader)

    @functools.cached_property
    def transfer(self) -> Transfer:
        """Add, import, export."""
        from readlist.tui.controllers.transfer import Transfer

        return Transfer(self._loader, self.feeds, self.fetcher)

    @functools.cached_property
    def program(self) -> Program:
        """Help, palette, quit."""
        return Program(self._loader, self.search, self._terminal, lambda: self.past)
