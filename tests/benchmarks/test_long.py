"""What takes long with many papers: how long, with its progress, cancelled, and whether the screen lives meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.figure import Figure, Table
from tests.benchmarks.heartbeat import MOST, Beating, beating
from tests.benchmarks.stocked_home import PAPERS, MakeHome, multiply
from tests.support.terminal import ROOT

_LONG = 600.0
"""Seconds that anything may take."""

_MILLION = 10 * PAPERS


class Watched:
    """A long work on the screen, from its key to its sign."""

    def __init__(self, terminal: Beating, table: Table) -> None:
        self._terminal, self._table = terminal, table

    def run(self, name: str, key: str, doing: str, sign: str) -> None:
        """Take down how long something takes, when its progress is shown, and what held up the loop."""
        terminal = self._terminal
        terminal.gaps()
        terminal.type(key)
        begin, shown = time.perf_counter(), 0.0
        while sign not in (screen := "\n".join(terminal.screen())):
            shown = shown or (doing in screen and time.perf_counter() - begin)
            assert time.perf_counter() - begin < _LONG, screen
        took = time.perf_counter() - begin
        found = terminal.gaps()
        gaps = [gap.wall * 1_000 for gap in found]
        print(f"{name}: own {max((gap.own for gap in found), default=0.0) * 1_000:.0f} ms of the longest gap")
        self._table.add(Figure(name, [took * 1_000]))
        self._table.add(Figure(f"{name}: the loop held up at most", [max(gaps, default=0.0)], worst=MOST))
        if took > 1.5:
            assert shown, f"{name}: no progress was shown in {took:.1f} s"
            self._table.add(Figure(f"{name}: progress shown after", [shown * 1_000], most=1_500))

    def cancel(self, name: str, key: str, doing: str, sign: str) -> bool:
        """Cancel it as soon as the status line names the key; returns whether it was not over before."""
        terminal = self._terminal
        terminal.type(key)
        begin = time.perf_counter()
        while not any(doing in line and "Esc: cancel" in line for line in terminal.screen()):
            assert time.perf_counter() - begin < _LONG, "\n".join(terminal.screen())
            if sign in "\n".join(terminal.screen()):
                self._table.lines.append(f"{name} was over before it could be cancelled.")
                return False
        terminal.type("\x1b")
        begin = time.perf_counter()
        terminal.shows("Cancelled", seconds=_LONG)
        self._table.add(Figure(f"{name}: from Esc to where it is cancelled", [(time.perf_counter() - begin) * 1_000]))
        return True


def test_marking_undo_and_export(home: MakeHome, table: Table, tmp_path: Path) -> None:
    with beating(home(PAPERS, PAPERS // 5), tmp_path) as terminal:
        terminal.type("2")
        terminal.settle()
        watched, count = Watched(terminal, table), f"{PAPERS:,} papers"
        question(terminal)
        watched.cancel(f"`A` on {count}", "2", "Marking", "No unread papers left")
        terminal.type("u")
        terminal.shows("Undone", seconds=_LONG)
        question(terminal)
        watched.run(f"`A` on {count}", "2", "Marking", "No unread papers left")
        if not watched.cancel(f"undo of `A` on {count}", "u", "Undoing", "Undone"):
            terminal.type("U")
            terminal.shows("Redone", seconds=_LONG)
        watched.run(f"undo of `A` on {count}", "u", "Undoing", "Undone")
        for cancelled in (True, False):
            ask_export(terminal, tmp_path / f"{cancelled}.bib")
            if cancelled:
                watched.cancel(f"export of {count} as BibTeX", "\r", "Exporting", "Exported")
            else:
                watched.run(f"export of {count} as BibTeX", "\r", "Exporting", "Exported")


def question(terminal: Beating) -> None:
    """Ask to mark all papers read, with the cursor at the top."""
    terminal.type("gA")
    terminal.shows("Mark read", seconds=_LONG)


def ask_export(terminal: Beating, path: Path) -> None:
    """Choose BibTeX, and type a path."""
    terminal.type("X")
    terminal.shows("Export")
    terminal.type("1")
    terminal.shows("File:")
    terminal.type(str(path))
    terminal.shows(path.name)


def test_sync(home: MakeHome, table: Table, tmp_path: Path) -> None:
    """Merge the marks of all papers of another machine, and see them on the screen."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    shutil.copytree(home(PAPERS, PAPERS // 5), ours)
    shutil.copytree(home(PAPERS, PAPERS), theirs)
    command = [sys.executable, "-m", "readlist", "sync", str(theirs / "state.json")]
    begin = time.perf_counter()
    subprocess.run(command, env={**os.environ, "READLIST_HOME": str(ours)}, cwd=ROOT, check=True, capture_output=True)
    table.add(Figure(f"sync of {PAPERS:,} marks", [(time.perf_counter() - begin) * 1_000]))


def test_a_million(home: MakeHome, table: Table, tmp_path: Path) -> None:
    """Open ten times as many papers, and let all of them come."""
    copied = tmp_path / "many"
    shutil.copytree(home(PAPERS, PAPERS // 5), copied)
    multiply(copied, 10)
    with beating(copied, tmp_path, settled=False) as terminal:
        begin = time.perf_counter()
        terminal.shows("▲", seconds=_LONG)
        table.add(Figure(f"start → first rows, {_MILLION:,} papers", [(time.perf_counter() - begin) * 1_000]))
        Watched(terminal, table).run(f"`2` → all {_MILLION:,} papers", "2", "Loading papers", f"1/{_MILLION:,}")


if not sys.platform.startswith("linux"):
    pytest.skip("what a program holds is read from /proc", allow_module_level=True)
