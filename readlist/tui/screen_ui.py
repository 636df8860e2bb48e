"""What the reading screen does for its controllers: messages, dialogs, drawing, background work."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from readlist.tui.commands import Context
from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import Tone
from readlist.tui.panes import NotePane, Panes
from readlist.tui.state import ListState
from readlist.tui.ui import Detail, MarkedText, Repeating, Work, Works
from readlist.tui.widgets.bars import SEARCH_FIELD, LinkBar
from readlist.tui.widgets.status_line import StatusBoard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.screen import Screen

    from readlist.services import Progress, Report
    from readlist.tui.controllers.program import Controllers

Answer = TypeVar("Answer")


class ScreenUi:
    """Fulfils `Ui` for the reading screen.

    Attributes:
        signs: the signs of a row.
        keys: every command's keys.
        marked: the text of the detail that is marked with the mouse.
        board: the status line.
        works: the work under way, to be cancelled.
        asks: whether it is asked whether a copy arrived, so that some keys answer that.
        messages: what was said in this session.
        show_tally: shows what was decided today in the status line.
        controllers: run the commands; set by the screen.
    """

    controllers: Controllers

    def __init__(
        self,
        screen: Screen[None],
        state: ListState,
        panes: Panes,
        keys: KeyMap,
        note: NotePane,
        clock: Callable[[], datetime],
    ) -> None:
        self.signs = panes.signs
        self.marked: MarkedText = panes.detail
        self.keys = keys
        self.board = StatusBoard(screen, keys, panes.signs, clock)
        self.works: Works = self.board
        self.messages = self.board.log
        self.show_tally = self.board.tally
        self._screen = screen
        self._state = state
        self._panes = panes
        self._note = note
        self._clock = clock
        self._link: LinkBar | None = None
        self.asks = False
        self._link_of: int | None = None
        self._counts_shown: Mapping[str, int] = state.counts

    @property
    def context(self) -> Context:
        """Which keys apply now."""
        focused = self._screen.focused
        if focused is not None and focused.id == SEARCH_FIELD:
            return "search"
        if self._note.holds(focused):
            return "note"
        return "detail" if focused is self._panes.detail else "list"

    @property
    def width(self) -> int:
        """How many cells wide the screen is."""
        return self._screen.size.width

    def now(self) -> datetime:
        """Return the present time."""
        return self._clock()

    # Messages and dialogs

    def say(
        self,
        text: str,
        *,
        wrong: bool = False,
        tone: Tone = "done",
        details: Sequence[str] = (),
        short: str = "",
    ) -> None:
        """Show a message in the status line until the next one; it is kept in the list of messages."""
        self.board.say(text, "wrong" if wrong else tone, details, short)

    def ask(self, question: str) -> Awaitable[bool | None]:
        """Ask yes or no; the question is shown when this returns."""
        from readlist.tui.dialogs.dialog import Question

        return self.open(Question(self.keys, question))

    def choose(self, title: str, offers: Sequence[tuple[str, str]]) -> Awaitable[int | None]:
        """Show a menu of names and texts; gives the place of the item chosen."""
        from readlist.tui.dialogs.dialog import Choice

        return self.open(Choice(self.keys, title, offers))

    def prompt(
        self,
        title: str,
        question: str,
        verb: str,
        *,
        placeholder: str = "",
        check: Callable[[str], str] | None = None,
        path: bool = False,
        complete: Callable[[str], str | None] | None = None,
        offer: tuple[str, str] | Awaitable[tuple[str, str]] | None = None,
    ) -> Awaitable[str | None]:
        """Ask for a line of text; gives it, None or empty when cancelled."""
        from readlist.tui.dialogs.dialog import Prompt

        prompt = Prompt(
            self.keys, title, question, verb, placeholder=placeholder, path=path, check=check, complete=complete
        )

        async def come(later: Awaitable[tuple[str, str]]) -> None:
            prompt.offer(*await later)

        if isinstance(offer, tuple):
            prompt.offer(*offer)
        elif offer is not None:
            self.run(lambda: come(offer), "offer", exclusive=True)
        return self.open(prompt)

    def open(self, dialog: Screen[Answer]) -> Awaitable[Answer | None]:
        """Show a dialog; gives what it returns."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

        def answered(value: Answer | None) -> None:
            if not answer.done():
                answer.set_result(value)

        self._screen.app.push_screen(dialog, answered)
        return answer

    # Drawing

    def show(self, *, detail: Detail = "changed", in_place: bool = False) -> None:
        """Draw what has changed in the state."""
        self._panes.show(detail=detail, in_place=in_place)
        self._screen.app.title = self._panes.title
        if self.controllers.is_made("reasons"):
            self.controllers.reasons.follow()
        entry = self._state.entry
        if self._link_of is not None and (entry is None or entry.id != self._link_of):
            self.run(self.hide_link, "link")
        if self._state.counts is not self._counts_shown:
            self._counts_shown = self._state.counts
            if self.controllers.is_made("tally_board"):
                self.controllers.tally_board.follow()
            if self.controllers.is_made("ranker"):
                self.controllers.ranker.follow()
            if self._state.search:
                self.controllers.search.show_found()

    async def drawn(self) -> None:
        """Draw what is shown now, or wait until it is drawn if the screen must be laid out for it."""
        self._panes.paint()
        drawn = asyncio.Event()
        self._screen.call_after_refresh(drawn.set)
        await drawn.wait()

    @contextlib.asynccontextmanager
    async def progress(self, doing: str, *, cancellable: bool = False) -> AsyncIterator[Report]:
        """Show the progress of work of over a second; gives the function that reports it, from any thread."""
        from readlist.services import Cancelled

        work = self.board.begin(doing, cancellable=cancellable)
        loop = asyncio.get_running_loop()

        def report(progress: Progress) -> None:
            if work.cancelled:
                raise Cancelled
            # The app may be ending while the work goes on.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self.board.report, work, progress)

        try:
            yield report
        finally:
            # When the screen ends, work in a thread goes on.
            if not isinstance(sys.exc_info()[1], asyncio.CancelledError):
                self.board.end(work)

    # Background work

    def run(self, work: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False) -> Work:
        """Run work in the background; exclusive work replaced before its turn is never begun."""

        async def begun() -> object:
            return await work()

        # Textual's type has no callables that return coroutines.
        return self._screen.run_worker(cast(Any, begun), group=group, exclusive=exclusive)

    async def command(self, name: str) -> None:
        """Run a command by its name."""
        await self._screen.app.run_action(f"command({name!r})", self._screen)

    def every(self, seconds: float, call: Callable[[], object]) -> Repeating:
        """Call something at intervals."""
        return self._screen.set_interval(seconds, cast(Any, call))

    # Panes

    def focus(self, pane: Literal["list", "detail"]) -> None:
        """Focus a pane."""
        self._screen.set_focus(self._panes.detail if pane == "detail" else self._panes.list)

    @property
    def page(self) -> int:
        """The height of the focused pane in lines, or rows of the list, less one."""
        return max(1, self._panes.detail.size.height - 1) if self.context == "detail" else self._panes.list.page

    def scroll_detail(self, lines: int) -> None:
        """Scroll the detail by some lines."""
        self._panes.detail.scroll_relative(y=lines, animate=False)

    async def leave_note(self) -> None:
        """Save the note being edited, if any, and close its editor."""
        if self._note.text is not None:
            await self.controllers.notes.leave()

    async def show_link(self, text: str, *, says: str = "", asks: bool = False) -> None:
        """Show a text to select with the mouse, until the next key; or ask whether it arrived."""
        await self.hide_link()
        entry = self._state.entry
        self._link_of = entry.id if entry is not None else None
        self._link, self.asks = LinkBar(self.keys, text, says, self.signs, asks=asks), asks
        # It takes the place of the status line, so that a question moves no row.
        self._screen.add_class("-link")
        await self._screen.mount(self._link, before="#status-line")

    async def hide_link(self) -> bool:
        """Hide the text shown by `show_link`; returns whether there was one."""
        shown, self._link, self._link_of, self.asks = self._link, None, None, False
        if shown is None:
            return False
        self._screen.remove_class("-link")
        await shown.remove()
        return True
