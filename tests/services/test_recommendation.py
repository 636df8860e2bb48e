"""How well the papers of a list fit: only where that is asked for, and how far it can be relied on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.model.fit import Because, Fit
from readlist.query import parse
from readlist.query.rules import Rules
from readlist.services.recommendation import asks_for_match, caution, fit_of, fits_for, said_of, unknown_papers
from readlist.shelf import Shelf
from readlist.shelf.hindsight import Hindsight
from tests.support.library import add, paper
from tests.support.papers import make_shelf

TITLES = ("Flow matching for speech", "Flow matching for images", "Protein folding", "Graph routing")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = make_shelf(tmp_path, rules=lambda: Rules(watched=("match:>90",)))
    add(shelf.library, *(paper(title, f"2608.{place:05}") for place, title in enumerate(TITLES, 1)))
    yield shelf
    shelf.close()


def star(shelf: Shelf, number: int) -> None:
    shelf.marks.apply_all(shelf.papers.select(parse(f"2608.{number:05}")), starred=True).result()


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("flow", False), ("sort:upvotes", False), ("sort:match", True), ("sort:-match", True), ("match:>60", True),
        ("-(flow OR match:>60)", True), ("is:watched", True), ("like:2608.00001", False),
    ],
)  # fmt: skip
def test_a_query_asks_by_its_terms_its_order_or_the_settings(shelf: Shelf, query: str, asks: bool) -> None:
    assert asks_for_match(shelf, parse(query)) is asks
    assert (fits_for(shelf, parse(query)) is not None) is (asks or query.startswith("like:"))
    assert asks_for_match(shelf, parse(query), "match")


def test_fits_are_of_what_was_asked_for(shelf: Shelf) -> None:
    star(shelf, 1)
    entries = shelf.papers.entries(shelf.papers.select(parse("sort:match")))
    by_match = fits_for(shelf, parse("sort:match"))
    assert by_match is not None
    found = by_match(entries)
    assert found[2].match is not None and found[2].like is None
    assert found[2].because == Because((("arxiv:2608.00001", TITLES[0]),), ("flow", "matching"))
    assert found[3].because == Because()
    like = fits_for(shelf, parse("like:2608.00002"))
    assert like is not None
    assert like(entries)[1] == Fit(like=Because((("arxiv:2608.00002", TITLES[1]),), ("flow matching",)))
    assert like(entries)[4] == Fit(like=Because())


def test_how_far_the_order_can_be_relied_on(shelf: Shelf) -> None:
    assert "nothing to match yet" in caution(shelf) and "in feed order" in caution(shelf)
    # What is found by its match isn't listed then.
    assert caution(shelf, ordered=False) == "nothing to match yet: star or note a few papers"
    star(shelf, 1)
    shelf.library.connections.writable = False
    shelf.papers.select(parse("sort:match"))
    assert caution(shelf) == "the library can't be written now: papers are in feed order"
    shelf.library.connections.writable = True
    shelf.papers.select(parse("sort:match"))
    assert caution(shelf) == "the match is a guess from 1 star"
    order = list(shelf.papers.select(parse("sort:match")))
    # Where nothing can be written, the earlier order stays, and that is said.
    star(shelf, 3)
    shelf.library.connections.writable = False
    assert list(shelf.papers.select(parse("sort:match"))) == order
    assert caution(shelf) == "the library can't be written now: the order is by earlier stars"
    shelf.library.connections.writable = True
    assert list(shelf.papers.select(parse("sort:match"))) != order
    assert caution(shelf) == "the match is a guess from 2 stars"


def test_few_judged_stars_are_called_few() -> None:
    assert said_of(Hindsight(0, 0, 0, 0.0)) == ""
    one = "in the best tenth of its day, ranked by what you had starred before; one star says little"
    assert said_of(Hindsight(1, 1, 0, 0.1)) == f"your last star was {one}"
    assert said_of(Hindsight(1, 0, 1, 0.1)) == f"your last star was not {one}"
    assert said_of(Hindsight(9, 1, 0, 0.9)).endswith("; 9 stars say little")
    assert said_of(Hindsight(10, 1, 0, 0.9)).endswith("by upvotes 0, by chance 1")


def test_papers_that_are_not_there_are_named_once(shelf: Shelf) -> None:
    assert unknown_papers(shelf, parse("like:2608.00001 flow")) == []
    query = parse("flow OR -(like:2608.77777,2608.00001) OR like:2608.77777")
    assert unknown_papers(shelf, query) == ["arxiv:2608.77777"]


def test_one_paper_fits_as_the_last_order_has_it(shelf: Shelf) -> None:
    star(shelf, 1)
    (entry,) = shelf.papers.entries([2])
    assert fit_of(shelf, entry) == Fit(because=Because())
    shelf.papers.select(parse("sort:match"))
    because = Because((("arxiv:2608.00001", TITLES[0]),), ("flow", "matching"))
    assert fit_of(shelf, entry) == Fit(match=62, because=because)
    before = shelf.library.scores.state()
    star(shelf, 3)
    assert fit_of(shelf, entry).because == because and shelf.library.scores.state() == before
