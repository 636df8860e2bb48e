"""Papers like one: kept while nothing changes, without removed ones, and with what both have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.model.view import ALL, View
from readlist.query import parse
from readlist.shelf import Shelf
from readlist.shelf.similar_shelf import NEAREST
from tests.support.library import add, paper
from tests.support.papers import make_shelf

TITLES = (
    "Flow matching for speech", "Flow matching for images", "Speech synthesis", "Protein folding",
    "Folding of proteins",
)  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = make_shelf(tmp_path)
    add(shelf.library, *(paper(title, f"2608.{place:05}") for place, title in enumerate(TITLES, 1)))
    yield shelf
    shelf.close()


def like(shelf: Shelf, query: str) -> list[str]:
    return [entry.paper.title for entry in shelf.papers.entries(shelf.papers.select(parse(query)))]


def test_the_nearest_come_first_with_what_they_share(shelf: Shelf) -> None:
    entry = shelf.papers.entry("arxiv:2608.00001")
    assert entry is not None
    first, second = shelf.similar.nearest(entry)
    assert (first.id, second.id) == (2, 3) and 1 > first.likeness > second.likeness > 0
    assert first.words == ("flow matching",) and second.words == ("speech",)
    assert shelf.similar.nearest(entry) is shelf.similar.nearest(entry)


def test_new_papers_are_found_and_removed_ones_are_not(shelf: Shelf) -> None:
    assert like(shelf, "like:2608.00004") == ["Folding of proteins"]
    add(shelf.library, paper("Protein folding energies", "2608.00009"))
    assert like(shelf, "like:2608.00004") == ["Protein folding energies", "Folding of proteins"]
    shelf.marks.apply_all(shelf.papers.select(parse("2608.00009")), removed=True).result()
    assert like(shelf, "like:2608.00004") == ["Folding of proteins"]


def test_every_list_and_count_of_the_screen_takes_it(shelf: Shelf) -> None:
    view = View("Like", "like:2608.00001")
    assert list(shelf.papers.browse(view)) == shelf.papers.first(view) == [2, 3]
    assert list(shelf.papers.browse(ALL, "like:2608.00001")) == [2, 3]
    assert shelf.papers.first(view, limit=1) == [2] and shelf.papers.count(view) == 2
    assert shelf.papers.parse(view).sort == "relevance" and shelf.papers.parse(view, "sort:title").sort == "title"
    shelf.papers.typed.begin(ALL)
    assert shelf.papers.first(ALL, "like:2608.00001 image") == [2]
    shelf.papers.typed.end()
    assert [count for _, count in shelf.papers.outlines.groups(shelf.papers.parse(view))] == [2]


def test_papers_that_are_not_there_or_have_no_words_are_like_nothing(shelf: Shelf) -> None:
    add(shelf.library, paper("∗", "2608.00010"))
    assert like(shelf, "like:2608.00010") == [] == like(shelf, "like:2608.77777")
    assert json.loads(shelf.similar.ids('["arxiv:2608.77777"]')) == []
    assert len(like(shelf, "-like:2608.77777")) == 6


def test_at_most_fifty_are_like_one(shelf: Shelf) -> None:
    add(shelf.library, *(paper(f"Whale songs {number}", f"2607.{number:05}") for number in range(1, 80)))
    assert len(like(shelf, "like:2607.00001")) == NEAREST
