"""Asking Hugging Face Papers: every listing, all its pages, and what a server may do wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from readlist.model.feed import Feed
from readlist.sources.batch import Batch, FeedRequest, Validator
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.sites.huggingface import HuggingFace
from tests.support.feeds import record
from tests.support.http import QUICK, Answer, Request, Serving

TODAY = date(2026, 8, 5)
DAILY = Feed("HF daily", "huggingface", "daily")


@pytest.fixture
def server() -> Iterator[Serving]:
    """A real server in the place of huggingface.co."""
    with Serving() as serving:
        yield serving


@pytest.fixture
def http(server: Serving) -> Iterator[Http]:
    with Http(Sites(huggingface=server.url), QUICK) as client:
        yield client


def paged(server: Serving, pages: list[list[dict[str, object]]], *, link: bool = True) -> None:
    """Serve pages by their number, with the header that leads on or without."""

    def answer(request: Request) -> Answer:
        number = int(request.query.get("p", "0"))
        items = pages[number] if number < len(pages) else []
        headers = {"Content-Type": "application/json"}
        if link and number + 1 < len(pages):
            address = f"https://huggingface.co/api/daily_papers?limit=100&p={number + 1}"
            headers["Link"] = f'<{address}>; rel="next"'
        return Answer(200, headers, json.dumps(items).encode())

    server.route("/api/daily_papers", answer)


def days(batch: Batch) -> set[str]:
    return {announcement.day.isoformat() for _, announcement in batch.items if announcement.day}


def test_each_listing_has_its_address(server: Serving, http: Http) -> None:
    server.json("/api/daily_papers", [record(1)])
    server.json("/api/papers/search", [record(1)])
    for query in ("trending", "daily", "2026-08-01", "2026-W31", "2026-08", "search:flow matching & more"):
        batch = HuggingFace(http).fetch(FeedRequest(Feed("Any", "huggingface", query), TODAY))
        assert (batch.failure, len(batch.items)) == ("", 1), query
    assert [request.path for request in server.requests] == [
        "/api/daily_papers?sort=trending&limit=100",
        "/api/daily_papers?limit=100",
        "/api/daily_papers?date=2026-08-01&limit=100",
        "/api/daily_papers?week=2026-W31&limit=100",
        "/api/daily_papers?month=2026-08&limit=100",
        "/api/papers/search?q=flow%20matching%20%26%20more",
    ]


def test_all_pages_are_read_and_a_paper_that_slips_to_the_next_counts_once(server: Serving, http: Http) -> None:
    paged(server, [[record(n) for n in range(100)], [record(n) for n in range(99, 150)]])
    seen: list[int] = []
    batch = HuggingFace(http).fetch(FeedRequest(Feed("August", "huggingface", "2026-08"), TODAY, progress=seen.append))
    assert [paper.arxiv for paper, _ in batch.items] == [f"2608.{n:05}" for n in range(150)]
    assert [announcement.position for _, announcement in batch.items] == list(range(1, 151))
    assert seen == [100, 150]
    assert {announcement.feed for _, announcement in batch.items} == {"August"}


def test_a_mirror_that_lost_the_link_header_is_paged_by_number(server: Serving, http: Http) -> None:
    paged(server, [[record(n) for n in range(100)], [record(n) for n in range(100, 130)]], link=False)
    batch = HuggingFace(http).fetch(FeedRequest(Feed("August", "huggingface", "2026-08"), TODAY))
    assert len(batch.items) == 130
    assert len(server.requests) == 2


def test_a_server_that_gives_the_same_page_for_ever_is_left(server: Serving, http: Http) -> None:
    server.json("/api/daily_papers", [record(n) for n in range(100)])
    assert len(HuggingFace(http).fetch(FeedRequest(Feed("August", "huggingface", "2026-08"), TODAY)).items) == 100
    assert len(server.requests) == 2


def test_the_daily_list_is_read_back_to_the_last_good_fetch(server: Serving, http: Http) -> None:
    pages = [[record(100 * page + n, f"2026-08-0{5 - page}") for n in range(60)] for page in range(4)]
    paged(server, pages)
    assert days(HuggingFace(http).fetch(FeedRequest(DAILY, TODAY))) == {"2026-08-05"}
    back = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY, since=date(2026, 8, 4)))
    assert days(back) == {"2026-08-05", "2026-08-04", "2026-08-03"}
    assert back.seen == TODAY


def test_trending_is_the_list_of_the_day_it_is_asked_and_a_search_of_the_papers_own(
    server: Serving, http: Http
) -> None:
    server.json("/api/daily_papers", [record(1, "2026-07-01"), record(2, "2026-06-01")])
    assert days(HuggingFace(http).fetch(FeedRequest(Feed("T", "huggingface", "trending"), TODAY))) == {"2026-08-05"}
    flat = {
        "id": "1706.03762",
        "title": "Attention",
        "publishedAt": "2017-06-12T00:00:00.000Z",
        "summary": "We attend.",
    }
    server.json("/api/papers/search", [record(1, "2026-07-01"), flat, {"id": "2001.00001", "title": "Undated"}])
    found = HuggingFace(http).fetch(FeedRequest(Feed("S", "huggingface", "search:attention"), TODAY))
    assert days(found) == {"2026-07-01", "2017-06-12", "2026-08-05"}


def test_what_did_not_change_is_not_sent_again(server: Serving, http: Http) -> None:
    server.json("/api/daily_papers", [record(1)])
    first = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY))
    assert first.validators
    again = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY, validators=first.validators))
    assert again.unchanged
    assert not again.items
    assert not again.failure
    assert again.validators == first.validators


def test_a_day_without_papers_is_no_failure(server: Serving, http: Http) -> None:
    server.json("/api/daily_papers", [])
    batch = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY))
    assert (batch.items, batch.failure, batch.unchanged) == ((), "", False)


def test_one_bad_record_costs_itself_alone(server: Serving, http: Http) -> None:
    server.json(
        "/api/daily_papers", [record(1), {"paper": {"title": "No id"}}, 7, record(2, authors=None, upvotes="x")]
    )
    batch = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY))
    assert [paper.arxiv for paper, _ in batch.items] == ["2608.00001", "2608.00002"]
    assert ["No id" in skip.reason for skip in batch.skipped] == [True, False]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "a web page instead of a list of papers; a network login page"),
        (b'[{"paper": {"id": "2608.00001"', "damaged JSON"),
        (b"[" * 100_000, "damaged JSON"),
        (b'{"error": "internal"}', "something else"),
        (b'"text"', "something else"),
        (b"[1, 2]", "something else"),
        (b"", "nothing instead of"),
        (b"\x00\xff\xfe\x80" * 40, "instead of"),
    ],
    ids=["web page", "cut", "deep", "error", "text", "numbers", "empty", "bytes"],
)
def test_a_wrong_answer_is_one_line_that_names_the_feed(server: Serving, http: Http, body: bytes, reason: str) -> None:
    server.route("/api/daily_papers", lambda request: Answer(200, {"Content-Type": "application/json"}, body))
    batch = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY))
    assert batch.failure.startswith("HF daily: ")
    assert reason in batch.failure
    assert batch.failure.isprintable()
    assert not batch.items
    assert not batch.validators


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_an_error_of_the_server_is_one_line(server: Serving, http: Http, status: int) -> None:
    server.route("/api/daily_papers", lambda request: Answer(status, {}, b"{}"))
    batch = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY))
    assert batch.failure.startswith("HF daily: ")
    assert str(status) in batch.failure or "wait" in batch.failure


def test_a_page_that_fails_fails_the_whole_list(server: Serving, http: Http) -> None:
    def answer(request: Request) -> Answer:
        if request.query.get("p"):
            return Answer(500, {}, b"")
        return Answer(200, {"Content-Type": "application/json"}, json.dumps([record(n) for n in range(100)]).encode())

    server.route("/api/daily_papers", answer)
    batch = HuggingFace(http).fetch(FeedRequest(Feed("August", "huggingface", "2026-08"), TODAY))
    assert batch.failure
    assert not batch.items


@pytest.mark.parametrize(
    ("day", "papers"),
    [
        ("2024-05-27", 13), ("2024-06-12", 16), ("2024-08-05", 8), ("2024-12-09", 13), ("2025-01-13", 5),
        ("2025-03-13", 10), ("2025-06-25", 14), ("2025-09-29", 30), ("2025-11-12", 8), ("2026-01-07", 16),
        ("2026-06-03", 23),
    ],
)  # fmt: skip
def test_real_days_of_every_year_come_in_whole(
    server: Serving, http: Http, shared_feeds: Path, day: str, papers: int
) -> None:
    data = json.loads((shared_feeds / "hf-json" / f"{day}.json").read_bytes())
    server.json("/api/daily_papers", data)
    batch = HuggingFace(http).fetch(FeedRequest(Feed("HF daily", "huggingface", day), TODAY))
    assert not batch.failure
    assert len(batch.items) == len(data) == papers
    assert days(batch) == {day}
    assert all(paper.title and paper.abstract and paper.authors and paper.arxiv for paper, _ in batch.items)


def test_validators_of_another_address_are_not_sent(server: Serving, http: Http) -> None:
    server.json("/api/daily_papers", [record(1)])
    batch = HuggingFace(http).fetch(FeedRequest(DAILY, TODAY, validators={"https://elsewhere/": Validator('"x"')}))
    assert not batch.unchanged
    assert "if-none-match" not in server.requests[0].headers
