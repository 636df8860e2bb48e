"""Building the parts from the user's folders: configuration, shelf, app."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from readlist.paths import Paths, PathsError
from readlist.shelf import EXPECTED, LibraryError, Shelf

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.refresh import Refresh

_Result = TypeVar("_Result")
_RETRIED = 2.0
_LOOKED_EVERY = 0.1


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
        status = shelf.status()
        for notice in status.notices:
            complain(notice)
        if lost and sys.exc_info()[0] is None:
            raise Failed(_lost(lost, status.reason))


def _lost(keys: Sequence[str], reason: str) -> str:
    """Say which marks are lost and why."""
    what = "the mark of 1 paper" if len(keys) == 1 else f"the marks of {len(keys):,} papers"
    named = ", ".join(keys[:3]) + (" …" if len(keys) > 3 else "")
    return (
        f"{what} could not be written ({reason or 'it took too long'}): {named}. "
        "What was written before is there; mark again when that is mended."
    )


def waited(shelf: Shelf, done: Future[_Result], patience: float) -> _Result | None:
    """Wait until a step is on disk; returns None when it can't be written, which closing the shelf tells of.

    Args:
        shelf: what writes it.
        done: the step.
        patience: how long to wait while nothing fails, in seconds; what fails is tried for a few seconds only.
    """
    from concurrent.futures import wait

    end = time.monotonic() + patience
    while not done.done():
        if shelf.status().reason:
            end = min(end, time.monotonic() + _RETRIED)
            wait([done], max(0.0, end - time.monotonic()))
            break
        if time.monotonic() >= end:
            break
        wait([done], _LOOKED_EVERY)
    return done.result() if done.done() else None
