"""Outlines of lists: groups in feed order, papers without a day last, what papers have."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from readlist.library.library import Library
from readlist.library.list_outline import Facts, GroupCount
from readlist.library.paper_writer import expire
from readlist.library.repair import rebuild
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link
from readlist.query import parse
from tests.support.library import DAY, NOON, add, paper

BEFORE = DAY - timedelta(days=1)
CODE = (Link("https://github.com/a/b", "repo"),)


def add_undated(library: Library, *titles: str, feed: str = "refs.html") -> None:
    items = [(paper(title), Announcement(feed, None, place, upvotes=7)) for place, title in enumerate(titles, 1)]
    library.add(feed, items, day=None, now=NOON)


def titles(library: Library, query: str = "", sort: str = "feed") -> list[str]:
    return [each.paper.title for each in library.papers(library.ids(parse(query), sort))]  # type: ignore[arg-type]


@pytest.fixture
def filled(library: Library) -> Library:
    """Two days, two feeds, and two papers of no day; one read, one starred."""
    add_undated(library, "Undated one", "Undated two")
    add(library, paper("Old one"), paper("Old two", links=CODE), feed="HF daily", day=BEFORE, upvotes=40)
    add(library, paper("New one"), feed="HF trending", upvotes=9)
    add(library, paper("New two"), paper("New three"), feed="HF daily", upvotes=3)
    library.mirror.write([("title:newtwo", Mark(read=NOON)), ("title:oldone", Mark(starred=NOON))])
    return library


def test_groups_are_in_feed_order_and_papers_without_a_day_come_last(filled: Library) -> None:
    query = parse("")
    groups = [((DAY, "HF daily"), 2), ((DAY, "HF trending"), 1), ((BEFORE, "HF daily"), 2), ((None, "refs.html"), 2)]
    assert filled.outlines.groups(query) == groups
    assert filled.outlines.groups_of(filled.ids(query, "feed")) == groups
    assert titles(filled)[-2:] == titles(filled, sort="date")[-2:] == ["Undated one", "Undated two"]
    unread = parse("is:unread")
    assert filled.outlines.groups(unread)[0] == ((DAY, "HF daily"), 1)
    words = parse("one")
    assert filled.outlines.groups(words) == filled.outlines.groups_of(filled.ids(words, "feed"))
    assert filled.outlines.groups_of([]) == [] == filled.outlines.groups(parse("nowhere"))


def test_groups_are_counted_with_what_was_decided(filled: Library) -> None:
    counts = filled.outlines.counts()
    assert counts[DAY, "HF daily"] == GroupCount(2, 1) and counts[None, "refs.html"] == GroupCount(2, 2)
    assert filled.outlines.counts_of(list(counts)) == counts and len(counts) == 4


def test_what_papers_have(filled: Library) -> None:
    everything = filled.outlines.facts(parse(""))
    assert everything == Facts(code=True, starred=True, noted=False, upvotes=40, many=40)
    assert filled.outlines.facts(parse("new")) == Facts(upvotes=9, many=9)
    assert filled.outlines.facts(parse("nowhere")) == filled.outlines.facts_of([]) == Facts()
    assert filled.outlines.facts_of(filled.ids(parse(""), "feed")) == everything


def test_many_upvotes_are_those_of_the_top_tenth(library: Library) -> None:
    for votes in range(1, 41):
        add(library, paper(f"Paper number {votes}"), feed="HF daily", upvotes=votes)
    assert library.outlines.facts(parse("")).many == 36


def test_a_paper_without_a_day_is_of_no_day(filled: Library) -> None:
    assert not [title for title in titles(filled, "date:<2100") + titles(filled, "date:>1000") if "Undated" in title]
    (entry,) = [each for each in filled.papers(filled.ids(parse(""), "feed")) if each.paper.title == "Undated one"]
    assert entry.day is None and entry.upvotes == 7
    assert filled.feeds.announcements(entry.id) == (Announcement("refs.html", None, 1, upvotes=7),)
    assert [each.day for each in filled.count_log.sightings(entry.id)] == [NOON.date()]
    assert {feed.name: feed.day for feed in filled.feeds.all()}["refs.html"] is None
    # A feed's old papers go; this one is not known to be old.
    expire(filled.connections, {"refs.html": date(2100, 1, 1), "HF daily": DAY}, tuple)
    assert titles(filled)[-2:] == ["Undated one", "Undated two"]
    add(filled, paper("Undated two"), feed="HF trending")
    assert titles(filled)[0] == "New two" and titles(filled)[-1] == "Undated one"


def test_a_rebuilt_library_knows_that_a_paper_has_no_day(tmp_path: Path) -> None:
    library = Library(tmp_path / "library.db")
    add_undated(library, "Undated one")
    add(library, paper("Old one"))
    library.close()
    rebuild(tmp_path / "library.db", NOON)
    library = Library(tmp_path / "library.db")
    assert library.outlines.groups(parse("")) == [((DAY, "HF daily"), 1), ((None, "refs.html"), 1)]
    library.close()
