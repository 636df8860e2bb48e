"""Patterns tried only where they can match find what they find when tried everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.sources.formats import bibtex_parser
from readlist.sources.page import dump
from readlist.text.scan import find_lines, places_of, sub_lines, unusual

_LINES = [
    dump._AFTER, dump._BEFORE, dump._DASHES, dump._DOT, dump._ESCAPED_DASH, dump._FILE_NAMES, dump._FURNITURE,
    dump._LIST_OF_LINKS, dump._NUMBERED_LIST, dump._ORG_HEADING, dump._WRAPPED_DEFINITION,
    bibtex_parser._OPENING, bibtex_parser._NO_ENTRY,
    re.compile(r"^[ab]\n?", re.MULTILINE), re.compile(r"^(?:a|- ?\n)+", re.MULTILINE),
]  # fmt: skip
_PIECES = [
    "\n", " ", "-", "- ", "\\-", "·", "* ", "** ", "a", "b", "[", "]", "[1]: ", "[1]:\n", "1. ", "References",
    "Visible links:\n", "https://x.org", "[/papers/2401.12345]", "[https://huggingface.co/papers/2401.12345]",
    "[0123456789]", "source", "models ", "@", "@article{", "@string(", "@misc {a b,", "}", "{", ",", "(", "title = {",
    "docs", "© Hugging Face", "/papers/2401.12345", "A title of five words", "\t", "é", "::: x", "=", "\r",
]  # fmt: skip


@pytest.mark.parametrize("pattern", _LINES, ids=lambda pattern: pattern.pattern[:30])
@given(text=st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_patterns_of_lines_find_the_same(pattern: re.Pattern[str], text: str) -> None:
    assert [(found.span(), found.groups()) for found in find_lines(pattern, text)] == [
        (found.span(), found.groups()) for found in pattern.finditer(text)
    ]
    assert sub_lines(pattern, r"<\g<0>>", text) == pattern.sub(r"<\g<0>>", text)
    assert sub_lines(pattern, lambda found: found[0].upper(), text) == pattern.sub(lambda found: found[0].upper(), text)


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
