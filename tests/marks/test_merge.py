"""Merging states of several machines: in any order, as often as one likes, nothing that was written is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.marks import FIELDS, Field, MarkChange
from readlist.marks.disk.snapshot import read_other_state
from readlist.marks.state.document import Document, Tables, changed_in, mark_of, set_value, value_in
from readlist.marks.state.merge import absorb, joined_by_paper, merged
from readlist.marks.state.version import versions_in
from readlist.marks.store import MarkStore
from tests.support.depth import examples
from tests.support.marks import START, Clock, QuickDisk, change

MACHINES = ("a", "b", "c")
EXAMPLES = 300


class Machine:
    """One machine's document of a paper, with a clock that may be wrong."""

    def __init__(self, name: str, wrong: timedelta) -> None:
        self.name, self.wrong = name, wrong
        self.document: Document = {"title": f"T{name}", "identifiers": [f"title:{name}"]}

    def write(self, field: Field, value: str, now: datetime) -> None:
        set_value(self.document, field, value, now + self.wrong, self.name)

    def hear(self, other: Machine) -> None:
        self.document = merged(self.document, other.document)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(MACHINES), st.sampled_from(FIELDS), st.integers(0, 30)),
        st.tuples(st.just("hear"), st.sampled_from(MACHINES), st.sampled_from(MACHINES), st.just(0)),
    ),
    max_size=14,
)
clocks = st.lists(st.integers(-30, 30).map(lambda hours: timedelta(hours=hours)), min_size=3, max_size=3)


def lived(history: Sequence[tuple[str, str, str, int]], wrong: Sequence[timedelta]) -> list[Document]:
    """Return the documents of machines that wrote and heard of each other."""
    machines = {name: Machine(name, off) for name, off in zip(MACHINES, wrong, strict=True)}
    for number, (what, name, other, value) in enumerate(history):
        if what == "write":
            machines[name].write(other, f"text {value}", START + timedelta(minutes=number))  # type: ignore[arg-type]
        else:
            machines[name].hear(machines[other])
    return [machine.document for machine in machines.values()]


@settings(max_examples=examples(EXAMPLES))
@given(steps, clocks)
def test_merging_is_commutative_associative_and_idempotent(
    history: list[tuple[str, str, str, int]], wrong: list[timedelta]
) -> None:
    a, b, c = lived(history, wrong)
    assert merged(a, b) == merged(b, a)
    assert merged(merged(a, b), c) == merged(a, merged(b, c))
    every = {json.dumps(merged(merged(x, y), z), sort_keys=True) for x, y, z in permutations((a, b, c))}
    assert len(every) == 1
    both = merged(a, b)
    assert merged(both, both) == both
    assert merged(both, b) == both
    assert merged(a, both) == both


@settings(max_examples=examples(EXAMPLES))
@given(steps, clocks)
def test_of_notes_those_stay_that_no_one_overwrote(
    history: list[tuple[str, str, str, int]], wrong: list[timedelta]
) -> None:
    # What each machine has seen, as a set of the writings it knows of and of those overwritten.
    known: dict[str, set[int]] = {name: set() for name in MACHINES}
    over: dict[str, set[int]] = {name: set() for name in MACHINES}
    text: dict[int, str] = {}
    for number, (what, name, other, value) in enumerate(history):
        if what == "hear":
            known[name] |= known[other]
            over[name] |= over[other]
        elif other == "note":
            over[name] |= known[name]
            known[name].add(number)
            text[number] = f"text {value}"
    left = set[int]().union(*known.values()) - set[int]().union(*over.values())
    a, b, c = lived(history, wrong)
    note = mark_of(merged(merged(a, b), c)).note
    assert {part for part in note.split("\n\n") if part and not part.startswith("— ")} == {
        text[number] for number in left
    }


@settings(max_examples=examples(EXAMPLES))
@given(steps, clocks)
def test_what_was_decided_after_having_seen_the_rest_counts(
    history: list[tuple[str, str, str, int]], wrong: list[timedelta]
) -> None:
    documents = lived(history, wrong)
    last = Machine("a", wrong[0])
    last.document = documents[0]
    for document in documents[1:]:
        last.document = merged(last.document, document)
    for field in FIELDS:
        last.write(field, "last", START + timedelta(minutes=len(history)))
    for document in documents:
        assert all(value_in(merged(document, last.document), field) == "last" for field in FIELDS)


junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just("2026-11-21T09:30:00.000000Z")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "value": st.one_of(junk, st.sampled_from(["x", "y", "x\n\ny"])),
        "changed": st.one_of(junk, st.sampled_from(["2026-11-21T09:30:00Z", "9999-12-31T23:59:59Z", "2026-11-22"])),
        "device": st.one_of(junk, st.sampled_from(["a", "b"])),
        "seen": st.one_of(junk, st.dictionaries(st.sampled_from(["a", "b"]), st.just("2026-11-21T09:30:00Z"))),
        "versions": st.one_of(junk, st.lists(st.dictionaries(st.just("value"), st.just("x")), max_size=3)),
    },
)
documents: st.SearchStrategy[Document] = st.fixed_dictionaries(
    {},
    optional={"title": junk, "identifiers": junk, "other": junk}
    | {str(field): st.one_of(junk, entries) for field in FIELDS},
)


@settings(max_examples=examples(EXAMPLES))
@given(documents, documents)
def test_documents_by_any_hand_can_be_merged(first: Document, second: Document) -> None:
    both = merged(first, second)
    assert both == merged(second, first) or first == second
    mark_of(both)
    for field in FIELDS:
        # What is changed next is later than all that.
        before = changed_in(both, field)
        set_value(both, field, None, START, "z")
        assert changed_in(both, field) > before


def test_notes_that_were_written_on_two_machines_are_both_kept_and_distinguished() -> None:
    a, b = Machine("a", timedelta()), Machine("b", timedelta())
    a.write("note", "from a", START)
    b.write("note", "from b", START + timedelta(minutes=5))
    a.hear(b)
    assert mark_of(a.document).note == "from a\n\n— also written, 2026-11-21 09:35 UTC —\n\nfrom b"
    assert len(versions_in(a.document["note"])) == 2
    a.write("note", "both read", START + timedelta(minutes=6))
    b.hear(a)
    assert mark_of(b.document).note == "both read"


def test_a_note_that_was_only_carried_along_does_not_come_back() -> None:
    a, b = Machine("a", timedelta()), Machine("b", timedelta())
    a.write("note", "first", START)
    b.hear(a)
    b.write("note", "second", START + timedelta(minutes=1))
    a.hear(b)
    assert mark_of(a.document).note == "second"


def test_a_cleared_note_does_not_clear_what_was_written_elsewhere_meanwhile() -> None:
    a, b = Machine("a", timedelta()), Machine("b", timedelta())
    a.write("note", "first", START)
    b.hear(a)
    a.write("note", "", START + timedelta(minutes=2))
    b.write("note", "first, and more", START + timedelta(minutes=1))
    a.hear(b)
    assert mark_of(a.document).note == "first, and more"


def test_notes_of_before_versions_were_kept_are_used() -> None:
    def old(value: str, minute: int, device: str) -> Document:
        changed = f"2026-11-21T09:{minute:02}:00.000000Z"
        return {"note": {"value": value, "changed": changed, "device": device}}

    assert mark_of(merged(old("first", 1, "a"), old("second", 2, "a"))).note == "second"
    assert "first" in mark_of(merged(old("first", 1, "a"), old("second", 2, "b"))).note


def make_store(folder: Path, clock: Callable[[], datetime]) -> MarkStore:
    return MarkStore(folder / "state.json", clock=clock, disk=QuickDisk())


def test_a_machine_whose_clock_is_a_day_ahead_buries_no_later_work(tmp_path: Path) -> None:
    ahead, right = (
        make_store(tmp_path / name, Clock(START + off)) for name, off in (("x", timedelta(1)), ("y", timedelta()))
    )
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
    ahead.apply([change("p"), change("q", "note", "by the one ahead")], "mark").result()
    ahead.copy(tmp_path / "x.json").result()
    right.merge(read_other_state(tmp_path / "x.json").documents, "sync").result()
    # The same paper, and one that the other machine had not touched when it was heard of.
    right.apply(
        [change("p", "starred", None), change("new", "starred", None), change("new", "note", "later")], "mark"
    ).result()
    right.close(5)
    again = make_store(tmp_path / "y", Clock(START + timedelta(seconds=30)))
    again.apply([change("q", "note", "after a restart")], "mark").result()
    again.copy(tmp_path / "y.json").result()
    ahead.merge(read_other_state(tmp_path / "y.json").documents, "sync").result()
    marks = ahead.all()
    assert marks["p"].starred is None
    assert marks["q"].note == "after a restart"
    newest = {
        key: changed_in(document, "note") for key, document in read_other_state(tmp_path / "y.json").documents.items()
    }
    assert newest["new"] > START + timedelta(days=1)
    for store in (ahead, again):
        store.close(5)


