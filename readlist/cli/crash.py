"""Internal errors: a report without private text, and one line that says where it is."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from readlist import __version__, interrupt
from readlist.cli.output import give_up, say, warn

if TYPE_CHECKING:
    from pathlib import Path

_EXPLANATION = """\
An internal error in readlist. This report names places in the program, but no messages and no values, which may hold
titles, notes, addresses or passwords. Please add what you did, and send it to readlist's authors.
"""


def guarded(run: Callable[[], None]) -> None:
    """Run something; an internal error in it, or in a thread of it, ends in a report and exit status 1."""
    faults: list[BaseException] = []
    before = threading.excepthook

    def keep(arguments: threading.ExceptHookArgs) -> None:
        # On the screen a traceback would land in the middle of the list.
        if arguments.exc_value is not None and not _is_closed_terminal(arguments):
            faults.append(arguments.exc_value)

    threading.excepthook = keep
    try:
        run()
    except BrokenPipeError:
        interrupt.check()
        # The reader has read enough.
        give_up(sys.stdout, sys.stderr)
        sys.exit(1)
    except Exception as error:
        if interrupt.asked(error):
            raise
        faults.insert(0, error)
    except SystemExit as leaving:
        if faults and not interrupt.asked(leaving):
            report_error(faults[0])
            raise SystemExit(leaving.code or 1) from leaving
        raise
    finally:
        threading.excepthook = before
    if faults and not interrupt.asked():
        interrupt.settle()
        report_error(faults[0])
        sys.exit(1)


def _is_closed_terminal(arguments: threading.ExceptHookArgs) -> bool:
    """Return whether a thread failed because the window was closed that it reads from or writes to."""
    name = arguments.thread.name if arguments.thread is not None else ""
    return isinstance(arguments.exc_value, OSError) and name.startswith("textual")


def report_error(fault: BaseException) -> None:
    """Write a report of an internal error, and print where it is."""
    name = type(fault).__name__
    try:
        from readlist.cli.assembly import find_paths

        path = write_report(fault, find_paths().data)
    except Exception:
        path = None
    line = f"internal error in readlist ({name}, please report); your marks are kept"
    if path is None:
        warn(f"{line}. Can't write a report file:")
        say("\n".join(lines_of(fault)) + "\n")
    else:
        warn(f"{line}. Report without your texts: {path}")


def write_report(fault: BaseException, folder: Path) -> Path:
    """Write a report of an internal error into a folder, readable only by the user; returns its path.

    Raises:
        OSError: it can't be written.
    """
    import platform
    from datetime import UTC, datetime

    from readlist.files import make_private

    now = datetime.now(UTC)
    make_private(folder)
    path = folder / f"crash-{now:%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    facts = {
        "when": now.isoformat(timespec="seconds"),
        "readlist": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "terminal": os.environ.get("TERM", ""),
        **{name: version_of(name) for name in ("textual", "tinydb", "click")},
    }
    lines = [_EXPLANATION, *(f"{name}: {value}" for name, value in facts.items()), "", *lines_of(fault)]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write("\n".join(lines) + "\n")
    return path


def lines_of(fault: BaseException) -> Iterator[str]:
    """Yield where an error was raised, and those it came from: files, lines and code, no messages, no values."""
    import traceback

    seen: set[int] = set()
    error: BaseException | None = fault
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield f"{type(error).__module__}.{type(error).__qualname__}"
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}"
            if frame.line:
                yield f"    {frame.line}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is not None:
            yield "which came from"


def _short(name: str) -> str:
    """Return a file's name without the folders above its package, which may hold the user's name."""
    from pathlib import Path

    parts = Path(name).parts
    for base in ("site-packages", "dist-packages", "readlist"):
        if base in parts:
            last = len(parts) - 1 - parts[::-1].index(base)
            return "/".join(parts[last + (base != "readlist") :])
    return "/".join(parts[-2:])


def version_of(name: str) -> str:
    """Return the version of a package, or `not installed`."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
