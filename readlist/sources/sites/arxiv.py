"""arXiv: categories and searches of its API, its daily lists, single papers by id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import quote, quote_plus

from msgspec.structs import replace

from readlist.model.feed import ARCHIVES, category
from readlist.model.paper import Paper
from readlist.sources.batch import ANSWER, Batch, FeedRequest, Skip, Validator, limit_skips
from readlist.sources.http.client import Http, Reply
from readlist.sources.http.failure import FetchError
from readlist.sources.sites import rss
from readlist.text.host import site_of

_PAGE_SIZE = 100
_PAGES = 5
_ATOM = "application/atom+xml, application/xml;q=0.9, */*;q=0.5"


class Arxiv:
    """Categories, searches and daily lists: the query of a feed of kind arxiv."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def fetch(self, request: FeedRequest) -> Batch:
        """Fetch a feed, newest first, back to what was announced before `since`: at most 5 pages of 100.

        Returns:
            The papers, each of the day it was submitted, those of a daily list of the list's day. Without papers, and
            with `failure`, if any page failed.
        """
        feed, today = request.feed, request.today
        if feed.query.startswith("daily:"):
            names = "+".join(re.split(r"[\s,+]+", feed.query.removeprefix("daily:").strip()))
            return rss.fetch_address(request, f"{self._http.sites.arxiv_rss}/rss/{quote(names, safe='+')}", self._http)
        address = self._address(feed.query, 0)
        empty = Batch(address, ANSWER, feed.name, seen=today)
        pages: list[Batch] = []
        more = True
        validator = Validator()
        while more and len(pages) < _PAGES:
            sent = None if pages else request.validators.get(address)
            try:
                reply = self._http.get(self._address(feed.query, len(pages) * _PAGE_SIZE), accept=_ATOM, validator=sent)
                if not pages:
                    validator = reply.validator
                    if reply.status == 304:
                        return replace(empty, unchanged=True, validators={address: validator})
                # Loaded where there is an answer to parse, as in `rss`.
                from readlist.sources.formats import syndication

                page = _parse(reply, feed.name, today)
            except (FetchError, ValueError) as error:
                return replace(empty, failure=f"{feed.name}: {_reason(error)}", silent=getattr(error, "silent", ""))
            pages.append(page)
            more = request.since is not None and _has_older(page, request.since)
            request.progress(len(syndication.merged(pages)))
        items = syndication.merged(pages)
        skipped = [skip for page in pages for skip in page.skipped]
        damaged = any("damaged" in skip.reason for skip in skipped)
        if more and len(pages) == _PAGES:
            skipped.append(Skip(None, f"older than the newest {len(items)} papers: left out"))
        validators = {} if damaged else validator.at(address)
        return replace(empty, items=items, skipped=limit_skips(skipped), validators=validators)

    def papers(self, ids: Sequence[str], today: date) -> dict[str, Paper]:
        """Fetch single papers; returns those that arXiv knows, by id.

        Raises:
            ValueError: a request failed, or its answer can't be used; one line.
        """
        found: dict[str, Paper] = {}
        try:
            for start in range(0, len(ids), _PAGE_SIZE):
                found |= self._by_ids(ids[start : start + _PAGE_SIZE], today)
        except (FetchError, ValueError) as error:
            raise ValueError(_reason(error)) from error
        return found

    def _by_ids(self, ids: Sequence[str], today: date) -> dict[str, Paper]:
        address = f"{self._http.sites.arxiv}/api/query?id_list={','.join(ids)}&start=0&max_results={_PAGE_SIZE}"
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
        if any("damaged" in skip.reason for skip in page.skipped):
            raise ValueError("arXiv's answer is truncated; try again later")
        return {paper.arxiv: paper for paper, _ in page.items}

    def _address(self, query: str, start: int) -> str:
        """Return the address of a page of the API (https://info.arxiv.org/help/api), from a paper of the result on."""
        names = [name for name in re.split(r"[\s,+]+", query.strip()) if name]
        if names and all(map(category, names)):
            search = "+OR+".join(f"cat:{_category(name)}" for name in names)
        else:
            search = quote_plus(query.strip(), safe=":")
        order = "sortBy=submittedDate&sortOrder=descending"
        site = self._http.sites.arxiv
        return f"{site}/api/query?search_query={search}&{order}&start={start}&max_results={_PAGE_SIZE}"


def _category(name: str) -> str:
    """Return a category as a search term; a divided archive includes all its parts."""
    if name in ("astro-ph", "cond-mat"):
        # Both are also categories themselves, of papers from before the division.
        return f"{name}*"
    return f"{name}.*" if name in ARCHIVES else name


def _parse(reply: Reply, feed: str, today: date) -> Batch:
    """Return the papers in an answer of the API.

    Raises:
        ValueError: it is an error, or not an answer of the API, in one line.
    """
    from readlist.sources.formats import syndication

    channel = rss.channel_of(reply, "arXiv's answer")
    batch = syndication.batch(channel, origin=reply.url, feed=feed, today=today)
    if batch.failure:
        raise ValueError(batch.failure.removeprefix(f"{reply.url}: "))
    if channel.kind != ANSWER:
        host = site_of(reply.url)
        raise ValueError(f"{host} sent another feed instead of arXiv's answer; check the address")
    if channel.total and not channel.entries and "start=0&" in reply.url:
        # Happens under load.
        raise ValueError(f"arXiv counts {channel.total} papers but sends none; try again later")
    return batch


def _reason(error: Exception) -> str:
    """Return why a request failed: the message in arXiv's answer, if there is one."""
    body = getattr(error, "body", b"")
    if body:
        from readlist.sources.formats import syndication

        answer = syndication.decode(body, origin="", feed="", today=date.today())
        if answer.kind == ANSWER and answer.failure:
            return answer.failure.removeprefix(": ")
    return str(error)


def _has_older(page: Batch, since: date) -> bool:
    """Tell whether papers older than this page may have been announced after a day.

    Papers submitted until 14:00 in New York are announced that evening, after Thursday's deadline not before Sunday
    (https://info.arxiv.org/help/availability.html): so the day before counts, and after a weekend the days before.
    """
    days = [announcement.day for _, announcement in page.items if announcement.day]
    if len(page.items) + len(page.skipped) < _PAGE_SIZE // 2 or not days:
        return False
    return min(days) >= since - timedelta(days=max(1, since.weekday() - 3))
