"""Where lines of a paragraph end."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size
from textual.content import Content

from readlist.tui.render.line_breaks import _NARROW, line_spans
from readlist.tui.render.text_block import Block, lines_of, selected_text


def lines(text: str, width: int) -> list[str]:
    return [text[start:stop] for start, stop in line_spans(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two  three", 9, ["one two", "three"]),
        ("one two", 7, ["one two"]),
        ("", 7, [""]),
        ("a compute-efficient way", 12, ["a compute-", "efficient", "way"]),
        ("mixture-of-experts model", 12, ["mixture-of-", "experts", "model"]),
        ("the GPT-4 and 3-D e-mail", 6, ["the", "GPT-4", "and", "3-D", "e-mail"]),
        ("a — b word—another", 11, ["a — b word—", "another"]),
        ("see https://x.org/a-team/mix-of-experts now", 40, ["see https://x.org/a-team/mix-of-experts", "now"]),
        ("to https://x.org/a-team/mix-of-experts now", 36, ["to", "https://x.org/a-team/mix-of-experts", "now"]),
        ("at lab-one.org/long-name/index there", 12, ["at", "lab-one.org/", "long-name/", "index there"]),
        ("https://example.org/abcdefghij", 9, ["https://", "example.", "org/abcde", "fghij"]),
        ("Überraschend-große Müller-Modelle", 14, ["Überraschend-", "große Müller-", "Modelle"]),
        ("扩散模型的统一框架，从理论到实践。", 10, ["扩散模型的", "统一框架，", "从理论到实", "践。"]),
        ("扩散模型的框架（理论）和实践", 14, ["扩散模型的框架", "（理论）和实践"]),
        ("新的diffusion模型和word", 14, ["新的diffusion", "模型和word"]),
        ("グラフニューラルネットワーク", 11, ["グラフ", "ニューラル", "ネットワー", "ク"]),
        ("확산 모델의 통합 프레임워크", 12, ["확산 모델의", "통합", "프레임워크"]),
        ("視频" * 3 + " state-of-the-art", 20, ["視频視频視频 state-", "of-the-art"]),
    ],
)  # fmt: skip
def test_lines_end_at_blanks_hyphens_and_between_cjk(text: str, width: int, expected: list[str]) -> None:
    found = lines(text, width)
    assert found == expected
    assert all(cell_len(line) <= width for line in found)
    # No line begins with what belongs to the one before.
    assert not any(re.match("[，。ー）]", line) for line in found)


@given(st.text(st.sampled_from("ab -—éλ/扩ー。（👩\u200d\ufe0f\u0301é :.@"), max_size=60), st.integers(2, 30))
def test_lines_fit_and_lose_nothing_but_blanks(text: str, width: int) -> None:
    spans = line_spans(text, width)
    assert all(cell_len(text[start:stop]) <= width or stop - start <= 3 for start, stop in spans)
    assert "".join(text[start:stop] for start, stop in spans).replace(" ", "") == text.replace(" ", "")
    assert all(text[one[1] : other[0]].strip(" ") == "" for one, other in itertools.pairwise(spans))


@given(st.text(st.sampled_from("abc d-—é "), max_size=80), st.integers(2, 30))
def test_what_is_narrow_is_broken_as_anything_else(text: str, width: int) -> None:
    """The quick way for most texts gives what the way for all texts does, as a wide character far behind it shows."""
    if _NARROW.fullmatch(text) and not text.startswith(" ") and max(map(len, text.split(" ")), default=0) <= width:
        wide = text.rstrip(" ") + " " + "扩" * (width // 2)
        expected = lines(text.rstrip(" "), width)
        assert lines(wide, width)[: len(expected) - 1] == expected[:-1]


def test_what_is_taken_for_narrow_is() -> None:
    narrow = [chr(code) for code in range(0x20, 0x3000) if _NARROW.fullmatch(chr(code))]
    assert len(narrow) > 1_000 and all(get_character_cell_size(character) == 1 for character in narrow)


def test_what_is_copied_is_the_paragraph_without_its_wrapping() -> None:
    note = Block(Content("A note of mixture-of-experts and 扩散模型的统一框架。"), lead="> ")
    found = list(lines_of([Block(Content("Title")), Block(), note], 16))
    assert [line.content.plain for line in found] == [
        "Title", "", "A note of", "mixture-of-", "experts and 扩", "散模型的统一框", "架。",
    ]  # fmt: skip
    assert selected_text(found, (0, 2), (2, 8)) == "tle\n\nA note"
    assert selected_text(found, (2, 0), (99, 99)) == note.content.plain
    assert selected_text(found, (3, 3), (5, 4)) == "ixture-of-experts and 扩散模"
    assert selected_text(found, (9, 0), (12, 4)) == selected_text([], (0, 0), (0, 9)) == ""
