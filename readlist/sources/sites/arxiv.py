"""arXiv: categories and searches by its API, its daily lists, single papers by id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import quote, quote_plus

from readlist.model.arxiv_category import ARCHIVES, category
from readlist.model.paper import Announcement, Paper, arxiv_id
from readlist.sources.batch import Batch, FeedRequest, Skip, Validator, limit_skips
from readlist.sources.formats import syndication
from readlist.sources.http.client import FetchError, Http, Reply
from readlist.sources.sites import rss
from readlist.text.host import site_of

_PAGE = 100
_PAGES = 5
_ATOM = "application/atom+xml, application/xml;q=0.9, */*;q=0.5"


def fetch(request: FeedRequest, http: Http) -> Batch:
    """Ask for categories, a search, or a daily list, newest first.

    Args:
        request: of a feed of kind arxiv, see `Feed.query`; what was announced after its `since` is read, at most 5
            pages of 100.
        http: the client.

    Returns:
        The papers in arXiv's order, each of the day it was submitted, those of a daily list of the list's day;
        `failure` set if any page could not be had, and no items then.
    """
    feed, today, since = request.feed, request.today, request.since
    if feed.query.startswith("daily:"):
        names = "+".join(re.split(r"[\s,+]+", feed.query.removeprefix("daily:").strip()))
        return rss.fetch(request, http, address=f"{http.sites.arxiv_rss}/rss/{quote(names, safe='+')}")
    address = _page(http.sites.arxiv, feed.query, 0)
    pages: list[Batch] = []
    more = True
    given = Validator()
    while more and len(pages) < _PAGES:
        here = _page(http.sites.arxiv, feed.query, len(pages) * _PAGE)
        try:
            reply = http.get(here, accept=_ATOM, validator=None if pages else request.validators.get(address))
            if not pages:
                given = reply.validator
                if reply.status == 304:
                    kept = {address: given}
                    return Batch(address, syndication.ANSWER, feed.name, seen=today, unchanged=True, validators=kept)
            page = _answer(reply, feed.name, today)
        except (FetchError, ValueError) as error:
            failure = f"{feed.name}: {_reason(error)}"
            return Batch(address, syndication.ANSWER, feed.name, seen=today, failure=failure)
        pages.append(page)
        more = since is not None and _goes_on(page, since)
        request.progress(len(syndication.merged(pages)))
    return _gathered(pages, address, feed.name, given, today, more=more)


def papers(ids: Sequence[str], http: Http, *, feed: str, today: date) -> Batch:
    """Ask for single papers.

    Args:
        ids: arXiv ids or addresses of papers.
        http: the client.
        feed: the name of the feed they are announced by, on the present day.
        today: the present day, UTC.

    Returns:
        The papers in the order asked; those arXiv doesn't know are passed over and named. `failure` set if it could
        not be asked.
    """
    names = list(dict.fromkeys(filter(None, map(arxiv_id, ids))))
    skipped = [Skip(None, f"{each}: no arXiv id") for each in ids if not arxiv_id(each)]
    found: dict[str, Paper] = {}
    origin = f"{http.sites.arxiv}/api/query"
    for start in range(0, len(names), _PAGE):
        chunk = names[start : start + _PAGE]
        try:
            found |= _by_ids(chunk, http, feed, today)
        except (FetchError, ValueError) as error:
            return Batch(origin, syndication.ANSWER, feed, seen=today, failure=f"{feed}: {_reason(error)}")
    known = [found[name] for name in names if name in found]
    skipped += [Skip(None, f"{name}: arXiv knows no such paper") for name in names if name not in found]
    items = tuple((paper, Announcement(feed, today, place)) for place, paper in enumerate(known, 1))
    return Batch(origin, syndication.ANSWER, feed, today, items, limit_skips(skipped), seen=today)


def _by_ids(ids: Sequence[str], http: Http, feed: str, today: date) -> dict[str, Paper]:
    """Return the papers of these ids that arXiv knows.

    Raises:
        FetchError: it can't be asked.
        ValueError: what it answers can't be relied on, in one line.
    """
    address = f"{http.sites.arxiv}/api/query?id_list={','.join(ids)}&start=0&max_results={_PAGE}"
    try:
        page = _answer(http.get(address, accept=_ATOM), feed, today)
    except FetchError as error:
        if error.status != 400:
            raise
        if len(ids) == 1:
            return {}
        # One that it takes for none must not cost the others.
        half = len(ids) // 2
        return _by_ids(ids[:half], http, feed, today) | _by_ids(ids[half:], http, feed, today)
    if any("damaged" in skip.reason for skip in page.skipped):
        raise ValueError("arXiv's answer breaks off; try again later")
    return {paper.arxiv: paper for paper, _ in page.items}


def _page(site: str, query: str, start: int) -> str:
    """Return the address of the API's page of a query from a place on (https://info.arxiv.org/help/api)."""
    names = [name for name in re.split(r"[\s,+]+", query.strip()) if name]
    if names and all(map(category, names)):
        search = "+OR+".join(f"cat:{_category(name)}" for name in names)
    else:
        search = quote_plus(query.strip(), safe=":")
    order = "sortBy=submittedDate&sortOrder=descending"
    return f"{site}/api/query?search_query={search}&{order}&start={start}&max_results={_PAGE}"


