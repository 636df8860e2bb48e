"""The user's own editor: a file handed to it, what it writes into it, and what it saves after its program has ended."""

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

LOOKED_AT_EVERY = 0.5
"""Seconds between two looks at a file that an editor may write."""

_AT_ONCE = 2.0
"""Seconds within which an editor that wrote nothing has likely only handed its file to a window."""


def editor_command(configured: str, environ: Mapping[str, str]) -> list[str]:
    """Return the program that edits text, with its arguments.

    Args:
        configured: the command of config.toml, empty for none.
        environ: the environment, for $VISUAL and $EDITOR.

    Raises:
        ValueError: the command has an open quote; says which command.
    """
    command = configured or environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        return shlex.split(command) or ["vi"]
    except ValueError as error:
        raise ValueError(f"The editor `{drawable(command)}` can't be started: {error}.") from error


class EditorFile:
    """A text in a file of its own, for an editor to write.

    Attributes:
        path: where the file is: alone in a private folder.
        program: the editor's name, for messages.
        text: what the file held when it was written or taken in last.
        returned_at_once: whether the program ended within moments and wrote nothing, as one that opens a window does.
    """

    def __init__(self, command: Sequence[str], text: str) -> None:
        """Make the folder; the file is written when the editor is started.

        Args:
            command: the editor with its arguments.
            text: what the file holds at first.

        Raises:
            OSError: there is no place for it.
        """
        self._command = list(command)
        self.path = Path(tempfile.mkdtemp(prefix="readlist-")) / "note.md"
        # Its last part says enough, in a message of a few lines.
        self.program = drawable(Path(command[0]).name or command[0])
        self.text = text
        self._seen: str | None = text
        self.returned_at_once = False

    def edit(self, keep: Callable[[str], object]) -> str:
        """Run the editor until it ends; `text` is the last it left that is not blank and can be read.

        Args:
            keep: told what the file holds whenever that has changed, while the program runs.

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
            return f"The editor `{drawable(self._command[0])}` did not start: {reason}."
        status = None
        while status is None:
            try:
                status = process.wait(LOOKED_AT_EVERY)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(UnicodeError):
                    if (found := _read(self.path)) and found.strip() and found != self.text:
                        self.text = found
                        keep(found)
        problem = self._take_result(status)
        self._seen = self.text
        self.returned_at_once = not problem and self.text == before and time.monotonic() - began < _AT_ONCE
        return problem

    def _take_result(self, status: int) -> str:
        """Take in what the program left; returns what went wrong, empty if nothing did."""
        unread, found = False, None
        try:
            found = _read(self.path)
        except UnicodeError:
            unread = True
        if status:
            self.text = found if found and found.strip() else self.text
            try:
                how = f"ended with status {status}" if status > 0 else f"was ended by {signal.Signals(-status).name}"
            except ValueError:
                how = f"was ended by signal {-status}"
            return f"The editor `{self.program}` {how}."
        if unread:
            return f"The editor `{self.program}` saved no UTF-8."
        if found is None or (not found.strip() and self.text.strip()):
            return f"The editor `{self.program}` left {'no note' if found is None else 'an empty note'}."
        self.text = found
        return ""

    @property
    def is_readable(self) -> bool:
        """Whether the file holds UTF-8, or nothing."""
        with contextlib.suppress(UnicodeError):
            _read(self.path)
            return True
        return False

    def saved_since(self, *, last: bool = False) -> str | None:
        """Return what an editor whose program has ended has saved since; None if nothing, or if it still may write.

        Args:
            last: whether there will be no further look; else a text counts when two looks found the same.

        Raises:
            UnicodeError: it saved something else than UTF-8.
        """
        found = _read(self.path)
        before, self._seen = self._seen, found
        written = found is not None and found.strip() and found != self.text
        return found if written and (last or found == before) else None

    @property
    def is_unchanged(self) -> bool:
        """Whether the file held at the last look what is in `text`, or is gone."""
        return self._seen in (self.text, None)

    def discard(self) -> None:
        """Remove the file with its folder."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


@contextlib.contextmanager
def break_keys_ignored() -> Iterator[None]:
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


def _read(file: Path) -> str | None:
    """Return what a file holds, None if there is none.

    Raises:
        UnicodeError: it holds something else than UTF-8.
    """
    try:
        # An editor's program may put a pipe or a device there, which would be waited for.
        with open_regular(file) as opened:
            data = opened.read()
    except OSError:
        return None
    # UTF-16 without its mark passes for UTF-8.
    if b"\0" in data:
        raise UnicodeError
    text = data.decode("utf-8-sig")
    return clean(text, limit=len(text) + 1, typed=True)
