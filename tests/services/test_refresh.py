"""Refreshing feeds: each has its own outcome, what failed changes nothing, and nothing hides the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.model.feed import ADDED, Feed
from readlist.services import Progress
from readlist.services.refresh import Event, Refresh, describe
from readlist.shelf import VIEWS, FetchOutcome, LibraryError, Shelf
from readlist.shelf.feed_shelf import FeedShelf
from readlist.sources.batch import Batch
from readlist.sources.http.endpoints import Limits, Sites
from tests.support.feeds import answer as arxiv_answer
from tests.support.feeds import entry, record
from tests.support.http import QUICK, Answer, Serving
from tests.support.papers import Clock, make_batch, make_paper, make_shelf

NOW = datetime(2026, 8, 5, 12, tzinfo=UTC)
DAILY = Feed("HF daily", "huggingface", "daily")
LAB = "<rss version='2.0'><channel><title>Lab</title>{}</channel></rss>"
ITEM = (
    "<item><title>Lab paper {0}</title><link>https://lab.example/{0}</link><description>We did it.</description></item>"
)


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, Clock())
    yield made
    made.close()


@pytest.fixture
def refresh(shelf: Shelf, server: Serving) -> Callable[[Limits], Refresh]:
    """Makes what asks the server's feeds for the shelf."""

    def make(limits: Limits = QUICK) -> Refresh:
        return Refresh(shelf, sites(server), limits, clock=lambda: NOW)

    return make


def sites(server: Serving) -> Sites:
    return Sites(huggingface=server.url, arxiv=server.url, arxiv_rss=server.url, doi=f"{server.url}/doi")


def lab(server: Serving, path: str = "/lab.xml", papers: int = 2) -> Feed:
    server.file(path, LAB.format("".join(ITEM.format(n) for n in range(papers))).encode(), "application/rss+xml")
    return Feed(f"Lab {path.strip('/')}", "rss", f"{server.url}{path}")


def outcomes_of(events: Iterable[Event]) -> Iterator[FetchOutcome]:
    """Yield what became of feeds, without how far they were."""
    return (event for event in events if isinstance(event, FetchOutcome))


def papers(shelf: Shelf) -> int:
    return shelf.library.counts().papers


def test_each_feed_has_its_own_outcome(shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]) -> None:
    server.json("/api/daily_papers", [record(1), record(2)])
    server.route("/broken.xml", lambda request: Answer(200, {}, b"<html>sign in</html>"))
    broken = Feed("Broken", "rss", f"{server.url}/broken.xml")
    events = list(refresh().run([broken, DAILY, lab(server)]))
    outcomes = {event.feed: event for event in events if isinstance(event, FetchOutcome)}
    arrived: dict[str, list[int]] = {}
    for event in events:
        if isinstance(event, Progress):
            arrived.setdefault(event.name, []).append(event.done)
    assert (outcomes["HF daily"].new, outcomes["Lab lab.xml"].new) == (2, 2)
    assert outcomes["Broken"].failure
    assert papers(shelf) == 4
    assert arrived["HF daily"] == [0, 2]
    assert set(arrived) == {"Broken", "HF daily", "Lab lab.xml"}


def test_nothing_new_differs_from_failed(server: Serving, refresh: Callable[..., Refresh]) -> None:
    server.json("/api/daily_papers", [record(1)])
    (first,) = outcomes_of(refresh().run([DAILY]))
    (second,) = outcomes_of(refresh().run([DAILY]))
    server.route("/api/daily_papers", lambda request: Answer(500, {}, b""))
    (third,) = outcomes_of(refresh().run([DAILY]))
    assert describe(first, NOW) == "1 new, 0 known"
    assert describe(second, NOW) == "nothing new"
    assert describe(third, NOW).startswith("failed: ")
    assert third.last_good is not None
    assert "HF daily" not in describe(third, NOW)


def test_a_failure_changes_nothing_that_is_stored(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]
) -> None:
    server.json("/api/daily_papers", [record(1), record(2)])
    list(refresh().run([DAILY]))
    before = shelf.papers.entries(list(shelf.papers.browse(VIEWS[1])))
    good = shelf.feeds.log.fetches()["HF daily"]
    for body in (b"", b"<html>", b"[{", b'{"error": 1}'):
        answer = Answer(200, {}, body)
        server.route("/api/daily_papers", lambda request, answer=answer: answer)  # type: ignore[misc]
        (outcome,) = outcomes_of(refresh().run([DAILY]))
        assert outcome.failure
    assert shelf.papers.entries(list(shelf.papers.browse(VIEWS[1]))) == before
    now = shelf.feeds.log.fetches()["HF daily"]
    assert (now.good, now.validators) == (good.good, good.validators)
    assert now.failure


def test_a_stalled_feed_holds_up_no_other(shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]) -> None:
    gate = threading.Event()
    server.route("/stalled.xml", lambda request: Answer(200, {}, b"<rss/>", stall=gate))
    stalled = Feed("Stalled", "rss", f"{server.url}/stalled.xml")
    # Another host name is another site: one site is asked one question at a time.
    other = lab(server)
    other = Feed(other.name, "rss", other.query.replace("127.0.0.1", "localhost"))
    outcomes = outcomes_of(refresh().run([stalled, other]))
    assert next(outcomes).feed == other.name
    assert papers(shelf) == 2
    gate.set()
    assert next(outcomes).feed == "Stalled"


