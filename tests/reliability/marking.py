"""A child process: the app on a terminal, which says on a pipe what has been acknowledged."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from readlist.marks.store import Event

from readlist.config import Config
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import keymap
from tests.making import make_shelf


def main() -> None:
    """Run the app on the shelf of a folder; write a line to a file descriptor for each paper saved."""
    home, out = Path(sys.argv[1]), int(sys.argv[2])
    shelf = make_shelf(home)
    app = ReadlistApp(shelf, Config(), keymap({}))
    told = shelf._notify

    def tell(event: Event) -> None:
        if event.kind == "saved":
            os.write(out, "".join(f"{key}\n" for key in event.keys).encode())
        told(event)

    shelf._marks.notify = tell
    try:
        app.run()
    finally:
        shelf.close()


if __name__ == "__main__":
    main()
