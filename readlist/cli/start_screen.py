"""Starting the terminal screen."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from readlist import interrupt
from readlist.cli.assembly import find_paths, make_refresh, opened_shelf, sites_from_environ
from readlist.cli.crash import report_error
from readlist.cli.output import CommandError, WrongUsage, warn
from readlist.cli.spared_modules import spared_modules
from readlist.config import Config, ConfigError, load
from readlist.paths import Paths
from readlist.query.rules import rules_of
from readlist.shelf import EXPECTED, LibraryError, Shelf

if TYPE_CHECKING:
    from readlist.tui.app import ReadlistApp
    from readlist.tui.keymap import KeyMap

_WORK = "readlist-work"
_TURN = 0.0005
"""Seconds that a thread works before another one has its turn."""

_SILENCE, _LAST_WORK = 0.5, 10.0
"""Seconds that work may go on after the screen is gone: silently, and with a message."""


def run_screen(painted: Callable[[], None] = lambda: None) -> None:
    """Open the list, and call `painted` once the first papers can be seen; ends the process with the app's exit status.

    Raises:
        WrongUsage: the configuration is wrong, or there is no terminal.
    """
    if not on_terminal():
        raise WrongUsage("not a terminal", "`readlist list` prints the list, `readlist --help` lists all commands")
    if os.name == "posix" and (kind := os.environ.get("TERM", "")) in ("", "dumb", "unknown"):
        named = f"TERM is {kind}" if kind else "TERM is not set"
        raise WrongUsage(f"{named}: this terminal can't show the screen", "set TERM, or use `readlist list`")
    paths = find_paths()
    with WrongUsage.instead_of(ConfigError):
        problems: list[str] = []
        config, keys = screen_settings(paths.settings, problems)
    try:
        status = _shown(paths, config, keys, painted, problems)
    except CommandError as error:
        error.show()
        status = error.exit_code
    leave(status)


def screen_settings(path: Path, problems: list[str] | None = None) -> tuple[Config, KeyMap]:
    """Return the settings in a file and the keys of the screen; see `load`.

    Raises:
        ConfigError: a setting or a key is wrong.
    """
    from readlist.tui.keymap import KeyMap

    config = load(path, problems)
    rules_of(config, path)
    keys = KeyMap(config.keys, path, config.actions)
    return config, keys


_STAYING = ("list", "detail")
"""Where all that is shown stays."""


def keep_quick(app: ReadlistApp) -> None:
    """Do what lets no key wait for garbage or a thread, and is not needed before the first paint."""
    from readlist.tui.garbage import GarbageCollector, return_large_pieces

    return_large_pieces()
    # While a thread works, the screen waits for its turn whenever it has read something.
    sys.setswitchinterval(_TURN)
    # A dialog, and a note that is being written, go again.
    GarbageCollector(lambda: app.screen_stack[-1:] == [app.reading] and app.reading.ui.context in _STAYING).begin()


def _shown(
    paths: Paths, config: Config, keys: KeyMap, painted: Callable[[], None], problems: Sequence[str] = ()
) -> int:
    """Show the list, and what is wrong with the settings, until the user leaves; returns the exit status."""
    with spared_modules():
        from readlist.tui.app import ReadlistApp

    def begin() -> None:
        painted()
        keep_quick(app)

    with opened_shelf(synced=False) as shelf:
        if shelf.papers.writable and shelf.papers.is_untouched():
            from readlist.sources.sample import sample

            shelf.papers.add(sample(date.today()))
            # The sample papers are not news.
            shelf.papers.end_visit()
        sites = sites_from_environ()
        app = ReadlistApp(
            shelf,
            config,
            keys,
            paths.settings,
            lambda: end_anyway(shelf),
            lambda: make_refresh(shelf, sites),
            begin,
        )
        app.problems += problems
        # Nothing is printed on standard error while the screen is drawn there.
        connections = shelf.library.connections
        waiting, connections.on_wait = connections.on_wait, None
        started = datetime.now(UTC)
        run_app(app, mouse=config.mouse)
        connections.on_wait = waiting
        app.reading.controllers.fetcher.stop()
        finish_work(app.reading.ui.board.doing)
        if isinstance(app.fault, EXPECTED):
            # Not a bug: a store that can't be used any more.
            raise app.fault
        if app.fault is not None:
            report_error(app.fault)
        with contextlib.suppress(LibraryError):
            # Only what is new would be wrong next time.
            shelf.papers.end_visit()
        if not config.quiet:
            print_summary(shelf, started, ascii_only=config.ascii)
        if shelf.marks.status().pending:
            warn("writing the last marks…")
    return app.return_code or 0


def print_summary(shelf: Shelf, started: datetime, *, ascii_only: bool) -> None:
    """Print what was decided since the start, if anything was and somebody reads it."""
    if not sys.stdout.isatty():
        return
    with contextlib.suppress(*EXPECTED):
        tally = shelf.marks.tally(started)
        summary = tally.summary()
        try:
            summary.encode("ascii" if ascii_only else sys.stdout.encoding or "ascii")
        except UnicodeError:
            summary = tally.summary("starred", "noted", "-")
        if summary:
            print(summary)


def run_app(app: ReadlistApp, *, mouse: bool) -> None:
    """Run the app until the user leaves; threads that still work then are not waited for, as `asyncio.run` would."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        # Textual draws there: sent to a file, it would leave a blank screen whose keys act unseen.
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]
    loop, workers = asyncio.new_event_loop(), ThreadPoolExecutor(thread_name_prefix=_WORK)
    loop.set_default_executor(workers)
    try:
        app.run(mouse=mouse, loop=loop)
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        workers.shutdown(wait=False, cancel_futures=True)
        loop.close()


def _working() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(_WORK)]


def _join(threads: Sequence[threading.Thread], seconds: float) -> bool:
    """Wait up to some seconds for threads to end; returns whether they did."""
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)


def finish_work(doing: Sequence[str]) -> None:
    """Wait some seconds for work that goes on after the screen is gone, and print what it is."""
    threads = _working()
    if _join(threads, _SILENCE):
        return
    what = f"{', '.join(doing).lower()}: " if doing else ""
    warn(f"{what}finishing, at most {_LAST_WORK:g} s; Ctrl-C to stop…")
    done = False
    try:
        done = _join(threads, _LAST_WORK)
    except KeyboardInterrupt:
        interrupt.forget()
    if not done:
        warn(f"{what}stopped; what was stored is kept, run it again for the rest")


def end_anyway(shelf: Shelf) -> None:
    """Write all marks and end the process, even if something else hangs."""
    shelf.close()
    os._exit(1)


def leave(status: int) -> NoReturn:
    """End the process, also when a thread hangs: at a terminal that went away, or at a disk."""
    if _working() or any(thread.name == "textual-input" for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
    sys.exit(status)


def on_terminal() -> bool:
    """Return whether keys can be read and a screen drawn."""
    return sys.stdin.isatty() and sys.stdout.isatty()
