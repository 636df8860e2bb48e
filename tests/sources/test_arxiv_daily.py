"""arXiv's daily lists: what a fetch asks for, what it gives, and what it says of what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest

from readlist.model.feed import Feed
from readlist.model.list_day import ListDay, ListMemory
from readlist.sources.batch import Batch, FeedRequest, Validator
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.sites.arxiv import Arxiv
from tests.support.arxiv_server import ArxivServer
from tests.support.http import QUICK
from tests.support.preprints import Preprints

FRIDAY = date(2026, 11, 13)
THURSDAY, WEDNESDAY = date(2026, 11, 12), date(2026, 11, 11)
LEARNING = Feed("Learning", "arxiv", "daily:cs.LG")
BOTH = Feed("Both", "arxiv", "daily:cs.CL+cs.LG")


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    """Plays arXiv on a Friday."""
    with ArxivServer() as serving:
        serving.go_to(FRIDAY)
        yield serving


@pytest.fixture
def http(server: ArxivServer) -> Iterator[Http]:
    with Http(server.sites, QUICK) as client:
        yield client


NOTHING = ListMemory()


class Fetched:
    """What a fetch gave: the last batch, and the pieces before."""

    def __init__(
        self,
        http: Http,
        server: ArxivServer,
        feed: Feed = LEARNING,
        *,
        memory: ListMemory = NOTHING,
        since: date | None = None,
        validators: dict[str, Validator] | None = None,
    ) -> None:
        before = len(server.requests)
        self.pieces: list[Batch] = []
        self.batch = Arxiv(http).fetch(
            FeedRequest(feed, server.now.date(), since, validators or {}, memory=memory, store=self.pieces.append)
        )
        self.remarks = [remark.replace(urlsplit(server.url).netloc, "HOST") for remark in self.batch.remarks]
        self.failure = self.batch.failure.replace(urlsplit(server.url).netloc, "HOST")
        self.asked = [urlsplit(request.path).path for request in server.requests[before:]]

    @property
    def announced(self) -> dict[date, set[str]]:
        """The ids given for each day, without what merely updates papers."""
        days: dict[date, set[str]] = {}
        for piece in self.pieces:
            for paper, place in piece.items:
                if not piece.update and piece.kinds.get(paper.key) != "replaced":
                    assert place.day is not None
                    days.setdefault(place.day, set()).add(paper.arxiv)
        return days

    @property
    def days(self) -> dict[date, int | None]:
        """How many papers the lists say each day has."""
        return {day.day: day.announced for piece in self.pieces for day in piece.days}


def truth(server: ArxivServer, day: date, *categories: str) -> set[str]:
    """The ids announced on a day."""
    return {each.id for name in categories for each in server.world.announced(name, day)}


def whole(*days: date) -> ListMemory:
    return ListMemory(tuple(ListDay(day, 1, 1) for day in days))


def test_the_first_fetch_reads_one_page_a_category(server: ArxivServer, http: Http) -> None:
    found = Fetched(http, server, BOTH)
    assert found.batch.failure == "" and found.batch.remarks == ()
    assert found.asked == ["/list/cs.CL/new", "/list/cs.LG/new"]
    assert found.announced == {FRIDAY: truth(server, FRIDAY, "cs.CL", "cs.LG")}
    assert found.days == {FRIDAY: len(truth(server, FRIDAY, "cs.CL", "cs.LG"))}


def test_papers_have_their_abstracts_and_what_kind_of_news_they_are(server: ArxivServer, http: Http) -> None:
    (piece,) = Fetched(http, server).pieces
    assert all(paper.abstract and paper.title and paper.authors for paper, _ in piece.items)
    given = {paper.arxiv: piece.kinds[paper.key] for paper, _ in piece.items}
    listed = [*server.world.announced("cs.LG", FRIDAY), *server.world.replaced("cs.LG", FRIDAY)]
    assert set(given) == {each.id for each in listed}
    assert {name for name, kind in given.items() if kind == "replaced"} == {
        each.id for each in server.world.replaced("cs.LG", FRIDAY)
    }


def test_days_that_were_missed_are_read_from_the_past_week_and_their_abstracts_from_the_api(
    server: ArxivServer, http: Http
) -> None:
    found = Fetched(http, server, memory=whole(date(2026, 11, 10)), since=date(2026, 11, 10))
    assert found.asked == ["/list/cs.LG/new", "/list/cs.LG/pastweek", "/api/query"]
    assert found.announced == {day: truth(server, day, "cs.LG") for day in (WEDNESDAY, THURSDAY, FRIDAY)}
    assert found.days == {day: len(truth(server, day, "cs.LG")) for day in (WEDNESDAY, THURSDAY, FRIDAY)}
    updates = {paper.arxiv for piece in found.pieces if piece.update for paper, _ in piece.items if paper.abstract}
    assert updates == truth(server, WEDNESDAY, "cs.LG") | truth(server, THURSDAY, "cs.LG")


def test_what_the_api_does_not_have_yet_is_said(server: ArxivServer, http: Http) -> None:
    server.lag = timedelta(days=3)
    found = Fetched(http, server, memory=whole(WEDNESDAY), since=WEDNESDAY)
    assert found.announced[THURSDAY] == truth(server, THURSDAY, "cs.LG")
    (remark,) = found.batch.remarks
    assert remark.startswith("abstracts of ") and remark.endswith("does not have them yet; the next fetch tries again")


def test_nothing_new_is_one_short_page_a_category(server: ArxivServer, http: Http) -> None:
    found = Fetched(http, server, BOTH, memory=whole(FRIDAY), since=FRIDAY)
    assert found.batch.unchanged and found.pieces == []
    assert found.asked == ["/list/cs.CL/new", "/list/cs.LG/new"]
    assert all(request.query["show"] == "25" for request in server.requests)


def test_a_list_that_has_not_changed_is_not_sent_again(server: ArxivServer, http: Http) -> None:
    server.etags = ("/list/",)
    first = Fetched(http, server)
    again = Fetched(http, server, memory=whole(FRIDAY), since=FRIDAY, validators=dict(first.batch.validators))
    assert (again.batch.unchanged, again.pieces, again.asked) == (True, [], ["/list/cs.LG/new"])
    assert again.batch.validators == first.batch.validators


def test_a_list_longer_than_a_page_is_read_whole(server: ArxivServer, http: Http) -> None:
    server.page = 3
    found = Fetched(http, server, memory=whole(WEDNESDAY), since=WEDNESDAY)
    assert found.announced == {day: truth(server, day, "cs.LG") for day in (THURSDAY, FRIDAY)}


def test_a_holiday_is_a_day_without_papers(server: ArxivServer, http: Http) -> None:
    server.world = Preprints(holidays=frozenset({THURSDAY}))
    found = Fetched(http, server, memory=whole(WEDNESDAY), since=WEDNESDAY)
    assert found.days[THURSDAY] == 0


def test_days_of_weeks_ago_are_read_one_by_one(server: ArxivServer, http: Http) -> None:
    monday = date(2026, 11, 2)
    found = Fetched(http, server, memory=whole(monday), since=monday)
    days = [day for day in server.world.published(server.now) if day > monday]
    assert found.announced == {day: truth(server, day, "cs.LG") for day in days}
    assert found.days == {day: len(truth(server, day, "cs.LG")) for day in days}
    assert found.batch.remarks == ()


def test_what_a_fallback_brought_does_not_make_up_for_what_a_list_lacks(server: ArxivServer, http: Http) -> None:
    # The list of this day is cut off among the cross-lists, of which it says how many there are.
    server.world, day = Preprints(3), date(2026, 11, 16)
    server.go_to(day)
    server.fail("/list/cs.LG/new", "cut")
    server.fail("/list/cs.LG/pastweek", "unavailable")
    alone = Fetched(http, server)
    assert alone.days[day] == len(truth(server, day, "cs.LG")) > len(alone.announced[day])
    found = Fetched(http, server, memory=ListMemory((ListDay(day, None, 3),)), since=day)
    assert found.days[day] is None


def test_a_list_of_weeks_ago_that_is_empty_by_mistake_is_not_believed(server: ArxivServer, http: Http) -> None:
    server.fail("/catchup/", "empty")
    found = Fetched(http, server, memory=whole(date(2026, 11, 2)), since=date(2026, 11, 2))
    assert found.days[date(2026, 11, 3)] is None
    assert date(2026, 11, 3) not in found.announced


def test_a_holiday_of_weeks_ago_is_a_day_without_papers(server: ArxivServer, http: Http) -> None:
    holiday = date(2026, 11, 3)
    server.world = Preprints(holidays=frozenset({holiday}))
    others = tuple(ListDay(day, 1, 1) for day in reversed(server.world.published(server.now)[-8:]))
    memory = ListMemory((*others, ListDay(holiday, None, 0)))
    found = Fetched(http, server, memory=memory, since=holiday)
    assert (found.days[holiday], found.batch.remarks) == (0, ())


def test_days_that_no_list_has_any_more_are_named(server: ArxivServer, http: Http) -> None:
    server.fail("/catchup/", "maintenance")
    found = Fetched(http, server, memory=whole(date(2026, 11, 2)), since=date(2026, 11, 2))
    said = "HOST sent another page instead of a list; try again later"
    assert found.remarks == [f"Tue 3 Nov to Thu 5 Nov: 3 days not fetched in time: {said}"]
    assert found.days[date(2026, 11, 3)] is None and found.days[date(2026, 11, 9)] is not None


def test_where_the_list_of_the_past_week_can_not_be_read_the_lists_of_its_days_are(
    server: ArxivServer, http: Http
) -> None:
    server.fail("/list/cs.LG/pastweek", "unavailable")
    found = Fetched(http, server, memory=whole(WEDNESDAY), since=WEDNESDAY)
    assert found.announced == {day: truth(server, day, "cs.LG") for day in (THURSDAY, FRIDAY)}
    assert found.remarks == []
    server.fail("/catchup/", "unavailable")
    found = Fetched(http, server, memory=whole(WEDNESDAY), since=WEDNESDAY)
    assert found.remarks == ["days that were missed: HOST answered 503 (server error); try again later"]
    assert found.days[THURSDAY] is None


def test_a_list_of_an_earlier_day_is_named(server: ArxivServer, http: Http) -> None:
    server.fail("/list/", "stale")
    found = Fetched(http, server, memory=whole(THURSDAY), since=THURSDAY)
    assert found.batch.remarks == ("arXiv still serves the list of Thu 12 Nov",)


@pytest.mark.parametrize("kind", ["unavailable", "maintenance", "captcha", "layout", "too many"])
def test_where_a_list_can_not_be_read_rss_is(server: ArxivServer, http: Http, kind: str) -> None:
    server.fail("/list/", kind)  # type: ignore[arg-type]
    found = Fetched(http, server)
    assert found.batch.failure == ""
    assert found.announced == {FRIDAY: truth(server, FRIDAY, "cs.LG")}
    assert found.days == {FRIDAY: None}
    (remark,) = found.remarks
    assert remark.startswith("cs.LG: read from RSS: HOST ")


def test_where_rss_can_not_be_read_either_the_api_is(server: ArxivServer, http: Http) -> None:
    server.fail("/list/", "maintenance")
    server.fail("/rss/", "unavailable")
    found = Fetched(http, server)
    assert found.batch.failure == "" and found.announced
    assert found.batch.remarks[0].startswith("cs.LG: read from its API: ")
    assert all(announced is None for announced in found.days.values())


def test_where_nothing_can_be_read_it_is_a_failure_in_one_line(server: ArxivServer, http: Http) -> None:
    server.fail("/", "maintenance")
    found = Fetched(http, server)
    assert found.failure == "Learning: HOST sent another page instead of a list; try again later"
    assert found.batch.items == () and found.announced == {}


def test_a_category_that_can_not_be_read_does_not_cost_the_others(server: ArxivServer, http: Http) -> None:
    server.fail("/list/cs.CL", "maintenance")
    server.fail("/rss/", "unavailable")
    server.fail("/api/", "unavailable")
    found = Fetched(http, server, BOTH)
    assert found.batch.failure == ""
    assert found.announced == {FRIDAY: truth(server, FRIDAY, "cs.LG")}
    assert found.days == {FRIDAY: None}
    assert found.remarks == ["cs.CL: HOST sent another page instead of a list; try again later"]


def test_a_category_that_arxiv_does_not_have_is_named(server: ArxivServer, http: Http) -> None:
    found = Fetched(http, server, Feed("Odd", "arxiv", "daily:cs.XX"))
    assert found.batch.failure.startswith("Odd: arXiv has no list of cs.XX; did you mean ")


def test_a_list_that_is_empty_by_mistake_is_read_from_rss(server: ArxivServer, http: Http) -> None:
    server.fail("/list/", "empty")
    found = Fetched(http, server)
    assert found.announced == {FRIDAY: truth(server, FRIDAY, "cs.LG")}
    assert found.days == {FRIDAY: None}
    assert found.remarks == ["cs.LG: read from RSS: HOST sent an empty list; try again later"]


def test_a_day_on_which_a_small_category_has_nothing_is_whole(server: ArxivServer, http: Http) -> None:
    worlds = (Preprints(seed) for seed in range(1, 100))
    found_in = ((world, day) for world in worlds for day in world.days[12:] if not world.announced("math.CO", day))
    server.world, empty = next(found_in)
    server.go_to(empty)
    found = Fetched(http, server, Feed("Small", "arxiv", "daily:math.CO"))
    assert (found.batch.failure, found.batch.remarks) == ("", ())
    assert found.days == {empty: 0}


def test_entries_that_are_there_twice_are_counted_once(server: ArxivServer, http: Http) -> None:
    server.fail("/list/", "twice")
    found = Fetched(http, server, memory=whole(WEDNESDAY), since=WEDNESDAY)
    assert found.days == {day: len(truth(server, day, "cs.LG")) for day in (THURSDAY, FRIDAY)}


def test_a_list_that_is_cut_off_is_not_taken_for_whole(server: ArxivServer, http: Http) -> None:
    server.fail("/list/cs.LG/new", "cut")
    found = Fetched(http, server)
    announced = found.days[FRIDAY]
    assert announced is None or announced == len(truth(server, FRIDAY, "cs.LG"))
    assert found.announced[FRIDAY] <= truth(server, FRIDAY, "cs.LG")


def test_a_stale_batch_of_rss_brings_nothing_again(server: ArxivServer, http: Http) -> None:
    server.fail("/list/", "maintenance")
    server.fail("/rss/", "stale")
    memory = ListMemory((ListDay(THURSDAY, 1, 1),), frozenset(truth(server, THURSDAY, "cs.LG")))
    found = Fetched(http, server, memory=memory, since=THURSDAY)
    assert found.announced == {}


def test_a_clock_that_is_a_day_late_gives_the_day_of_the_list(server: ArxivServer, http: Http) -> None:
    pieces: list[Batch] = []
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, THURSDAY, store=pieces.append))
    assert batch.failure == ""
    assert [piece.day for piece in pieces] == [FRIDAY]


def test_a_clock_that_is_years_late_is_named(server: ArxivServer, http: Http) -> None:
    server.fail("/rss/", "unavailable")
    server.fail("/api/", "unavailable")
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, date(2020, 1, 3)))
    assert batch.failure.endswith(" sent a list of Fri 13 Nov 2026; check the clock")


def test_the_lists_are_those_of_the_endpoint(server: ArxivServer) -> None:
    with Http(Sites(arxiv=f"{server.url}/mirror", arxiv_rss=server.url), QUICK) as http:
        Fetched(http, server)
    assert server.requests[0].path == "/mirror/list/cs.LG/new"


def test_a_feed_that_was_not_fetched_for_months_says_what_arxiv_lists_no_more(server: ArxivServer, http: Http) -> None:
    found = Fetched(http, server, since=date(2025, 6, 2))
    assert found.remarks[0] == (
        "arXiv keeps its lists for 90 days; `readlist fetch arxiv:cs.LG --since 2025-06-02` reads what its API has"
    )
    assert min(found.days) >= FRIDAY - timedelta(days=90)
