"""The terms of a paper: words and pairs that say something, names, in any script."""

from __future__ import annotations

import sqlite3

import pytest

from readlist.library.search_index import indexed
from readlist.match.features import Features, bare, features_of, kind_of


def features(title: str, abstract: str = "") -> Features:
    """Return the terms of a paper with some texts, as the search index has them."""
    return features_of(indexed(title), indexed(abstract))


def test_words_and_pairs_of_title_and_abstract() -> None:
    paper = features("Flow matching for images", "We learn flow fields. Flow fields are fast.")
    assert paper.levels == {
        "flow": 1.7, "matching": 1.7, "images": 1.7, "flow matching": 1.7,
        "learn": 1.0, "learn flow": 1.0, "fields": 1.7, "flow fields": 1.7, "fields flow": 1.0, "fast": 1.0,
    }  # fmt: skip
    assert paper.titled == {"flow matching"}


def test_stop_words_numbers_and_letters_are_no_terms_and_part_pairs() -> None:
    paper = features("Diffusion of 300 models", "A x graph")
    assert set(paper.levels) == {"diffusion", "models", "graph"}


def test_signs_of_names_are_no_words_and_part_pairs() -> None:
    assert set(features("Fast C++ parser").levels) == {"fast", "parser"}


@pytest.mark.parametrize(
    ("title", "terms"),
    [
        ("扩散模型", {"扩 散", "散 模", "模 型"}),
        ("Fast 扩散 models", {"fast", "扩 散", "models"}),
        ("Модели диффузии", {"модели", "диффузии", "модели диффузии"}),
        ("Éclair naïve", {"eclair", "naive", "eclair naive"}),
        ("node.js server", {"node", "js", "server", "js server"}),
        ("", set()),
        ("…!?", set()),
    ],
)
def test_titles_of_any_script(title: str, terms: set[str]) -> None:
    assert features(title).terms == terms


@pytest.mark.parametrize("title", ["रोबोट प्रणाली", "โปรตีนพับตัว", "扩散ガイド", "node.js C++ R^2", "Free $\\alpha$ text"])
def test_every_word_and_pair_is_found_by_the_search_index(title: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table search using fts5 (title, tokenize='unicode61 remove_diacritics 2')")
    connection.execute("insert into search values (?)", (indexed(title),))
    terms = features(title).terms
    found = [connection.execute("select count(*) from search where search match ?", (f'"{term}"',)) for term in terms]
    assert terms and [row.fetchone() for row in found] == [(1,)] * len(terms)
    connection.close()


def test_the_same_text_in_any_case_and_accent_has_the_same_terms() -> None:
    assert features("NAÏVE Bayes") == features("naive bayes")


def test_authors_and_organization_are_terms_of_their_own() -> None:
    paper = features_of("title", "", ("José Núñez", "J. Nunez", "José Núñez", "…"), "Università di Bologna")
    assert paper.authors == ("@jose nunez", "@j nunez")
    assert paper.organization == "#universita di bologna"
    assert paper.terms == {"title", "@jose nunez", "@j nunez", "#universita di bologna"}


def test_of_four_hundred_authors_the_first_eighty_count() -> None:
    assert len(features_of("title", "", [f"Author{number} Name" for number in range(400)]).authors) == 80


@pytest.mark.parametrize(
    ("term", "kind", "words"),
    [
        ("flow", "word", "flow"),
        ("flow matching", "pair", "flow matching"),
        ("扩 散", "word", "扩 散"),
        ("@jose nunez", "author", "jose nunez"),
        ("#eth", "organization", "eth"),
    ],
)
def test_kinds_of_terms(term: str, kind: str, words: str) -> None:
    assert (kind_of(term), bare(term)) == (kind, words)


def test_a_paper_without_anything_has_no_terms() -> None:
    assert features_of("", "") == Features({}, frozenset())
