"""A disk that is full, over quota, read-only or taken away: marks are kept and written later, nothing is harmed."""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from readlist.marks.store import MarkStore
from tests.making import make_batch, make_paper, make_shelf
from tests.reliability.terminal import ROOT, ReadlistTerminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and file modes are POSIX")

PAPERS = 30
PAGES = 1_500
SIZE = 2 << 20
_CAPBSET_DROP, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2


def key(number: int) -> str:
    return make_paper(number).key


def title(number: int) -> str:
    return make_paper(number).title


def fill_home(home: Path) -> None:
    """Make a home with papers, one of them starred."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('refresh = "never"\n', encoding="utf-8")
    shelf = make_shelf(home)
    shelf.add(make_batch([make_paper(number) for number in range(PAPERS)]))
    entry = shelf.entry(key(PAPERS - 1))
    assert entry is not None
    shelf.mark([entry], starred=True)[1].result(20)
    shelf.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with papers, one of them starred, whose readlists ask no feeds."""
    fill_home(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Such a home in a file system of its own with little room."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("file systems can't be mounted here")
    try:
        fill_home(place / "home")
        yield place / "home"
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def no_room(home: Path) -> Iterator[None]:
    """Fill the file system of a home to the last byte."""
    filling = home.parent / "filling"
    with filling.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        filling.unlink()


def powerless() -> None:
    """Let root be bound by file modes, as everybody else is; in a child process."""
    if os.geteuid() == 0:
        system = ctypes.CDLL(None, use_errno=True)
        for power in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
            if system.prctl(_CAPBSET_DROP, power, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "a capability can't be dropped")


def under_quota(size: int) -> Callable[[], None]:
    """Return what lets no file of a child process grow beyond a size in bytes."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return limit


@contextmanager
def shown(home: Path, prepare: Callable[[], None] = lambda: None) -> Iterator[ReadlistTerminal]:
    """Show the list of a home."""
    terminal = ReadlistTerminal(home, prepare=prepare)
    try:
        terminal.wait_for_row(title(PAPERS - 1), "★")
        yield terminal
    finally:
        terminal.close()


def run(home: Path, *arguments: str, prepare: Callable[[], None] = lambda: None) -> subprocess.CompletedProcess[str]:
    """Run a command of readlist."""
    return subprocess.run(
        [sys.executable, "-m", "readlist", *arguments],
        env={**os.environ, "READLIST_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=prepare,
        timeout=90,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command that failed said: one line, and no traceback."""
    assert done.returncode == 1, done
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("readlist: ")
    return line.removeprefix("readlist: ")


def starred(home: Path) -> set[str]:
    """Return the keys of the starred papers of a state that must be whole."""
    store = MarkStore(home / "state.json")
    try:
        found = {name for name, mark in store.all().items() if mark.starred}
        assert store.status().notices == ()
        return found
    finally:
        store.close(5)


def is_sound(home: Path) -> bool:
    with sqlite3.connect(home / "library.db") as connection:
        (answer,) = connection.execute("pragma integrity_check").fetchone()
    connection.close()
    return bool(answer == "ok")


def fill_page(screen: ReadlistTerminal, home: Path) -> None:
    """Mark until the next mark needs a new page of the file system, by reading and unreading the last paper."""
    journal = home / "state.json.journal"
    screen.type("G")
    size, grown = journal.stat().st_size, 0
    while not 0 < resource.getpagesize() - size % resource.getpagesize() <= grown * 3 // 4:
        screen.type("r")
        screen.wait_until(lambda lines, before=size: journal.stat().st_size > before, "a mark")  # type: ignore[misc]
        grown, size = journal.stat().st_size - size, journal.stat().st_size
    screen.type("g")


def kept_and_written_later(screen: ReadlistTerminal, reason: str, mend: Callable[[], object]) -> None:
    """Star the first two papers while nothing can be written, then mend that."""
    screen.type("s")
    screen.wait_for_row(title(0), "!")
    told = screen.shows("Not on disk yet, kept and tried again:", reason)
    assert "Traceback" not in told
    screen.type("js")
    screen.wait_for_row(title(1), "!")
    for number in (0, 1):
        assert "★" in screen.row(title(number))
    mend()
    for number in (0, 1):
        screen.wait_for_row(title(number), "!", gone=True)
        screen.wait_for_row(title(number), "★")


def test_a_full_disk(small: Path) -> None:
    with shown(small) as screen:
        fill_page(screen, small)
        with no_room(small):
            screen.type("s")
            screen.wait_for_row(title(0), "!")
            screen.shows("Not on disk yet, kept and tried again:", "No space left on")
            done = run(small, "mark", key(20), "--star")
            assert "No space left on device" in one_line(done) or "The disk is full" in one_line(done)
            screen.type("js")
            screen.wait_for_row(title(1), "!")
        for number in (0, 1):
            screen.wait_for_row(title(number), "!", gone=True)
            screen.wait_for_row(title(number), "★")
        assert screen.leave()[:2] == (0, "")
    assert starred(small) == {key(number) for number in (0, 1, PAPERS - 1)}
    assert is_sound(small)
    assert set(run(small, "list", "is:starred", "--format", "keys").stdout.split()) == starred(small)


def test_leaving_with_a_full_disk_asks_and_names_what_is_lost(small: Path) -> None:
    with shown(small) as screen:
        fill_page(screen, small)
        with no_room(small):
            screen.type("sjs")
            screen.wait_for_row(title(1), "!")
            screen.type("q")
            screen.shows("The marks of 2 papers are not on disk yet: No space left on")
            screen.type("n")
            screen.wait_for_row(title(1), "!")
            screen.type("q")
            screen.shows("not on disk yet")
            status, said, _ = screen.leave("y")
        assert status == 1
        assert f"the marks of 2 papers could not be written (No space left on device): {key(0)}, {key(1)}." in said
    assert starred(small) == {key(PAPERS - 1)}
    assert is_sound(small)


@pytest.mark.usefixtures("long")
def test_a_disk_that_becomes_read_only(small: Path) -> None:
    def remount(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(small.parent)], check=True)

    # What is open for writing would forbid it.
    with shown(small) as screen:
        made = subprocess.run(["mount", "-o", "remount,ro", str(small.parent)], capture_output=True, check=False)
        if made.returncode:
            screen.leave()
            remount("ro")
            with shown(small) as other:
                kept_and_written_later(other, "Read-only file system", lambda: remount("rw"))
                assert other.leave()[:2] == (0, "")
        else:
            kept_and_written_later(screen, "Read-only file system", lambda: remount("rw"))
            assert screen.leave()[:2] == (0, "")
    assert starred(small) == {key(number) for number in (0, 1, PAPERS - 1)}
    assert is_sound(small)


