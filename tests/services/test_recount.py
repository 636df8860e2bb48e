"""Counting known papers again: what moves is seen by day, a day not asked is a gap, nothing is announced anew."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from readlist.model.feed import Feed
from readlist.model.trend import Series
from readlist.services.refresh import Refresh
from readlist.shelf import VIEWS, FetchOutcome, Shelf
from readlist.sources.http.endpoints import Sites
from tests.support.feeds import record
from tests.support.http import QUICK, Answer, Request, Serving
from tests.support.papers import make_shelf

DAILY, TRENDING = Feed("HF daily", "huggingface", "daily"), Feed("HF trending", "huggingface", "trending")
LAB = Feed("Lab", "rss", "https://lab.example/feed")
FIRST = datetime(2026, 8, 5, 12, tzinfo=UTC)
LISTED = "2026-08-05"


class Site:
    """Hugging Face with counts that move, by what a test sets.

    Attributes:
        lists: by day, the papers of the daily list: numbers and upvotes.
        alone: likewise papers that are in no list.
        fault: what to answer instead to some requests; None for the counts.
        now: the present time of the shelf.
    """

    def __init__(self, serving: Serving, home: Path) -> None:
        self.serving = serving
        self.lists: dict[str, dict[int, int]] = {}
        self.alone: dict[int, int] = {}
        self.fault: dict[str, Answer] = {}
        self.now = FIRST
        self.shelf = make_shelf(home, lambda: self.now)
        serving.route("/api/daily_papers", self._list)
        for number in range(20):
            serving.route(f"/api/papers/2608.{number:05}", self._paper)

    def _list(self, request: Request) -> Answer:
        day = request.query.get("date", "")
        if day in self.fault:
            return self.fault[day]
        days = [day] if day else sorted(self.lists, reverse=True)[:1]
        return self._json(
            request, [record(n, of, upvotes=up) for of in days for n, up in self.lists.get(of, {}).items()]
        )

    def _paper(self, request: Request) -> Answer:
        number = int(request.path[-5:])
        if number not in self.alone:
            return Answer(404, {}, b"not found")
        return self._json(request, record(number, upvotes=self.alone[number])["paper"])

    def _json(self, request: Request, data: object) -> Answer:
        body = json.dumps(data).encode()
        tag = f'"{hash(body)}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(304, {"ETag": tag})
        return Answer(200, {"Content-Type": "application/json", "ETag": tag}, body)

    def refresh(self, *feeds: Feed, days: float = 0) -> list[FetchOutcome]:
        """Refresh after some days."""
        self.now += timedelta(days=days)
        sites = Sites(huggingface=self.serving.url, arxiv=self.serving.url, doi=self.serving.url)
        refresh = Refresh(self.shelf, sites, QUICK, clock=lambda: self.now)
        return [each for each in refresh.run(feeds or (DAILY,)) if isinstance(each, FetchOutcome)]

    def upvotes(self, number: int) -> list[int | None]:
        """Return the upvotes of a paper by day."""
        return [point.count for point in self.series(number).points]

    def series(self, number: int) -> Series:
        return self.shelf.papers.series(f"arxiv:2608.{number:05}")[0]

    def asked(self) -> list[str]:
        """Return the days of lists and the papers asked for since the last time, not by feeds, nor of arXiv."""
        asked = [each.query.get("date") or each.path for each in self.serving.requests]
        self.serving.requests.clear()
        return [each for each in asked if "limit=" not in each and not each.startswith("/api/query")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Serving() as serving:
        made = Site(serving, tmp_path)
        yield made
        made.shelf.close()


def test_counts_of_the_last_lists_are_seen_to_move(site: Site) -> None:
    site.lists[LISTED] = {1: 10, 2: 5}
    site.refresh()
    # A later list is the only one that the feed itself asks for.
    site.lists["2026-08-06"] = {3: 1}
    site.lists[LISTED] = {1: 14, 2: 5}
    site.refresh(days=1)
    site.lists[LISTED] = {1: 20, 2: 5}
    site.refresh(days=2)
    assert (site.upvotes(1), site.upvotes(2), site.upvotes(3)) == ([10, 14, None, 20], [5, 5, None, 5], [1, None, 1])
    entry = site.shelf.papers.entry("arxiv:2608.00001")
    assert entry is not None and (entry.upvotes, entry.day) == (20, date(2026, 8, 5))


def test_an_unchanged_list_was_asked_all_the_same(site: Site) -> None:
    site.lists[LISTED] = {1: 10}
    for days in (0, 1, 1):
        site.refresh(days=days)
    assert site.upvotes(1) == [10, 10, 10]
    answered = [each.headers.get("if-none-match") for each in site.serving.requests if each.query.get("date") == LISTED]
    assert answered[0] is None and all(answered[1:])


def test_nothing_is_added_or_announced_anew(site: Site) -> None:
    site.lists[LISTED] = {1: 10}
    site.refresh()
    site.shelf.papers.end_visit()
    site.lists[LISTED] = {1: 12, 7: 3}
    site.lists["2026-08-06"] = {2: 1}
    (outcome,) = site.refresh(days=1)
    assert (outcome.new, outcome.failure) == (1, "")
    assert site.shelf.papers.entry("arxiv:2608.00007") is None
    assert len(site.shelf.papers.browse(VIEWS[1], "is:new")) == 1
    entry = site.shelf.papers.entry("arxiv:2608.00001")
    assert entry is not None and [one.day for one in site.shelf.feeds.log.announcements(entry.id)] == [date(2026, 8, 5)]
    assert [feed.name for feed in site.shelf.feeds.log.all()] == ["HF daily"]
    series = site.series(1)
    assert (series.gained, series.since) == (2, date(2026, 8, 5))


def test_several_feeds_of_the_site_ask_once(site: Site) -> None:
    site.lists[LISTED] = {1: 10}
    site.refresh(DAILY, TRENDING)
    asked = site.asked()
    assert asked == [(date(2026, 8, 5) - timedelta(days=number)).isoformat() for number in range(14)]


def test_without_a_feed_of_the_site_nothing_is_asked(site: Site) -> None:
    site.lists[LISTED] = {1: 10}
    site.refresh()
    site.asked()
    site.serving.file("/lab.xml", b"<rss version='2.0'><channel><title>Lab</title></channel></rss>", "text/xml")
    site.refresh(Feed("Lab", "rss", f"{site.serving.url}/lab.xml"))
    assert site.asked() == ["/lab.xml"]


def test_two_readlists_that_refresh_at_once_count_once(site: Site, tmp_path: Path) -> None:
    site.lists[LISTED] = {number: number for number in range(1, 19)}
    site.refresh()
    site.now += timedelta(days=1)
    site.lists[LISTED] = {number: number + 5 for number in range(1, 19)}
    other = make_shelf(tmp_path, lambda: site.now)
    sites = Sites(huggingface=site.serving.url, arxiv=site.serving.url, doi=site.serving.url)
    outcomes: list[FetchOutcome] = []

    def refresh(shelf: Shelf) -> None:
        events = Refresh(shelf, sites, QUICK, clock=lambda: site.now).run([DAILY])
        outcomes.extend(event for event in events if isinstance(event, FetchOutcome))

    threads = [threading.Thread(target=refresh, args=(shelf,)) for shelf in (site.shelf, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.failure for outcome in outcomes] == ["", ""]
    for number in range(1, 19):
        entry = other.papers.entry(f"arxiv:2608.{number:05}")
        assert entry is not None and entry.upvotes == number + 5 and site.upvotes(number) == [number, number + 5]
        read = [(each.feed, each.day) for each in other.papers.count_log.sightings(entry.id)]
        assert len(read) == len(set(read))
    other.close()


class TestStarred:
    def test_a_starred_paper_of_an_old_list_is_asked_for_alone_once_a_day(self, site: Site) -> None:
        site.lists[LISTED] = {1: 10, 2: 10}
        site.refresh()
        star(site, 1)
        site.lists = {"2026-09-20": {9: 1}}
        site.alone = {1: 30, 2: 30}
        site.asked()
        site.refresh(days=46)
        assert [each for each in site.asked() if each.startswith("/")] == ["/api/papers/2608.00001"]
        site.refresh(days=0.1)
        assert not [each for each in site.asked() if each.startswith("/")]
        assert site.series(1).points[-1].count == 30
        site.refresh(days=1)
        assert site.upvotes(1) == [30, 30]

    def test_those_of_one_old_list_are_asked_for_by_it(self, site: Site) -> None:
        site.lists[LISTED] = {1: 10, 2: 10}
        site.refresh()
        star(site, 1, 2)
        site.lists = {"2026-09-20": {9: 1}, LISTED: {1: 11, 2: 12}}
        site.asked()
        site.refresh(days=46)
        assert site.asked()[14:] == [LISTED]
        assert (site.upvotes(1), site.upvotes(2)) == ([11], [12])

    def test_one_that_the_site_does_not_know_is_not_asked_for_again_soon(self, site: Site) -> None:
        site.lists[LISTED] = {1: 10}
        site.refresh()
        star(site, 1)
        site.lists = {}
        for days, asked in ((46, 1), (1, 0), (7, 1)):
            site.asked()
            site.refresh(days=days)
            assert len([each for each in site.asked() if each.startswith("/")]) == asked


class TestFaults:
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(500, {}, b"broken"),
            Answer(200, {"Content-Type": "application/json"}, b'[{"paper": '),
            Answer(200, {"Content-Type": "text/html"}, b"<html>captcha</html>"),
            Answer(429, {"Retry-After": "3600"}, b""),
        ],
        ids=["broken", "cut", "captcha", "too many"],
    )
    def test_a_failure_is_none_of_the_feed_and_what_was_answered_stays(self, site: Site, answer: Answer) -> None:
        site.lists = {"2026-08-04": {1: 10}, "2026-08-05": {2: 20}}
        site.refresh(Feed("HF daily", "huggingface", "2026-08-04"), Feed("HF day", "huggingface", "2026-08-05"))
        site.lists = {"2026-08-04": {1: 11}, "2026-08-05": {2: 21}, "2026-08-06": {3: 1}}
        site.fault["2026-08-04"] = answer
        site.asked()
        (outcome,) = site.refresh(days=1)
        assert (outcome.failure, outcome.new) == ("", 1)
        assert (site.upvotes(2), site.upvotes(1)) == ([20, 21], [10])
        # What asks for no more requests gets none; else the other lists are asked for.
        assert len(set(site.asked())) == (3 if answer.status == 429 else 14)
        if answer.status != 429:
            site.fault.clear()
            site.refresh(days=1)
            assert (site.upvotes(2), site.upvotes(1)) == ([20, 21, 21], [10, None, 11])

    def test_after_a_second_failure_nothing_more_is_asked(self, site: Site) -> None:
        site.lists[LISTED] = {1: 10}
        site.fault |= {f"2026-08-0{day}": Answer(404, {}, b"") for day in (1, 2, 3, 4)}
        site.refresh()
        assert site.asked() == ["2026-08-05", "2026-08-04", "2026-08-03"]

    def test_a_wait_that_was_asked_for_is_kept(self, site: Site) -> None:
        site.lists[LISTED] = {1: 10}
        site.fault["2026-08-04"] = Answer(429, {"Retry-After": "3600"}, b"")
        site.refresh()
        site.asked()
        (outcome,) = site.refresh()
        assert "asked for no requests before" in outcome.failure
        assert not site.serving.requests

    def test_if_no_feed_is_answered_nothing_else_is_asked(self, site: Site) -> None:
        site.lists[LISTED] = {1: 10}
        site.fault[""] = Answer(404, {}, b"")
        (outcome,) = site.refresh()
        assert outcome.failure and site.asked() == []

    def test_a_refresh_that_is_stopped_counts_nothing(self, site: Site) -> None:
        site.lists[LISTED] = {1: 10}
        site.refresh()
        site.now += timedelta(days=1)
        sites = Sites(huggingface=site.serving.url, arxiv=site.serving.url, doi=site.serving.url)
        refresh = Refresh(site.shelf, sites, QUICK, clock=lambda: site.now)
        refresh.stop()
        assert list(refresh.run([DAILY])) == []
        assert site.upvotes(1) == [10]


def star(site: Site, *numbers: int) -> None:
    ids = list(site.shelf.papers.ids_of([f"arxiv:2608.{number:05}" for number in numbers]).values())
    site.shelf.marks.apply(site.shelf.papers.entries(ids), starred=True)[1].result(60)
