"""Nouns as many as there are."""


def plural(noun: str, number: int) -> str:
    """Return a noun, with an s unless there is one of it."""
    return noun if number == 1 else f"{noun}s"


def count_of(number: int, noun: str) -> str:
    """Return how many there are: `1 paper`, `1,234 papers`."""
    return f"{number:,} {plural(noun, number)}"
