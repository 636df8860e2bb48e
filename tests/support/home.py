"""A home with papers, the commands and the screen of readlist on it, and what they leave."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from readlist.marks.store import MarkStore
from tests.support.papers import make_batch, make_paper, make_shelf
from tests.support.terminal import ROOT, ReadlistTerminal

PAPERS = 30
_CAPBSET_DROP, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2


def key(number: int) -> str:
    return make_paper(number).key


def title(number: int) -> str:
    return make_paper(number).title


def fill_home(home: Path) -> None:
    """Make a home with papers, one of them starred."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('refresh = "never"\nquiet = true\n', encoding="utf-8")
    shelf = make_shelf(home)
    shelf.papers.add(make_batch([make_paper(number) for number in range(PAPERS)]))
    entry = shelf.papers.entry(key(PAPERS - 1))
    assert entry is not None
    shelf.marks.apply([entry], starred=True)[1].result(60)
    shelf.close()


def powerless() -> None:
    """Let root be bound by file modes, as everybody else is; in a child process."""
    if os.geteuid() == 0:
        system = ctypes.CDLL(None, use_errno=True)
        for power in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
            if system.prctl(_CAPBSET_DROP, power, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "a capability can't be dropped")


@contextmanager
def shown(home: Path, prepare: Callable[[], None] = lambda: None) -> Iterator[ReadlistTerminal]:
    """Show the list of a home."""
    terminal = ReadlistTerminal(home, prepare=prepare)
    try:
        terminal.wait_for_row(title(PAPERS - 1), "★")
        yield terminal
    finally:
        terminal.close()


def run(home: Path, *arguments: str, prepare: Callable[[], None] = lambda: None) -> subprocess.CompletedProcess[str]:
    """Run a command of readlist."""
    return subprocess.run(
        [sys.executable, "-m", "readlist", *arguments],
        env={**os.environ, "READLIST_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=prepare,
        timeout=90,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command that failed said: one line, and no traceback."""
    assert done.returncode == 1, done
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("readlist: ")
    return line.removeprefix("readlist: ")


def starred(home: Path) -> set[str]:
    """Return the keys of the starred papers of a state that must be whole."""
    store = MarkStore(home / "state.json")
    try:
        found = {name for name, mark in store.all().items() if mark.starred}
        assert store.status().notices == ()
        return found
    finally:
        store.close(5)
