"""Several readlists on one home at once: nothing is lost, each follows the others, none blocks them for ever."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from readlist.marks import Event, SaveFailed
from readlist.marks.store import MarkStore
from readlist.model.mark import Mark
from tests.reliability.lock_process import without_locks
from tests.support.marks import change
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.terminal import ROOT, ReadlistTerminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are POSIX"),
]

PAPERS = 30
TURNS, LONG_TURNS = 2, 10
MARKERS, MARKS, LONG_MARKS = 3, 25, 300
DOWN, UP = "j", "k"


def key(number: int) -> str:
    return make_paper(number).key


def title(number: int) -> str:
    return make_paper(number).title


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with papers, whose readlists ask no feeds."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "config.toml").write_text('refresh = "never"\n', encoding="utf-8")
    shelf = make_shelf(folder)
    shelf.papers.add(make_batch([make_paper(number) for number in range(PAPERS)]))
    shelf.close()
    return folder


@pytest.fixture
def open_terminal(home: Path) -> Iterator[Callable[[], ReadlistTerminal]]:
    """Starts readlists on the home, shown and following."""
    opened: list[ReadlistTerminal] = []

    def start() -> ReadlistTerminal:
        terminal = ReadlistTerminal(home)
        opened.append(terminal)
        terminal.wait_for_row(title(PAPERS - 1), " ")
        return terminal

    yield start
    for terminal in opened:
        terminal.close()


def command(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "readlist", *arguments],
        env={**os.environ, "READLIST_HOME": str(home)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def child(state: Path, lacking: int, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.lock_process", str(state), str(lacking), *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def holder(state: Path, lacking: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with child(state, lacking, "hold") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line)
    process.stdin.flush()


def marks_in(home: Path) -> dict[str, Mark]:
    store = MarkStore(home / "state.json")
    try:
        found = store.all()
        assert store.status().notices == ()
        return found
    finally:
        store.close(5)


def test_what_three_mark_at_once_is_all_there_and_each_screen_follows(
    home: Path, open_terminal: Callable[[], ReadlistTerminal], thorough: bool
) -> None:
    turns = LONG_TURNS if thorough else TURNS
    one, other = open_terminal(), open_terminal()
    other.type(DOWN * 10)
    delays: list[float] = []
    for number in range(turns):
        marking = command(home, "mark", key(20 + number), "--star", "--note", f"by command {number}")
        one.type("s")
        other.type("r")
        assert marking.communicate(timeout=60)[0] == "1 of 1 paper changed\n"
        acknowledged = time.monotonic()
        for screen in (one, other):
            screen.wait_for_row(title(20 + number), "★")
            delays.append(time.monotonic() - acknowledged)
        other.wait_for_row(title(number), "★")
        one.wait_for_row(title(10 + number), "✦", gone=True)
        one.type(DOWN)
        other.type(DOWN)
    assert one.leave()[0] == other.leave()[0] == 0
    found = marks_in(home)
    assert all(found[key(number)].starred for number in range(turns))
    assert all(found[key(10 + number)].read for number in range(turns))
    assert all(found[key(20 + number)].note == f"by command {number}" for number in range(turns))
    assert len(found) == 3 * turns
    print(
        f"{turns} turns of two screens and a command, {3 * turns} papers, 0 lost; from the acknowledgement to the star "
        f"in another screen: median {statistics.median(delays):.2f} s, max {max(delays):.2f} s"
    )


@pytest.mark.usefixtures("long")
def test_undo_in_one_takes_back_its_own_while_others_mark(
    home: Path, open_terminal: Callable[[], ReadlistTerminal]
) -> None:
    one, other = open_terminal(), open_terminal()
    one.type("s")
    other.wait_for_row(title(0), "★")
    other.type(DOWN * 5 + "s" + DOWN + "s")
    one.wait_for_row(title(6), "★")
    marking = command(home, "mark", key(20), "--star")
    one.type("u")
    other.type(DOWN + "s")
    marking.communicate(timeout=60)
    for screen in (one, other):
        screen.wait_for_row(title(0), "★", gone=True)
        for number in (5, 6, 7, 20):
            screen.wait_for_row(title(number), "★")
    assert one.leave()[0] == other.leave()[0] == 0
    found = marks_in(home)
    assert {name for name, mark in found.items() if mark.starred} == {key(number) for number in (5, 6, 7, 20)}


def test_a_holder_that_hangs_is_waited_for_and_the_screen_stays_free(
    home: Path, open_terminal: Callable[[], ReadlistTerminal]
) -> None:
    screen = open_terminal()
    with holder(home / "state.json") as process:
        process.send_signal(signal.SIGSTOP)
        tell(process, "go on\n")
        screen.type("s")
        screen.wait_for_row(title(0), "…")
        screen.type(DOWN + "s")
        screen.wait_for_row(title(1), "★")
        screen.shows("2/30")
        assert marks_in_file(home) == b""
        process.send_signal(signal.SIGCONT)
        for number in (0, 1):
            screen.wait_for_row(title(number), "…", gone=True)
            screen.wait_for_row(title(number), "★")
    assert screen.leave()[0] == 0
    assert all(marks_in(home)[key(number)].starred for number in (0, 1))


def marks_in_file(home: Path) -> bytes:
    journal = home / "state.json.journal"
    return journal.read_bytes() if journal.exists() else b""


@pytest.mark.usefixtures("long")
def test_the_others_go_on_when_the_holder_is_killed(home: Path, open_terminal: Callable[[], ReadlistTerminal]) -> None:
    one, other = open_terminal(), open_terminal()
    with holder(home / "state.json") as process:
        process.send_signal(signal.SIGSTOP)
        one.type("s")
        other.type(DOWN + "s")
        marking = command(home, "mark", key(20), "--star")
        one.wait_for_row(title(0), "…")
        other.wait_for_row(title(1), "…")
        process.kill()
        assert marking.communicate(timeout=60)[0] == "1 of 1 paper changed\n"
        for screen in (one, other):
            for number in (0, 1, 20):
                screen.wait_for_row(title(number), "★")
                screen.wait_for_row(title(number), "…", gone=True)
    assert one.leave()[0] == other.leave()[0] == 0
    assert len(marks_in(home)) == 3


@pytest.mark.usefixtures("long")
def test_leaving_while_the_lock_is_held_says_what_it_waits_for_and_what_was_not_saved(
    home: Path, open_terminal: Callable[[], ReadlistTerminal]
) -> None:
    screen = open_terminal()
    with holder(home / "state.json"):
        screen.type("s")
        screen.wait_for_row(title(0), "…")
        status, said, took = screen.leave()
    assert status == 1
    assert "writing the last marks…" in said
    assert "can't write the mark of 1 paper (" in said
    assert f"): {key(0)};" in said
    print(f"left while another held the lock: {took:.1f} s")


# Where files know no locks


@pytest.fixture(params=["ENOSYS", "ENOLCK"])
def lacking(request: pytest.FixtureRequest) -> int:
    """How a system says that it knows no locks."""
    return int(getattr(errno, request.param))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state file's place, in a folder that is there."""
    return tmp_path / "state.json"


