"""What can go wrong with a library file, in one clear line: what, where, what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from readlist import interrupt


class LibraryError(Exception):
    """The library can't do what was asked; the message says what, where and what to do."""


class LibraryBusy(LibraryError):
    """Another readlist is writing to the library; try again later."""


class LibraryDamaged(LibraryError):
    """The file can't be read as a library; `repair.rebuild` recovers what can be read of it."""


class LibraryReadOnly(LibraryError):
    """The library can be read, but not written."""


class SearchInterrupted(LibraryError):
    """A query was stopped by `Connections.interrupt`."""


_OTHER_TABLES = ("no such table: ", "no such column: ", "no such index: ", "table score has ")
_UNCHANGED = "It was not changed, and your marks are safe: they are stored elsewhere."


def not_a_library(path: Path, reason: str) -> LibraryError:
    """Return the error for a file that is not a readlist library."""
    return LibraryError(f"{path} is not a readlist library ({reason}). {_UNCHANGED} Move it away to start a new one.")


def damaged(path: Path, reason: str) -> LibraryDamaged:
    """Return the error for a library that can't be read."""
    return LibraryDamaged(
        f"The library {path} is damaged ({reason}). {_UNCHANGED} `readlist doctor --repair` recovers what can be read."
    )


def newer(path: Path, found: int, known: int) -> LibraryError:
    """Return the error for a library written by a later version."""
    return LibraryError(
        f"The library {path} was written by a newer readlist (schema {found}; this one knows {known}). "
        "It was not changed. Update readlist to open it."
    )


def changed(path: Path, reason: str) -> LibraryError:
    """Return the error for a library whose tables are not those it had when it was opened."""
    return LibraryError(
        f"The library {path} is not as this readlist needs it ({reason}): another version has changed it, or it is "
        "damaged. Start readlist again; if that doesn't help, `readlist doctor --repair` recovers what can be read."
    )


def read_only(path: Path) -> LibraryReadOnly:
    """Return the error for a library that may not be written."""
    return LibraryReadOnly(
        f"The library {path} can't be written (read-only file or folder). Make it writable, "
        "or set READLIST_HOME to another folder."
    )


def no_room(path: Path) -> LibraryReadOnly:
    """Return the error for a library that can only be read because the disk is full."""
    return LibraryReadOnly(
        f"The library {path} can't be written: the disk or quota is full, or failing. Free some space and start again."
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the system about a library file into a `LibraryError`.

    Errors of use (wrong SQL, a closed connection) are bugs and pass through.
    """
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.InterfaceError):
        raise
    except sqlite3.Error as error:
        raise _explain(path, error) from error
    except OSError as error:
        raise LibraryError(
            f"The library {path} can't be opened or created: {error.strerror or error}. "
            f"Check the folder {path.parent}, or set READLIST_HOME to another one."
        ) from error


def _explain(path: Path, error: sqlite3.Error) -> Exception:
    # The low byte is the primary result code: https://sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusy(f"Another readlist is writing to the library {path}. Try again in a moment.")
    if code == sqlite3.SQLITE_INTERRUPT:
        return SearchInterrupted("The search was stopped.")
    if code == sqlite3.SQLITE_NOTADB:
        return damaged(path, "not an SQLite database")
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path, str(error))
    if code == sqlite3.SQLITE_FULL:
        return LibraryError(f"The library {path} can't be written: the disk is full. Free some space and try again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return read_only(path)
    if code == sqlite3.SQLITE_CANTOPEN:
        return LibraryError(f"The library {path} can't be opened. Check that its folder exists and is writable.")
    if code == sqlite3.SQLITE_IOERR:
        return LibraryError(f"The library {path} can't be read or written ({error}). Check the disk and its space.")
    if "decode to UTF-8" in str(error) or "user-defined function" in str(error):
        # A stored text or list that is invalid; or ^C while one of our functions ran.
        interrupt.check()
        return damaged(path, str(error).partition(" with text")[0])
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(_OTHER_TABLES):
        return changed(path, str(error))
    return error
