"""Starting the terminal screen."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import NoReturn

from readlist.cli.building import Misused, complain, find_paths, opened_shelf, refresh_of
from readlist.config import ConfigError, load, place
from readlist.shelf import LibraryError, Shelf


def run_screen() -> None:
    """Open the list; ends the process with the app's exit status.

    Raises:
        Misused: the configuration is wrong, or there is no terminal.
    """
    from readlist.tui.commands import BY_NAME, keymap

    paths = find_paths()
    try:
        config = load(paths.settings, commands=BY_NAME)
    except ConfigError as error:
        raise Misused(str(error)) from error
    if not on_terminal():
        raise Misused("this is no terminal; `readlist list` prints the list, `readlist --help` tells more")
    from readlist.tui.app import ReadlistApp, theme_problem

    if problem := theme_problem(config.theme):
        raise Misused(f"{place(paths.settings, 'theme')}: {problem}")
    with opened_shelf(synced=False) as shelf:
        if shelf.writable and shelf.is_untouched():
            from readlist.sources.sample import sample

            shelf.add(sample())
            # What came with readlist is no news.
            shelf.end_visit()
        refresh = refresh_of(shelf)
        app = ReadlistApp(shelf, config, keymap(config.keys), paths.settings, lambda: end_anyway(shelf), refresh)
        app.run(mouse=config.mouse)
        refresh.stop()
        status = app.return_code or 0
        with contextlib.suppress(LibraryError):
            # Only what is new would be wrong next time.
            shelf.end_visit()
        if shelf.status().pending:
            complain("writing the last marks…")
    leave(status)


def end_anyway(shelf: Shelf) -> None:
    """Write what is to be written and end the process, whatever else hangs."""
    shelf.close()
    os._exit(1)


def leave(status: int) -> NoReturn:
    """End the process, also when the terminal went away before Textual could stop the thread that reads it."""
    if any(thread.name == "textual-input" for thread in threading.enumerate()):
        os._exit(status)
    sys.exit(status)


def on_terminal() -> bool:
    """Tell whether keys can be read and a screen be drawn."""
    return sys.stdin.isatty() and sys.stdout.isatty()
