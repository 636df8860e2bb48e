"""Building the parts from the user's folders: configuration, shelf, app."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from readlist.paths import Paths, PathsError
from readlist.shelf import EXPECTED, LibraryError, Shelf

if TYPE_CHECKING:
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


@contextmanager
def opened_shelf(*, synced: bool = True) -> Iterator[Shelf]:
    """Open the shelf for one command and close it with everything written.

    Raises:
        Failed: the library or the marks can't be opened, or a mark could not be written.
    """
    from readlist.library.store import Library
    from readlist.marks.store import MarkStore

    paths = find_paths()
    try:
        library = Library(paths.library)
    except LibraryError as error:
        raise Failed(str(error)) from error
    shelf = Shelf(library, lambda notify: MarkStore(paths.state, notify=notify), paths.drafts)
    try:
        try:
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
