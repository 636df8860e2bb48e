"""What all dialogs have in common."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from textual.screen import ModalScreen
from textual.widget import Widget

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A screen that returns one value.

    Its keys are priority bindings, as the reading screen's are: the app is done with each before it looks at the
    next, so that keys typed quickly after an answer reach the screen below.
    """

    def answer(self, value: Answer | None) -> None:
        """Return a value; a second answer, of a key pressed too late, is none."""
        if self.is_current:
            self.dismiss(value)

    def action_leave(self) -> None:
        """Return nothing."""
        self.answer(None)

    async def flushed(self, widget: Widget) -> None:
        """Wait until a widget has taken in every key that was sent to it."""
        taken = asyncio.Event()
        widget.call_later(taken.set)
        await taken.wait()
