"""What the reading screen does for its controllers: tells, asks, shows, works beside the commands."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from textual.notifications import Notification
from textual.widget import Widget
from textual.widgets._toast import ToastHolder, ToastRack

from readlist.tui.commands import Context
from readlist.tui.keymap import KeyMap
from readlist.tui.panes import NotePane, Panes
from readlist.tui.state import ListState
from readlist.tui.ui import Detail, Repeating, Work
from readlist.tui.widgets.bars import LinkBar, ProgressLine
from readlist.tui.widgets.text_field import SearchField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.screen import Screen

    from readlist.services import Progress, Report
    from readlist.tui.controllers.program import Controllers

Answer = TypeVar("Answer")

_ALARM = 8.0
_WORD = 4.0
_SHOWN_AFTER = 1.0


class ScreenUi:
    """Fulfils `Ui` for the reading screen.

    Attributes:
        signs: the signs of a row.
        keys: every command's keys.
        doing: what is under way, in words.
        controllers: carry out the commands; set by the screen.
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
        self.keys = keys
        self.doing: list[str] = []
        self._screen = screen
        self._state = state
        self._panes = panes
        self._note = note
        self._clock = clock
        self._alarmed = 0.0
        self._link_of: int | None = None
        self._counts_shown: Mapping[str, int] = state.counts

    @property
    def context(self) -> Context:
        """Where the keys go now."""
        focused = self._screen.focused
        if isinstance(focused, SearchField):
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

    # Telling and asking

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a short message that goes by itself, in place of the last one; never as markup.

        What went wrong stays for its time.
        """
        now = time.monotonic()
        # Said again, it is shown once: failing refreshes would fill the screen with the same words.
        cleared = not wrong and now > self._alarmed
        for gone in [one for one in self._screen.app._notifications if cleared or one.message == text]:
            self._forget(gone)
        if wrong:
            self._alarmed = now + _ALARM
        severity: Literal["error", "information"] = "error" if wrong else "information"
        self._screen.notify(text, severity=severity, markup=False, timeout=_ALARM if wrong else _WORD)

    def _forget(self, notification: Notification) -> None:
        """Take a notification away, with the holder of its toast: Textual would leave that on the screen for ever."""
        app = self._screen.app
        app._unnotify(notification, refresh=False)
        for screen in app.screen_stack:
            for holder in screen.query(ToastHolder):
                if holder.id == ToastRack._toast_id(notification):
                    holder.remove()

    def ask(self, question: str) -> Awaitable[bool | None]:
        """Ask yes or no; the question is in front when this returns."""
        from readlist.tui.dialogs.dialog import Question

        return self.open(Question(self.keys, question))

    def choose(self, title: str, offers: Sequence[tuple[str, str]]) -> Awaitable[int | None]:
        """Offer several things, each a name and a text; gives the place of the one taken."""
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
        offer: tuple[str, str] | Awaitable[tuple[str, str]] | None = None,
    ) -> Awaitable[str | None]:
        """Ask for a line of text; gives what was typed, None or nothing when it was left."""
        from readlist.tui.dialogs.dialog import Prompt

        prompt = Prompt(self.keys, title, question, verb, placeholder=placeholder, path=path, check=check)

        async def come(later: Awaitable[tuple[str, str]]) -> None:
            prompt.offer(*await later)

        if isinstance(offer, tuple):
            prompt.offer(*offer)
        elif offer is not None:
            self.run(lambda: come(offer), "offer", exclusive=True)
        return self.open(prompt)

    def open(self, dialog: Screen[Answer]) -> Awaitable[Answer | None]:
        """Put a dialog in front; gives what it returns."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

        def answered(value: Answer | None) -> None:
            if not answer.done():
                answer.set_result(value)

        self._screen.app.push_screen(dialog, answered)
        return answer

    # Showing

    def show(self, *, detail: Detail = "changed", in_place: bool = False) -> None:
        """Draw what of the state differs from what can be seen."""
        self._panes.show(detail=detail, in_place=in_place)
        entry = self._state.entry
        if self._link_of is not None and (entry is None or entry.id != self._link_of):
            self.run(self.hide_link, "link")
        if self._state.counts is not self._counts_shown:
            self._counts_shown = self._state.counts
            if self._state.search:
                self.controllers.search.show_found()

    async def drawn(self) -> None:
        """Wait until what is shown is drawn."""
        drawn = asyncio.Event()
        self._screen.call_after_refresh(drawn.set)
        await drawn.wait()

    @contextlib.asynccontextmanager
    async def progress(self, doing: str) -> AsyncIterator[Report]:
        """Show a line of progress while something takes over a second; gives what reports it from any thread."""
        line = ProgressLine(doing)
        self.doing.append(doing)
        appears = self._screen.set_timer(_SHOWN_AFTER, lambda: self._screen.mount(line, before="#key-bar"))
        loop = asyncio.get_running_loop()

        def report(progress: Progress) -> None:
            # The app may be ending while the work goes on.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(line.report, progress)

        try:
            yield report
        finally:
            # When the screen ends, what is done in a thread goes on.
            if not isinstance(sys.exc_info()[1], asyncio.CancelledError):
                self.doing.remove(doing)
            appears.stop()
            if line.is_attached:
                await line.remove()

    # Working

    def run(self, work: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False) -> Work:
        """Do something beside the commands; exclusive and overtaken before its turn, it is never begun."""

        async def begun() -> object:
            return await work()

        # Textual's own type of what it takes can't be met by a callable.
        return self._screen.run_worker(cast(Any, begun), group=group, exclusive=exclusive)

    async def command(self, name: str) -> None:
        """Carry out a command by its name."""
        await self._screen.app.run_action(f"command({name!r})", self._screen)

    def every(self, seconds: float, call: Callable[[], object]) -> Repeating:
        """Do something from time to time."""
        return self._screen.set_interval(seconds, cast(Any, call))

    # Panes

    def focus(self, pane: Literal["list", "detail"]) -> None:
        """Give the keys to a pane."""
        self._screen.set_focus(self._panes.detail if pane == "detail" else self._panes.list)

    @property
    def page(self) -> int:
        """How many lines of the pane that has the keys are in sight, but for one."""
        pane: Widget = self._panes.detail if self.context == "detail" else self._panes.list
        return max(1, pane.size.height - 1)

    def scroll_detail(self, lines: int) -> None:
        """Scroll the detail by some lines, to an end at most."""
        self._panes.detail.scroll_relative(y=lines, animate=False)

    async def leave_note(self) -> None:
        """Save the note that is being written here, if one is, and close its editor."""
        if self._note.text is not None:
            await self.controllers.notes.leave()

    async def show_link(self, text: str) -> None:
        """Show a text large, for the mouse, until the cursor leaves its paper; in place of the one before."""
        await self.hide_link()
        entry = self._state.entry
        self._link_of = entry.id if entry is not None else None
        self._screen.add_class("-link")
        await self._screen.mount(LinkBar(self.keys, text), before="#key-bar")

    async def hide_link(self) -> bool:
        """Take away the text that is shown large; tells whether one was."""
        self._link_of = None
        self._screen.remove_class("-link")
        shown = self._screen.query(LinkBar)
        found = bool(shown)
        await shown.remove()
        return found
