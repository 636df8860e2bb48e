"""Processes that are killed while they make marks, at random moments: no acknowledged mark is lost."""

from __future__ import annotations

import multiprocessing
import random
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from readlist.marks.store import MarkStore
from tests.marks.mark_process import PAPERS, is_taken_back, make_marks

pytestmark = pytest.mark.slow

KILLS, LONG_KILLS = 30, 200
TOGETHER = 2
ENDLESS = 10**6

context = multiprocessing.get_context("forkserver")


class Victim:
    """A process that makes marks, and what it reported before it was killed."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._recorded, telling = context.Pipe(duplex=False)
        self._process: ForkServerProcess = context.Process(
            target=make_marks, args=(path, name, ENDLESS, telling), daemon=True
        )
        self._process.start()
        telling.close()

    def kill(self, delay: float, *, from_first_mark: bool) -> None:
        if from_first_mark:
            assert self._recorded.poll(20)
        self._process.join(delay)
        self._process.kill()
        self._process.join()

    def acknowledged(self) -> list[int]:
        numbers = list(received(self._recorded))
        self._recorded.close()
        return numbers


def received(pipe: Connection) -> list[int]:
    numbers = []
    # It ends with the process, maybe in the middle of a message.
    with suppress(EOFError, OSError):
        while True:
            numbers.append(pipe.recv())
    return numbers


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_no_acknowledged_mark_is_lost_when_processes_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thorough: bool
) -> None:
    kills = LONG_KILLS if thorough else KILLS
    # Each process would first run again what started this one, that is pytest.
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    context.set_forkserver_preload(["tests.marks.mark_process"])
    chance = random.Random(20261121)
    path = tmp_path / "state.json"
    total = 0
    for turn in range(kills // TOGETHER):
        victims = [Victim(path, f"run{turn}-{number}") for number in range(TOGETHER)]
        for victim in victims:
            victim.kill(chance.uniform(0, 0.06), from_first_mark=chance.random() < 0.8)
        store = MarkStore(path)
        marks = store.all()
        assert store.status().notices == ()
        if turn % 2:
            store.close(10)
        for victim in victims:
            numbers = victim.acknowledged()
            assert numbers == list(range(len(numbers)))
            total += len(numbers)
            if numbers and is_taken_back(numbers[-1]):
                numbers.pop()
            assert all(marks[f"{victim.name}:star:{number}"].starred for number in numbers)
            for number in numbers[-PAPERS:]:
                assert int(marks[f"{victim.name}:{number % PAPERS}"].note) >= number
        store.close(10)
    print(f"{kills} kills, {total} acknowledged marks, none lost")
    assert total > kills
