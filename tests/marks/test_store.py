"""Marks as the shelf sees them: changed, acknowledged, undone, followed, closed."""

from __future__ import annotations

import gc
import json
import stat
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from readlist.marks import Delayed, Event, MarkChange, MarkOutcome, Saved
from readlist.marks.disk.stored_lines import RawLines
from readlist.marks.store import MarkStore
from readlist.model.mark import UNMARKED, Mark
from tests.support.marks import START, Clock, Open, QuickDisk, change

LATER = START + timedelta(hours=1)


def test_a_mark_is_there_when_it_is_acknowledged_and_after_a_restart(open_store: Open) -> None:
    store = open_store()
    outcome = store.apply([change("a", "starred"), change("a", "note", "so\nso"), change("b", "read")], "mark").result()
    a = Mark(starred=START, note="so\nso", noted=START + timedelta(seconds=1))
    assert outcome.marks == {"a": a, "b": Mark(read=START)}
    assert outcome.label == "mark"
    assert store.mark("a") == a
    assert store.close(5) == ()
    assert open_store().all() == {"a": a, "b": Mark(read=START)}


def test_a_mark_is_there_without_closing(open_store: Open) -> None:
    open_store().apply([change("a")], "star").result()
    assert open_store().mark("a") == Mark(starred=START)


def test_a_document_reads_well_by_itself(open_store: Open, path: Path) -> None:
    store = open_store(clock=lambda: LATER)
    store.apply([MarkChange("arxiv:1", "note", "gut", "Ein Titel", ("arxiv:1", "title:eintitel"))], "note").result()
    store.apply([MarkChange("arxiv:1", "read", START, "", ("doi:10.1/x",))], "read").result()
    store.close(5)
    state = json.loads(path.read_bytes())
    device = state["meta"]["state"]["device"]
    assert state["marks"] == {
        "arxiv:1": {
            "title": "Ein Titel",
            "identifiers": ["arxiv:1", "title:eintitel", "doi:10.1/x"],
            "note": {"value": "gut", "changed": "2026-11-21T10:30:00.000000Z", "device": device, "seen": {}},
            "read": {
                "value": "2026-11-21T09:30:00.000000Z",
                "changed": "2026-11-21T10:30:00.000000Z",
                "device": device,
            },
        }
    }
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('"arxiv:1": {') and line.endswith("}}") for line in lines) == 1
    assert state["history"]["1"] == {
        "label": "note",
        "when": "2026-11-21T10:30:00.000000Z",
        "session": state["history"]["1"]["session"],
        "undone": False,
        "changes": [["arxiv:1", "note", "", "gut"]],
    }


def test_a_change_is_later_than_the_one_before_despite_the_clock(open_store: Open, path: Path) -> None:
    open_store(clock=Clock(LATER)).apply([change("a")], "star").result()
    store = open_store(clock=Clock(START))
    store.apply([change("a", "starred", None)], "unstar").result()
    store.close(5)
    assert json.loads(path.read_bytes())["marks"]["a"]["starred"]["changed"] == "2026-11-21T10:30:01.000001Z"


def test_a_note_that_is_cleared_keeps_the_time_of_that(open_store: Open, path: Path) -> None:
    store = open_store(clock=lambda: LATER)
    store.apply([change("a", "note", "x")], "note")
    assert store.apply([change("a", "note", "")], "note").result().marks == {"a": UNMARKED}
    store.close(5)
    assert json.loads(path.read_bytes())["marks"]["a"]["note"]["changed"] == "2026-11-21T10:30:00.000001Z"


@pytest.mark.parametrize(
    ("field", "value"),
    [("seen", START), ("read", "today"), ("starred", START.replace(tzinfo=None)), ("note", START)],
)
def test_a_change_that_makes_no_sense_is_refused_at_once(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"read|starred|note|field"):
        MarkChange("a", field, value)  # type: ignore[arg-type]


def test_awkward_text_comes_back_as_it_was(open_store: Open) -> None:
    notes = {"a": "\ud800 half", "b": "line\u2028separator\x00\r\n", "c": '"\\\n}},\n"', "\udfff": "key"}
    store = open_store()
    store.apply([change(key, "note", note) for key, note in notes.items()], "note").result()
    assert {key: mark.note for key, mark in open_store().all().items()} == notes
    store.close(5)
    assert {key: mark.note for key, mark in open_store().all().items()} == notes


def test_what_is_as_wanted_already_is_no_undo_group(open_store: Open) -> None:
    store = open_store()
    store.apply([change("a")], "star").result()
    assert store.apply([change("a")], "star again").result().marks == {"a": Mark(starred=START)}
    assert store.apply([], "nothing").result().marks == {}
    undone = store.undo().result()
    assert undone and undone.label == "star"
    assert store.undo().result() is None


def test_changes_are_done_in_the_order_in_which_they_were_asked_for(open_store: Open) -> None:
    store = open_store()
    futures = [store.apply([change("a", "note", str(number))], "note") for number in range(50)]
    assert [future.result().label for future in futures] == ["note"] * 50
    assert store.mark("a").note == "49"


