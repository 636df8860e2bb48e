"""A folder of notes on disk: finding the files in it, reading them, writing each whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import time
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from readlist.notes.note_file import Foreign, NoteFile, Unreadable, key_in, looks_like_note, parsed
from readlist.text.clean import clean_line

SUFFIXES = frozenset({".md", ".markdown"})
SIZE_LIMIT = 64 * 1024 * 1024

_HEAD = 16_384
_LEFT_OVER = re.compile(r"\.readlist-[0-9a-f]{16}\.tmp")
_UNDER_WAY = 60.0
"""Seconds for which a temporary file may be another export's."""

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)

Signature = tuple[int, int, int]
"""What tells that a file is the one that was read: its number, modification time (ns) and size."""


class Interfered(OSError):
    """A file changed while it was to be written."""


class Found(Struct, frozen=True):
    """One Markdown file.

    Attributes:
        path: where it is.
        file: what it holds; None if that is no note or can't be used.
        modified: when it was last written, in seconds since 1970.
        signature: what it was when it was read.
        failure: why a note of readlist's, or a file that may be one, can't be used.
        foreign: why it is no note.
        ours: whether it is certainly one of readlist's.
        key: of which paper it seems to be, where it can't be used.
    """

    path: Path
    file: NoteFile | None = None
    modified: float = 0.0
    signature: Signature = (0, 0, 0)
    failure: str = ""
    foreign: str = ""
    ours: bool = False
    key: str = ""


def shown(path: Path) -> str:
    """Return a path as it can be shown: names may hold anything."""
    text = str(path)
    return text if text.isprintable() else clean_line(text.encode("utf-8", "replace").decode()) or "?"


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its subfolders, sorted by name; hidden ones and links are passed over.

    Raises:
        OSError: the folder itself can't be read; one inside it is yielded as if it were a file.
    """
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            with os.scandir(path) as entries:
                inside = sorted(
                    (entry.name, entry.is_dir(follow_symlinks=False))
                    for entry in entries
                    if not entry.name.startswith(".") and not entry.is_symlink()
                )
        except OSError:
            if path == folder:
                raise
            yield path
            continue
        yield from (path / name for name, is_folder in inside if not is_folder)
        waiting.extend(path / name for name, is_folder in reversed(inside) if is_folder)


def is_markdown(path: Path) -> bool:
    """Tell whether a file is Markdown by its name."""
    return path.suffix.lower() in SUFFIXES


def find(paths: Iterable[Path]) -> Iterator[Found]:
    """Yield the Markdown files among what `walk` found with what they hold, and the folders that can't be read."""
    for path in paths:
        if is_markdown(path) or path.is_dir():
            yield load(path)


def holds_notes(folder: Path) -> bool:
    """Tell quickly whether a folder seems to hold notes of readlist's; raises OSError if it can't be read."""
    return any(is_markdown(path) and seems_note(path) for path in walk(folder))


def seems_note(path: Path) -> bool:
    """Tell by the beginning of a file whether it seems to be a note of readlist's; one that can't be read doesn't."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return looks_like_note(file.read(_HEAD).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return False


def load(path: Path) -> Found:
    """Read one Markdown file; what is wrong with it is told in what is returned."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _BINARY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Found(path, failure="no file")
            if status.st_size > SIZE_LIMIT:
                return Found(path, failure=f"larger than {SIZE_LIMIT >> 20} MiB")
            data = file.readall()
    except OSError as error:
        return Found(path, failure=f"can't be read: {error.strerror or error}")
    try:
        held = parsed(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason, key = f"line {line}: not UTF-8", key_in(data.decode("utf-8", "replace"))
        ours = bool(key) and b"\nexported:" in data
        return Found(path, failure=reason, ours=True, key=key) if ours else Found(path, foreign=reason)
    except Foreign as error:
        return Found(path, foreign=str(error))
    except Unreadable as error:
        return Found(path, failure=str(error), ours=True, key=key_in(data.decode()))
    return Found(path, held, status.st_mtime, _signature(status), ours=True)


def _signature(status: os.stat_result) -> Signature:
    return status.st_ino, status.st_mtime_ns, status.st_size


def put(path: Path, text: str, before: Signature | None) -> None:
    """Write a file whole or not at all: temporary file in its folder, fsync, rename.

    A file that is there keeps its permissions.

    Args:
        path: the file.
        text: what it shall hold.
        before: what it was when it was read; None for a new one.

    Raises:
        Interfered: it is no longer what it was, or there is one already.
        OSError: it could not be written. Nothing has changed then.
    """
    temporary = path.with_name(f".readlist-{secrets.token_hex(8)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(descriptor)
        if before is not None:
            mode = stat.S_IMODE(path.lstat().st_mode)
            # Renaming would do it nevertheless.
            if not mode & stat.S_IWUSR or not os.access(path, os.W_OK):
                raise PermissionError(None, "it is write-protected")
            temporary.chmod(mode)
        _put_in_place(temporary, path, before)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, path: Path, before: Signature | None) -> None:
    try:
        if before is None:
            # Unlike renaming, this never puts a file over one that came meanwhile.
            path.hardlink_to(temporary)
            return
    except FileExistsError as error:
        raise Interfered(None, "there is a file of that name by now; try again") from error
    except OSError:
        # Some file systems know no second names.
        pass
    try:
        present = _signature(path.lstat())
    except FileNotFoundError:
        present = None
    if present != before:
        raise Interfered(None, "it changed meanwhile; try again")
    temporary.replace(path)


def clear_left_over(folder: Path) -> None:
    """Take away what an export that was killed left behind in a folder; that of one under way stays."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _LEFT_OVER.fullmatch(path.name) and time.time() - path.lstat().st_mtime > _UNDER_WAY:
                path.unlink(missing_ok=True)


def name_sign(name: str) -> str:
    """Return what is equal for two names that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
