"""Writing an export into a file: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from readlist.files import sync_folder


def write_whole(path: Path, pieces: Iterable[str] | bytes) -> None:
    """Write a text, in UTF-8, or bytes into a file, in place of what is there only once all of it is on disk.

    A link is followed, the mode of a file that is there stays; a pipe or device is written to directly.

    Raises:
        OSError: it can't be written; what was there is as it was.
    """
    if path.exists() and not path.is_file():
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory; name a file in it", str(path))
        with path.open("wb") as file:
            file.writelines(_encoded(pieces))
        return
    path = Path(os.path.realpath(path))
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    if mode is not None and not os.access(path, os.W_OK):
        raise PermissionError(13, "Permission denied", str(path))
    beside = path.with_name(f".readlist-{secrets.token_hex(6)}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(_encoded(pieces))
            file.flush()
            os.fsync(descriptor)
        if mode is not None:
            beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    with contextlib.suppress(OSError):
        sync_folder(path.parent)


def _encoded(pieces: Iterable[str] | bytes) -> Iterator[bytes]:
    if isinstance(pieces, bytes):
        yield pieces
    else:
        yield from (piece.encode("utf-8", "replace") for piece in pieces)
