"""Garbage: collected in small portions while the screen is shown, so that no collection holds up a key."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

_PAUSE = 0.5
"""Seconds between two looks at how much there is to collect."""

_ENOUGH = 8
"""Collections of young objects, of some thousands each, after which the older ones have their turn."""

_NEVER = 1_000_000


class GarbageCollector:
    """Collects what a session leaves in circles, such as closed dialogs.

    Python now and then looks at all objects there are, in whichever thread makes the next one: for the documents of
    100,000 marks that takes a fifth of a second, in which no key is handled. Here what has survived is not looked at
    again, so that a collection is as short as what was made since the last one.

    Args:
        settled: whether all that is shown will stay, so that it needs no look again. What is frozen and thrown away
            later is freed as always, unless it is part of a circle.
    """

    def __init__(self, settled: Callable[[], bool]) -> None:
        self._settled = settled

    def begin(self) -> None:
        """Begin to collect, in the running loop."""
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _NEVER)
        self._look()

    def _look(self) -> None:
        if gc.get_count()[2] >= _ENOUGH:
            gc.collect()
            if self._settled():
                gc.freeze()
        asyncio.get_running_loop().call_later(_PAUSE, self._look)
