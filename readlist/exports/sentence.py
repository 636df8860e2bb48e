"""The beginning of a text, whole sentences where they fit (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What ends in a full stop and rarely ends a sentence; without that stop, in lower case.
_ABBREVIATIONS = frozenset({
    "al", "approx", "arxiv", "aka", "ca", "cf", "ch", "co", "def", "dept", "dr", "e.g", "eg", "eq", "eqn", "eqs", "etc",
    "fig", "figs", "i.e", "ie", "inc", "incl", "lem", "ltd", "mr", "mrs", "ms", "no", "nos", "p", "ph.d", "pp", "prof",
    "prop", "ref", "refs", "resp", "sec", "sect", "st", "tab", "thm", "u.k", "u.s", "viz", "vol", "vs", "w.l.o.g",
    "w.r.t", "wrt",
})  # fmt: skip
_END = re.compile(r"[.!?…]+[)\]\"'”’»]*(?=\s)|[。！？]+[」』”’）]*")


def beginning(text: str, limit: int) -> str:
    """Return the first sentences of a text, as many as fit; at least one, cut between words where it is too long.

    Args:
        text: any text; line ends are blanks.
        limit: the most characters; a first sentence may be longer by a third, so as not to lose its end.
    """
    text = " ".join(text.split())
    end = 0
    for place in _ends(text):
        if place > limit and end:
            break
        end = place
        if place > limit:
            break
    if end <= limit * 4 // 3:
        return text[:end].rstrip()
    cut = text[: limit - 1]
    # Without blanks, as in Chinese, anywhere will do.
    words = cut.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"


def _ends(text: str) -> Iterator[int]:
    """Yield where sentences end, the end of the text last."""
    start = 0
    for found in _END.finditer(text):
        if _divides(text, start, found):
            yield found.end()
            start = found.end()
    if start < len(text) or not text:
        yield len(text)


def _divides(text: str, start: int, found: re.Match[str]) -> bool:
    """Tell whether the sentence that began at a place ends at this punctuation."""
    sentence, behind = text[start : found.start()], text[found.end() :][:2].lstrip()
    if sentence.count("$") % 2 or sentence.count("(") > sentence.count(")") + found[0].count(")"):
        return False
    if behind[:1].islower():
        return False
    if found[0] != ".":
        return True
    word = sentence.rpartition(" ")[2].lstrip("([\"'“‘")
    # A capital alone is an initial more often than the name of a thing.
    return word.lower() not in _ABBREVIATIONS and not (len(word) == 1 and word.isupper())
