"""How many steps work takes, counted: lines of Python and calls of what isn't, the same on any machine."""

from __future__ import annotations

import gc
import sys
from types import FrameType
from typing import Any

from tests.support.growth import FACTOR, MOST_GROWTH, Door, Repeated

_SIZES = 3
"""Sizes at which what grows too fast is looked at."""


def steps(read: Door, text: str) -> int:
    """Return how many lines a door runs, and how many functions in C it calls, for a text."""
    count = 0

    def line(frame: FrameType, event: str, value: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: FrameType, event: str, value: Any) -> None:
        nonlocal count
        count += event == "c_call"

    before = sys.gettrace(), sys.getprofile()
    # Finalizers run when they will.
    gc.disable()
    sys.settrace(line)
    sys.setprofile(call)
    try:
        read(text)
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
        gc.enable()
    return count


def growth_of_steps(read: Door, repeated: Repeated, size: int) -> float:
    """Return how many times more steps a text of four times the size takes; the least of three such steps of size."""
    growth = _growth(read, repeated, size)
    # A field that is dropped or cut from some length on makes a step or two; what isn't linear isn't at any size.
    for _ in range(_SIZES - 1):
        if growth > MOST_GROWTH:
            size *= FACTOR
            growth = min(growth, _growth(read, repeated, size))
    return growth


def _growth(read: Door, repeated: Repeated, size: int) -> float:
    small, large = repeated(size), repeated(size * FACTOR)
    # What is done but once: modules are loaded, patterns compiled.
    read(large)
    return steps(read, large) / max(1, steps(read, small))
