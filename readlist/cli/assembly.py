"""Building the parts from the user's folders: configuration, shelf, app."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, TypeVar

from readlist import interrupt
from readlist.cli.output import CommandError, LibraryInUse, ProgressBar, WrongUsage, is_stream_error, warn
from readlist.text.clean import counted

# The stores and the settings are imported where they are opened: a help text, a wrong option and most of completion
# need neither.
if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from readlist.config import Config
    from readlist.marks.store import MarkStore
    from readlist.paths import Paths
    from readlist.query.rules import Rules
    from readlist.services.refresh import Refresh
    from readlist.shelf import Shelf
    from readlist.sources.http.endpoints import Sites

_Result = TypeVar("_Result")
PATIENCE = 30.0
"""Seconds to wait until something is on disk."""

_MARKS_A_SECOND = 500
_RETRIED = 2.0
_LOOKED_EVERY = 0.1
_WAITING = "waiting for another readlist to release the library…"


def settings() -> Config:
    """Return the user's settings.

    Raises:
        WrongUsage: they are wrong.
    """
    from readlist.config import ConfigError

    with WrongUsage.instead_of(ConfigError):
        return load_settings(find_paths().settings)


def rules() -> Rules:
    """Return what the user's settings watch and mute.

    Raises:
        WrongUsage: they are wrong.
    """
    from readlist.config import ConfigError
    from readlist.query.rules import rules_of

    with WrongUsage.instead_of(ConfigError):
        path = find_paths().settings
        return rules_of(load_settings(path), path)


def load_settings(path: Path) -> Config:
    """Return the settings in a file, their keys checked; those of unknown commands are left to the screen.

    Raises:
        ConfigError: they are wrong.
    """
    from readlist.config import load

    config = load(path, [])
    if config.keys or config.actions:
        from readlist.tui.commands import BY_NAME
        from readlist.tui.keymap import KeyMap

        KeyMap({name: keys for name, keys in config.keys.items() if name in BY_NAME}, path, config.actions)
    return config


def settings_to_edit() -> Path:
    """Return the path of config.toml; its keys are checked as the screen does it, the rest when it is edited.

    Raises:
        ConfigError: the keys are wrong.
    """
    from readlist.config import ConfigError, load

    path = find_paths().settings
    config = None
    with suppress(ConfigError):
        config = load(path)
    if config is not None and (config.keys or config.actions):
        from readlist.tui.keymap import KeyMap

        KeyMap(config.keys, path, config.actions)
    return path


def find_paths() -> Paths:
    """Return the user's paths.

    Raises:
        WrongUsage: no folder for files is known.
    """
    from readlist.paths import Paths, PathsError

    with WrongUsage.instead_of(PathsError):
        return Paths.find(os.environ)


def sites_from_environ() -> Sites:
    """Return the sites that the environment names.

    Raises:
        WrongUsage: it names no possible site.
    """
    from readlist.sources.http.endpoints import Sites

    with WrongUsage.instead_of(ValueError):
        return Sites.find(os.environ)


def make_refresh(shelf: Shelf, sites: Sites | None = None) -> Refresh:
    """Return the service that fetches feeds, from the sites given or those of the environment.

    Raises:
        WrongUsage: the environment names no possible site.
    """
    from readlist.services.refresh import Refresh

    return Refresh(shelf, sites or sites_from_environ())


def rebuild_library(path: Path) -> str:
    """Rebuild a damaged library, with progress; returns a line on the result.

    Raises:
        LibraryError: it failed; everything is as it was.
    """
    from datetime import UTC, datetime

    from readlist.library.repair import rebuild

    # A library whose reading ^C ended is not damaged.
    interrupt.check()
    with ProgressBar() as progress:
        rebuilt = rebuild(path, datetime.now(UTC), progress.stored)
    papers = counted(rebuilt.papers, "paper")
    return f"{path} was damaged; rebuilt it with {papers}, and kept the old file as {rebuilt.kept}"


def _opened(paths: Paths, notice: str = "", *, synced: bool, patient: bool) -> Shelf:
    """Open both stores; a library that proves to be damaged is rebuilt, once."""
    from functools import cache

    from readlist.library.library import Library
    from readlist.marks.store import MarkStore
    from readlist.shelf import LibraryDamaged, Shelf

    shelf = None
    try:
        with ProgressBar() as bar:
            library = Library(paths.library, bar.indexed, cache(lambda: warn(_WAITING)))
        shelf = Shelf(library, lambda notify: MarkStore(paths.state, notify=notify), paths.drafts, rules=cache(rules))
        _begin(shelf, notice, marked=paths.state.exists(), synced=synced, patient=patient)
        return shelf
    except BaseException as error:
        if shelf is not None:
            shelf.close()
        if notice or not isinstance(error, LibraryDamaged):
            raise
    return _opened(paths, rebuild_library(paths.library), synced=synced, patient=patient)


def _begin(shelf: Shelf, notice: str, *, marked: bool, synced: bool, patient: bool) -> None:
    """Report a rebuilt library; one that lost its papers gets the marked ones back by their titles."""
    from readlist.shelf import LibraryBusy

    if notice or (marked and shelf.papers.writable and shelf.papers.is_untouched()):
        restored = shelf.sync.restore_papers()
        if restored and not notice:
            papers = counted(restored, "marked paper")
            notice = f"The library was empty; restored {papers} by title. Fetch or import the rest."
    if notice:
        shelf.marks.add_notice(notice)
    if synced:
        with nullcontext() if patient else suppress(LibraryBusy):
            shelf.sync.catch_up(patient=patient)


@contextmanager
def opened_marks() -> Iterator[MarkStore]:
    """Open the marks alone, for when the library is in use, and close them with everything written.

    Raises:
        CommandError: they can't be opened, or one could not be written.
    """
    from readlist.marks.store import MarkStore
    from readlist.shelf import EXPECTED

    try:
        store = MarkStore(find_paths().state)
        try:
            yield store
        finally:
            lost = store.close(_RETRIED)
    except EXPECTED as error:
        if is_stream_error(error):
            raise
        raise CommandError(str(error)) from error
    if lost:
        raise CommandError(_lost(lost, store.status().reason))


@contextmanager
def opened_shelf(*, synced: bool = True, patient: bool = True) -> Iterator[Shelf]:
    """Open the shelf for one command and close it with everything written.

    Synced, queries see the marks that are on disk; patient, it waits until another readlist lets it sync them. Entries
    have the current marks in any case.

    Raises:
        CommandError: the library or the marks can't be opened, or a mark could not be written.
    """
    from readlist.shelf import EXPECTED, LibraryBusy, LibraryDamaged, LibraryError

    paths = find_paths()
    try:
        shelf = _opened(paths, synced=synced, patient=patient)
    except LibraryBusy as error:
        raise LibraryInUse(str(error)) from error
    except EXPECTED as error:
        raise CommandError(str(error)) from error
    try:
        try:
            yield shelf
        except LibraryDamaged as error:
            shelf.close()
            try:
                notice = rebuild_library(paths.library)
            except LibraryError:
                notice = str(error)
            raise CommandError(notice, "run the command again") from error
        except EXPECTED as error:
            if is_stream_error(error):
                raise
            raise CommandError(str(error)) from error
    finally:
        lost = shelf.close()
        status = shelf.marks.status()
        for notice in status.notices:
            warn(notice)
        if lost and sys.exc_info()[0] is None:
            raise CommandError(_lost(lost, status.reason))


def _lost(keys: Sequence[str], reason: str) -> str:
    """Return a line on which marks are lost and why."""
    what = "the mark of 1 paper" if len(keys) == 1 else f"the marks of {len(keys):,} papers"
    named = ", ".join(keys[:3]) + (" …" if len(keys) > 3 else "")
    return f"can't write {what} ({reason or 'it took too long'}): {named}; earlier marks are kept, mark these again"


def wait_for(shelf: Shelf, done: Future[_Result], marks: int = 0, patience: float = PATIENCE) -> _Result | None:
    """Wait until a step of some marks is on disk; returns None when it can't be written, which closing reports.

    Each mark takes its time; `patience` is waited beside that while nothing fails, in seconds. What fails is retried
    for a few seconds only.
    """
    from concurrent.futures import wait

    end = time.monotonic() + patience + marks / _MARKS_A_SECOND
    while not done.done():
        if shelf.marks.status().reason:
            end = min(end, time.monotonic() + _RETRIED)
            wait([done], max(0.0, end - time.monotonic()))
            break
        if time.monotonic() >= end:
            break
        wait([done], _LOOKED_EVERY)
    return done.result() if done.done() else None


@contextmanager
def opened_refresh(shelf: Shelf) -> Iterator[Refresh]:
    """Open the service that fetches feeds; ^C ends it at once: what is stored stays, no thread is waited for."""
    refresh = make_refresh(shelf)
    try:
        yield refresh
    finally:
        refresh.stop()
