"""How much papers are like one: symmetric, highest for the same words, carried by what is named."""

from __future__ import annotations

import pytest
from hypothesis import given

from readlist.match import Features, Frequencies, Likeness, features_of, shared
from tests.support.match import COUNTS, NOTHING, OTHERS, TOPICS, about, papers


def test_papers_of_the_same_topic_are_nearest() -> None:
    paper = about(TOPICS[0], 1)
    likeness = Likeness(paper, COUNTS)
    ranked = sorted(OTHERS, key=likeness.of, reverse=True)
    assert all(set(TOPICS[0].split()) <= each.terms for each in ranked[:8])
    assert likeness.of(about(TOPICS[0], 2)) > likeness.of(about(TOPICS[1], 2))
    assert len(likeness.weights) <= 64 and list(likeness.weights.values()) == sorted(
        likeness.weights.values(), key=abs, reverse=True
    )


@given(papers, papers)
def test_likeness_is_symmetric_and_at_most_one(one: Features, other: Features) -> None:
    there, back = Likeness(one, COUNTS).of(other), Likeness(other, COUNTS).of(one)
    assert there == pytest.approx(back, abs=1e-12) and 0 <= there <= 1 + 1e-12
    if one.levels == other.levels and one.levels:
        assert there == pytest.approx(1)


@given(papers, papers)
def test_shared_words_are_in_both(one: Features, other: Features) -> None:
    likeness = Likeness(one, COUNTS)
    named = shared(likeness.parts(other))
    assert len(named) <= 3 and all(term in one.levels and term in other.levels for term in named)
    words = [word for term in named for word in set(term.split())]
    assert len(words) == len(set(words))
    assert bool(named) == (likeness.of(other) > 0)


@pytest.mark.parametrize("counts", [COUNTS, NOTHING, Frequencies({"diffusion": 4}, 4)])
def test_papers_without_words_are_like_nothing(counts: Frequencies) -> None:
    empty = features_of("", "")
    assert Likeness(empty, counts).of(about(TOPICS[0])) == 0 == Likeness(about(TOPICS[0]), counts).of(empty)
    assert Likeness(empty, counts).parts(about(TOPICS[0])) == {} and Likeness(empty, counts).weights == {}


def test_scripts_without_blanks_are_compared_by_pairs_of_characters() -> None:
    paper = features_of("扩 散 模 型", "")
    likeness = Likeness(paper, COUNTS)
    assert likeness.of(features_of("扩 散 的 研 究", "")) > 0 == likeness.of(features_of("蛋 白 质", ""))
