"""The command line: arguments; the only place where parts are built and joined."""

from __future__ import annotations

# Nothing that takes time: ^C while it is imported would end in Python's own traceback.
import gc
import os
import sys

__all__ = ["main"]

_COMPLETE = "_READLIST_COMPLETE"
"""Set by a shell that asks for completion."""

_MANY = 20_000
"""Objects after which a command looks for garbage: with Python's 700 that happens some twenty times while it starts."""


def main() -> None:
    """Run readlist; ends the process with 0 all done, 1 something failed, 2 wrong usage, 130 interrupted."""
    try:
        from readlist.interrupt import listen

        listen()
        _guarded()
    except BaseException as error:
        from readlist.interrupt import INTERRUPTED, asked, listen, settle

        listen()
        # A second ^C would end in a traceback while the process is taken down.
        settle()
        status: object = error.code if isinstance(error, SystemExit) else None
        if (isinstance(error, SystemExit) and not status) or not asked(error):
            if isinstance(error, SystemExit):
                _leave(status or 0)
            raise
        _print_interrupted()
        _leave(INTERRUPTED)
        raise SystemExit(INTERRUPTED) from None
    settle()
    _leave(0)


def _leave(status: object) -> None:
    """End the process at once: everything is closed, and taking Python down takes a tenth of a short command.

    Returns where Python must do it: threads are to be waited for, or what was printed can't be written.
    """
    import atexit
    import threading

    # All memory goes back to the system at once: Python shall not search it for garbage before.
    gc.freeze()
    main_thread = threading.main_thread()
    waited_for = any(not thread.daemon and thread is not main_thread for thread in threading.enumerate())
    if waited_for or not isinstance(status, int):
        return
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):
        # Python reports it.
        return
    os._exit(status & 0xFF)


def _print_interrupted() -> None:
    """Print the one line of a command that ^C ended."""
    try:
        if sys.stderr is not None:
            sys.stderr.write("readlist: interrupted; what was done so far is kept\n")
            sys.stderr.flush()
    except (OSError, ValueError):
        from readlist.cli.output import give_up

        give_up(sys.stdout, sys.stderr)


def _guarded() -> None:
    # What is made while starting stays: collecting it takes a tenth of the start.
    gc.disable()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            from pathlib import Path

            # In this order each takes the descriptor it had, which the next file, such as the library, would take.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
        elif mode == "w" and hasattr(stream, "reconfigure"):
            # Names of files may hold bytes that are not UTF-8; they are shown escaped.
            stream.reconfigure(errors="backslashreplace")
    if _COMPLETE in os.environ:
        from readlist.cli.completion_command import answer_shells

        answer_shells()
    from readlist.cli.crash import guarded

    guarded(_run)


def _run() -> None:
    if len(sys.argv) > 1 or _COMPLETE in os.environ:
        from readlist.cli.command_table import readlist

        gc.set_threshold(_MANY)
        collect_from_now()
        readlist.main(prog_name="readlist")
        return
    # The list opens without what reads arguments.
    from readlist.cli.output import CommandError
    from readlist.cli.start_screen import run_screen

    try:
        run_screen(painted=collect_from_now)
    except CommandError as error:
        from readlist.interrupt import check, settle

        check()
        settle()
        error.show()
        sys.exit(error.exit_code)


def collect_from_now() -> None:
    """Collect garbage of what is made from now on, never of what was imported."""
    gc.freeze()
    gc.enable()
