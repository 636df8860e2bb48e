"""Folders made for the user alone, put on the medium, and the names of what is set aside in them."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

_DATED = re.compile(r"-\d{8}T\d{6}Z(?:-\d+)?(?:-wal|-journal)?\Z")


def make_private(folder: Path) -> None:
    """Make a folder and its missing parents, each for the user's eyes only whatever the umask; others stay as they are.

    Raises:
        OSError: it can't be made.
    """
    # `Path.mkdir` gives parents the mode that the umask leaves, not the one it is told.
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the medium, where the system can do that.

    Raises:
        OSError: the folder can't be opened.
    """
    # Windows can't open a folder, and doesn't need to.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network and user-space file systems know no sync of a folder.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason_of(error: Exception) -> str:
    """Return why something can't be done with a file, in the system's words where it has some."""
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def dated(path: Path, word: str, now: datetime, exists: Callable[[Path], bool] = Path.exists) -> Path:
    """Return a name beside a file's own that is free, to keep the file under: `NAME.WORD-20261121T101112Z`."""
    date = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    name = f"{path.name}.{word}-{date}" if word else f"{path.name}-{date}"
    target, number = path.with_name(name), 1
    while exists(target):
        number += 1
        target = path.with_name(f"{name}-{number}")
    return target


def is_set_aside(name: str) -> bool:
    """Tell whether a file's name says that it was kept by `dated`, or after it was merged."""
    return name.endswith(".merged") or _DATED.search(name) is not None
