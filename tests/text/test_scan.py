"""Patterns tried only where they can match find what they find when tried everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.query import lexer
from readlist.sources.catalog import row
from readlist.sources.formats import bibtex_parser
from readlist.sources.page import dump
from readlist.text.scan import find_at, places_of, sub_at, sub_lines, sub_places, unusual

_LINES = [
    dump._AFTER, dump._BEFORE, dump._DASHES, dump._DOT, dump._ESCAPED_DASH, dump._FILE_NAMES, dump._FURNITURE,
    dump._LIST_OF_LINKS, dump._NUMBERED_LIST, dump._ORG_HEADING, dump._WRAPPED_DEFINITION,
    bibtex_parser._OPENING, bibtex_parser._NO_ENTRY,
    re.compile(r"\n[ab]\n?", re.MULTILINE), re.compile(r"\n(?:a|- ?\n)+", re.MULTILINE),
]  # fmt: skip
_SIGNED = [(row._LINK_SIGN, row._LINK), (dump._WRAPPED_SIGN, dump._WRAPPED)]
_PIECES = [
    "\n", " ", "-", "- ", "\\-", "·", "* ", "** ", "a", "b", "[", "]", "[1]: ", "[1]:\n", "1. ", "References",
    "Visible links:\n", "https://x.org", "[/papers/2401.12345]", "[https://huggingface.co/papers/2401.12345]",
    "[0123456789]", "source", "models ", "docs", "© Hugging Face", "/papers/2401.12345", "A title of five words", "\t",
    "@", "@article{", "@string(", "@misc {a b,", ",", "(", "title = {",
    "é", "::: x", "=", "\r", "![", "<", ">", "<p ", "</a>", "{", "{#x}", "}", "[a](/b)", "__", "\\*", "][",
]  # fmt: skip
_texts = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@pytest.mark.parametrize("pattern", _LINES, ids=lambda pattern: pattern.pattern[:30])
@given(text=_texts)
def test_patterns_of_lines_find_the_same(pattern: re.Pattern[str], text: str) -> None:
    plain = re.compile(f"^(?:{pattern.pattern.removeprefix(chr(92) + 'n')})", pattern.flags)
    assert sub_lines(pattern, "<é>", text) == plain.sub("<é>", text)
    assert sub_lines(pattern, lambda each: each[0][1:].upper(), text) == plain.sub(lambda each: each[0].upper(), text)


@pytest.mark.parametrize(("sign", "pattern"), _SIGNED)
@given(text=_texts)
def test_patterns_with_a_sign_find_the_same(sign: re.Pattern[str], pattern: re.Pattern[str], text: str) -> None:
    found = [(each.span(), each.groups()) for each in find_at(sign, pattern, text)]
    assert found == [(each.span(), each.groups()) for each in pattern.finditer(text)]
    assert sub_at(sign, pattern, r"<\g<0>>", text) == pattern.sub(r"<\g<0>>", text)


@given(st.text(st.characters(exclude_categories=())))
def test_the_unusual_characters_of_a_text(text: str) -> None:
    assert unusual(text) == "".join(
        character for character in text if not (" " <= character <= "~" or character == "\n")
    )


@given(st.lists(st.text("ab.:", min_size=1, max_size=3), max_size=4, unique=True), st.text("ab.:", max_size=40))
def test_places_are_those_at_which_a_sign_begins(signs: list[str], text: str) -> None:
    assert list(places_of(signs, text)) == [
        place for place in range(len(text)) for sign in signs if text.startswith(sign, place)
    ]


@given(
    st.lists(st.sampled_from([*lexer._MEANT_SIGNS, "a", "b", "1", " ", "{", "}", "(", "é", "日"]), max_size=30).map(
        "".join
    )
)
def test_signs_are_replaced_where_a_search_of_the_whole_text_finds_them(text: str) -> None:
    # Few signs in a long text are found one by one.
    text = f"{text}{'a ' * 500}"
    assert sub_places(lexer._MEANT_SIGNS, lexer._MEANT, lexer._meant, text) == lexer._MEANT.sub(lexer._meant, text)
    assert sub_places(lexer._MEANT_SIGNS, lexer._MEANT, r"<\g<0>>", text) == lexer._MEANT.sub(r"<\g<0>>", text)
