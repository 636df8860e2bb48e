"""The groups of a list: which line has which row, without work for each paper."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from readlist.shelf import GroupKey
from readlist.tui.groups import NO_GROUPS, Groups, with_kept

KEYS: list[GroupKey] = [(date(2026, 8, 2), "A"), (date(2026, 8, 2), "B"), (date(2026, 8, 1), "A"), (None, "refs")]


@given(st.lists(st.integers(min_value=0, max_value=5), max_size=4))
def test_each_row_has_a_line_and_each_group_one_above_it(sizes: list[int]) -> None:
    groups = Groups(zip(KEYS, sizes, strict=False))
    lines: list[int | None] = []
    for size in sizes:
        if size:
            lines += [None, *range(len([row for row in lines if row is not None]), groups.rows)[:size]]
    assert [groups.row_at(line) for line in range(len(lines))] == lines
    assert len(lines) == groups.rows + len(groups)
    for line, row in enumerate(lines):
        if row is not None:
            assert groups.line_of(row) == line
            assert row in groups.rows_of(groups.group_at(line))
            assert groups.group_of(row) == groups.group_at(line)


def test_without_groups_lines_are_rows() -> None:
    assert not NO_GROUPS and NO_GROUPS.rows == 0
    assert [NO_GROUPS.line_of(7), NO_GROUPS.row_at(7), NO_GROUPS.group_of(7)] == [7, 7, -1]


def test_many_groups_are_searched_not_walked() -> None:
    groups = Groups(((date(2026, 8, 2), str(number)), 300) for number in range(10_000))
    assert groups.line_of(2_999_999) == 3_009_999 and groups.row_at(3_009_999) == 2_999_999
    assert groups.row_at(0) is None and groups.rows_of(9_999) == range(2_999_700, 3_000_000)


@given(st.lists(st.tuples(st.integers(min_value=0, max_value=3), st.booleans()), max_size=12))
def test_kept_papers_stay_in_their_group(papers: list[tuple[int, bool]]) -> None:
    papers = sorted(papers, key=lambda paper: paper[0])
    whole = [(KEYS[key], len(list(some))) for key, some in groupby(papers, lambda paper: paper[0])]
    left = [key for key, kept in papers if not kept]
    groups = Groups((KEYS[key], len(list(some))) for key, some in groupby(left))
    kept = [
        (sum(not other for _, other in papers[:row]), KEYS[key]) for row, (key, is_kept) in enumerate(papers) if is_kept
    ]
    found = with_kept(groups, kept)
    assert [(key, len(found.rows_of(place))) for place, key in enumerate(found.keys)] == whole


def test_a_kept_paper_that_a_feed_announced_again_elsewhere_has_a_group_of_its_own() -> None:
    found = with_kept(Groups([(KEYS[0], 2), (KEYS[2], 2)]), [(2, KEYS[3])])
    assert found.keys == [KEYS[0], KEYS[3], KEYS[2]]
    # In the midst of a group it stays there.
    assert len(with_kept(Groups([(KEYS[0], 2)]), [(1, KEYS[3])])) == 1
