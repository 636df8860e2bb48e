"""The queue that writes: jobs in order, retried, questions in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from readlist.marks.queue import JobQueue


class Refused(Exception):
    """What a job gets that was not done."""


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobQueue]:
    monkeypatch.setattr("readlist.marks.queue.RETRY_FIRST", 0.005)
    monkeypatch.setattr("readlist.marks.queue.RETRY_LONGEST", 0.01)
    monkeypatch.setattr("readlist.marks.queue.IDLE", 0.01)
    queue = JobQueue("tests", Refused)
    yield queue
    queue.close(5, lambda: None)


def failing(times: int, done: list[str]) -> Callable[[], str]:
    """A job that the disk refuses some times."""
    left = [times]

    def job() -> str:
        if left[0]:
            left[0] -= 1
            raise OSError(28, "No space left on device", "a file")
        done.append("refused")
        return "written"

    return job


def test_jobs_are_retried_in_order_and_questions_do_not_wait(queue: JobQueue) -> None:
    done: list[str] = []
    first = queue.submit(failing(3, done))
    second = queue.submit(lambda: done.append("second"))
    assert queue.ask(lambda: 7).result(60) == 7
    assert first.result(60) == "written"
    second.result(60)
    assert done == ["refused", "second"]


def test_other_failures_end_a_job(queue: JobQueue) -> None:
    def wrong() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        queue.submit(wrong).result(60)
    with pytest.raises(KeyError):
        queue.ask(wrong).result(60)
    assert queue.submit(lambda: 1).result(60) == 1


def test_an_idle_job_runs_once_and_again_if_it_was_interrupted(queue: JobQueue) -> None:
    runs, over = [0], threading.Event()

    def idle() -> None:
        runs[0] += 1
        if runs[0] == 1:
            queue.submit(lambda: None)
            assert queue.busy
        else:
            over.set()

    queue.when_idle(idle)
    queue.submit(lambda: None).result(60)
    assert over.wait(60)
    queue.close(5, lambda: None)
    assert runs == [2]


def test_closing_tries_once_more_and_gives_up_with_the_reason(queue: JobQueue) -> None:
    last: list[str] = []
    first, second = queue.submit(failing(1_000, [])), queue.submit(lambda: None)
    queue.close(5, lambda: last.append("last"))
    for future in (first, second):
        with pytest.raises(Refused, match="No space left on device: a file"):
            future.result(60)
    assert last == []
    assert queue.ask(lambda: "still answered").result(60) == "still answered"
    with pytest.raises(RuntimeError):
        queue.submit(lambda: None)


def test_closing_ends_with_the_last_job(queue: JobQueue) -> None:
    order: list[str] = []
    queue.submit(lambda: order.append("job"))
    queue.close(5, lambda: order.append("last"))
    assert order == ["job", "last"]
