"""What controllers need of the screen: protocols that the screen fulfils, and fakes in tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from readlist.tui.commands import Context
from readlist.tui.keymap import KeyMap
from readlist.tui.message_log import MessageLog, Tone
from readlist.tui.render.signs import Signs

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.theme import Theme

    from readlist.config import Layout
    from readlist.services import Report


Answer = TypeVar("Answer")

ANSWER = "answer"
"""The group of work that waits for an answer of the user."""

Detail = Literal["changed", "again", "top"]
"""How the detail is drawn: if its entry has changed; again; again from its top. Another paper begins at its top."""


class Work(Protocol):
    """Work under way."""

    async def wait(self) -> object:
        """Wait until it is done."""


class Repeating(Protocol):
    """Something called at intervals."""

    def stop(self) -> None:
        """Stop it."""


class Works(Protocol):
    """The work under way that the status line shows."""

    def cancel(self) -> bool:
        """Cancel the work whose key is shown; returns whether there was any."""


class MarkedText(Protocol):
    """The text of the detail that is marked with the mouse."""

    @property
    def marked_text(self) -> tuple[str, int]:
        """The text, and over how many lines; empty for none."""

    def unmark_text(self) -> bool:
        """Mark no text any more; returns whether there was any."""


class Ui(Protocol):
    """What a controller may ask of the screen; only `progress`'s report may be called from another thread."""

    signs: Signs
    keys: KeyMap
    messages: MessageLog
    works: Works

    @property
    def marked(self) -> MarkedText:
        """The text of the detail that is marked with the mouse."""

    @property
    def context(self) -> Context:
        """Which keys apply now."""

    @property
    def width(self) -> int:
        """How many cells wide the screen is."""

    def now(self) -> datetime:
        """Return the present time."""

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
        """Show a message in the status line until the next one; it is kept in the list of messages.

        Args:
            text: shown as one line; what doesn't fit is cut.
            wrong: whether something failed; the tone is `wrong` then.
            tone: what it tells: `done`, or `note` where nothing was done, or `warning`.
            details: more lines, for the list of messages only.
            short: what is shown where there is no room for the text.
        """

    def show_tally(self, forms: tuple[str, ...]) -> None:
        """Show what was decided today in the status line; the longest form first."""

    def ask(self, question: str) -> Awaitable[bool | None]:
        """Ask yes or no; the question is shown when this returns, and gets the next keys.

        No key is handled until a command is done, so commands leave waiting to `when_answered`; for all dialogs.
        """

    def choose(self, title: str, offers: Sequence[tuple[str, str]]) -> Awaitable[int | None]:
        """Show a menu of names and texts; gives the place of the item chosen."""

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
        """Ask for a line of text; gives it, None or empty when cancelled.

        Args:
            title: title in the frame.
            question: what to type.
            verb: what accepting does, for the line of keys: `add`.
            placeholder: an example, shown in the empty field.
            check: returns what is wrong with a text, empty for nothing; the prompt stays open and shows it.
            path: whether it is a path, to be completed.
            complete: gives the whole completed text, None for none.
            offer: a text accepted while the field is empty, and where it is from; may come later, may be empty.
        """

    def open(self, dialog: Screen[Answer]) -> Awaitable[Answer | None]:
        """Show a dialog; gives what it returns."""

    # Drawing

    def show(self, *, detail: Detail = "changed", in_place: bool = False) -> None:
        """Draw what has changed in the state.

        Args:
            detail: how the detail is drawn.
            in_place: keep the cursor's line on the screen, as far as possible.
        """

    async def drawn(self) -> None:
        """Wait until what is shown is drawn."""

    def progress(self, doing: str, *, cancellable: bool = False) -> AbstractAsyncContextManager[Report]:
        """Show the progress of work of over a second; gives the function that reports it, from any thread.

        Args:
            doing: what is done, `Marking`.
            cancellable: whether a key cancels it: the report raises Cancelled then, in its thread.
        """

    # Background work

    def run(self, work: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False) -> Work:
        """Run work in the background.

        Args:
            work: the work.
            group: its group.
            exclusive: whether it replaces the work of its group; replaced before its turn, work is never begun.
        """

    async def command(self, name: str) -> None:
        """Run a command by its name."""

    def every(self, seconds: float, call: Callable[[], object]) -> Repeating:
        """Call something at intervals."""

    # Panes

    def focus(self, pane: Literal["list", "detail"]) -> None:
        """Focus a pane."""

    @property
    def page(self) -> int:
        """The height of the focused pane in lines, or rows of the list, less one."""

    def scroll_detail(self, lines: int) -> None:
        """Scroll the detail by some lines."""

    async def leave_note(self) -> None:
        """Save the note being edited, if any, and close its editor."""

    async def show_link(self, text: str, *, says: str = "", asks: bool = False) -> None:
        """Show a text to select with the mouse, until the next key; or ask whether it arrived where it was sent.

        Args:
            text: the text, may have lines.
            says: what was sent where, or went wrong, without a full stop; may be empty.
            asks: whether it asks instead of showing the text; the answer goes to `copy.arrived`.
        """

    async def hide_link(self) -> bool:
        """Hide the text shown by `show_link`; returns whether there was one."""