@pytest.mark.usefixtures("long")
def test_a_quota(home: Path) -> None:
    def limit() -> None:
        under_quota(0)()

    line = one_line(run(home, "mark", key(0), "--star", prepare=limit))
    assert "File too large" in line or "can't be" in line
    with shown(home, prepare=under_quota((home / "state.json.journal").stat().st_size + 10)) as screen:
        screen.type("s")
        screen.wait_for_row(title(0), "!")
        screen.shows("Not on disk yet, kept and tried again:", "File too large")
        pid = screen.process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        screen.wait_for_row(title(0), "!", gone=True)
        assert screen.leave()[:2] == (0, "")
    assert starred(home) == {key(0), key(PAPERS - 1)}
    assert is_sound(home)


@pytest.mark.usefixtures("long")
def test_a_folder_that_is_renamed_and_comes_back(home: Path, tmp_path: Path) -> None:
    with shown(home) as screen:
        home.rename(tmp_path / "away")
        kept_and_written_later(screen, "the folder is not", lambda: (tmp_path / "away").rename(home))
        assert screen.leave()[:2] == (0, "")
    assert starred(home) == {key(number) for number in (0, 1, PAPERS - 1)}
    assert is_sound(home)


@pytest.mark.usefixtures("long")
def test_a_folder_that_is_deleted_and_stays_away(home: Path) -> None:
    with shown(home) as screen:
        shutil.rmtree(home)
        screen.type("s")
        screen.wait_for_row(title(0), "!")
        screen.type("jjjGg")
        screen.shows("1 of 30")
        screen.type("q")
        screen.shows("The mark of 1 paper is not on disk yet: the folder is not")
        status, said, _ = screen.leave("y")
    assert status == 1
    assert "Traceback" not in said
    assert "the mark of 1 paper could not be written (the folder is not there:" in said
    assert not home.exists()


@pytest.mark.usefixtures("long")
def test_another_folder_in_its_place_gets_what_is_known(home: Path, tmp_path: Path) -> None:
    with shown(home) as screen:
        screen.type("GrrGg")
        screen.shows("1 of 30")
        screen.wait_until(lambda lines: (home / "state.json.journal").stat().st_size > 800, "two marks")
        home.rename(tmp_path / "away")
        home.mkdir()
        screen.type("s")
        screen.wait_for_row(title(0), "★")
        screen.shows("was replaced or cut short")
        screen.wait_for_row(title(0), "!", gone=True)
        status, said, _ = screen.leave()
    assert (status, "Traceback" in said) == (0, False), said
    assert starred(home) == {key(0), key(PAPERS - 1)}
    assert starred(tmp_path / "away") == {key(PAPERS - 1)}


