"""Work grows with the text, and a megabyte takes no more than a second: every door is given repeated fragments.

`growth_scan` of tests/support tries one door, or one text; `growth_doors` lists the doors, `growth_texts` the texts.
"""

from __future__ import annotations

import time
from itertools import islice

import pytest

from tests.support.growth import Repeated, SlowText, finding, findings, pace
from tests.support.growth_doors import DOORS
from tests.support.growth_texts import lines, pairs, singles
from tests.support.pattern_attacks import attacks, patterns

SHARES = 4
"""Into so many parts, a test each, doors and patterns are divided."""
PART = 4
"""Of so many texts an ordinary slow run tries one at a door; with `--long` all of them, and pairs."""
PAIRS = 400
_MOST_OF_A_PATTERN = 2.0
"""Seconds for a megabyte of a pattern at what it is worst at."""

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


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_work_grows_with_the_text(share: int, thorough: bool) -> None:
    texts = singles() + lines()
    if thorough:
        texts += islice(pairs(), PAIRS)
    found: list[SlowText] = []
    for place, (name, read) in enumerate(DOORS.items()):
        if place % SHARES == share:
            tried = texts if thorough else texts[place // SHARES % PART :: PART]
            found += findings({name: read}, tried)
    assert not found, "\n".join(map(str, found))


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_no_pattern_goes_back_over_and_over(share: int) -> None:
    slower = pace()
    found = [
        wrong
        for used in patterns()[share::SHARES]
        for repeated in attacks(used.pattern)
        if (wrong := finding(used.name, used.use, repeated, slower, _MOST_OF_A_PATTERN))
    ]
    assert not found, "\n".join(map(str, found))
