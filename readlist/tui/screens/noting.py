"""Writing notes: in place, or in the user's own editor."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from textual import events
from textual.app import SuspendNotSupported
from textual.timer import Timer

from readlist.shelf import Entry
from readlist.text.clean import clean, drawable
from readlist.tui.render import line
from readlist.tui.screens.deciding import Deciding

if TYPE_CHECKING:
    from textual.widgets import TextArea

_LOOKED_AT_EVERY = 0.5
_AT_ONCE = 2.0
"""Seconds within which an editor that wrote nothing has likely only handed its file to a window."""


class _Late(Struct):
    """A file that an editor may still write, though its program has ended.

    Attributes:
        entry: whose note it is.
        file: where it is.
        name: the editor.
        note: the paper's note as it was when the file was written or taken in last.
        text: what was in the file then.
        seen: what was in it when it was looked at last; it is taken in when that stays.
        announced: whether the user was told to write it, and has not yet.
    """

    entry: Entry
    file: Path
    name: str
    note: str
    text: str
    seen: str
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

        self.note_editor = editor = NoteEditor(self.keys, text, line(self.entry.paper.title))
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
            self.shelf.marks.drafts.save(self._noted.paper.key, editor.text)

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
        draft = self.shelf.marks.drafts.text(entry.paper.key)
        text = draft if draft is not None else entry.mark.note
        text = clean(text, limit=len(text) + 1, typed=True)
        return text, text if draft is None else None

    def _save(self, entry: Entry, text: str) -> None:
        """Make a text the note of a paper; its draft goes when the note is on disk."""
        current = next(iter(self.shelf.papers.entries([entry.id])), entry)
        untouched, text = text == self._untouched, text.rstrip()
        if untouched or text == current.mark.note:
            self.shelf.marks.drafts.discard(entry.paper.key)
            self.show_entry(stay=True)
            return
        self.shelf.marks.drafts.save(entry.paper.key, text)
        after, done = self.shelf.marks.apply([current], note=text, label="note" if text else "note removed")
        done.add_done_callback(
            lambda future: None if future.exception() is not None else self.shelf.marks.drafts.discard(entry.paper.key)
        )
        self.replaced([current], after)

    @property
    def _here(self) -> str:
        return self.keys.text("{key:note} writes the note here.")

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
            self.say(f"The editor `{drawable(command)}` can't be started: {error}. {self._here}", wrong=True)
            return
        before, self._untouched = self._begun(entry)
        try:
            folder = Path(tempfile.mkdtemp(prefix="readlist-"))
        except OSError as error:
            self.say(f"There is no place for the editor's file: {error.strerror}. {self._here}", wrong=True)
            return
        keep = functools.partial(self.shelf.marks.drafts.save, entry.paper.key)
        file, began = folder / "note.md", time.monotonic()
        try:
            # Nothing may be drawn meanwhile, not even into Textual's queue: nobody empties that, and it soon is full.
            with self.app.batch_update(), self.app.suspend(), _left_to_the_editor():
                text, problem = await asyncio.to_thread(_edited, words, file, before, keep)
        except SuspendNotSupported:
            folder.rmdir()
            self.say(f"This terminal can't be handed to an editor: {self._here}", wrong=True)
            return
        self.refresh(layout=True)
        if problem:
            self._keep_unfinished(entry, text, problem, file)
            return
        self._save(entry, text)
        if text == before:
            self._wait_for(entry, file, drawable(Path(words[0]).name), before, time.monotonic() - began < _AT_ONCE)
        else:
            shutil.rmtree(folder, ignore_errors=True)

    def _keep_unfinished(self, entry: Entry, text: str, problem: str, file: Path) -> None:
        """Keep as a draft what an editor left that failed, and say so."""
        where = "" if _is_readable(file) else f" Its file is kept: {drawable(str(file))}."
        if text in (entry.mark.note, self._untouched):
            self.shelf.marks.drafts.discard(entry.paper.key)
            stays = self.keys.text("The note stays as it was; {key:note} writes it here.")
            self.say(f"{problem} {stays}{where}", wrong=True)
        else:
            self.shelf.marks.drafts.save(entry.paper.key, text)
            if self.shelf.marks.drafts.text(entry.paper.key) != text:
                self.say(f"{problem} What it wrote is kept in {drawable(str(file.parent))}.", wrong=True)
                return
            kept = self.keys.text("What it wrote is kept: {key:note} goes on with it.")
            self.say(f"{problem}{where} {kept}", wrong=True)
            self.show_entry(stay=True)
        if not where:
            shutil.rmtree(file.parent, ignore_errors=True)

    def _wait_for(self, entry: Entry, file: Path, name: str, text: str, at_once: bool) -> None:
        """Look from time to time whether a file is written that an editor's program left as it was."""
        if at_once:
            self.say(
                f"`{name}` returned at once. What it saves later is taken while readlist is open, from "
                f"{drawable(str(file))}. If it has an option to wait, as --wait, add it to the editor's command."
            )
        note = next(iter(self.shelf.papers.entries([entry.id])), entry).mark.note
        self._late = [*self._late, _Late(entry, file, name, note, text, text, at_once)]
        if self._looking is None:
            self._looking = self.set_interval(_LOOKED_AT_EVERY, self.take_late)

    def take_late(self, *, last: bool = False) -> None:
        """Take in what editors have saved after their program had ended.

        Args:
            last: whether readlist is being closed: what is there is taken now, and files of no more use go.
        """
        for late in self._late:
            try:
                text = _read(late.file)
            except UnicodeError:
                self.say(f"`{late.name}` saved no UTF-8: its file is kept, {drawable(str(late.file))}.", wrong=True)
                self._late = [one for one in self._late if one is not late]
                continue
            written = text is not None and text.strip() and text != late.text
            if text is not None and written and (last or text == late.seen):
                self._take(late, text)
            late.seen = text or ""
            if last and not late.announced and text in (late.text, None):
                shutil.rmtree(late.file.parent, ignore_errors=True)

    def _take(self, late: _Late, text: str) -> None:
        """Make a file's text the note; a draft, if the note has been changed meanwhile."""
        if self._noted is not None and self._noted.id == late.entry.id:
            # It is being written here; what comes of that is seen when it is left.
            return
        current = next(iter(self.shelf.papers.entries([late.entry.id])), late.entry)
        late.text, late.announced = text, False
        if current.mark.note != late.note:
            self.shelf.marks.drafts.save(current.paper.key, text)
            self.say(
                self.keys.text(
                    "The note was changed here as well: what `{editor}` saved is a draft, {key:note} goes on with it.",
                    editor=late.name,
                )
            )
            return
        untouched, self._untouched = self._untouched, None
        self._save(current, text)
        self._untouched = untouched
        late.note = text.rstrip()
        self.say(f"The note that `{late.name}` saved is taken.")


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
        is not blank and can be read.
    """
    # Its last part says enough, in a message of a few lines.
    name = drawable(Path(command[0]).name or command[0])
    try:
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8", errors="replace")
        process = subprocess.Popen([*command, str(file)])
    except (OSError, ValueError) as error:
        return text, f"The editor `{drawable(command[0])}` did not start: {getattr(error, 'strerror', None) or error}."
    status = None
    while status is None:
        try:
            status = process.wait(_LOOKED_AT_EVERY)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(UnicodeError):
                if (found := _read(file)) and found.strip() and found != text:
                    text = found
                    keep(text)
    unread, found = False, None
    try:
        found = _read(file)
    except UnicodeError:
        unread = True
    kept = found if found and found.strip() else text
    if status:
        try:
            how = f"ended with status {status}" if status > 0 else f"was ended by {signal.Signals(-status).name}"
        except ValueError:
            how = f"was ended by signal {-status}"
        return kept, f"The editor `{name}` {how}."
    if unread:
        return text, f"The editor `{name}` saved no UTF-8."
    if found is None or (not found.strip() and text.strip()):
        return text, f"The editor `{name}` left {'no note' if found is None else 'an empty note'}."
    return found, ""


def _is_readable(file: Path) -> bool:
    with contextlib.suppress(UnicodeError):
        _read(file)
        return True
    return False


def _read(file: Path) -> str | None:
    """Return what a file holds, None if there is none.

    Raises:
        UnicodeError: it holds something else than UTF-8.
    """
    try:
        # An editor's program may put a pipe or a device there, which would be waited for.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            data = opened.read()
    except OSError:
        return None
    # UTF-16 without its mark passes for UTF-8.
    if b"\0" in data:
        raise UnicodeError
    text = data.decode("utf-8-sig")
    return clean(text, limit=len(text) + 1, typed=True)
