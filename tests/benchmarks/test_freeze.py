"""How long the event loop is held up while every command of the screen is used; by hand: pytest tests/benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from readlist.tui.commands import BY_NAME
from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.heartbeat import MOST, beating
from tests.benchmarks.scripted_session import LOST, session
from tests.benchmarks.stocked_home import PAPERS, MakeHome
from tests.support.heartbeat_process import BEAT, Gap

_REFERENCES = 500


def references(count: int) -> str:
    """Return a file of references to import."""
    return "\n\n".join(
        f"@article{{new{number}, title = {{A new paper with number {number}}}, author = {{Author, Ada}}, year = 2026}}"
        for number in range(count)
    )


def test_every_command_is_in_the_session() -> None:
    used = {step.command for step in (*session(Path()), *LOST)}
    assert used == set(BY_NAME)


def test_freeze(home: MakeHome, table: Table, tmp_path: Path) -> None:
    longest: dict[str, list[Gap]] = {}
    (tmp_path / "papers.bib").write_text(references(_REFERENCES))
    for number, steps in enumerate((session(tmp_path), LOST)):
        with beating(home(PAPERS, PAPERS // 5), tmp_path / str(number)) as terminal:
            for step in steps:
                longest.setdefault(step.command, []).extend(terminal.carry_out(step))
            terminal.process.wait(20)
    table.add(Figure(
        f"longest time without a heartbeat of {BEAT * 1_000:.0f} ms, each of {len(longest)} commands",
        [max((gap.wall for gap in gaps), default=BEAT) * 1_000 for gaps in longest.values()], worst=MOST,
    ))  # fmt: skip
    print_gaps(longest)


def print_gaps(longest: dict[str, list[Gap]]) -> None:
    """Print what held up the loop, the longest first: as the clock has it, and without what other programs took."""
    for command, gaps in sorted(longest.items(), key=lambda each: -max((gap.own for gap in each[1]), default=0.0)):
        if gaps:
            gap = max(gaps, key=lambda gap: gap.own)
            mark = "*" if gap.own * 1_000 > MOST else " "
            print(
                f"{mark} {command:24} wall {max(each.wall for each in gaps) * 1_000:6.0f}  own {gap.own * 1_000:6.0f}"
                f"  loop {gap.loop * 1_000:6.0f}  garbage {gap.garbage * 1_000:4.0f}  {len(gaps)}",
                flush=True,
            )
            for stack, times in gap.stacks.items() if mark == "*" else ():
                print(f"      {times}× {stack}")


if not sys.platform.startswith("linux"):
    pytest.skip("what a program holds is read from /proc", allow_module_level=True)
