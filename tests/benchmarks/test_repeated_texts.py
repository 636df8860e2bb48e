"""Work grows with the text, a megabyte takes no more than a second: doors and patterns are given repeated fragments.

By hand: pytest tests/benchmarks/test_repeated_texts.py, in about four minutes. `growth_scan` of tests/support tries all
texts, or one door, or one text; `growth_doors` lists the doors, `growth_texts` the texts.
"""

from __future__ import annotations

import pytest

from tests.support.growth import SlowText, finding, findings, pace
from tests.support.growth_doors import DOORS
from tests.support.growth_texts import lines, singles
from tests.support.pattern_attacks import attacks, patterns

SHARES = 4
"""Into so many parts, a test each, doors and patterns are divided."""
PART = 16
"""Of so many texts one is tried at a door: all of them take an hour."""
ATTACKS = 4
"""Of so many attacks on all patterns, one is tried."""
_MOST_OF_A_PATTERN = 2.0
"""Seconds for a megabyte of a pattern at what it is worst at."""
_BOUNDED = (" _OTHERS",)
"""Given no more than the last forty characters of a name (`with_others`)."""


@pytest.mark.parametrize("share", range(SHARES))
def test_work_grows_with_the_text(share: int) -> None:
    texts = singles() + lines()
    found: list[SlowText] = []
    for place, (name, read) in enumerate(DOORS.items()):
        if place % SHARES == share:
            found += findings({name: read}, texts[place // SHARES % PART :: PART])
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("share", range(SHARES))
def test_no_pattern_goes_back_over_and_over(share: int) -> None:
    slower = pace()
    every = [
        (used, repeated)
        for used in patterns()
        if not used.name.endswith(_BOUNDED)
        for repeated in attacks(used.pattern)
    ]
    found = [
        wrong
        for used, repeated in every[share :: SHARES * ATTACKS]
        if (wrong := finding(used.name, used.use, repeated, slower, _MOST_OF_A_PATTERN))
    ]
    assert not found, "\n".join(map(str, found))
