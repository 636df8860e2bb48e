"""Counts in words: `1 paper`, `1,234 papers`."""

from __future__ import annotations


def plural(noun: str, number: int) -> str:
    """Return a noun, with an s unless there is one of it."""
    return noun if number == 1 else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 paper`, `1,234 papers`."""
    return f"{number:,} {plural(noun, number)}"
