"""A folder of notes on a full or read-only disk, and an export that is killed: every file is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from readlist.cli.command_table import readlist
from readlist.notes.note_file import parse_note
from tests.support.papers import make_batch, make_paper, make_shelf

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="file systems are mounted as on POSIX"),
]

PAPERS = 90


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with starred papers."""
    home = tmp_path / "home"
    home.mkdir()
    shelf = make_shelf(home)
    shelf.papers.add(make_batch([make_paper(number) for number in range(PAPERS)]))
    shelf.marks.apply_all(range(1, PAPERS + 1), starred=True, label="test").result()
    shelf.close()
    monkeypatch.setenv("READLIST_HOME", str(home))
    return home


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("file systems can't be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(readlist, [str(each) for each in arguments])


def export(folder: Path) -> Result:
    return run("export", "--format", "markdown", "-o", folder)


def all_whole(folder: Path) -> int:
    """How many files there are; all of them are whole, and nothing else is there."""
    for path in folder.iterdir():
        assert parse_note(path.read_text(encoding="utf-8")).key
    return len(list(folder.iterdir()))


@pytest.mark.usefixtures("home")
def test_a_full_disk_leaves_every_file_whole(place: Path) -> None:
    result = export(place / "vault")
    assert result.exit_code == 1
    assert "can't be written: No space left on device" in result.stderr and "more files" in result.stderr
    some = all_whole(place / "vault")
    assert 0 < some < PAPERS
    run("mark", "is:starred", "--read")
    assert export(place / "vault").exit_code == 1
    assert all_whole(place / "vault") == some
    subprocess.run(["mount", "-o", "remount,size=8m", str(place)], check=True)
    assert export(place / "vault").exit_code == 0
    assert all_whole(place / "vault") == PAPERS
    assert "unchanged)" in export(place / "vault").stderr


@pytest.mark.usefixtures("home")
def test_edits_are_taken_from_a_read_only_disk(place: Path) -> None:
    folder = place / "vault"
    assert run("export", "2608.00006", "2608.00007", "--format", "markdown", "-o", folder).exit_code == 0
    path = next(folder.iterdir())
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("---\n\n<!--", "---\n\nFrom there.\n\n<!--"), encoding="utf-8")
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    for changed in ("1 paper changed", "0 papers changed"):
        result = run("import", folder)
        assert changed in result.stdout and result.exit_code == 1
        assert "can't be written: Read-only file system" in result.stderr and result.stderr.count("\n") == 1
    assert run("list", "is:noted", "--format", "keys").stdout.count("\n") == 1
    result = export(folder)
    assert result.exit_code == 1 and "Read-only file system" in result.stderr


def test_a_killed_export_leaves_whole_files_and_the_next_one_does_the_rest(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    process = subprocess.Popen(
        [sys.executable, "-m", "readlist", "export", "--format", "markdown", "-o", str(folder)],
        env={**os.environ, "READLIST_HOME": str(home)},
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not (folder.is_dir() and len(list(folder.iterdir())) > 5):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = list(folder.glob(".readlist-*.tmp"))
    assert all(parse_note(path.read_text(encoding="utf-8")) for path in folder.glob("*.md"))
    for path in [*left, *[folder / f".readlist-{'0' * 16}.tmp"]]:
        path.write_text("half")
        os.utime(path, (0, 0))
    assert export(folder).exit_code == 0
    assert all_whole(folder) == PAPERS
