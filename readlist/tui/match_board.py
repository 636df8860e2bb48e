"""What a list by match knows: how well its papers fit, and how far that can be relied on. No Textual, no I/O."""

from __future__ import annotations

from collections.abc import Mapping

_MOST = 300


class MatchBoard:
    """The matches of a list.

    Attributes:
        by_id: how well papers fit, 0 to 99, by their ids; replaced as a whole.
        doubt: why the order can't be relied on, in one or two words; empty if there is no doubt.
        caution: the same in a sentence.
        is_outdated: whether the list is in the order of earlier decisions.
    """

    def __init__(self) -> None:
        self.by_id: Mapping[int, int] = {}
        self.doubt = self.caution = ""
        self.is_outdated = False

    def add(self, matches: Mapping[int, int]) -> None:
        """Take in how well some more papers fit."""
        self.by_id = {**(self.by_id if len(self.by_id) < _MOST else {}), **matches}
