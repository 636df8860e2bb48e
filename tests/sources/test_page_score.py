"""The quick ways to weigh a line find what the plain patterns find."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from readlist.sources.catalog.mention import mentions_of
from readlist.sources.catalog.row import Row
from readlist.sources.page import score
from readlist.sources.page.label import DAY, SEARCH, Habits, Label, Weights, _Lengths, _text_step

_LAST = re.compile(
    r"(?:\b(?:a|an|and|as|at|by|for|from|in|into|is|of|on|or|our|than|that|the|their|to|using|via|we|which|with|without|are"
    r"|including|such|between|through|under|over|towards?|versus|vs\.)|[,:;({–—-])$",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"(?<![\w'’-])[^\W\d_][\w'’-]{3,}")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_words = st.sampled_from(
    ["the", "The", "VIA", "vs.", "wıth", "İn", "thiſ", "of", "-", ",", "(", "é", "3D-model", "_name", "½half", "it's",
     "state-of-the-art", "x", "Networks", "中文字", "한국어", "ﾊﾝ", "2401.12345", "10.1145/3292500", "hep-th/9901001",
     "/", "https://a.org/%2Fhep-th%2F9901001", "https://openreview.net/forum?id=abcDEF123", "٢٤٠١.١٢٣٤"]
)  # fmt: skip
_lines = st.lists(_words | st.text(max_size=4), max_size=8).map(" ".join)


@given(_lines)
@example("Serving With")
@example("A Sample vs.")
@example("Beyond the\u212a")
def test_dangling_lines(text: str) -> None:
    text = " ".join(text.split())
    assert score.dangles(text) == (_LAST.search(text[-16:]) is not None)


@given(_lines)
def test_widths_and_long_words(text: str) -> None:
    assert score.width(text) == len(text) + len(_WIDE.findall(text[:2_000]))
    found = [word for word in score._HYPHENATED.findall(text) if len(word) > 3 and score._begins_with_letter(word)]
    assert found == _LONG_WORD.findall(text)


@given(_lines)
def test_only_lines_with_a_sign_name_papers(text: str) -> None:
    """A text that is looked at in full names no more papers than one that is looked at because of its sign."""
    row, signed = Row(1, text), Row(1, f"{text} 1999.1234")
    alone = [mention.identity for mention in mentions_of([row], date(2026, 8, 1), pages=True)]
    beside = [mention.identity for mention in mentions_of([signed], date(2026, 8, 1), pages=True)]
    assert alone == [identity for identity in beside if identity in alone] and len(beside) - len(alone) <= 1


_CLOSED, _DUE, _TITLE, _TITLED, _ABSTRACT, _OPEN = range(6)
_MOVES = [
    (before, after, found, score_at, top)
    for befores, after, found, score_at, top in (
        ((_CLOSED,), _TITLE, Label.TITLE, 0, 0.5),
        ((_DUE,), _TITLE, Label.TITLE, 0, 1.5),
        ((_ABSTRACT, _OPEN), _TITLE, Label.TITLE, 1, 0.0),
        ((_TITLE, _TITLED), _TITLE, Label.TITLE, 2, 0.0),
        ((_TITLE,), _TITLE, Label.TITLE_MORE, 3, 0.0),
        ((_TITLE, _TITLED), _ABSTRACT, Label.ABSTRACT, 4, 1.0),
        ((_CLOSED, _DUE), _ABSTRACT, Label.ABSTRACT, 4, -9.0),
        ((_ABSTRACT,), _ABSTRACT, Label.ABSTRACT_MORE, 5, 0.0),
        ((_OPEN,), _ABSTRACT, Label.ABSTRACT_MORE, 5, -1.0),
        ((_ABSTRACT,), _ABSTRACT, Label.PARAGRAPH, 6, 0.0),
        ((_OPEN,), _ABSTRACT, Label.PARAGRAPH, 6, -1.5),
        ((_CLOSED,), _CLOSED, Label.STRAY, 7, 0.0),
        ((_DUE,), _DUE, Label.STRAY, 7, 0.0),
        ((_TITLE, _TITLED), _TITLED, Label.STRAY, 7, 0.0),
        ((_ABSTRACT, _OPEN), _OPEN, Label.STRAY, 7, 0.0),
    )
    for before in befores
]
"""What a line of text can be: states before and after it, its label, which score, how much on top of it."""
_scores = st.floats(-20, 20).map(lambda value: round(value, 1))
_sizes = st.sampled_from([0, 1, 249, 250, 500, 699, 700, 2_000, 2_001, 2_250, 2_251])


@given(
    st.lists(_scores, min_size=6, max_size=6), st.tuples(*[_scores] * 7), st.sampled_from([SEARCH, DAY]),
    st.sampled_from([300, 1_000, 1_500]), st.sampled_from([0.5, 1.0]), st.tuples(_sizes, _sizes),
)  # fmt: skip
def test_a_step_takes_the_best_move(
    scores: list[float], values: tuple[float, ...], habits: Habits, usual: int, trust: float, sizes: tuple[int, ...]
) -> None:
    weights = Weights(*values)
    shares = ((0.25, 2.5), (0.5, 1.5), (0.7, 0.5))
    ending = [next((trust * cost for share, cost in shares if 0 < size < usual * share), 0.0) for size in sizes]
    late = [trust * 0.7 if size > max(2_000, usual * 1.5) else 0.0 for size in sizes]
    ways = (
        weights.title, weights.title + weights.after_text, weights.title - habits.next_title, weights.title_more,
        weights.abstract - habits.abstract, weights.abstract_more - habits.abstract,
        weights.paragraph - habits.abstract, weights.stray,
    )  # fmt: skip
    best, row = [-1e18] * 6, bytearray(6)
    for before, after, found, score_at, top in _MOVES:
        total = scores[before] + (ways[score_at] + top)
        if before >= _ABSTRACT and found is Label.TITLE:
            total -= ending[before - _ABSTRACT]
        elif before >= _ABSTRACT and found in (Label.ABSTRACT_MORE, Label.PARAGRAPH):
            total -= late[before - _ABSTRACT]
        if total > best[after]:
            best[after], row[after] = total, before << 3 | found
    step = _text_step(scores, weights, habits, _Lengths(usual, trust), (0, 0, 0, 0, *sizes))
    assert step == (best, bytes(row))
