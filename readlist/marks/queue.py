"""A queue that runs jobs on one thread, in order, and retries what the disk refuses."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from readlist.files import reason_of

if TYPE_CHECKING:
    from concurrent.futures import Future

RETRY_FIRST, RETRY_LONGEST = 0.25, 5.0
"""Seconds until a failed job is retried: the first time, and at most; doubled in between."""

IDLE = 2.0
"""Seconds without work after which an idle job is run."""

_T = TypeVar("_T")
_Job = tuple[Callable[[], Any], "Future[Any]"]


class JobQueue:
    """Runs jobs in order, and questions before the next job.

    A job that raises OSError stays first and is retried; those after it wait, so that the order is kept. Any other
    exception goes to the job's future. The thread starts with the first job.

    Args:
        name: of the thread.
        not_done: makes the exception for jobs that were not done when the queue ended, from the reason.
    """

    def __init__(self, name: str, not_done: Callable[[str], Exception]) -> None:
        self._name, self._not_done = name, not_done
        self._wake = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._questions: deque[_Job] = deque()
        self._idle_job: Callable[[], None] | None = None
        self._last_job: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        self._pause, self._next_try, self._reason = RETRY_FIRST, 0.0, ""

    def submit(self, job: Callable[[], _T]) -> Future[_T]:
        """Run a job after the others; raises RuntimeError if the queue was closed."""
        return self._add(self._jobs, job)

    def ask(self, question: Callable[[], _T]) -> Future[_T]:
        """Run a question before the next job, once; raises RuntimeError while the queue is closing.

        After the thread has ended, the caller's thread runs it.
        """
        with self._wake:
            if not self._closing or (self._thread and self._thread.is_alive()):
                return self._add(self._questions, question)
        future = new_future()
        _settle(question, future)
        return future

    def drop(self, future: Future[Any], failure: Exception) -> None:
        """Take out a job that is not being tried, in the queue's thread; its future raises the failure."""
        with self._wake:
            self._jobs.remove(next(job for job in self._jobs if job[1] is future))
        future.set_exception(failure)

    def when_idle(self, job: Callable[[], None]) -> None:
        """Run a job after some seconds without work, in place of an earlier one; again if `busy` at its end.

        The job may ask to be run again.
        """
        with self._wake:
            self._idle_job = job

    @property
    def busy(self) -> bool:
        """Whether anything waits: a job that runs while idle gives up then."""
        return bool(self._jobs or self._questions or self._closing)

    def close(self, timeout: float, last: Callable[[], None]) -> None:
        """Try the waiting jobs once more and stop; returns after `timeout` at the latest.

        Args:
            timeout: in seconds.
            last: run by the thread at its end, if all jobs were done.
        """
        with self._wake:
            self._closing, self._last_job = True, last
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout)

    def _add(self, jobs: deque[_Job], job: Callable[[], _T]) -> Future[_T]:
        future = new_future()
        with self._wake:
            if self._closing:
                raise RuntimeError("the queue is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            jobs.append((job, future))
            self._wake.notify()
        return future

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(self._has_turn, self._patience())
                question = self._questions.popleft() if self._questions else None
                job = self._jobs[0] if self._jobs else None
                closing = self._closing
            if question:
                _settle(*question)
            elif job and (closing or monotonic() >= self._next_try):
                if not self._try(*job) and closing:
                    break
            elif closing:
                break
            elif not job and self._idle_job:
                idle_job, self._idle_job = self._idle_job, None
                run_safely(idle_job)
                if self.busy and self._idle_job is None:
                    self._idle_job = idle_job
        if not self._jobs and self._last_job:
            run_safely(self._last_job)
        self._give_up()

    def _has_turn(self) -> bool:
        """Whether there is something to do at once."""
        return bool(self._questions or self._closing or (self._jobs and monotonic() >= self._next_try))

    def _patience(self) -> float | None:
        if self._jobs:
            return max(self._next_try - monotonic(), 0.0)
        return IDLE if self._idle_job else None

    def _try(self, job: Callable[[], Any], future: Future[Any]) -> bool:
        """Run the first job; returns whether it is over."""
        failure, result = None, None
        try:
            result = job()
        except OSError as error:
            self._reason = failure_text(error)
            self._next_try = monotonic() + self._pause
            self._pause = min(self._pause * 2, RETRY_LONGEST)
            return False
        except Exception as error:
            failure = error
        self._pause, self._next_try, self._reason = RETRY_FIRST, 0.0, ""
        with self._wake:
            self._jobs.popleft()
        if failure is not None:
            future.set_exception(failure)
        else:
            future.set_result(result)
        return True

    def _give_up(self) -> None:
        with self._wake:
            jobs, questions = list(self._jobs), list(self._questions)
            self._questions.clear()
        for _, future in jobs:
            future.set_exception(self._not_done(self._reason or "closed before it was saved"))
        for _, future in questions:
            future.set_exception(RuntimeError("the queue is closed"))


def new_future() -> Future[Any]:
    """Return a future that is running, and so can't be cancelled: what the user decided is written."""
    from concurrent.futures import Future

    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    return future


def _settle(job: Callable[[], Any], future: Future[Any]) -> None:
    try:
        future.set_result(job())
    except Exception as failure:
        future.set_exception(failure)


def run_safely(job: Callable[[], None]) -> None:
    """Run what may have bugs without ending the thread; they are shown."""
    try:
        job()
    except Exception:
        threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))


def failure_text(error: OSError) -> str:
    """Return why a file operation failed and on which file, in one line."""
    text = reason_of(error) or type(error).__name__
    return f"{text}: {error.filename}" if error.filename else text
