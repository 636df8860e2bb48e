"""Tests of readlist.model.mark."""

import pytest

from readlist.model.mark import join_notes


@pytest.mark.parametrize(
    ("note", "other", "both"),
    [
        ("", "", ""),
        ("a", "", "a"),
        ("", "b", "b"),
        ("a", "b", "a\n\nb"),
        ("a\n\nb", "b", "a\n\nb"),
        ("b", "a\n\nb\n\nc", "a\n\nb\n\nc"),
        ("ab", "b", "ab\n\nb"),
        ("a\nb", "b", "a\nb\n\nb"),
    ],
)
def test_notes_are_joined(note: str, other: str, both: str) -> None:
    """Both texts are kept, and what one holds as a whole paragraph is not repeated."""
    assert join_notes(note, other) == both
    assert join_notes(both, other) == both
    assert join_notes(note, both) == both
