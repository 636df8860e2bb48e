"""Paragraphs of wrapped text: where one ends, and joining its lines (blanks, hyphens, broken addresses)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from readlist.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

_BROKEN = pattern(r"(?<!\w)(\w++)-$")
_WORD = pattern(r"\w+")
_LEFT_OPEN = pattern(r"(?:https?://|www\.|(?<![\w.-])[\w.-]+\.(?:com|io|org|ai|net|co)/)\S*$", re.IGNORECASE)
_FORGE = pattern(r"(?:github|gitlab|huggingface)\.(?:com|co)/(?:[\w.-]+/)?$", re.IGNORECASE)
_PATH = pattern(r"[\w~%-][^\s/]*/\S|[\w%-]+[_=]\w|[\w-]+\.(?:io|com|org|html?|pdf|git)\b")
_OPEN_ENDS = "/_=&?~"
_TIGHT_SIGNS = ",;:.!?)]}"
_TIGHT = pattern(rf"[{re.escape(_TIGHT_SIGNS)}](?:\s|$)")
_SUSPENDED = frozenset(("and", "or", "to", "und", "oder", "et", "ou", "y", "o"))
_PLAIN_LOWER = pattern(r"[a-zà-ÿ][a-zà-ÿ,;'’-]*(?=\s|$)")
_OPENING = pattern(r"[,;:.)\]}%]")
_LAST_ADDRESS = pattern(r"[^\w\s]*(?:https?://|www\.|[\w.-]+\.(?:com|io|org|ai|net|dev)/)")
CLOSERS = "\"'”’)]}»」』*_ "
ENDS = ".!?。！？…"
_TAIL = 200


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends like a sentence, or with an address, which often has no full stop."""
    tail = text[-200:].rstrip(CLOSERS)
    return tail[-1:] in ENDS or _LAST_ADDRESS.match(tail, tail.rfind(" ") + 1) is not None


def begins_low(text: str) -> bool:
    """Tell whether a text begins like the middle of a sentence; `iVideoGPT` and `dKV-Cache` do not."""
    return _PLAIN_LOWER.match(text) is not None or _OPENING.match(text) is not None


def joined(lines: Iterable[str]) -> str:
    """Return lines as one paragraph.

    A hyphen at a line's end stays (`high-⏎quality`) unless the same text has the whole word elsewhere (`perfor-⏎mance`
    and `performance`); `short-⏎and long-term` keeps its blank; a broken address is joined.
    """
    parts = [line for line in lines if line]
    if len(parts) < 2:
        return parts[0] if parts else ""
    whole: set[str] | None = None
    out = [parts[0]]
    for before, line in pairwise(parts):
        tail = before[-_TAIL:]
        broken = _BROKEN.search(tail) if tail.endswith("-") else None
        if broken and (word := _WORD.match(line)):
            if word[0].lower() in _SUSPENDED:
                out.append(" ")
            elif word[0][0].islower():
                if whole is None:
                    whole = set(_WORD.findall(" ".join(parts).lower()))
                if (broken[1] + word[0]).lower() in whole:
                    out[-1] = out[-1][:-1]
        elif not _is_tight(tail, line):
            out.append(" ")
        out.append(line)
    return "".join(out)


def _is_tight(before: str, line: str) -> bool:
    """Tell whether two lines are joined without a blank."""
    if before[-1:] in _OPEN_ENDS and _LEFT_OPEN.search(before) and (_FORGE.search(before) or _PATH.match(line)):
        return line[0].isalnum()
    if before.endswith("--") and before[-3:-2].isalnum():
        return True
    if line.startswith("--") and line[2:3].isalnum():
        return True
    if _is_wide(before[-1:]) and (_is_wide(line[0]) or "\uff00" <= line[0] <= "\uffef"):
        return True
    return line[0] in _TIGHT_SIGNS and _TIGHT.match(line) is not None


def _is_wide(character: str) -> bool:
    """Tell whether a character is of a script without blanks; compiling such ranges takes milliseconds."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


def flows_on(before: str, line: str) -> bool:
    """Tell whether a line continues the sentence before it, even after blank lines."""
    return not ends_sentence(before) or begins_low(line)
