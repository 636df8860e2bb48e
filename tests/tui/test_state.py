"""The state of the list: where the cursor lands, what stays in its row, what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from readlist.model.mark import Mark
from readlist.model.view import VIEWS, View
from readlist.shelf import Entry, Facts, GroupCount
from readlist.tui.groups import Groups
from readlist.tui.state import BUILT_IN, ListState, merge_keeping_place, shown_first
from tests.support.papers import make_paper

NOW = datetime(2026, 8, 2, tzinfo=UTC)
INBOX, ALL, STARRED, NOTES = range(BUILT_IN)


class Papers:
    """A hundred entries by their ids; which were fetched is kept."""

    def __init__(self) -> None:
        self.entries = {
            number: Entry(number, make_paper(number), Mark(), "HF daily", None, number, None, None, None, NOW)
            for number in range(1, 101)
        }
        self.fetched: list[int] = []

    def __call__(self, ids: Sequence[int]) -> list[Entry]:
        """Return the entries of some ids."""
        self.fetched += ids
        return [self.entries[number] for number in ids if number in self.entries]


@pytest.fixture
def papers() -> Papers:
    """The papers there are."""
    return Papers()


@pytest.fixture
def state(papers: Papers) -> ListState:
    """The first ten papers, with the cursor on the first."""
    made = ListState(VIEWS, papers)
    made.show(range(1, 11))
    return made


def mark(state: ListState, entry: Entry, **changes: object) -> Entry:
    """Decide about a paper, as the shelf does."""
    after = replace(entry, mark=replace(entry.mark, **changes))
    state.replace([entry], [after])
    return after


def under_cursor(state: ListState) -> int | None:
    return state.entry.id if state.entry is not None else None


# The cursor


def test_the_cursor_stays_among_the_rows(state: ListState) -> None:
    state.cursor -= 1
    assert under_cursor(state) == 1
    state.cursor += 99
    assert state.cursor == 9 and under_cursor(state) == 10
    state.show([])
    assert state.cursor == 0 and state.entry is None and state.targets() == []
    state.cursor = 5
    assert state.cursor == 0


def test_after_a_decision_the_cursor_stays_and_the_paper_in_its_row(state: ListState) -> None:
    state.cursor = 4
    entry = state.entry
    assert entry is not None
    mark(state, entry, read=NOW)
    assert list(state.ids) == list(range(1, 11)) and under_cursor(state) == 5
    assert state.entry is not None and state.entry.mark.read == NOW
    assert state.decisions == 1


def test_after_a_refresh_the_cursor_is_on_its_paper_or_where_it_was(state: ListState) -> None:
    state.cursor = 4
    state.show([20, *range(1, 11)], keep=5, cursor=4)
    assert (state.cursor, under_cursor(state)) == (5, 5)
    state.show([1, 2, 3, 4, 6, 7], keep=5, cursor=4)
    assert (state.cursor, under_cursor(state)) == (4, 6)
    state.show([1, 2], keep=5, cursor=4)
    assert (state.cursor, under_cursor(state)) == (1, 2)


def test_after_a_search_the_cursor_goes_back_to_where_it_was_before(state: ListState) -> None:
    state.cursor = 6
    state.begin_search()
    state.search = "sparse"
    state.show([2, 9])
    state.cursor = 1
    # Opened again, the line is still of the same search.
    state.begin_search()
    state.search = ""
    assert state.before_search == 7
    state.show(range(1, 11), keep=state.before_search)
    assert state.cursor == 6


def test_each_view_has_its_own_place(state: ListState) -> None:
    state.cursor = 3
    assert state.show_view(ALL) is None and state.view.name == "All"
    state.show(range(1, 21))
    state.cursor = 15
    assert state.show_view(INBOX) == 4
    state.show(range(1, 11), keep=4)
    assert state.show_view(ALL) == 16


def test_what_a_search_found_is_no_place_of_the_view(state: ListState) -> None:
    state.cursor = 3
    state.search = "sparse"
    state.show([9])
    state.show_view(ALL)
    assert state.show_view(INBOX) is None


def test_a_paper_is_gone_to_if_it_is_there(state: ListState) -> None:
    assert state.go_to(8) and state.cursor == 7
    assert not state.go_to(99) and not state.go_to(None) and state.cursor == 7


# What stays in its row


def test_new_papers_come_in_around_those_that_are_kept() -> None:
    assert merge_keeping_place([1, 2, 3, 4], [9, 1, 3, 8], {2, 4}) == [9, 1, 2, 3, 4, 8]
    assert merge_keeping_place([1, 2, 3], [9, 3], {1, 2}) == [1, 2, 9, 3]
    assert merge_keeping_place([1, 2, 3], [9], set()) == [9]
    assert merge_keeping_place([], [1, 2], set()) == [1, 2]


def test_the_first_papers_stay_when_the_rest_comes() -> None:
    ids = [1, 2, 3, 4]
    assert shown_first([1, 2], ids) is ids
    # The second was decided about meanwhile, and isn't in the view any more.
    assert shown_first([1, 2, 3], [1, 3, 4]) == [1, 2, 3, 4]


# Entries


def test_entries_are_fetched_around_a_row_and_once(state: ListState, papers: Papers) -> None:
    state.show(range(1, 101))
    state.height = 20
    assert state.entry_at(50) is not None
    fetched = len(papers.fetched)
    assert fetched < 100
    for place in range(45, 60):
        state.entry_at(place)
    assert len(papers.fetched) == fetched
    assert state.entry_at(-1) is None and state.entry_at(100) is None


def test_what_changed_elsewhere_is_fetched_again_when_it_is_looked_at(state: ListState, papers: Papers) -> None:
    assert state.entry is not None and not state.entry.mark.starred
    papers.entries[1] = replace(papers.entries[1], mark=Mark(starred=NOW))
    assert not state.entry.mark.starred
    state.forget([1, 99])
    assert state.entry.mark.starred == NOW


# Selection


def test_commands_apply_to_the_selection_in_the_order_of_the_list(state: ListState) -> None:
    assert [entry.id for entry in state.targets()] == [1]
    state.selection = frozenset({7, 2})
    assert [entry.id for entry in state.targets()] == [2, 7]


def test_the_selection_loses_what_left_the_list_once_all_of_it_is_known(state: ListState) -> None:
    state.selection = frozenset({7, 2})
    state.show([1, 2], complete=False)
    assert state.selection == {7, 2}
    state.show([1, 2])
    assert state.selection == {2}


# Counts and views


def test_the_counts_follow_what_is_decided(state: ListState) -> None:
    state.counts = {"Inbox": 10, "All": 10, "Starred": 0, "Notes": 0, "Own": 3}
    before = state.counts
    entry = state.entry_at(0)
    assert entry is not None
    entry = mark(state, entry, read=NOW, starred=NOW)
    entry = mark(state, entry, note="read twice")
    assert state.counts == {"Inbox": 9, "All": 10, "Starred": 1, "Notes": 1, "Own": 3}
    mark(state, entry, read=None, starred=None, note="")
    assert state.counts == before


def test_decided_before_they_were_counted_papers_count_nothing(state: ListState) -> None:
    entry = state.entry
    assert entry is not None
    mark(state, entry, read=NOW)
    assert state.counts == {}


def test_saved_views_may_change_under_the_one_that_is_shown(state: ListState) -> None:
    state.set_saved_views([View("A", "a"), View("B", "b")])
    state.show_view(BUILT_IN)
    state.show_view(BUILT_IN + 1)
    state.set_sort("title")
    state.set_saved_views([View("B", "b"), View("C", "c")])
    assert [view.name for view in state.views[BUILT_IN:]] == ["B", "C"]
    assert state.view.name == "B" and state.place == BUILT_IN
    assert [view.sort for view in state.views] == ["feed"] * BUILT_IN + ["title", "feed"]
    state.set_saved_views([])
    assert state.view.name == "Inbox"
    state.set_saved_views([View("B", "b"), View("C", "c")])
    # Its place was that of another view before.
    assert state.show_view(BUILT_IN) is None


def test_the_order_is_that_of_the_papers_shown(state: ListState) -> None:
    assert str(state.order) == "feed"
    state.set_sort("date")
    # What is shown is still in the order before.
    assert str(state.order) == "feed"
    state.show(range(1, 11))
    assert str(state.order) == "date"
    state.show(range(1, 11), order="upvotes")
    assert str(state.order) == "upvotes"


# What is left


def test_the_position_is_among_what_is_left_and_the_total_that_of_the_tab(state: ListState) -> None:
    assert (state.position, state.left) == (1, 10)
    for row in (0, 2):
        state.cursor = row
        assert state.entry is not None
        mark(state, state.entry, read=NOW)
    state.cursor = 4
    assert (state.position, state.left) == (3, 8) and list(state.decided) == [0, 2]
    state.counts = {"Inbox": 40}
    assert (state.position, state.left) == (3, 40)
    entry = state.entry_at(2)
    assert entry is not None
    mark(state, entry, read=None)
    assert (state.position, state.left) == (4, 41) and list(state.decided) == [0]
    # Of a search only its results count.
    state.search = "sparse"
    assert state.left == 9
    state.search = ""
    state.show(range(1, 11), decided=[5])
    state.cursor = 9
    assert state.position == 9
    state.counts = {"Inbox": 0}
    assert (state.position, state.left) == (0, 0)


def test_what_leaves_a_view_depends_on_the_view(state: ListState) -> None:
    state.show_view(ALL)
    state.show(range(1, 11))
    entry = state.entry
    assert entry is not None
    entry = mark(state, entry, read=NOW, starred=NOW, note="a")
    assert list(state.decided) == []
    state.show_view(STARRED)
    state.show([1])
    mark(state, entry, starred=None)
    assert list(state.decided) == [0]
    state.show_view(NOTES)
    state.show([1])
    mark(state, entry, note="")
    assert list(state.decided) == [0]


def test_a_group_counts_what_is_decided_in_it(state: ListState) -> None:
    key = None, "HF daily"
    state.group_counts = {key: GroupCount(30, 12)}
    entry = state.entry
    assert entry is not None
    entry = mark(state, entry, read=NOW)
    assert state.group_counts[key] == GroupCount(30, 11)
    entry = mark(state, entry, starred=NOW)
    mark(state, entry, read=None)
    assert state.group_counts[key] == GroupCount(30, 12)


def test_groups_that_do_not_fit_the_papers_are_not_shown(state: ListState) -> None:
    state.show(range(1, 11), groups=Groups([((None, "HF daily"), 9)]))
    assert not state.groups
    state.show(range(1, 11), groups=Groups([((None, "HF daily"), 10)]))
    assert state.groups.rows_of(0) == range(10)


def test_a_column_comes_with_the_first_paper_that_has_something_in_it(state: ListState, papers: Papers) -> None:
    state.show([1, 3, 5])
    assert state.entry is not None and state.facts == Facts() and state.named
    entry = mark(state, state.entry, starred=NOW)
    assert state.facts == Facts(starred=True)
    mark(state, entry, starred=None)
    # It stays until the view is loaded again.
    assert state.facts == Facts(starred=True)
    papers.entries[2] = replace(papers.entries[2], upvotes=90)
    state.show([2])
    assert state.entry is not None and state.facts == Facts(starred=True, code=True, upvotes=90)
