"""Text from outside made harmless (control and bidi characters, escape sequences) and readable; counts in words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from readlist.pattern import pattern
from readlist.text.scan import unusual, without

if TYPE_CHECKING:
    from pathlib import Path

    from readlist.model.paper import Paper

_WORD = 1_000
_MARKS = 4

# ECMA-48 sequences in their seven-bit form, then what of the eight-bit form can't be mis-decoded quotation
# marks (U+0098, U+009C and U+009D are bytes of UTF-8 quotes): CSI with parameters, OSC with its number.
_SEQUENCE = pattern(
    "\x1b\\[[0-?]*[ -/]*[@-~]?"
    "|\x1b[PX\\]^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]*[0-~]?"
    "|\x9b[0-?]+[ -/]*[@-~]?"
    "|\x9d\\d{1,4};[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\\\|\x9c)"
)
LINE_END = pattern("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Anything that may have to be removed; letters, digits and usual punctuation never reach the slow function.
_SUSPECT = pattern(
    r"[^\w\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2bff\u3001-\u303e\uff01-\uff60]"
)
_JOINER = ("\u200c", "\u200d")
_JOINERS = pattern("[\u200c\u200d]+")
# Where a zero-width (non-)joiner changes what is seen: Arabic and Indic scripts, Mongolian, emoji.
_JOINING = pattern("[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
# Its first character by itself: that is found five times as fast.
_MARK = r"[^\w\s!-~\u00a1-\u02ff\u2010-\u2bff\u3000-\u303f]"
_STACK = pattern(_MARK + _MARK + "{" + str(_MARKS) + ",}")
_LONG_WORD = pattern(r"(?<!\S)\S{" + str(_WORD + 1) + ",}")
_NOT_FIRST = "\u200c\u200d…"
"""What a part of a long word doesn't begin with."""
# The marks of LaTeX, and of math that lost its dollars and backslashes: `ell_p`, `3times`, `sim2`, `leq 3`.
_LATEX_SIGNS = tuple("\\$^`{")
_SUBSCRIPT = r"_(?<=[a-zα-ωℓ]_)\w(?!\w)"
_LATEX_CLUES = {
    "times": r"times(?:(?<=\dtimes)|(?<=\d times)|(?=\d))", "sim": r"sim ?\d",
    "leq": r"leq ?\d", "geq": r"geq ?\d", "approx": r"approx\d", "pm": r"pm(?<=\dpm)\d",
}  # fmt: skip
"""Patterns by a substring they need and begin with: both are found ten times as fast. Each needs a digit, too."""
_NO_LATEX = bytes(byte for byte in range(128) if chr(byte) not in "\\$^`{_0123456789")
_DIGIT = pattern(r"\d")
_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


def clean(text: str, limit: int = 100_000, *, typed: bool = False) -> str:
    r"""Return text from outside made harmless, with its lines: done once, when it comes in.

    NFC; every line end is `\n`, every other blank a space; terminal escape sequences, control, bidi and other invisible
    characters, surrogates and tags are removed. Joiners stay if a script or emoji needs them, up to four combining
    marks on one letter, words of up to 1,000 characters (longer ones are divided). Cleaning twice changes nothing.

    Args:
        text: any text.
        limit: characters returned at most, at least 1; longer text ends in `…`.
        typed: whether the user typed it: blanks and joiners stay as they are.
    """
    # Removed characters don't count, yet a huge text must not be read to its end.
    far = max(limit * 8, 10_000)
    return _cut(_scrub(text[:far], typed=typed), limit, cut_already=len(text) > far)


def is_typed(character: str) -> bool:
    """Tell whether a keyboard or input method may send an invisible character: blanks, joiners."""
    return character in _JOINER or unicodedata.category(character) == "Zs"


def clean_line(text: str, limit: int = 2_000) -> str:
    """Return `clean(text)` on one line: runs of blanks are one space, none at the ends."""
    if len(text) < limit and len(text) < _WORD and "  " not in text and text.isascii() and text.isprintable():
        # As are most names and titles: nothing of it has to go but a blank at its ends.
        return text.strip(" ")
    far = max(limit * 8, 10_000)
    text = text.lstrip()
    line = " ".join(_scrub(text[:far]).split())
    return _cut(line, limit, cut_already=len(text) > far)


def shown_path(path: str | Path) -> str:
    """Return a path that can be shown and stored: names may contain line ends and invalid bytes."""
    text = str(path)
    return text if text.isprintable() else clean_line(text.encode("utf-8", "replace").decode()) or "?"


def drawable(text: str) -> str:
    """Return the text safe to draw on one line: the last check before the terminal.

    Costs almost nothing for a text that is printable already. Line ends and other blanks become spaces; control,
    bidi and other format characters, surrogates and noncharacters go.
    """
    if text.isprintable():
        return text
    text = LINE_END.sub(" ", _SEQUENCE.sub("", text)).replace("\n", " ")
    return _SUSPECT.sub(_harmless, text)


