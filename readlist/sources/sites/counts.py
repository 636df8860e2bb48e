"""Counts of papers on Hugging Face, asked for again: whole daily lists, and single papers that are in none of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice
from urllib.parse import quote

from msgspec import Struct

from readlist.model.feed import COUNTS, Feed
from readlist.model.paper import Announcement
from readlist.sources.batch import CountRequest, FeedRequest, Validator
from readlist.sources.formats import daily_papers
from readlist.sources.http.client import Http
from readlist.sources.http.failure import FetchError
from readlist.sources.sites.huggingface import HuggingFace, parse_reply

_MOST_ALONE = 100
"""Papers that are asked for one by one at a time; the next time goes on with those counted longest ago."""

_NOT_FOUND = frozenset({404, 410})


class CountAnswer(Struct):
    """What was answered; up to a failure it is whole.

    Attributes:
        counts: by paper key, the counts given.
        lists: the daily lists that are as they were the last time: so are the counts of their papers.
        papers: likewise single papers, by key.
        missing: keys of the papers that the site doesn't know.
        validators: by address, what to send next time.
        failure: why the rest was not asked, one line; empty if all went well.
    """

    counts: dict[str, Announcement]
    lists: list[date]
    papers: list[str]
    missing: list[str]
    validators: dict[str, Validator]
    failure: str = ""


class Counts:
    """Asks for lists and papers one after the other, until a request fails."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def fetch(self, request: CountRequest) -> CountAnswer:
        """Return the counts of the papers of some lists, and of some papers that are in none of those lists."""
        found = CountAnswer({}, [], [], [], {})
        try:
            for day in request.lists:
                self._add_list(day, request, found)
            alone = (
                key for key, days in request.papers.items()
                if key not in found.counts and days.isdisjoint(found.lists)
            )  # fmt: skip
            for key in islice(alone, _MOST_ALONE):
                self._add_paper(key, request, found)
        except (FetchError, ValueError) as error:
            found.failure = str(error)
        return found

    def _add_list(self, day: date, request: CountRequest, found: CountAnswer) -> None:
        """Add the counts of a daily list.

        Raises:
            ValueError: it can't be had.
        """
        feed = Feed(COUNTS, "huggingface", day.isoformat())
        batch = HuggingFace(self._http).fetch(FeedRequest(feed, request.today, validators=request.validators))
        if batch.failure:
            raise ValueError(batch.failure)
        found.validators |= batch.validators
        if batch.unchanged:
            found.lists.append(day)
        self._add_counts(found, ((paper.key, each) for paper, each in batch.items))

    def _add_paper(self, key: str, request: CountRequest, found: CountAnswer) -> None:
        """Add the counts of one paper.

        Raises:
            FetchError, ValueError: they can't be had.
        """
        address = f"{self._http.sites.huggingface}/api/papers/{quote(key.removeprefix('arxiv:'))}"
        try:
            reply = self._http.get(address, accept="application/json", validator=request.validators.get(address))
        except FetchError as error:
            if error.status not in _NOT_FOUND:
                raise
            found.missing.append(key)
            return
        found.validators |= reply.validator.at(address)
        if reply.status == 304:
            found.papers.append(key)
            return
        batch = daily_papers.decode(parse_reply(reply, "a paper"), origin=address, feed=COUNTS, day=request.today)
        self._add_counts(found, ((paper.key, each) for paper, each in batch.items if paper.key == key))

    def _add_counts(self, found: CountAnswer, items: Iterable[tuple[str, Announcement]]) -> None:
        found.counts |= dict(items)
