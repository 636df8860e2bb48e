"""A folder of notes: its files found, read, and written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from readlist.files import NotAFile, open_regular, write_atomic
from readlist.notes.note_file import NotANote, NoteError, NoteFile, key_in, parse_note

SUFFIXES = frozenset({".md", ".markdown"})
SIZE_LIMIT = 64 * 1024 * 1024

Signature = tuple[int, int, int]
"""Identifies the version of a file: inode, modification time (ns) and size."""


class FileChanged(OSError):
    """A file was changed by someone else meanwhile."""


class FoundFile(Struct, frozen=True):
    """One Markdown file.

    Attributes:
        path: its path.
        file: its content; None if it is not a note or can't be used.
        modified: when it was last written, in seconds since 1970.
        signature: its version when it was read.
        failure: why a note, or a file that may be one, can't be used.
        foreign: why it is not a note.
        ours: whether it is certainly a note.
        key: the paper's key in a note that can't be used.
    """

    path: Path
    file: NoteFile | None = None
    modified: float = 0.0
    signature: Signature = (0, 0, 0)
    failure: str = ""
    foreign: str = ""
    ours: bool = False
    key: str = ""


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its subfolders, sorted by name, without hidden ones and links.

    Raises:
        OSError: the folder can't be read; a subfolder that can't is yielded like a file.
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
    """Tell by its name whether a file is Markdown."""
    return path.suffix.lower() in SUFFIXES


def find(paths: Iterable[Path]) -> Iterator[FoundFile]:
    """Read the Markdown files that `walk` found; folders it couldn't read are failures."""
    return (load(path) for path in paths if is_markdown(path) or path.is_dir())


def load(path: Path) -> FoundFile:
    """Read one Markdown file; problems are in the result."""
    try:
        with open_regular(path, follow=False) as file:
            status = os.fstat(file.fileno())
            if status.st_size > SIZE_LIMIT:
                return FoundFile(path, failure=f"larger than {SIZE_LIMIT >> 20} MiB")
            data = file.readall()
    except NotAFile:
        return FoundFile(path, failure="not a file")
    except OSError as error:
        return FoundFile(path, failure=f"can't be read: {error.strerror or error}")
    try:
        held = parse_note(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason, key = f"line {line}: not UTF-8", key_in(data.decode("utf-8", "replace"))
        ours = bool(key) and b"\nexported:" in data
        return FoundFile(path, failure=reason, ours=True, key=key) if ours else FoundFile(path, foreign=reason)
    except NotANote as error:
        return FoundFile(path, foreign=str(error))
    except NoteError as error:
        return FoundFile(path, failure=str(error), ours=True, key=key_in(data.decode()))
    return FoundFile(path, held, status.st_mtime, _signature(status), ours=True)


def _signature(status: os.stat_result) -> Signature:
    return status.st_ino, status.st_mtime_ns, status.st_size


def put(path: Path, text: str, before: Signature | None) -> None:
    """Write a file whole or not at all: temporary file in its folder, fsync, rename.

    A file keeps its permissions.

    Args:
        path: the file.
        text: its new content.
        before: its version when it was read; None for a new file.

    Raises:
        FileChanged: it was changed meanwhile, or a new file exists already.
        OSError: it can't be written; it is unchanged then.
    """

    def place(temporary: Path, path: Path) -> None:
        # Root could write it.
        if before is not None and not path.lstat().st_mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, "it is write-protected")
        _put_in_place(temporary, path, before)

    write_atomic(path, text.encode(), follow=False, sync="file", place=place)


def _put_in_place(temporary: Path, path: Path, before: Signature | None) -> None:
    try:
        if before is None:
            # Unlike renaming, this never replaces a file that was created meanwhile.
            path.hardlink_to(temporary)
            return
    except FileExistsError as error:
        raise FileChanged(None, "another file of this name was created meanwhile; try again") from error
    except OSError:
        # Some file systems have no hard links.
        pass
    try:
        present = _signature(path.lstat())
    except FileNotFoundError:
        present = None
    if present != before:
        raise FileChanged(None, "it was changed meanwhile; try again")
    temporary.replace(path)


def fold_name(name: str) -> str:
    """Return a normalized name, equal for two that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