def readable(text: str) -> str:
    r"""Return the text with its LaTeX as Unicode: `$\ell_p$` is ℓₚ, `67.1\%` is 67.1%, `S^{2}FT` is S²FT.

    Prices, file_names, addresses and unknown macros stay. For drawing only: what is stored keeps its LaTeX. Takes any
    text and never raises; a text without LaTeX costs microseconds and no import.
    """
    return _readable(text) if _may_be_latex(text) else text


def title_line(paper: Paper, *, why: bool = True) -> str:
    """Return a paper's title as one readable line, or its key if it was added offline and has no title yet.

    Args:
        paper: the paper.
        why: whether to add why there is no title.
    """
    reason = " – title pending" if why else ""
    return drawable(readable(paper.title)) or f"{drawable(paper.key)}{reason}"


def _may_be_latex(text: str) -> bool:
    signs = without(_NO_LATEX, text)
    if not signs:
        return False
    for sign in _LATEX_SIGNS:
        if sign in signs:
            return True
    if "_" in signs and re.search(_SUBSCRIPT, text):
        return True
    if not _DIGIT.search(signs):
        return False
    # Substrings one after the other: a loop over the characters takes twenty times as long.
    for part, clue in _LATEX_CLUES.items():  # noqa: SIM110
        if part in text and re.search(clue, text):
            return True
    return False


@lru_cache(maxsize=2_048)
def _readable(text: str) -> str:
    from readlist.text.latex import to_unicode

    return to_unicode(text)


def fold(text: str) -> str:
    """Return the text for matching: compatibility forms, case, accents and idle joiners folded away."""
    if text.isascii():
        return text.lower()
    if "\u200c" in text or "\u200d" in text:
        text = _JOINERS.sub(_joiner, text)
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.casefold().translate(_UNDECOMPOSED))


def _scrub(text: str, *, typed: bool = False) -> str:
    # All that is looked for is among the unusual characters, which most texts have few of.
    given, odd = text, unusual(text)
    if not odd:
        return _divided(text)
    if "\x1b" in odd or "\x9b" in odd or "\x9d" in odd:
        text = _SEQUENCE.sub("", text)
    if LINE_END.search(odd):
        text = LINE_END.sub("\n", text)
    if _SUSPECT.search(odd):
        text = _SUSPECT.sub(_harmless_typed if typed else _harmless, text)
    text = unicodedata.normalize("NFC", text)
    if not typed and ("\u200c" in odd or "\u200d" in odd):
        text = unicodedata.normalize("NFC", _JOINERS.sub(_joiner, text))
    # No character of a stack is ASCII.
    if _STACK.search(odd if text is given else unusual(text)):
        text = _STACK.sub(_lower_stack, text)
    return _divided(text)


def _divided(text: str) -> str:
    half = _WORD // 2
    # A word as long as that would fill one of these pieces; that none does is found a hundred times as fast.
    if all(text.find(" ", start, start + half) >= 0 for start in range(0, len(text) - half + 1, half)):
        return text
    if max(map(len, text.split()), default=0) < _WORD:
        return text
    return _LONG_WORD.sub(_parted, text)


def _parted(found: re.Match[str]) -> str:
    """Return a long word with blanks in it."""
    word, parts = found[0], []
    start, end = 0, _WORD
    while end < len(word):
        if word[end] in _NOT_FIRST:
            end += 1
        else:
            parts.append(word[start:end])
            start, end = end, end + _WORD
    return " ".join([*parts, word[start:]])


def _harmless(found: re.Match[str]) -> str:
    """Return the replacement of one suspicious character."""
    character = found[0]
    if character in "\u200c\u200d":
        return character
    category = unicodedata.category(character)
    if character == "\t" or category[0] == "Z":
        return " "
    if category == "Co":
        return "\ufffd"
    # Unassigned code points may be emoji of a newer Unicode; noncharacters never are.
    nonsense = category == "Cn" and (0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE)
    return "" if nonsense or category in ("Cc", "Cf", "Cs") else character


def _harmless_typed(found: re.Match[str]) -> str:
    return found[0] if is_typed(found[0]) else _harmless(found)


def _joiner(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    return found[0][0] if _JOINING.fullmatch(before) else ""


def _lower_stack(found: re.Match[str]) -> str:
    kept, height = [], 0
    for character in found[0]:
        height = height + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if height <= _MARKS:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, limit: int, *, cut_already: bool) -> str:
    if len(text) > limit or cut_already:
        return text[: limit - 1].rstrip() + "…"
    return text


def plural(noun: str, number: int) -> str:
    """Return a noun, with an s unless there is one of it."""
    return noun if number == 1 else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 paper`, `1,234 papers`."""
    return f"{number:,} {plural(noun, number)}"
