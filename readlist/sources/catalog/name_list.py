"""Telling the names of authors from other text."""

from __future__ import annotations

import re
from functools import lru_cache

_PARTICLES = "de|van|von|der|den|la|di|le|el|al|bin|dos|da|du|ten|ter|y"
_NAME = re.compile(
    rf"(?:[^\W\d_a-z][\w.'’‐-]*|[a-z]{{1,2}}['’][\w-]+)(?:\s(?:[^\W\d_a-z][\w.'’‐-]*|[a-z]['’][\w-]+|{_PARTICLES})){{0,5}}"
    r"(?:\s?\([^()]{0,120}\))?[\d*†‡§¹²³]{0,4}",
)
_JOINT = re.compile(r"\s*[,;·|]\s*(?:and\s+|&\s*)?|\s+(?:and|&)\s+")
_LEAD = re.compile(r"(?:by|authors?|author\(s\)|作者)\s?[:：]?\s+|[-–—:|,(]\s*(?:by\s+)?", re.IGNORECASE)
_REST = re.compile(
    r",?\s*(?:et\.? al\.?,?|and \d+ (?:more|others?)(?: authors)?|\+\s?\d+(?: (?:more )?authors?)?|…|\.\.\.)\s*\Z"
)
_LIMIT = 20_000


@lru_cache(maxsize=4_096)
def names_in(text: str) -> tuple[str, ...]:
    """Return the names a text is made of; empty if it is anything else, or one word."""
    text = text.strip()[:_LIMIT]
    if lead := _LEAD.match(text):
        text = text[lead.end() :].removesuffix(")")
    text = _REST.sub("", text.strip(" ,;.*_"))
    names = [name for name in _JOINT.split(text) if name]
    if not names or not all(len(name) < 80 and _NAME.fullmatch(name) for name in names):
        return ()
    # A title may be of capitalised words too; names have two or more each.
    whole = sum(1 for name in names if " " in name or "." in name)
    return tuple(names) if whole * 3 >= len(names) * 2 else ()


def are_names(text: str) -> bool:
    """Return whether a text is names of people, two or more or with a comma, and nothing else."""
    return bool(names_in(text))
