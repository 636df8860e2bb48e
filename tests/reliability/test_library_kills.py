"""Processes that are killed while they import and mark: the library is sound and lacks nothing that was committed."""

from __future__ import annotations

import multiprocessing
import random
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from readlist.library.integrity import check
from readlist.library.library import Library
from tests.reliability.import_process import import_and_mark
from tests.support.papers import make_shelf

pytestmark = pytest.mark.slow

PARTS = (1, 2)
KILLS = (12, 100)
LIVES = 10
"""So many processes one after the other use the same shelf."""
STEPS = 9
"""A process is killed some moments after it has reported fewer steps than these."""

context = multiprocessing.get_context("forkserver")


def received(reported: Connection) -> list[tuple[str, list[str]]]:
    """Return what a killed process reported; the end may be missing."""
    found = []
    with suppress(EOFError, OSError):
        while True:
            found.append(reported.recv())
    return found


def killed(home: Path, first: int, chance: random.Random) -> list[tuple[str, list[str]]]:
    """Let a process work on a shelf, kill it at some moment, and return what it reported before."""
    reported, telling = context.Pipe(duplex=False)
    process = context.Process(target=import_and_mark, args=(home, first, telling), daemon=True)
    process.start()
    telling.close()
    found = []
    # After some steps of its own, however slow the machine is.
    for _ in range(chance.randrange(STEPS)):
        assert reported.poll(20)
        found.append(reported.recv())
    process.join(chance.uniform(0, 0.15))
    assert process.is_alive()
    process.kill()
    process.join()
    found += received(reported)
    reported.close()
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_library_whose_writer_is_killed_is_sound_and_has_everything_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int, thorough: bool
) -> None:
    # Each process would first run again what started this one, that is pytest.
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    context.set_forkserver_preload(["tests.reliability.import_process"])
    chance = random.Random(f"library {part}")
    total = {"added": 0, "marked": 0}
    for life in range(KILLS[thorough]):
        home = tmp_path / str(life // LIVES)
        first = 1000 * (life % LIVES)
        reported = killed(home, first, chance)
        if not (home / "library.db").exists():
            assert reported == []
            continue
        library = Library(home / "library.db")
        assert check(library.connections) == []
        present = library.ids_of(key for _, keys in reported for key in keys)
        library.close()
        shelf = make_shelf(home)
        shelf.sync.catch_up()
        for what, keys in reported:
            total[what] += len(keys)
            for key in keys:
                entry = shelf.papers.entry(key)
                assert key in present and entry is not None, (life, key)
                if what == "marked":
                    assert entry.mark.starred and entry.mark.note == f"note on {key}", (life, entry.mark)
        assert check(shelf.library.connections) == [] and shelf.marks.status().notices == ()
        shelf.close()
    print(f"{KILLS[thorough]} kills, {total['added']:,} papers and {total['marked']:,} marks acknowledged, none lost")
    assert min(total.values()) > KILLS[thorough]
