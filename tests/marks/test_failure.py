"""A disk that is full, read-only, slow or gone: marks are kept and tried again, nothing on disk is harmed."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.files import ProcessLock
from readlist.marks import Event, NotSaved, Saved, SaveFailed
from readlist.marks.disk.journal import scan
from readlist.marks.store import MarkStore
from readlist.model.mark import UNMARKED, Mark
from tests.support.marks import START, BadDisk, Clock, Open, QuickDisk, change, content

FULL = "No space left on device"
NOBODY = 65534


@pytest.fixture(autouse=True)
def retry_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readlist.marks.queue.RETRY_FIRST", 0.005)
    monkeypatch.setattr("readlist.marks.queue.RETRY_LONGEST", 0.02)


class Listener:
    """Collects events, and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait_for(self, event: Event) -> None:
        with self._news:
            assert self._news.wait_for(lambda: event in self.events, 60), self.events


BROKEN = ["put", "sync", "put sync cut", "sync cut", "replace"]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("room", [0, 30, 10_000])
def test_a_mark_that_cannot_be_written_is_kept_and_written_later(open_store: Open, broken: str, room: int) -> None:
    disk, listener = BadDisk(), Listener()
    if broken != "replace":
        open_store(disk=disk).apply([change("before")], "star").result()
    store = open_store(disk=disk, notify=listener)
    disk.broken, disk.room = set(broken.split()), room
    first = store.apply([change("a", "note", "first")], "note")
    listener.wait_for(SaveFailed(("a",), FULL))
    second = store.apply([change("a", "note", "second"), change("b")], "note")
    listener.wait_for(SaveFailed(("a", "b"), FULL))
    assert store.mark("a").note == "second"
    assert store.mark("a").saved == store.mark("b").saved == "unsaved"
    assert store.status().unsaved == ("a", "b")
    assert store.status().pending == 2
    assert "a" not in open_store().all() or "cut" in disk.broken
    disk.broken.clear()
    assert first.result(60).label == second.result(60).label == "note"
    assert store.mark("a").note == "second"
    assert store.mark("b") == Mark(starred=START)
    listener.wait_for(Saved(("a",)))
    listener.wait_for(Saved(("a", "b")))
    found = open_store().all()
    assert (found["a"].note, found["b"]) == ("second", Mark(starred=START))
    labels = []
    while outcome := store.undo().result(60):
        labels.append(outcome.label)
    assert labels == ["note", "note"] + (["star"] if broken != "replace" else [])


def test_a_failure_is_reported_once(open_store: Open) -> None:
    attempts, listener = threading.Semaphore(0), Listener()

    class Counting(BadDisk):
        def put(self, descriptor: int, data: bytes) -> None:
            attempts.release()
            super().put(descriptor, data)

    disk = Counting("put")
    store = open_store(disk=disk, notify=listener)
    future = store.apply([change("a")], "star")
    for _ in range(5):
        assert attempts.acquire(timeout=60)
    disk.broken.clear()
    future.result(60)
    store.close(5)
    assert listener.events == [SaveFailed(("a",), FULL), Saved(("a",))]


def test_undo_works_on_what_could_not_be_written(open_store: Open) -> None:
    disk, listener = BadDisk(), Listener()
    store = open_store(disk=disk, notify=listener)
    store.all()
    disk.broken = {"put"}
    store.apply([change("a")], "star")
    store.apply([change("b")], "star")
    undone = store.undo()
    listener.wait_for(SaveFailed(("b",), FULL))
    while store.mark("b").starred:  # two jobs touch it; the second one takes it back
        listener.wait_for(SaveFailed(("b",), FULL))
    assert store.mark("a") == Mark(starred=START, saved="unsaved")
    assert store.mark("b") == Mark(saved="unsaved")
    disk.broken.clear()
    outcome = undone.result(60)
    assert outcome and outcome.marks == {"b": UNMARKED}
    assert open_store().all() == {"a": Mark(starred=START), "b": UNMARKED}


class Ended(Exception):
    """Raised where a step reports its progress."""


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("waits", [False, True], ids=["tried", "behind another"])
def test_an_undo_is_ended_while_nothing_can_be_written(open_store: Open, *, waits: bool) -> None:
    disk, listener = BadDisk(), Listener()
    store = open_store(disk=disk, notify=listener)
    store.apply([change("a")], "star").result()
    disk.broken = {"put"}
    if waits:
        store.apply([change("b")], "star")
        listener.wait_for(SaveFailed(("b",), FULL))
    times = []

    def progress(done: int, total: int) -> None:
        times.append(done)
        # The first time it is taken back for the disk, where nothing waits; the second time in memory.
        if waits or len(times) > 2:
            raise Ended

    with pytest.raises(Ended):
        store.undo(progress).result(60)
    assert store.mark("a") == Mark(starred=START)
    assert store.status().unsaved == (("b",) if waits else ())
    disk.broken.clear()
    store.apply([change("c")], "star").result(60)
    assert [*open_store().all()] == ["a", *(["b"] if waits else []), "c"]
    assert (outcome := store.undo().result(60))
    assert [*outcome.marks] == ["c"]


