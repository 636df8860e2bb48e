"""How the parts of the screen reach it: protocols that the screen fulfils, and tests without one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from readlist.tui.commands import Context
from readlist.tui.keymap import KeyMap
from readlist.tui.render import Signs

if TYPE_CHECKING:
    from textual.screen import Screen

    from readlist.services import Report


Answer = TypeVar("Answer")

ANSWER = "answer"
"""The group of what is `run` to wait for an answer of the user."""

Detail = Literal["changed", "again", "top"]
"""How the detail is drawn: if its entry has changed; again; again from its top. Another paper begins at its top."""


class Work(Protocol):
    """Something that is under way."""

    async def wait(self) -> object:
        """Wait until it is done."""


class Repeating(Protocol):
    """Something that is done again and again."""

    def stop(self) -> None:
        """Do it no more."""


class Ui(Protocol):
    """What a controller may ask of the screen. Only `progress`'s report may be called from another thread."""

    signs: Signs
    keys: KeyMap

    @property
    def context(self) -> Context:
        """Where the keys go now."""

    @property
    def width(self) -> int:
        """How many cells wide the screen is."""

    def now(self) -> datetime:
        """Return the present time."""

    # Telling and asking

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a short message that goes by itself; what went wrong stays longer."""

    def ask(self, question: str) -> Awaitable[bool | None]:
        """Ask yes or no. The question is in front when this returns: keys typed next go to it.

        A command must not wait for the answer, since no other key is looked at until it is done: it leaves that
        to `when_answered`. So with everything else that asks.
        """

    def choose(self, title: str, offers: Sequence[tuple[str, str]]) -> Awaitable[int | None]:
        """Offer several things, each a name and a text; gives the place of the one taken."""

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
        """Ask for a line of text; gives what was typed, None or nothing when it was left.

        Args:
            title: stands in the frame.
            question: what is asked for.
            verb: what accepting does, for the line of keys: `add`.
            placeholder: an example, shown while nothing is typed.
            check: returns what is wrong with a text, empty for nothing; the prompt stays then, and says it.
            path: whether it is the path of a file, which is completed.
            offer: a text that Enter takes as long as nothing is typed, and where it comes from; may come later,
                an empty text is not offered.
        """

    def open(self, dialog: Screen[Answer]) -> Awaitable[Answer | None]:
        """Put a dialog in front; gives what it returns."""

    # Showing

    def show(self, *, detail: Detail = "changed", in_place: bool = False) -> None:
        """Draw what of the state differs from what can be seen.

        Args:
            detail: whether the detail is drawn though it shows the same paper.
            in_place: keep the row of the cursor where it is on the screen, as far as possible.
        """

    async def drawn(self) -> None:
        """Wait until what is shown is drawn."""

    def progress(self, doing: str) -> AbstractAsyncContextManager[Report]:
        """Show a line of progress while something takes over a second; gives what reports it from any thread."""

    # Working

    def run(self, work: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False) -> Work:
        """Do something beside the commands.

        Args:
            work: what is done; exclusive and overtaken before its turn, it is never begun.
            group: what it belongs to.
            exclusive: whether it takes the place of what of its group is under way.
        """

    async def command(self, name: str) -> None:
        """Carry out a command by its name."""

    def every(self, seconds: float, call: Callable[[], object]) -> Repeating:
        """Do something from time to time."""

    # Panes

    def focus(self, pane: Literal["list", "detail"]) -> None:
        """Give the keys to a pane."""

    @property
    def page(self) -> int:
        """How many lines of the pane that has the keys are in sight."""

    def scroll_detail(self, lines: int) -> None:
        """Scroll the detail by some lines, to an end at most."""

    async def leave_note(self) -> None:
        """Save the note that is being written here, if one is, and close its editor."""

    async def show_link(self, text: str) -> None:
        """Show a text large, for the mouse, until the cursor leaves its paper; in place of the one before."""

    async def hide_link(self) -> bool:
        """Take away the text that is shown large; tells whether one was."""


def when_answered(ui: Ui, answer: Awaitable[Answer | None], then: Callable[[Answer], object]) -> None:
    """Do something with an answer once it is there, unless it is No, nothing typed, or the question was left."""

    async def wait() -> None:
        value = await answer
        if value is not None and value is not False and value != "":
            then(value)

    ui.run(wait, ANSWER)


class SearchLine(Protocol):
    """The line in which a search is typed."""

    text: str
    """What is typed; set, the cursor goes behind it. Setting it searches for it."""

    @property
    def open(self) -> bool:
        """Whether it can be seen."""

    @property
    def suggested(self) -> str:
        """What the text may become; empty if nothing is offered."""

    async def show(self, complete: Callable[[str], Awaitable[str | None]]) -> None:
        """Show it and give it the keys.

        Args:
            complete: gives what a text may go on as, wholly; None if nothing is known.
        """

    def hide(self) -> None:
        """Take it away."""

    def clear(self) -> None:
        """Empty it, without searching for that."""

    async def settled(self) -> None:
        """Wait until it has taken in every key that was sent to it."""

    def count(self, text: str, *, wrong: Sequence[tuple[int, int]] = ()) -> None:
        """Show how many papers were found, or what is wrong with the query, and underline where."""


class NoteField(Protocol):
    """The editor of notes in the detail pane. The screen tells its controller of changes and when it is left."""

    @property
    def text(self) -> str | None:
        """What is written so far; None while it is closed."""

    async def show(self, text: str, title: str) -> None:
        """Open it with a text, for the paper with this title, and give it the keys."""

    async def settled(self) -> None:
        """Wait until it has taken in every key that was sent to it."""

    async def hide(self) -> None:
        """Close it; if it has the keys, they go to the list."""


class Terminal(Protocol):
    """The program and the terminal it is in: what controllers need of Textual's app."""

    theme: str
    """The name of the theme; set, it is kept."""

    @property
    def available_themes(self) -> Mapping[str, object]:
        """The themes there are, by their names."""

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to put a text on its clipboard (OSC 52)."""

    def suspend(self) -> AbstractContextManager[None]:
        """Hand the terminal to another program; nothing is drawn meanwhile.

        Raises:
            SuspendNotSupported: this terminal can't be handed on.
        """

    def action_suspend_process(self) -> None:
        """Go back to the shell until readlist is continued."""

    async def action_quit(self) -> None:
        """Leave readlist."""
