"""A child process: readlist's mark store carries out a plan while everything it does to its folder is recorded."""

from __future__ import annotations

import errno
import os
import pickle
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from readlist.marks.database import JournalStorage
from readlist.marks.disk.device import Disk
from readlist.marks.store import MarkStore
from tests.reliability.plan import Step
from tests.reliability.recorder import Recorder

STATE = Path("config", "state.json")


class CarelessDisk(Disk):
    """A disk that leaves something out which is needed, so that the tests can be seen to find it."""

    def __init__(self, lacks: str) -> None:
        self._lacks = lacks

    def sync(self, descriptor: int) -> None:
        if self._lacks != "sync":
            super().sync(descriptor)

    def sync_folder(self, folder: Path) -> None:
        if self._lacks != "sync_folder":
            super().sync_folder(folder)

    def replace(self, source: Path, target: Path) -> None:
        if self._lacks == "replace":
            # What a program does that knows no better.
            self.write(target, [self.read(source)])
            self.remove(source)
        else:
            super().replace(source, target)


class Life:
    """Stores at work."""

    def __init__(self, recorder: Recorder, disk: Disk) -> None:
        self._recorder, self._disk = recorder, disk
        self._path = recorder.top / STATE
        self._stores: dict[int, MarkStore] = {}

    def live(self, plan: list[Step]) -> None:
        """Carry out a plan."""
        waiting: list[Future[Any]] = []
        for number, step in enumerate(plan):
            if step.kind not in ("apply", "undo", "redo", "fold"):
                _wait(waiting)
            self._recorder.begun(number)
            future = self._do(step)
            if future is None:
                self._recorder.done(number)
                continue
            # Told by the thread that writes, before it goes on to the next one.
            future.add_done_callback(lambda future, number=number: self._landed(future, number))  # type: ignore[misc]
            waiting.append(future)
            if step.waits:
                _wait(waiting)

    def _landed(self, future: Future[Any], number: int) -> None:
        if future.exception() is None:
            self._recorder.done(number)

    def _do(self, step: Step) -> Future[Any] | None:
        if step.kind == "close":
            if store := self._stores.pop(step.store, None):
                assert store.close(30) == ()
        elif step.kind == "compact":
            storage = JournalStorage(self._path, disk=self._disk)
            storage.refresh()
            storage.compact_if_worth(lambda: False, closing=True)
        elif step.kind == "harm":
            self._recorder.harm(self._path)
        elif step.kind == "sneak":
            (self._path.parent / "sneaked").write_text("not recorded")
        else:
            if step.store not in self._stores:
                self._stores[step.store] = MarkStore(self._path, disk=self._disk)
            return self._ask(self._stores[step.store], step)
        return None

    def _ask(self, store: MarkStore, step: Step) -> Future[Any]:
        if step.kind == "apply":
            return store.apply(step.changes, step.label)
        if step.kind == "fold":
            return store.fold(step.pairs)
        return store.undo() if step.kind == "undo" else store.redo()


def _wait(futures: list[Future[Any]]) -> None:
    for each in futures:
        each.result()
    futures.clear()


def main() -> None:
    """Read a plan from the standard input, carry it out in a folder, and write the recording to the output."""
    top, lacks = Path(sys.argv[1]), sys.argv[2]
    plan: list[Step] = pickle.load(sys.stdin.buffer)
    if lacks == "links":
        os.link = _no_links  # type: ignore[assignment]
    recorder = Recorder(top)
    recorder.start()
    Life(recorder, CarelessDisk(lacks)).live(plan)
    pickle.dump(recorder.events, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _no_links(source: Path, target: Path) -> None:
    raise OSError(errno.EPERM, "this file system has no hard links", str(target))


if __name__ == "__main__":
    main()
