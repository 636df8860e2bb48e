"""Writing notes: in place, or in the user's own editor."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import SuspendNotSupported
from textual.timer import Timer

from readlist.shelf import Entry
from readlist.text import clean, drawable
from readlist.tui.render import line
from readlist.tui.screens.deciding import Deciding

if TYPE_CHECKING:
    from textual.widgets import TextArea

_LOOKED_AT_EVERY = 0.5


class Noting(Deciding):
    """The commands that write notes; while a note is typed, a draft of it is kept on disk."""

    _noted: Entry | None = None
    _drafted = ""
    _untouched: str | None = None
    _drafting: Timer | None = None

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
        command = self.config.editor or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            words = shlex.split(command) or ["vi"]
        except ValueError as error:
            self.say(f"The editor `{drawable(command)}` can't be started: {error}. e writes the note here.", wrong=True)
            return
        before, self._untouched = self._begun(entry)
        try:
            folder = Path(tempfile.mkdtemp(prefix="readlist-"))
        except OSError as error:
            self.say(f"There is no place for the editor's file: {error.strerror}. e writes the note here.", wrong=True)
            return
        keep = functools.partial(self.shelf.save_draft, entry)
        try:
            # Nothing may be drawn meanwhile, not even into Textual's queue: nobody empties that, and it soon is full.
            with self.app.batch_update(), self.app.suspend(), _left_to_the_editor():
                text, problem = await asyncio.to_thread(_edited, words, folder / "note.md", before, keep)
        except SuspendNotSupported:
            folder.rmdir()
            self.say("This terminal can't be handed to an editor: e writes the note here.", wrong=True)
            return
        self.refresh(layout=True)
        if problem:
            self._keep_unfinished(entry, text, problem, folder)
            return
        shutil.rmtree(folder, ignore_errors=True)
        self._save(entry, text)

    def _keep_unfinished(self, entry: Entry, text: str, problem: str, folder: Path) -> None:
        """Keep as a draft what an editor left that failed, and say so."""
        if text in (entry.mark.note, self._untouched):
            self.shelf.discard_draft(entry)
            self.say(f"{problem} The note stays as it was; e writes it here.", wrong=True)
        else:
            self.shelf.save_draft(entry, text)
            if self.shelf.draft(entry) != text:
                self.say(f"{problem} What it wrote is kept in {drawable(str(folder))}.", wrong=True)
                return
            self.say(f"{problem} What it wrote is kept: e goes on with it.", wrong=True)
            self.show_entry(stay=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _left_to_the_editor() -> Iterator[None]:
    r"""Leave the terminal's ^C and ^\ to the program it is handed to: they reach the whole process group.

    A handler that does nothing, unlike SIG_IGN, is not inherited by the program.
    """
    before = {}
    for name in ("SIGINT", "SIGQUIT"):
        # Windows has but one of them.
        if number := getattr(signal, name, None):
            before[number] = signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _edited(command: list[str], file: Path, text: str, keep: Callable[[str], object]) -> tuple[str, str]:
    """Have a text edited by a program.

    Args:
        command: the program with its arguments.
        file: is made, and handed to the program.
        text: what the file holds at first.
        keep: told what the file holds whenever that has changed, while the program runs.

    Returns:
        The text, and what went wrong or nothing. When something did, the text is the last the program left that
        is not blank.
    """
    name = drawable(command[0])
    try:
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8", errors="replace")
        process = subprocess.Popen([*command, str(file)])
    except (OSError, ValueError) as error:
        return text, f"The editor `{name}` did not start: {getattr(error, 'strerror', None) or error}."
    status = None
    while status is None:
        try:
            status = process.wait(_LOOKED_AT_EVERY)
        except subprocess.TimeoutExpired:
            found = _read(file)
            if found and found.strip() and found != text:
                text = found
                keep(text)
    found = _read(file)
    if status == 0:
        return (text, f"The editor `{name}` left no note.") if found is None else (found, "")
    kept = found if found and found.strip() else text
    try:
        how = f"ended with status {status}" if status > 0 else f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        how = f"was ended by signal {-status}"
    return kept, f"The editor `{name}` {how}."


def _read(file: Path) -> str | None:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return clean(text, limit=len(text) + 1, typed=True)
