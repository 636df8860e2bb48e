"""The writer thread: does pieces of work in order, keeps what can't be written and tries it again."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from readlist.marks import MarkChange, MarksError, NotSaved

if TYPE_CHECKING:
    from concurrent.futures import Future

    from readlist.marks import Event
    from readlist.marks.state.undo import Applied, UndoLog

DELAY = 0.3
"""A change that takes longer than this, in seconds, is reported as delayed."""


RETRY_FIRST, RETRY_LONGEST = 0.25, 5.0
"""Seconds until a failed write is tried again: the first time, and at most; doubled in between."""


IDLE = 2.0
"""Seconds without work after which the writer looks after the files."""


class Job(Struct, eq=False):
    """One piece of work for the writer.

    Attributes:
        work: what to do in the transaction; may be done more than once, if writing fails.
        at: when the user asked for it.
        future: gets what the work came to, once that is on disk.
        token: names it in the journal.
        changes: the changes it consists of, where these are known beforehand, by the key of the paper.
        keys: of the papers it touches, as far as is known, in order.
        done: what it did when it was last tried.
    """

    work: Callable[[UndoLog], Applied | None]
    at: datetime
    future: Future[Any]
    token: str
    changes: Mapping[str, Sequence[MarkChange]]
    keys: Mapping[str, None]
    done: Applied | None = None
    since: float = field(default_factory=monotonic)
    reported: bool = False
    rehearsed: bool = False
    failed: str = ""


class Writer:
    """A thread that does jobs in order and answers questions in between.

    A job that fails because of the disk stays first until it is written; those behind it wait, so that the order of
    what the user did is kept. Any other failure goes to the job's future.

    Args:
        do: does a job; raises OSError if it could not be written.
        rehearse: does a job in memory only, so that what can't be written now is seen nevertheless.
        outcome: makes the result of a job that was done.
        tidy: looks after the files when there is nothing else to do; is told whether the store is closing and
            given a function that tells whether to give up.
        notify: is told of events, in this thread or, for delays, in a timer's.
    """

    def __init__(
        self,
        do: Callable[[Job], None],
        rehearse: Callable[[Job], None],
        outcome: Callable[[Job], object],
        tidy: Callable[[bool, Callable[[], bool]], None],
        notify: Callable[[Event], None],
    ) -> None:
        self._do, self._rehearse, self._outcome, self._tidy, self._notify = do, rehearse, outcome, tidy, notify
        self._wake = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._questions: deque[tuple[Callable[[], object], Future[Any]]] = deque()
        self._thread: threading.Thread | None = None
        self._timer: threading.Timer | None = None
        self._closing, self._untidy = False, False
        self._pause, self._again = RETRY_FIRST, 0.0

    def submit(self, job: Job) -> None:
        """Put a job behind the others."""
        with self._wake:
            self._start()
            self._jobs.append(job)
            if self._timer is None:
                self._set_timer(DELAY)
            self._wake.notify()

    def ask(self, question: Callable[[], object], future: Future[Any]) -> None:
        """Have a question answered before the next job; a failure of any kind goes to its future.

        Once the thread has ended, nobody else uses what it asks, and the answer is given at once.
        """
        with self._wake:
            ended = self._closing and not (self._thread and self._thread.is_alive())
            if not ended:
                self._start()
                self._questions.append((question, future))
                self._wake.notify()
        if ended:
            self._answer(question, future)

    def _start(self) -> None:
        if self._closing:
            raise RuntimeError("the marks were closed")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="marks", daemon=True)
            self._thread.start()

    def waiting(self, key: str) -> tuple[list[MarkChange], list[Job]]:
        """Return the changes of a paper that are not in memory yet, and the jobs on their way that touch it."""
        with self._wake:
            jobs = [job for job in self._jobs if key in job.keys]
            return [change for job in jobs if not job.rehearsed for change in job.changes.get(key, ())], jobs

    def jobs(self) -> tuple[Job, ...]:
        """Return the jobs that are not on disk."""
        with self._wake:
            return tuple(self._jobs)

    def close(self, timeout: float) -> None:
        """Stop after what is waiting has been tried once more; returns after so many seconds at the latest."""
        with self._wake:
            self._closing = True
            self._wake.notify()
            if self._timer is not None:
                self._timer.cancel()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(self._has_turn, self._patience())
                question = self._questions.popleft() if self._questions else None
                job = self._jobs[0] if self._jobs else None
                closing = self._closing
            if question:
                self._answer(*question)
            elif job and (closing or monotonic() >= self._again):
                if not self._attempt(job) and closing:
                    break
            elif job:
                self._report_failed(self._jobs[0].failed)
            elif closing:
                break
            elif self._untidy:
                safely(lambda: self._tidy(False, self._is_wanted))
                self._untidy = self._is_wanted()
        if not self._jobs:
            safely(lambda: self._tidy(True, lambda: False))
        self._give_up()

    def _has_turn(self) -> bool:
        """Whether there is something to do at once."""
        if self._questions or self._closing:
            return True
        if not self._jobs:
            return False
        return monotonic() >= self._again or any(not job.failed for job in self._jobs)

    def _patience(self) -> float | None:
        if self._jobs:
            return max(self._again - monotonic(), 0.0)
        return IDLE if self._untidy else None

    def _is_wanted(self) -> bool:
        return bool(self._jobs or self._questions or self._closing)

    def _answer(self, question: Callable[[], object], future: Future[Any]) -> None:
        try:
            future.set_result(question())
        except Exception as failure:
            future.set_exception(failure)

    def _attempt(self, job: Job) -> bool:
        """Try to do the first job; returns whether it is over."""
        from readlist.marks import Saved, SaveFailed

        failure: Exception | None = None
        try:
            self._do(job)
        except OSError as error:
            self._again = monotonic() + self._pause
            self._pause = min(self._pause * 2, RETRY_LONGEST)
            self._report_failed(_reason(error))
            return False
        except Exception as error:
            failure = error
        self._pause, self._again, self._untidy = RETRY_FIRST, 0.0, True
        with self._wake:
            self._jobs.popleft()
        if failure is not None:
            job.future.set_exception(failure)
            if isinstance(failure, MarksError):
                self._notify(SaveFailed(tuple(job.keys), str(failure)))
            return True
        self._answer(lambda: self._outcome(job), job.future)
        self._notify(Saved(tuple(job.keys)))
        return True

    def _report_failed(self, reason: str) -> None:
        """Do in memory what can't be written, and tell of it once for each reason."""
        from readlist.marks import SaveFailed

        for job in self.jobs():
            if not job.rehearsed:
                safely(lambda job=job: self._rehearse(job))  # type: ignore[misc]
            if job.failed != reason:
                job.failed = reason
                self._notify(SaveFailed(tuple(job.keys), reason))

    def _set_timer(self, delay: float) -> None:
        self._timer = threading.Timer(delay, self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        """Tell of jobs that take long; runs in the timer's thread, since the writer's may hang on the disk."""
        with self._wake:
            now = monotonic()
            over = [job for job in self._jobs if not job.reported and now - job.since >= DELAY]
            for job in over:
                job.reported = True
            late = [job for job in over if not job.failed]
            fresh = [job.since for job in self._jobs if not job.reported]
            self._timer = None
            if fresh and not self._closing:
                self._set_timer(max(fresh[0] + DELAY - now, 0.0))
        if keys := keys_of(late):
            from readlist.marks import Delayed

            self._notify(Delayed(keys))

    def _give_up(self) -> None:
        with self._wake:
            questions = [future for _, future in self._questions]
            self._questions.clear()
        for job in self.jobs():
            job.future.set_exception(NotSaved(job.failed or "the marks were closed"))
        for future in questions:
            future.set_exception(RuntimeError("the marks were closed"))


def safely(act: Callable[[], None]) -> None:
    """Do what may have mistakes in it without ending the thread that writes; they are shown."""
    try:
        act()
    except Exception:
        threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


def keys_of(jobs: Iterable[Job]) -> tuple[str, ...]:
    """Return the keys of the papers that jobs touch, each once."""
    return tuple(dict.fromkeys(key for job in jobs for key in job.keys))


def _reason(error: OSError) -> str:
    text = error.strerror or str(error) or type(error).__name__
    return f"{text}: {error.filename}" if error.filename else text
