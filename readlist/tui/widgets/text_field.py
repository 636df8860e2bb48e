"""A field of one line that takes in whatever is typed and pasted."""

from __future__ import annotations

import asyncio

from textual import events
from textual.widget import Widget
from textual.widgets import Input

from readlist.text.clean import clean_line, is_typed


class TextField(Input):
    """A field of one line; pasted lines come side by side."""

    async def _on_key(self, event: events.Key) -> None:
        """Take in the blanks and joiners that Textual leaves out, as those of input methods."""
        if event.character is not None and not event.is_printable and is_typed(event.character):
            event.stop()
            event.prevent_default()
            self.replace(event.character, *self.selection)

    def _on_paste(self, event: events.Paste) -> None:
        """Take in only what is harmless to draw."""
        event.text = clean_line(event.text)


async def keys_taken(widget: Widget) -> None:
    """Wait until a widget has taken in every key that was sent to it."""
    taken = asyncio.Event()
    widget.call_later(taken.set)
    await taken.wait()
