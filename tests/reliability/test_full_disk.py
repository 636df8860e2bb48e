"""A disk that is full, over quota, read-only or taken away: marks are kept and written later, nothing is harmed."""

from __future__ import annotations

import json
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

from tests.support.home import PAPERS, fill_home, key, one_line, run, shown, starred, title
from tests.support.terminal import ESCAPE, ReadlistTerminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and file modes are POSIX"),
]

PAGES = 1_500
SIZE = 2 << 20


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


def under_quota(size: int) -> Callable[[], None]:
    """Return what lets no file of a child process grow beyond a size in bytes."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return limit


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


def kept_and_written_later(screen: ReadlistTerminal, reason: str, repair: Callable[[], object]) -> None:
    """Star the first two papers while nothing can be written, then repair that."""
    screen.type("s")
    screen.wait_for_row(title(0), "!")
    reported = screen.shows("Not saved yet, retrying:", reason)
    assert "Traceback" not in reported
    screen.type("js")
    screen.wait_for_row(title(1), "!")
    for number in (0, 1):
        assert "★" in screen.row(title(number))
    repair()
    for number in (0, 1):
        screen.wait_for_row(title(number), "!", gone=True)
        screen.wait_for_row(title(number), "★")


@pytest.mark.usefixtures("long")
def test_a_full_disk(small: Path) -> None:
    with shown(small) as screen:
        fill_page(screen, small)
        with no_room(small):
            screen.type("s")
            screen.wait_for_row(title(0), "!")
            screen.shows("Not saved yet, retrying:", "No space left on")
            done = run(small, "mark", key(20), "--star")
            assert "No space left on device" in one_line(done) or "the disk is full" in one_line(done)
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
            screen.shows("Not saved yet: marks of 2 papers (No space left on")
            screen.type("n")
            screen.wait_for_row(title(1), "!")
            screen.type("q")
            screen.shows("Not saved yet")
            status, said, _ = screen.leave("y")
        assert status == 1
        assert f"can't write the marks of 2 papers (No space left on device): {key(0)}, {key(1)};" in said
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
        screen.shows("Not saved yet, retrying:", "File too large")
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
        kept_and_written_later(screen, "folder not found", lambda: (tmp_path / "away").rename(home))
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
        screen.shows("1/30")
        screen.type("q")
        screen.shows("Not saved yet: marks of 1 paper (folder not found")
        status, said, _ = screen.leave("y")
    assert status == 1
    assert "Traceback" not in said
    assert "can't write the mark of 1 paper (folder not found:" in said
    assert not home.exists()


@pytest.mark.usefixtures("long")
def test_another_folder_in_its_place_gets_what_is_known(home: Path, tmp_path: Path) -> None:
    with shown(home) as screen:
        screen.type("GrrGg")
        screen.shows("1/30")
        screen.wait_until(lambda lines: (home / "state.json.journal").stat().st_size > 800, "two marks")
        home.rename(tmp_path / "away")
        home.mkdir()
        screen.type("s")
        screen.wait_for_row(title(0), "★")
        # That the library is gone, too, may be said after it, and stands in its place then.
        last = screen.wait_until(
            lambda lines: any("was replaced or cut short" in line or "!: 1 error" in line for line in lines),
            "what was restored",
        )
        if not any("was replaced or cut short" in line for line in last):
            screen.type("!")
            screen.shows("now restored")
            screen.type(ESCAPE)
            screen.shows("next unread")
        screen.wait_for_row(title(0), "!", gone=True)
        status, said, _ = screen.leave()
    assert (status, "Traceback" in said) == (0, False), said
    assert starred(home) == {key(0), key(PAPERS - 1)}
    assert starred(tmp_path / "away") == {key(PAPERS - 1)}


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
        assert "importing: finishing" in said
        assert "Traceback" not in said
        assert status == 0
        print(f"left during an import that waited for another writer: {took:.1f} s")
    finally:
        other.close()
    assert is_sound(home)
