"""arXiv's API: pages of a category or search, single papers by id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote_plus

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import ARCHIVES, category, closest_category
from readlist.model.paper import Announcement, Paper
from readlist.sources.batch import ANSWER, Batch, FeedRequest, Skip, Validator
from readlist.sources.http.client import Http, Reply
from readlist.sources.http.failure import FetchError
from readlist.sources.sites import rss
from readlist.text.host import site_of

PAGE_SIZE = 100
_NEWEST = 5
"""The most pages to read where the daily lists can't be."""

_ATOM = "application/atom+xml, application/xml;q=0.9, */*;q=0.5"


class ApiPage(Struct, frozen=True):
    """A page of an answer of the API.

    Attributes:
        items: its papers, each with its place in the feed, of the day it was submitted.
        total: how many papers match in all, None if it does not say.
        skipped: what could not be read.
        validator: for the next request of it.
        unchanged: whether it has not changed since the last one; there are no items then.
    """

    items: tuple[tuple[Paper, Announcement], ...] = ()
    total: int | None = None
    skipped: tuple[Skip, ...] = ()
    validator: Validator = Validator()
    unchanged: bool = False

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.items) + len(self.skipped)

    @property
    def is_damaged(self) -> bool:
        """Whether some of it was cut off or can't be read."""
        return any("damaged" in skip.reason for skip in self.skipped)


class ArxivApi:
    """The API (https://info.arxiv.org/help/api)."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def newest(self, names: Sequence[str], request: FeedRequest) -> Batch:
        """Return the newest papers of some categories, at most 5 pages: as long as one has papers that are unknown."""
        query, feed, today = "+".join(names), request.feed.name, request.today
        empty = Batch(self.address(query), ANSWER, feed, seen=today)
        items: dict[str, tuple[Paper, Announcement]] = {}
        for number in range(_NEWEST):
            try:
                page = self.page(query, number * PAGE_SIZE, feed, today)
                if not page.size and not number:
                    raise ValueError(f"arXiv sent an empty answer for {query}; try again later")
            except (FetchError, ValueError) as error:
                if items:
                    break
                return replace(empty, failure=f"{feed}: {reason_of(error)}", silent=getattr(error, "silent", ""))
            found = {paper.key: (paper, place) for paper, place in page.items}
            unknown = [paper for paper, _ in found.values() if paper.arxiv not in request.memory.ids]
            items = {**found, **items}
            if not (unknown and request.memory.ids) or page.size < PAGE_SIZE:
                break
        return replace(empty, items=tuple(items.values()))

    def papers(self, ids: Sequence[str], today: date) -> dict[str, Paper]:
        """Fetch single papers; returns those that arXiv knows, by id.

        Raises:
            ValueError: a request failed, or its answer can't be used; one line.
        """
        found: dict[str, Paper] = {}
        try:
            for start in range(0, len(ids), PAGE_SIZE):
                found |= self._by_ids(ids[start : start + PAGE_SIZE], today)
        except (FetchError, ValueError) as error:
            raise ValueError(reason_of(error)) from error
        return found

    def _by_ids(self, ids: Sequence[str], today: date) -> dict[str, Paper]:
        address = f"{self._http.sites.arxiv}/api/query?id_list={','.join(ids)}&start=0&max_results={PAGE_SIZE}"
        try:
            page = _parse(self._http.get(address, accept=_ATOM), "", today)
        except FetchError as error:
            if error.status != 400:
                raise
            if len(ids) == 1:
                return {}
            # One id that arXiv refuses must not cost the others.
            half = len(ids) // 2
            return self._by_ids(ids[:half], today) | self._by_ids(ids[half:], today)
        if page.is_damaged:
            raise ValueError("arXiv's answer is truncated; try again later")
        return {paper.arxiv: paper for paper, _ in page.items}

    def page(self, query: str, start: int, feed: str, today: date, validator: Validator | None = None) -> ApiPage:
        """Return a page of the API, newest papers first, from a paper of the result on.

        Raises:
            FetchError: it was not sent.
            ValueError: it can't be used, or is empty though the query names categories; one line.
        """
        reply = self._http.get(self.address(query, start), accept=_ATOM, validator=validator)
        if reply.status == 304:
            return ApiPage(validator=reply.validator, unchanged=True)
        page = _parse(reply, feed, today)
        if page.size:
            return page
        if page.total and start < page.total:
            # Happens under load.
            raise ValueError(f"arXiv counts {page.total} papers but sends none; try again later")
        # A further page is asked for only where there is more.
        if (start and page.total == 0) or (not start and are_categories(query)):
            raise ValueError(f"arXiv sent an empty answer for {query}; try again later")
        for name in re.findall(r"\bcat:([\w-]+(?:\.[\w-]+)?)(?![\w*.-])", query) if not start else ():
            if not category(name):
                likely = closest_category(name)
                hint = f"did you mean cat:{likely}?" if likely else "see https://arxiv.org/category_taxonomy"
                raise ValueError(f"arXiv has no category {name[:40]}; {hint}")
        return page

    def address(self, query: str, start: int = 0) -> str:
        """Return the address of a page of the API (https://info.arxiv.org/help/api)."""
        if are_categories(query):
            search = "+OR+".join(f"cat:{_category(name)}" for name in _names(query))
        else:
            search = quote_plus(query.strip(), safe=":")
        order = "sortBy=submittedDate&sortOrder=descending"
        site = self._http.sites.arxiv
        return f"{site}/api/query?search_query={search}&{order}&start={start}&max_results={PAGE_SIZE}"


def are_categories(query: str) -> bool:
    """Tell whether a query names categories; otherwise it is a search."""
    return bool(names := _names(query)) and all(map(category, names))


def _names(query: str) -> list[str]:
    return [name for name in re.split(r"[\s,+]+", query.strip()) if name]


def _category(name: str) -> str:
    """Return a category as a search term; a divided archive includes all its parts."""
    if name in ("astro-ph", "cond-mat"):
        # Both are also categories themselves, of papers from before the division.
        return f"{name}*"
    return f"{name}.*" if name in ARCHIVES else name


def _parse(reply: Reply, feed: str, today: date) -> ApiPage:
    """Return the papers in an answer of the API.

    Raises:
        ValueError: it is an error, or not an answer of the API, in one line.
    """
    # Loaded where there is an answer to parse, as in `rss`.
    from readlist.sources.formats import syndication

    channel = rss.channel_of(reply, "arXiv's answer")
    batch = syndication.batch(channel, origin=reply.url, feed=feed, today=today)
    if batch.failure:
        raise ValueError(batch.failure.removeprefix(f"{reply.url}: "))
    if channel.kind != ANSWER:
        host = site_of(reply.url)
        raise ValueError(f"{host} sent another feed instead of arXiv's answer; check the address")
    return ApiPage(batch.items, channel.total, batch.skipped, reply.validator)


def reason_of(error: Exception) -> str:
    """Return why a request failed: the message in arXiv's answer, if there is one."""
    body = getattr(error, "body", b"")
    if body:
        from readlist.sources.formats import syndication

        answer = syndication.decode(body, origin="", feed="", today=date.today())
        if answer.kind == ANSWER and answer.failure:
            return answer.failure.removeprefix(": ")
    return str(error)
