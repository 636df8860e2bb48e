"""What writes to the terminal goes on when the terminal is gone, so that the app can save and end."""

from __future__ import annotations

import errno
import io

import pytest

from readlist.tui.desktop.terminal import TerminalWriter


class Window(io.StringIO):
    """A window that is closed after some texts."""

    def __init__(self, texts: int) -> None:
        super().__init__()
        self.left = texts

    def write(self, text: str, /) -> int:
        """Write while it is open."""
        if not self.left:
            raise OSError(errno.EIO, "Input/output error")
        self.left -= 1
        return super().write(text)


@pytest.mark.parametrize("open_for", [0, 1, 40, 200])
def test_the_app_can_go_on_and_end_when_the_window_is_closed(open_for: int) -> None:
    window = Window(open_for)
    writer = TerminalWriter(window)
    writer.start()
    for number in range(100):
        writer.write(f"{number},")
    writer.stop()
    assert not writer.is_alive()
    assert window.getvalue() == "".join(f"{number}," for number in range(min(open_for, 100)))
