"""Counts of papers on Hugging Face, asked for again: whole daily lists, and single papers that are in none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from msgspec import Struct

from readlist.model.feed import COUNTS, Feed
from readlist.model.paper import Announcement, Paper
from readlist.sources.batch import CountRequest, FeedRequest, Validator
from readlist.sources.formats import daily_papers
from readlist.sources.http.client import Http
from readlist.sources.http.failure import FetchError
from readlist.sources.sites.huggingface import HuggingFace, parse_reply

_MOST_ALONE = 100
"""Papers that are asked for one by one at a time; the next time goes on with those counted longest ago."""

_FAILURES = 2
_NOT_FOUND = frozenset({404, 410})
_Asked = TypeVar("_Asked", date, str)


class CountAnswer(Struct):
    """What was answered.

    Attributes:
        counts: by paper key, the counts given.
        unchanged: keys of the papers that have the counts of the last time.
        missing: keys of the papers that the site doesn't know.
        answers: by address, what to send next time, and the keys of the papers whose counts it gave.
        failure: why something is missing, one line; empty if all went well.
    """

    counts: dict[str, Announcement]
    unchanged: list[str]
    missing: list[str]
    answers: dict[str, tuple[Validator, list[str]]]
    failure: str = ""


class CountSite:
    """Asks for lists and papers one after the other."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._failures = 0

    def fetch(self, request: CountRequest) -> CountAnswer:
        """Return the counts of the papers of some lists, and of some papers that are in none of those lists."""
        found = CountAnswer({}, [], [], {})
        self._each(request.lists, lambda day: self._add_list(day, request, found), found)
        known = {*found.counts, *found.unchanged}
        alone = [key for key in request.papers if key not in known]
        self._each(alone[:_MOST_ALONE], lambda key: self._add_paper(key, request, found), found)
        return found

    def _each(self, asked: Iterable[_Asked], ask: Callable[[_Asked], None], found: CountAnswer) -> None:
        """Ask for each; one that fails is left out, but after two nothing more is asked for."""
        for each in asked:
            if self._failures >= _FAILURES:
                return
            try:
                ask(each)
            except (FetchError, ValueError) as error:
                self._failures += _FAILURES if getattr(error, "offline", False) or self._http.waits else 1
                found.failure = found.failure or str(error)

    def _add_list(self, day: date, request: CountRequest, found: CountAnswer) -> None:
        """Add the counts of a daily list.

        Raises:
            ValueError: it can't be had.
        """
        feed = Feed(COUNTS, "huggingface", day.isoformat())
        validators = {address: sent for address, (sent, _) in request.answers.items()}
        batch = HuggingFace(self._http).fetch(FeedRequest(feed, request.today, validators=validators))
        if batch.failure:
            self._failures += bool(batch.silent)
            raise ValueError(batch.failure)
        sent = batch.validators.get(batch.origin, Validator())
        if batch.unchanged:
            found.unchanged += request.answers[batch.origin][1]
        else:
            _add_counts(found, batch.origin, sent, batch.items)

    def _add_paper(self, key: str, request: CountRequest, found: CountAnswer) -> None:
        """Add the counts of one paper.

        Raises:
            FetchError, ValueError: they can't be had.
        """
        address = f"{self._http.sites.huggingface}/api/papers/{quote(key.removeprefix('arxiv:'))}"
        sent, _ = request.answers.get(address, (None, []))
        try:
            reply = self._http.get(address, accept="application/json", validator=sent)
        except FetchError as error:
            if error.status not in _NOT_FOUND:
                raise
            found.missing.append(key)
            return
        if reply.status == 304:
            found.unchanged.append(key)
            return
        batch = daily_papers.decode(parse_reply(reply, "a paper"), origin=address, feed=COUNTS, day=request.today)
        _add_counts(found, address, reply.validator, [item for item in batch.items if item[0].key == key])


def _add_counts(found: CountAnswer, address: str, sent: Validator, items: Iterable[tuple[Paper, Announcement]]) -> None:
    counts = {paper.key: each for paper, each in items}
    found.counts |= counts
    found.answers[address] = sent, list(counts)
