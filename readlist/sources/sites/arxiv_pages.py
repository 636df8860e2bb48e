"""Categories and searches of arXiv's API, from the newest paper to older ones, resumed where it stopped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from readlist.model.list_day import FetchState, Walk, day_name, is_working_day
from readlist.sources.batch import ANSWER, Batch, FeedRequest, Skip, limit_skips
from readlist.sources.http.failure import FetchError
from readlist.sources.sites.arxiv_api import PAGE_SIZE, ApiPage, are_categories, reason_of

if TYPE_CHECKING:
    from readlist.model.paper import Announcement, Paper
    from readlist.sources.sites.arxiv_api import ArxivApi

_PAGES = 100
"""The most pages of one fetch; the next one goes on."""

_OVERLAP = 10
"""Papers that are read twice where a fetch goes on, since the result may have lost some."""

_COMPARED_EVERY = timedelta(days=7)
_COMPARED = timedelta(days=30)
_HEAD = 20
_BUSY = timedelta(days=7)
_SUNDAY = 6
_SATURDAY = 5


def fetch_pages(api: ArxivApi, request: FeedRequest) -> Batch:
    """Fetch categories or a search: the first page, and older ones as long as they have papers that may be new.

    A paper held in moderation is announced weeks after its submission, by which the API sorts. So a page is followed by
    the next one as long as it has papers that are unknown, and once a week the last 30 days are compared by id.
    """
    return _PagesFetch(api, request).batch()


class _PagesFetch:
    """One fetch of a feed."""

    def __init__(self, api: ArxivApi, request: FeedRequest) -> None:
        self._api, self._request = api, request
        self._feed, self._today, self._state = request.feed, request.today, request.memory.state
        self._known = request.memory.ids
        # What was numbered before the first paper of the feed was announced before it was followed.
        self._first = min((_number(arxiv) for arxiv in self._known), default=None)
        self._seen: set[str] = set()
        self._skipped: list[Skip] = []
        self._walk: Walk | None = None
        self._until, self._compares = self._goal()

    def _goal(self) -> tuple[date | None, bool]:
        """Return up to which day of submission to read all pages, and whether that compares a month."""
        since, state = self._request.since, self._state
        if since is None and state.walk is None:
            return None, False
        days = [since - _before(since)] if since is not None else []
        days += [state.walk.until] if state.walk is not None else []
        due = state.compared is None or not timedelta(0) <= self._today - state.compared < _COMPARED_EVERY
        compares = due and are_categories(self._feed.query)
        return min([*days, *([self._today - _COMPARED] if compares else [])]), compares

    def batch(self) -> Batch:
        """Fetch all of it."""
        address = self._api.address(self._feed.query)
        empty = Batch(address, ANSWER, self._feed.name, seen=self._today)
        sent = self._request.validators.get(address) if self._state.walk is None and not self._compares else None
        try:
            page = self._api.page(self._feed.query, 0, self._feed.name, self._today, sent)
            if page.unchanged:
                return replace(
                    empty, unchanged=True, validators={address: page.validator}, remarks=self._stale(self._state.head)
                )
            items = self._new(page, first=True)
            # A small category may have nothing new for weeks.
            head = ",".join(paper.arxiv for paper, _ in page.items[:_HEAD]) if _is_busy(page) else ""
            remarks = self._stale(head)
            left = None
            if self._until is not None and (self._state.walk is not None or self._goes_on(page, 0)):
                self._save(items, page.size)
                items, left = (), self._older(page)
        except (FetchError, ValueError) as error:
            silent = getattr(error, "silent", "")
            return replace(empty, failure=f"{self._feed.name}: {reason_of(error)}", silent=silent)
        if left is not None:
            remarks = (*remarks, f"read back to {day_name(left)}; the next fetch goes on from there")
        damaged = page.is_damaged or any("damaged" in skip.reason for skip in self._skipped)
        return replace(
            empty,
            items=items,
            skipped=limit_skips(self._skipped),
            validators={} if damaged or left is not None else page.validator.at(address),
            state=self._left(head, finished=left is None),
            remarks=remarks,
        )

    def _left(self, head: str, *, finished: bool) -> FetchState:
        """Return what the next fetch is to know."""
        state = self._state
        first = self._request.since is None and state.compared is None
        compared = self._today if finished and (self._compares or first) else state.compared
        since = state.since if head == state.head else self._today
        kept = replace(state, compared=compared, head=head, since=since)
        return replace(kept, walk=None if finished else self._walk)

    def _older(self, page: ApiPage) -> date | None:
        """Read and store older pages; returns the day up to which they were read if that was not all, else None."""
        start, place = 0, len(page.items)
        for _ in range(_PAGES):
            if not self._goes_on(page, start):
                walk = self._state.walk
                if walk is None:
                    return None
                # The newest papers are all known: on to where the last fetch stopped, which may be here.
                self._state = replace(self._state, walk=None)
                if walk.read > start + PAGE_SIZE:
                    start = max(walk.read - _OVERLAP - PAGE_SIZE, start)
                elif not self._goes_on(page, start):
                    return None
            start += PAGE_SIZE
            page = self._api.page(self._feed.query, start, self._feed.name, self._today)
            if page.is_damaged:
                raise ValueError("arXiv's answer is truncated; the next fetch goes on from there")
            if all(paper.key in self._seen for paper, _ in page.items):
                # A mirror may send the same page for every start.
                return None
            items = tuple((paper, replace(each, position=place + each.position)) for paper, each in self._new(page))
            place += len(page.items)
            self._save(items, start + page.size)
        return min((each.day for _, each in page.items if each.day), default=self._until)

    def _save(self, items: tuple[tuple[Paper, Announcement], ...], read: int) -> None:
        """Store a page, and how far the pages were read."""
        assert self._until is not None
        # The fetch that was interrupted came further.
        before = self._state.walk.read if self._state.walk is not None else 0
        self._walk = Walk(self._until, max(read, before))
        state = replace(self._request.memory.state, walk=self._walk)
        self._request.store(
            Batch(self._api.address(self._feed.query), ANSWER, self._feed.name, seen=self._today, items=items,
                  state=state, more=True)
        )  # fmt: skip
        self._request.progress(len(self._seen))

    def _goes_on(self, page: ApiPage, start: int) -> bool:
        """Tell whether older papers than those of a page may be new."""
        if page.size < PAGE_SIZE if page.total is None else start + page.size >= page.total:
            return False
        days = [each.day for _, each in page.items if each.day]
        if not days:
            return bool(page.size)
        unknown = bool(self._known) and any(self._is_unknown(paper.arxiv) for paper, _ in page.items)
        is_newer = self._until is not None and min(days) >= self._until
        walked = self._state.walk is not None
        return unknown if walked else unknown or is_newer

    def _is_unknown(self, arxiv: str) -> bool:
        return arxiv not in self._known and (self._first is None or _number(arxiv) >= self._first)

    def _new(self, page: ApiPage, *, first: bool = False) -> tuple[tuple[Paper, Announcement], ...]:
        """Return the papers of a page that were not on one before; of later pages not what is older than the feed."""
        items = []
        for paper, place in page.items:
            of_feed = first or paper.arxiv in self._known or self._is_unknown(paper.arxiv)
            if paper.key not in self._seen and of_feed:
                items.append((paper, place))
            self._seen.add(paper.key)
        self._skipped += page.skipped
        self._request.progress(len(self._seen))
        return tuple(items)

    def _stale(self, head: str) -> tuple[str, ...]:
        """Say that the list is that of an earlier working day."""
        since = self._state.since
        if not head or head != self._state.head or since is None or not are_categories(self._feed.query):
            return ()
        # What is seen on a weekend is the list that Monday still has: the API is a day late.
        since += timedelta(days={_SATURDAY: 2, _SUNDAY: 1}.get(since.weekday(), 0))
        if since >= self._today or not is_working_day(self._today):
            return ()
        return (f"arXiv still serves the list of {day_name(since)}",)


def _before(since: date) -> timedelta:
    """Return how long before the last fetch a paper may have been submitted that was announced after it.

    Papers submitted until 14:00 in New York are announced that evening, after Thursday's deadline not before Sunday
    (https://info.arxiv.org/help/availability.html): so the day before counts, and after a weekend the days before.
    """
    return timedelta(days=max(1, since.weekday() - 3))


def _is_busy(page: ApiPage) -> bool:
    """Tell whether a query finds new papers every working day, as its newest ones say."""
    days = [each.day for _, each in page.items if each.day]
    return len(days) >= PAGE_SIZE // 2 and max(days) - min(days) <= _BUSY


def _number(arxiv: str) -> tuple[int, int]:
    """Return the order in which papers were numbered: year with month, number."""
    month, _, number = arxiv.rpartition("/")[2].rpartition(".")
    if "/" in arxiv:
        month, number = arxiv.rpartition("/")[2][:4], arxiv[-3:]
    # Those of the last century come first.
    year = int(month[:2] or 0)
    return (year * 100 + int(month[2:] or 0) - (10_000 if year > 90 and "/" in arxiv else 0)), int(number or 0)
