"""What was slow, or never ended, with a hostile text; `tests/benchmarks/test_repeated_texts.py` tries all doors."""

from __future__ import annotations

import time

import pytest

from tests.support.growth import Repeated, finding, pace
from tests.support.growth_doors import DOORS

ONCE = (
    ("add", "arXiv:"), ("add", "arXiv:2401.12345"), ("add", ","), ("RSS description", "arXiv:"),
    ("RSS description", "arXiv:2401.12345"), ("RSS description", "))"), ("HTML text", "<a "), ("HTML article", "(("),
    ("HTML article", "www."), ("page raw", "key: x\n"), ("note imported", "key: x\n"), ("note body", "key: x\n"),
    ("cleaning", "w" * 999 + " "), ("LaTeX", "\\["), ("LaTeX", "\\("), ("LaTeX", "\\[ a"),
)  # fmt: skip
"""What took more than its share once."""


@pytest.mark.parametrize(("door", "piece"), ONCE)
def test_what_was_slow_once_is_not(door: str, piece: str) -> None:
    assert not finding(door, DOORS[door], Repeated(piece), pace())


@pytest.mark.parametrize(
    ("door", "text"),
    [
        ("links", f"Code: https://github.com/lab/{'.' * 60}a"),
        ("page of a paper", f"{', and '.join(f'Ada{number} Bell1' for number in range(60))} say\n"),
        ("arXiv listing", f"{'a' * 100}1"),
    ],
)
def test_what_never_ended_ends(door: str, text: str) -> None:
    start = time.process_time()
    DOORS[door](text)
    assert time.process_time() - start < 2