def test_many_threads_may_change_marks(open_store: Open) -> None:
    store = open_store()

    def work(name: int) -> None:
        for number in range(20):
            store.apply([change(f"{name}-{number}")], "star").result()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(open_store().all()) == 80


def test_files_are_for_the_user_alone(open_store: Open, path: Path) -> None:
    store = open_store()
    store.apply([change("a")], "star").result()
    store.close(5)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_state_behind_a_symbolic_link_stays_there(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "state.json").symlink_to(tmp_path / "dotfiles" / "state.json")
    store = MarkStore(tmp_path / "state.json")
    store.apply([change("a")], "star").result()
    store.close(5)
    assert (tmp_path / "state.json").is_symlink()
    assert (tmp_path / "dotfiles" / "state.json.journal").exists()
    assert store.stamp() == MarkStore(tmp_path / "dotfiles" / "state.json").stamp()


def test_looking_makes_nothing(open_store: Open, path: Path) -> None:
    store = open_store()
    assert store.all() == {}
    assert store.mark("a") == UNMARKED
    assert store.follow() is None
    assert store.stamp() == "0-0-0-0"
    assert store.close(5) == ()
    assert not path.parent.exists()


class TestStamp:
    """The name of the state on disk, by which a mirror knows whether it is current."""

    def test_an_outcome_has_the_stamp_of_its_state(self, open_store: Open) -> None:
        store = open_store()
        for number in range(3):
            assert store.apply([change(str(number))], "star").result().stamp == store.stamp() == open_store().stamp()

    def test_it_changes_with_every_change(self, open_store: Open) -> None:
        store = open_store()
        stamps = [store.apply([change(str(number))], "star").result().stamp for number in range(5)]
        undone = store.undo().result()
        assert undone
        assert len({*stamps, undone.stamp, "0-0-0-0"}) == 7

    def test_it_stays_when_the_state_file_is_only_rewritten(self, open_store: Open, path: Path) -> None:
        store = open_store()
        stamp = store.apply([change("a")], "star").result().stamp
        before = path.read_bytes()
        store.close(5)
        assert path.read_bytes() != before
        assert open_store().stamp() == stamp
        assert open_store().apply([change("b")], "star").result().stamp != stamp

    def test_it_changes_when_the_state_file_is_replaced(self, open_store: Open, path: Path) -> None:
        store = open_store()
        store.apply([change("a")], "star").result()
        store.close(5)
        stamp = open_store().stamp()
        path.write_bytes(path.read_bytes() + b"\n")
        assert open_store().stamp() != stamp


class TestFollow:
    """What another store on the same state changed."""

    def test_nothing_is_new(self, open_store: Open) -> None:
        store = open_store()
        store.apply([change("a")], "star").result()
        assert store.follow() is None

    def test_marks_of_others_come_in(self, open_store: Open) -> None:
        one, other = open_store(), open_store()
        one.all()
        other.apply([change("a")], "star").result()
        stamp = other.apply([change("b", "note", "x")], "note").result().stamp
        found = one.follow(wait=5)
        assert found
        assert {key: (mark.starred, mark.note) for key, mark in found.marks.items()} == {
            "a": (START, ""),
            "b": (None, "x"),
        }
        assert found.stamp == stamp
        assert one.follow() is None

    def test_marks_of_others_met_while_writing_are_reported_too(self, open_store: Open) -> None:
        one, other = open_store(), open_store()
        one.all()
        other.apply([change("a")], "star").result()
        mine = one.apply([change("b")], "star").result()
        assert list(mine.marks) == ["b"]
        assert mine.stamp == ""
        found = one.follow()
        assert found and list(found.marks) == ["a"]
        assert found.stamp == one.stamp()

    def test_a_state_file_rewritten_by_another_is_followed(self, open_store: Open) -> None:
        one, other = open_store(), open_store()
        one.all()
        other.apply([change("a")], "star").result()
        other.close(5)
        found = one.follow(wait=5)
        assert found and found.marks == {"a": Mark(starred=START)}
        open_store().apply([change("c")], "star").result()
        found = one.follow(wait=5)
        assert found and list(found.marks) == ["c"]

    def test_before_anything_was_read_all_marks_are_new(self, open_store: Open) -> None:
        one = open_store()
        assert one.follow() is None
        open_store().apply([change("a")], "star").result()
        found = one.follow()
        assert found == MarkOutcome("", {"a": Mark(starred=START)}, (), one.stamp())
        assert one.follow() is None

    def test_what_was_changed_between_the_stamp_and_the_reading_is_reported(self, open_store: Open) -> None:
        one = open_store()
        one.stamp()
        open_store().apply([change("a")], "star").result()
        assert one.apply([change("b")], "star").result().stamp == ""
        found = one.follow()
        assert found and "a" in found.marks


