"""The words of a text as they are matched: folded, and each CJK character on its own."""

from __future__ import annotations

import re
from functools import lru_cache

from readlist.text import fold

_TOKEN = re.compile(r"[^\W_]+")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]+")
# Scripts written without blanks between words: Han, kana, bopomofo, Hangul and its parts, half-width kana.
CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb"
    "\uf900-\ufaff\uff66-\uff9f\uffa0-\uffdc\U00020000-\U0003ffff]"
)


def matchable(text: str) -> str:
    """Return the text as words are looked for in it: case and accents folded, each CJK character a word of its own."""
    if not text.isascii():
        # Only what needs it is folded: most of an abstract is ASCII but for a dash or a name.
        text = _OUTSIDE_ASCII.sub(_folded_run, text)
    return text.lower()


def _folded_run(found: re.Match[str]) -> str:
    run = found[0]
    return _folded_short(run) if len(run) < 9 else _folded(run)


def _folded(run: str) -> str:
    return CJK.sub(r" \g<0> ", fold(run))


# The same few dashes, quotes and accented letters make up almost all of them.
_folded_short = lru_cache(maxsize=2_000)(_folded)


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are matched: runs of letters and digits, and single CJK characters."""
    return tuple(_TOKEN.findall(matchable(text)))
