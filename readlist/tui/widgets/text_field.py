"""Fields to type in: a line, and that of the search bar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widgets import Input

from readlist.text.clean import clean_line, is_typed
from readlist.tui.keymap import KeyMap


class TextField(Input):
    """A field of one line; pasted lines are joined.

    Its cursor doesn't blink: in a dialog Textual would draw the whole screen for that, twice a second, also over SSH.
    """

    cursor_blink: reactive[bool] = reactive(False, init=False)

    async def _on_key(self, event: events.Key) -> None:
        """Accept blanks and joiners that Textual leaves out, such as those of input methods."""
        if event.character is not None and not event.is_printable and is_typed(event.character):
            event.stop()
            event.prevent_default()
            self.replace(event.character, *self.selection)

    def _on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted."""
        event.text = clean_line(event.text)


Complete = Callable[[str], Awaitable[str | None]]
"""Gives the whole completed text; None for none."""


class _Underline(Highlighter):
    """Underlines what is wrong in a query."""

    def __init__(self) -> None:
        self.places: Sequence[tuple[int, int]] = ()

    def highlight(self, text: Text) -> None:
        """Underline the places."""
        for start, end in self.places:
            text.stylize("underline", start, min(end, len(text)))


class _Completer(Suggester):
    """Completes the last word."""

    def __init__(self, keys: KeyMap) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._key = keys.hint("{key:complete_search}: ")
        self.complete: Complete | None = None
        self.offered = ("", "")

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed text; a correction is shown after the text."""
        whole = await self.complete(value) if self.complete is not None and value else None
        self.offered = (value, whole or "")
        if whole is None or whole.startswith(value):
            return whole
        first = next(place for place, (one, other) in enumerate(zip(value, whole, strict=False)) if one != other)
        return f"{value}  {self._key}{whole[max(whole.rfind(sign, 0, first) for sign in ' (') + 1 :]}"


class SearchField(TextField):
    """The field of the search bar."""

    def __init__(self, keys: KeyMap, name: str) -> None:
        self.underline = _Underline()
        self.completer = _Completer(keys)
        super().__init__(
            placeholder='words, "a phrase", -not, is:starred, upvotes:>20, date:7d',
            compact=True,
            id=name,
            highlighter=self.underline,
            suggester=self.completer,
        )

    @property
    def suggested(self) -> str:
        """The suggested text; empty for none."""
        value, whole = self.completer.offered
        return whole if self._suggestion and value == self.value else ""

    def action_cursor_right(self, select: bool = False) -> None:
        """Move right; at the end, accept the suggestion."""
        if not select and self.cursor_position == len(self.value) and self.suggested:
            self.value = self.suggested
            self.cursor_position = len(self.value)
        else:
            self._suggestion = ""
            super().action_cursor_right(select)
