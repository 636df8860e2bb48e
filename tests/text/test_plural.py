"""Tests of readlist.text.plural."""

import pytest

from readlist.text.plural import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 papers"), (1, "1 paper"), (2, "2 papers"), (1_234, "1,234 papers")]
)
def test_a_count_is_said_in_words(number: int, words: str) -> None:
    """One is one paper, all else are papers, with commas between thousands."""
    assert counted(number, "paper") == words
