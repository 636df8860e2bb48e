"""The field in which a note is written; Textual's text area is imported with it, for the first note."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea

from readlist.text.clean import clean, is_typed


class NoteEditor(TextArea):
    """Edits the note of one paper; the screen saves it when it is left."""

    def __init__(self, text: str) -> None:
        super().__init__(
            text,
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="indent",
            placeholder=Content("What is worth remembering about this paper?"),
            id="note-editor",
        )
        # The footer has the key that saves it.
        self.border_title = Content(" Note ")

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw nothing once it is removed: Textual still draws it, unstyled, until the next layout."""
        return super().render_lines(crop) if self.is_attached else [Strip.blank(crop.width)] * crop.height

    def on_mount(self) -> None:
        """Move the cursor to the end."""
        self.move_cursor(self.document.end)

    def on_unmount(self) -> None:
        """Remove the references that Textual keeps to this widget and its text."""
        watchers = getattr(self.app, "__watchers", {}).get("theme", [])
        watchers[:] = [watcher for watcher in watchers if watcher[0] is not self]
        self.screen.text_selection_started_signal.unsubscribe(self)

    async def _on_key(self, event: events.Key) -> None:
        """Accept blanks and joiners that Textual leaves out, such as those of input methods."""
        if event.character is not None and not event.is_printable and is_typed(event.character):
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard(event.character, *self.selection)

    async def _on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted."""
        event.text = clean(event.text, limit=len(event.text) + 1, typed=True)
