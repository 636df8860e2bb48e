"""The user's editor: its file, what it saves, also after its program has ended."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from readlist.files import open_regular
from readlist.text.clean import clean, drawable

CHECKED_EVERY = 0.5
"""Seconds between two checks of a file that an editor may save."""

_AT_ONCE = 2.0
"""An editor that ends within these seconds and saves nothing has likely opened a window."""


_IN_TERMINAL = frozenset({"vi", "vim", "nvim", "nano", "pico", "hx", "micro", "kak", "joe", "mg", "ed"})
"""Editors that open no window: whoever leaves them at once wants no change."""


def editor_command(configured: str, environ: Mapping[str, str]) -> list[str]:
    """Return the user's editor with its arguments.

    Args:
        configured: the command of config.toml, empty for none.
        environ: the environment, for $VISUAL and $EDITOR.

    Raises:
        ValueError: the command has an open quote.
    """
    command = configured or environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        return shlex.split(command) or ["vi"]
    except ValueError as error:
        raise ValueError(f"Can't start the editor `{drawable(command)}`: {error}.") from error


class EditorFile:
    """A text in a private file for an editor.

    Attributes:
        path: the file, alone in a private folder.
        program: the editor's name, for messages.
        text: the file's text when it was last written or read.
        returned_at_once: whether the program ended at once and saved nothing, as one that opens a window does.
    """

    def __init__(self, command: Sequence[str], text: str) -> None:
        """Make the folder; the file is written when the editor is started.

        Args:
            command: the editor with its arguments.
            text: the file's first text.

        Raises:
            OSError: the folder can't be made.
        """
        self._command = list(command)
        self.path = Path(tempfile.mkdtemp(prefix="readlist-")) / "note.md"
        self.program = drawable(Path(command[0]).name or command[0])
        self.text = text
        self._seen: str | None = text
        self.returned_at_once = False

    def edit(self, keep: Callable[[str], object]) -> str:
        """Run the editor until it ends; `text` is the last text it saved that is not blank and can be read.

        Args:
            keep: called with the file's text whenever it changes while the program runs.

        Returns:
            What went wrong, empty if nothing did.
        """
        began, before = time.monotonic(), self.text
        try:
            self.path.touch(mode=0o600)
            self.path.write_text(before, encoding="utf-8", errors="replace")
            process = subprocess.Popen([*self._command, str(self.path)])
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            return f"Can't start the editor `{drawable(self._command[0])}`: {reason}."
        status = None
        while status is None:
            try:
                status = process.wait(CHECKED_EVERY)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(UnicodeError):
                    if (found := _read(self.path)) and found.strip() and found != self.text:
                        self.text = found
                        keep(found)
        problem = self._read_result(status)
        self._seen = self.text
        quick = self.program not in _IN_TERMINAL and time.monotonic() - began < _AT_ONCE
        self.returned_at_once = quick and not problem and self.text == before
        return problem

    def _read_result(self, status: int) -> str:
        """Read what the program saved; returns what went wrong, empty if nothing did."""
        unread, found = False, None
        try:
            found = _read(self.path)
        except UnicodeError:
            unread = True
        if status:
            self.text = found if found and found.strip() else self.text
            try:
                how = f"failed with status {status}" if status > 0 else f"was killed by {signal.Signals(-status).name}"
            except ValueError:
                how = f"was killed by signal {-status}"
            return f"The editor `{self.program}` {how}."
        if unread:
            return f"The editor `{self.program}` saved a file that is not UTF-8."
        if found is None or (not found.strip() and self.text.strip()):
            return f"The editor `{self.program}` {'deleted its file' if found is None else 'saved an empty note'}."
        self.text = found
        return ""

    @property
    def is_readable(self) -> bool:
        """Whether the file is UTF-8, or missing."""
        with contextlib.suppress(UnicodeError):
            _read(self.path)
            return True
        return False

    def saved_since(self, *, last: bool = False) -> str | None:
        """Return what an editor has saved after its program ended; None if nothing, or if it may still be writing.

        Args:
            last: whether this is the last check; else a text counts when two checks found the same.

        Raises:
            UnicodeError: the file is not UTF-8.
        """
        found = _read(self.path)
        before, self._seen = self._seen, found
        written = found is not None and found.strip() and found != self.text
        return found if written and (last or found == before) else None

    @property
    def is_unchanged(self) -> bool:
        """Whether the file was the same as `text`, or missing, at the last check."""
        return self._seen in (self.text, None)

    def discard(self) -> None:
        """Remove the file with its folder."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


@contextlib.contextmanager
def break_keys_ignored() -> Iterator[None]:
    r"""Ignore the terminal's ^C and ^\ while another program has it: they reach the whole process group.

    A handler that does nothing, unlike SIG_IGN, is not inherited by the program.
    """
    before = {}
    for name in ("SIGINT", "SIGQUIT"):
        # Windows has only one of them.
        if number := getattr(signal, name, None):
            before[number] = signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _read(file: Path) -> str | None:
    """Return a file's text, None if it is missing.

    Raises:
        UnicodeError: it is not UTF-8.
    """
    try:
        # An editor may put a pipe or a device there, which would block.
        with open_regular(file) as opened:
            data = opened.read()
    except OSError:
        return None
    # UTF-16 without a byte order mark decodes as UTF-8.
    if b"\0" in data:
        raise UnicodeError
    text = data.decode("utf-8-sig")
    return clean(text, limit=len(text) + 1, typed=True)