@pytest.mark.slow
def test_a_feed_that_drips_is_given_up_at_the_deadline(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]
) -> None:
    server.route("/drips.xml", lambda request: Answer(200, {}, b"<rss>" * 1000, drip=1))
    drips = Feed("Drips", "rss", server.url.replace("127.0.0.1", "localhost") + "/drips.xml")
    first, second = outcomes_of(refresh(replace(QUICK, total=10.0)).run([drips, lab(server)]))
    assert (first.feed, first.new) == ("Lab lab.xml", 2)
    assert second.failure == "Drips: localhost:{} took longer than 10 s; try again later".format(
        server.url.rpartition(":")[2]
    )


def test_only_the_thread_of_the_caller_stores(
    server: Serving, refresh: Callable[..., Refresh], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.json("/api/daily_papers", [record(1)])
    take, threads = FeedShelf.take, set()

    def noted(self: FeedShelf, feed: Feed, batch: Batch, *, before: FetchOutcome | None, record: bool) -> FetchOutcome:
        threads.add(threading.current_thread())
        return take(self, feed, batch, before=before, record=record)

    monkeypatch.setattr(FeedShelf, "take", noted)
    assert len(list(outcomes_of(refresh().run([DAILY, lab(server)])))) == 2
    assert threads == {threading.current_thread()}


def test_a_feed_of_a_site_waits_for_the_one_before_it(server: Serving, refresh: Callable[..., Refresh]) -> None:
    feeds = [lab(server, f"/{name}.xml") for name in "abcd"]
    events = list(refresh().run(feeds))
    under_way = [event.name for event in events if isinstance(event, Progress) and not event.done]
    assert under_way == [outcome.feed for outcome in outcomes_of(events)] == [feed.name for feed in feeds]


def test_whoever_leaves_off_begins_no_further_site(
    server: Serving, refresh: Callable[..., Refresh], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readlist.services.refresh._THREADS", 1)
    gate = threading.Event()
    server.route("/stalled.xml", lambda request: Answer(200, {}, b"<rss/>", stall=gate))
    stalled = Feed("Stalled", "rss", server.url.replace("127.0.0.1", "localhost") + "/stalled.xml")
    before = set(threading.enumerate())
    events = refresh(QUICK).run([stalled, lab(server)])
    assert next(events) == Progress(0, 0, "papers", "Stalled")
    (thread,) = [one for one in threading.enumerate() if one not in before and one.name.startswith("feeds-")]
    events.close()
    gate.set()
    thread.join(10)
    assert not thread.is_alive()
    assert "/lab.xml" not in [request.path for request in server.requests]


def test_stopping_ends_a_fetch_that_waits(shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]) -> None:
    arrived, gate = threading.Event(), threading.Event()

    def answer(request: object) -> Answer:
        arrived.set()
        return Answer(200, {}, b"[]", stall=gate)

    server.route("/api/daily_papers", answer)
    asking = refresh(QUICK)
    done: list[FetchOutcome] = []
    thread = threading.Thread(target=lambda: done.extend(outcomes_of(asking.run([DAILY]))))
    thread.start()
    assert arrived.wait(60)
    asking.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert done == []
    assert "HF daily" not in shelf.feeds.log.fetches()
    gate.set()


def test_what_was_asked_lately_is_not_due(shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]) -> None:
    server.json("/api/daily_papers", [record(1)])
    other = Feed("Other", "huggingface", "trending")
    assert refresh().due([DAILY, other], timedelta(hours=6)) == [DAILY, other]
    list(refresh().run([DAILY]))
    good = shelf.feeds.log.fetches()["HF daily"].good
    assert good is not None

    def later(hours: float) -> Refresh:
        return Refresh(shelf, sites(server), QUICK, clock=lambda: good + timedelta(hours=hours))

    assert later(5.9).due([DAILY, other], timedelta(hours=6)) == [other]
    assert later(6.0).due([DAILY, other], timedelta(hours=6)) == [DAILY, other]
    assert later(1000).due([DAILY, other], None) == []


def test_what_is_asked_but_once_leaves_no_trace_of_a_feed(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]
) -> None:
    server.json("/api/daily_papers", [record(1)])
    (outcome,) = outcomes_of(refresh().run([DAILY], record=False))
    assert outcome.new == 1
    assert shelf.feeds.log.fetches() == {}