def _category(name: str) -> str:
    """Return a category as a search term; an archive that is divided stands for all its parts."""
    if name in ("astro-ph", "cond-mat"):
        # Both are also categories themselves, of papers from before the division.
        return f"{name}*"
    return f"{name}.*" if name in ARCHIVES else name


def _answer(reply: Reply, feed: str, today: date) -> Batch:
    """Return the papers of an answer of the API.

    Raises:
        ValueError: it is an error, or something else than an answer, in one line.
    """
    channel = rss.channel_of(reply, "arXiv's answer")
    batch = syndication.batch(channel, origin=reply.url, feed=feed, today=today)
    if batch.failure:
        raise ValueError(batch.failure.removeprefix(f"{reply.url}: "))
    if channel.kind != syndication.ANSWER:
        host = site_of(reply.url)
        raise ValueError(f"{host} answered with another feed instead of arXiv's answer; check the address")
    if channel.total and not channel.entries and "start=0&" in reply.url:
        # Under load it counts the papers and then sends none.
        raise ValueError(f"arXiv counts {channel.total} papers and sends none; try again later")
    return batch


def _reason(error: Exception) -> str:
    """Return why arXiv could not be asked: what its answer says, where an error bears one."""
    body = getattr(error, "body", b"")
    if body:
        answer = syndication.decode(body, origin="", feed="", today=date.today())
        if answer.kind == syndication.ANSWER and answer.failure:
            return answer.failure.removeprefix(": ")
    return str(error)


def _goes_on(page: Batch, since: date) -> bool:
    """Tell whether older papers may have been announced after a day.

    What is submitted until 14:00 of Thursday in New York is announced that evening, what comes later not before Sunday
    (https://info.arxiv.org/help/availability.html): so the day before counts, after a weekend the days before.
    """
    days = [announcement.day for _, announcement in page.items if announcement.day]
    if len(page.items) + len(page.skipped) < _PAGE // 2 or not days:
        return False
    return min(days) >= since - timedelta(days=max(1, since.weekday() - 3))


def _gathered(pages: Sequence[Batch], address: str, feed: str, given: Validator, today: date, *, more: bool) -> Batch:
    skipped = [skip for page in pages for skip in page.skipped]
    damaged = any("damaged" in skip.reason for skip in skipped)
    items = syndication.merged(pages)
    if more and len(pages) == _PAGES:
        skipped.append(Skip(None, f"older than the newest {len(items)} papers: left out"))
    validators = {} if damaged else given.at(address)
    kind = syndication.ANSWER
    return Batch(address, kind, feed, None, items, limit_skips(skipped), seen=today, validators=validators)
