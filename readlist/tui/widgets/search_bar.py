"""The search field with its count of results: wrong places underlined, completion offered."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence

from rich.highlighter import Highlighter
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.text_field import TextField, keys_taken

Complete = Callable[[str], Awaitable[str | None]]
"""Gives what a text may go on as, wholly; None if nothing is known."""


class _Underline(Highlighter):
    """Underlines what is wrong in a query."""

    def __init__(self) -> None:
        self.places: Sequence[tuple[int, int]] = ()

    def highlight(self, text: Text) -> None:
        """Underline the places."""
        for start, end in self.places:
            text.stylize("underline", start, min(end, len(text)))


class _Completing(Suggester):
    """Completes the last word, as the field's owner says."""

    def __init__(self, keys: KeyMap) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._key = keys.hint("{key:complete_search}: ")
        self.complete: Complete | None = None
        self.offered = ("", "")

    async def get_suggestion(self, value: str) -> str | None:
        """Return what the text may go on as; what it has to be changed for is shown behind it."""
        whole = await self.complete(value) if self.complete is not None and value else None
        self.offered = (value, whole or "")
        if whole is None or whole.startswith(value):
            return whole
        first = next(place for place, (one, other) in enumerate(zip(value, whole, strict=False)) if one != other)
        return f"{value}  {self._key}{whole[max(whole.rfind(sign, 0, first) for sign in ' (') + 1 :]}"


class SearchField(TextField):
    """A one-line field; keys it has no use for stay with the screen."""

    def __init__(self, keys: KeyMap) -> None:
        self.underline = _Underline()
        self.completing = _Completing(keys)
        super().__init__(
            placeholder='words, "a phrase", -not, is:starred, upvotes:>20, date:7d',
            compact=True,
            id="search-field",
            highlighter=self.underline,
            suggester=self.completing,
        )

    @property
    def suggested(self) -> str:
        """What the text may become; empty if nothing is offered."""
        value, whole = self.completing.offered
        return whole if self._suggestion and value == self.value else ""

    def action_cursor_right(self, select: bool = False) -> None:
        """Go right; at the end, take what is offered."""
        if not select and self.cursor_position == len(self.value) and self.suggested:
            self.value = self.suggested
            self.cursor_position = len(self.value)
        else:
            self._suggestion = ""
            super().action_cursor_right(select)


class SearchBar(Horizontal):
    """A slash, the field, and how many papers were found; fulfils `SearchLine`."""

    def __init__(self, screen: Screen[None], keys: KeyMap) -> None:
        super().__init__(id="search-bar")
        self._owner = screen
        self._keys = keys
        self._joining = asyncio.Lock()

    @functools.cached_property
    def field(self) -> SearchField:
        """The field that is typed into."""
        return SearchField(self._keys)

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static("/", id="search-sign", markup=False)
        yield self.field
        yield Static("", id="search-count", markup=False)

    async def join(self) -> None:
        """Put it, hidden, into its place on the screen, if it isn't there yet."""
        async with self._joining:
            # The screen may have been left meanwhile.
            if self._owner.is_attached and not self.is_attached:
                self.display = False
                await self._owner.mount(self, before="#panes")

    @property
    def text(self) -> str:
        """What is typed."""
        return self.field.value

    @text.setter
    def text(self, text: str) -> None:
        self.field.value = text
        self.field.cursor_position = len(text)

    @property
    def open(self) -> bool:
        """Whether it can be seen."""
        return self.is_attached and self.display

    @property
    def suggested(self) -> str:
        """What the text may become; empty if nothing is offered."""
        return self.field.suggested

    async def show(self, complete: Complete) -> None:
        """Show it and give it the keys."""
        await self.join()
        self.display = True
        self.field.completing.complete = complete
        self._owner.set_focus(self.field)

    def hide(self) -> None:
        """Take it away."""
        self.display = False

    def clear(self) -> None:
        """Empty it, without searching for that."""
        with self.prevent(Input.Changed):
            self.field.value = ""
        self.count("")

    async def settled(self) -> None:
        """Wait until it has taken in every key that was sent to it."""
        await keys_taken(self.field)

    def count(self, text: str, *, wrong: Sequence[tuple[int, int]] = ()) -> None:
        """Show how many papers were found, or what is wrong with the query, and underline where."""
        if not self.is_attached:
            return
        label = self.query_one("#search-count", Static)
        label.update(Content(text))
        label.set_class(bool(wrong), "problem")
        if self.field.underline.places != wrong:
            self.field.underline.places = wrong
            self.field.refresh()
