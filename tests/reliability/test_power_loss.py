"""Power that is lost at any moment: every acknowledged mark is on the disk, and the state opens and works."""

from __future__ import annotations

import pickle
import random
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.reliability.aftermath import ALARMS, Aftermath, Broken
from tests.reliability.event import Begun, Done, Event, Harmed, Missed, Wrote
from tests.reliability.medium import Content, Medium, put
from tests.reliability.plan import Account, Step, accounts, make_plan
from tests.reliability.session_process import STATE

pytestmark = pytest.mark.slow

PARTS = (1, 2)
"""Seeds, each with three plans: ordinarily, with --long."""

SHARE = 0.1
"""So many of the disks are used further, not only read."""

LOSSES = (2, 10)
"""So many times in a row is the power lost."""

STEPS = (6, 30)


@dataclass(slots=True)
class Tally:
    """What was tried."""

    recorded: int = 0
    points: int = 0
    disks: int = 0
    torn: int = 0
    shuffled: int = 0
    acknowledged: int = 0
    opened: int = 0
    used: int = 0

    def __str__(self) -> str:
        return (
            f"{self.recorded:,} recorded operations, {self.points:,} crash points, {self.disks:,} disks "
            f"({self.torn:,} with a torn write, {self.shuffled:,} out of order), {self.opened:,} different ones opened "
            f"({self.used:,} used further), {self.acknowledged:,} acknowledged steps, lost 0"
        )


def record(top: Path, plan: list[Step], lacks: str = "") -> list[Event]:
    """Have a child process carry out a plan in a folder; return everything that happened there."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.reliability.session_process", str(top), lacks],
        input=pickle.dumps(plan),
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    events: list[Event] = pickle.loads(child.stdout)
    return events


class PowerLoss:
    """Cuts the power after each event of a recording, in every way the disk may then be.

    Args:
        scratch: a folder for what is looked at.
        begin: a folder with what was there before the recording.
        accounts: what the marks were, after each number of steps.
        chance: decides what is not tried in every way.
    """

    def __init__(
        self, scratch: Path, begin: Path, accounts: list[Account], tally: Tally, chance: random.Random
    ) -> None:
        self._aftermath, self._chance = Aftermath(scratch, accounts, chance, SHARE), chance
        self._medium = Medium(begin)
        self._tally = tally
        self._harmed: list[bytes] = []
        self._begun = self._acknowledged = 0

    def try_all(self, events: list[Event], *, thorough: bool) -> Iterator[tuple[Content, int]]:
        """Try everything; yields disks with how many steps are in their marks."""
        for event in events:
            assert not isinstance(event, Missed), event
            if isinstance(event, Begun):
                self._begun = event.step + 1
                continue
            self._medium.take(event)
            if isinstance(event, Harmed):
                self._harmed.append(self._medium.content_of(event.file))
            if isinstance(event, Done):
                self._acknowledged = event.step + 1
                self._tally.acknowledged += 1
                whole = {name: zlib.crc32(data) for name, data in self._medium.whole().items() if data is not None}
                assert whole == event.files, "something changed the files unseen"
            else:
                self._tally.recorded += 1
            self._tally.points += 1
            for content in self._disks(event, thorough):
                yield content, self._check(content)
        self._tally.opened += self._aftermath.opened
        self._tally.used += self._aftermath.used

    def _disks(self, event: Event, thorough: bool) -> Iterator[Content]:
        yield from self._medium.ordered()
        if isinstance(event, Wrote):
            for content in self._medium.torn(12 if thorough else 5):
                self._tally.torn += 1
                yield content
        if self._medium.is_uncertain:
            for _ in range(4 if thorough else 1):
                self._tally.shuffled += 1
                yield self._medium.shuffled(self._chance)

    def _check(self, content: Content) -> int:
        self._tally.disks += 1
        found, notices = self._aftermath.steps(content)
        fitting = [number for number in found if self._acknowledged <= number <= self._begun]
        if not fitting:
            raise Broken(f"the marks are those after {sorted(found)} steps; acknowledged were {self._acknowledged}")
        if not self._harmed:
            self._aftermath.check_plain(content)
        if any(not self._harmed or alarm in notice for notice in notices for alarm in ALARMS):
            raise Broken(f"damage is reported where there is none: {notices}")
        if any(harmed not in content.values() for harmed in self._harmed):
            raise Broken("a damaged file was written over")
        return fitting[0]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Folders for a state at work, for what was there before, and for what is looked at."""
    found = tmp_path / "top", tmp_path / "before", tmp_path / "scratch"
    for folder in found:
        folder.mkdir()
    return found


@pytest.mark.parametrize("kind", ["everyday", "no hard links", "damaged"])
def test_power_loss_at_any_moment_loses_no_acknowledged_mark(
    folders: tuple[Path, Path, Path], kind: str, part: int, thorough: bool
) -> None:
    top, before, scratch = folders
    chance, tally = random.Random(f"{kind} {part}"), Tally()
    plan = make_plan(chance, STEPS[thorough], harm=kind == "damaged")
    events = record(top, plan, "links" if kind == "no hard links" else "")
    loss = PowerLoss(scratch, before, accounts(Account(), plan), tally, chance)
    for _ in loss.try_all(events, thorough=thorough):
        pass
    print(f"{kind}, part {part + 1}: {len(plan)} steps, {tally}")
    assert tally.acknowledged == len(plan)


def test_power_loss_again_and_again_while_the_last_one_is_repaired_loses_nothing(
    tmp_path: Path, thorough: bool
) -> None:
    chance, tally = random.Random("again"), Tally()
    before, account = tmp_path / "before", Account()
    before.mkdir()
    for turn in range(LOSSES[thorough]):
        top, scratch = tmp_path / f"top-{turn}", tmp_path / f"scratch-{turn}"
        shutil.copytree(before, top)
        scratch.mkdir()
        plan = make_plan(chance, 4 if thorough else 1)
        known = accounts(account.reopened(), plan)
        disks = list(PowerLoss(scratch, before, known, tally, chance).try_all(record(top, plan), thorough=False))
        content, steps = chance.choice(disks)
        shutil.rmtree(before)
        put(content, before)
        account = known[steps]
    print(f"{LOSSES[thorough]} times one after the other: {tally}")


@pytest.mark.parametrize("lacks", ["sync", "sync_folder", "replace"])
def test_marks_that_are_not_written_with_care_are_found_out(folders: tuple[Path, Path, Path], lacks: str) -> None:
    top, before, scratch = folders
    chance = random.Random(lacks)
    plan = make_plan(chance, 8)
    loss = PowerLoss(scratch, before, accounts(Account(), plan), Tally(), chance)
    with pytest.raises(Broken):
        for _ in loss.try_all(record(top, plan, lacks), thorough=False):
            pass


def test_no_change_of_a_file_goes_unrecorded(folders: tuple[Path, Path, Path]) -> None:
    top, _, _ = folders
    plan = [*make_plan(random.Random("sneak"), 2), Step("sneak")]
    missed = [event for event in record(top, plan) if isinstance(event, Missed)]
    assert [event.what for event in missed] == [f"open {top / STATE.parent / 'sneaked'}"]
