"""Writing notes: in place, or in the user's own editor."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from textual import events
from textual.app import SuspendNotSupported
from textual.timer import Timer

from readlist.shelf import Entry
from readlist.text.clean import clean, drawable
from readlist.tui.desktop.editor import LOOKED_AT_EVERY, EditorFile, break_keys_ignored, editor_command
from readlist.tui.render import line
from readlist.tui.screens.deciding import Deciding

if TYPE_CHECKING:
    from textual.widgets import TextArea


class _Late(Struct):
    """A file that an editor may still write, though its program has ended.

    Attributes:
        entry: whose note it is.
        file: what the editor was handed.
        note: the paper's note as it was when the file was written or taken in last.
        announced: whether the user was told to write it, and has not yet.
    """

    entry: Entry
    file: EditorFile
    note: str
    announced: bool


class Noting(Deciding):
    """The commands that write notes; while a note is typed, a draft of it is kept on disk."""

    _noted: Entry | None = None
    _drafted = ""
    _untouched: str | None = None
    _drafting: Timer | None = None
    _late: Sequence[_Late] = ()
    _looking: Timer | None = None

    async def action_note(self) -> None:
        """Open the note of the paper for writing, in the detail pane."""
        await self.leave_note()
        if self.entry is None:
            return
        self._noted = self.entry
        text, self._untouched = self._begun(self.entry)
        self._drafted = text
        from readlist.tui.widgets.note_editor import NoteEditor

        self.note_editor = editor = NoteEditor(text, line(self.entry.paper.title))
        await self.query_one("#detail-pane").mount(editor)
        self.set_focus(editor)
        self._drafting = self.set_interval(0.4, self.keep_draft)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Keep the first letter of a draft at once; the rest follows a moment later."""
        message.stop()
        if not self._drafted:
            self.keep_draft()

    def keep_draft(self) -> None:
        """Keep on disk what is written of the note so far."""
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
        if self._noted is None:
            return
        self._noted = None
        if self._drafting is not None:
            self._drafting.stop()
        self._save(entry, editor.text)
        if self.focused is editor or self.focused is None:
            self.set_focus(self.paper_list)
        self.note_editor = None
        await editor.remove()

    async def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Save the note when its editor is left by any way: a click, another pane; not when the terminal is."""
        if event.widget is self.note_editor and self.app.app_focus and self.is_current:
            await self.leave_note()

    def save_open_note(self) -> None:
        """Save the note that is being written, for when readlist is being closed."""
        editor, entry = self.note_editor, self._noted
        if editor is not None and entry is not None:
            self._noted = None
            self._save(entry, editor.text)

    def _begun(self, entry: Entry) -> tuple[str, str | None]:
        """Return the text to write on from, and what it is if nothing need be saved: a note, but not a draft.

        What a state file from elsewhere holds is cleaned for the editor, and stays as it is if nothing is written.
        """
        draft = self.shelf.draft(entry)
        text = draft if draft is not None else entry.mark.note
        text = clean(text, limit=len(text) + 1, typed=True)
        return text, text if draft is None else None

    def _save(self, entry: Entry, text: str) -> None:
        """Make a text the note of a paper; its draft goes when the note is on disk."""
        current = next(iter(self.shelf.entries([entry.id])), entry)
        untouched, text = text == self._untouched, text.rstrip()
        if untouched or text == current.mark.note:
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
        try:
            command = editor_command(self.config.editor, os.environ)
        except ValueError as error:
            self.say(f"{error} e writes the note here.", wrong=True)
            return
        before, self._untouched = self._begun(entry)
        try:
            file = EditorFile(command, before)
        except OSError as error:
            self.say(f"There is no place for the editor's file: {error.strerror}. e writes the note here.", wrong=True)
            return
        keep = functools.partial(self.shelf.save_draft, entry)
        try:
            # Nothing may be drawn meanwhile, not even into Textual's queue: nobody empties that, and it soon is full.
            with self.app.batch_update(), self.app.suspend(), break_keys_ignored():
                problem = await asyncio.to_thread(file.edit, keep)
        except SuspendNotSupported:
            file.discard()
            self.say("This terminal can't be handed to an editor: e writes the note here.", wrong=True)
            return
        self.refresh(layout=True)
        if problem:
            self._keep_unfinished(entry, file, problem)
            return
        self._save(entry, file.text)
        if file.text == before:
            self._wait_for(entry, file)
        else:
            file.discard()

    def _keep_unfinished(self, entry: Entry, file: EditorFile, problem: str) -> None:
        """Keep as a draft what an editor left that failed, and say so."""
        where = "" if file.is_readable else f" Its file is kept: {drawable(str(file.path))}."
        if file.text in (entry.mark.note, self._untouched):
            self.shelf.discard_draft(entry)
            self.say(f"{problem} The note stays as it was; e writes it here.{where}", wrong=True)
        else:
            self.shelf.save_draft(entry, file.text)
            if self.shelf.draft(entry) != file.text:
                self.say(f"{problem} What it wrote is kept in {drawable(str(file.path.parent))}.", wrong=True)
                return
            self.say(f"{problem}{where} What it wrote is kept: e goes on with it.", wrong=True)
            self.show_entry(stay=True)
        if not where:
            file.discard()

    def _wait_for(self, entry: Entry, file: EditorFile) -> None:
        """Look from time to time whether a file is written that an editor's program left as it was."""
        if file.returned_at_once:
            self.say(
                f"`{file.program}` returned at once. What it saves later is taken while readlist is open, from "
                f"{drawable(str(file.path))}. If it has an option to wait, as --wait, add it to the editor's command."
            )
        note = next(iter(self.shelf.entries([entry.id])), entry).mark.note
        self._late = [*self._late, _Late(entry, file, note, file.returned_at_once)]
        if self._looking is None:
            self._looking = self.set_interval(LOOKED_AT_EVERY, self.take_late)

    def take_late(self, *, last: bool = False) -> None:
        """Take in what editors have saved after their program had ended.

        Args:
            last: whether readlist is being closed: what is there is taken now, and files of no more use go.
        """
        for late in self._late:
            try:
                text = late.file.saved_since(last=last)
            except UnicodeError:
                where = drawable(str(late.file.path))
                self.say(f"`{late.file.program}` saved no UTF-8: its file is kept, {where}.", wrong=True)
                self._late = [one for one in self._late if one is not late]
                continue
            if text is not None:
                self._take(late, text)
            if last and not late.announced and late.file.is_unchanged:
                late.file.discard()

    def _take(self, late: _Late, text: str) -> None:
        """Make a file's text the note; a draft, if the note has been changed meanwhile."""
        if self._noted is not None and self._noted.id == late.entry.id:
            # It is being written here; what comes of that is seen when it is left.
            return
        current = next(iter(self.shelf.entries([late.entry.id])), late.entry)
        late.file.text, late.announced = text, False
        program = late.file.program
        if current.mark.note != late.note:
            self.shelf.save_draft(current, text)
            self.say(f"The note was changed here as well: what `{program}` saved is a draft, e goes on with it.")
            return
        untouched, self._untouched = self._untouched, None
        self._save(current, text)
        self._untouched = untouched
        late.note = text.rstrip()
        self.say(f"The note that `{program}` saved is taken.")