def test_what_cannot_be_written_on_closing_is_named(open_store: Open, path: Path) -> None:
    disk = BadDisk()
    store = open_store(disk=disk)
    store.apply([change("a")], "star").result()
    before = content(path.parent)
    disk.broken, disk.room = {"put"}, 20
    future = store.apply([change("b"), change("c")], "star")
    assert store.close(5) == ("b", "c")
    with pytest.raises(NotSaved, match=FULL):
        future.result()
    assert content(path.parent) == before
    assert open_store().all() == {"a": Mark(starred=START)}


@pytest.mark.parametrize("step", ["put", "sync", "replace"])
@pytest.mark.parametrize("fails_at", range(1, 6))
def test_a_full_disk_while_the_state_file_is_rewritten_harms_nothing(
    open_store: Open, path: Path, step: str, fails_at: int
) -> None:
    store = open_store()
    store.apply([change("a")], "star").result()
    store.close(5)

    class Later(BadDisk):
        count = 0

        def _check(self, name: str) -> None:
            if name == step and closing:
                self.count += 1
                if self.count == fails_at:
                    raise OSError(errno.ENOSPC, FULL)

    closing = False
    store = open_store(disk=Later())
    stamp = store.apply([change("b")], "star").result().stamp
    closing = True
    assert store.close(5) == ()
    assert open_store().all() == {"a": Mark(starred=START), "b": Mark(starred=START)}
    assert not list(path.parent.glob("state.json.tmp"))
    again = open_store()
    assert again.apply([change("c")], "star").result().stamp != stamp
    assert len(open_store().all()) == 3


