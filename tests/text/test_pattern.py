"""Patterns find the same whether compiled late, or tried only where they can match."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.sources.page import dump
from readlist.text.pattern import find_lines, pattern, sub_lines, unusual

TEXTS = ["", "a1b22", "A1", "no digits", "7"]
_LINES = [
    dump._AFTER, dump._BEFORE, dump._DASHES, dump._DOT, dump._ESCAPED_DASH, dump._FILE_NAMES, dump._FURNITURE,
    dump._LIST_OF_LINKS, dump._NUMBERED_LIST, dump._ORG_HEADING, dump._WRAPPED_DEFINITION,
    re.compile(r"^[ab]\n?", re.MULTILINE), re.compile(r"^(?:a|- ?\n)+", re.MULTILINE),
]  # fmt: skip
_PIECES = [
    "\n", " ", "-", "- ", "\\-", "·", "* ", "** ", "a", "b", "[", "]", "[1]: ", "[1]:\n", "1. ", "References", "Visible links:\n",
    "https://x.org", "[/papers/2401.12345]", "[https://huggingface.co/papers/2401.12345]", "[0123456789]", "source", "models ",
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


@pytest.mark.parametrize("text", TEXTS)
def test_it_finds_what_a_compiled_one_finds(text: str) -> None:
    lazy, compiled = pattern(r"[a-z]?(\d+)", re.IGNORECASE), re.compile(r"[a-z]?(\d+)", re.IGNORECASE)
    for _ in range(2):
        assert lazy.findall(text) == compiled.findall(text)
        assert [found.span(1) for found in lazy.finditer(text)] == [found.span(1) for found in compiled.finditer(text)]
        assert bool(lazy.match(text)) == bool(compiled.match(text))
        assert bool(lazy.fullmatch(text)) == bool(compiled.fullmatch(text))
        assert bool(lazy.search(text)) == bool(compiled.search(text))
        assert lazy.sub("-", text) == compiled.sub("-", text)
        assert lazy.subn("-", text) == compiled.subn("-", text)
        assert lazy.split(text) == compiled.split(text)
    assert (lazy.pattern, lazy.flags) == (compiled.pattern, compiled.flags)


def test_it_is_compiled_once_and_at_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    compiling = re.compile

    def counted(text: str, flags: int = 0) -> re.Pattern[str]:
        made.append(text)
        return compiling(text, flags)

    monkeypatch.setattr(sys.modules["readlist.text.pattern"].re, "compile", counted)
    lazy = pattern("a+")
    assert not made
    assert lazy.sub("b", "aa") == "b"
    assert lazy.search("b") is None
    assert made == ["a+"]


def test_a_mistake_shows_at_the_first_use() -> None:
    lazy = pattern("(")
    with pytest.raises(re.error):
        lazy.search("")


def test_it_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        pattern("a").other  # type: ignore[attr-defined]  # noqa: B018
