"""The command line: arguments; the only place where parts are built and joined."""

from __future__ import annotations

import os
import sys

from readlist.cli.commands import readlist

__all__ = ["main"]


def main() -> None:
    """Run readlist; ends the process with 0 all done, 1 something failed, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names of files may hold bytes that are no UTF-8; they are shown escaped, not as a traceback.
            stream.reconfigure(errors="backslashreplace")
    try:
        readlist(prog_name="readlist")
    except BrokenPipeError:
        # The reader of a pipe left (`| head`): nothing is wrong; keep the interpreter from saying so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
