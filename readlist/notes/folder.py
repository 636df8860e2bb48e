"""A folder of notes on disk: finding the files in it, reading them, writing each whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from readlist.files import NotAFile, open_regular, write_atomic
from readlist.notes.note_file import Foreign, NoteFile, Unreadable, key_in, parsed

SUFFIXES = frozenset({".md", ".markdown"})
SIZE_LIMIT = 64 * 1024 * 1024

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
    """Return the Markdown files among what `walk` found with what they hold, and the folders that can't be read."""
    return (load(path) for path in paths if is_markdown(path) or path.is_dir())


def load(path: Path) -> Found:
    """Read one Markdown file; what is wrong with it is told in what is returned."""
    try:
        with open_regular(path, follow=False) as file:
            status = os.fstat(file.fileno())
            if status.st_size > SIZE_LIMIT:
                return Found(path, failure=f"larger than {SIZE_LIMIT >> 20} MiB")
            data = file.readall()
    except NotAFile:
        return Found(path, failure="no file")
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

    def place(temporary: Path, path: Path) -> None:
        # Root may write it nevertheless.
        if before is not None and not path.lstat().st_mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, "it is write-protected")
        _put_in_place(temporary, path, before)

    write_atomic(path, text.encode(), follow=False, sync="file", place=place)


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


def name_sign(name: str) -> str:
    """Return what is equal for two names that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
