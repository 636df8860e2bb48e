"""Commands while another process holds the library: marks are taken, the rest waits with a word."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.cli import assembly
from readlist.cli.output import warn
from readlist.library import connections
from tests.support.cli import Run, titles

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("hurried")]

KEY = "title:asurveyofsurveys"
WAITING = "readlist: waiting for another readlist to release the library…\n"
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("pragma locking_mode = " + sys.argv[2])
connection.execute("begin exclusive")
connection.execute("update paper set position = position")
print("held", flush=True)
sys.stdin.read()
"""


class Holder:
    """Another process with the library to itself: it lets others read (`normal`) or not (`exclusive`)."""

    def __init__(self, path: Path, mode: str) -> None:
        command = [sys.executable, "-c", HOLDER, str(path), mode]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "held\n"

    def let_go(self) -> None:
        """End; what it began is undone."""
        self._process.communicate("")


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_REPORT_AFTER", 0.05)
    monkeypatch.setattr(connections, "_PATIENCE", 0.2)


@pytest.fixture(params=["normal", "exclusive"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def holder(filled: Run, tmp_path: Path, mode: str) -> Iterator[Holder]:
    made = Holder(tmp_path / "home" / "library.db", mode)
    yield made
    made.let_go()


def test_a_paper_is_marked_and_the_library_follows(filled: Run, holder: Holder, mode: str) -> None:
    marked = filled("mark", KEY, "--star", "--note", "on the way")
    assert marked.exit_code == 0, marked.output
    assert marked.stdout.startswith("1 of 1 paper changed")
    # Only what must be read is waited for.
    assert marked.stderr == ("" if mode == "normal" else WAITING)
    holder.let_go()
    assert titles(filled, "is:starred", "note:way") == ["A Survey of Surveys"]
    assert "Undone: mark on the command line, 1 paper" in filled("undo").stdout
    assert titles(filled, "is:starred") == []


def test_what_lies_under_another_identifier_is_found(filled: Run, tmp_path: Path) -> None:
    first = "2401.00001"
    page = tmp_path / "one.bib"
    page.write_text(f"@article{{a, title={{A Survey of Surveys}}, eprint={{{first}}}, archivePrefix={{arXiv}}}}")
    assert filled("import", str(page)).exit_code == 0
    assert filled("mark", KEY, "--read").exit_code == 0
    holder = Holder(tmp_path / "home" / "library.db", "exclusive")
    try:
        assert filled("mark", first, "--unread", "--star").stdout.startswith("1 of 1 paper changed")
    finally:
        holder.let_go()
    assert titles(filled, "is:starred", "is:unread") == ["A Survey of Surveys"]


@pytest.mark.parametrize("mode", ["normal"])
def test_a_paper_is_shown_with_the_marks_it_has(filled: Run, holder: Holder) -> None:
    filled("mark", KEY, "--star", "--note", "on the way")
    shown = filled("show", KEY)
    assert "starred" in shown.stdout and "on the way" in shown.stdout
    assert filled("undo").exit_code == 0
    assert "starred" not in filled("show", KEY).stdout


@pytest.mark.parametrize(
    "command", [["mark", "survey", "--star"], ["list"], ["export"], ["digest"], ["import", "PAGE"], ["sync", "FOLDER"]]
)
def test_what_needs_the_library_waits_and_says_so(
    filled: Run, holder: Holder, command: list[str], tmp_path: Path
) -> None:
    # The mirror has to be brought up to this mark first.
    filled("mark", KEY, "--read")
    places = {"PAGE": str(tmp_path / "page.txt"), "FOLDER": str(tmp_path)}
    failed = filled(*(places.get(word, word) for word in command))
    assert failed.exit_code == 1
    assert failed.stderr.startswith(WAITING)
    (line,) = failed.stderr.removeprefix(WAITING).splitlines()
    assert "library.db. Try again in a moment." in line


def test_it_goes_on_when_the_library_is_free(filled: Run, holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    filled("mark", KEY, "--star")
    monkeypatch.setattr(connections, "_PATIENCE", 30.0)

    def warn_and_let_go(text: str) -> None:
        warn(text)
        holder.let_go()

    monkeypatch.setattr(assembly, "warn", warn_and_let_go)
    listed = filled("list", "is:starred", "--format", "keys")
    assert (listed.exit_code, listed.stdout, listed.stderr) == (0, f"{KEY}\n", WAITING)


def test_a_library_that_is_free_is_not_waited_for(filled: Run, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "home" / "library.db", isolation_level=None)
    connection.execute("begin exclusive")
    # Nothing has to be written.
    assert filled("list").stderr == ""
    connection.close()
