"""The title of the terminal's window: set by OSC 2, and given back when another program gets the terminal."""

from __future__ import annotations

import os
from typing import Any

from textual.driver import Driver

_PUSH, _POP = "\x1b[22;0t", "\x1b[23;0t"
"""The terminal keeps its present title on a stack, and takes it from there (xterm's window operations)."""

_WITHOUT = ("", "dumb", "linux", "unknown")
"""Values of TERM of terminals that have no title, and may print what would set it."""


def has_title() -> bool:
    """Return whether the terminal can be expected to have a title."""
    return os.name == "nt" or os.environ.get("TERM", "") not in _WITHOUT


def titled(driver: type[Driver]) -> type[Driver]:
    """Return a driver's class that keeps the title of the terminal's window for as long as the terminal is its own.

    It leaves the terminal when the program ends, is suspended, or lends it to another program.
    """
    parent: Any = driver

    class TitledDriver(parent):  # type: ignore[misc]
        """Sets the title while it has the terminal."""

        _title = ""
        _titled = False

        def start_application_mode(self) -> None:
            """Take the terminal, keep its title, and set ours."""
            super().start_application_mode()
            self._titled = True
            self.write(_PUSH)
            self._write_title()

        def stop_application_mode(self) -> None:
            """Give the terminal back with the title it had."""
            if self._titled:
                self._titled = False
                self.write(_POP)
            super().stop_application_mode()

        def show_title(self, text: str) -> None:
            """Set the title, now or when the terminal is taken; a plain text."""
            self._title = text
            if self._titled:
                self._write_title()

        def _write_title(self) -> None:
            if self._title:
                self.write(f"\x1b]2;{self._title}\x07")

    return TitledDriver


def show_title(driver: Driver | None, text: str) -> None:
    """Set the title of the terminal's window, if the driver can."""
    show = getattr(driver, "show_title", None)
    if show is not None:
        show(text)
