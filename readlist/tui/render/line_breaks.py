"""Where lines of a paragraph end: at blanks and hyphens, between CJK characters, in a long word if need be; pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from rich.cells import cell_len, chop_cells, get_character_cell_size

from readlist.pattern import pattern

Span = tuple[int, int]
"""The first character of a line in its paragraph, and the one after its last."""

# One cell each, so that lengths and places needn't be measured.
_NARROW = pattern(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u0391-\u03a1\u03a3-\u03ff\u0400-\u0482\u2010-\u2027\u2030-\u205e"
    "\u2070-\u2071\u2074-\u208e\u2090-\u209c\u2100-\u218b\u2190-\u22ff]*"
)
_ADDRESS = pattern(r"://|\A\W*www\.|\w\.\w{2,}/|@")
_IN_ADDRESS = "/-_?&=.,"
_HYPHENS = "-—"
# Joined to emoji and others, characters are as wide as what is seen.
_JOINED = re.compile("[\u200d\ufe0f]")
_LEAST = 2
"""Letters on each side of a hyphen to break at: not `3-D`, `e-mail` or `GPT-4`."""

# Han, kana, their punctuation and wide forms; Korean has blanks.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff"
# What no line begins with, and what none ends with (https://www.w3.org/TR/jlreq/, 3.1.7 and 3.1.8).
_NOT_FIRST = (
    "、。,.，．・:：;；?？!！)）\\]］}｝」』】〉》〕〗’”…‥～ー–—%％‰℃々〻ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    "\u3099\u309a\u0300-\u036f\ufe00-\ufe0f\u200d"
)
_NOT_LAST = "(（\\[［{｛「『【〈《〔〖‘“$￥£#"


@lru_cache(maxsize=1)
def _place() -> re.Pattern[str]:
    """Return what is before a character at which a line may begin; compiled with the first wide character."""
    return re.compile(
        "(?<= )(?! )"
        rf"|(?<=[{_WIDE}])(?<![{_NOT_LAST}])(?=\S)(?![{_NOT_FIRST}])"
        rf"|(?<=\S)(?<![{_NOT_LAST}])(?=[{_WIDE}])(?![{_NOT_FIRST}])"
        r"|(?<=[^\W\d_]{2}[-—])(?=[^\W\d_]{2})"
    )


def line_spans(text: str, width: int) -> list[Span]:
    """Return the lines of a paragraph, without the blanks at which they are broken.

    Args:
        text: a text on one line.
        width: cells of a line, at least 2.
    """
    narrow = _NARROW.fullmatch(text) is not None
    if (len(text) if narrow else cell_len(text)) <= width:
        return [(0, len(text))]
    lines = _narrow_lines if narrow else _joined_lines if _JOINED.search(text) else _wide_lines
    return list(lines(text, max(2, width)))


def _narrow_lines(text: str, width: int) -> Iterator[Span]:
    """Yield the lines of a text whose characters are one cell wide each."""
    start = 0
    while len(text) - start > width:
        limit = start + width
        blank = text.rfind(" ", start + 1, limit + 1)
        word = max(start, blank + 1)
        stop = _hyphen(text, word, limit) or (blank if blank > start else _forced(text, start, limit))
        yield start, _without_blanks(text, start, stop)
        start = stop
        while text[start : start + 1] == " ":
            start += 1
    if start < len(text):
        yield start, len(text)


def _hyphen(text: str, word: int, limit: int) -> int:
    """Return the place after the last hyphen of a word to break at; 0 for none."""
    at = limit
    while (at := max(text.rfind("-", word + _LEAST, at), text.rfind("—", word + _LEAST, at))) > 0:
        if (
            text[at - _LEAST : at].isalpha()
            and len(after := text[at + 1 : at + 1 + _LEAST]) == _LEAST
            and after.isalpha()
        ):
            return 0 if _is_address(_word_at(text, at)) else at + 1
    return 0


@lru_cache(maxsize=64)
def _is_address(word: str) -> bool:
    """Tell whether a word is or holds an address."""
    return _ADDRESS.search(word) is not None


def _word_at(text: str, place: int) -> str:
    """Return the word around a place."""
    end = text.find(" ", place)
    return text[text.rfind(" ", 0, place) + 1 : end if end >= 0 else len(text)]


def _forced(text: str, start: int, limit: int) -> int:
    """Return where a word that fits on no line is broken: after a sign of the second half, else at the limit."""
    half = (start + limit) // 2
    return max((text.rfind(sign, half, limit) for sign in _IN_ADDRESS), default=-1) + 1 or limit


def _without_blanks(text: str, start: int, stop: int) -> int:
    while stop > start and text[stop - 1] == " ":
        stop -= 1
    return stop


def _wide_lines(text: str, width: int) -> Iterator[Span]:
    """Yield the lines of a text with characters of no or two cells."""
    ends = [0, *accumulate(map(get_character_cell_size, text))]
    start = 0
    while ends[-1] - ends[start] > width:
        limit = max(start + 1, bisect_right(ends, ends[start] + width) - 1)
        stop = limit
        while text[stop : stop + 1] == " ":
            stop += 1
        while stop > start and not _breaks(text, stop):
            stop -= 1
        if stop == start:
            stop = _forced(text, start, limit)
        yield start, _without_blanks(text, start, stop)
        start = stop
    if start < len(text):
        yield start, len(text)


def _breaks(text: str, place: int) -> bool:
    """Tell whether a line may end before a character."""
    if place < len(text) and not _place().match(text, place):
        return False
    return text[place - 1] not in _HYPHENS or not _is_address(_word_at(text, place - 1))


def _joined_lines(text: str, width: int) -> Iterator[Span]:
    """Yield the lines of a text with joined characters, which are measured together."""
    places = [found.start() for found in _place().finditer(text) if _breaks(text, found.start())]
    start = used = 0
    for begin, end in zip([0, *places], [*places, len(text)], strict=True):
        part = text[begin:end]
        if used and used + cell_len(part.rstrip(" ")) > width:
            yield start, _without_blanks(text, start, begin)
            start, used = begin, 0
        if not used and cell_len(part.rstrip(" ")) > width:
            # Longer than a line.
            *whole, part = chop_cells(part.rstrip(" "), width)
            for chopped in whole:
                yield start, start + len(chopped)
                start += len(chopped)
            part = text[start:end]
        used += cell_len(part)
    if start < len(text):
        yield start, len(text)
