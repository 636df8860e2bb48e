"""Asking arXiv: categories, searches, the daily lists, papers by id, and what its answers may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.model.feed import Feed
from readlist.model.list_day import FetchState, ListMemory, Walk
from readlist.sources.batch import Batch, FeedRequest, Validator
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.sites import arxiv_pages
from readlist.sources.sites.arxiv import Arxiv
from tests.support.feeds import answer, entry
from tests.support.http import QUICK, Answer, Request, Serving

TODAY = date(2026, 8, 5)
LEARNING = Feed("Learning", "arxiv", "cs.LG")


@pytest.fixture
def server() -> Iterator[Serving]:
    """A real server in the place of arXiv's."""
    with Serving() as serving:
        yield serving


@pytest.fixture
def http(server: Serving) -> Iterator[Http]:
    with Http(Sites(arxiv=server.url, arxiv_rss=server.url), QUICK) as client:
        yield client


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("cs.LG", "cat:cs.LG"),
        ("cs.CL+cs.LG", "cat:cs.CL OR cat:cs.LG"),
        ("cs", "cat:cs.*"),
        ("hep-th", "cat:hep-th"),
        ("all:diffusion AND cat:cs.CV", "all:diffusion AND cat:cs.CV"),
        ('ti:"flow & matching"', 'ti:"flow & matching"'),
    ],
)
def test_categories_and_searches_are_asked_for_newest_first(
    server: Serving, http: Http, query: str, asked: str
) -> None:
    server.route("/api/query", lambda _: answer(entry(1)))
    batch = Arxiv(http).fetch(FeedRequest(Feed("Any", "arxiv", query), TODAY))
    assert (batch.failure, len(batch.items)) == ("", 1)
    (request,) = server.requests
    assert request.query["search_query"] == asked
    assert (request.query["sortBy"], request.query["sortOrder"]) == ("submittedDate", "descending")
    assert (request.query["start"], request.query["max_results"]) == ("0", "100")


def test_the_category_a_paper_belongs_to_is_its_first_keyword(server: Serving, http: Http) -> None:
    primary = '<arxiv:primary_category term="stat.ML" scheme="http://arxiv.org/schemas/atom"/>'
    server.route("/api/query", lambda _: answer(entry(7, extra=primary)))
    ((paper, _),) = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY)).items
    assert paper.keywords == ("stat.ML", "cs.LG")


def test_a_paper_bears_all_that_arxiv_tells(server: Serving, http: Http) -> None:
    extra = (
        "<arxiv:comment>12 pages; code: https://github.com/lab/code</arxiv:comment>"
        "<arxiv:journal_ref>J. Norms 3, see https://gitlab.com/lab/old</arxiv:journal_ref>"
        "<arxiv:doi>10.1000/Norms.3</arxiv:doi>"
    )
    server.route("/api/query", lambda _: answer(entry(7, extra=extra)))
    ((paper, announcement),) = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY)).items
    assert (paper.key, paper.arxiv, paper.doi) == ("arxiv:2608.00007", "2608.00007", "10.1000/norms.3")
    assert paper.title == r"Paper 7 on $\ell_p$ norms"
    assert paper.abstract.startswith("We study norms. They are at")
    assert paper.authors == ("Ada Author", "Ben Writer")
    assert (paper.published, paper.keywords) == (date(2026, 8, 5), ("cs.LG",))
    assert {link.url for link in paper.links if link.kind == "repo"} == {
        "https://github.com/lab/code", "https://gitlab.com/lab/old", "https://github.com/lab/norms7",
    }  # fmt: skip
    assert (announcement.feed, announcement.day, announcement.position) == ("Learning", date(2026, 8, 5), 1)


def numbered(request: Request, days: dict[int, str], total: int) -> Answer:
    """A page of an API that has papers 0, 1, … newest first; by the first number of each day, the days."""
    start = int(request.query["start"])
    numbers = range(start, min(start + 100, total))
    day = {number: [each for first, each in days.items() if first <= number][-1] for number in numbers}
    # The later a paper was submitted, the higher is its number.
    return answer(*(entry(total - number, day[number]) for number in numbers), total=total)


COMPARED = FetchState(compared=TODAY)


def known(total: int, *numbers: int, state: FetchState = COMPARED) -> ListMemory:
    """A memory of papers by their place in such a list."""
    return ListMemory(ids=frozenset(f"2608.{total - number:05}" for number in numbers), state=state)