# A home that can only be read


@pytest.fixture
def sealed(home: Path) -> Iterator[Path]:
    """A home whose owner may read it but not write."""
    for file in home.iterdir():
        file.chmod(0o400)
    home.chmod(0o500)
    yield home
    home.chmod(0o700)


def test_a_home_that_can_only_be_read_is_listed_shown_and_exported(sealed: Path) -> None:
    before = {file.name: file.read_bytes() for file in sealed.iterdir()}
    listed = run(sealed, "list", "is:starred", "--format", "keys", prepare=powerless)
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, f"{key(PAPERS - 1)}\n", "")
    exported = run(sealed, "export", prepare=powerless)
    assert exported.returncode == 0
    assert len(json.loads(exported.stdout)) == PAPERS
    assert title(3) in run(sealed, "show", key(3), prepare=powerless).stdout
    line = one_line(run(sealed, "mark", key(0), "--star", prepare=powerless))
    assert re.match(r"the mark of 1 paper could not be written \(Permission denied: .*\): arxiv:2608.00000\.", line)
    assert {file.name: file.read_bytes() for file in sealed.iterdir()} == before


def test_marks_that_came_after_the_library_are_shown_where_it_can_only_be_read(home: Path) -> None:
    store = MarkStore(home / "state.json")
    from tests.marks.conftest import change

    store.apply([change(key(3))], "star").result(20)
    store.close(5)
    home.chmod(0o500)
    try:
        shown_json = run(home, "show", key(3), "--json", prepare=powerless)
        assert json.loads(shown_json.stdout)["starred"]
    finally:
        home.chmod(0o700)


@pytest.mark.usefixtures("long")
def test_a_home_that_can_only_be_read_is_opened(sealed: Path) -> None:
    with shown(sealed, prepare=powerless) as screen:
        screen.shows("The library can only be read")
        screen.type("s")
        screen.wait_for_row(title(0), "!")
        screen.wait_for_row(title(0), "★")
        screen.type("q")
        screen.shows("The mark of 1 paper is not on disk yet")
        status, said, _ = screen.leave("y")
    assert status == 1
    assert "could not be written (Permission denied:" in said


@pytest.mark.parametrize("place", ["sealed/deep/home", "a file/home"])
def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "sealed").mkdir(mode=0o500)
    home = tmp_path / place
    line = one_line(run(home, "list", prepare=powerless))
    assert f"{home / 'library.db'} can't be opened or made" in line
    assert "READLIST_HOME" in line


# The library


def page(path: Path, papers: int) -> Path:
    path.write_text(
        json.dumps(
            [
                {"paper": {"id": f"2609.{number:05}", "title": f"A big list, {number}", "summary": "word " * 200}}
                for number in range(papers)
            ]
        ),
        encoding="utf-8",
    )
    return path


def test_a_disk_that_is_full_while_importing_loses_nothing(small: Path, tmp_path: Path) -> None:
    with no_room(small):
        assert run(small, "list", "is:starred", "--format", "keys").stdout == f"{key(PAPERS - 1)}\n"
        done = run(small, "import", str(page(tmp_path / "page.json", PAGES)))
        line = one_line(done)
        assert "library.db" in line
        assert "full" in line
    assert is_sound(small)
    assert starred(small) == {key(PAPERS - 1)}
    assert run(small, "list", "is:starred", "--format", "keys").stdout == f"{key(PAPERS - 1)}\n"


@pytest.mark.usefixtures("long")
def test_leaving_during_an_import_that_waits_says_so_and_ends(home: Path, tmp_path: Path) -> None:
    path = page(tmp_path / "page.json", PAGES)
    other = sqlite3.connect(home / "library.db", isolation_level=None)
    try:
        with shown(home) as screen:
            other.execute("begin immediate")
            screen.type("i")
            screen.shows("Import")
            screen.type(f"{path}\r")
            screen.shows("Importing")
            status, said, took = screen.leave()
        assert "importing: finishing what is under way" in said
        assert "Traceback" not in said
        assert status == 0
        print(f"left during an import that waited for another writer: {took:.1f} s")
    finally:
        other.close()
    assert is_sound(home)