def test_a_state_that_can_only_be_read_is_read(open_store: Open, path: Path) -> None:
    store = open_store()
    store.apply([change("a")], "star").result()
    store.close(5)

    class ReadOnly(BadDisk):
        def write(self, path: Path, blocks: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        def append(self, path: Path, data: bytes, position: int) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

    listener = Listener()
    before = content(path.parent)
    store = open_store(disk=ReadOnly("replace", "cut", "put", number=errno.EROFS), notify=listener)
    assert store.all() == {"a": Mark(starred=START)}
    store.apply([change("b")], "star")
    listener.wait_for(SaveFailed(("b",), "Read-only file system"))
    assert store.mark("b").saved == "unsaved"
    assert store.close(5) == ("b",)
    assert content(path.parent) == before


@pytest.fixture
def powerless() -> Iterator[Path]:
    """A folder of a user who may not write everywhere, as root may."""
    if not hasattr(os, "geteuid"):
        pytest.skip("folders have no modes here")
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(folder)


@pytest.mark.parametrize("locked_before", [True, False])
def test_a_folder_that_can_only_be_read(powerless: Path, locked_before: bool) -> None:
    folder = powerless / "config"
    store = MarkStore(folder / "state.json", clock=Clock())
    store.apply([change("a")], "star").result()
    store.close(5)
    if not locked_before:
        (folder / "state.json.lock").unlink()
    before, listener = content(folder), Listener()
    for file in folder.iterdir():
        file.chmod(0o400)
    folder.chmod(0o500)
    try:
        store = MarkStore(folder / "state.json", clock=Clock(), notify=listener)
        assert store.all() == {"a": Mark(starred=START)}
        future = store.apply([change("b")], "star")
        while not store.status().unsaved:
            assert not future.done()
        assert store.close(5) == ("b",)
        [failed] = listener.events
        assert isinstance(failed, SaveFailed) and failed.reason.startswith("Permission denied: ")
        assert content(folder) == before
    finally:
        folder.chmod(0o700)


def test_a_damaged_state_that_can_only_be_read_is_read_and_left_alone(open_store: Open, path: Path) -> None:
    for key in "abc":
        store = open_store()
        store.apply([change(key)], "star").result()
        store.close(5)
    path.write_bytes(path.read_bytes()[:100])
    before = content(path.parent)

    class ReadOnly(BadDisk):
        def write(self, path: Path, blocks: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        def duplicate(self, source: Path, target: Path) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

    store = open_store(disk=ReadOnly())
    assert set(store.all()) == {"a", "b", "c"}
    assert "left in place" in store.status().notices[0]
    store.apply([change("d")], "star")
    assert store.close(5) == ("d",)
    assert content(path.parent) == before


def test_damage_found_while_another_holds_the_lock_is_set_aside_later(
    open_store: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.marks.database.LOCK_LIMIT", 0.05)
    for key in "ab":
        store = open_store()
        store.apply([change(key)], "star").result()
        store.close(5)
    path.write_bytes(b"damaged")
    store = open_store()
    with ProcessLock(path.with_name("state.json.lock"), 5).held():
        assert set(store.all()) == {"a", "b"}
    store.apply([change("c")], "star").result()
    assert [kept.read_bytes() for kept in path.parent.glob("state.json.damaged-*")] == [b"damaged"]
    assert set(open_store().all()) == {"a", "b", "c"}


def test_a_folder_that_is_removed_comes_back(open_store: Open, path: Path, tmp_path: Path) -> None:
    listener = Listener()
    store = open_store(notify=listener)
    store.apply([change("a")], "star").result()
    path.parent.rename(tmp_path / "away")
    future = store.apply([change("b")], "star")
    while not store.status().unsaved:
        assert not future.done()
    assert store.mark("b") == Mark(starred=START, saved="unsaved")
    assert store.follow() is None
    assert not path.parent.exists()
    (tmp_path / "away").rename(path.parent)
    assert future.result(60).marks == {"b": Mark(starred=START)}
    assert set(open_store().all()) == {"a", "b"}


def test_another_process_that_keeps_the_lock_is_waited_for(
    open_store: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.marks.database.LOCK_LIMIT", 0.05)
    open_store().apply([change("a")], "star").result()
    listener = Listener()
    store = open_store(notify=listener)
    with ProcessLock(path.with_name("state.json.lock"), 5).held():
        assert store.mark("a") == Mark(starred=START)
        future = store.apply([change("b")], "star")
        reason = "state.json.lock has been locked by another readlist for 0.05 s"
        listener.wait_for(SaveFailed(("b",), reason))
    assert future.result(60).marks == {"b": Mark(starred=START)}


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is killed."""
    path.parent.mkdir()
    code = (
        "import sys; from pathlib import Path; from readlist.files import ProcessLock\n"
        "with ProcessLock(Path(sys.argv[1]), 5).held(): print('held', flush=True); sys.stdin.read()"
    )
    arguments = [sys.executable, "-c", code, str(path.with_name("state.json.lock"))]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_lock_is_free_when_its_holder_is_killed(
    open_store: Open, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.marks.database.LOCK_LIMIT", 0.05)
    listener = Listener()
    store = open_store(notify=listener)
    future = store.apply([change("a")], "star")
    listener.wait_for(SaveFailed(("a",), "state.json.lock has been locked by another readlist for 0.05 s"))
    holder.kill()
    assert future.result(60).marks == {"a": Mark(starred=START)}


@pytest.mark.skipif(os.name == "nt", reason="there, locks are made in another way")
def test_a_file_system_without_locks_gets_a_marker_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    for key in "ab":
        store = MarkStore(path, clock=Clock(), disk=QuickDisk())
        store.apply([change(key)], "star").result(60)
    assert set(MarkStore(path).all()) == {"a", "b"}
    marker = path.with_name("state.json.lock.marker")
    with ProcessLock(path.with_name("state.json.lock"), 5).held():
        assert marker.exists()
    assert not marker.exists()


@pytest.mark.parametrize("seen", ["as news", "by reading everything"])
def test_a_write_that_failed_but_stayed_in_the_file_is_not_done_twice(
    open_store: Open, path: Path, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = BadDisk()
    store = open_store(disk=disk)
    store.apply([change("a", "note", "1")], "note").result()
    store.apply([change("a", "note", "2")], "note").result()
    if seen != "as news":
        monkeypatch.setattr("readlist.marks.disk.state_files.StateFiles.news", lambda files: None)
    disk.broken = {"sync", "cut"}
    undone = store.undo()
    while not store.status().pending or store.mark("a").saved != "unsaved":
        assert not undone.done()
    bodies = scan(path.with_name("state.json.journal").read_bytes()).bodies
    assert len(bodies) == 4
    disk.broken.clear()
    outcome = undone.result(60)
    assert outcome and outcome.marks["a"].note == "1"
    assert open_store().mark("a").note == "1"


@pytest.mark.parametrize("left", ["no folder", "an empty folder"])
def test_a_state_removed_before_it_was_read_is_not_begun_again(
    open_store: Open, path: Path, tmp_path: Path, left: str
) -> None:
    first = open_store()
    first.apply([change("a")], "star").result()
    first.close(5)
    listener = Listener()
    store = open_store(notify=listener)
    path.parent.rename(tmp_path / "away")
    if left == "an empty folder":
        path.parent.mkdir()
    future = store.apply([change("b")], "star")
    while not store.status().unsaved:
        assert not future.done()
    assert not path.exists()
    if left == "an empty folder":
        path.parent.rmdir()
    (tmp_path / "away").rename(path.parent)
    future.result(60)
    assert set(open_store().all()) == {"a", "b"}
