"""Machines that mark the same papers and hear of each other now and then: all agree in the end, nothing is lost."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import permutations
from pathlib import Path

from readlist.marks.disk.snapshot import read_other_state
from readlist.marks.store import MarkStore
from tests.support.marks import START, Clock, QuickDisk, change

MACHINES = 3
PAPERS = 4
RUNS, LONG_RUNS = 4, 120


class Machine:
    """A machine with a clock that may be a day wrong; its marks are carried as files."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._clock = Clock(START + timedelta(hours=chance.randint(-26, 26)))
        self.store = self._open()

    def _open(self) -> MarkStore:
        return MarkStore(self._folder / "state.json", clock=self._clock, disk=QuickDisk())

    def restart(self) -> None:
        self.store.close(5)
        self.store = self._open()

    def hear_of(self, other: Machine) -> None:
        """Merge the other's marks: a copy made for that, or its files as they lie there."""
        shared = other._folder / "copy.json"
        other.store.copy(shared).result()
        for path in (shared, other._folder / "state.json"):
            if path.exists():
                self.store.merge(read_other_state(path).documents, "sync").result()


def one_run(folder: Path, chance: random.Random) -> int:
    """Let machines live for a while; returns how many merges there were."""
    machines = [Machine(folder / str(number), chance) for number in range(MACHINES)]
    merges = 0
    texts: dict[str, list[str]] = {}
    over: set[tuple[str, str]] = set()
    for turn in range(chance.randint(5, 30)):
        machine = chance.choice(machines)
        match chance.choice(("note", "note", "star", "unstar", "read", "sync", "sync", "restart")):
            case "sync":
                machine.hear_of(chance.choice([other for other in machines if other is not machine]))
                merges += 1
            case "restart":
                machine.restart()
            case "note":
                key = f"p{chance.randrange(PAPERS)}"
                over |= {(key, text) for text in texts.get(key, ()) if text in machine.store.mark(key).note}
                texts.setdefault(key, []).append(f"text {turn}.")
                machine.store.apply([change(key, "note", f"text {turn}.")], "note").result()
            case "read":
                machine.store.apply([change(f"p{chance.randrange(PAPERS)}", "read")], "read").result()
            case what:
                value = START if what == "star" else None
                machine.store.apply([change(f"p{chance.randrange(PAPERS)}", "starred", value)], what).result()
    for _ in range(2):
        for machine, other in permutations(machines, 2):
            machine.hear_of(other)
            merges += 1
    shown = [
        {key: (mark.read, mark.starred, mark.note) for key, mark in machine.store.all().items()} for machine in machines
    ]
    assert all(one == shown[0] for one in shown)
    # Every text is there that was not overwritten by someone who had seen it.
    for key, written in texts.items():
        for text in written:
            assert (key, text) in over or text in shown[0][key][2], (key, text, shown[0])
    for machine in machines:
        machine.store.close(5)
    return merges


def test_machines_agree_and_no_note_is_lost(tmp_path: Path, thorough: bool) -> None:
    runs = LONG_RUNS if thorough else RUNS
    chance = random.Random(20261121)
    merges = sum(one_run(tmp_path / str(run), chance) for run in range(runs))
    print(f"{runs} runs of {MACHINES} machines, {merges:,} merges checked, 0 notes lost")
    assert merges > runs
