"""Writing notes: in the detail pane, or in the user's own editor."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.app import SuspendNotSupported

from readlist.text.clean import clean, drawable
from readlist.tui.desktop.editor import LOOKED_AT_EVERY, EditorFile, break_keys_ignored, editor_command
from readlist.tui.render import line

if TYPE_CHECKING:
    from readlist.config import Config
    from readlist.shelf import Entry, Shelf
    from readlist.tui.state import ListState
    from readlist.tui.ui import NoteField, Repeating, Terminal, Ui

_DRAFTED_EVERY = 0.4


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


class Notes:
    """Carries out the commands that write notes; while a note is typed, a draft of it is kept on disk."""

    def __init__(
        self, state: ListState, shelf: Shelf, ui: Ui, note_field: NoteField, terminal: Terminal, config: Config
    ) -> None:
        self._state = state
        self._shelf = shelf
        self._drafts = shelf.marks.drafts
        self._ui = ui
        self._field = note_field
        self._terminal = terminal
        self._config = config
        self._entry: Entry | None = None
        self._drafted = ""
        self._untouched: str | None = None
        self._drafting: Repeating | None = None
        self._late: Sequence[_Late] = ()
        self._looking: Repeating | None = None

    # In the detail pane

    async def note(self) -> None:
        """Open the note of the paper for writing, in the detail pane."""
        await self.leave()
        entry = self._state.entry
        if entry is None:
            return
        self._entry = entry
        text, self._untouched = self._begun(entry)
        self._drafted = text
        await self._field.show(text, line(entry.paper.title))
        self._drafting = self._ui.every(_DRAFTED_EVERY, self.keep_draft)

    def changed(self) -> None:
        """Keep the first letter of a draft at once; the rest follows a moment later."""
        if not self._drafted:
            self.keep_draft()

    def keep_draft(self) -> None:
        """Keep on disk what is written of the note so far."""
        text = self._field.text
        if text is not None and self._entry is not None and text != self._drafted:
            self._drafted = text
            self._drafts.save(self._entry.paper.key, text)

    async def leave(self) -> None:
        """Save the note that is being written and close its editor."""
        if self._entry is None or self._field.text is None:
            return
        await self._field.settled()
        # It may have been left in another way meanwhile.
        if self._entry is not None:
            self.save()
            await self._field.hide()

    def save(self) -> None:
        """Save the note that is being written; its editor is for the caller to close."""
        text, entry = self._field.text, self._entry
        if text is None or entry is None:
            return
        self._entry = None
        if self._drafting is not None:
            self._drafting.stop()
        self._save(entry, text)

    def _begun(self, entry: Entry) -> tuple[str, str | None]:
        """Return the text to write on from, and what it is if nothing need be saved: a note, but not a draft.

        What a state file from elsewhere holds is cleaned for the editor, and stays as it is if nothing is written.
        """
        draft = self._drafts.text(entry.paper.key)
        text = draft if draft is not None else entry.mark.note
        text = clean(text, limit=len(text) + 1, typed=True)
        return text, text if draft is None else None

    def _save(self, entry: Entry, text: str) -> None:
        """Make a text the note of a paper; its draft goes when the note is on disk."""
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
        """Return an entry as it is now."""
        return next(iter(self._shelf.papers.entries([entry.id])), entry)

    # In the user's own editor

    @property
    def _write_here(self) -> str:
        """What else can be done where no editor can be used."""
        return self._ui.keys.text("{key:note} writes the note here.")

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
        before, self._untouched = self._begun(entry)
        try:
            file = EditorFile(command, before)
        except OSError as error:
            reason = f"There is no place for the editor's file: {error.strerror}."
            self._ui.say(f"{reason} {self._write_here}", wrong=True)
            return
        keep = functools.partial(self._drafts.save, entry.paper.key)
        try:
            with self._terminal.suspend(), break_keys_ignored():
                problem = await asyncio.to_thread(file.edit, keep)
        except SuspendNotSupported:
            file.discard()
            self._ui.say(f"This terminal can't be handed to an editor: {self._write_here}", wrong=True)
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
        """Keep as a draft what an editor left that failed, and say so."""
        where = "" if file.is_readable else f" Its file is kept: {drawable(str(file.path))}."
        if file.text in (entry.mark.note, self._untouched):
            self._drafts.discard(entry.paper.key)
            stays = self._ui.keys.text("The note stays as it was; {key:note} writes it here.")
            self._ui.say(f"{problem} {stays}{where}", wrong=True)
        else:
            self._drafts.save(entry.paper.key, file.text)
            if self._drafts.text(entry.paper.key) != file.text:
                self._ui.say(f"{problem} What it wrote is kept in {drawable(str(file.path.parent))}.", wrong=True)
                return
            kept = self._ui.keys.text("What it wrote is kept: {key:note} goes on with it.")
            self._ui.say(f"{problem}{where} {kept}", wrong=True)
            self._ui.show(detail="again")
        if not where:
            file.discard()

    def _wait_for(self, entry: Entry, file: EditorFile) -> None:
        """Look from time to time whether a file is written that an editor's program left as it was."""
        if file.returned_at_once:
            self._ui.say(
                f"`{file.program}` returned at once. What it saves later is taken while readlist is open, from "
                f"{drawable(str(file.path))}. If it has an option to wait, as --wait, add it to the editor's command."
            )
        self._late = [*self._late, _Late(entry, file, self._current(entry).mark.note, file.returned_at_once)]
        if self._looking is None:
            self._looking = self._ui.every(LOOKED_AT_EVERY, self.take_late)

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
                self._ui.say(f"`{late.file.program}` saved no UTF-8: its file is kept, {where}.", wrong=True)
                self._late = [one for one in self._late if one is not late]
                continue
            if text is not None:
                self._take(late, text)
            if last and not late.announced and late.file.is_unchanged:
                late.file.discard()

    def _take(self, late: _Late, text: str) -> None:
        """Make a file's text the note; a draft, if the note has been changed meanwhile."""
        if self._entry is not None and self._entry.id == late.entry.id:
            # It is being written here; what comes of that is seen when it is left.
            return
        current = self._current(late.entry)
        late.file.text, late.announced = text, False
        program = late.file.program
        if current.mark.note != late.note:
            self._drafts.save(current.paper.key, text)
            message = "The note was changed here as well: what `{editor}` saved is a draft, {key:note} goes on with it."
            self._ui.say(self._ui.keys.text(message, editor=program))
            return
        untouched, self._untouched = self._untouched, None
        self._save(current, text)
        self._untouched = untouched
        late.note = text.rstrip()
        self._ui.say(f"The note that `{program}` saved is taken.")
