"""Drafts of notes that are being typed: they survive a terminal that dies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from readlist.files import clear_left_over, make_private, open_regular, write_atomic
from readlist.model.time import exact_time_text, parse_time, utc_now


class Draft(Struct, frozen=True):
    """An unsaved note as last seen in the editor.

    Attributes:
        key: of the paper.
        saved: when the draft was written, in UTC.
    """

    key: str
    text: str
    saved: datetime


class Drafts:
    """One file per draft, in a folder that is made with the first one.

    A draft is replaced in one step, but not synced to the medium: it survives the process, not a power cut, and
    so is cheap enough for every pause in typing.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._folder, self._clock = folder, clock

    def save(self, key: str, text: str) -> bool:
        """Save a draft in place of the paper's last one; returns whether that succeeded."""
        content = {"key": key, "text": text, "time": exact_time_text(self._clock())}
        try:
            make_private(self._folder)
            # Escaped, since half a surrogate pair has no UTF-8.
            data = json.dumps(content).encode("ascii")
            write_atomic(self._path(key), data, mode=0o600, keep_mode=False, follow=False, sync="nothing")
        except OSError:
            return False
        return True

    def text(self, key: str) -> str | None:
        """Return the text of a paper's draft, None if there is no readable one."""
        if not self._folder.exists():
            # Usually: hashing need not be loaded for it.
            return None
        draft = self._read(self._path(key))
        return draft.text if draft is not None else None

    def discard(self, key: str) -> None:
        """Delete a paper's draft: its note is saved or discarded."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError:
            # Then it is offered once more.
            return

    def all(self) -> tuple[Draft, ...]:
        """Return every draft that can be read, oldest first."""
        clear_left_over(self._folder)
        found = (self._read(path) for path in self._folder.glob("*.json"))
        return tuple(sorted((draft for draft in found if draft), key=lambda draft: draft.saved))

    def _path(self, key: str) -> Path:
        from hashlib import sha256

        return self._folder / f"{sha256(key.encode(errors='surrogatepass')).hexdigest()[:32]}.json"

    def _read(self, path: Path) -> Draft | None:
        try:
            with open_regular(path) as file:
                content = json.loads(file.read())
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(content, dict):
            return None
        key, text, saved = content.get("key"), content.get("text"), parse_time(content.get("time"))
        if not isinstance(key, str) or not isinstance(text, str) or saved is None:
            return None
        return Draft(key, text, saved)