def test_a_clock_at_the_end_of_time_stops_no_one(tmp_path: Path) -> None:
    store = make_store(tmp_path, Clock())
    entry = {"value": "x", "changed": "9999-12-31T23:59:59.999999Z", "device": "z"}
    store.merge({"p": {"title": "P", "identifiers": ["p"], "note": entry}}, "sync").result()
    store.apply([change("p", "note", "mine")], "note").result()
    store.merge({"p": {"title": "P", "identifiers": ["p"], "note": entry}}, "sync").result()
    assert "mine" in store.mark("p").note
    store.close(5)


def test_a_merge_is_one_step_of_undo(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    a, b = make_store(tmp_path / "a", Clock()), make_store(tmp_path / "b", Clock())
    a.apply([change("p", "note", "mine")], "note").result()
    before = a.all()
    b.apply([change("p", "note", "yours"), change("q")], "mark").result()
    b.copy(tmp_path / "b.json").result()
    outcome = a.merge(read_other_state(tmp_path / "b.json").documents, "sync with b").result()
    assert (outcome.label, set(outcome.marks), outcome.joined) == ("sync with b", {"p", "q"}, ("p",))
    again = a.merge(read_other_state(tmp_path / "b.json").documents, "sync with b").result()
    assert (again.marks, again.joined) == ({}, ())
    undone = a.undo().result()
    assert undone is not None
    assert undone.label == "sync with b"
    assert {key: (mark.starred, mark.note) for key, mark in a.all().items()} == {
        "p": (before["p"].starred, "mine"),
        "q": (None, ""),
    }
    for store in (a, b):
        store.close(5)


def test_a_paper_is_known_by_another_name_elsewhere(tmp_path: Path) -> None:
    store = make_store(tmp_path, Clock())
    store.apply([MarkChange("title:foo", "note", "by title", "Foo", ("title:foo",))], "note").result()
    store.apply([MarkChange("arxiv:2", "note", "another Foo", "Foo", ("arxiv:2", "title:foo"))], "note").result()
    other = {
        "arxiv:1": {
            "title": "Foo",
            "identifiers": ["arxiv:1", "doi:10.1/foo", "title:foo"],
            "starred": {
                "value": "2026-11-21T09:00:00.000000Z",
                "changed": "2026-11-21T09:00:00.000000Z",
                "device": "z",
            },
        }
    }
    store.merge(other, "sync").result()
    marks = store.all()
    assert marks["arxiv:2"].starred is None
    assert [key for key, mark in marks.items() if mark.starred] in (["title:foo"], ["arxiv:1"])
    store.close(5)


def test_documents_of_one_paper_are_joined_under_the_key_it_has_here() -> None:
    a, b = Machine("a", timedelta()), Machine("b", timedelta())
    a.write("note", "from a", START)
    b.write("starred", "2026-11-21T09:30:00.000000Z", START)
    found = joined_by_paper({"x": a.document, "y": b.document, "z": {}}, {"x": "here", "y": "here"})
    assert found == {"here": merged(a.document, b.document), "z": {}}


def test_recovering_from_several_files_gives_the_same_in_any_order() -> None:
    a, b = Machine("a", timedelta()), Machine("b", timedelta(hours=3))
    a.write("note", "from a", START)
    b.write("note", "from b", START)
    b.write("read", "2026-11-21T09:30:00.000000Z", START)
    results = []
    for order in permutations((a.document, b.document, merged(a.document, b.document))):
        tables: Tables = {}
        for document in order:
            absorb(tables, {"marks": {"p": document}, "clock": {"latest": {"latest": "2026-11-21T09:30:00.000000Z"}}})
        results.append(tables)
    assert all(result == results[0] for result in results)
