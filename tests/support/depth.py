"""How much a run tries: which values of a parameter are slow, and how many examples a test of properties draws."""

from __future__ import annotations

import pytest
from hypothesis import settings

SHORT, LONG = 20, 100
"""Examples of a test that names no number, in the two forms."""


def examples(count: int) -> int:
    """Return how many examples are drawn where `count` are drawn with `--long`; at least five."""
    return min(count, max(5, count * settings().max_examples // LONG))


def slow(*values: object) -> list[object]:
    """Return values of a parameter of a test that are tried in slow runs alone."""
    return [pytest.param(each, marks=pytest.mark.slow) for each in values]
