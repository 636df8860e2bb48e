"""A child process: readlist with a fault in it, on the screen, in a thread, or in a command."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

PRIVATE = "a note that nobody else must read"


def break_something(what: str) -> None:
    """Put a fault into readlist."""
    from readlist.tui.controllers.program import Program
    from readlist.tui.screen import ReadingScreen

    def fail(*_: object, **__: object) -> None:
        note = PRIVATE
        raise ZeroDivisionError(f"in the middle of {note}")

    if what == "screen":
        setattr(Program, "help", fail)  # noqa: B010
        mount = ReadingScreen.on_mount

        def listening(self: ReadingScreen) -> None:
            mount(self)
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.call_later, fail)

        setattr(ReadingScreen, "on_mount", listening)  # noqa: B010
    elif what == "thread":

        def in_thread(*_: object) -> None:
            threading.Thread(target=fail).start()

        setattr(Program, "help", in_thread)  # noqa: B010
    else:
        import readlist.cli.list_command

        setattr(readlist.cli.list_command, "print_entries", fail)  # noqa: B010


def main() -> None:
    """Run readlist."""
    break_something(os.environ["FAULT"])
    from readlist.cli import main as run

    sys.argv[0] = "readlist"
    run()


if __name__ == "__main__":
    main()
