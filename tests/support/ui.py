"""A screen that only takes notes: controllers are tested with it, without an app."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from textual.app import SuspendNotSupported
from textual.theme import Theme

from readlist.services import Cancelled, Progress, Report
from readlist.tui.commands import Context
from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import MessageLog, Tone
from readlist.tui.render.signs import SIGNS
from readlist.tui.ui import ANSWER, Detail, Works

if TYPE_CHECKING:
    from textual.screen import Screen

    from readlist.config import Layout

Answer = TypeVar("Answer")


@dataclass
class FakeRepeating:
    """A call that a test makes itself."""

    seconds: float
    call: Callable[[], object]
    stopped: bool = False

    def stop(self) -> None:
        """Take note that it is wanted no more."""
        self.stopped = True


@dataclass
class FakeWork:
    """Something under way."""

    task: asyncio.Task[object]
    group: str

    async def wait(self) -> object:
        """Wait until it is done."""
        return await self.task


@dataclass
class FakePaneLayout:
    """A layout that is never drawn; fulfils `PaneLayout`."""

    layout_chosen: Layout = "auto"
    list_width: int = 58
    list_height: int = 53
    shape: Literal["side", "stacked", "single"] = "side"
    home: Literal["list", "detail"] = "list"

    def choose(self, layout: Layout) -> None:
        """Take note of the layout."""
        self.layout_chosen = layout

    def next_layout(self) -> Layout:
        """Return always the same."""
        return "stacked"

    def move_border(self, cells: int) -> bool:
        """Move it."""
        self.list_width += cells
        return True


@dataclass
class FakeMarked:
    """Fulfils `MarkedText`."""

    marked_text: tuple[str, int] = ("", 0)

    def unmark_text(self) -> bool:
        """Forget it."""
        had, self.marked_text = bool(self.marked_text[0]), ("", 0)
        return had


@dataclass
class FakeUi:
    """Fulfils `Ui`.

    Attributes:
        answers: what is answered to questions, menus, prompts and dialogs, in their order; None leaves them. To a
            prompt, an empty text takes what is offered; something to wait for leaves the question open meanwhile.
        said: what was said; `failures` are those messages that tell of something wrong.
        asked: what was asked: the question, the title of a menu or prompt.
        offers: what the last menu offered.
        rejected: what was wrong with answers to prompts; those are left then.
        opened: the dialogs.
        shown: how the screen was drawn.
        link: what is shown large; with what, `link_says`, and whether its arrival is asked for.
        commands: the commands that were carried out by name.
        marked: the text of the detail that is marked.
        focused: the pane that has the keys.
        scrolled: how the detail was scrolled.
        progress_of: what pieces of work were called.
        reports: what they reported.
        cancelled_after: work that can be cancelled is so when it has reported so often.
        repeating: what is done from time to time.
        tally: what was decided today.
    """

    answers: list[object] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    offers: Sequence[tuple[str, str]] = ()
    rejected: list[str] = field(default_factory=list)
    opened: list[object] = field(default_factory=list)
    shown: list[Detail] = field(default_factory=list)
    link: str | None = None
    link_asks: bool = False
    link_says: str = ""
    commands: list[str] = field(default_factory=list)
    focused: str = "list"
    scrolled: list[int] = field(default_factory=list)
    progress_of: list[str] = field(default_factory=list)
    reports: list[Progress] = field(default_factory=list)
    cancelled_after: int | None = None
    repeating: list[FakeRepeating] = field(default_factory=list)
    marked: FakeMarked = field(default_factory=FakeMarked)
    tally: tuple[str, ...] = ()
    context: Context = "list"
    width: int = 120
    page: int = 20
    changed_keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self.signs = SIGNS
        self.keys = KeyMap(self.changed_keys)
        self.messages = MessageLog()
        self.works: Works = self
        self._works: list[FakeWork] = []

    async def settled(self, *, answered: bool = True) -> None:
        """Wait until everything that was `run` is done; raises what went wrong in it.

        Args:
            answered: whether that includes what waits for an answer.
        """
        while works := [work for work in self._works if answered or work.group != ANSWER]:
            self._works.remove(works[0])
            with contextlib.suppress(asyncio.CancelledError):
                await works[0].wait()

    def now(self) -> datetime:
        """Return the present time."""
        return self.clock()

    def say(
        self,
        text: str,
        *,
        wrong: bool = False,
        tone: Tone = "done",
        details: Sequence[str] = (),
        short: str = "",
    ) -> None:
        """Take note of a message."""
        self.said.append(text)
        self.messages.say(text, self.now(), "wrong" if wrong else tone, details, short)
        if wrong:
            self.failures.append(text)

    async def _answer(self) -> Any:
        assert self.answers, f"no answer to `{self.asked[-1]}`"
        answer = self.answers.pop(0)
        return await answer if inspect.isawaitable(answer) else answer

    def show_tally(self, forms: tuple[str, ...]) -> None:
        """Take note of the tally."""
        self.tally = forms

    async def ask(self, question: str) -> bool:
        """Answer a question."""
        self.asked.append(question)
        return bool(await self._answer())

    async def choose(self, title: str, offers: Sequence[tuple[str, str]]) -> int | None:
        """Take an offer by its place, or by how its name begins."""
        self.asked.append(title)
        self.offers = offers
        answer = await self._answer()
        if isinstance(answer, str):
            return next(place for place, (name, _) in enumerate(offers) if name.startswith(answer))
        return cast("int | None", answer)

    async def prompt(
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
    ) -> str | None:
        """Type a text, or take the one that is offered."""
        self.asked.append(title)
        offered = "" if offer is None else (await offer if inspect.isawaitable(offer) else offer)[0]
        answer = await self._answer()
        text = offered if answer == "" else answer
        if text and check is not None and (problem := check(text)):
            self.rejected.append(problem)
            return None
        return cast("str | None", text)

    def open(self, dialog: Screen[Answer]) -> Awaitable[Answer | None]:
        """Take note of a dialog, and answer it."""
        self.asked.append(type(dialog).__name__)
        self.opened.append(dialog)
        return asyncio.ensure_future(self._answer())

    def show(self, *, detail: Detail = "changed", in_place: bool = False) -> None:
        """Take note that the screen is drawn."""
        self.shown.append(detail)

    async def drawn(self) -> None:
        """It is."""

    @contextlib.asynccontextmanager
    async def progress(self, doing: str, *, cancellable: bool = False) -> AsyncIterator[Report]:
        """Take note of work and how far it is."""
        self.progress_of.append(doing)

        def report(progress: Progress) -> None:
            if cancellable and self.cancelled_after is not None and len(self.reports) >= self.cancelled_after:
                raise Cancelled
            self.reports.append(progress)

        yield report

    def cancel(self) -> bool:
        """Cancel nothing: that is for the status line."""
        return False

    def run(self, work: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False) -> FakeWork:
        """Begin something."""
        if exclusive:
            for other in self._works:
                if other.group == group:
                    other.task.cancel()

        async def begun() -> object:
            return await work()

        made = FakeWork(asyncio.create_task(begun()), group)
        self._works.append(made)
        return made

    async def command(self, name: str) -> None:
        """Take note of a command."""
        self.commands.append(name)

    def every(self, seconds: float, call: Callable[[], object]) -> FakeRepeating:
        """Take note of what is to be done again and again."""
        made = FakeRepeating(seconds, call)
        self.repeating.append(made)
        return made

    def focus(self, pane: Literal["list", "detail"]) -> None:
        """Take note of the pane that has the keys."""
        self.focused = self.context = pane

    def scroll_detail(self, lines: int) -> None:
        """Take note of scrolling."""
        self.scrolled.append(lines)

    async def leave_note(self) -> None:
        """There is none."""

    async def show_link(self, text: str, *, says: str = "", asks: bool = False) -> None:
        """Take note of a text that is shown large, or asked for."""
        self.link, self.link_asks, self.link_says = text, asks, says

    async def hide_link(self) -> bool:
        """Take it away."""
        was, self.link = self.link is not None, None
        return was


@dataclass
class FakeSearchLine:
    """Fulfils `SearchLine`; a test sets what is typed."""

    text: str = ""
    open: bool = False
    suggested: str = ""
    counted: str = ""
    wrong: Sequence[tuple[int, int]] = ()

    async def show(self, complete: Callable[[str], Awaitable[str | None]]) -> None:
        """Open it."""
        self.open = True
        self.complete = complete

    def hide(self) -> None:
        """Close it."""
        self.open = False

    def clear(self) -> None:
        """Empty it."""
        self.text = ""

    async def settled(self) -> None:
        """It is."""

    def count(self, text: str, *, wrong: Sequence[tuple[int, int]] = ()) -> None:
        """Take note of what is said of a search."""
        self.counted, self.wrong = text, wrong


@dataclass
class FakeNoteField:
    """Fulfils `NoteField`; a test sets what is typed."""

    text: str | None = None

    async def show(self, text: str) -> None:
        """Open it."""
        self.text = text

    async def settled(self) -> None:
        """It is."""

    async def hide(self) -> None:
        """Close it."""
        self.text = None


@dataclass
class FakeTerminal:
    """Fulfils `Terminal`.

    Attributes:
        copied: what was copied by it.
        can_lend: whether it can be handed to another program.
        lent: how often it was.
        theme: the theme that was set.
        kept: the themes that were saved.
        suspended: whether it was left for the shell.
        ended: whether the program was left.
    """

    available_themes: Mapping[str, Theme] = field(
        default_factory=lambda: {name: Theme(name, "blue") for name in ("readlist-dark", "readlist-light")}
    )
    copied: list[str] = field(default_factory=list)
    can_lend: bool = True
    lent: int = 0
    theme: str = "readlist-dark"
    kept: list[str] = field(default_factory=list)
    suspended: bool = False
    ended: bool = False

    def keep_theme(self, name: str) -> None:
        """Take note of a theme."""
        self.theme = name
        self.kept.append(name)

    def copy_to_clipboard(self, text: str) -> None:
        """Take note of a text."""
        self.copied.append(text)

    @contextlib.contextmanager
    def suspend(self) -> Iterator[None]:
        """Hand nothing on."""
        if not self.can_lend:
            raise SuspendNotSupported
        self.lent += 1
        yield

    def action_suspend_process(self) -> None:
        """Take note of it."""
        self.suspended = True

    async def action_quit(self) -> None:
        """Take note of it."""
        self.ended = True