class Pages:
    """What a fetch gave and asked for."""

    def __init__(
        self, server: Serving, http: Http, memory: ListMemory, since: date | None = None, feed: Feed = LEARNING
    ) -> None:
        before = len(server.requests)
        self.pieces: list[Batch] = []
        self.progress: list[int] = []
        request = FeedRequest(
            feed, TODAY, since=since, memory=memory, store=self.pieces.append, progress=self.progress.append
        )
        self.batch = Arxiv(http).fetch(request)
        self.starts = [int(request.query["start"]) for request in server.requests[before:]]

    @property
    def papers(self) -> list[str]:
        return [paper.arxiv for batch in (*self.pieces, self.batch) for paper, _ in batch.items]


def test_old_papers_are_read_back_to_the_last_fetch(server: Serving, http: Http) -> None:
    days = {0: "2026-08-05", 100: "2026-08-03", 200: "2026-07-20"}
    server.route("/api/query", lambda request: numbered(request, days, 350))
    assert Pages(server, http, ListMemory()).starts == [0]
    found = Pages(server, http, known(350, *range(100, 350)), date(2026, 8, 4))
    assert found.starts == [0, 100, 200]
    assert len(found.papers) == len(set(found.papers)) == 300
    places = [place.position for batch in (*found.pieces, found.batch) for _, place in batch.items]
    assert places == list(range(1, 301))
    assert found.progress[-1] == 300
    assert found.batch.state is not None and found.batch.state.walk is None


def test_a_page_is_followed_as_long_as_it_has_unknown_papers(server: Serving, http: Http) -> None:
    days = {0: "2026-08-05", 100: "2026-08-01", 200: "2026-07-25", 300: "2026-07-20", 400: "2026-07-15"}
    server.route("/api/query", lambda request: numbered(request, days, 500))
    # Submitted in July, held in moderation, announced now.
    memory = known(500, *(number for number in range(500) if number not in (150, 250)))
    found = Pages(server, http, memory, date(2026, 8, 5))
    assert found.starts == [0, 100, 200, 300]
    assert {"2608.00350", "2608.00250"} <= set(found.papers)


def test_once_a_week_the_last_month_is_compared(server: Serving, http: Http) -> None:
    days = {0: "2026-08-05", 100: "2026-08-01", 200: "2026-07-25", 300: "2026-07-10", 400: "2026-06-15"}
    server.route("/api/query", lambda request: numbered(request, days, 600))
    numbers = [number for number in range(450) if number != 320]
    state = FetchState(compared=date(2026, 7, 29))
    found = Pages(server, http, known(600, *numbers, state=state), date(2026, 8, 5))
    assert found.starts == [0, 100, 200, 300, 400]
    assert "2608.00280" in found.papers
    # What was announced before the feed was followed has a lower number.
    assert "2608.00145" not in found.papers
    assert found.batch.state is not None and found.batch.state.compared == TODAY
    assert Pages(server, http, known(600, *numbers), date(2026, 8, 5)).starts == [0, 100]


def test_a_fetch_that_fails_goes_on_where_it_stopped(server: Serving, http: Http) -> None:
    days = {0: "2026-08-05", 600: "2026-07-01"}

    def until(last: int) -> Callable[[Request], Answer]:
        return lambda request: numbered(request, days, 900) if int(request.query["start"]) <= last else Answer(404)

    server.route("/api/query", until(200))
    first = Pages(server, http, known(900, *range(800, 900)), date(2026, 8, 1))
    assert "404" in first.batch.failure and len(first.papers) == 300
    state = first.pieces[-1].state
    assert state is not None and state.walk is not None and state.walk.read == 300
    server.route("/api/query", until(900))
    known_now = known(900, *range(300), *range(800, 900), state=state)
    again = Pages(server, http, known_now, date(2026, 8, 1))
    assert again.starts == [0, 290, 390, 490, 590, 690, 790, 890]
    assert set(first.papers) | set(again.papers) >= {f"2608.{900 - number:05}" for number in range(800)}
    assert again.batch.state is not None and again.batch.state.walk is None


