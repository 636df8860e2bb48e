"""What was slow, or never ended, with a hostile text; `tests/benchmarks/test_repeated_texts.py` tries all doors."""

from __future__ import annotations

import re
import time

import pytest

from tests.support.growth import MOST_GROWTH, Repeated, finding, growth_of_time, pace
from tests.support.growth_doors import DOORS
from tests.support.growth_steps import growth_of_steps
from tests.support.growth_texts import drawn

ONCE = (
    ("add", "arXiv:"), ("add", "arXiv:2401.12345"), ("add", ","), ("RSS description", "arXiv:"),
    ("RSS description", "arXiv:2401.12345"), ("RSS description", "))"), ("HTML text", "<a "), ("HTML article", "(("),
    ("HTML article", "www."), ("page raw", "key: x\n"), ("note imported", "key: x\n"), ("note body", "key: x\n"),
    ("cleaning", "w" * 999 + " "), ("LaTeX", "\\["), ("LaTeX", "\\("), ("LaTeX", "\\[ a"),
)  # fmt: skip
"""What took more than its share once."""

_SURELY = 9.0
"""Times as long for four times the text, and seconds for a megabyte: what is quadratic takes 16 times as long, and a
busy machine does not make so much of 4."""


@pytest.mark.slow
@pytest.mark.parametrize(("door", "piece"), ONCE)
def test_what_was_slow_once_is_not(door: str, piece: str) -> None:
    found = finding(door, DOORS[door], Repeated(piece), pace())
    assert found is None or (found.growth < _SURELY and found.seconds < _SURELY)


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


ROUNDS = 1
LONG_ROUNDS = 4
"""Texts for each door, in the short form and with `--long`."""
_COUNTED, _TIMED = 1_000, 8_000
"""Characters of the smaller text whose steps are counted, and of the one whose time is taken."""


def test_no_door_takes_more_than_its_share_of_repeated_fragments(thorough: bool) -> None:
    found = []
    for number in range(LONG_ROUNDS if thorough else ROUNDS):
        for (name, read), repeated in zip(DOORS.items(), drawn(number), strict=False):
            counted, timed = growth_of_steps(read, repeated, _COUNTED), growth_of_time(read, repeated, _TIMED)
            if counted > MOST_GROWTH or timed > _SURELY:
                found.append(f"{name}: {repeated.sample} ×{counted:.1f} counted, ×{timed:.1f} timed")
    assert not found, "\n".join(found)


_BACK = re.compile("(?:ab)*c")


def _pairs(text: str) -> int:
    return sum(one is other for one in text for other in text)


def test_steps_that_are_more_than_the_text_s_share_are_found() -> None:
    repeated = Repeated("ab")
    assert growth_of_steps(_pairs, repeated, 50) > 2 * MOST_GROWTH
    assert growth_of_steps(lambda text: [one for one in text], repeated, 1_000) < MOST_GROWTH  # noqa: C416


@pytest.mark.slow
def test_time_that_is_more_than_the_text_s_share_is_found() -> None:
    repeated = Repeated("ab")
    assert growth_of_time(_BACK.search, repeated, 1_500, 0.001) > _SURELY
    assert growth_of_time(lambda text: [sum(range(99)) for _ in text], repeated, 16_000, 0.001) < _SURELY