def when_answered(ui: Ui, answer: Awaitable[Answer | None], then: Callable[[Answer], object]) -> None:
    """Call `then` with an answer once it is there, unless it is No, empty, or cancelled."""

    async def wait() -> None:
        value = await answer
        if value is not None and value is not False and value != "":
            then(value)

    ui.run(wait, ANSWER)


class SearchLine(Protocol):
    """The search line."""

    text: str
    """The text typed; setting it searches for it and moves the cursor to its end."""

    @property
    def open(self) -> bool:
        """Whether it is shown."""

    @property
    def suggested(self) -> str:
        """The suggested text; empty for none."""

    async def show(self, complete: Callable[[str], Awaitable[str | None]]) -> None:
        """Show and focus it.

        Args:
            complete: gives the whole completed text; None for none.
        """

    def hide(self) -> None:
        """Hide it."""

    def clear(self) -> None:
        """Empty it, without a search."""

    async def settled(self) -> None:
        """Wait until it has handled every key sent to it."""

    def count(self, text: str, *, wrong: Sequence[tuple[int, int]] = ()) -> None:
        """Show the number of results, or what is wrong with the query, underlined."""


class NoteField(Protocol):
    """The note editor in the detail pane; the screen reports changes and the loss of focus to its controller."""

    @property
    def text(self) -> str | None:
        """The text so far; None while it is closed."""

    async def show(self, text: str) -> None:
        """Open and focus it with a text."""

    async def settled(self) -> None:
        """Wait until it has handled every key sent to it."""

    async def hide(self) -> None:
        """Close it; if it has the focus, the list gets it."""


class PaneLayout(Protocol):
    """How list and detail are laid out."""

    layout_chosen: Layout
    """The layout as in the settings."""

    list_width: int
    """The width of the list in per cent, side by side."""

    list_height: int
    """The height of the list in per cent, stacked."""

    shape: Literal["side", "stacked", "single"]
    """The layout as it is shown; one pane at a time where there is no room for two."""

    @property
    def home(self) -> Literal["list", "detail"]:
        """The pane that has the focus unless the user moves it."""

    def choose(self, layout: Layout) -> None:
        """Change the layout."""

    def next_layout(self) -> Layout:
        """Return the layout after the one shown; `auto` where that is the same."""

    def move_border(self, cells: int) -> bool:
        """Move the border by some cells; returns whether it could."""


class Terminal(Protocol):
    """What controllers need of Textual's app."""

    theme: str
    """The name of the theme."""

    @property
    def available_themes(self) -> Mapping[str, Theme]:
        """The themes by their names."""

    def keep_theme(self, name: str) -> None:
        """Use a theme, and save it in the settings."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text to the terminal's clipboard (OSC 52)."""

    def suspend(self) -> AbstractContextManager[None]:
        """Lend the terminal to another program; nothing is drawn meanwhile.

        Raises:
            SuspendNotSupported: not possible in this terminal.
        """

    def action_suspend_process(self) -> None:
        """Suspend readlist to the shell."""

    async def action_quit(self) -> None:
        """Quit."""
