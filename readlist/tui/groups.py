"""The groups of a list: where each begins, and which line of the screen has which row. No Textual, no I/O."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from readlist.shelf import GroupKey


class Groups:
    """Groups of rows, each with a line of its own above its first row. Lines and rows are counted from 0.

    Attributes:
        keys: the day and the feed of each group.
    """

    def __init__(self, sizes: Iterable[tuple[GroupKey, int]] = ()) -> None:
        """Make groups, in order, of some rows each."""
        found = [(key, rows) for key, rows in sizes if rows]
        self.keys = [key for key, _ in found]
        ends = list(accumulate(rows for _, rows in found))
        self._starts = [0, *ends[:-1]] if ends else []
        self._headers = [start + place for place, start in enumerate(self._starts)]
        self.rows = ends[-1] if ends else 0

    def __len__(self) -> int:
        return len(self.keys)

    def line_of(self, row: int) -> int:
        """Return the line of a row."""
        return row + bisect_right(self._starts, row)

    def row_at(self, line: int) -> int | None:
        """Return the row on a line, None if it is the line of a group."""
        place = bisect_left(self._headers, line)
        return None if place < len(self) and self._headers[place] == line else line - place

    def group_at(self, line: int) -> int:
        """Return the place of the group that a line is in."""
        return bisect_right(self._headers, line) - 1

    def group_of(self, row: int) -> int:
        """Return the place of the group that a row is in, -1 without groups."""
        return bisect_right(self._starts, row) - 1

    def rows_of(self, group: int) -> range:
        """Return the rows of a group."""
        end = self._starts[group + 1] if group + 1 < len(self) else self.rows
        return range(self._starts[group], end)

    def without(self, rows: Iterable[int]) -> Groups:
        """Return the groups without some rows."""
        gone = Counter(map(self.group_of, rows))
        return Groups((key, len(self.rows_of(place)) - gone[place]) for place, key in enumerate(self.keys))


NO_GROUPS = Groups()


def with_kept(groups: Groups, kept: Sequence[tuple[int, GroupKey]]) -> Groups:
    """Return groups to which some rows were added; each joins the group beside it that it belongs to, or is its own.

    Args:
        groups: the groups without them.
        kept: before which of the former rows each was put, in order, and its day and feed.
    """
    sizes: list[tuple[GroupKey, int]] = []
    added = 0
    for place, key in enumerate(groups.keys):
        rows = groups.rows_of(place)
        number = len(rows)
        while added < len(kept) and kept[added][0] < rows.stop:
            before, own = kept[added]
            if before == rows.start and own != key:
                _join(sizes, own)
            else:
                number += 1
            added += 1
        sizes.append((key, number))
    for _, own in kept[added:]:
        _join(sizes, own)
    return Groups(sizes)


def _join(sizes: list[tuple[GroupKey, int]], key: GroupKey) -> None:
    """Add one row to the last group, or to a new one."""
    if sizes and sizes[-1][0] == key:
        sizes[-1] = key, sizes[-1][1] + 1
    else:
        sizes.append((key, 1))
