"""The shelf and its feeds: what a fetch brings, what a failure leaves, what steps aside and what never leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.model.feed import Feed
from readlist.model.paper import Announcement, ListKind, Paper
from readlist.shelf import VIEWS, FetchOutcome, Shelf
from readlist.sources import reader
from readlist.sources.batch import Batch, FeedRequest, Validator
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.sample import sample
from readlist.sources.sites.huggingface import HuggingFace
from tests.support.http import Serving
from tests.support.papers import Clock, make_batch, make_paper, make_shelf

DAILY = Feed("HF daily", "huggingface", "daily")
OLD = date(2026, 3, 1)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path, Clock())
    yield made
    made.close()


def numbers(shelf: Shelf) -> list[int]:
    return [int(one.paper.arxiv[-5:]) for one in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))]


def fetched(*papers: int, day: date = date(2026, 8, 1)) -> Batch:
    batch = make_batch([make_paper(number) for number in papers])
    items = tuple((paper, replace(announcement, day=day)) for paper, announcement in batch.items)
    return replace(batch, day=None, items=items, validators={"https://x.example": Validator('"1"')})


def test_a_fetch_tells_what_is_new_and_known(shelf: Shelf) -> None:
    assert shelf.feeds.take(DAILY, fetched(1, 2)).new == 2
    outcome = shelf.feeds.take(DAILY, fetched(1, 2, 3))
    assert (outcome.new, outcome.known) == (1, 2)
    assert shelf.feeds.log.fetches()["HF daily"].validators == {"https://x.example": ('"1"', "")}


def test_unchanged_is_good_and_a_failure_changes_only_its_note(shelf: Shelf) -> None:
    shelf.feeds.take(DAILY, fetched(1))
    good = shelf.feeds.take(DAILY, Batch("x", feed="HF daily", unchanged=True))
    assert (good.unchanged, good.failure) == (True, "") and good.last_good is not None
    bad = shelf.feeds.take(DAILY, Batch("x", feed="HF daily", failure="HF daily: no network"))
    assert bad == FetchOutcome("HF daily", failure="HF daily: no network", last_good=good.last_good)
    assert numbers(shelf) == [1]
    assert shelf.feeds.log.fetches()["HF daily"].validators == {"https://x.example": ('"1"', "")}


def test_the_sample_steps_aside_for_papers_but_not_for_nothing(shelf: Shelf) -> None:
    shelf.papers.add(sample(date(2026, 8, 1)))
    count = len(shelf.papers.browse(VIEWS[1]))
    shelf.feeds.take(DAILY, Batch("x", feed="HF daily", failure="HF daily: no network"))
    shelf.feeds.take(DAILY, Batch("x", feed="HF daily"))
    waiting = Paper("arxiv:2608.00099", "", arxiv="2608.00099")
    shelf.papers.add(Batch("x", feed="Added", items=((waiting, Announcement("Added", OLD, 1)),)))
    count += 1
    assert len(shelf.papers.browse(VIEWS[1])) == count
    first, second = shelf.papers.entries(shelf.papers.browse(VIEWS[1])[1:3])
    shelf.marks.apply([first], starred=True)[1].result(60)
    shelf.marks.drafts.save(second.paper.key, "half a thought")
    shelf.feeds.take(DAILY, fetched(1))
    left = {entry.paper.key for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))}
    assert left == {first.paper.key, second.paper.key, "arxiv:2608.00001", "arxiv:2608.00099"}


def test_papers_leave_when_their_time_is_over_unless_they_were_decided_about(shelf: Shelf) -> None:
    shelf.feeds.take(DAILY, fetched(1, 2, 3, 4, day=OLD))
    shelf.feeds.take(DAILY, fetched(5))
    entries = {int(entry.paper.arxiv[-5:]): entry for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))}
    shelf.marks.apply([entries[3]], read=True)[1].result(60)
    # Asked in a row, with nothing on disk yet: the marks count as soon as they are made.
    shelf.marks.apply([entries[1]], starred=True)
    shelf.marks.apply([entries[2]], note="mine")
    assert shelf.feeds.expire([DAILY]) == 0
    assert shelf.feeds.expire([replace(DAILY, keep=90)]) == 2
    assert sorted(numbers(shelf)) == [1, 2, 5]
    shelf.feeds.take(DAILY, fetched(3))
    (entry,) = [one for one in shelf.papers.entries(shelf.papers.browse(VIEWS[1])) if one.paper.arxiv.endswith("3")]
    assert entry.mark.read is not None


def test_what_would_leave_at_once_does_not_come_in(shelf: Shelf) -> None:
    short = replace(DAILY, keep=30)
    assert shelf.feeds.take(short, fetched(1, day=OLD)).new == 0
    shelf.feeds.take(DAILY, fetched(2, day=OLD))
    assert shelf.feeds.take(short, fetched(2, 3, day=OLD)).known == 1
    assert numbers(shelf) == [2]


def test_feeds_are_searched_by_their_names(shelf: Shelf) -> None:
    shelf.papers.add(replace(fetched(1, 2), feed="HF daily"))
    for name, paper in (("Étude du jour", 3), ("HF daily news", 4)):
        batch = fetched(paper)
        items = tuple((one, replace(announcement, feed=name)) for one, announcement in batch.items)
        shelf.papers.add(replace(batch, feed=name, items=items))

    def found(search: str) -> list[int]:
        return sorted(int(one.paper.arxiv[-5:]) for one in shelf.papers.entries(shelf.papers.browse(VIEWS[1], search)))

    assert found('feed:"hf daily"') == [1, 2]
    assert found("feed:hf") == [1, 2, 4]
    assert found("feed:etude,news") == [3, 4]
    assert found("-feed:hf") == [3]
    assert found("-feed:etude -feed:news") == [1, 2]
    assert found("feed:nothing") == []
    assert found("feed:'%_") == []


def test_a_capture_of_2024_and_the_records_of_the_api_are_the_same_papers(shelf: Shelf, shared_feeds: Path) -> None:
    pages = shared_feeds / "pages"
    (capture,) = reader.read([pages / "day-2024-08-01-innertext.txt"])
    (records,) = reader.read([pages / "day-2024-08-01.html"])
    shelf.papers.add(capture)
    before = {entry.paper.title: entry for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))}
    assert before and not any(entry.paper.arxiv for entry in before.values())
    title, entry = next(iter(before.items()))
    shelf.marks.apply([entry], starred=True, note="from the page")[1].result(60)
    with Serving() as server:
        # The API's own form of what the page holds.
        server.json("/api/daily_papers", [as_record(paper, announcement) for paper, announcement in records.items])
        with Http(Sites(huggingface=server.url)) as http:
            asked = Feed("HF daily", "huggingface", "2024-08-01")
            outcome = shelf.feeds.take(asked, HuggingFace(http).fetch(FeedRequest(asked, date(2026, 8, 2))))
    assert (outcome.failure, outcome.known) == ("", len(before))
    after = shelf.papers.entries(shelf.papers.browse(VIEWS[1]))
    assert len(after) == len(records.items) and all(one.paper.arxiv for one in after)
    (same,) = [one for one in after if one.id == entry.id]
    assert (same.paper.title, same.paper.key) == (title, entry.paper.key)
    assert same.mark.starred is not None and same.mark.note == "from the page"
    assert same.paper.abstract


def as_record(paper: Paper, announcement: Announcement) -> dict[str, object]:
    """What the API tells of a paper."""
    return {
        "paper": {"id": paper.arxiv, "title": paper.title, "summary": paper.abstract, "upvotes": announcement.upvotes}
    }


LEARNING = Feed("Learning", "arxiv", "daily:cs.LG")


def pieces_of_day(*papers: Paper, kind: ListKind = "new", update: bool = False) -> Batch:
    day = date(2026, 8, 1)
    items = tuple((paper, Announcement("Learning", day, place)) for place, paper in enumerate(papers, 1))
    kinds = {paper.key: kind for paper in papers}
    return Batch("x", feed="Learning", day=day, items=items, kinds=kinds, update=update, more=True)


def test_pieces_are_stored_and_counted_together(shelf: Shelf) -> None:
    first = shelf.feeds.take(LEARNING, pieces_of_day(make_paper(1), make_paper(2)))
    assert shelf.feeds.log.fetches() == {}
    second = shelf.feeds.take(LEARNING, pieces_of_day(make_paper(2), make_paper(3)), before=first)
    done = shelf.feeds.take(LEARNING, Batch("x", feed="Learning"), before=second)
    assert (done.new, done.known) == (3, 1)
    assert shelf.feeds.log.fetches()["Learning"].new == 3


def test_an_update_fills_in_and_announces_nothing(shelf: Shelf) -> None:
    bare = make_paper(1, abstract="")
    shelf.feeds.take(DAILY, make_batch([bare], day=OLD))
    outcome = shelf.feeds.take(LEARNING, pieces_of_day(make_paper(1), make_paper(2), update=True))
    assert (outcome.new, outcome.known) == (0, 0)
    (entry,) = shelf.papers.entries(shelf.papers.browse(VIEWS[1]))
    assert entry.paper.abstract == make_paper(1).abstract
    assert (entry.feed, entry.day, entry.upvotes) == ("HF daily", OLD, 100)
    # Its counts are those of the day on which they were read.
    assert len(shelf.papers.count_log.sightings(entry.id)) == 1


def test_a_later_version_brings_back_neither_a_removed_paper_nor_that_of_an_undone_import(shelf: Shelf) -> None:
    batch = make_batch([make_paper(1)])
    step = shelf.marks.begin_import("import of a page")
    shelf.marks.adopt(batch, shelf.papers.add(batch, imported=step.batch), step)
    shelf.marks.undo().result()
    shelf.feeds.take(LEARNING, pieces_of_day(make_paper(2)))
    shelf.marks.apply(shelf.papers.entries(shelf.papers.browse(VIEWS[1])), removed=True, label="removed")[1].result()
    assert numbers(shelf) == []
    shelf.feeds.take(LEARNING, pieces_of_day(make_paper(1), make_paper(2), kind="replaced"))
    assert numbers(shelf) == []
