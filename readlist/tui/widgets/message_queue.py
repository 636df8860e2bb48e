"""What waits in a widget's queue: keys it was sent, and its size."""

from __future__ import annotations

import asyncio

from textual.widget import Widget


async def keys_taken(widget: Widget) -> None:
    """Wait until a widget has handled every key sent to it."""
    taken = asyncio.Event()
    widget.call_later(taken.set)
    await taken.wait()
