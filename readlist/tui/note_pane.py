"""The editor of notes on the reading screen: put there when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.widget import Widget

from readlist.tui.keymap import KeyMap
from readlist.tui.widgets.text_field import keys_taken

if TYPE_CHECKING:
    from readlist.tui.widgets.note_editor import NoteEditor


class NotePane:
    """Fulfils `NoteField` with an editor that is made, and imported, when a note is begun."""

    def __init__(self, screen: Screen[None], keys: KeyMap) -> None:
        self._screen = screen
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
            self._screen.set_focus(self._screen.query_one("#paper-list"))
        await editor.remove()
