"""Hugging Face Papers: the daily list, a day, week or month, trending papers, a search."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.paper import Announcement, Paper
from readlist.pattern import pattern
from readlist.sources.batch import Batch, FeedRequest, Skip, Validator, limit_skips
from readlist.sources.formats import charset, daily_papers
from readlist.sources.formats.json_values import UnreadableError, parse_json
from readlist.sources.http.client import Http, Reply
from readlist.sources.http.failure import LOGIN_PAGE, FetchError
from readlist.text.host import site_of

_PAGE_SIZE = 100
"""The most papers the API gives in a page."""

_PAGES = 40
_DEFAULT_PAGE_SIZE = 50
"""Of the API itself: without a `Link` header, a shorter page is the last one."""

_NEXT = pattern(r"<([^<>]*)>\s*;[^,<]*\brel\s*=\s*\"?next\b", re.IGNORECASE)


class _ApiListing(Struct, frozen=True):
    """The listing of a feed's query.

    Attributes:
        path: path and query of the first page.
        kind: in words.
        day: the day of the list, None if each paper has its own.
        pages: the most pages to fetch.
        endless: whether older papers follow without end, so that only new ones are fetched.
        search: whether papers of all times are found.
    """

    path: str
    kind: str
    day: date | None = None
    pages: int = _PAGES
    endless: bool = False
    search: bool = False


class HuggingFace:
    """Listings: the query of a feed of kind huggingface."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def fetch(self, request: FeedRequest) -> Batch:
        """Fetch all pages of a listing, of the daily list back to the request's `since`.

        Returns:
            The papers in list order; without papers, and with `failure`, if any page failed.
        """
        feed, site = request.feed, self._http.sites.huggingface
        listing = _listing(feed.query, request.today)
        address = f"{site}{listing.path}"
        papers = _Papers(request, listing)
        empty = Batch(address, listing.kind, feed.name)
        validator = Validator()
        page_address: str | None = address
        try:
            for page in range(listing.pages):
                if page_address is None:
                    break
                sent = request.validators.get(address) if page == 0 else None
                reply = self._http.get(page_address, accept="application/json", validator=sent)
                if page == 0:
                    validator = reply.validator
                    if reply.status == 304:
                        return replace(empty, unchanged=True, validators={address: validator})
                more = papers.add_page(reply)
                request.progress(len(papers.items))
                page_address = _next(reply, page_address, site, page + 1) if more else None
        except (FetchError, ValueError) as error:
            return replace(empty, failure=f"{feed.name}: {error}", silent=getattr(error, "silent", ""))
        return replace(
            empty,
            day=listing.day,
            items=tuple(papers.items.values()),
            skipped=limit_skips(papers.skipped),
            seen=request.today,
            validators=validator.at(address),
        )


def _listing(query: str, today: date) -> _ApiListing:
    listing = "/api/daily_papers"
    if query == "trending":
        return _ApiListing(f"{listing}?sort=trending&limit={_PAGE_SIZE}", "trending papers", today, pages=1)
    if query == "daily":
        return _ApiListing(f"{listing}?limit={_PAGE_SIZE}", "daily papers", endless=True)
    if query.startswith("search:"):
        words = quote(query.removeprefix("search:").strip(), safe="")
        return _ApiListing(f"/api/papers/search?q={words}", "search", pages=1, search=True)
    unit = "week" if "W" in query else "date" if query.count("-") == 2 else "month"
    day = date.fromisoformat(query) if unit == "date" else None
    return _ApiListing(f"{listing}?{unit}={quote(query)}&limit={_PAGE_SIZE}", f"papers of a {unit}", day)


def parse_reply(reply: Reply, wanted: str = "a list of papers") -> object:
    """Return the JSON of a response.

    Raises:
        ValueError: it is something else than `wanted`; one line that begins with the host.
    """
    decoded = charset.decode(reply.body)
    text = decoded.text.lstrip()
    host = site_of(reply.url)
    if text.startswith("<"):
        raise ValueError(f"{host} sent a web page instead of {wanted}; {LOGIN_PAGE}")
    if decoded.failure or not text:
        what = f"{decoded.failure.partition(',')[0]} data" if decoded.failure else "nothing"
        raise ValueError(f"{host} sent {what} instead of {wanted}; try again later")
    try:
        return parse_json(text)
    except UnreadableError as error:
        place = f" at line {error.line} column {error.column}" if error.line else ""
        raise ValueError(f"{host} sent damaged JSON ({error.reason}{place}); try again later") from error


class _Papers:
    """The papers of the pages read so far, each once."""

    def __init__(self, request: FeedRequest, listing: _ApiListing) -> None:
        self.items: dict[str, tuple[Paper, Announcement]] = {}
        self.skipped: list[Skip] = []
        self._linked = False
        self._request = request
        self._listing = listing

    def add_page(self, reply: Reply) -> bool:
        """Add a page; tells whether another one is wanted.

        Raises:
            ValueError: it is not a list of papers; one line.
        """
        data = parse_reply(reply)
        batch = daily_papers.decode(data, origin=reply.url, feed=self._request.feed.name, day=self._listing.day)
        if batch.failure:
            reason = batch.failure.removeprefix(f"{reply.url}: ")
            raise ValueError(f"{urlsplit(reply.url).hostname} sent something else: {reason}")
        self.skipped += batch.skipped
        before = len(self.items)
        for paper, announcement in batch.items:
            self._add(paper, announcement)
        if len(self.items) == before:
            return False
        size = len(batch.items) + len(batch.skipped)
        if "link" not in reply.headers and (self._linked or size < _DEFAULT_PAGE_SIZE):
            return False
        self._linked = "link" in reply.headers
        days = [announcement.day for _, announcement in batch.items if announcement.day is not None]
        since = self._request.since
        return not (self._listing.endless and (since is None or not days or min(days) < since))

    def _add(self, paper: Paper, announcement: Announcement) -> None:
        if paper.key in self.items:
            # The list may grow while its pages are fetched, which moves papers to the next page.
            return
        listing = self._listing
        published = paper.published if listing.search and isinstance(paper.published, date) else None
        day = listing.day or announcement.day or published or self._request.today
        # With a day in the future it would stay on top of the list.
        day = min(day, self._request.today)
        self.items[paper.key] = (paper, replace(announcement, day=day, position=len(self.items) + 1))


def _next(reply: Reply, address: str, site: str, page: int) -> str | None:
    """Return the address of the next page, on the same site; None after the last.

    It is in the `Link` header (RFC 8288). A mirror may drop the header: then pages are counted, as the API does, for as
    long as there are papers.
    """
    link = reply.headers.get("link", "")
    if link:
        found = _NEXT.search(link)
        if not found:
            return None
        try:
            target = urlsplit(urljoin(address, found[1]))
        except ValueError:
            return None
        # A mirror may send the address of the original.
        path = target.path.removeprefix(urlsplit(site).path)
        return f"{site}{path}" + (f"?{target.query}" if target.query else "")
    if "/search?" in address:
        return None
    return re.sub(r"&p=\d+", "", address) + f"&p={page}"
