"""A process that dies, or a machine that loses power, at any step: everything acknowledged is there."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from readlist.marks.database import JournalStorage
from readlist.marks.disk.device import Disk
from readlist.marks.store import MarkStore
from tests.support.marks import Clock, change, compact

pytestmark = pytest.mark.slow


class Crash(BaseException):
    """The end of the process."""


class Mortal(Disk):
    """A disk on which the process dies at a step: before it, in the middle of a write, or after a renaming.

    With `power`, what was not synced by then is gone too: a new file is empty, what was appended is not there.
    """

    def __init__(self, dies_at: int, *, power: bool) -> None:
        self.dies_at, self.power, self.steps = dies_at, power, 0
        self._unsynced: dict[Path, int] = {}
        self._current = Path()
        self.turn = threading.Event()

    def _step(self, dying: Callable[[], None] = lambda: None) -> None:
        self.steps += 1
        if self.steps == self.dies_at:
            dying()
            if self.power:
                for path, size in self._unsynced.items():
                    os.truncate(path, size)
            self.turn.set()
            raise Crash

    def write(self, path: Path, blocks: Iterable[bytes]) -> None:
        self._current = path
        super().write(path, blocks)

    def append(self, path: Path, data: bytes, position: int) -> None:
        self._current = path
        super().append(path, data, position)

    def put(self, descriptor: int, data: bytes) -> None:
        self._unsynced.setdefault(self._current, os.fstat(descriptor).st_size)
        self._step(lambda: super(Mortal, self).put(descriptor, data[: len(data) // 2]))
        super().put(descriptor, data)

    def sync(self, descriptor: int) -> None:
        self._step()
        del self._unsynced[self._current]

    def cut(self, descriptor: int, size: int) -> None:
        self._step()
        super().cut(descriptor, size)

    def replace(self, source: Path, target: Path) -> None:
        self._step()
        super().replace(source, target)
        if source in self._unsynced:
            self._unsynced[target] = self._unsynced.pop(source)
        self._step()

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)


def live(path: Path, disk: Mortal) -> tuple[dict[str, str], bool]:
    """Open, mark and close twice; return the notes that were acknowledged, and whether it came to the end."""
    acknowledged: dict[str, str] = {}
    clock = Clock()
    for life in range(2):
        store = MarkStore(path, clock=clock, disk=disk)
        for number in range(2):
            key, note = f"{number % 2}", f"note {life}.{number}"
            future = store.apply([change(key, "note", note), change(f"{life}.{number}")], note)
            future.add_done_callback(lambda _: disk.turn.set())
            disk.turn.wait()
            disk.turn.clear()
            if not future.done():
                store.close(5)
                return acknowledged, False
            acknowledged[key] = note
        store.close(5)
        if disk.steps >= disk.dies_at:
            return acknowledged, False
    return acknowledged, True


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("power", [False, True], ids=["killed", "power cut"])
def test_everything_acknowledged_survives_a_crash_at_any_step(tmp_path: Path, power: bool) -> None:
    ended, step = False, 0
    while not ended:
        step += 1
        folder = tmp_path / str(step)
        acknowledged, ended = live(folder / "state.json", Mortal(step, power=power))
        store = MarkStore(folder / "state.json", clock=Clock(), disk=Mortal(0, power=False))
        found = {key: mark.note for key, mark in store.all().items()}
        for key, note in acknowledged.items():
            # The one that was on its way may be there, or not.
            assert found.get(key, "") >= note, (step, found, acknowledged)
        for note in acknowledged.values():
            assert store.mark(note.removeprefix("note ")).starred
        assert store.status().notices == ()
        store.apply([change("after")], "star").result()
        store.close(5)
        assert "after" in MarkStore(folder / "state.json").all()
        shutil.rmtree(folder)
    assert step > 50


def test_dying_again_and_again_between_state_file_and_journal_is_no_damage(tmp_path: Path) -> None:
    class NoNewJournal(Disk):
        def replace(self, source: Path, target: Path) -> None:
            if target.name == "state.json.journal":
                raise Crash
            super().replace(source, target)

    path = tmp_path / "state.json"
    store = MarkStore(path, clock=Clock())
    store.apply([change("a"), change("b", "note", "x")], "mark").result()
    store.undo().result()
    store.redo().result()
    before = store.all()
    for _ in range(3):
        with pytest.raises(Crash):
            compact(JournalStorage(path, disk=NoNewJournal()))
    again = MarkStore(path, clock=Clock())
    assert again.all() == before
    assert again.status().notices == ()
    assert again.undo().result() is not None
    assert again.undo().result() is None
    for one in (store, again):
        one.close(5)


def test_undo_groups_that_were_dropped_do_not_come_back_after_a_crash(tmp_path: Path) -> None:
    class NoNewJournal(Disk):
        def replace(self, source: Path, target: Path) -> None:
            if target.name == "state.json.journal":
                raise Crash
            super().replace(source, target)

    path = tmp_path / "state.json"
    store = MarkStore(path, clock=Clock())
    store.apply([change("a")], "taken back").result()
    store.undo().result()
    # With this the group that was taken back is dropped.
    store.apply([change("b")], "stays").result()
    with pytest.raises(Crash):
        compact(JournalStorage(path, disk=NoNewJournal()))
    again = MarkStore(path, clock=Clock())
    outcome = again.undo().result()
    assert outcome is not None and outcome.label == "stays"
    assert again.undo().result() is None
    for one in (store, again):
        one.close(5)


class Order(Disk):
    """A disk that remembers in what order names were changed and synced."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        self.steps.append(target.name.partition(".damaged-")[0])

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        self.steps.append("sync")


def test_the_first_state_file_is_on_the_medium_before_its_backup(tmp_path: Path) -> None:
    disk = Order()
    store = MarkStore(tmp_path / "state.json", disk=disk)
    store.apply([change("a")], "star").result()
    assert disk.steps == ["sync", "state.json", "sync", "state.json.bak", "sync", "state.json.journal", "sync"]
    store.close(5)


def test_a_damaged_state_file_is_set_aside_on_the_medium_before_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    store = MarkStore(path)
    store.apply([change("a")], "star").result()
    store.close(5)
    path.write_bytes(path.read_bytes().replace(b"Title", b"Tattle"))
    disk = Order()
    again = MarkStore(path, disk=disk)
    assert again.mark("a").starred
    assert disk.steps[:3] == ["state.json", "sync", "state.json"]
    [kept] = tmp_path.glob("state.json.damaged-*")
    assert b"Tattle" in kept.read_bytes()
    again.close(5)
