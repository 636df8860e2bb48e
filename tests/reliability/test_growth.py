"""Work grows with the text, and a megabyte takes no more than a second: every door is given repeated fragments.

`growth_scan` of tests/support tries one door, or one text; `growth_doors` lists the doors.
"""

from __future__ import annotations

from itertools import islice

import pytest

from tests.support.growth import Repeated, finding, findings, pace
from tests.support.growth_doors import DOORS
from tests.support.growth_texts import lines, pairs, singles

SHARES = 16
"""Into so many parts, a test each, the matrix is divided."""
PART = 3
"""Of so many texts an ordinary slow run tries one at a door; with `--long` all of them."""
PAIRS = 400

ONCE = (
    ("add", "arXiv:"), ("add", "arXiv:2401.12345"), ("RSS description", "arXiv:"),
    ("RSS description", "arXiv:2401.12345"), ("RSS description", "))"), ("HTML text", "<a "),
    ("note body", "key: x\n"), ("LaTeX", "\\["), ("LaTeX", "\\("), ("LaTeX", "\\[ a"),
)  # fmt: skip
"""What took more than its share once."""


@pytest.mark.parametrize(("door", "piece"), ONCE)
def test_what_was_slow_once_is_not(door: str, piece: str) -> None:
    assert not finding(door, DOORS[door], Repeated(piece), pace())


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_work_grows_with_the_text(share: int, thorough: bool) -> None:
    texts = singles() + lines()
    if thorough:
        texts += islice(pairs(), PAIRS)
    found = []
    for place, (name, read) in enumerate(DOORS.items()):
        if place % SHARES == share:
            tried = texts if thorough else texts[place % PART :: PART]
            found += list(findings({name: read}, tried))
    assert not found, "\n".join(map(str, found))
