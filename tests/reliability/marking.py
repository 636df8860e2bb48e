"""A child process: the app on a terminal, which says on a pipe what has been acknowledged."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from readlist.cli.screen import end_anyway, leave
from readlist.config import Config
from readlist.marks.event import Event, Saved
from readlist.tui.app import ReadlistApp
from readlist.tui.commands import keymap
from tests.making import make_shelf


def main() -> None:
    """Run the app on the shelf of a folder; write a line to a file descriptor for each paper saved."""
    home, out = Path(sys.argv[1]), int(sys.argv[2])

    def tell(event: Event) -> None:
        if isinstance(event, Saved):
            os.write(out, "".join(f"{key}\n" for key in event.keys).encode())

    shelf = make_shelf(home, listen=tell)
    app = ReadlistApp(shelf, Config(), keymap({}), None, lambda: end_anyway(shelf))
    try:
        app.run()
    finally:
        shelf.close()
    leave(app.return_code or 0)


if __name__ == "__main__":
    main()
