"""A child process that holds the lock of a state, or marks papers in it, also where files know no locks."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from readlist.files import ProcessLock
from readlist.marks import MarkChange
from readlist.marks.store import MarkStore


def without_locks(number: int) -> None:
    """Have the system say that it knows no locks, with an error of this number; 0 leaves it as it is."""

    def flock(descriptor: object, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    if number:
        fcntl.flock = flock


def hold(state: Path) -> None:
    """Hold the lock until a line comes; `die` in it ends the process with the lock held."""
    with ProcessLock(state.with_name(f"{state.name}.lock"), 20).held():
        print("held", flush=True)
        if sys.stdin.readline() == "die\n":
            os.kill(os.getpid(), signal.SIGKILL)
    print("free", flush=True)


def mark(state: Path, name: str, count: int) -> None:
    """Star some papers, and report each when it is acknowledged."""
    store = MarkStore(state)
    for number in range(count):
        key = f"{name}:{number}"
        store.apply([MarkChange(key, "starred", datetime.now(UTC))], "star").result(60)
        print(key, flush=True)
    store.close(10)


if __name__ == "__main__":
    without_locks(int(sys.argv[2]))
    if sys.argv[3] == "hold":
        hold(Path(sys.argv[1]))
    else:
        mark(Path(sys.argv[1]), sys.argv[3], int(sys.argv[4]))
