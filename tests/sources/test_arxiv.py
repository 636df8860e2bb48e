"""Asking arXiv: categories, searches, the daily lists, papers by id, and what its answers may hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from readlist.model.feed import Feed
from readlist.sources.batch import FeedRequest, Validator
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
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


def test_old_papers_are_read_back_to_the_last_fetch(server: Serving, http: Http) -> None:
    pages = [[entry(n, "2026-08-05") for n in range(100)], [entry(n, "2026-08-03") for n in range(100, 200)],
             [entry(n, "2026-07-20") for n in range(200, 300)], [entry(999)]]  # fmt: skip

    def query(request: Request) -> Answer:
        return answer(*pages[int(request.query["start"]) // 100], total=350)

    server.route("/api/query", query)
    assert len(Arxiv(http).fetch(FeedRequest(LEARNING, TODAY)).items) == 100
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY, since=date(2026, 8, 4)))
    assert len(batch.items) == 300
    assert [announcement.position for _, announcement in batch.items] == list(range(1, 301))
    reported: list[int] = []
    Arxiv(http).fetch(FeedRequest(LEARNING, TODAY, since=date(2026, 8, 4), progress=reported.append))
    assert reported == [100, 200, 300]


def test_what_was_left_out_is_said(server: Serving, http: Http) -> None:
    server.route(
        "/api/query",
        lambda request: answer(*(entry(int(request.query["start"]) + n) for n in range(100)), total=9_000),
    )
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY, since=date(2026, 1, 1)))
    assert len(batch.items) == 500
    assert any("500" in skip.reason and "left out" in skip.reason for skip in batch.skipped)


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
    batch = Arxiv(http).fetch(FeedRequest(LEARNING, TODAY))
    assert (batch.items, batch.failure) == ((), "")


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


def test_the_daily_list(server: Serving, http: Http) -> None:
    server.file("/rss/cs.CL+cs.LG", rss(rss_item(1), rss_item(2, "replace")), "application/xml")
    feed = Feed("Daily", "arxiv", "daily:cs.CL+cs.LG")
    batch = Arxiv(http).fetch(FeedRequest(feed, TODAY))
    assert (batch.failure, batch.day) == ("", date(2026, 8, 5))
    new, replaced = (paper for paper, _ in batch.items)
    assert (new.key, new.title, new.abstract) == ("arxiv:2608.00001", "Paper 1", "We study 1.")
    assert new.authors == ("Ada Author", "Ben Writer", "C. D. Third")
    assert (new.published, replaced.published) == (date(2026, 8, 5), None)
    assert Arxiv(http).fetch(FeedRequest(feed, TODAY, validators=batch.validators)).unchanged


def test_an_empty_weekend_list_is_nothing_new(server: Serving, http: Http) -> None:
    server.file("/rss/cs.LG", rss(), "application/xml")
    batch = Arxiv(http).fetch(FeedRequest(Feed("Daily", "arxiv", "daily:cs.LG"), TODAY))
    assert (batch.items, batch.failure) == ((), "")


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
        assert bool(batch.failure) == (status != 200), path.name
        if path.name.startswith("q_"):
            assert len(batch.items) == path.read_bytes().count(b"<entry>")
            assert all(paper.abstract and paper.authors and paper.published for paper, _ in batch.items)
    for path in sorted((shared_feeds / "rss").iterdir()):
        server.file("/rss/cs.LG", path.read_bytes(), "application/xml")
        batch = Arxiv(http).fetch(FeedRequest(Feed("Daily", "arxiv", "daily:cs.LG"), TODAY))
        assert not batch.failure
        assert all(paper.arxiv for paper, _ in batch.items)
