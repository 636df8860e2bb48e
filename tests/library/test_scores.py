"""Scores of papers: ranked by the search index, replaced at once, for queries and orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from readlist.library.library import Library
from readlist.library.scores import Examples, Scored, expression
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Paper, identifiers_of
from readlist.model.view import Sort
from readlist.query import parse

DAY = date(2026, 8, 1)
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
TITLES = ("Flow matching", "Graph matching", "Flow fields", "Protein folding", "Speech")


def paper(title: str, abstract: str = "An abstract.", authors: tuple[str, ...] = ()) -> Paper:
    return Paper(identifiers_of(title)[0], title, abstract, authors)


def add(library: Library, *papers: Paper) -> None:
    library.add("Lab", [(each, Announcement("Lab", DAY, place)) for place, each in enumerate(papers, 1)], day=DAY)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "library.db")
    add(library, *map(paper, TITLES))
    yield library
    library.close()


WEIGHTS = [
    (2.0, expression("word", "flow")),
    (1.0, expression("word", "matching")),
    (-1.0, expression("word", "graph")),
]


def score(library: Library, stamp: str = "one") -> None:
    """Score all papers: flow matching, flow fields, then what has none of the words or as much against as for it."""
    assert library.scores.replace(stamp, library.scores.rank(WEIGHTS, library.scores.examples().last))


def titles(library: Library, query: str, sort: Sort = "match", limit: int | None = None) -> list[str]:
    ids = library.ids(parse(query), sort) if limit is None else library.first_ids(parse(query), sort, limit)
    return [entry.paper.title for entry in library.papers(ids)]


def test_papers_are_ranked_by_the_weights_of_what_they_match(library: Library) -> None:
    ranked = library.scores.rank(WEIGHTS, 5)
    # The best of five is above four and a half of them; the three last share the middle of three.
    assert list(ranked.rows()) == [(1, 90, 3.0), (2, 30, 0.0), (3, 70, 2.0), (4, 30, 0.0), (5, 30, 0.0)]


def test_papers_without_an_abstract_are_ranked_among_themselves(library: Library) -> None:
    add(library, paper("Flow", ""), paper("Nothing", ""))
    assert list(library.scores.rank(WEIGHTS, 7).rows())[5:] == [(6, 75, 2.0), (7, 25, 0.0)]


def test_a_sort_order_and_a_filter(library: Library) -> None:
    score(library)
    assert titles(library, "") == ["Flow matching", "Flow fields", "Graph matching", "Protein folding", "Speech"]
    assert titles(library, "", limit=2) == ["Flow matching", "Flow fields"]
    assert titles(library, "match:>60") == ["Flow matching", "Flow fields"]
    assert titles(library, "match:..60 -speech", "title") == ["Graph matching", "Protein folding"]
    assert titles(library, "matching") == ["Flow matching", "Graph matching"]
    assert titles(library, "", "-match") == [
        "Speech",
        "Protein folding",
        "Graph matching",
        "Flow fields",
        "Flow matching",
    ]
    assert library.count(parse("match:>60")) == 2


@pytest.mark.parametrize("sort", ["match", "-match"])
@pytest.mark.parametrize("query", ["", "matching", "-speech", "match:>60"])
def test_many_papers_come_in_the_order_of_few(
    library: Library, monkeypatch: pytest.MonkeyPatch, query: str, sort: Sort
) -> None:
    score(library)
    add(library, paper("Graph drawing"), paper("A day of matching"))
    few = titles(library, query, sort)
    monkeypatch.setattr("readlist.library.library._FEW", 0)
    assert titles(library, query, sort) == few == titles(library, query, sort, limit=9)


def test_numbers_are_ranked_alike_in_parts(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = library.scores.rank(WEIGHTS, 5)
    monkeypatch.setattr("readlist.library.scores._SORTED", 2)
    assert list(library.scores.rank(WEIGHTS, 5).rows()) == list(whole.rows())


def test_without_scores_all_papers_are_in_feed_order(library: Library) -> None:
    assert titles(library, "") == list(TITLES) and titles(library, "", "-match") == list(TITLES[::-1])
    assert titles(library, "match:>0") == [] and library.scores.state() == Scored()


def test_papers_added_since_come_last_until_they_have_a_score(library: Library) -> None:
    score(library)
    add(library, paper("Flow of time"), paper("Ants"))
    assert titles(library, "")[-2:] == ["Flow of time", "Ants"]
    library.scores.add(library.scores.state(), {6: (80, 2.0), 7: (25, 0.0)}, 7)
    assert titles(library, "", limit=2) == ["Flow matching", "Flow of time"]
    assert library.scores.of([7, 6, 99]) == {6: 80, 7: 25}
    assert library.scores.state().last == 7


def test_scores_of_an_older_model_are_not_added_to(library: Library) -> None:
    score(library)
    before = library.scores.state()
    score(library, "two")
    add(library, paper("Flow of time"))
    library.scores.add(before, {6: (80, 2.0)}, 6)
    assert library.scores.of([6]) == {} and library.scores.state().last == 5


def test_new_scores_take_the_place_of_old_ones_at_once(library: Library) -> None:
    score(library)
    first = library.scores.state()
    ranked = library.scores.rank([(1.0, expression("word", "speech"))], 5)
    seen = []

    def look() -> bool:
        seen.append(titles(library, "", limit=1))
        return False

    assert library.scores.replace("two", ranked, look)
    assert seen == [["Flow matching"]] and titles(library, "", limit=1) == ["Speech"]
    assert library.scores.state().generation > first.generation and library.scores.state().stamp == "two"


def test_scoring_that_is_stopped_leaves_the_scores_as_they_were(library: Library) -> None:
    score(library)
    before = library.scores.state()
    assert not library.scores.replace("two", library.scores.rank(WEIGHTS[:1], 5), lambda: True)
    assert library.scores.state() == before and titles(library, "", limit=1) == ["Flow matching"]
    with library.connections.reading() as connection:
        assert connection.execute("select count(*) from score").fetchone() == (5,)


def test_a_match_of_a_score_is_the_one_of_papers_with_that_score(library: Library) -> None:
    score(library)
    state = library.scores.state()
    found = [state.match_of(value, has_abstract=True) for value in (-5.0, 0.0, 1.0, 2.0, 2.5, 3.0, 9.0)]
    assert found == [0, 30, 30, 70, 70, 90, 90]


def test_names_are_looked_for_where_they_are(library: Library) -> None:
    add(library, paper("One", authors=("Flow Speech",)), paper("Two", "By Flow Speech."))
    ranked = library.scores.rank([(1.0, expression("author", "flow speech"))], 7)
    assert [score for _, _, score in ranked.rows()][5:] == [1.0, 0.0]


def test_what_a_model_is_learned_from(library: Library) -> None:
    later = datetime(2026, 8, 2, tzinfo=UTC)
    marks = {
        1: Mark(starred=later), 2: Mark(read=NOON, note="good", noted=NOON), 3: Mark(read=NOON), 4: Mark(removed=NOON),
    }  # fmt: skip
    library.mirror.write([(library.papers([number])[0].paper.key, mark) for number, mark in marks.items()])
    assert library.scores.examples() == Examples(stars=(2, 1), read=(3,), removed=(4,), others=(5,), last=5)
