"""Starred and noted papers are asked about again once a week, without a feed that names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from readlist.model.feed import YOURS, Feed
from readlist.query import parse
from readlist.services.refresh import Refresh, describe
from readlist.shelf import FetchOutcome, Shelf
from readlist.sources.http.endpoints import Sites
from tests.support.feeds import answer
from tests.support.http import QUICK, Answer, Request, Serving
from tests.support.papers import make_batch, make_paper, make_shelf

START = datetime(2026, 8, 2, 9, tzinfo=UTC)
COMMENT = '<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">{}</arxiv:comment>'


class Calendar:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def pass_days(self, days: float) -> None:
        """Move on by days."""
        self.now += timedelta(days=days)


class FakeApi:
    """Plays the API of arXiv: each paper with its version and comment.

    Attributes:
        versions: by number of the paper, its latest version.
        comments: likewise, its comment.
        asked: the ids asked about, a list a request.
        fault: what is answered instead, if set.
    """

    def __init__(self, server: Serving) -> None:
        self.versions: dict[int, int] = {}
        self.comments: dict[int, str] = {}
        self.asked: list[list[str]] = []
        self.fault: Answer | None = None
        server.route("/api/query", self._answer)

    def _answer(self, request: Request) -> Answer:
        ids = request.query["id_list"].split(",")
        assert int(request.query["max_results"]) >= len(ids)
        self.asked.append(ids)
        return self.fault or answer(*(self._entry(int(each.partition(".")[2])) for each in ids))

    def _entry(self, number: int) -> str:
        version = self.versions.get(number, 1)
        return (
            f"<entry><id>http://arxiv.org/abs/2608.{number:05}v{version}</id><title>Paper {number}</title>"
            f"<published>2026-08-01T00:00:00Z</published><updated>2026-08-{version + 4:02}T00:00:00Z</updated>"
            f"<summary>We study it.</summary>{COMMENT.format(self.comments.get(number, '9 pages'))}</entry>"
        )


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def api(server: Serving) -> FakeApi:
    return FakeApi(server)


@pytest.fixture
def clock() -> Calendar:
    return Calendar()


@pytest.fixture
def shelf(tmp_path: Path, clock: Calendar) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def fetch(shelf: Shelf, server: Serving, clock: Calendar) -> Callable[..., list[FetchOutcome]]:
    """Fetches feeds, and gives their outcomes."""

    def run(*feeds: Feed) -> list[FetchOutcome]:
        sites = Sites(huggingface=server.url, arxiv=server.url, arxiv_rss=server.url, doi=f"{server.url}/doi")
        events = Refresh(shelf, sites, QUICK, clock=clock).run(feeds)
        return [event for event in events if isinstance(event, FetchOutcome)]

    return run


def stock(shelf: Shelf, clock: Calendar, papers: int, *, starred: int) -> None:
    """Add papers in their first version, and star the first of them an hour later."""
    shelf.papers.add(make_batch([make_paper(number, version=1) for number in range(papers)]))
    clock.pass_days(1 / 24)
    shelf.marks.apply_all(shelf.papers.select(parse(""))[:starred], starred=True, label="x").result(timeout=60)


def count(shelf: Shelf, query: str) -> int:
    return len(shelf.papers.select(parse(query)))


def test_a_newer_version_and_a_withdrawal_are_news(
    shelf: Shelf, clock: Calendar, api: FakeApi, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 4, starred=3)
    clock.pass_days(8)
    api.versions = {0: 3, 1: 2}
    api.comments = {1: "This paper has been withdrawn due to a sign error"}
    (outcome,) = fetch()
    assert (outcome.feed, outcome.known, outcome.revised, outcome.failure) == (YOURS, 3, 2, "")
    assert describe(outcome, clock.now) == "news of 2 papers, 3 asked about"
    assert (count(shelf, "is:revised"), count(shelf, "is:withdrawn"), count(shelf, "comment:pages")) == (2, 1, 2)
    entry = shelf.papers.entry("arxiv:2608.00000")
    assert entry is not None and entry.revision is not None
    assert (entry.paper.version, entry.revision.since.isoformat()) == (3, "2026-08-07")


def test_no_paper_is_announced_anew(
    shelf: Shelf, clock: Calendar, api: FakeApi, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 3, starred=2)
    shelf.papers.visits.end(clock.now)
    before = [(entry.day, entry.feed, entry.position) for entry in shelf.papers.entries([1, 2, 3])]
    clock.pass_days(8)
    api.versions = {0: 2}
    fetch()
    assert [(entry.day, entry.feed, entry.position) for entry in shelf.papers.entries([1, 2, 3])] == before
    assert len(shelf.feeds.log.announcements(1)) == 1
    assert count(shelf, "is:new") == 0


def test_they_are_asked_about_once_a_week(
    shelf: Shelf, clock: Calendar, api: FakeApi, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 4, starred=2)
    assert fetch() == []
    clock.pass_days(8)
    assert len(fetch()) == 1
    assert fetch() == []
    clock.pass_days(6)
    assert fetch() == []
    clock.pass_days(1.1)
    assert [outcome.revised for outcome in fetch()] == [0]
    assert api.asked == [["2608.00000", "2608.00001"]] * 2


def test_many_are_asked_about_a_hundred_at_a_time_and_a_failure_goes_on_where_it_was(
    shelf: Shelf, server: Serving, clock: Calendar, api: FakeApi, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 250, starred=250)
    clock.pass_days(8)
    real = api._answer

    def fails_second(request: Request) -> Answer:
        return Answer(404) if len(api.asked) == 1 else real(request)

    server.route("/api/query", fails_second)
    (outcome,) = fetch()
    assert outcome.known == 100
    assert outcome.failure.startswith(f"{YOURS}: ")
    assert describe(outcome, clock.now).startswith("arXiv could not be asked: ")
    server.route("/api/query", real)
    (outcome,) = fetch()
    assert (outcome.known, outcome.failure) == (150, "")
    assert [len(ids) for ids in api.asked] == [100, 100, 50]
    assert len({each for ids in api.asked for each in ids}) == 250


def test_a_falsely_empty_answer_is_no_answer(
    shelf: Shelf, clock: Calendar, api: FakeApi, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 3, starred=3)
    clock.pass_days(8)
    api.fault = answer(total=0)
    (outcome,) = fetch()
    assert "empty answer" in outcome.failure
    api.fault = None
    (outcome,) = fetch()
    assert (outcome.known, outcome.failure) == (3, "")


def test_a_failure_is_no_failure_of_a_feed(
    shelf: Shelf, server: Serving, clock: Calendar, api: FakeApi, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 1, starred=1)
    clock.pass_days(8)
    server.file("/lab.xml", b"<rss version='2.0'><channel><title>Lab</title></channel></rss>", "application/rss+xml")
    api.fault = Answer(503)
    lab, yours = fetch(Feed("Lab", "rss", f"{server.url}/lab.xml"))
    assert (lab.feed, lab.failure) == ("Lab", "")
    assert yours.feed == YOURS and yours.failure
    assert [fetch.failure for fetch in shelf.feeds.log.fetches().values()] == [""]


def test_one_that_stops_has_what_was_stored(shelf: Shelf, server: Serving, clock: Calendar, api: FakeApi) -> None:
    stock(shelf, clock, 150, starred=150)
    clock.pass_days(8)
    sites = Sites(huggingface=server.url, arxiv=server.url, arxiv_rss=server.url, doi=f"{server.url}/doi")
    run = Refresh(shelf, sites, QUICK, clock=clock).run([])
    next(run)
    next(run)
    run.close()
    assert len(shelf.revisions.due()) == 50


def test_without_a_network_nothing_is_asked(
    shelf: Shelf, clock: Calendar, fetch: Callable[..., list[FetchOutcome]], api: FakeApi
) -> None:
    stock(shelf, clock, 1, starred=1)
    clock.pass_days(8)
    (lab,) = fetch(Feed("Lab", "rss", "http://127.0.0.1:9/lab.xml"))
    assert lab.silent
    assert api.asked == []


def test_reading_a_paper_ends_its_news_and_undo_brings_it_back(
    shelf: Shelf, clock: Calendar, api: FakeApi, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 1, starred=1)
    (entry,) = shelf.papers.entries([1])
    shelf.marks.apply([entry], read=True)[1].result(timeout=60)
    clock.pass_days(8)
    api.versions = {0: 2}
    fetch()
    (entry,) = shelf.papers.entries([1])
    assert entry.is_news
    clock.pass_days(1)
    after, done = shelf.marks.apply([entry], read=True, label="marked read")
    done.result(timeout=60)
    assert not after[0].is_news
    assert count(shelf, "is:revised") == 0
    shelf.marks.undo().result(timeout=60)
    (again,) = shelf.papers.entries([1])
    assert again.is_news and again.mark.read == entry.mark.read
    assert count(shelf, "is:revised") == 1


def test_a_list_that_names_a_newer_version_brings_news_of_the_known_paper(
    shelf: Shelf, server: Serving, clock: Calendar, fetch: Callable[..., list[FetchOutcome]]
) -> None:
    stock(shelf, clock, 2, starred=1)
    clock.pass_days(1)
    items = "".join(
        f"<item><title>Paper {number}</title><link>https://arxiv.org/abs/2608.{number:05}</link>"
        f"<guid>oai:arXiv.org:2608.{number:05}v2</guid><arxiv:announce_type>replace</arxiv:announce_type></item>"
        for number in range(2)
    )
    body = (
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel>'
        f"<title>cs.LG updates on arXiv.org</title><pubDate>Mon, 03 Aug 2026 00:00:00 -0400</pubDate>"
        f"{items}</channel></rss>"
    )
    server.file("/list.xml", body.encode(), "application/rss+xml")
    (outcome,) = fetch(Feed("cs.LG", "rss", f"{server.url}/list.xml"))
    assert (outcome.new, outcome.known, outcome.revised) == (0, 0, 1)
    assert describe(outcome, clock.now) == "nothing new, news of 1 paper of yours"
    assert (count(shelf, "is:revised"), count(shelf, "is:new")) == (1, 2)
    assert shelf.papers.entries([2])[0].paper.version == 2
