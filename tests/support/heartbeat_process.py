"""A child process: readlist on a terminal, which says on a pipe how long its event loop was held up, and where."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from pathlib import Path

import msgspec

from readlist.cli import collect_from_now
from readlist.cli.start_screen import run_screen

BEAT = 0.01
_TOLD = 0.02
"""Gaps from this length on are told, in seconds."""

_LATE, _LOOKED = 0.03, 0.004
"""Where a beat is late by so much, the stack of the loop is looked at so often."""

_FRAMES = 14


class Gap(msgspec.Struct, frozen=True):
    """A time in which the event loop did not get round to its heartbeat.

    Attributes:
        wall: from one beat to the next, in seconds.
        loop: the processor time of the loop's thread meanwhile: what it did itself.
        whole: that of all threads: where it is far below `wall`, other programs had the processor.
        garbage: what processor time went into collecting garbage, in whichever thread.
        stacks: where the loop's thread was, the innermost call last, and how often it was seen there.
    """

    wall: float
    loop: float
    whole: float
    garbage: float = 0.0
    stacks: dict[str, int] = {}

    @property
    def own(self) -> float:
        """What of it is ours, in seconds: not the time that other programs had."""
        return max(self.loop, min(self.wall, self.whole))


class Heart:
    """Beats in the event loop, and tells the gaps between two beats."""

    def __init__(self, out: int, *, watched: bool) -> None:
        self._out, self._watched = out, watched
        self._thread = threading.get_ident()
        self._task: asyncio.Task[None] | None = None
        self._last = time.perf_counter()
        self._stacks: Counter[str] = Counter()
        self._collecting = self._garbage = 0.0
        gc.callbacks.append(self._count_garbage)

    def _count_garbage(self, phase: str, _: object) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._garbage += time.thread_time() - self._collecting

    def begin(self) -> None:
        """Begin to beat in the running loop, once the first papers are shown."""
        collect_from_now()
        self._last = time.perf_counter()
        self._task = asyncio.get_running_loop().create_task(self._beat())
        if self._watched:
            threading.Thread(target=self._watch, daemon=True).start()

    async def _beat(self) -> None:
        self._last, loop, whole = time.perf_counter(), time.thread_time(), time.process_time()
        try:
            while True:
                await asyncio.sleep(BEAT)
                loop, whole = self._tell(loop, whole)
        finally:
            self._tell(loop, whole)

    def _tell(self, loop: float, whole: float) -> tuple[float, float]:
        now, loop_now, whole_now = time.perf_counter(), time.thread_time(), time.process_time()
        if now - self._last > _TOLD:
            stacks = dict(self._stacks.most_common(4))
            gap = Gap(now - self._last, loop_now - loop, whole_now - whole, self._garbage, stacks)
            os.write(self._out, msgspec.json.encode(gap) + b"\n")
        self._stacks.clear()
        self._garbage = 0.0
        self._last = now
        return loop_now, whole_now

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOKED)
            frame = sys._current_frames().get(self._thread)
            if time.perf_counter() - self._last > _LATE and frame is not None:
                calls = traceback.extract_stack(frame)[-_FRAMES:]
                self._stacks[" < ".join(f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in calls)] += 1


def as_job() -> None:
    """Go on in a child with a process group of its own, which this process continues whenever it stops, as a shell."""
    # A shell may take the terminal from its job.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    if job := os.fork():
        while os.WIFSTOPPED(status := os.waitpid(job, os.WUNTRACED)[1]):
            os.tcsetpgrp(0, job)
            os.killpg(job, signal.SIGCONT)
        os._exit(os.waitstatus_to_exitcode(status))
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)


if __name__ == "__main__":
    as_job()
    # As `readlist` itself starts.
    gc.disable()
    heart = Heart(int(sys.argv[1]), watched=sys.argv[2:] == ["watched"])
    run_screen(heart.begin)
