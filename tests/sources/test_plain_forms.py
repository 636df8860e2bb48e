"""Patterns that never go back over what they saw find what their plain forms find."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.exports import digest_content, paper_note
from readlist.sources import catalog
from readlist.sources.catalog import item, mention, phrase, row
from readlist.sources.formats import byline, feed_entry
from readlist.sources.page import page_item, paper_page
from readlist.sources.sites import lookup
from readlist.text import clean, paragraph
from readlist.tui.desktop.process import _last_written

_NAME = (
    r"[A-ZÀ-Ý][\w.'’-]*(?: (?:[A-ZÀ-Ý][\w.'’-]*|(?:de|van|von|der|den|la|di|le|el|al|bin|dos|da))){1,3}[\d*†‡,]{0,4}"
)
_SUFFIX = r"(?:…|\.{3})\W*(?:expand|more|less|read more)?\W*\Z|\A\W*(?:…|\.{3})"
PLAIN = (
    (lookup._NEXT, "(?i)[,;|]+(?=https?://|10\\.\\d{4,9}/|arxiv:|doi:|\\d{4}\\.\\d{4,5})",
     [",", ";", "|", " ", "doi:", "2401.12345", "a"]),
    (digest_content._END, "[.!?…]+[)\\]\"'”’»]*(?=\\s)|[。！？]+[」』”’）]*",
     [".", "!", ")", "'", " ", "a", "。", "」"]),
    (paper_note._COLON, r"\s*:\s+", [" ", "\n", ":", "a"]),
    (phrase._COUNTED, r"(?i)\s*[\[(](?:(?:19|20)\d\d|[\d.,]+k?\+? (?:upvotes?|points?|likes?|stars?|citations?))"
     r"[\])]\W*\Z",
     [" ", "(", "[", "2024", "12 likes", ")", "]", "a", "."]),
    (phrase._CREDITED, r"\s*\(([^()]{5,2000})\)\W*\Z", [" ", "(", ")", "Ada Bell", "."]),
    (phrase._JOINT, r"\s*[,;·|]\s*(?:and\s+|&\s*)?|\s+(?:and|&)\s+", [" ", ",", ";", "and", "&", "a"]),
    (phrase._REST, r",?\s*(?:et\.? al\.?,?|and \d+ (?:more|others?)(?: authors)?|\+\s?\d+(?: (?:more )?authors?)?"
     r"|…|\.\.\.)\s*\Z",
     [" ", ",", "et al.", "and 2 more", "…", "...", "+3", "a"]),
    (item._INSTITUTIONS, r"(?s),?\s*\(\(\d.*\Z|\s*\([^()]{0,200}\)", [" ", ",", "(", ")", "1", "a"]),
    (feed_entry._TAIL, r"(?i)\.?\s*\(arXiv:([^\s()]+)\s*\[([\w.-]+)\][^()]{0,40}\)\s*\Z",
     [" ", ".", "(arXiv:1", "v1", "[cs.LG]", "[", "]", ")", "a"]),
    (paragraph._BROKEN, r"(\w+)-$", ["a", "1", "-", " ", "\n"]),
)  # fmt: skip
"""A pattern that is sought, its plain form, and what a text is made of."""
WHOLE = (
    (phrase._SECTIONS, r"(?i)\W*(?:abstract|keywords?)\W*(?:\([^()]{1,40}\))?\W*",
     ["abstract", "keywords", "(", ")", "x", "!", " "]),
    (row._TABLE_RULE, r"\s*\|?(?:\s*:?-{1,}:?\s*\|)+\s*(?::?-{1,}:?)?\s*", [" ", "|", "-", ":", "a"]),
    (feed_entry._TO_PAPER, r"(?i)[\W_]*(?:link|arxiv(?:\.org)?|pdf|doi|(?:the )?paper|(?:https?://)?\S*(?:arxiv\.org)/\S+"
     r"|(?:arxiv|doi):\s*\S+)[\W_]*",
     ["link", "pdf", "paper", "the ", "arxiv.org", "/", "x", "doi:", " ", "_", "."]),
    (byline._SHORT, r"((?:[^\W\d_]+[ ’'-]){0,4}[^\W\d_]{2,}) ([A-Z]{1,3})", ["Ab", "a", " ", "-", "BC", "é"]),
    (page_item._NAMES, rf"{_NAME}(?:(?:, and|,|;| and| &) {_NAME}){{1,200}}(?:,? et al\.?)?",
     ["Ab Cd", " Ef", ", and ", ", ", ",", "; ", " and ", " & ", "1", "*", " de", " et al.", "x"]),
    (paper_page._PAGE_TITLE, r"(?i)(?:paper page\s*[-–|:]\s*)?(.*?)(?:\s*[-–|]\s*(?:hugging ?face.*|🤗.*))?",
     ["paper page", " ", "-", "|", "hugging face", "a", "🤗"]),
    # But for `doi` in the middle of a word.
    (catalog._CATEGORIES, r"(?:[a-z-]{2,10}(?:\.[A-Za-z-]{2,10})?[ ,;]{0,3})+(?:doi.*)?",
     ["cs", "cs.CL", "abcdefgh", "-", "A", ".", " ", ", ", " doi:10"]),
)  # fmt: skip
"""Patterns that a whole text has to match."""


def _compiled(pattern: Any) -> re.Pattern[str]:
    return pattern if isinstance(pattern, re.Pattern) else pattern.compiled()


@pytest.mark.parametrize("pattern, plain, parts", PLAIN)
def test_what_is_sought_is_what_the_plain_form_finds(pattern: Any, plain: str, parts: list[str]) -> None:
    @given(st.lists(st.sampled_from(parts), max_size=10).map("".join))
    def check(text: str) -> None:
        found, expected = _compiled(pattern).finditer(text), re.finditer(plain, text)
        assert [(one.span(), one.groups()) for one in found] == [(one.span(), one.groups()) for one in expected]

    check()


@pytest.mark.parametrize("pattern, plain, parts", WHOLE)
def test_what_matches_is_what_the_plain_form_matches(pattern: Any, plain: str, parts: list[str]) -> None:
    @given(st.lists(st.sampled_from(parts), max_size=8).map(lambda parts: "".join(parts)[:30]))
    def check(text: str) -> None:
        found, expected = _compiled(pattern).fullmatch(text), re.fullmatch(plain, text)
        assert (found and found.groups()) == (expected and expected.groups())

    check()


@given(st.lists(st.sampled_from(["…", ".", "a", "more", "!", " "]), max_size=10).map("".join))
def test_a_snippet_is_one_in_the_plain_form(text: str) -> None:
    assert bool(item._SNIPPET.search(text)) == bool(re.search(_SUFFIX, text, re.IGNORECASE))


@given(st.lists(st.sampled_from(["a", ".", "/", " ", "\n"]), max_size=8).map("".join))
def test_a_path_has_a_dot_before_a_slash(text: str) -> None:
    assert bool(mention._PATH.match(text)) == bool(re.match(r"\S*\.\S*/", text))


@given(st.lists(st.sampled_from(["a" * 999, "a" * 2_001, "b", "…", "\u200c", " ", "\n"]), max_size=8).map("".join))
def test_a_long_word_is_divided_where_the_plain_form_divides_it(text: str) -> None:
    assert clean._divided(text) == re.sub(r"(\S{1000})(?=[^\s\u200c\u200d…])", r"\1 ", text)


@given(st.text("ab\r", max_size=10))
def test_of_a_line_of_output_the_last_writing_is_kept(line: str) -> None:
    plain = re.sub(r"[^\n]*\r(?!\r*(?:\n|\Z))", "", line)
    assert _last_written(line) == plain.rstrip("\r")
