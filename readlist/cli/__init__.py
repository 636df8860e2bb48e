"""The command line: arguments; the only place where parts are built and joined."""

from __future__ import annotations

import os
import sys

from readlist.cli import exporting as _exporting  # noqa: F401
from readlist.cli import feeds as _feeds  # noqa: F401
from readlist.cli import sync as _sync  # noqa: F401
from readlist.cli.commands import readlist

__all__ = ["main"]


def main() -> None:
    """Run readlist; ends the process with 0 all done, 1 something failed, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names of files may hold bytes that are no UTF-8; they are shown escaped, not as a traceback.
            stream.reconfigure(errors="backslashreplace")
    if "_READLIST_COMPLETE" in os.environ:
        from readlist.cli.shells import answer_shells

        answer_shells()
    from readlist.cli.crash import guarded

    guarded(lambda: readlist(prog_name="readlist"))
