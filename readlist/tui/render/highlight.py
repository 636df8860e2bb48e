"""Searched words marked in a text, as they are found: case and accents folded; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from textual.content import Content, Span

from readlist.query.lexer import UNSPACED, is_sign, tokens, written_token
from readlist.text.clean import fold


class WatchedWord(str):
    """A word that is watched for: it is highlighted more quietly than one that is searched for."""

    __slots__ = ()


def highlighted(content: Content, words: Sequence[str]) -> Content:
    """Mark every place where a searched word or phrase begins a word, case and accents folded."""
    spans = [
        Span(start, end, "watched" if isinstance(word, WatchedWord) else "hit")
        for word in words
        for start, end in hits(content.plain, (word,))
    ]
    return content.add_spans(spans) if spans else content


def hits(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places where searched words and phrases begin words of a text."""
    folded, places = _folded_with_places(text)
    found_at: list[tuple[int, int]] = []
    for word in words:
        pattern = _pattern(word)
        for found in re.finditer(pattern, folded) if pattern else ():
            start, end = places[found.start()], places[found.end() - 1] + 1
            # Marks over the last letter share its cell.
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            found_at.append((start, end))
    return found_at


@lru_cache(maxsize=32)
def _pattern(word: str) -> str:
    """Return the regular expression for a searched word or phrase in a folded text, empty for nothing."""
    pattern, gap = "", ""
    for token in tokens(word):
        written = fold(written_token(token))
        # R2 finds what is shown as R² or written R^2, R_2, R^{2}.
        part = re.sub(r"(?<=[^\W\d])(?=\d)", r"(?:[_^]\\{?)?", re.escape(written))
        if UNSPACED.match(token):
            # Scripts without blanks are found anywhere; a sign follows its word directly.
            pattern += (r"[\W_]*?" if pattern and not is_sign(token) else "") + part
            gap = r"[\W_]*?"
        else:
            pattern += (gap or r"(?<![^\W_])") + part
            gap = r"[\W_]+"
    return pattern


@lru_cache(maxsize=8)
def _folded_with_places(text: str) -> tuple[str, tuple[int, ...]]:
    """Fold a text and say from which character of it each folded one comes."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in fold(character):
            folded.append(part)
            places.append(place)
    return "".join(folded), tuple(places)
