"""Damaged files of every kind: readlist opens with all that is intact, says what was damaged, and keeps it."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from readlist.cli.assembly import find_paths, opened_shelf
from readlist.cli.doctor_command import repair
from readlist.cli.output import CommandError
from readlist.library.integrity import check
from readlist.shelf import VIEWS
from tests.support.home import run, title
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.terminal import ReadlistTerminal

pytestmark = pytest.mark.slow

PAPERS = 40
RUNS, LONG_RUNS = 3, 60
MARKED = {f"arxiv:2608.{number:05}" for number in range(0, PAPERS, 2)}


def flip(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def cut_off(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def end_in_nul(data: bytes, chance: random.Random) -> bytes:
    size = chance.randrange(1, len(data))
    return data[:-size] + bytes(size)


def be_empty(data: bytes, chance: random.Random) -> bytes:
    return b""


def conflict(data: bytes, chance: random.Random) -> bytes:
    half = data.find(b"\n", len(data) // 2) + 1
    return data[:half] + b"<<<<<<< HEAD\n" + data[half:] + b"=======\n" + data[half:] + b">>>>>>> other\n"


def grow(data: bytes, chance: random.Random) -> bytes:
    return data + bytes(chance.randrange(1, 5000))


Damage = Callable[[bytes, random.Random], bytes]
DAMAGES: tuple[Damage, ...] = (flip, cut_off, end_in_nul, be_empty, conflict, grow)


@pytest.fixture(scope="module")
def worn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose state was rewritten twice, with later marks in the journal."""
    home = tmp_path_factory.mktemp("worn") / "home"
    for part in range(3):
        shelf = make_shelf(home)
        if not part:
            shelf.papers.add(make_batch([make_paper(number) for number in range(PAPERS)]))
        for number in range(part * 2, PAPERS, 6):
            entry = shelf.papers.entry(f"arxiv:2608.{number:05}")
            assert entry is not None
            shelf.marks.apply([entry], starred=True, note=f"note {number}")[1].result(60)
        if part < 2:
            shelf.close()
    # The last part stays in the journal, as after a crash.
    copy = home.parent / "copy"
    shutil.copytree(home, copy)
    shelf.close()
    return copy


def starred(home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], tuple[str, ...]]:
    """Open a home as every command does; returns the keys that are starred with their note, and what is reported."""
    monkeypatch.setenv("READLIST_HOME", str(home))
    try:
        return _starred()
    except CommandError as failure:
        # A damaged place that was come upon in the middle of something; the next time all is well.
        assert "Run the command again" in str(failure)
        return _starred()


def _starred() -> tuple[set[str], tuple[str, ...]]:
    with opened_shelf() as shelf:
        wrong = check(shelf.library.connections)
    if wrong:
        # Damage in what was not needed so far.
        repair(find_paths())
    with opened_shelf() as shelf:
        entries = shelf.papers.entries(shelf.papers.browse(VIEWS[2]))
        assert check(shelf.library.connections) == []
        found = {one.paper.key for one in entries if one.mark.note == f"note {int(one.paper.key[-5:])}"}
        return found, shelf.marks.status().notices


@pytest.mark.parametrize("name", ["state.json", "state.json.journal", "state.json.bak", "library.db", "library.db-wal"])
def test_any_damage_costs_at_most_what_was_damaged(
    worn: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, thorough: bool
) -> None:
    runs = LONG_RUNS if thorough else RUNS
    chance = random.Random(name)
    tried = lost = 0
    data = (worn / name).read_bytes() if (worn / name).exists() else b""
    if not data:
        pytest.skip(f"there is no {name} to damage")
    for turn in range(runs):
        for damage in DAMAGES:
            home = tmp_path / f"{turn}-{damage.__name__}"
            shutil.copytree(worn, home)
            (home / name).write_bytes(damage(data, chance))
            found, reported = starred(home, monkeypatch)
            tried += 1
            lost += len(MARKED - found)
            # The journal alone holds the latest marks: what is gone of it is gone, and what is not stays.
            if name != "state.json.journal":
                assert found == MARKED, (damage.__name__, turn, MARKED - found, reported)
            elif damage in (flip, conflict, grow):
                assert len(MARKED - found) <= 1, (damage.__name__, turn, MARKED - found, reported)
            assert len(found) >= len(MARKED) * 2 // 3 - 1
            again, told_again = starred(home, monkeypatch)
            assert again == found
            assert told_again == (), told_again
            shutil.rmtree(home)
    print(f"{name}: {tried} damaged files tried, {lost} marks lost of {tried * len(MARKED):,}")


def test_a_flip_of_any_byte_of_the_state_file_costs_nothing(
    worn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thorough: bool
) -> None:
    data = (worn / "state.json").read_bytes()
    step = 20 if thorough else len(data) // 8
    home = tmp_path / "home"
    places = range(0, len(data), step)
    for place in places:
        shutil.copytree(worn, home)
        (home / "state.json").write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        assert starred(home, monkeypatch)[0] == MARKED, place
        shutil.rmtree(home)
    print(f"state.json: {len(places):,} single bytes flipped, 0 marks lost")


@pytest.mark.slow
def test_a_library_that_is_damaged_under_the_screen_is_rebuilt_the_next_time(home: Path) -> None:
    terminal = ReadlistTerminal(home)
    try:
        terminal.shows(title(1))
        library = home / "library.db"
        library.write_bytes(random.Random(1).randbytes(library.stat().st_size))
        for companion in ("-wal", "-shm"):
            Path(f"{library}{companion}").unlink(missing_ok=True)
        terminal.type("js2jx")
        terminal.read(1.0)
        if terminal.process.poll() is None:
            terminal.type("q")
        terminal.take_in_to_the_end()
    finally:
        terminal.close()
    assert b"fault in readlist itself" not in terminal.output
    assert b"Traceback" not in terminal.output
    assert not list(home.glob("crash-*"))
    result = run(home, "list", "is:starred", "--json")
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)) >= 1
    assert "Traceback" not in result.stderr
