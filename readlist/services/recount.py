"""Recount: the counts of known papers on Hugging Face, asked for again at each refresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from readlist.model.feed import COUNTS
from readlist.shelf import EXPECTED, CountSource, FetchOutcome, Shelf
from readlist.sources.batch import Batch, CountRequest, Validator
from readlist.sources.http.client import Http

if TYPE_CHECKING:
    from readlist.sources.sites.counts import CountAnswer

LIST_DAYS = 14
"""How many daily lists are counted again."""

_MOST_LISTS = 20
"""Older lists that are asked for at a time."""


class Recount:
    """Asks for the daily lists of the last days and for all starred papers; adds no papers and no announcements.

    What fails is asked for again at the next refresh; it is no failure of a feed.
    """

    def __init__(self, shelf: Shelf, http: Http, now: datetime, is_answered: Callable[[], bool]) -> None:
        """Read what is to be asked for.

        Args:
            shelf: of the papers.
            http: the client.
            now: the present time.
            is_answered: tells whether any feed of the site was fetched just now; otherwise nothing else is asked.
        """
        self._is_answered = is_answered
        self._shelf, self._http = shelf, http
        self._today = now.astimezone(UTC).date()
        log = shelf.papers.count_log
        starred = log.starred(self._today)
        lists = [self._today - timedelta(days=number) for number in range(LIST_DAYS)]
        self._request = CountRequest(
            [*lists, *_shared(starred.values(), before=lists[-1])],
            list(starred),
            self._today,
            {address: (Validator(each.etag, each.modified), each.keys) for address, each in log.answers().items()},
        )

    def fetch(self) -> CountAnswer | None:
        """Ask; blocks, in the thread of the host."""
        from readlist.sources.sites.counts import CountSite

        return CountSite(self._http).fetch(self._request) if self._is_answered() else None

    def store(self, counted: CountAnswer | Batch | None) -> FetchOutcome | None:
        """Write what was answered; an outcome only of a bug, which has to be seen."""
        if isinstance(counted, Batch):
            return FetchOutcome(COUNTS, failure=counted.failure)
        if counted is not None:
            log = self._shelf.papers.count_log
            answers = {
                address: CountSource(sent.etag, sent.modified, keys)
                for address, (sent, keys) in counted.answers.items()
                if sent.etag or sent.modified
            }
            # What can't be written is asked for again at the next refresh.
            with suppress(*EXPECTED):
                log.add(counted.counts)
                log.repeat(counted.unchanged)
                # After the counts: if interrupted in between, they are not taken for unchanged.
                log.note(answers, counted.missing, self._today)
        return None


def _shared(days: Iterable[Collection[date]], *, before: date) -> list[date]:
    """Return the days of lists, older than some day, that have several starred papers: one request counts them all.

    Those of the papers counted longest ago, and of these the latest, come first; not too many at a time.
    """
    papers = Counter(day for each in days for day in sorted(each, reverse=True) if day < before)
    return [day for day, number in papers.items() if number > 1][:_MOST_LISTS]
