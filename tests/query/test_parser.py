"""What a query's text asks for, and what is wrong with it."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.library.query_sql import count_statement, ids_statement
from readlist.query import parse
from readlist.query.lexer import matchable, tokens
from readlist.query.parser import MAX_TOKENS
from readlist.query.terms import (
    ALIASES,
    CHOICES,
    FIELDS,
    SYNTAX,
    VALUE_EXAMPLES,
    And,
    Flag,
    Identified,
    Not,
    Or,
    Similar,
    Term,
    Words,
    leaves,
)

PIECES = [
    "diffusion", "-", "--", '"', '"a phrase"', "is:", "is:unread", "-is:read", "has:code,note", "has:", "is:foo",
    "foo:bar", "text-to-image", "a", "模型", "Mamba:", ",", ":", "::", "(", ")", "OR", "*", "^", "NEAR(", "\x00", "é",
    "é", "\ud800", "“x”", "'; drop table paper; --", "{title}:", "https://x.org/a", "is:read,", "IS:NEW",
    "feed:\udcff", "id:title:\udcff", '"\udcff', "quant*", "NOT", "AND", "🚀", "2401.00001", "10.1000/a(b",
    "like:2401.00001", "-like:title:x",
    "tag:cs", 'tag:"c', "tag:--", "tag:c*", "tags:#",
    "https://x(y)z", "title:alongkeyofapaper", "title:a,", 'feed:"a', "(", "-(",
    "C++", "C#", "A*", ".N", "node.", "js", "R^2", "x_i", "pass@1", "3.5", "ไท", "กี่", "हि",
]  # fmt: skip
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


def placeless(term: Term) -> Term:
    """Return a term without its places in the text."""
    match term:
        case Not(inner):
            return Not(placeless(inner))
        case And(inner_terms):
            return And(tuple(map(placeless, inner_terms)))
        case Or(inner_terms):
            return Or(tuple(map(placeless, inner_terms)))
    return replace(term, start=0, end=0)


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
            ("-quantization", ["not quantization"]),
            ('-"post training"', ["not post training"]),
            ("--x", ["not x"]),
            ("pre-", ["pre"]),
            ("Mamba: fast", ["mamba", "fast"]),
            ("http://x.org/a", ["http x org a"]),
            ("3:2", ["3 2"]),
            ("quant*", ["quant…"]),
            ("-quant* ab*", ["not quant…", "ab…"]),
            ('text-to-im* "latent diff*"', ["text to im…", "latent diff…"]),
            ("模型* a*b pre-*", ["模 型", "a b", "pre"]),
        ],
    )
    def test_words_and_phrases(self, text: str, terms: list[str]) -> None:
        assert asked(text) == terms
        assert not parse(text).problems

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            ("🚀 is:unread", "🚀"), ("!!!", "!!!"), ('"*" a', '"*"'), ('a ""', '""'), ("-…", "-…"),
            ("title:—", "title:—"),
            ("kw:a,— b", "kw:a,—"), ("a — b", "—"), ("- survey", "-"), ("-", "-"), ("--", "--"), ("a -", "-"),
            ("AND", "AND"), ("NOT", "NOT"), ("is:unread NOT", "NOT"), ("a AND", "AND"), ("AND a", "AND"),
            ("a AND OR b", "AND"), ("a OR NOT", "NOT"), ("(a NOT) b", "NOT"), ("a AND AND b", "AND"),
            ("a NOT AND b", "AND"),
            ("a -sort:date", "-sort:date"), ("NOT sort:date", "sort:date"), ("-(a sort:date)", "sort:date"),
            ("a \udcff", "\udcff"), ("feed:\udcff", "feed:\udcff"), ("id:title:\udcff", "id:title:\udcff"),
            ('"a\udcff b"', '"a\udcff b"'),
        ],
    )  # fmt: skip
    def test_what_asks_for_nothing_is_a_problem(self, text: str, wrong: str) -> None:
        (problem,) = parse(text).problems
        assert text[problem.start : problem.end] == wrong
        assert parse(f"{text} ", typing=True).problems or text.endswith(("-", "AND", "NOT"))

    @pytest.mark.parametrize("text", ["a -", "a AND", "NOT", "a NOT", "…", "-", '"', '"—', "title:—", "a OR"])
    def test_while_typing_more_may_follow(self, text: str) -> None:
        assert not parse(text, typing=True).problems

    def test_two_joined_terms_are_no_problem(self) -> None:
        assert asked("a AND b AND NOT c NOT NOT d") == ["a", "b", "not c", "d"]
        assert not parse("a AND b AND NOT c NOT NOT d").problems

    def test_the_depth_of_parentheses_is_named_not_their_end(self) -> None:
        (problem,) = parse("(" * 30 + "a" + ")" * 30).problems
        assert "20 deep" in problem.message and problem.start == 20

    def test_the_places_of_terms(self) -> None:
        text = 'one -"two three" (four OR title:five) is:read'
        assert [text[leaf.start : leaf.end] for leaf in leaves(parse(text).terms)] == [
            "one", '-"two three"', "four", "title:five", "is:read",
        ]  # fmt: skip

    def test_words_to_highlight_are_the_wanted_ones_as_typed(self) -> None:
        assert parse('Text-to-Image -video "a Phrase" is:read …').words == ("Text-to-Image", "a Phrase")


class TestDescriptions:
    def test_examples_are_sound(self) -> None:
        for text in (*(field.example for field in FIELDS.values()), *(text for text, _ in SYNTAX)):
            assert not parse(text).problems, text
            assert parse(text).terms or parse(text).sort

    def test_each_field_is_in_its_example(self) -> None:
        for name, field in FIELDS.items():
            assert field.example.startswith(f"{name}:")

    def test_choices_have_meanings_and_other_kinds_an_example_of_a_value(self) -> None:
        for name, field in FIELDS.items():
            assert all(field.values.values())
            assert bool(field.values) == (name in CHOICES) == (field.kind not in VALUE_EXAMPLES)

    def test_aliases_name_fields(self) -> None:
        assert set(ALIASES.values()) <= set(FIELDS) and not set(ALIASES) & set(FIELDS)


class TestFlags:
    def test_every_flag_is_known(self) -> None:
        for field in CHOICES.keys() - {"sort"}:
            for value in CHOICES[field]:
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
            ("upvotes>20", "upvotes>20", "upvotes:>20"),
            ("x upvotes>=20", "upvotes>=20", "upvotes:>=20"),
            ("stars=3", "stars=3", "stars:3"),
            ("date<2026-01", "date<2026-01", "date:<2026-01"),
            ("-comments>3", "comments>3", "comments:>3"),
            ("year:2024", "year", "date"),
            ("-repo:yes x", "repo:yes", "has:code"),
            ("cat:cs.LG", "cat", "feed"),
            ('github:"a b"', 'github:"a b"', "has:code"),
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

    @pytest.mark.parametrize(
        ("text", "suggestion"),
        [("year:", "date:"), ("x repo:", "has:code"), ("cat:", "feed:"), ("similar:", "like:"), ("Mamba:", "")],
    )
    def test_a_field_of_other_programs_is_known_before_its_value(self, text: str, suggestion: str) -> None:
        assert [problem.suggestion for problem in parse(text, typing=True).problems] == [suggestion] * bool(suggestion)
        assert not parse(text).problems

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

    @pytest.mark.parametrize(
        "text",
        [
            "date:2026-13",
            "date:2026-00",
            "seen:2026-02-30",
            "date:..x",
            "date:2026-13.",
            "upvotes:1.2.3",
            "stars:1...2",
        ],
    )
    def test_a_value_that_no_further_key_makes_right_is_a_problem_at_once(self, text: str) -> None:
        assert parse(text, typing=True).problems

    @pytest.mark.parametrize(
        "text",
        ["date:2", "date:2026-", "date:2026-0", "date:2026-1", "date:2026-02-", "date:2026-02-0",
         "date:>2026-1", "date:tod",
         "date:2026-08.", "date:2026-08..", "date:2026-08..2026-0", "date:..", "upvotes:>",
         "upvotes:10.", "upvotes:10..",
         "stars:1.", "date:12345"],
    )  # fmt: skip
    def test_a_value_that_further_keys_complete_is_no_problem(self, text: str) -> None:
        assert not parse(text, typing=True).problems

    @pytest.mark.parametrize(
        ("text", "finished"),
        [
            ("quant", "quant*"), ("quant ", "quant "), ("tag:ci", "tag:ci*"),
            ('tag:x,"ci', 'tag:x,"ci*"'), ("-tag:ci", "-tag:ci"), ("tag:1", "tag:1"),
            ("latent d", "latent "), ("d", ""),
            ("text-to-im", "text-to-im*"),
            ("text-to-i", "text-to-"), ('"latent diff', '"latent diff*"'), ('"latent d', '"latent "'),
            ("-diff", "-diff"),
            ('title:x,"flow ma', 'title:x,"flow ma*"'), ("title:latent,d", "title:latent,"), ("x title:d", "x "),
            ("title:latent,\"d", "title:latent,"), ('feed:"HF d', 'feed:"HF d"'), ("quant*", "quant*"),
            ("e\u0301t", "e\u0301t*"),
            ('"latent diff"', '"latent diff"'), ("模型", "模型"), ("latent e\u0301", "latent "),
            ("2401.00001", "2401.00001"),
            ("title:asurveyofsurveys", "title:asurveyofsurveys*"),
        ],
    )  # fmt: skip
    def test_what_is_typed_can_be_said_for_good(self, text: str, finished: str) -> None:
        assert parse(text, typing=True).finished == finished
        assert parse(text).finished == text


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("text", "identifiers"),
        [
            ("(id:2501.00003 OR id:2501.00004)", [("arxiv:2501.00003",), ("arxiv:2501.00004",)]),
            ("(2501.00003 OR 10.1000/ab)", [("arxiv:2501.00003",), ("doi:10.1000/ab",)]),
            ("id:10.1016/0378-4371(95)00001-x)", [("doi:10.1016/0378-4371(95)00001-x",)]),
            ("10.1002/(SICI)10(19)17:15<66::AID>3.0.CO;2", [("doi:10.1002/(sici)10(19)17:15<66::aid>3.0.co;2",)]),
            ("-2501.00003v2", [("arxiv:2501.00003",)]),
            (
                "2501.00003 id:2501.00004 hep-th/9901001",
                [("arxiv:2501.00003", "arxiv:2501.00004", "arxiv:hep-th/9901001")],
            ),
            ("2501.00003,2501.00004", [("arxiv:2501.00003", "arxiv:2501.00004")]),
            ("https://arxiv.org/abs/2501.00003v1 arXiv:2501.00004", [("arxiv:2501.00003", "arxiv:2501.00004")]),
            ("(https://doi.org/10.1000/a(b)c)", [("doi:10.1000/a(b)c",)]),
            ("huggingface.co/papers/2501.00003", [("arxiv:2501.00003",)]),
            ('"2501.00003" 3.14 https://lab.org/1', []),
        ],
    )  # fmt: skip
    def test_a_bare_identifier_is_the_paper(self, text: str, identifiers: list[tuple[str, ...]]) -> None:
        found = [leaf.identifiers for leaf in leaves(parse(text).terms) if isinstance(leaf, Identified)]
        assert found == identifiers
        assert [problem.message for problem in parse(text).problems] == (
            ["unmatched parenthesis"] if text.count(")") > text.count("(") else []
        )

    def test_several_side_by_side_are_any_of_them_and_what_else_is_asked_holds(self) -> None:
        ids, flag = parse("2501.00003 is:unread 2501.00004").terms
        assert isinstance(ids, Identified) and ids.identifiers == ("arxiv:2501.00003", "arxiv:2501.00004")
        assert isinstance(flag, Flag)

    def test_a_long_key_of_a_title_is_the_paper_or_its_words(self) -> None:
        (term,) = parse("title:asurveyofsurveys title:pruningwithouttears 2501.00003").terms
        assert isinstance(term, Or)
        assert term.terms[-1] == Identified(
            ("title:asurveyofsurveys", "title:pruningwithouttears", "arxiv:2501.00003"), start=0, end=59
        )
        assert len(parse("title:diffusion title:quantization").terms) == 2


class TestAnyText:
    @given(texts)
    @example("title:asurveyofsurveys")
    @example("¼")
    @example("a ½")
    @example("*\x1bA")
    @example("x*,A")
    @example("x* (A")
    def test_a_text_finished_asks_for_what_it_asked_for_while_typed(self, text: str) -> None:
        typed = parse(text, typing=True)
        said = parse(typed.finished)
        if not typed.problems and not said.problems:
            assert [placeless(term) for term in said.terms] == [placeless(term) for term in typed.terms]
            assert said.sort == typed.sort

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
                assert all(re.fullmatch(r"[^\s\"'*:^(){}+-]+", token) for token in leaf.tokens)

    def test_a_hundred_thousand_random_texts(self, thorough: bool) -> None:
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
        for _ in range(100_000 if thorough else 3_000):
            text = "".join(chance.choices(pieces, k=chance.randrange(12)))
            query = parse(text, typing=chance.random() < 0.5)
            ids_statement(query, "feed")
            count_statement(query)

    @given(texts)
    def test_a_query_goes_by_what_it_says(self, text: str) -> None:
        assert parse(text) == parse(text)
        assert hash(parse(text)) == hash(parse(text))

    @given(st.text())
    def test_a_word_is_a_word_of_its_own_text(self, text: str) -> None:
        assert " ".join(tokens(text)).split() == re.findall(
            r"(?:[^\W_]|[\U000f0000-\U000ffffd])+|[\ue100-\ue17f]", matchable(text)
        )

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
            assert query.problems[-1].message == f"too long: only the first {MAX_TOKENS} words are used"


@pytest.mark.parametrize("text", ["\udcff", "title:a\ud800", '"\udcff b"', "feed:\udcff", "@\udcff"])
def test_bytes_that_are_no_text_can_be_searched_for(text: str) -> None:
    _, values = ids_statement(parse(text), "feed")
    for value in values:
        str(value).encode()


def test_what_is_like_a_paper_comes_nearest_first() -> None:
    query = parse("like:2401.12345,https://arxiv.org/abs/2401.00001v2 has:code")
    (like,) = (term for term in query.terms if isinstance(term, Similar))
    assert like.identifiers == query.like == ("arxiv:2401.12345", "arxiv:2401.00001")
    assert (like.start, like.end) == (0, 50) and query.sort == "relevance" and not query.problems
    assert parse("like:2401.12345 sort:upvotes").sort == "upvotes"
    # Only where all that is found is like it.
    assert parse("-like:2401.12345").sort is None and parse("flow OR like:2401.12345").sort is None
    assert parse("like:2401.12345").within(parse("is:unread")).like == ("arxiv:2401.12345",)


@pytest.mark.parametrize("text", ["like:", "like:24", "like:2401.123"])
def test_an_unfinished_paper_is_not_a_problem_while_typing(text: str) -> None:
    assert not parse(text, typing=True).problems and parse(text).problems[0].message.startswith("like:")


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("match:>60", True),
        ("-match:>60", True),
        ("(a OR match:..20)", True),
        ("sort:-match", True),
        ("upvotes:>60", False),
    ],
)
def test_a_query_knows_whether_it_needs_the_match(text: str, needs: bool) -> None:
    assert parse(text).needs_match() is needs and parse(text).needs_match("match")
    assert parse("sort:match").needs_match("title") is False
