"""JSON Feed: from files and addresses, what its items hold, and what is damaged, hostile or something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from readlist.model.feed import Feed
from readlist.model.paper import Announcement, Paper
from readlist.sources import reader
from readlist.sources.batch import Batch, FeedRequest
from readlist.sources.formats import syndication
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.sites.rss import Rss
from tests.support.http import QUICK, Serving

TODAY = date(2026, 8, 5)
TYPE = "application/feed+json"


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


def feed(*items: object, version: str = "1.1", **changes: Any) -> dict[str, Any]:
    """A feed of a lab."""
    return {
        "version": f"https://jsonfeed.org/version/{version}", "title": "A lab",
        "home_page_url": "https://lab.example/", "items": list(items),
    } | changes  # fmt: skip


def decode(*items: object, **changes: Any) -> Batch:
    body = json.dumps(feed(*items, **changes)).encode()
    return syndication.decode(body, origin="https://lab.example/feed.json", feed="Lab", today=TODAY)


def one(**fields: object) -> tuple[Paper, Announcement]:
    """The paper of a feed with one item."""
    batch = decode({"id": "1", "title": "A title"} | fields)
    assert not batch.failure and not batch.skipped
    (found,) = batch.items
    return found


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_a_feed_is_asked_for_and_asked_again_only_if_it_changed(server: Serving, version: str) -> None:
    item = {"id": "1", "url": "https://lab.example/1", "title": "One paper", "date_published": "2026-08-03T23:30:00Z"}
    server.file("/feed.json", json.dumps(feed(item, version=version)).encode(), TYPE)
    asked = Feed("Lab", "rss", f"{server.url}/feed.json")
    with Http(Sites(), QUICK) as http:
        batch = Rss(http).fetch(FeedRequest(asked, TODAY))
        ((paper, announcement),) = batch.items
        assert (batch.kind, batch.failure, paper.title) == ("JSON feed", "", "One paper")
        assert (paper.published, announcement.day) == (date(2026, 8, 3), date(2026, 8, 3))
        assert [(link.url, link.kind) for link in paper.links] == [("https://lab.example/1", "paper")]
        assert Rss(http).fetch(FeedRequest(asked, TODAY, validators=batch.validators)).unchanged
    assert TYPE in server.requests[0].headers["accept"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["feed.json", "feed", "feed.xml"])
def test_a_file_is_known_by_its_content(tmp_path: Path, name: str, encoding: str) -> None:
    file = tmp_path / name
    file.write_text(json.dumps(feed({"id": "1", "title": "Café"})).replace("/", "\\/"), encoding=encoding)
    (batch,) = reader.read([file], day=date(2026, 7, 1))
    assert (batch.kind, batch.feed) == ("JSON feed", "A lab")
    assert [(paper.title, each.day) for paper, each in batch.items] == [("Café", date(2026, 7, 1))]


def test_what_an_item_holds() -> None:
    paper, announcement = one(
        url="/posts/1", summary="Short.",
        content_html="<p>First of many words.</p><p>Second, at github.com/lab/code.</p>",
        authors=[{"name": "Ada Bell"}, {"url": "x"}, {"name": "Chen Du"}], tags=["tea", "", 7, "tea"],
        date_published="2026-08-01T02:00:00+05:00", date_modified="2026-08-04T00:00:00Z",
    )  # fmt: skip
    assert paper.abstract == "First of many words.\n\nSecond, at github.com/lab/code."
    assert (paper.authors, paper.keywords) == (("Ada Bell", "Chen Du"), ("tea",))
    assert [(link.url, link.kind) for link in paper.links] == [
        ("https://github.com/lab/code", "repo"), ("https://lab.example/posts/1", "paper"),
    ]  # fmt: skip
    assert announcement == Announcement("Lab", date(2026, 7, 31), 1)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"url": "https://arxiv.org/abs/2401.12345v3"}, "arxiv:2401.12345"),
        ({"url": "https://lab.example/1", "external_url": "https://arxiv.org/abs/2401.12345"}, "arxiv:2401.12345"),
        ({"id": "https://doi.org/10.1000/ABC.5"}, "doi:10.1000/abc.5"),
        ({"id": "oai:arXiv.org:hep-th/9901001v2"}, "arxiv:hep-th/9901001"),
        ({"content_html": '<a href="https://arxiv.org/abs/2401.12345">Paper</a>'}, "arxiv:2401.12345"),
        ({"url": "https://lab.example/1"}, "title:atitle"),
    ],
)
def test_papers_are_known_by_the_ids_in_their_links(fields: dict[str, object], key: str) -> None:
    assert one(**fields)[0].key == key


def test_people_of_version_1_and_of_the_feed() -> None:
    assert one(author={"name": "Ada Bell"})[0].authors == ("Ada Bell",)
    ((paper, _),) = decode({"id": "1", "title": "A title"}, author={"name": "Lab Bell"}).items
    assert paper.authors == ("Lab Bell",)


def test_authors_in_the_words_go_before_those_of_the_feed_and_a_future_day_is_not_that_of_the_list() -> None:
    item = {
        "id": "1",
        "title": "A title",
        "content_text": "Authors: Ada Bee, Cy Dee\nPublished: 3 May 2026\n\nWe boil.",
    }
    ((paper, announcement),) = decode(item, author={"name": "Lab Bell"}).items
    assert (paper.authors, paper.published, paper.abstract) == (("Ada Bee", "Cy Dee"), date(2026, 5, 3), "We boil.")
    assert announcement.day == date(2026, 5, 3)
    for field in ("date_published", "date_modified"):
        assert one(**{field: "2027-01-01T00:00:00Z"})[1].day == TODAY
    ((_, announcement),) = decode(
        {"id": "1", "title": "A title", "date_published": "2027-01-01", "date_modified": "2026-08-02"}
    ).items
    assert announcement.day == date(2026, 8, 2)


def test_items_of_one_title_are_different_by_their_ids() -> None:
    batch = decode(
        {"id": "a", "title": "Editorial", "url": "https://lab.example/1"},
        {"id": "b", "title": "Editorial", "url": "https://lab.example/2"},
        {"id": "c", "title": "Editorial", "url": "https://lab.example/2"},
        {"id": 1, "title": "Retraction"},
        {"id": 2, "title": "Retraction"},
        {"id": 2, "title": "Retraction"},
    )
    assert [paper.title for paper, _ in batch.items] == ["Editorial"] * 3 + ["Retraction"] * 2
    assert [skip.reason for skip in batch.skipped] == ["item 6: the same paper as item 5"]


def test_an_item_without_a_title_is_called_by_its_words() -> None:
    assert one(title=None, content_text="Two < three, says the kettle.")[0].title == "Two < three, says the kettle."
    assert one(title="", url="https://lab.example/1", content_html="<p>Kettles &amp; pots.</p>")[0].title == (
        "Kettles & pots."
    )
    batch = decode({"id": "1"}, {"id": "2", "title": "A title"}, "words")
    assert [paper.title for paper, _ in batch.items] == ["A title"]
    assert len(batch.skipped) == 2


def test_what_is_hostile_is_made_harmless() -> None:
    paper, _ = one(
        title="A [red]t\u202eitle[/] \x1b]52;c;aGk=\x07", url="javascript:alert(1)", external_url="file:///etc/passwd",
        content_html="<p>Words <script>alert(1)</script>here<style>p{}</style>\x9b31m.</p><a href='javascript:x'>x</a>",
        authors=[{"name": "Ada\u202e Bell"}], tags=["a\x00b"],
    )  # fmt: skip
    assert paper.title == "A [red]title[/]"
    assert paper.abstract.startswith("Words here") and "alert" not in paper.abstract and paper.links == ()
    assert (paper.authors, paper.keywords) == (("Ada Bell",), ("ab",))


def test_fields_of_a_wrong_form_are_as_good_as_absent() -> None:
    paper, announcement = one(
        url=7, content_html=["x"], authors={"name": "x"}, tags="tea", date_published=1, summary=None, external_url={}
    )
    assert (paper.authors, paper.keywords, paper.links, announcement.day) == ((), (), (), TODAY)
    assert decode(items=None).items == decode(items={"a": 1}).items == () and decode(items=None).failure == ""


@pytest.mark.parametrize("place", [0.5, 0.9])
def test_a_feed_that_is_cut_keeps_what_is_whole(place: float) -> None:
    body = json.dumps(feed({"id": "1", "title": "One"}, {"id": "2", "title": "Two" * 100}), indent=1).encode()
    batch = syndication.decode(body[: int(len(body) * place)], origin="x", feed="", today=TODAY)
    assert [paper.title for paper, _ in batch.items] == ["One"] and batch.feed == "A lab"
    (skip,) = batch.skipped
    assert skip.lost and skip.line == body[: int(len(body) * place)].count(b"\n") + 1


def test_a_feed_that_is_cut_before_its_first_item_is_no_empty_one() -> None:
    body = json.dumps(feed({"id": "1", "title": "One"})).encode()
    assert "truncated" in syndication.decode(body[:-30], origin="x", feed="Lab", today=TODAY).failure


@pytest.mark.parametrize("version", [None, 1, "https://lab.example/version/1", "jsonfeed.org"])
def test_other_json_is_no_feed(version: object, tmp_path: Path) -> None:
    data = json.dumps(feed({"id": "1", "title": "See jsonfeed.org"}) | {"version": version})
    assert "JSON" in syndication.decode(data.encode(), origin="x", feed="Lab", today=TODAY).failure
    file = tmp_path / "daily.json"
    file.write_text(json.dumps([{"id": "2401.12345", "title": "About jsonfeed.org", "summary": "Words."}]))
    (batch,) = reader.read([file])
    assert batch.kind == "papers JSON"
