"""The note editor: a text field in the detail pane."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import TextArea


class NoteEditor(TextArea):
    """Edits the note of one paper; the screen saves it when it is left."""

    def __init__(self, text: str, title: str) -> None:
        super().__init__(text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus", id="note-editor")
        self.border_title = Content(title)
        self.border_subtitle = "Esc saves and closes"

    def on_mount(self) -> None:
        """Put the cursor behind what is there."""
        self.move_cursor(self.document.end)
