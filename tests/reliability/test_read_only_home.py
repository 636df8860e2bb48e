"""A home that can only be read, or not be made: what can be shown is shown, what can't be is reported in one line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.marks.store import MarkStore
from tests.support.home import PAPERS, key, one_line, powerless, run, shown, title
from tests.support.marks import change

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and file modes are POSIX"),
]


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
    assert re.match(r"can't write the mark of 1 paper \(Permission denied: .*\): arxiv:2608.00000;", line)
    assert {file.name: file.read_bytes() for file in sealed.iterdir()} == before


def test_marks_that_came_after_the_library_are_shown_where_it_can_only_be_read(home: Path) -> None:
    store = MarkStore(home / "state.json")
    store.apply([change(key(3))], "star").result(60)
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
        screen.shows("The library is read-only")
        screen.type("s")
        screen.wait_for_row(title(0), "!")
        screen.wait_for_row(title(0), "★")
        screen.type("q")
        screen.shows("Not saved yet: marks of 1 paper")
        status, said, _ = screen.leave("y")
    assert status == 1
    assert "(Permission denied:" in said


@pytest.mark.parametrize("place", ["sealed/deep/home", "a file/home"])
def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "sealed").mkdir(mode=0o500)
    home = tmp_path / place
    line = one_line(run(home, "list", prepare=powerless))
    assert f"{home / 'library.db'} can't be opened or created" in line
    assert "READLIST_HOME" in line
