"""Notes and marks of two papers that are one."""

from datetime import timedelta

import pytest

from readlist.model.mark import Mark, join_notes, merge_marks
from tests.support.library import NOON


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


class TestMergeMarks:
    def test_nothing_decided_is_dropped(self) -> None:
        one = Mark(read=NOON, note="first")
        other = Mark(starred=NOON, note="second", noted=NOON, saved="pending")
        assert merge_marks(one, other) == Mark(NOON, NOON, "first\n\nsecond", NOON, saved="pending")

    def test_a_note_that_is_part_of_the_other_is_not_repeated(self) -> None:
        both = merge_marks(Mark(note="first"), Mark(note="second"))
        assert merge_marks(both, Mark(note="second")) == both
        assert merge_marks(Mark(note="second"), both) == both

    def test_the_later_time_counts(self) -> None:
        later = NOON + timedelta(hours=1)
        assert merge_marks(Mark(read=later), Mark(read=NOON)).read == later
