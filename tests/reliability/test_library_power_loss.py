"""Power that is lost while the library is written: it opens, is sound, and shows what some moment before showed."""

from __future__ import annotations

import random
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from readlist.library.errors import LibraryError
from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.library.migrations import PAGE_SIZE
from tests.reliability.event import Done, Event, FolderSynced, Made, Synced, Wrote
from tests.reliability.import_process import Shown, shown_after, shown_by, take_step
from tests.reliability.medium import Content, Medium, put
from tests.reliability.trace import strace_problem, trace

pytestmark = pytest.mark.slow

PARTS = (1, 2)
STEPS = (12, 40)
POINTS = (4, 60)
"""So many moments of writing are looked at, besides those of syncing and of acknowledgement."""

LOG_HEAD, FRAME_HEAD = 32, 24
"""Bytes: see https://sqlite.org/fileformat2.html#the_write_ahead_log."""


@dataclass(slots=True)
class Finding:
    """Opens libraries and tells how many steps they contain; each state is opened once."""

    scratch: Path
    steps: int
    known: dict[int, int] = field(default_factory=dict)
    shown: list[Shown] = field(init=False)

    def __post_init__(self) -> None:
        """Make the folder, and know what a library must show."""
        self.scratch.mkdir()
        self.shown = [shown_after(number) for number in range(self.steps + 1)]

    def after(self, content: Content) -> int:
        """Return after how many steps a library is; see that it is sound and can be written."""
        sign = hash(frozenset(content.items()))
        if sign not in self.known:
            home = self.scratch / "home"
            put(content, home)
            library = Library(home / "library.db")
            assert check(library.connections) == []
            shown = shown_by(library)
            assert shown in self.shown, f"{len(shown)} papers, after no number of steps"
            take_step(library, 2 * self.steps)
            assert len(shown_by(library)) > len(shown)
            library.close()
            shutil.rmtree(home)
            self.known[sign] = self.shown.index(shown)
        return self.known[sign]


def moments(events: list[Event], chance: random.Random, count: int) -> set[int]:
    """Choose moments of a recording: some of the writes, and everything that is not a write."""
    writes = [place for place, event in enumerate(events) if isinstance(event, Wrote)]
    others = {place for place, event in enumerate(events) if not isinstance(event, Wrote)}
    return others | set(chance.sample(writes, min(count, len(writes))))


def lose_power(folder: Path, steps: int, points: int, chance: random.Random, *how: str) -> tuple[str, int]:
    """Record how a library is written, lose power at moments of that, and check.

    Returns:
        What was tried, and how many steps were certain in the end.
    """
    home, before = folder / "home", folder / "before"
    for each in (home, before):
        each.mkdir()
    command = [sys.executable, "-m", "tests.reliability.import_process", str(home), str(steps), *how]
    events = trace(command, home, folder)
    finding, medium = Finding(folder / "scratch", steps), Medium(before)
    chosen = moments(events, chance, points)
    log, named, done, synced, certain, disks = 0, False, 0, 0, 0, 0
    for place, event in enumerate(events):
        medium.take(event)
        if isinstance(event, Made) and event.name == "library.db-wal":
            log, named = event.file, False
        elif isinstance(event, Done):
            done = event.step + 1
        elif isinstance(event, Synced) and event.file == log:
            synced = done
        elif isinstance(event, FolderSynced):
            named = True
        # What the log holds is certain once it has been synced and its name has.
        certain = max(certain, synced if named else 0)
        if place not in chosen:
            continue
        contents = [*medium.ordered(), *medium.torn(3), *(medium.shuffled(chance) for _ in range(2))]
        found = [finding.after(content) for content in contents]
        assert all(certain <= number <= done + 1 for number in found), (place, certain, done, found)
        # The first one is what a process that is killed leaves behind.
        assert found[0] >= done
        disks += len(contents)
    assert medium.whole() == {path.name: path.read_bytes() for path in home.iterdir()}, "something was not recorded"
    tried = (
        f"{len(events):,} recorded operations, {len(chosen):,} crash points, {disks:,} disks ({len(finding.known):,} "
        f"different ones opened), {done} transactions, every library sound"
    )
    return tried, certain


watched = pytest.mark.skipif(bool(strace_problem()), reason=strace_problem())


@watched
def test_power_loss_at_any_moment_leaves_a_sound_library_of_some_moment_before(
    tmp_path: Path, part: int, thorough: bool
) -> None:
    tried, certain = lose_power(tmp_path, STEPS[thorough], POINTS[thorough], random.Random(part))
    print(tried)
    # The last step may itself move the log.
    assert certain >= STEPS[thorough] - 1


@watched
def test_a_library_that_does_not_wait_for_the_disk_is_found_out(tmp_path: Path) -> None:
    with pytest.raises((AssertionError, LibraryError)):
        lose_power(tmp_path, 12, 12, random.Random(0), "careless")


def test_a_library_whose_log_is_cut_off_anywhere_shows_what_it_showed_before(tmp_path: Path, thorough: bool) -> None:
    home, steps, chance = tmp_path / "home", STEPS[thorough], random.Random(1)
    finding = Finding(tmp_path / "scratch", steps)
    library = Library(home / "library.db")
    before, head, moved, sizes = b"", b"", 0, {0: 0}
    for number in range(steps):
        take_step(library, number)
        data, log = (home / "library.db").read_bytes(), (home / "library.db-wal").read_bytes()
        if log[:LOG_HEAD] != head:
            # It begins again, since what was in it has been moved into the file.
            head, moved, sizes = log[:LOG_HEAD], 0, {number: 0}
        if data != before:
            # Before it was moved into the file it was synced: no cut goes through that.
            before, moved = data, len(log)
        ends = list(range(max(LOG_HEAD, moved), len(log), FRAME_HEAD + PAGE_SIZE))
        for end in chance.sample(ends, min(len(ends), 6 if thorough else 1)):
            for cut in (end, end + FRAME_HEAD, chance.randrange(end, end + FRAME_HEAD + PAGE_SIZE)):
                certain = max(step for step, size in sizes.items() if size <= cut)
                for rest in (b"", bytes(len(log) - cut)):
                    found = finding.after({"library.db": data, "library.db-wal": log[:cut] + rest})
                    assert certain <= found <= number + 1
        assert finding.after({"library.db": data, "library.db-wal": log}) == number + 1
        sizes[number + 1] = len(log)
    library.close()
    print(f"{len(finding.known):,} libraries with a log cut off somewhere, {steps} transactions, every library sound")
