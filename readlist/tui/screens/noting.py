"""Writing notes: in place, or in the user's own editor."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from textual import events
from textual.app import SuspendNotSupported
from textual.timer import Timer
from textual.widgets import TextArea

from readlist.shelf import Entry
from readlist.tui.render import line
from readlist.tui.screens.deciding import Deciding
from readlist.tui.widgets.note_editor import NoteEditor


class Noting(Deciding):
    """The commands that write notes; while a note is typed, a draft of it is kept on disk."""

    _noted: Entry | None = None
    _drafted = ""
    _drafting: Timer | None = None

    @property
    def note_editor(self) -> NoteEditor | None:
        """The open note editor, if any."""
        return next(iter(self.query(NoteEditor)), None)

    async def action_note(self) -> None:
        """Open the note of the paper for writing, in the detail pane."""
        await self.leave_note()
        if self.entry is None:
            return
        self._noted = self.entry
        draft = self.shelf.draft(self.entry)
        text = draft if draft is not None else self.entry.mark.note
        self._drafted = text
        editor = NoteEditor(text, line(self.entry.paper.title))
        await self.query_one("#detail-pane").mount(editor)
        self.set_focus(editor)
        self._drafting = self.set_interval(0.4, self._keep_draft)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Keep the first letter of a draft at once; the rest follows a moment later."""
        message.stop()
        if not self._drafted:
            self._keep_draft()

    def _keep_draft(self) -> None:
        editor = self.note_editor
        if editor is not None and self._noted is not None and editor.text != self._drafted:
            self._drafted = editor.text
            self.shelf.save_draft(self._noted, editor.text)

    async def leave_note(self) -> None:
        """Save the note that is being written and close its editor."""
        editor, entry = self.note_editor, self._noted
        if editor is None or entry is None:
            return
        await self.flushed(editor)
        text = editor.text.rstrip()
        if self._noted is None:
            return
        self._noted = None
        if self._drafting is not None:
            self._drafting.stop()
        self._save(entry, text)
        if self.focused is editor or self.focused is None:
            self.set_focus(self.paper_list)
        await editor.remove()

    async def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Save the note when its editor is left by any way: a click, another pane; not when the terminal is."""
        if isinstance(event.widget, NoteEditor) and self.app.app_focus and self.is_current:
            await self.leave_note()

    def save_open_note(self) -> None:
        """Save the note that is being written, for when readlist is being closed."""
        editor, entry = self.note_editor, self._noted
        if editor is not None and entry is not None:
            self._noted = None
            self._save(entry, editor.text.rstrip())

    def _save(self, entry: Entry, text: str) -> None:
        """Make a text the note of a paper; its draft goes when the note is on disk."""
        current = next(iter(self.shelf.entries([entry.id])), entry)
        if text == current.mark.note:
            self.shelf.discard_draft(entry)
            self.show_entry(stay=True)
            return
        self.shelf.save_draft(entry, text)
        after, done = self.shelf.mark([current], note=text, label="note" if text else "note removed")
        done.add_done_callback(
            lambda future: None if future.exception() is not None else self.shelf.discard_draft(entry)
        )
        self.replaced([current], after)

    async def action_edit_note(self) -> None:
        """Write the note in $VISUAL or $EDITOR."""
        await self.leave_note()
        entry = self.entry
        if entry is None:
            return
        command = self.config.editor or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            words = shlex.split(command) or ["vi"]
        except ValueError as error:
            self.say(f"The editor `{command}` can't be started: {error}. e writes the note here.", wrong=True)
            return
        draft = self.shelf.draft(entry)
        before = draft if draft is not None else entry.mark.note
        try:
            with self.app.suspend():
                text, problem = await asyncio.to_thread(_edited, words, before)
        except SuspendNotSupported:
            self.say("This terminal can't be handed to an editor: e writes the note here.", wrong=True)
            return
        self.refresh(layout=True)
        if problem:
            self.say(f"{problem} The note stays as it was; e writes it here.", wrong=True)
            if text != before:
                self.shelf.save_draft(entry, text)
                self.show_entry(stay=True)
            return
        self._save(entry, text.rstrip())


def _edited(command: list[str], text: str) -> tuple[str, str]:
    """Have a text edited by a program; returns the text, and what went wrong or nothing."""
    with tempfile.TemporaryDirectory(prefix="readlist-") as folder:
        file = Path(folder) / "note.md"
        try:
            file.write_text(text, encoding="utf-8")
            status = subprocess.run([*command, str(file)], check=False).returncode
        except OSError as error:
            return text, f"The editor `{command[0]}` did not start: {error.strerror}."
        try:
            edited = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            return text, f"The editor `{command[0]}` left no note: {error.strerror}."
        return edited, f"The editor ended with status {status}." if status else ""
