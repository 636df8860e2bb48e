"""arXiv's daily lists: the page of a category's new papers, those of the days that were missed, and fallbacks.

Of the past week there is one page of a category, of the 90 days before one a day (`/catchup`).

A day has been read whole when the list of each of the feed's categories was. Where a list can't be read, RSS or the API
is read instead: its papers are stored, but it says nothing of whether all of a day is here, since RSS may serve the
batch of another day, and the API knows papers a day later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.feed import DAILY, closest_category
from readlist.model.list_day import ListDay, ListedDay, day_name, is_working_day, working_days
from readlist.model.paper import Announcement, ListKind, Paper
from readlist.sources.batch import Batch, FeedRequest, Validator
from readlist.sources.formats import arxiv_list, charset
from readlist.sources.formats.arxiv_list import ListedPaper, ListPage, papers_of
from readlist.sources.formats.syndication import LIST
from readlist.sources.http.client import Http, Reply
from readlist.sources.http.failure import FetchError, is_challenge
from readlist.sources.sites import rss
from readlist.text.clean import counted
from readlist.text.host import site_of

if TYPE_CHECKING:
    from readlist.sources.sites.arxiv_api import ArxivApi

_HTML = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_SHOWN = 2_000
"""The most entries that arXiv shows on a page."""

_FEW = 25
"""Entries of a page of which only the day counts."""

_PAGES = 10
_DETAILS = 100
_AHEAD = timedelta(days=2)
_WEEK = timedelta(days=7)
_KEPT = timedelta(days=90)
"""How long arXiv keeps the list of a day."""

_CAUGHT_UP = 10
"""Pages of single days that are read in a fetch; the next one goes on."""

_FIRST = timedelta(days=4)
"""Of how many days a fallback brings papers to a feed that has none: a weekend and the day that the API lags."""
_NO_CATEGORY = (400, 404)
_LATER = "the next fetch tries again"
_ORDER: tuple[ListKind, ...] = ("new", "cross", "replaced")
"""Of two categories that announce a paper on a day, the first of these counts."""


class _CategoryDay(Struct, frozen=True):
    """What the list of a category has of a day.

    Attributes:
        papers: in the order of the list.
        lost: how many entries are missing or could not be read; None if that is not known.
    """

    papers: tuple[ListedPaper, ...]
    lost: int | None


class DailyLists:
    """The daily lists of some categories: the query of a feed of kind arxiv that begins with `daily:`."""

    def __init__(self, http: Http, api: ArxivApi) -> None:
        self._http, self._api = http, api

    def fetch(self, request: FeedRequest) -> Batch:
        """Fetch what was announced since the last fetch; the papers of each day are given to `request.store`.

        Returns:
            What is left to say: remarks, the validators, a failure if nothing could be read.
        """
        return _DailyFetch(self._http, self._api, request).batch()


class _DailyFetch:
    """One fetch of a feed.

    The lists read so far are in `_days` by category and day; `_latest` has the day of each category's newest list,
    `_errors` why a category could not be read.
    """

    def __init__(self, http: Http, api: ArxivApi, request: FeedRequest) -> None:
        self._http, self._api, self._request = http, api, request
        self._feed, self._memory, self._today = request.feed, request.memory, request.today
        names = re.split(r"[\s,+]+", self._feed.query.removeprefix(DAILY).strip())
        self._names = tuple(dict.fromkeys(name.removesuffix(".*") for name in names if name))
        self._kinds = _ORDER if self._feed.replacements else _ORDER[:2]
        self._days: dict[str, dict[date, _CategoryDay]] = {name: {} for name in self._names}
        self._latest: dict[str, date] = {}
        self._errors: dict[str, FetchError | ValueError] = {}
        self._validators: dict[str, Validator] = {}
        self._remarks: list[str] = []
        self._missed = self._unread = ""
        self._stored: set[str] = set()
        self._whole: set[date] = set()
        self._places: dict[str, Announcement] = {}

    def batch(self) -> Batch:
        """Fetch all of it."""
        changed = self._read_new()
        since = self._request.since or date.max
        goes_back = changed or any(since < each.day - timedelta(days=1) for each in self._memory.days[:1])
        wanted = self._wanted(goes_back)
        if [day for day in wanted if not self._is_past(day)]:
            self._read_week(wanted)
        if goes_back:
            self._catch_up([day for day in wanted if not self._is_read(day)])
        if self._missed and not all(map(self._is_read, wanted)):
            self._remarks.append(self._missed)
        for day in sorted({*wanted, *(day for days in self._days.values() for day in days)}):
            self._store(day)
        self._name_gone(wanted)
        failed = [name for name in self._names if name in self._errors]
        failure, silent = self._fall_back(failed) if failed else ("", "")
        if len(failed) < len(self._names):
            self._details()
        self._name_stale()
        return Batch(
            self._address(self._names[0]),
            LIST,
            self._feed.name,
            seen=self._today,
            failure=f"{self._feed.name}: {failure}" if failure else "",
            silent=silent,
            unchanged=not (changed or self._stored),
            # If some of a list is missing, the server must not answer that nothing changed.
            validators={} if failed else self._validators,
            remarks=() if failure else tuple(self._remarks),
        )

    # Lists

    def _address(self, name: str, part: str = "new", **query: int) -> str:
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        return f"{self._http.sites.arxiv}/list/{quote(name)}/{part}" + (f"?{asked}" if asked else "")

    def _page(self, address: str, validator: Validator | None = None) -> tuple[ListPage | None, Reply]:
        """Return a list page; None if it has not changed.

        Raises:
            FetchError: it was not sent.
            ValueError: it is something else; one line.
        """
        reply = self._http.get(address, accept=_HTML, validator=validator)
        if reply.status == 304:
            return None, reply
        page = arxiv_list.parse(charset.text_of(reply.body).text)
        if page is not None:
            return page, reply
        host = site_of(reply.url)
        if is_challenge(reply.headers, reply.body):
            raise ValueError(f"{host} sent a bot check instead of a list; open the address in a browser")
        raise ValueError(f"{host} sent another page instead of a list; try again later")

    def _read_new(self) -> bool:
        """Read the list of new papers of each category; returns whether any has changed."""
        known = self._memory.days[0] if self._memory.days and self._memory.days[0].is_whole else None
        # There is one list each working day: after that of today, the day of a list says whether it is another one.
        known = known if known and (known.day >= self._today or not is_working_day(self._today)) else None
        same: list[str] = []
        for name in self._names:
            try:
                if self._is_same(name, known):
                    same.append(name)
            except (FetchError, ValueError) as error:
                self._errors[name] = error
        if len(same) + len(self._errors) == len(self._names):
            return False
        for name in same:
            # A day is whole with all categories.
            try:
                self._take_new(name, *self._page(self._address(name)))
            except (FetchError, ValueError) as error:
                self._errors[name] = error
        return True

    def _is_same(self, name: str, known: ListDay | None) -> bool:
        """Read the list of a category, unless it is that of a known day or unchanged; returns whether it is."""
        validator = self._request.validators.get(self._address(name))
        if known is not None and validator is None:
            page, _ = self._page(self._address(name, skip=0, show=_FEW))
            if page is not None and page.day == known.day:
                self._latest[name] = known.day
                return True
        page, reply = self._page(self._address(name), validator)
        self._validators |= reply.validator.at(self._address(name))
        self._take_new(name, page, reply)
        return page is None

    def _take_new(self, name: str, page: ListPage | None, reply: Reply) -> None:
        """Take a category's list of new papers."""
        if page is None:
            return
        host = site_of(reply.url)
        if page.day is None:
            raise ValueError(f"{host} sent a list without a day; its layout may have changed")
        if page.day > self._today + _AHEAD:
            raise ValueError(f"{host} sent a list of {day_name(page.day)} {page.day.year}; check the clock")
        pages = [page, *self._further(name, "new", page)]
        papers, lost = papers_of([each for one in pages for each in one.sections], self._kinds)
        named = sum(max((each.total or 0 for each in page.sections if each.kind == kind), default=0) for kind in _ORDER)
        missed = sum(each.read for each in pages) < (page.total or 0) and named < (page.total or 0)
        # A list may be empty by mistake: that of the past week says whether it is.
        unsure = not papers or missed or (named == 0 and not all(each.complete for each in pages))
        self._latest[name] = page.day
        self._days[name][page.day] = _CategoryDay(papers, None if unsure else lost)

    def _further(self, name: str, part: str, first: ListPage) -> Iterator[ListPage]:
        """Yield the further pages of a list that is longer than one; as many as can be read."""
        read = first.read
        for _ in range(_PAGES):
            if not first.complete or read >= (first.total or 0):
                return
            try:
                page, _ = self._page(self._address(name, part, skip=read, show=_SHOWN))
            except (FetchError, ValueError):
                return
            if page is None or not page.entries:
                return
            read += page.read
            yield page

    # Days that were missed

    def _wanted(self, goes_back: bool) -> list[date]:
        """Return the days to read from further lists, oldest first; those of weeks ago only if it goes back so far."""
        known = self._memory.days
        newest = max([*self._latest.values(), *(day.day for day in known[:1])], default=None)
        if newest is None:
            return []
        first = min(known[-1].day if known else newest, self._request.since or newest)
        if first < newest - _KEPT and goes_back:
            self._remarks.append(
                f"arXiv keeps its lists for {_KEPT.days} days; "
                f"`readlist fetch arxiv:{'+'.join(self._names)} --since {first}` reads what its API has"
            )
        first = max(first, newest - _KEPT)
        if self._feed.keep is not None:
            first = max(first, self._today - timedelta(days=self._feed.keep))
        whole = {day.day for day in known if day.is_whole}
        gone = {day.day for day in known if day.day < newest - (_KEPT if goes_back else _WEEK)}
        days = [day for day in working_days(first, newest) if day not in whole | gone]
        read = [days.get(newest) for days in self._days.values()]
        is_read = all(each is not None and each.lost == 0 for each in read)
        return [day for day in days if not (day == newest and is_read)]

    def _read_week(self, wanted: Sequence[date]) -> None:
        """Read the list of the past week of each category, unless its host does not answer."""
        for name in self._names:
            error = self._errors.get(name)
            if isinstance(error, FetchError) and (error.status or error.silent):
                continue
            try:
                page, reply = self._page(self._address(name, "pastweek", skip=0, show=_SHOWN))
                if page is None or not page.entries:
                    raise ValueError(f"{site_of(reply.url)} sent an empty list; try again later")
            except (FetchError, ValueError) as failed:
                if name in self._latest and self._days[name].get(self._latest[name], _NOTHING).papers:
                    self._missed = f"days that were missed: {failed}"
                else:
                    self._errors.setdefault(name, failed)
                continue
            self._take_week(name, [page, *self._further(name, "pastweek", page)], wanted)

    def _take_week(self, name: str, pages: Sequence[ListPage], wanted: Sequence[date]) -> None:
        """Take from a category's list of the past week the days that are wanted."""
        covered = {day for page in pages for day in page.days}
        if not covered:
            return
        if name in self._errors and max(covered) <= self._today + _AHEAD:
            self._remarks.append(f"{name}: read from the list of the past week: {self._errors.pop(name)}")
            self._latest[name] = max(covered)
            first = self._memory.days[0].day if self._memory.days else max(covered)
            wanted = [*wanted, *working_days(first, max(covered))]
        is_whole = all(page.complete for page in pages) and sum(page.read for page in pages) >= (pages[0].total or 0)
        for day in dict.fromkeys(wanted):
            known = self._days[name].get(day)
            if not min(covered) <= day <= max(covered) or (known is not None and known.lost == 0):
                continue
            sections = [each for page in pages for each in page.sections if each.day == day]
            papers, lost = papers_of(sections, _ORDER)
            if known is not None:
                # With the abstracts of the list of new papers.
                here = {each.paper.arxiv for each in known.papers}
                papers = (*known.papers, *(each for each in papers if each.paper.arxiv not in here))
            # A day without papers is one on which nothing was announced, if nothing of the list is missing. What a
            # section without a count lacks is known by the whole list only.
            is_counted = bool(sections) and all(each.total is not None for each in sections)
            self._days[name][day] = _CategoryDay(papers, lost if is_counted or is_whole else None)

    def _is_past(self, day: date) -> bool:
        """Tell whether the list of the past week has a day no more."""
        return day < max(self._latest.values(), default=self._today) - _WEEK

    def _is_read(self, day: date) -> bool:
        return any(day in days for days in self._days.values())

    def _catch_up(self, days: Sequence[date]) -> None:
        """Read the lists of single days, the latest first: as many as can be read."""
        empty: list[tuple[str, date]] = []
        found = False
        for day in list(reversed(days))[: max(_CAUGHT_UP // len(self._names), 1)]:
            for name in self._names:
                page = self._page_of(name, day)
                if page is None:
                    return
                papers, lost = papers_of(page.sections, self._kinds)
                is_whole = page.complete and page.read >= (page.total or 0)
                self._days[name][day] = _CategoryDay(papers, lost if papers and is_whole else None)
                found = found or bool(papers)
                empty += [(name, day)] if is_whole and not papers else []
        # Where other days have papers, one without is not empty by mistake.
        other = next((each.day for each in self._memory.days if each.is_whole and each.announced), None)
        if empty and not found and other and (page := self._page_of(self._names[0], other)):
            found = bool(page.entries)
        for name, day in empty if found else ():
            self._days[name][day] = _CategoryDay((), 0)

    def _page_of(self, name: str, day: date) -> ListPage | None:
        """Return the list of a single day of a category; None if it can't be read."""
        try:
            page, _ = self._page(f"{self._http.sites.arxiv}/catchup/{quote(name)}/{day}?abs=True")
        except (FetchError, ValueError) as error:
            self._unread = f"{error}"
            return None
        return page if page is not None and page.day == day else None

    def _name_gone(self, wanted: Sequence[date]) -> None:
        """Name the days that could not be read from lists any more; that they are missing is remembered."""
        if not (gone := [day for day in wanted if self._is_past(day) and not self._is_read(day)]):
            return
        span = " to ".join(dict.fromkeys((day_name(gone[0]), day_name(gone[-1]))))
        if any(self._is_past(day) and self._is_read(day) for day in wanted):
            why = "still to be read; the next fetch goes on"
        elif self._unread:
            why = f"not fetched in time: {self._unread}"
        else:
            asked = f"`readlist fetch arxiv:{'+'.join(self._names)} --since {gone[0]}`"
            why = f"not fetched in time, which arXiv lists no more; {asked} reads what its API has"
        self._remarks.append(f"{span}: {counted(len(gone), 'day')} {why}")

    # What is stored

    def _store(self, day: date) -> None:
        """Give the papers of a day to be stored, with how many there are if that is known."""
        papers: dict[str, ListedPaper] = {}
        lost: int | None = 0
        for days in self._days.values():
            found = days.get(day, _NOTHING)
            lost = None if found.lost is None or lost is None else lost + found.lost
            for each in found.papers:
                known = papers.get(each.paper.arxiv)
                if known is None or _ORDER.index(each.kind) < _ORDER.index(known.kind):
                    papers[each.paper.arxiv] = each
        ids = frozenset(arxiv for arxiv, each in papers.items() if each.kind in self._kinds)
        if lost and any(each.day == day and each.announced is None and each.here for each in self._memory.days):
            # What a fallback has brought for the day may be of another one: it must not make up for what is missing.
            lost = None
        if lost == 0:
            self._whole.add(day)
        listed = ListedDay(day, None if lost is None else len(ids) + lost, ids)
        items = []
        for position, each in enumerate(papers.values(), 1):
            place = self._places[each.paper.arxiv] = Announcement(self._feed.name, day, position)
            revised = day if each.kind == "replaced" and each.paper.version > 1 else None
            items.append((replace(each.paper, published=day if each.kind == "new" else None, revised=revised), place))
        kinds = {each.paper.key: each.kind for each in papers.values()}
        self._piece(Batch("", LIST, day=day, items=tuple(items), kinds=kinds, days=(listed,)))

    def _piece(self, batch: Batch) -> None:
        self._stored |= {paper.arxiv for paper, _ in batch.items}
        origin = batch.origin or self._address(self._names[0])
        self._request.store(replace(batch, origin=origin, feed=self._feed.name, seen=self._today, more=True))
        self._request.progress(len(self._stored))

    def _details(self) -> None:
        """Ask the API for what the lists do not say: abstracts, and all authors where they are many."""
        listed = [each for days in self._days.values() for day in days.values() for each in day.papers]
        whole = {each.paper.arxiv for each in listed if each.paper.abstract and not each.cut}
        new = (each.paper.arxiv for each in listed if each.kind in self._kinds)
        asked = dict.fromkeys([*(arxiv for arxiv in new if arxiv not in self._memory.ids), *self._memory.bare])
        ids = [arxiv for arxiv in asked if arxiv not in whole]
        missing = 0
        for start in range(0, len(ids), _DETAILS):
            part = ids[start : start + _DETAILS]
            try:
                papers = self._api.papers(part, self._today)
            except ValueError as error:
                left = counted(len(ids) - start + missing, "paper")
                self._remarks.append(f"abstracts of {left} are missing: {error}; {_LATER}")
                return
            missing += len(part) - len(papers)
            unplaced = Announcement(self._feed.name, self._today, 1)
            items = tuple((paper, self._places.get(arxiv, unplaced)) for arxiv, paper in papers.items())
            self._piece(Batch("", LIST, items=items, update=True))
        if missing:
            self._remarks.append(
                f"abstracts of {counted(missing, 'paper')} are missing: arXiv's API does not have them yet; {_LATER}"
            )

    # Fallbacks

    def _fall_back(self, failed: Sequence[str]) -> tuple[str, str]:
        """Read categories from RSS, else from the API; returns why and of which host if nothing at all was read."""
        unknown = [name for name in failed if getattr(self._errors[name], "status", None) in _NO_CATEGORY]
        # One that does not exist must not cost the others.
        groups = [[name] for name in unknown] + [[name for name in failed if name not in unknown]]
        left: list[tuple[str, str]] = []
        for names in filter(None, groups):
            error = self._errors[names[0]]
            reason = f"{error}"
            if kind := self._read_instead(names):
                self._remarks.append(f"{', '.join(names)}: read from {kind}: {reason}")
                continue
            if names[0] in unknown:
                likely = closest_category(names[0])
                hint = f"did you mean {likely}?" if likely not in ("", names[0]) else "check the address of arXiv"
                reason = f"arXiv has no list of {names[0]}; {hint}"
            left += [(reason, getattr(error, "silent", ""))] * len(names)
            self._remarks.append(f"{', '.join(names)}: {reason}")
        return left[0] if len(left) == len(self._names) else ("", "")

    def _read_instead(self, names: Sequence[str]) -> str:
        """Store what RSS or else the API has of some categories; returns which, empty if neither can be read."""
        empty = ""
        address = f"{self._http.sites.arxiv_rss}/rss/{quote('+'.join(names), safe='+')}"
        request = replace(self._request, validators={}, progress=lambda papers: None)
        batch = rss.fetch_address(request, address, self._http)
        if not batch.failure:
            self._store_fallback(batch)
            empty = "RSS"
            # On a weekend its batch is empty; on other days it may be by mistake.
            if batch.items or not is_working_day(self._today):
                return empty
        if all(getattr(self._errors[name], "offline", False) for name in names):
            return empty
        batch = self._api.newest(names, request)
        if not batch.failure:
            self._store_fallback(replace(batch, items=tuple(self._placed(batch.items))))
            return "its API"
        return empty

    def _placed(self, items: Iterable[tuple[Paper, Announcement]]) -> Iterator[tuple[Paper, Announcement]]:
        """Yield papers of the API that the lists may have announced since the last fetch, each with a likely day.

        That is the first working day after its submission of which not all papers are here.
        """
        known = self._memory.days
        first = known[-1].day if known else self._today - _FIRST
        whole = {day.day for day in known if day.is_whole} | self._whole
        for paper, place in items:
            sent = (place.day or self._today) + timedelta(days=1)
            days = (day for day in working_days(sent, self._today) if day not in whole)
            if sent >= first and (day := next(days, None)) is not None:
                yield paper, replace(place, day=day)

    def _store_fallback(self, batch: Batch) -> None:
        """Store papers of a fallback that the feed has not announced: known ones may be of another day than it says."""
        here = self._memory.ids | self._stored
        items = tuple(
            (paper, replace(place, feed=self._feed.name))
            for paper, place in batch.items
            if paper.arxiv not in here or batch.kinds.get(paper.key) == "replaced"
        )
        days = {place.day for _, place in items if place.day}
        if batch.day and is_working_day(batch.day):
            days.add(batch.day)
        # Each day since the last list may lack papers, today too.
        known = self._memory.days
        first = known[0].day + timedelta(days=1) if known else min([*days, self._today])
        days |= set(working_days(first, self._today))
        listed = tuple(ListedDay(day, None) for day in sorted(days))
        self._piece(replace(batch, items=items, days=listed))

    def _name_stale(self) -> None:
        """Say which lists are not those of today."""
        old = {name: day for name, day in self._latest.items() if day < self._today}
        if not old or not is_working_day(self._today):
            return
        if len(old) == len(self._names) and len(set(old.values())) == 1:
            self._remarks.append(f"arXiv still serves the list of {day_name(next(iter(old.values())))}")
        else:
            self._remarks += [f"arXiv still serves the list of {day_name(day)} of {name}" for name, day in old.items()]


_NOTHING = _CategoryDay((), None)
