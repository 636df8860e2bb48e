"""How many examples a test of properties draws: all with `--long`, else a part."""

from __future__ import annotations

from hypothesis import settings

SHORT, LONG = 20, 100
"""Examples of a test that names no number, in the two forms."""


def examples(count: int) -> int:
    """Return how many examples are drawn where `count` are drawn with `--long`; at least five."""
    return min(count, max(5, count * settings().max_examples // LONG))
