"""What a query's text asks for, and what is wrong with it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.library.search import count_statement, ids_statement
from readlist.query import (
    FIELDS,
    FLAGS,
    MAX_TOKENS,
    And,
    Counted,
    Dated,
    Flag,
    Identified,
    InFeed,
    Not,
    Or,
    Term,
    Words,
    matchable,
    parse,
    tokens,
)

PIECES = [
    *("diffusion", "-", "--", '"', '"a phrase"', "is:", "is:unread", "-is:read", "has:code,note", "has:", "is:foo"),
    *(
        "foo:bar",
        "text-to-image",
        "a",
        "模型",
        "Mamba:",
        ",",
        ":",
        "::",
        "(",
        ")",
        "OR",
        "*",
        "^",
        "NEAR(",
        "\x00",
        "é",
    ),
    *("e\u0301", "\ud800", "“x”", "'; drop table paper; --", "{title}:", "https://x.org/a", "is:read,", "IS:NEW"),
]
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)


def asked(text: str, *, typing: bool = False) -> list[object]:
    """Return the terms without their places: tokens of words (… for a prefix), flags, negations marked."""

    def short(term: object) -> object:
        match term:
            case Words(words, prefix):
                return " ".join(words) + ("…" if prefix else "")
            case Flag(field, values):
                return f"{field}:{','.join(values)}"
            case Not(inner):
                return f"not {short(inner)}"
        raise AssertionError(term)

    return [short(term) for term in parse(text, typing=typing).terms]


def leaves(terms: Iterable[Term]) -> Iterator[Words | Flag | InFeed | Identified | Counted | Dated]:
    """Yield the terms that hold no others."""
    for term in terms:
        match term:
            case Not(inner):
                yield from leaves([inner])
            case And(inner_terms) | Or(inner_terms):
                yield from leaves(inner_terms)
            case _:
                yield term


class TestWords:
    @pytest.mark.parametrize(
        ("text", "terms"),
        [
            ("", []),
            ("diffusion models", ["diffusion", "models"]),
            ("Diffusión STRASSE straße", ["diffusion", "strasse", "strasse"]),
            ("e\u0301tude étude", ["etude", "etude"]),
            ("text-to-image", ["text to image"]),
            ('"text to image"', ["text to image"]),
            ('"Text-to-Image models" x', ["text to image models", "x"]),
            ("“typographic quotes”", ["typographic quotes"]),
            ("GPT-4o, S²FT", ["gpt 4o", "s2ft"]),
            ("don't", ["don t"]),
            ("扩散模型 v2", ["扩 散 模 型", "v2"]),
            ("BERT模型", ["bert 模 型"]),
            ("* ... ^ ''", []),
            ('""', []),
            ("-quantization", ["not quantization"]),
            ('-"post training"', ["not post training"]),
            ("- x", ["x"]),
            ("--x", ["not x"]),
            ("pre-", ["pre"]),
            ("Mamba: fast", ["mamba", "fast"]),
            ("http://x.org/a", ["http x org a"]),
            ("3:2", ["3 2"]),
        ],
    )
    def test_words_and_phrases(self, text: str, terms: list[str]) -> None:
        assert asked(text) == terms
        assert not parse(text).problems

    def test_the_places_of_terms(self) -> None:
        text = 'one -"two three" (four OR title:five) is:read'
        assert [text[leaf.start : leaf.end] for leaf in leaves(parse(text).terms)] == [
            "one", '-"two three"', "four", "title:five", "is:read",
        ]  # fmt: skip

    def test_words_to_highlight_are_the_wanted_ones_as_typed(self) -> None:
        assert parse('Text-to-Image -video "a Phrase" is:read …').words == ("Text-to-Image", "a Phrase")


class TestFlags:
    def test_every_flag_is_known(self) -> None:
        for field, values in FLAGS.items():
            for value in values:
                assert asked(f"{field}:{value}") == [f"{field}:{value}"]

    @pytest.mark.parametrize(
        ("text", "terms"),
        [
            ("IS:Unread", ["is:unread"]),
            ("is:starred,noted", ["is:starred,noted"]),
            ("is:starred,starred,", ["is:starred"]),
            ("-has:code", ["not has:code"]),
            ('has:"code"', ["has:code"]),
        ],
    )
    def test_forms(self, text: str, terms: list[str]) -> None:
        assert asked(text) == terms
        assert not parse(text).problems

    @pytest.mark.parametrize(
        ("text", "wrong", "suggestion"),
        [
            ("x is:unraed", "unraed", "unread"),
            ("has:cod is:read", "cod", "code"),
            ("is:read,stared", "stared", "starred"),
            ("is:xyzzy", "xyzzy", ""),
            ("hsa:code", "hsa", "has"),
            ("colour:red", "colour", ""),
            ("is:", "is:", ""),
            ('"not closed', '"not closed', '"not closed"'),
        ],
    )
    def test_what_is_wrong_is_pointed_at_and_the_nearest_offered(self, text: str, wrong: str, suggestion: str) -> None:
        (problem,) = parse(text).problems
        assert text[problem.start : problem.end] == wrong
        assert problem.suggestion == suggestion
        assert problem.message

    def test_the_rest_of_a_query_with_a_problem_counts(self) -> None:
        assert asked("is:unraed fast is:read,stared hsa:code") == ["fast", "is:read"]

    def test_the_message_names_what_there_is(self) -> None:
        assert "unread, read, starred, noted, new" in parse("is:foo").problems[0].message


class TestTyping:
    @pytest.mark.parametrize(
        ("text", "terms"),
        [
            ("diff", ["diff…"]),
            ("diff ", ["diff"]),
            ("latent diff", ["latent", "diff…"]),
            ("d", []),
            ("latent d", ["latent"]),
            ("text-to-im", ["text to im…"]),
            ("text-to-i", ["text to"]),
            ("text-", ["text"]),
            ('"latent diff', ["latent diff…"]),
            ('"latent diff"', ["latent diff"]),
            ("-diff", ["not diff"]),
            ("模", ["模"]),
            ("is:", []),
            ("is:unr", []),
            ("is:read,st", ["is:read"]),
            ("e\u0301t", ["et…"]),
        ],
    )
    def test_the_last_word_is_a_beginning_and_the_unfinished_is_no_problem(self, text: str, terms: list[str]) -> None:
        assert asked(text, typing=True) == terms
        assert not parse(text, typing=True).problems

    @pytest.mark.parametrize("text", ["is:unr fast", "is:xy", "hsa:co"])
    def test_what_can_not_become_right_is_a_problem_at_once(self, text: str) -> None:
        assert len(parse(text, typing=True).problems) == 1


class TestAnyText:
    @given(texts, st.booleans())
    def test_parsing_never_raises_and_points_into_the_text(self, text: str, typing: bool) -> None:
        query = parse(text, typing=typing)
        assert query.text == text
        for problem in query.problems:
            assert 0 <= problem.start < problem.end <= len(text)
        for leaf in leaves(query.terms):
            assert 0 <= leaf.start < leaf.end <= len(text)
            if isinstance(leaf, Words):
                assert leaf.tokens
                assert all(token.isalnum() for token in leaf.tokens)

    def test_a_hundred_thousand_random_texts(self, request: pytest.FixtureRequest) -> None:
        pieces = [
            *PIECES,
            *(f"{field}:" for field in FIELDS),
            "..",
            ">",
            "7d",
            "2026-",
            "1k",
            ",",
            " ",
            " OR ",
            "-(",
            "🦊",
        ]
        chance = random.Random(20261121)
        for _ in range(100_000 if request.config.getoption("--long") else 3_000):
            text = "".join(chance.choices(pieces, k=chance.randrange(12)))
            query = parse(text, typing=chance.random() < 0.5)
            ids_statement(query, "feed")
            count_statement(query)

    @given(texts)
    def test_a_query_goes_by_what_it_says(self, text: str) -> None:
        assert parse(text) == parse(text)
        assert hash(parse(text)) == hash(parse(text))

    @given(st.text())
    def test_matching_folds_once_and_for_all(self, text: str) -> None:
        assert tokens(matchable(text)) == tokens(text)

    @pytest.mark.parametrize("piece", ["word ", "a-", "is:read ", '"', "-", "a:", "is:foo ", "foo:bar ", "a:a", '-"a'])
    def test_a_query_without_end_is_cut_and_says_so(self, piece: str) -> None:
        text = piece * 10_000
        start = time.process_time()
        query = parse(text)
        assert time.process_time() - start < 2
        used = sum(len(leaf.tokens) if isinstance(leaf, Words) else 1 for leaf in leaves(query.terms))
        assert used <= MAX_TOKENS
        assert len(query.problems) <= MAX_TOKENS + 2
        if used + len(query.problems) > MAX_TOKENS:
            assert query.problems[-1].message == f"only the first {MAX_TOKENS} words of a query count"


@pytest.mark.parametrize("text", ["\udcff", "title:a\ud800", '"\udcff b"', "feed:\udcff", "@\udcff"])
def test_bytes_that_are_no_text_can_be_searched_for(text: str) -> None:
    _, values = ids_statement(parse(text), "feed")
    for value in values:
        str(value).encode()
