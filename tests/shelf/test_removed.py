"""Removed papers: in no list, count or search until they are restored, whatever their feeds say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.library.integrity import check
from readlist.library.library import Library
from readlist.model.feed import Feed
from readlist.query import parse
from readlist.shelf import VIEWS, Entry, Shelf, View
from tests.support.papers import Clock, make_batch, make_paper, make_shelf

DAILY = Feed("HF daily", "huggingface", "daily")
INBOX, ALL, STARRED, NOTES = VIEWS


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = make_shelf(tmp_path)
    made.papers.add(make_batch([make_paper(number) for number in range(1, 6)]))
    made.sync.catch_up()
    yield made
    made.close()


def paper(shelf: Shelf, number: int) -> Entry:
    found = shelf.papers.entry(f"arxiv:2608.{number:05}")
    assert found is not None
    return found


def remove(shelf: Shelf, *numbers: int, removed: bool = True) -> None:
    shelf.marks.apply([paper(shelf, number) for number in numbers], removed=removed, label="removed")[1].result()


def found(shelf: Shelf, query: str = "", view: View = ALL) -> list[int]:
    return sorted(int(one.paper.arxiv[-5:]) for one in shelf.papers.entries(shelf.papers.browse(view, query)))


def test_a_removed_paper_is_in_no_list_count_or_search(shelf: Shelf) -> None:
    shelf.marks.apply([paper(shelf, 2)], starred=True, note="keep the kettle")[1].result()
    remove(shelf, 2, 3)
    assert found(shelf) == found(shelf, view=INBOX) == found(shelf, "number") == [1, 4, 5]
    assert found(shelf, view=STARRED) == found(shelf, view=NOTES) == found(shelf, "kettle") == []
    assert found(shelf, "2608.00003") == found(shelf, 'feed:"HF daily" number:3 is:starred') == []
    counts = shelf.papers.counts()
    assert (counts.papers, counts.unread, counts.starred, counts.noted, counts.removed) == (3, 3, 0, 0, 2)
    assert shelf.papers.count(ALL) == shelf.papers.count(ALL, "number") == len(shelf.papers.first(ALL)) == 3
    (feed,) = shelf.feeds.log.all()
    assert (feed.papers, feed.unread) == (3, 3)
    assert len(shelf.papers.unread_ids()) == 3 and not shelf.papers.is_untouched()
    assert check(shelf.library.connections) == []


def test_a_query_that_speaks_of_removed_papers_finds_them(shelf: Shelf) -> None:
    remove(shelf, 2, 3)
    assert found(shelf, "is:removed") == [2, 3]
    assert found(shelf, "is:removed 2608.00003") == found(shelf, "number is:removed -id:2608.00002") == [3]
    assert found(shelf, "-is:removed") == [1, 4, 5]
    assert found(shelf, "is:removed OR is:unread") == found(shelf, "is:read,unread,removed") == [1, 2, 3, 4, 5]
    assert found(shelf, "is:removed", View("Mine", "is:unread")) == [2, 3]
    assert shelf.papers.count(ALL, "is:removed", unread=True) == 2


def test_undo_brings_it_back_with_its_marks(shelf: Shelf) -> None:
    shelf.marks.apply([paper(shelf, 2)], starred=True, note="mine")[1].result()
    remove(shelf, 2, 3)
    outcome = shelf.marks.undo().result()
    assert outcome is not None and outcome.listed and set(outcome.marks) == {"arxiv:2608.00002", "arxiv:2608.00003"}
    assert found(shelf, view=STARRED) == found(shelf, "mine") == [2] and paper(shelf, 2).mark.note == "mine"
    again = shelf.marks.redo().result()
    assert again is not None and again.listed and found(shelf) == [1, 4, 5]
    shelf.marks.apply([paper(shelf, 1)], read=True)[1].result()
    read = shelf.marks.undo().result()
    assert read is not None and not read.listed
    remove(shelf, 2, 3, removed=False)
    assert found(shelf) == [1, 2, 3, 4, 5] and found(shelf, "is:removed") == []


def test_everything_may_be_removed(shelf: Shelf) -> None:
    shelf.marks.apply_all(shelf.papers.browse(ALL), removed=True, label="removed").result()
    assert found(shelf) == [] and shelf.feeds.log.all() == []
    # It is not a first run.
    assert not shelf.papers.is_untouched()


def test_it_stays_removed_when_its_feed_is_fetched_again(shelf: Shelf) -> None:
    remove(shelf, 2)
    outcome = shelf.feeds.take(DAILY, make_batch([make_paper(number, summary="new") for number in (2, 7)]))
    assert (outcome.new, outcome.known) == (1, 1)
    assert found(shelf) == [1, 3, 4, 5, 7] and paper(shelf, 2).paper.summary == "new"


@pytest.mark.parametrize("key", ["arxiv:2608.00002", "title:recurrentattentionnumber2"])
def test_it_stays_removed_in_a_library_made_from_nothing(shelf: Shelf, tmp_path: Path, key: str) -> None:
    shelf.marks.apply([paper(shelf, 2)], starred=True, removed=True, label="removed")[1].result()
    shelf.close()
    (tmp_path / "library.db").unlink()
    again = make_shelf(tmp_path)
    again.sync.catch_up()
    assert again.sync.restore_papers() == 0
    again.papers.add(make_batch([make_paper(1), make_paper(2, key=key, arxiv="2608.00002")]))
    assert found(again) == [1] and found(again, "is:removed is:starred") == [2]
    assert check(again.library.connections) == []
    again.close()


def test_the_mirror_is_repaired(shelf: Shelf, tmp_path: Path) -> None:
    other = make_shelf(tmp_path / "other")
    other.papers.add(make_batch([make_paper(number) for number in range(1, 6)]))
    remove(shelf, 2)
    shelf.close()
    other.close()
    (tmp_path / "other" / "library.db").replace(tmp_path / "library.db")
    again = make_shelf(tmp_path, Clock())
    assert again.sync.catch_up() and found(again) == [1, 3, 4, 5]
    again.close()


def test_another_window_follows(shelf: Shelf, tmp_path: Path) -> None:
    other = make_shelf(tmp_path)
    other.sync.catch_up()
    remove(other, 2)
    assert shelf.sync.follow().marks and found(shelf) == [1, 3, 4, 5]
    other.marks.undo().result()
    assert shelf.sync.follow().marks and found(shelf) == [1, 2, 3, 4, 5]
    other.close()


def test_on_two_machines_each_field_is_as_it_was_changed_last(shelf: Shelf, tmp_path: Path) -> None:
    home = tmp_path / "other"
    other = make_shelf(home)
    other.papers.add(make_batch([make_paper(number) for number in range(1, 6)]))
    remove(shelf, 2, 3)
    other.marks.apply([paper(other, 2)], starred=True)[1].result()
    for _ in range(2):
        shelf.sync.merge(home / "state.json")
        other.sync.merge(tmp_path / "state.json")
    for each in (shelf, other):
        # A star does not restore: the paper is removed and starred until someone restores it.
        assert found(each) == [1, 4, 5] and found(each, "is:removed is:starred") == [2]
    remove(other, 2, removed=False)
    shelf.sync.merge(home / "state.json")
    assert found(shelf) == [1, 2, 4, 5] and paper(shelf, 2).mark.starred
    other.close()


def test_a_star_elsewhere_does_not_add_a_removed_paper_by_title(shelf: Shelf, tmp_path: Path) -> None:
    other = make_shelf(tmp_path / "other")
    shelf.marks.apply([paper(shelf, 2)], starred=True, removed=True)[1].result()
    shelf.marks.apply([paper(shelf, 3)], starred=True)[1].result()
    assert other.sync.merge(tmp_path / "state.json").added == 1
    assert found(other) == [3]
    other.close()


def test_papers_that_prove_to_be_one_are_removed_if_one_was(shelf: Shelf) -> None:
    title = make_paper(8).title
    shelf.papers.add(make_batch([make_paper(8, key="doi:10.1/8", arxiv="", doi="10.1/8", authors=("Ada Author8",))]))
    entry = shelf.papers.entry("doi:10.1/8")
    assert entry is not None
    shelf.marks.apply([entry], removed=True, label="removed")[1].result()
    shelf.papers.add(make_batch([make_paper(8, doi="10.1/8")]))
    assert title not in [one.paper.title for one in shelf.papers.entries(shelf.papers.browse(ALL))]
    shelf.marks.undo().result()
    assert title in [one.paper.title for one in shelf.papers.entries(shelf.papers.browse(ALL))]


def test_a_library_of_an_older_readlist_has_no_removed_papers(tmp_path: Path) -> None:
    from tests.support.library import add, age
    from tests.support.library import paper as made

    library = Library(tmp_path / "library.db")
    add(library, made("Maps"), made("Rivers"))
    with library.connections.writing() as connection:
        age(connection, 6)
    library.close()
    library = Library(tmp_path / "library.db")
    assert list(library.ids(parse(""), "feed")) == [1, 2] and not library.ids(parse("is:removed"), "feed")
    assert library.counts().removed == 0 and check(library.connections) == []
    library.close()
