"""Which word of the library is nearest to one that finds nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.library.library import Library
from readlist.library.vocabulary import edits
from tests.support.library import add, paper

words = st.text("abc", max_size=7)


@pytest.fixture
def stocked(library: Library) -> Library:
    """Some papers, of which two are on diffusion and one on transfusion."""
    add(
        library,
        paper("Diffusion models"),
        paper("Latent Diffusion"),
        paper("Transfusion of Blood"),
        paper("Naïve Bayes"),
    )
    return library


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("difusion", "diffusion"),
        ("diffussion", "diffusion"),
        ("idffusion", "diffusion"),
        ("diffuison", "diffusion"),
        ("moedls", "models"),
        ("lattent", "latent"),
        ("naive", ""),
        ("diffusion", ""),
        ("bayas", "bayes"),
        ("teh", ""),
        ("quantization", ""),
        ("2401", ""),
        ("", ""),
    ],
)
def test_a_word_with_few_wrong_letters_is_near(stocked: Library, typed: str, meant: str) -> None:
    assert stocked.vocabulary.nearest(typed) == meant


def test_the_beginning_of_a_word_needs_no_correction_while_it_is_typed(stocked: Library) -> None:
    assert stocked.vocabulary.nearest("diffus", prefix=True) == ""
    assert stocked.vocabulary.nearest("difus", prefix=True) == ""


def test_of_equally_near_words_the_one_in_most_papers_is_meant(library: Library) -> None:
    add(library, paper("cart"), paper("card"), paper("a card"))
    assert library.vocabulary.nearest("carx") == "card"


def test_a_word_that_comes_in_later_is_known(stocked: Library) -> None:
    assert stocked.vocabulary.nearest("pruning") == ""
    add(stocked, paper("Prunings"))
    assert stocked.vocabulary.nearest("pruningz") == "prunings"


@given(words, words)
def test_edits_is_a_distance_of_strings(one: str, other: str) -> None:
    distance = edits(one, other)
    assert distance == edits(other, one)
    assert (distance == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance <= max(len(one), len(other))


def test_two_swapped_letters_are_one_edit() -> None:
    assert edits("abcd", "acbd") == 1 and edits("ab", "ba") == 1 and edits("kitten", "sitting") == 3
