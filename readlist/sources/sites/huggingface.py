"""Asking Hugging Face Papers: the day's list, a day, week or month, trending papers, a search."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.paper import Announcement, Paper
from readlist.sources.batch import Batch, FeedRequest, Skip, Validator, limit_skips
from readlist.sources.formats import charset as encoding
from readlist.sources.formats import daily_papers as huggingface
from readlist.sources.formats.json_values import UnreadableError, parse_json
from readlist.sources.http.client import FetchError, Http, Reply
from readlist.text.host import site_of

_PAGE = 100
"""Papers a page, the most the API gives."""

_PAGES = 40
_FEW = 50
"""The page size of the API itself: what is shorter, without a `Link` header, is the last page."""

_NEXT = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel\s*=\s*\"?next\b", re.IGNORECASE)


class _Asked(Struct, frozen=True):
    """What a feed's query asks for.

    Attributes:
        path: path and query of the first page.
        kind: what the answer is called.
        dated: the day the list is of, None where the papers tell theirs.
        pages: the most pages to ask for.
        endless: whether older papers follow for ever, so that paging stops at what is known.
        search: whether papers of all times are found.
    """

    path: str
    kind: str
    dated: date | None = None
    pages: int = _PAGES
    endless: bool = False
    search: bool = False


def fetch(request: FeedRequest, http: Http) -> Batch:
    """Ask for a listing, all its pages.

    Args:
        request: of a feed of kind huggingface, see `Feed.query`; the day's lists are read back to its `since`.
        http: the client.

    Returns:
        The papers in list order; `failure` set if any page could not be had, and no items then.
    """
    feed = request.feed
    asked = _asked(feed.query, request.today)
    address = f"{http.sites.huggingface}{asked.path}"
    gathered = _Gathered(request, asked)
    given = Validator()
    here: str | None = address
    try:
        for page in range(asked.pages):
            if here is None:
                break
            known = request.validators.get(address) if page == 0 else None
            reply = http.get(here, accept="application/json", validator=known)
            if page == 0:
                given = reply.validator
                if reply.status == 304:
                    return Batch(address, asked.kind, feed.name, unchanged=True, validators={address: given})
            more = gathered.take(reply)
            request.progress(len(gathered.items))
            here = _next(reply, here, http.sites.huggingface, page + 1) if more else None
    except (FetchError, _WrongAnswer) as error:
        return Batch(address, asked.kind, feed.name, failure=f"{feed.name}: {error}")
    items, skipped = tuple(gathered.items.values()), limit_skips(gathered.skipped)
    validators = given.at(address)
    return Batch(address, asked.kind, feed.name, asked.dated, items, skipped, seen=request.today, validators=validators)


class _WrongAnswer(Exception):
    """The server answered something else than a list of papers: one line."""


def _asked(query: str, today: date) -> _Asked:
    listing = "/api/daily_papers"
    if query == "trending":
        return _Asked(f"{listing}?sort=trending&limit={_PAGE}", "trending papers", today, pages=1)
    if query == "daily":
        return _Asked(f"{listing}?limit={_PAGE}", "daily papers", endless=True)
    if query.startswith("search:"):
        words = quote(query.removeprefix("search:").strip(), safe="")
        return _Asked(f"/api/papers/search?q={words}", "search", pages=1, search=True)
    named = "week" if "W" in query else "date" if query.count("-") == 2 else "month"
    day = date.fromisoformat(query) if named == "date" else None
    return _Asked(f"{listing}?{named}={quote(query)}&limit={_PAGE}", f"papers of a {named}", day)


def records(reply: Reply, what: str = "a list of papers") -> object:
    """Return the JSON of an answer.

    Raises:
        ValueError: it is none, in words that go on after who answered.
    """
    decoded = encoding.decode(reply.body)
    text = decoded.text.lstrip()
    host = site_of(reply.url)
    if text.startswith("<"):
        raise ValueError(
            f"{host} answered with a web page instead of {what}; "
            "a login page of the network? open any page in a browser, then try again"
        )
    if decoded.failure or not text:
        instead = f"{decoded.failure.partition(',')[0]} data" if decoded.failure else "nothing"
        raise ValueError(f"{host} answered with {instead} instead of {what}; try again later")
    try:
        return parse_json(text)
    except UnreadableError as error:
        place = f" at line {error.line} column {error.column}" if error.line else ""
        raise ValueError(f"{host} answered with damaged JSON ({error.reason}{place}); try again later") from error


class _Gathered:
    """The papers of the pages read so far, each once."""

    def __init__(self, request: FeedRequest, asked: _Asked) -> None:
        self.items: dict[str, tuple[Paper, Announcement]] = {}
        self.skipped: list[Skip] = []
        self._led_on = False
        self._request = request
        self._asked = asked

    def take(self, reply: Reply) -> bool:
        """Take in a page; tells whether a further one is wanted.

        Raises:
            _WrongAnswer: it is no page of papers.
        """
        try:
            data = records(reply)
        except ValueError as error:
            raise _WrongAnswer(str(error)) from error
        batch = huggingface.decode(data, origin=reply.url, feed=self._request.feed.name, day=self._asked.dated)
        if batch.failure:
            reason = batch.failure.removeprefix(f"{reply.url}: ")
            raise _WrongAnswer(f"{urlsplit(reply.url).hostname} answered with something else: {reason}")
        self.skipped += batch.skipped
        before = len(self.items)
        for paper, announcement in batch.items:
            self._take_paper(paper, announcement)
        if len(self.items) == before:
            return False
        if "link" not in reply.headers and (self._led_on or len(batch.items) + len(batch.skipped) < _FEW):
            return False
        self._led_on = "link" in reply.headers
        days = [announcement.day for _, announcement in batch.items if announcement.day is not None]
        since = self._request.since
        return not (self._asked.endless and (since is None or not days or min(days) < since))

    def _take_paper(self, paper: Paper, announcement: Announcement) -> None:
        if paper.key in self.items:
            # While pages are read the list moves on, and a paper slips from one page to the next.
            return
        asked = self._asked
        published = paper.published if asked.search and isinstance(paper.published, date) else None
        day = asked.dated or announcement.day or published or self._request.today
        # A list is of no day to come, or it would stand above all others for ever.
        day = min(day, self._request.today)
        self.items[paper.key] = (paper, replace(announcement, day=day, position=len(self.items) + 1))


def _next(reply: Reply, here: str, site: str, page: int) -> str | None:
    """Return the address of the next page, on the same site; None if this was the last.

    The `Link` header names it (RFC 8288); a mirror may have lost the header, and then the API's own count of pages
    is followed as long as there are papers.
    """
    link = reply.headers.get("link", "")
    if link:
        found = _NEXT.search(link)
        if not found:
            return None
        try:
            target = urlsplit(urljoin(here, found[1]))
        except ValueError:
            return None
        # A mirror passes on the original's address.
        inside = target.path.removeprefix(urlsplit(site).path)
        return f"{site}{inside}" + (f"?{target.query}" if target.query else "")
    if "/search?" in here:
        return None
    return re.sub(r"&p=\d+", "", here) + f"&p={page}"
