"""Reasons name the star and the words that carry a score, and nothing else."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given

from readlist.match.features import Features, features_of
from readlist.match.model import Model
from readlist.match.reason import Reason, parts_of, reason_for
from tests.support.match import COUNTS, TOPICS, about, libraries, papers


def without(paper: Features, *terms: str) -> Features:
    """Return a paper that lacks some terms."""
    return Features(
        {term: level for term, level in paper.levels.items() if term not in terms},
        paper.titled - set(terms),
        tuple(name for name in paper.authors if name not in terms),
        "" if paper.organization in terms else paper.organization,
    )


def test_the_star_and_the_words_shared_with_it() -> None:
    model = Model([about(TOPICS[1]), about(TOPICS[0], 1), about(TOPICS[2], 2)], COUNTS)
    found = reason_for(model, about(TOPICS[0], 5))
    assert found.stars[0] == 1
    assert set(" ".join(found.terms).split()) <= {"diffusion", "image", "editing"}


@pytest.mark.parametrize("stars", [[], [about(TOPICS[0])]])
def test_nothing_shared_has_no_reason(stars: list[Features]) -> None:
    assert reason_for(Model(stars, COUNTS), features_of("unknown words", "")) == Reason()


def test_a_star_is_no_reason_for_itself() -> None:
    star = about(TOPICS[0])
    assert reason_for(Model([star], COUNTS), star, 0).stars == ()
    # But for another paper of the same text.
    assert reason_for(Model([star], COUNTS), star).stars == (0,)


@given(libraries, papers)
def test_without_the_named_words_the_score_is_lower_by_what_they_carry(stars: list[Features], paper: Features) -> None:
    model = Model(stars, COUNTS)
    found = reason_for(model, paper)
    assert found.score == model.score(paper.terms)
    assert model.score(without(paper, *found.terms).terms) == pytest.approx(found.score - found.carried)
    assert (found.carried > 0) == bool(found.stars) == bool(found.terms)


@given(libraries, papers)
def test_named_words_are_in_the_paper_and_in_each_star_named(stars: list[Features], paper: Features) -> None:
    found = reason_for(Model(stars, COUNTS), paper)
    assert len(found.terms) <= 3 and len(found.stars) <= 2
    for term in found.terms:
        assert term in paper.terms and all(term in stars[place].terms for place in found.stars)
    said = [set(term.lstrip("@#").split()) for term in found.terms]
    assert all(one.isdisjoint(other) for one, other in combinations(said, 2))


def test_a_second_star_is_named_where_it_has_the_same_words() -> None:
    pruning, routing = features_of("pruning experts", ""), features_of("routing tokens", "")
    model = Model([pruning, routing, pruning], COUNTS)
    assert set(reason_for(model, pruning).stars) == {0, 2}
    # Both of these lend as much, by other words.
    found = reason_for(Model([pruning, routing], COUNTS), features_of("pruning experts routing tokens", ""))
    assert len(found.stars) == 1


@given(libraries, papers)
def test_all_parts_are_the_score(stars: list[Features], paper: Features) -> None:
    model = Model(stars, COUNTS)
    found = parts_of(model, paper)
    assert math.fsum(part.weight for part in found) == pytest.approx(model.score(paper.terms))
    for part in found:
        assert part.term in paper.terms
        assert part.star is None or part.term in stars[part.star].terms
        assert (part.star is not None) == (part.weight > 0)


@given(libraries, papers)
def test_words_that_carry_little_are_no_reason(stars: list[Features], paper: Features) -> None:
    found = reason_for(Model(stars, COUNTS), paper)
    assert found.carried == 0 or found.carried >= 0.2


def test_one_weak_word_is_no_reason() -> None:
    stars = [features_of("quantum codes", f"quantum codes lemma{number}") for number in range(8)]
    model = Model(stars, COUNTS)
    weak = features_of("", "lemma3")
    assert 0 < model.score(weak.terms) < 0.2 and reason_for(model, weak).stars == ()
    assert set(" ".join(reason_for(model, features_of("quantum codes", "")).terms).split()) == {"quantum", "codes"}
