"""What a list by gains is about: read from its query and its order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from readlist.model.trend import CountKind
from readlist.model.view import Sort
from readlist.query import parse
from readlist.tui.gain_board import asks_gains, gain_board

VISIT = datetime(2026, 8, 1, 9, tzinfo=UTC)
TODAY = date(2026, 8, 2)


@pytest.mark.parametrize(
    ("query", "sort", "kind", "first", "since"),
    [
        ("", "gained", "upvotes", None, VISIT),
        ("", "-rising", "upvotes", None, VISIT),
        ("gained:>3", "feed", "upvotes", None, None),
        ("is:unread (gained:stars>3 OR title:x)", "feed", "stars", None, None),
        ("gained:stars>3", "gained", "stars", None, VISIT),
        ("gained:7d>3", "gained", "upvotes", date(2026, 7, 27), None),
        ("gained:7d>3", "rising", "upvotes", date(2026, 7, 27), VISIT),
    ],
)
def test_a_list_is_about_what_its_query_asks_else_its_order(
    query: str, sort: Sort, kind: CountKind, first: date | None, since: datetime | None
) -> None:
    parsed = parse(query, today=TODAY)
    board = gain_board(parsed, sort, lambda: VISIT)
    assert asks_gains(parsed, sort) and board is not None
    assert (board.kind, board.first, board.since) == (kind, first, since)


def test_other_lists_are_not() -> None:
    assert gain_board(parse("upvotes:>3"), "upvotes", lambda: VISIT) is None
    assert not asks_gains(parse("upvotes:>3"), "upvotes")


def test_the_column_comes_with_the_first_gain() -> None:
    board = gain_board(parse(""), "gained", lambda: VISIT)
    assert board is not None and not board.is_known
    board.add({1: 0})
    assert not board.is_known
    board.add({2: -3})
    assert board.is_known and board.by_id == {1: 0, 2: -3}