def test_papers_added_without_a_network_are_filled_in_at_the_next_fetch(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]
) -> None:
    nowhere = Refresh(shelf, Sites(*["http://127.0.0.1:9"] * 4), QUICK, clock=lambda: NOW)
    addition = nowhere.add(["arxiv:2608.00007"])
    assert addition.keys == addition.waiting == addition.new == ("arxiv:2608.00007",)
    entry = shelf.papers.entry("arxiv:2608.00007")
    assert entry is not None and entry.paper.title == ""
    shelf.marks.apply([entry], starred=True)[1].result()
    (failed,) = outcomes_of(nowhere.run([]))
    assert failed.feed == ADDED and "still pending" in failed.failure
    server.json("/api/papers/2608.00007", record(7)["paper"])
    (outcome,) = outcomes_of(refresh().run([]))
    assert not outcome.failure
    entry = shelf.papers.entry("arxiv:2608.00007")
    assert entry is not None and entry.paper.title == "Paper 7" and entry.mark.starred
    assert list(outcomes_of(refresh().run([]))) == []


def test_an_id_that_no_site_knows_is_reported_and_goes_unless_it_was_marked(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]
) -> None:
    nowhere = Refresh(shelf, Sites(*["http://127.0.0.1:9"] * 4), QUICK, clock=lambda: NOW)
    nowhere.add(["arxiv:2608.00007", "arxiv:2608.00008"])
    entry = shelf.papers.entry("arxiv:2608.00008")
    assert entry is not None
    shelf.marks.apply([entry], starred=True)
    server.route("/api/query", lambda request: arxiv_answer())
    (outcome,) = outcomes_of(refresh().run([]))
    assert outcome.failure == "Added: not found: 2608.00007, 2608.00008; check the ids and add them again"
    assert shelf.papers.entry("arxiv:2608.00007") is None
    assert shelf.papers.entry("arxiv:2608.00008") is not None


@pytest.mark.parametrize(
    "wrong",
    [
        Answer(200, {}, arxiv_answer(entry(7)).body[:-400]),
        Answer(200, {}, b"<rss version='2.0'><channel><title>Portal</title></channel></rss>"),
        Answer(404),
        Answer(503),
    ],
    ids=["cut", "another feed", "not found", "busy"],
)
def test_an_answer_that_can_not_be_relied_on_takes_nothing_away(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh], wrong: Answer
) -> None:
    nowhere = Refresh(shelf, Sites(*["http://127.0.0.1:9"] * 4), QUICK, clock=lambda: NOW)
    nowhere.add(["arxiv:2608.00007", "arxiv:2608.00008", "doi:10.1000/norms"])
    server.route("/api/query", lambda request: wrong)
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.route("/doi/10.1000/norms", lambda request: Answer(302, {"Location": f"{elsewhere}/portal"}))
    (outcome,) = outcomes_of(refresh().run([]))
    assert "still pending" in outcome.failure
    assert papers(shelf) == 3


def test_a_library_that_is_busy_costs_one_feed_alone(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.json("/api/daily_papers", [record(1)])
    take = FeedShelf.take
    reported: list[str] = []

    def busy_once(
        self: FeedShelf, feed: Feed, batch: Batch, *, before: FetchOutcome | None, record: bool
    ) -> FetchOutcome:
        if not reported:
            reported.append(feed.name)
            raise LibraryError("the library is busy")
        return take(self, feed, batch, before=before, record=record)

    monkeypatch.setattr(FeedShelf, "take", busy_once)
    first, second = outcomes_of(refresh().run([DAILY, lab(server)]))
    assert (first.feed, first.failure) == (reported[0], f"{reported[0]}: the library is busy")
    assert not second.failure and second.new > 0


def test_what_is_passed_over_is_named(shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]) -> None:
    server.json("/api/daily_papers", [record(1), {"paper": {"title": "No id"}}])
    (outcome,) = outcomes_of(refresh().run([DAILY]))
    assert outcome.new == 1 and len(outcome.skipped) == 1 and "No id" in outcome.skipped[0]
    assert describe(outcome, NOW) == "1 new, 0 known, 1 skipped"


def test_papers_that_wait_hold_up_no_feed(shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]) -> None:
    Refresh(shelf, Sites(*["http://127.0.0.1:9"] * 4), QUICK, clock=lambda: NOW).add(["arxiv:2608.00007"])
    never = threading.Event()
    server.route("/api/papers/2608.00007", lambda request: Answer(200, {}, b"{}", stall=never))
    feed = lab(server)
    assert next(outcomes_of(refresh(QUICK).run([feed]))).feed == feed.name
    never.set()


def test_an_added_paper_that_is_known_stays_one_paper(
    shelf: Shelf, server: Serving, refresh: Callable[..., Refresh]
) -> None:
    shelf.papers.add(make_batch([make_paper(7)]))
    server.json("/api/papers/2608.00007", record(7)["paper"])
    addition = refresh().add(["arxiv:2608.00007"])
    assert (addition.keys, addition.new, addition.waiting) == (("arxiv:2608.00007",), (), ())
    assert papers(shelf) == 1


def test_a_failure_tells_when_all_was_well() -> None:
    outcome = FetchOutcome("Lab", failure="Lab: no such host", last_good=NOW - timedelta(minutes=30))
    assert describe(outcome, NOW) == "failed: no such host (last good 30 min ago)"
    assert describe(FetchOutcome("Lab", unchanged=True), NOW) == "nothing new"
    assert describe(FetchOutcome("Lab", new=1200, known=3), NOW) == "1,200 new, 3 known"