def test_an_older_page_that_is_cut_off_is_read_again(server: Serving, http: Http) -> None:
    def cut(request: Request) -> Answer:
        whole = numbered(request, {0: "2026-08-05"}, 300)
        return whole if request.query["start"] == "0" else Answer(200, {}, whole.body[: len(whole.body) // 2])

    server.route("/api/query", cut)
    found = Pages(server, http, known(300, 299), date(2026, 8, 4))
    assert found.batch.failure.endswith("truncated; the next fetch goes on from there")
    state = found.pieces[-1].state
    assert state is not None and state.walk == Walk(date(2026, 8, 3), 100)


def test_a_mirror_that_sends_one_page_for_all_is_not_asked_for_ever(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda _: answer(*(entry(number) for number in range(100)), total=9_000))
    found = Pages(server, http, ListMemory(state=COMPARED), date(2026, 8, 1))
    assert (found.starts, len(found.papers)) == ([0, 100], 100)


def test_a_fetch_of_very_many_pages_goes_on_next_time(
    server: Serving, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arxiv_pages, "_PAGES", 3)
    server.route("/api/query", lambda request: numbered(request, {0: "2026-08-04"}, 800))
    found = Pages(server, http, known(800, 799), date(2026, 8, 4))
    assert found.starts == [0, 100, 200, 300]
    assert found.batch.remarks == ("read back to Tue 4 Aug; the next fetch goes on from there",)
    assert found.batch.state is not None and found.batch.state.walk == Walk(date(2026, 8, 3), 400)


def test_a_list_that_is_that_of_yesterday_is_named(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda request: numbered(request, {0: "2026-08-04"}, 100))
    monday = FetchState(compared=TODAY, head=",".join(f"2608.{100 - n:05}" for n in range(20)), since=date(2026, 8, 3))
    memory = known(100, *range(100), state=monday)
    assert Pages(server, http, memory, TODAY).batch.remarks == ("arXiv still serves the list of Mon 3 Aug",)
    today = replace(memory, state=replace(monday, since=TODAY))
    assert Pages(server, http, today, TODAY).batch.remarks == ()
    # A search may find nothing new for weeks.
    assert Pages(server, http, memory, TODAY, Feed("Search", "arxiv", "all:norms")).batch.remarks == ()


def test_what_has_not_changed_is_unchanged(server: Serving, http: Http) -> None:
    server.route(
        "/api/query",
        lambda request: Answer(304) if request.headers.get("if-none-match") == '"1"' else answer(entry(1)),
    )
    first = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY))
    again = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY, validators=first.validators))
    assert (again.unchanged, again.failure, again.items) == (True, "", ())
    assert again.validators == first.validators == {first.origin: Validator('"1"', "")}


def test_nothing_found_is_no_failure(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda _: answer())
    batch = Arxiv(http).fetch(FeedRequest(Feed("Search", "arxiv", "all:norms AND cat:cs.LG"), TODAY))
    assert (batch.items, batch.failure) == ((), "")


def test_an_empty_answer_for_a_category_is_a_failure(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda _: answer())
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY))
    assert batch.failure == "Learning: arXiv sent an empty answer for cs.LG; try again later"


def test_a_search_in_a_category_that_arxiv_does_not_have_says_so(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda _: answer())
    batch = Arxiv(http).fetch(FeedRequest(Feed("Search", "arxiv", "all:norms AND cat:cs.LX"), TODAY))
    assert batch.failure.startswith("Search: arXiv has no category cs.LX; did you mean cat:cs.")


def test_papers_that_are_counted_but_not_sent_are_a_failure(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda _: answer(total=4_000))
    assert "counts 4000 papers but sends none" in Arxiv(http).fetch(FeedRequest(LEARNING, TODAY)).failure


@pytest.mark.parametrize("status", [200, 400])
def test_an_error_entry_is_an_error(server: Serving, http: Http, status: int) -> None:
    wrong = (
        "<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_abc</id><title>Error</title>"
        "<summary>incorrect id format for abc</summary></entry>"
    )
    body = answer(wrong).body
    server.route("/api/query", lambda _: Answer(status, {"Content-Type": "application/atom+xml"}, body))
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY))
    assert batch.items == ()
    assert batch.failure.startswith("Learning: ") and "incorrect id format for abc" in batch.failure


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Answer(200, {"Content-Type": "text/html"}, b"<!doctype html><html><body>Log in</body></html>"), "web page"),
        (Answer(200, {}, b'{"not": "xml"}'), "instead of arXiv's answer"),
        (Answer(200, {}, b""), "nothing instead of arXiv's answer"),
        (Answer(503, {"Retry-After": "7200"}), "asks to wait"),
        (Answer(404), "404"),
    ],
)
def test_a_wrong_answer_is_one_line_that_names_the_feed(server: Serving, http: Http, reply: Answer, words: str) -> None:
    server.route("/api/query", lambda _: reply)
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY))
    assert batch.items == () and batch.failure.isprintable()
    assert batch.failure.startswith("Learning: ") and words in batch.failure


