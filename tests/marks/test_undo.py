"""Undo and redo, across restarts and two windows; papers that prove to be one."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from readlist.marks import FIELDS, Field, MarkChange
from readlist.marks.state.document import Tables
from readlist.marks.state.undo import trim
from readlist.marks.store import MarkStore
from readlist.model.mark import UNMARKED, Mark
from tests.support.depth import examples
from tests.support.marks import START, Clock, Open, QuickDisk, change

LATER = START + timedelta(hours=1)


def test_a_group_is_undone_and_redone_as_one(open_store: Open) -> None:
    store = open_store()
    store.apply([change("a", "note", "before")], "note")
    marked = store.apply([change("a", "read"), change("a", "note", "after"), change("b", "read")], "mark all").result()
    undone = store.undo().result()
    assert undone and undone.label == "mark all"
    assert (undone.marks["a"].read, undone.marks["a"].note, undone.marks["b"]) == (None, "before", UNMARKED)
    redone = store.redo().result()
    assert redone and redone.label == "mark all"
    assert redone.marks["b"] == marked.marks["b"]
    assert (redone.marks["a"].read, redone.marks["a"].note) == (START, "after")


def test_undo_and_redo_go_on_after_a_restart(open_store: Open) -> None:
    store = open_store()
    for key in "abc":
        store.apply([change(key)], key)
    store.undo()
    store.close(5)
    store = open_store()
    redone = store.redo().result()
    assert redone and redone.label == "c"
    labels = []
    while outcome := open_store().undo().result():
        labels.append(outcome.label)
    assert labels == ["c", "b", "a"]
    assert set(open_store().all().values()) == {UNMARKED}


def test_a_new_change_drops_what_could_be_redone(open_store: Open) -> None:
    store = open_store()
    store.apply([change("a")], "a")
    store.apply([change("b")], "b")
    store.undo()
    store.undo()
    store.apply([change("c")], "c")
    assert store.redo().result() is None
    undone = store.undo().result()
    assert undone and undone.label == "c"
    assert store.undo().result() is None


def test_what_was_changed_since_is_left_as_it_is(open_store: Open) -> None:
    one, other = open_store(), open_store()
    one.apply([change("a"), change("b")], "star").result()
    other.apply([change("b", "starred", LATER)], "star").result()
    undone = one.undo().result()
    assert undone and undone.skipped == ("b",)
    assert one.mark("a") == UNMARKED
    assert one.mark("b") == Mark(starred=LATER)


def test_each_window_undoes_its_own_last_change_first(open_store: Open) -> None:
    one, other = open_store(), open_store()
    for number, store in enumerate((one, other, one, other)):
        store.apply([change(str(number))], str(number)).result()
    labels = []
    for store in (one, one, one, other, other):
        outcome = store.undo().result()
        labels.append(outcome.label if outcome else None)
    assert labels == ["2", "0", "3", "1", None]


def test_a_window_redoes_its_own_undone_change_first(open_store: Open) -> None:
    one, other = open_store(), open_store()
    for store in (one, other):
        store.apply([change(store.stamp())], "one" if store is one else "other").result()
    for store in (one, other):
        store.undo().result()
    redone = one.redo().result()
    assert redone and redone.label == "one"
    redone = one.redo().result()
    assert redone and redone.label == "other"


def test_a_change_in_one_window_leaves_what_another_can_redo(open_store: Open) -> None:
    one, other = open_store(), open_store()
    one.apply([change("a")], "a").result()
    one.undo().result()
    other.apply([change("b")], "b").result()
    assert other.redo().result() is None
    redone = one.redo().result()
    assert redone and redone.label == "a"


def test_what_was_undone_long_ago_is_not_redone(open_store: Open) -> None:
    store = open_store()
    store.apply([change("a")], "a").result()
    store.undo().result()
    open_store().apply([change("b")], "b").result()
    assert open_store().redo().result() is None
    undone = open_store().undo().result()
    assert undone and undone.label == "b"
    assert open_store().undo().result() is None


def test_the_history_is_bounded_oldest_first(open_store: Open, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readlist.marks.state.undo.GROUP_LIMIT", 5)
    store = open_store()
    for number in range(8):
        store.apply([change(str(number))], str(number))
    store.close(5)
    assert list(json.loads(path.read_bytes())["history"]) == ["4", "5", "6", "7", "8"]
    store = open_store()
    store.apply([change("x")], "x").result()
    labels = []
    while outcome := store.undo().result():
        labels.append(outcome.label)
    assert labels == ["x", "7", "6", "5", "4", "3"]


def test_the_history_is_bounded_by_size_but_keeps_the_newest_group() -> None:
    group = {"changes": [["a", "note", "", "x" * 3_000_000]]}
    tables: Tables = {"history": {str(number): group for number in range(3)}, "marks": {}}
    trim(tables)
    assert list(tables["history"]) == ["2"]


fields: st.SearchStrategy[Field] = st.sampled_from(FIELDS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("apply"), st.lists(st.tuples(st.sampled_from("abc"), fields, st.integers(0, 2)), max_size=3)),
        st.tuples(st.sampled_from(["undo", "redo", "reopen", "rewrite"]), st.just([])),
    ),
    max_size=15,
)


def value_of(field: Field, number: int) -> MarkChange:
    if field == "note":
        return MarkChange("", field, ["", "x", "y"][number])
    return MarkChange("", field, [None, START, LATER][number])


def shown(store: MarkStore) -> dict[tuple[str, str], object]:
    marks = store.all()
    values = {(key, field): getattr(mark, field) for key, mark in marks.items() for field in FIELDS}
    return {name: value for name, value in values.items() if value}


@settings(max_examples=examples(60), deadline=None)
@given(steps)
def test_any_changes_are_undone_to_the_beginning(steps: list[tuple[str, list[tuple[str, Field, int]]]]) -> None:
    folder = Path(tempfile.mkdtemp())
    clock = Clock()
    store = MarkStore(folder / "state.json", clock=clock, disk=QuickDisk())
    past: list[dict[tuple[str, str], object]] = []
    future: list[dict[tuple[str, str], object]] = []
    now: dict[tuple[str, str], object] = {}
    try:
        for what, changes in steps:
            if what == "apply":
                wanted = [MarkChange(key, field, value_of(field, number).value) for key, field, number in changes]
                after = now | {(one.key, one.field): one.value for one in wanted}
                after = {name: value for name, value in after.items() if value}
                touched = any(
                    now.get((one.key, one.field)) != (one.value or None) for one in wanted
                )  # a group may also lead back to where it began
                store.apply(wanted, "change").result()
                if touched:
                    past.append(now)
                    future.clear()
                now = after
            elif what == "undo":
                assert (store.undo().result() is None) == (not past)
                if past:
                    future.append(now)
                    now = past.pop()
            elif what == "redo":
                assert (store.redo().result() is None) == (not future)
                if future:
                    past.append(now)
                    now = future.pop()
            else:
                if what == "rewrite":
                    store.close(5)
                store = MarkStore(folder / "state.json", clock=clock, disk=QuickDisk())
            assert shown(store) == now
        while outcome := store.undo().result():
            assert outcome.skipped == ()
        assert shown(store) == {}
        while store.redo().result():
            pass
        assert shown(store) == (future[0] if future else now)
    finally:
        store.close(5)
        shutil.rmtree(folder)


class TestFold:
    """Two papers that proved to be one."""

    def test_marks_of_the_one_come_to_the_other(self, open_store: Open, path: Path) -> None:
        store = open_store()
        store.apply([change("title:x", "starred"), change("title:x", "note", "good")], "mark").result()
        outcome = store.fold([("title:x", "arxiv:1")]).result()
        assert outcome.marks["title:x"] == UNMARKED
        assert outcome.marks["arxiv:1"] == store.mark("arxiv:1")
        assert (store.mark("arxiv:1").starred, store.mark("arxiv:1").note) == (START, "good")
        assert list(store.all()) == ["arxiv:1"]
        store.close(5)
        assert json.loads(path.read_bytes())["marks"]["arxiv:1"]["identifiers"] == ["title:x"]

    def test_nothing_is_dropped(self, open_store: Open) -> None:
        store = open_store()
        store.apply([change("a", "note", "one"), change("a", "read", LATER), change("a", "starred")], "mark")
        store.apply([change("b", "note", "two"), change("b", "read", START)], "mark")
        store.apply([change("b", "starred"), change("c", "note", "two")], "mark")
        store.apply([change("b", "starred", None)], "unstar")
        mark = store.fold([("a", "b"), ("c", "b")]).result().marks["b"]
        assert (mark.read, mark.starred, mark.note) == (START, START, "two\n\none")

    def test_a_paper_without_marks_leaves_the_other_as_it_is(self, open_store: Open) -> None:
        store = open_store()
        store.apply([change("b")], "star")
        assert store.fold([("a", "b"), ("b", "b")]).result().marks["b"] == Mark(starred=START)

    def test_later_changes_go_to_the_paper_that_stayed(self, open_store: Open) -> None:
        store = open_store()
        store.fold([("a", "b"), ("b", "c")]).result()
        outcome = open_store().apply([change("a")], "star").result()
        assert outcome.marks == {"a": Mark(starred=START), "c": Mark(starred=START)}
        assert open_store().all() == {"c": Mark(starred=START)}
        assert open_store().mark("a") == Mark(starred=START)

    def test_a_circle_ends(self, open_store: Open) -> None:
        store = open_store()
        store.apply([change("a"), change("b", "note", "x")], "mark")
        outcome = store.fold([("a", "b"), ("b", "a")]).result()
        assert store.mark("b").note == "x"
        assert outcome.marks["b"] == store.mark("b") == store.mark("a")

    def test_others_follow(self, open_store: Open) -> None:
        one, other = open_store(), open_store()
        one.apply([change("a")], "star").result()
        other.all()
        one.fold([("a", "b")]).result()
        found = other.follow(wait=5)
        assert found and found.marks == {"a": UNMARKED, "b": Mark(starred=START)}

    @settings(max_examples=examples(60), deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from("ab"), fields, st.integers(0, 2)), max_size=8),
        st.integers(0, 3),
        st.booleans(),
    )
    def test_undo_leads_back_through_the_history_of_both(
        self, changes: list[tuple[str, Field, int]], undone: int, reopened: bool
    ) -> None:
        folder = Path(tempfile.mkdtemp())
        store = MarkStore(folder / "state.json", clock=Clock(), disk=QuickDisk())
        try:
            for key, field, number in changes:
                store.apply([MarkChange(key, field, value_of(field, number).value)], "change")
            for _ in range(undone):
                store.undo()
            store.fold([("a", "b")]).result()
            folded = shown(store)
            if reopened:
                store.close(5)
                store = MarkStore(folder / "state.json", clock=Clock(), disk=QuickDisk())
            count = 0
            while outcome := store.undo().result():
                assert outcome.skipped == ()
                count += 1
            assert shown(store) == {}
            for _ in range(count):
                outcome = store.redo().result()
                assert outcome and outcome.skipped == ()
            assert shown(store) == folded
            while outcome := store.redo().result():
                assert outcome.skipped == ()
        finally:
            store.close(5)
            shutil.rmtree(folder)


@pytest.mark.parametrize(
    "group",
    [
        {},
        {"changes": "text"},
        {"changes": [["a"], None, ["a", "size", 1, 2], [1, 2, 3, 4]], "label": 5},
        {"changes": {}},
    ],
    ids=str,
)
def test_steps_from_another_hand_that_make_no_sense_are_none(path: Path, group: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"meta": {"1": {"schema": 1}}, "marks": {}, "history": {"1": group}}), encoding="utf-8")
    store = MarkStore(path)
    try:
        outcome = store.undo().result(timeout=60)
        assert outcome is not None
        assert not outcome.marks
    finally:
        store.close(5)
