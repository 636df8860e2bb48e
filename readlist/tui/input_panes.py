"""The fields on the reading screen that are typed into: put there when they are needed first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.search_bar import SearchBar

if TYPE_CHECKING:
    from readlist.tui.widgets.note_editor import NoteEditor


async def keys_taken(widget: MessagePump) -> None:
    """Wait until a widget has taken in every key that was sent to it."""
    taken = asyncio.Event()
    widget.call_later(taken.set)
    await taken.wait()


class SearchPane:
    """The search bar over the list."""

    def __init__(self, screen: Screen[None], below: Widget, keys: KeyMap) -> None:
        """Make the pane.

        Args:
            screen: where it is.
            below: what has the keys when it is hidden.
            keys: every command's keys.
        """
        self._screen = screen
        self._below = below
        self._bar = SearchBar(keys, id="search-bar")
        self._mounting = asyncio.Lock()

    async def mount(self) -> None:
        """Put the search bar, hidden, into its place, if it isn't there yet."""
        async with self._mounting:
            # The screen may have been left meanwhile.
            if self._screen.is_attached and not self._bar.is_attached:
                self._bar.display = False
                await self._screen.mount(self._bar, before="#panes")

    @property
    def text(self) -> str:
        """What is typed."""
        return self._bar.field.value if self._bar.is_attached else ""

    @text.setter
    def text(self, text: str) -> None:
        self._bar.field.value = text
        self._bar.field.cursor_position = len(text)

    @property
    def open(self) -> bool:
        """Whether it can be seen."""
        return self._bar.is_attached and self._bar.display

    @property
    def suggested(self) -> str:
        """What the text may become; empty if nothing is offered."""
        return self._bar.field.suggested

    async def show(self, complete: Callable[[str], Awaitable[str | None]]) -> None:
        """Show it and give it the keys."""
        await self.mount()
        self._bar.display = True
        self._bar.field.completing.complete = complete
        self._screen.set_focus(self._bar.field)

    def hide(self) -> None:
        """Take it away and give the keys to the list."""
        self._bar.display = False
        self._screen.set_focus(self._below)

    def clear(self) -> None:
        """Empty it, without searching for that."""
        with self._screen.prevent(Input.Changed):
            self._bar.field.value = ""
        self.count("")

    async def settled(self) -> None:
        """Wait until it has taken in every key that was sent to it."""
        await keys_taken(self._bar.field)

    def count(self, text: str, *, wrong: Sequence[tuple[int, int]] = ()) -> None:
        """Show how many papers were found, or what is wrong with the query, and underline where."""
        if self._bar.is_attached:
            self._bar.count(text, wrong=wrong)


class NotePane:
    """The editor of notes in the detail pane."""

    def __init__(self, screen: Screen[None], below: Widget, keys: KeyMap) -> None:
        """Make the pane.

        Args:
            screen: where it is.
            below: what has the keys when it is closed.
            keys: every command's keys.
        """
        self._screen = screen
        self._below = below
        self._keys = keys
        self._editor: NoteEditor | None = None

    @property
    def text(self) -> str | None:
        """What is written so far; None while it is closed."""
        return self._editor.text if self._editor is not None else None

    def holds(self, widget: Widget | None) -> bool:
        """Tell whether a widget is the editor."""
        return widget is not None and widget is self._editor

    async def show(self, text: str, title: str) -> None:
        """Open it with a text, for the paper with this title, and give it the keys."""
        from readlist.tui.widgets.note_editor import NoteEditor

        self._editor = NoteEditor(self._keys, text, title)
        await self._screen.query_one("#detail-pane").mount(self._editor)
        self._screen.set_focus(self._editor)

    async def settled(self) -> None:
        """Wait until it has taken in every key that was sent to it."""
        if self._editor is not None:
            await keys_taken(self._editor)

    async def hide(self) -> None:
        """Close it; if it has the keys, they go to the list."""
        editor, self._editor = self._editor, None
        if editor is None:
            return
        if self._screen.focused is editor or self._screen.focused is None:
            self._screen.set_focus(self._below)
        # Once it is taken apart it can't be drawn, and Textual would do so until the screen is laid out without it.
        with self._screen.app.batch_update():
            await editor.remove()