class TestEvents:
    """What the store tells while it works."""

    def test_saved(self, open_store: Open) -> None:
        events: list[Event] = []
        store = open_store(notify=events.append)
        store.apply([change("a"), change("b")], "star").result()
        store.undo()
        store.close(5)
        assert events == [Saved(("a", "b")), Saved(("b", "a"))]

    @pytest.mark.usefixtures("hurried")
    def test_a_slow_disk_delays_but_holds_no_one_up(self, open_store: Open) -> None:
        gate, delayed = threading.Event(), threading.Event()
        events: list[Event] = []

        class SlowDisk(QuickDisk):
            def append(self, path: Path, data: bytes, position: int) -> None:
                gate.wait(60)
                super().append(path, data, position)

        def notify(event: Event) -> None:
            events.append(event)
            delayed.set()

        store = open_store(disk=SlowDisk(), notify=notify)
        store.all()
        future = store.apply([change("a")], "star")
        assert store.mark("a") == Mark(starred=START, saved="pending")
        assert store.status().pending == 1
        assert delayed.wait(60)
        assert events == [Delayed(("a",))]
        gate.set()
        assert future.result().marks == {"a": Mark(starred=START)}
        store.close(5)
        assert events == [Delayed(("a",)), Saved(("a",))]
        assert store.status().pending == 0

    def test_an_outcome_knows_of_a_later_change_on_its_way(self, open_store: Open) -> None:
        gate, begun = threading.Event(), threading.Event()

        class SlowDisk(QuickDisk):
            def append(self, path: Path, data: bytes, position: int) -> None:
                begun.set()
                gate.wait(60)
                super().append(path, data, position)

        store = open_store(disk=SlowDisk())
        first = store.apply([change("a")], "star")
        assert begun.wait(60)
        seen: list[Mark] = []
        first.add_done_callback(lambda future: seen.append(future.result().marks["a"]))
        second = store.apply([change("a", "starred", None)], "unstar")
        gate.set()
        second.result()
        assert seen == [Mark(saved="pending")]

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_a_listener_that_fails_does_not_stop_the_writing(self, open_store: Open) -> None:
        def notify(event: Event) -> None:
            raise RuntimeError("no screen")

        store = open_store(notify=notify)
        store.apply([change("a")], "star").result()
        assert store.apply([change("b")], "star").result().marks == {"b": Mark(starred=START)}


def test_a_future_cannot_be_cancelled(open_store: Open) -> None:
    store = open_store()
    future = store.apply([change("a")], "star")
    assert not future.cancel()
    future.result()


def test_a_closed_store_takes_nothing_more_but_still_reads(open_store: Open) -> None:
    store = open_store()
    store.all()
    assert store.close(1) == ()
    assert store.follow() is None
    open_store().apply([change("a")], "star").result()
    found = store.follow()
    assert found and found.marks == store.all() == {"a": Mark(starred=START)}
    assert found.stamp == store.stamp()
    with pytest.raises(RuntimeError, match="closed"):
        store.apply([change("a")], "star")


def test_the_journal_is_folded_into_the_state_file_while_nothing_else_is_to_do(
    open_store: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.marks.queue.IDLE", 0.01)
    written = threading.Event()

    class Watched(QuickDisk):
        def write(self, path: Path, blocks: object) -> None:
            super().write(path, blocks)  # type: ignore[arg-type]
            if path.name == "state.json.journal.tmp" and store.status().pending == 0 and big.done():
                written.set()

    store = open_store(disk=Watched())
    big = store.apply([change("a", "note", "x" * 70_000)], "note")
    big.result()
    assert written.wait(60)
    store.close(5)
    assert json.loads(path.read_bytes())["marks"]["a"]["note"]["value"] == "x" * 70_000


@pytest.mark.parametrize("ask", [lambda store: store.mark("a"), lambda store: store.all(), lambda store: None])
def test_what_was_read_is_packed_when_nothing_is_done(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, ask: Callable[[MarkStore], object]
) -> None:
    first = open_store()
    first.apply([change("a"), change("b", "note", "as in no other file")], "mark").result()
    first.close(5)
    gc.collect()
    before = raw_lines("as in no other file")
    store = open_store()
    ask(store)
    store.apply([change("b", "read")], "mark").result()
    assert raw_lines("as in no other file") > before
    monkeypatch.setattr("readlist.marks.queue.IDLE", 0.01)
    monkeypatch.setattr("readlist.marks.disk.stored_table._KEPT", 0.05)
    store.apply([change("c")], "mark").result()
    end = monotonic() + 60
    while raw_lines("as in no other file") > before:
        assert monotonic() < end
        sleep(0.01)
    assert store.mark("a").starred
    assert store.mark("b").read
    assert set(store.all()) == {"a", "b", "c"}


def raw_lines(text: str) -> int:
    """Return how many tables hold the bytes of a state file that have a text."""
    tables = [each for each in gc.get_objects() if isinstance(each, RawLines)]
    return sum(any(text.encode() in block for _, block in table.blocks()) for table in tables)
