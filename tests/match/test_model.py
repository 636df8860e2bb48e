"""The model: what stars have in common, against other papers; the same whenever it is learned."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.match.features import Features, features_of
from readlist.match.model import Model, count
from tests.support.match import COUNTS, NOTHING, OTHERS, TERMS, TOPICS, about, libraries, papers


def test_papers_like_the_stars_score_higher() -> None:
    model = Model([about(TOPICS[0], 20), about(TOPICS[0], 21), about(TOPICS[0], 22)], COUNTS)
    scores = {topic: model.score(about(topic, 5).terms) for topic in TOPICS}
    assert max(scores, key=scores.__getitem__) == TOPICS[0]
    assert scores.pop(TOPICS[0]) > 4 * max(scores.values())


def test_one_star_is_enough_for_an_order() -> None:
    model = Model([about(TOPICS[1], 20)], COUNTS)
    assert model.score(about(TOPICS[1], 3).terms) > model.score(about(TOPICS[2], 3).terms)


def test_ten_stars_of_one_kind_leave_two_of_another_theirs() -> None:
    many = [about(TOPICS[0], number) for number in range(10)]
    few = [about(TOPICS[1], number) for number in range(2)]
    model = Model([*few, *many], COUNTS)
    assert model.score(about(TOPICS[1], 5).terms) > 8 * model.score(about(TOPICS[2], 5).terms)


def test_an_author_of_the_stars_counts() -> None:
    stars = [features_of(topic, "", ("Ann One",)) for topic in TOPICS[:2]]
    model = Model(stars, COUNTS)
    assert model.score(features_of("unknown words", "", ("Ann One",)).terms) > model.score(
        features_of("unknown words", "").terms
    )


def test_a_newer_star_counts_more() -> None:
    model = Model([about(TOPICS[0]), *[about(TOPICS[2], number) for number in range(30)], about(TOPICS[1])], COUNTS)
    assert model.score(about(TOPICS[1], 5).terms) > model.score(about(TOPICS[0], 5).terms)


@pytest.mark.parametrize("stars", [[], [features_of("", "")], [features_of("", "")] * 5])
def test_stars_without_words_give_no_order(stars: list[Features]) -> None:
    model = Model(stars, COUNTS)
    assert model.weights == {} and set(map(model.score, TERMS)) == {0.0}


def test_without_other_papers_there_are_scores_too() -> None:
    model = Model([about(TOPICS[0])], NOTHING)
    assert all(map(math.isfinite, model.weights.values()))


@given(libraries, libraries)
def test_weights_are_at_most_one_and_at_most_256(stars: list[Features], others: list[Features]) -> None:
    model = Model(stars, count(other.terms for other in others))
    assert len(model.weights) <= 256
    assert all(0 < abs(weight) <= 1 for weight in model.weights.values())


@given(libraries, st.permutations(range(12)), papers)
def test_the_order_of_other_papers_is_of_no_account(others: list[Features], order: list[int], paper: Features) -> None:
    shuffled = [others[place] for place in order if place < len(others)]
    stars = [about(TOPICS[0]), about(TOPICS[1])]
    one, two = (
        Model(stars, count(other.terms for other in others)),
        Model(stars, count(other.terms for other in shuffled)),
    )
    assert one.weights == two.weights and one.score(paper.terms) == two.score(paper.terms)


@given(libraries, papers, papers)
def test_a_star_taken_back_leaves_no_trace(stars: list[Features], star: Features, paper: Features) -> None:
    assert Model([*stars, star][:-1], COUNTS).score(paper.terms) == Model(stars, COUNTS).score(paper.terms)


@given(libraries, papers)
def test_what_stars_lend_is_the_positive_part_of_the_score(stars: list[Features], paper: Features) -> None:
    model = Model(stars, COUNTS)
    carried = model.carried(paper.terms)
    assert math.fsum(carried.values()) == model.score(paper.terms)
    positive = math.fsum(weight for weight in carried.values() if weight > 0)
    assert math.fsum(model.lent(carried)) == pytest.approx(positive)


def test_confidence_is_high_for_one_interest_and_low_for_none() -> None:
    interest = Model([about(TOPICS[0], number) for number in range(10, 16)], COUNTS)
    chance = Model([about(topic, 20 + place) for place, topic in enumerate(TOPICS)], COUNTS)
    others = [terms for terms in TERMS if "diffusion" not in terms]
    assert interest.confidence(others) > 0.9
    assert chance.confidence(TERMS) < 0.6
    assert Model([about(TOPICS[0])], COUNTS).confidence(others) == 0.5 == interest.confidence([])


def test_a_paper_counted_twice_weighs_twice() -> None:
    counts = count([about(TOPICS[0]).terms, about(TOPICS[1]).terms], (2, 1))
    assert counts.size == 3 and counts.papers["diffusion"] == 2 and "protein" not in counts.papers


@given(libraries, papers)
def test_the_same_stars_give_the_same_bytes(stars: list[Features], paper: Features) -> None:
    counts = count(other.terms for other in OTHERS)
    one, two = Model(stars, counts), Model(list(stars), counts)
    assert list(one.weights.items()) == list(two.weights.items())
    assert math.fsum(one.carried(paper.terms).values()).hex() == two.score(paper.terms).hex()


@given(libraries, papers)
def test_a_paper_without_some_terms_has_the_score_of_the_others(stars: list[Features], paper: Features) -> None:
    model = Model(stars, COUNTS)
    carried = model.carried(paper.terms)
    for term, weight in carried.items():
        assert model.score(paper.terms - {term}) == model.score(paper.terms) - weight


@given(libraries, st.randoms(use_true_random=False), papers)
def test_the_order_of_the_words_of_a_paper_is_of_no_account(
    stars: list[Features], dice: Random, paper: Features
) -> None:
    model = Model(stars, COUNTS)
    terms = sorted(paper.terms)
    dice.shuffle(terms)
    assert model.score(dict.fromkeys(terms)).hex() == model.score(paper.terms).hex()
