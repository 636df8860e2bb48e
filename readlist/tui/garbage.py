"""Garbage: collected in small portions while the screen is shown, so that no collection holds up a key."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable

_PAUSE = 0.2
"""Seconds between two looks at how much there is to collect."""

_ENOUGH = 3
"""Collections of young objects, of some thousands each, after which the older ones have their turn."""

_MANY = 20
"""The same while a dialog is shown, whose objects would be looked at each time: mostly it is closed before."""

_WORK = 5
"""The same since the last look, where work on many papers goes on: drawing and dialogs make less than that."""

_STILL = 5
"""Looks in a row without a collection of young objects after which what was freed goes back to the system."""

_NEVER = 1_000_000
_MMAP_THRESHOLD, _LARGE = -3, 1 << 16
"""The parameter of glibc's `mallopt` (malloc.h), and from how many bytes on a piece of memory goes back when freed."""


class GarbageCollector:
    """Collects what a session leaves in circles, such as closed dialogs.

    Python now and then looks at all objects there are, in whichever thread makes the next one: for the documents of
    100,000 marks that takes a fifth of a second, in which no key is handled. Here what has survived is not looked at
    again, so that a collection is as short as what was made since the last one.

    Work on 100,000 papers makes too much for that within one pause: marks and documents, which leave no circles. None
    of it is looked at; a dialog that is closed in the same moment is kept with it.

    Args:
        settled: whether all that is shown will stay, so that it needs no look again. What is frozen and thrown away
            later is freed as always, unless it is part of a circle.
    """

    def __init__(self, settled: Callable[[], bool]) -> None:
        self._settled = settled
        self._seen, self._collections, self._still = 0, 0, 0

    def begin(self) -> None:
        """Begin to collect, in the running loop."""
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _NEVER)
        self._look()

    def _look(self) -> None:
        settled, made = self._settled(), gc.get_count()[2]
        works = made - self._seen >= _WORK
        if made >= (_ENOUGH if settled else _MANY) or works:
            # The youngest are few, and may be a dialog's.
            gc.collect(1 if works else 2)
            if settled or works:
                gc.freeze()
        self._seen = gc.get_count()[2]
        self._rest()
        asyncio.get_running_loop().call_later(_PAUSE, self._look)

    def _rest(self) -> None:
        """Return memory once the user has paused: the next key would ask for it again."""
        collections = sum(generation["collections"] for generation in gc.get_stats())
        self._still = self._still + 1 if collections == self._collections else 0
        self._collections = collections
        if self._still == _STILL:
            return_freed()


def return_large_pieces() -> None:
    """Have large pieces of memory go back to the system when they are freed: the ids of a view come and go.

    glibc sets the size of what it returns higher with each piece that it has returned, up to 32 MB, and keeps the rest
    for each thread: some MB after a few views of 100,000 papers. Elsewhere this does nothing.
    """
    _ask_glibc("mallopt", _MMAP_THRESHOLD, _LARGE)


def return_freed() -> None:
    """Have freed memory of any size go back to the system, some MB after a search; takes half a millisecond.

    glibc keeps it, for each thread, for as long as anything above it is in use. Elsewhere this does nothing.
    """
    _ask_glibc("malloc_trim", 0)


def _ask_glibc(function: str, *arguments: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            getattr(ctypes.CDLL(None), function)(*arguments)
