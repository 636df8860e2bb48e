"""What people write for a feed, and what it means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readlist.config.feed_parser import FeedError, check_query, parse_age, parse_feed, parse_keep, short_form
from readlist.model.feed import Feed


@pytest.mark.parametrize(
    ("text", "kind", "query", "name"),
    [
        ("hf:trending", "huggingface", "trending", "HF trending"),
        ("HuggingFace: Daily", "huggingface", "daily", "HF daily"),
        ("hf:2026-08-01", "huggingface", "2026-08-01", "HF 2026-08-01"),
        ("hf:date=2026-08-01", "huggingface", "2026-08-01", "HF 2026-08-01"),
        ("hf:2026-W3", "huggingface", "2026-W03", "HF 2026-W03"),
        ("hf:2026-08", "huggingface", "2026-08", "HF 2026-08"),
        ("hf:search:flow: matching", "huggingface", "search:flow: matching", "HF flow: matching"),
        ("arxiv:cs.LG", "arxiv", "cs.LG", "arXiv cs.LG"),
        ("arxiv:cs.lg, math.ag", "arxiv", "cs.LG+math.AG", "arXiv cs.LG+math.AG"),
        ("arxiv:hep-th", "arxiv", "hep-th", "arXiv hep-th"),
        ("arxiv:physics.optics", "arxiv", "physics.optics", "arXiv physics.optics"),
        ("arxiv:COND-MAT.soft", "arxiv", "cond-mat.soft", "arXiv cond-mat.soft"),
        ('arxiv:"all:x AND cat:cs.CV"', "arxiv", "all:x AND cat:cs.CV", "arXiv all:x AND cat:cs.CV"),
        ("arxiv:physics.bio-ph", "arxiv", "physics.bio-ph", "arXiv physics.bio-ph"),
        (
            "arxiv:all:diffusion AND cat:cs.CV",
            "arxiv",
            "all:diffusion AND cat:cs.CV",
            "arXiv all:diffusion AND cat:cs.CV",
        ),
        ("arxiv:daily:cs.CL+cs.LG", "arxiv", "daily:cs.CL+cs.LG", "arXiv daily cs.CL+cs.LG"),
        ("https://huggingface.co/papers", "huggingface", "daily", "HF daily"),
        ("https://huggingface.co/papers/trending", "huggingface", "trending", "HF trending"),
        ("https://huggingface.co/papers/date/2026-08-01", "huggingface", "2026-08-01", "HF 2026-08-01"),
        ("https://huggingface.co/papers/week/2026-W31", "huggingface", "2026-W31", "HF 2026-W31"),
        ("https://hf.co/papers?q=flow+matching", "huggingface", "search:flow matching", "HF flow matching"),
        ("https://arxiv.org/list/cs.LG/recent", "arxiv", "cs.LG", "arXiv cs.LG"),
        ("https://arxiv.org/list/cs.LG/new", "arxiv", "daily:cs.LG", "arXiv daily cs.LG"),
        ("https://rss.arxiv.org/atom/cs.LG+cs.CL", "arxiv", "daily:cs.LG+cs.CL", "arXiv daily cs.LG+cs.CL"),
        (
            "http://export.arxiv.org/api/query?search_query=ti:x+AND+au:y",
            "arxiv",
            "ti:x AND au:y",
            "arXiv ti:x AND au:y",
        ),
        (
            "https://www.lab.example/feed.xml?a=1",
            "rss",
            "https://www.lab.example/feed.xml?a=1",
            "lab.example/feed.xml?a=1",
        ),
        ("rss:https://lab.example/feed", "rss", "https://lab.example/feed", "lab.example/feed"),
        ("feed://lab.example/feed", "rss", "https://lab.example/feed", "lab.example/feed"),
    ],
)
def test_short_forms_and_addresses_are_understood(text: str, kind: str, query: str, name: str) -> None:
    feed = parse_feed(text)
    assert (feed.kind, feed.query, feed.name, feed.keep) == (kind, query, name, None)
    assert parse_feed(short_form(feed)) == feed
    assert check_query(feed.kind, feed.query) == feed.query


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hf:trendy", "did you mean hf:trending?"),
        ("hf:", "trending, daily"),
        ("hf:search: ", "needs words"),
        ("hf:2026-02-30", "is not in the calendar"),
        ("hf:2026-W60", "is not in the calendar"),
        ("hf:2026-8-1", "2026-08-01"),
        ("arxiv:", "needs a category"),
        ("arxiv:cs.XX", "unknown arXiv category `cs.XX`; did you mean cs."),
        ("arxiv:daily:physics.optic", "did you mean physics.optics?"),
        ("arxiv:daily:machine learning", "unknown arXiv category `machine`"),
        ("axriv:cs.LG", "did you mean arxiv:"),
        ("cs.lg", "did you mean arxiv:cs.LG?"),
        ("trending", "did you mean hf:trending?"),
        ("lab.example/feed.xml", "did you mean https://lab.example/feed.xml?"),
        ("ftp://lab.example/x", "unknown feed"),
        ("file:///etc/passwd", "unknown feed"),
        ("http://", "not an address"),
        ("http://[half", "not an address"),
        ("https://lab.example:99999/", "not an address"),
        ("https://lab.example/a b", "not an address"),
        ("https://arxiv.org/abs/2401.12345", "readlist add"),
        ("https://huggingface.co/papers/2401.12345", "readlist add"),
        ("", "use hf:daily"),
        ("two words", "use hf:daily"),
        ("hf:\x1b[31m", "characters"),
        ("https://lab.example/" + "x" * 3_000, "longer"),
    ],
)
def test_what_is_no_feed_is_reported_with_what_to_write(text: str, words: str) -> None:
    with pytest.raises(FeedError) as raised:
        parse_feed(text)
    assert words in str(raised.value)
    assert str(raised.value).isprintable()


def test_a_name_is_one_line_that_can_be_shown() -> None:
    assert parse_feed("hf:daily", '  My  "best" papers ').name == "My 'best' papers"
    assert len(parse_feed("https://lab.example/" + "x" * 300).name) == 60
    for name in ("x" * 61, "a\x1bb"):
        with pytest.raises(FeedError, match="1 to 60 printable"):
            parse_feed("hf:daily", name)


def test_short_forms_keep_what_an_address_holds() -> None:
    feed = Feed("Alerts", "rss", "https://me:secret@lab.example/feed%20x")
    assert parse_feed(short_form(feed)).query == feed.query
    assert "secret" not in parse_feed(short_form(feed)).name


@pytest.mark.parametrize(
    ("text", "days"), [("90d", 90), ("90", 90), ("12w", 84), ("6 months", 180), ("1y", 365), ("forever", None)]
)
def test_a_time_to_keep(text: str, days: int | None) -> None:
    assert parse_keep(text) == days


@pytest.mark.parametrize("text", ["", "0", "soon", "-3d", "3h", "9999999d", "999999y"])
def test_no_time_to_keep(text: str) -> None:
    with pytest.raises(FeedError, match="90d"):
        parse_keep(text)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("6h", timedelta(hours=6)),
        ("30min", timedelta(minutes=30)),
        ("30 m", timedelta(minutes=30)),
        ("1 day", timedelta(days=1)),
        ("0h", timedelta(0)),
        ("never", None),
    ],
)
def test_an_age(text: str, age: timedelta | None) -> None:
    assert parse_age(text) == age


@pytest.mark.parametrize("text", ["", "6", "often", "-1h", "1month", "999999w"])
def test_no_age(text: str) -> None:
    with pytest.raises(FeedError, match="6h"):
        parse_age(text)


@pytest.mark.parametrize("address", ["https://[", "http://[::1", "https://lab.org:99999/"])
def test_an_address_in_the_settings_that_makes_no_sense_is_one_line(address: str) -> None:
    with pytest.raises(FeedError, match="is not an address"):
        check_query("rss", address)
