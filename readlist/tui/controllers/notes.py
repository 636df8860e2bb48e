"""Notes: written in the detail pane or in the user's editor."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.app import SuspendNotSupported

from readlist.text.clean import clean, drawable
from readlist.tui.desktop.editor import CHECKED_EVERY, EditorFile, break_keys_ignored, editor_command
from readlist.tui.loader import Controller, Loader

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.shelf import Entry
    from readlist.tui.ui import NoteField, Repeating, Terminal

_DRAFTED_EVERY = 0.4


class _Late(Struct):
    """A file that an editor may still save, though its program has ended.

    Attributes:
        entry: the paper.
        file: the editor's file.
        note: the paper's note when the file was last written or read.
        announced: whether the user was asked to save it, and has not yet.
    """

    entry: Entry
    file: EditorFile
    note: str
    announced: bool


class Notes(Controller):
    """The commands that write notes; while one is typed, a draft of it is kept on disk."""

    def __init__(self, loader: Loader, note_field: NoteField, terminal: Terminal, config: Config) -> None:
        super().__init__(loader)
        self._drafts = self._shelf.marks.drafts
        self._field = note_field
        self._terminal = terminal
        self._config = config
        self._entry: Entry | None = None
        self._drafted = ""
        self._untouched: str | None = None
        self._drafting: Repeating | None = None
        self._late: Sequence[_Late] = ()
        self._watch: Repeating | None = None

    # In the detail pane

    async def note(self) -> None:
        """Edit the note of the paper in the detail pane."""
        await self.leave()
        entry = self._state.entry
        if entry is None:
            return
        self._entry = entry
        text, self._untouched = self._start_text(entry)
        self._drafted = text
        await self._field.show(text)
        self._drafting = self._ui.every(_DRAFTED_EVERY, self.keep_draft)

    def changed(self) -> None:
        """Save the first letter of a draft at once; the rest follows a moment later."""
        if not self._drafted:
            self.keep_draft()

    def keep_draft(self) -> None:
        """Save the note typed so far as a draft."""
        text = self._field.text
        if text is not None and self._entry is not None and text != self._drafted:
            self._drafted = text
            self._drafts.save(self._entry.paper.key, text)

    async def leave(self) -> None:
        """Save the note and close its editor."""
        if self._entry is None or self._field.text is None:
            return
        await self._field.settled()
        # It may have been closed meanwhile.
        if self._entry is not None:
            self.save()
            await self._field.hide()

    def save(self) -> None:
        """Save the note; the caller closes its editor."""
        text, entry = self._field.text, self._entry
        if text is None or entry is None:
            return
        self._entry = None
        if self._drafting is not None:
            self._drafting.stop()
        self._save(entry, text)

    def _start_text(self, entry: Entry) -> tuple[str, str | None]:
        """Return the text to edit, draft or note, and the text that need not be saved: None for a draft.

        A note from elsewhere is cleaned for the editor, and stays as it is if it isn't edited.
        """
        draft = self._drafts.text(entry.paper.key)
        text = draft if draft is not None else entry.mark.note
        text = clean(text, limit=len(text) + 1, typed=True)
        return text, text if draft is None else None

    def _save(self, entry: Entry, text: str) -> None:
        """Save a text as the note of a paper; its draft is discarded when the note is on disk."""
        current = self._current(entry)
        untouched, text = text == self._untouched, text.rstrip()
        if untouched or text == current.mark.note:
            self._drafts.discard(entry.paper.key)
            self._ui.show(detail="again")
            return
        self._drafts.save(entry.paper.key, text)
        after, done = self._shelf.marks.apply([current], note=text, label="note" if text else "note removed")
        done.add_done_callback(
            lambda future: None if future.exception() is not None else self._drafts.discard(entry.paper.key)
        )
        self._state.replace([current], after)
        self._ui.show()

    def _current(self, entry: Entry) -> Entry:
        """Return the current state of an entry."""
        return next(iter(self._shelf.papers.entries([entry.id])), entry)

    # In an editor

    @property
    def _write_here(self) -> str:
        """The hint for when no editor can be used."""
        return self._ui.keys.text("{key:note}: write it here")

    async def edit_note(self) -> None:
        """Write the note in $VISUAL or $EDITOR."""
        await self.leave()
        entry = self._state.entry
        if entry is None:
            return
        try:
            command = editor_command(self._config.editor, os.environ)
        except ValueError as error:
            self._ui.say(f"{error} {self._write_here}", wrong=True)
            return
        before, self._untouched = self._start_text(entry)
        try:
            file = EditorFile(command, before)
        except OSError as error:
            self._ui.say(f"Can't create the editor's file: {error.strerror}. {self._write_here}", wrong=True)
            return
        keep = functools.partial(self._drafts.save, entry.paper.key)
        try:
            with self._terminal.suspend(), break_keys_ignored():
                problem = await asyncio.to_thread(file.edit, keep)
        except SuspendNotSupported:
            file.discard()
            self._ui.say(f"This terminal can't run an editor. {self._write_here}", wrong=True)
            return
        if problem:
            self._keep_unfinished(entry, file, problem)
            return
        self._save(entry, file.text)
        if file.text == before:
            self._wait_for(entry, file)
        else:
            file.discard()

    def _keep_unfinished(self, entry: Entry, file: EditorFile, problem: str) -> None:
        """Keep the text of an editor that failed as a draft, and say so."""
        where = "" if file.is_readable else f" Its file is kept: {drawable(str(file.path))}."
        if file.text in (entry.mark.note, self._untouched):
            self._drafts.discard(entry.paper.key)
            self._ui.say(f"{problem}{where} Note unchanged. {self._write_here}", wrong=True)
        else:
            self._drafts.save(entry.paper.key, file.text)
            if self._drafts.text(entry.paper.key) != file.text:
                self._ui.say(f"{problem} Its text is kept in {drawable(str(file.path.parent))}", wrong=True)
                return
            kept = self._ui.keys.text("Its text is kept as a draft. {key:note}: continue")
            self._ui.say(f"{problem}{where} {kept}", wrong=True)
            self._ui.show(detail="again")
        if not where:
            file.discard()

    def _wait_for(self, entry: Entry, file: EditorFile) -> None:
        """Watch the file of an editor whose program ended without saving."""
        if file.returned_at_once:
            self._ui.say(
                f"`{file.program}` returned at once. readlist watches its file while open: {drawable(str(file.path))}\n"
                "If the editor has an option to wait, such as --wait, add it to its command.",
                tone="warning",
            )
        self._late = [*self._late, _Late(entry, file, self._current(entry).mark.note, file.returned_at_once)]
        if self._watch is None:
            self._watch = self._ui.every(CHECKED_EVERY, self.take_late)

    def take_late(self, *, last: bool = False) -> None:
        """Save what editors saved after their program had ended.

        Args:
            last: whether readlist is quitting: files are read for the last time, and unused ones deleted.
        """
        for late in self._late:
            try:
                text = late.file.saved_since(last=last)
            except UnicodeError:
                where = drawable(str(late.file.path))
                self._ui.say(f"`{late.file.program}` saved a file that is not UTF-8; kept: {where}", wrong=True)
                self._late = [one for one in self._late if one is not late]
                continue
            if text is not None:
                self._save_late(late, text)
            if last and not late.announced and late.file.is_unchanged:
                late.file.discard()

    def _save_late(self, late: _Late, text: str) -> None:
        """Save a file's text as the note; as a draft if the note changed meanwhile."""
        if self._entry is not None and self._entry.id == late.entry.id:
            # It is being edited here; decided when that is left.
            return
        current = self._current(late.entry)
        late.file.text, late.announced = text, False
        program = late.file.program
        if current.mark.note != late.note:
            self._drafts.save(current.paper.key, text)
            message = "The note changed here, too; the text from `{editor}` is kept as a draft. {key:note}: continue"
            self._ui.say(self._ui.keys.text(message, editor=program), tone="warning")
            return
        untouched, self._untouched = self._untouched, None
        self._save(current, text)
        self._untouched = untouched
        late.note = text.rstrip()
        self._ui.say(f"Saved the note from `{program}`.")
