"""Several stores on one state: in any order, nothing is lost, and each follows the others."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tinydb.table import Document

from readlist.marks.database import StateDatabase
from readlist.marks.store import MarkStore
from readlist.model.mark import Mark
from tests.support.depth import examples
from tests.support.marks import Clock, Open, QuickDisk, change

windows = st.sampled_from([0, 1, 2])


def written(marks: dict[str, Mark]) -> dict[str, str]:
    return {key: mark.note for key, mark in marks.items() if mark.note}


class Windows(RuleBasedStateMachine):
    """Three windows, each with a picture of the marks that it keeps up to date by outcomes alone."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock()
        self.truth: dict[str, str] = {}
        self.stores = [self.opened() for _ in range(3)]
        self.pictures: list[dict[str, Mark]] = [{}, {}, {}]
        self.stamps = [store.stamp() for store in self.stores]

    def opened(self) -> MarkStore:
        return MarkStore(self.folder / "state.json", clock=self.clock, disk=QuickDisk())

    @rule(window=windows, key=st.sampled_from("abcd"), note=st.sampled_from(["", "x", "y", "z" * 3_000]))
    def mark(self, window: int, key: str, note: str) -> None:
        outcome = self.stores[window].apply([change(key, "note", note)], "note").result()
        self.truth[key] = note
        if not note:
            del self.truth[key]
        self.pictures[window].update(outcome.marks)
        self.stamps[window] = outcome.stamp

    @rule(window=windows)
    def follow(self, window: int) -> None:
        outcome = self.stores[window].follow(wait=10)
        if outcome is not None:
            self.pictures[window].update(outcome.marks)
            self.stamps[window] = outcome.stamp
        assert written(self.pictures[window]) == self.truth
        assert self.stores[window].follow(wait=10) is None

    @rule(window=windows)
    def restart(self, window: int) -> None:
        self.stores[window].close(10)
        self.stores[window] = self.opened()
        if self.stores[window].stamp() != self.stamps[window]:
            self.pictures[window] = self.stores[window].all()
            self.stamps[window] = self.stores[window].stamp()
        assert written(self.pictures[window]) == self.truth

    @rule(window=windows)
    def die(self, window: int) -> None:
        self.stores[window] = self.opened()
        self.pictures[window] = self.stores[window].all()
        self.stamps[window] = self.stores[window].stamp()

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "stores"):
            store = self.opened()
            assert written(store.all()) == self.truth
            assert store.status().notices == ()

    def teardown(self) -> None:
        if hasattr(self, "stores"):
            for store in self.stores:
                store.close(10)
            shutil.rmtree(self.folder)


TestWindows = Windows.TestCase
TestWindows.settings = settings(max_examples=examples(25), stateful_step_count=20, deadline=None)


def test_insertions_from_two_sides_get_different_ids(tmp_path: Path) -> None:
    sides = [StateDatabase(tmp_path / "state.json", disk=QuickDisk()).table("marks") for _ in range(2)]
    for number in range(20):
        sides[number % 2].insert(Document({"n": number}, f"key {number}"))  # type: ignore[arg-type]
    for side in sides:
        assert [document["n"] for document in side] == list(range(20))


def test_a_store_that_knows_everything_does_not_read_a_new_state_file(open_store: Open) -> None:
    reads = []

    class Watched(QuickDisk):
        def read(self, path: Path, start: int = 0) -> bytes:
            reads.append(path.name)
            return super().read(path, start)

    one, other = open_store(disk=Watched()), open_store()
    one.all()
    other.apply([change("a")], "star").result()
    assert one.follow(wait=10)
    reads.clear()
    other.close(10)
    assert open_store().apply([change("b")], "star").result()
    found = one.follow(wait=10)
    assert found and list(found.marks) == ["b"]
    assert reads == ["state.json.journal"]
