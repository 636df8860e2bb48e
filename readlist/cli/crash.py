"""What is left of a fault of readlist itself: a report without private text, and one line that says where it is."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from readlist import __version__, interrupt
from readlist.cli.assembly import find_paths
from readlist.cli.output import complain, give_up, say
from readlist.files import make_private

_EXPLANATION = """\
A report of a fault in readlist. It names places in the program, but no message and no value of a variable, since
those may hold titles, notes, addresses or passwords. Please add what you did, and send it to readlist's authors.
"""


def guarded(run: Callable[[], None]) -> None:
    """Run something; a fault of readlist in it, or in a thread of it, ends in a report and exit status 1."""
    faults: list[BaseException] = []
    before = threading.excepthook

    def keep(arguments: threading.ExceptHookArgs) -> None:
        # On the screen a traceback would land in the middle of the list.
        if arguments.exc_value is not None and not _is_gone_terminal(arguments):
            faults.append(arguments.exc_value)

    threading.excepthook = keep
    try:
        run()
    except BrokenPipeError:
        interrupt.check()
        # Whoever read what was printed has read enough.
        give_up(sys.stdout, sys.stderr)
        sys.exit(1)
    except Exception as error:
        if interrupt.asked(error):
            raise
        faults.insert(0, error)
    except SystemExit as leaving:
        if faults and not interrupt.asked(leaving):
            tell(faults[0])
            raise SystemExit(leaving.code or 1) from leaving
        raise
    finally:
        threading.excepthook = before
    if faults and not interrupt.asked():
        interrupt.settle()
        tell(faults[0])
        sys.exit(1)


def _is_gone_terminal(arguments: threading.ExceptHookArgs) -> bool:
    """Tell whether a thread failed because the window was closed that it reads from or writes to."""
    name = arguments.thread.name if arguments.thread is not None else ""
    return isinstance(arguments.exc_value, OSError) and name.startswith("textual")


def tell(fault: BaseException) -> None:
    """Write the report of a fault, and say in a line where it is."""
    name = type(fault).__name__
    try:
        path = write_report(fault, find_paths().data)
    except Exception:
        path = None
    if path is None:
        complain(f"a fault in readlist itself ({name}); what was marked is kept. No report could be written:")
        say("\n".join(lines_of(fault)) + "\n")
    else:
        complain(f"a fault in readlist itself ({name}); what was marked is kept. A report without your texts is {path}")


def write_report(fault: BaseException, folder: Path) -> Path:
    """Write the report of a fault into a folder, for the user's eyes only; returns where.

    Raises:
        OSError: it can't be written.
    """
    import platform

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
    """Yield where a fault came about, and those it came from: files, lines and code, no message, no values."""
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
    """Return a file's name without the folders above its package, which may bear the user's name."""
    parts = Path(name).parts
    for base in ("site-packages", "dist-packages", "readlist"):
        if base in parts:
            last = len(parts) - 1 - parts[::-1].index(base)
            return "/".join(parts[last + (base != "readlist") :])
    return "/".join(parts[-2:])


def version_of(name: str) -> str:
    """Return the version of a package that is installed, or that it isn't."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
