"""Asks arXiv once a week about starred and noted papers: what no feed names may be revised, or withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import date
from typing import TYPE_CHECKING

from readlist.model.feed import YOURS
from readlist.services import Progress
from readlist.shelf import EXPECTED, FetchOutcome, Shelf

if TYPE_CHECKING:
    from readlist.sources.http.client import Http

_TOGETHER = 100
"""Papers in a request."""


def check_revisions(
    shelf: Shelf, http: Http, today: date, stopped: Callable[[], bool]
) -> Generator[Progress | FetchOutcome, None, None]:
    """Ask arXiv about the papers that are due, and store each answer at once, so that the next check goes on there.

    Yields:
        The progress, and at the end how many papers there is news of, or why it failed; nothing if none is due.
    """
    due = shelf.revisions.due()
    if not due:
        return
    from readlist.sources.sites.arxiv import Arxiv

    arxiv = Arxiv(http)
    news = 0
    for start in range(0, len(due), _TOGETHER):
        yield Progress(start, len(due), "papers", YOURS)
        asked = due[start : start + _TOGETHER]
        try:
            found = arxiv.papers(asked, today)
            if not found and len(asked) > 1:
                raise ValueError("arXiv sent an empty answer; the next fetch asks again")
            news += shelf.revisions.take(asked, found)
        except (ValueError, *EXPECTED) as error:
            if not stopped():
                yield FetchOutcome(YOURS, known=start, revised=news, failure=f"{YOURS}: {error}")
            return
    yield FetchOutcome(YOURS, known=len(due), revised=news)