def test_nothing_is_lost_where_files_know_no_locks(state: Path, lacking: int, thorough: bool) -> None:
    count = LONG_MARKS if thorough else MARKS
    start = time.monotonic()
    children = [child(state, lacking, f"child{number}", str(count)) for number in range(MARKERS)]
    acknowledged = [line for process in children for line in process.communicate(timeout=100)[0].split()]
    took = time.monotonic() - start
    assert len(acknowledged) == MARKERS * count
    found = marks_in(state.parent)
    assert all(found[name].starred for name in acknowledged)
    print(f"{errno.errorcode[lacking]}: {MARKERS} processes, {len(acknowledged)} marks in {took:.1f} s, 0 lost")


def marked(state: Path, lacking: int) -> str:
    """Mark one paper in another process; returns what it acknowledged."""
    with child(state, lacking, "after", "1") as process:
        return process.communicate(timeout=60)[0]


def marker(state: Path) -> Path:
    return state.with_name("state.json.lock.marker")


def test_a_killed_holder_leaves_a_marker_that_is_taken_over(state: Path, lacking: int) -> None:
    with holder(state, lacking) as process:
        tell(process, "die\n")
        process.wait(60)
    assert marker(state).exists()
    assert marked(state, lacking) == "after:0\n"
    assert not marker(state).exists()


def test_a_marker_whose_process_number_went_to_another_is_taken_over(state: Path) -> None:
    with holder(state, errno.ENOLCK) as process:
        lines = marker(state).read_text().splitlines()
        assert lines[:1] == [str(process.pid)]
        tell(process, "die\n")
        process.wait(60)
    if len(lines) < 3:
        pytest.skip("this system doesn't tell when a process began")
    # This process lives, but did not begin when the marker says.
    marker(state).write_text(f"{os.getpid()}\n{lines[1]}\n{int(lines[2]) - 1}\n")
    assert marked(state, errno.ENOLCK) == "after:0\n"


@pytest.fixture
def lockless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files know no locks, and those who wait soon hear of it."""
    monkeypatch.setattr("fcntl.flock", fcntl.flock)
    without_locks(errno.ENOLCK)
    monkeypatch.setattr("readlist.marks.database.LOCK_LIMIT", 0.1)
    monkeypatch.setattr("readlist.marks.queue.RETRY_LONGEST", 0.05)


def test_a_marker_whose_holder_lost_power_before_it_wrote_its_name_is_taken_over(state: Path, lockless: None) -> None:
    marker(state).touch()
    start = time.monotonic()
    store = MarkStore(state)
    assert store.apply([change("a")], "star").result(60).marks["a"].starred
    store.close(5)
    print(f"an empty marker was taken over after {time.monotonic() - start:.1f} s")


def test_a_marker_of_another_host_is_never_taken_and_named(state: Path, lockless: None) -> None:
    host = f"not-{socket.gethostname()}"
    marker(state).write_text(f"4242\n{host}\n")
    reported: list[Event] = []
    store = MarkStore(state, notify=reported.append)
    from tests.support.marks import change

    written = store.apply([change("a")], "star")
    while not (failures := [event for event in reported if isinstance(event, SaveFailed)]):
        assert not written.done()
    assert failures[0].reason == (
        "state.json.lock has been locked by another readlist for 0.1 s "
        f"(process 4242 on {host}); if that process has ended, delete {marker(state)}"
    )
    assert marker(state).read_text() == f"4242\n{host}\n"
    marker(state).unlink()
    assert written.result(60).marks["a"].starred
    store.close(5)
