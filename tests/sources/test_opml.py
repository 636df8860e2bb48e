"""OPML: the feeds a feed reader's export lists."""

from __future__ import annotations

from readlist.model.feed import Feed
from readlist.sources.formats import opml

HEAD = '<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>'


def decode(*outlines: str) -> tuple[tuple[Feed, ...], list[str], str]:
    batch = opml.decode(f"{HEAD}{''.join(outlines)}</body></opml>", origin="feeds.opml")
    return batch.feeds, [skip.reason for skip in batch.skipped], batch.failure


def test_feeds_are_found_in_folders_of_any_depth() -> None:
    feeds, skipped, failure = decode(
        '<outline text="Research"><outline text="Labs"><outline type="rss" text="One lab" xmlUrl="https://one.example/feed"/>'
        "</outline></outline><outline title=\"No text\" XMLURL='https://two.example/feed?a=1&amp;b=2'/>",
        '<outline xmlUrl="https://three.example/feed"/>',
        '<outline text="arXiv" xmlUrl="https://rss.arxiv.org/rss/cs.LG"/>',
    )
    assert (skipped, failure) == ([], "")
    assert feeds == (
        Feed("One lab", "rss", "https://one.example/feed"), Feed("No text", "rss", "https://two.example/feed?a=1&b=2"),
        Feed("three.example", "rss", "https://three.example/feed"), Feed("arXiv", "arxiv", "daily:cs.LG"),
    )  # fmt: skip


def test_one_address_is_one_feed_and_names_are_kept_apart() -> None:
    feeds, skipped, _ = decode(
        '<outline text="News" xmlUrl="https://one.example/feed"/>',
        '<outline text="news" xmlUrl="https://two.example/feed"/>',
        '<outline text="Again" xmlUrl="https://one.example/feed"/>',
    )
    assert [feed.name for feed in feeds] == ["News", "news 2"]
    assert skipped == ["“Again”: the same address as “News”"]


def test_comments_count_for_nothing_and_what_is_no_address_is_named() -> None:
    feeds, skipped, _ = decode(
        '<!-- <outline text="Gone" xmlUrl="https://gone.example/feed"/> -->',
        '<outline text="Local" xmlUrl="file:///etc/passwd"/>',
        '<outline text="Bad [red]\x1b[31m" xmlUrl="javascript:alert(1)"/>',
        '<outline text="Good" xmlUrl="https://good.example/feed"/>',
    )
    assert [feed.name for feed in feeds] == ["Good"]
    assert len(skipped) == 2 and all(reason.isprintable() for reason in skipped)


def test_a_list_that_breaks_off_gives_what_it_has() -> None:
    text = f'{HEAD}<outline text="One" xmlUrl="https://one.example/feed"/><outline text="Two" xmlUrl="https://tw'
    batch = opml.decode(text, origin="feeds.opml")
    assert [feed.name for feed in batch.feeds][:1] == ["One"]


def test_a_list_without_feeds_says_so() -> None:
    assert decode('<outline text="Empty folder"/>')[2].startswith("feeds.opml: ")


def test_what_feed_readers_write_is_followed_or_named() -> None:
    feeds, skipped, _ = decode(
        '<outline text="One" xmlUrl="feed://one.example/rss"/>',
        '<outline text="Two" xmlUrl="feed:https://two.example/rss"/>',
        '<outline text="Three" xmlUrl="FEED://http://three.example/rss"/>',
        '<outline xmlUrl="https://four.example/rss" htmlUrl="https://four.example/"/>',
        '<outline text="Five" type="link" url="https://five.example/rss"/>',
        '<outline text="Six" htmlUrl="https://six.example/"/>',
        '<outline text="Folder"/>',
    )
    assert [feed.query for feed in feeds] == [
        "https://one.example/rss", "https://two.example/rss", "http://three.example/rss", "https://four.example/rss",
    ]  # fmt: skip
    assert feeds[3].name == "four.example"
    assert len(skipped) == 2 and "https://five.example/rss" in skipped[0] and "https://six.example/" in skipped[1]