def test_an_answer_cut_in_a_page_fails_or_keeps_what_is_whole(server: Serving, http: Http) -> None:
    whole = answer(entry(1), entry(2)).body
    server.route("/api/query", lambda _: Answer(200, {"ETag": '"x"'}, whole[: whole.rindex(b"<summary>")]))
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY))
    assert "Paper 1" in batch.items[0][0].title
    assert batch.skipped and not batch.validators


def rss_item(number: int, kind: str = "new") -> str:
    return (
        f"<item><title>Paper {number}</title><link>https://arxiv.org/abs/2608.{number:05}</link>"
        f"<description>arXiv:2608.{number:05}v1 Announce Type: {kind} \nAbstract: We study {number}.</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:2608.{number:05}v1</guid><category>cs.LG</category>'
        f"<pubDate>Wed, 05 Aug 2026 00:00:00 -0400</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:creator>Ada Author, Ben Writer, C. D. Third</dc:creator></item>"
    )


def rss(*items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.LG updates on arXiv.org</title>'
        "<link>http://rss.arxiv.org/rss/cs.LG</link><pubDate>Wed, 05 Aug 2026 00:00:00 -0400</pubDate>"
        f"<skipDays><day>Sunday</day><day>Saturday</day></skipDays>{''.join(items)}</channel></rss>"
    ).encode()


def test_the_daily_list_as_rss(server: Serving, http: Http) -> None:
    server.file("/rss/cs.CL+cs.LG", rss(rss_item(1), rss_item(2, "replace"), rss_item(3, "cross")), "application/xml")
    server.route("/list/cs.CL/new", lambda _: Answer(503))
    server.route("/list/cs.LG/new", lambda _: Answer(503))
    feed = Feed("Daily", "arxiv", "daily:cs.CL+cs.LG")
    pieces: list[Batch] = []
    batch = Arxiv(http).fetch(FeedRequest(feed, TODAY, store=pieces.append))
    (piece,) = pieces
    assert (batch.failure, piece.day) == ("", date(2026, 8, 5))
    new, replaced, cross = (paper for paper, _ in piece.items)
    assert (new.key, new.title, new.abstract) == ("arxiv:2608.00001", "Paper 1", "We study 1.")
    assert new.authors == ("Ada Author", "Ben Writer", "C. D. Third")
    assert (new.published, replaced.published) == (date(2026, 8, 5), None)
    assert [piece.kinds[each.key] for each in (new, replaced, cross)] == ["new", "replaced", "cross"]


def test_papers_by_id(server: Serving, http: Http) -> None:
    server.route("/api/query", lambda _: answer(entry(2), entry(1)))
    papers = Arxiv(http).papers(["2608.00001", "2608.00002", "2608.99999"], TODAY)
    assert sorted(papers) == [papers[each].arxiv for each in sorted(papers)] == ["2608.00001", "2608.00002"]
    assert server.requests[0].query["id_list"] == "2608.00001,2608.00002,2608.99999"


def test_real_answers_are_read_as_served(shared_feeds: Path, server: Serving, http: Http) -> None:
    for path in sorted((shared_feeds / "arxiv").iterdir()):
        status = int(path.name.split(".http")[1][:3])
        server.route("/api/query", lambda _, s=status, p=path: Answer(s, {}, p.read_bytes()))  # type: ignore[misc]
        batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY))
        # An empty answer is none of a category.
        assert bool(batch.failure) == (status != 200 or b"<entry>" not in path.read_bytes()), path.name
        if path.name.startswith("q_"):
            assert len(batch.items) == path.read_bytes().count(b"<entry>")
            assert all(paper.abstract and paper.authors and paper.published for paper, _ in batch.items)
    for path in sorted((shared_feeds / "rss").iterdir()):
        server.file("/rss/cs.LG", path.read_bytes(), "application/xml")
        pieces: list[Batch] = []
        Arxiv(http).fetch(FeedRequest(Feed("Daily", "arxiv", "daily:cs.LG"), TODAY, store=pieces.append))
        assert pieces[0].items or b"<item>" not in path.read_bytes()
        assert all(paper.arxiv for paper, _ in pieces[0].items)
