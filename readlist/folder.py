"""Folders made for the user alone."""

from __future__ import annotations

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder and its missing parents, each for the user's eyes only whatever the umask; others stay as they are.

    Raises:
        OSError: it can't be made.
    """
    # `Path.mkdir` gives parents the mode that the umask leaves, not the one it is told.
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)
