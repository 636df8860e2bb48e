"""Building the parts from the user's folders: configuration, shelf, app."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readlist.paths import Paths, PathsError
from readlist.shelf import EXPECTED, LibraryError, Shelf

if TYPE_CHECKING:
    from readlist.library.store import Library
    from readlist.refresh import Refresh


class Failed(click.ClickException):
    """Something failed: one line on standard error, exit status 1."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        """Print the line."""
        complain(self.message)


class Misused(Failed):
    """Wrong usage or configuration: one line on standard error, exit status 2."""

    exit_code = 2


def complain(text: str) -> None:
    """Print one line on standard error, safe for a terminal."""
    from readlist.text import drawable

    click.echo(f"readlist: {drawable(text)}", err=True)


def find_paths() -> Paths:
    """Return the user's paths.

    Raises:
        Misused: no folder to keep things in is known.
    """
    try:
        return Paths.find(os.environ)
    except PathsError as error:
        raise Misused(str(error)) from error


def refresh_of(shelf: Shelf) -> Refresh:
    """Return what asks feeds for a shelf, at the sites the environment names.

    Raises:
        Misused: the environment names no possible site.
    """
    from readlist.refresh import Refresh
    from readlist.sources.http import Sites

    try:
        return Refresh(shelf, Sites.find(os.environ))
    except ValueError as error:
        raise Misused(str(error)) from error


def _opened_library(path: Path) -> tuple[Library, str]:
    """Open the library; a damaged one is made anew of what can be read of it, and that is told in a line."""
    from readlist.library.store import Library, LibraryDamaged

    try:
        try:
            return Library(path), ""
        except LibraryDamaged:
            told = rebuild_library(path)
            return Library(path), told
    except LibraryError as error:
        raise Failed(str(error)) from error


def rebuild_library(path: Path) -> str:
    """Make a damaged library anew, with progress; returns in a line what came of it.

    Raises:
        LibraryError: that could not be done; everything is as it was.
    """
    from readlist.cli.progress import Progress
    from readlist.library.rebuilding import rebuild

    with Progress() as progress:
        rebuilt = rebuild(path, datetime.now(UTC), progress.stored)
    papers = f"{rebuilt.papers:,} paper{'' if rebuilt.papers == 1 else 's'}"
    return f"{path} was damaged. It was made anew with {papers} read from it; the old file is kept as {rebuilt.kept}."


@contextmanager
def opened_shelf(*, synced: bool = True) -> Iterator[Shelf]:
    """Open the shelf for one command and close it with everything written.

    Raises:
        Failed: the library or the marks can't be opened, or a mark could not be written.
    """
    from readlist.marks.store import MarkStore

    paths = find_paths()
    library, notice = _opened_library(paths.library)
    shelf = Shelf(library, lambda notify: MarkStore(paths.state, notify=notify), paths.drafts)
    try:
        try:
            if notice:
                shelf.restore_papers()
                shelf.tell(notice)
            if synced:
                shelf.sync()
            yield shelf
        except EXPECTED as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise Failed(str(error)) from error
    finally:
        lost = shelf.close()
        for notice in shelf.status().notices:
            complain(notice)
        if lost and sys.exc_info()[0] is None:
            raise Failed(f"{len(lost)} marks could not be written: {', '.join(lost[:3])}")
