"""A child process: the app on a terminal, which says on a pipe what has been acknowledged."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import termios
from pathlib import Path

from readlist.cli import collect_from_now
from readlist.cli.start_screen import end_anyway, keep_quick, leave
from readlist.config import Config
from readlist.marks import Event, Saved
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_shelf


def run(home: Path, out: int) -> None:
    """Run the app on the shelf of a folder; write a line to a file descriptor for each paper saved."""

    def tell(event: Event) -> None:
        if isinstance(event, Saved):
            os.write(out, "".join(f"{key}\n" for key in event.keys).encode())

    def begin() -> None:
        collect_from_now()
        keep_quick(app)

    shelf = make_shelf(home, listen=tell)
    app = ReadlistApp(shelf, Config(), KeyMap(), None, lambda: end_anyway(shelf), painted=begin)
    try:
        app.run()
    finally:
        shelf.close()
    leave(app.return_code or 0)


def serve(asked: socket.socket) -> None:
    """Run the app in a fork of this process, where everything is imported already, whenever that is asked for.

    What asks sends the folder, with the descriptors of a terminal and of the pipe; it gets the process id.
    """
    # Nobody here waits for them: the system is to forget those that ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        home, descriptors, _, _ = socket.recv_fds(asked, 4096, 2)
        if not home:
            return
        terminal, out = descriptors
        if child := os.fork():
            os.close(terminal)
            os.close(out)
            asked.send(str(child).encode())
            continue
        asked.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for standard in range(3):
            os.dup2(terminal, standard)
        os.close(terminal)
        run(Path(os.fsdecode(home)), out)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(socket.socket(fileno=int(sys.argv[2])))
    else:
        run(Path(sys.argv[1]), int(sys.argv[2]))
