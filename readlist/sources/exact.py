"""What a reference says to the letter where its format can't: JSON that readlist's exports put beside the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from readlist.notes.note_file import digest
from readlist.paper import Link, LinkKind
from readlist.sources.literal import UnreadableError, parse_json
from readlist.text import clean, clean_line

Value = str | bool | Sequence[str]
Values = Mapping[str, Value]

_FIELDS = (
    "title",
    "abstract",
    "authors",
    "arxiv",
    "doi",
    "keywords",
    "organization",
    "links",
    "note",
    "starred",
    "read",
)
_LISTS = frozenset({"authors", "keywords", "links"})
_FLAGS = frozenset({"starred", "read"})
_ADDRESS = re.compile(r"(?i)https?://[^\s<>\"]{1,2000}")
_ENTRIES = 5_000


def differences(own: Values, read: Values) -> dict[str, list[Value]]:
    """Return what an export has to say beside its fields, empty for nothing.

    Args:
        own: what is exported.
        read: what would be read of the fields alone.

    Returns:
        By name the digest of what would be read, so that an edit made elsewhere counts, and what is right.
    """
    return {name: [_digest(read[name]), own[name]] for name in _FIELDS if _compared(own[name]) != _compared(read[name])}


def restored(read: Values, beside: object) -> dict[str, Value]:
    """Return the values that differ from what the fields say; those whose field was edited since are left out.

    Args:
        read: what the fields say.
        beside: what `differences` returned, as JSON or parsed, from a file: anything.
    """
    if isinstance(beside, str):
        try:
            beside = parse_json(beside)
        except UnreadableError:
            return {}
    found: dict[str, Value] = {}
    for name in _FIELDS:
        pair = beside.get(name) if isinstance(beside, dict) else None
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == _digest(read[name]):
            value = _clean(name, pair[1])
            if value is not None:
                found[name] = value
    return found


def link_texts(links: Iterable[Link]) -> list[str]:
    """Return links as texts: kind, address, and the address with its sub-path where there is one."""
    return [" ".join(filter(None, (link.kind, link.url, link.full))) for link in links]


def links_in(texts: Iterable[str]) -> tuple[Link, ...]:
    """Return the links that `link_texts` wrote; what is none is left out."""
    found = []
    for text in texts:
        kind, *addresses = text.split(" ")
        known: LinkKind | None = next((each for each in get_args(LinkKind) if each == kind), None)
        if known and 1 <= len(addresses) <= 2 and all(map(_ADDRESS.fullmatch, addresses)):
            found.append(Link(addresses[0], known, addresses[1] if len(addresses) > 1 else ""))
    return tuple(found)


def _clean(name: str, value: object) -> Value | None:
    """Return a value made harmless; None for one of another kind."""
    if name in _FLAGS:
        return value if isinstance(value, bool) else None
    if name in _LISTS:
        texts = (
            [clean_line(text) for text in value[:_ENTRIES] if isinstance(text, str)] if isinstance(value, list) else []
        )
        return texts if isinstance(value, list) and len(texts) == min(len(value), _ENTRIES) else None
    if not isinstance(value, str):
        return None
    return clean(value, limit=len(value) * 2 + 1) if name in ("abstract", "note") else clean_line(value)


def _compared(value: Value) -> str | bool | list[str]:
    """Return what counts of a value: blanks around a note don't."""
    return value if isinstance(value, bool) else value.strip() if isinstance(value, str) else list(value)


def _digest(value: Value) -> str:
    return digest(str(value) if isinstance(value, bool) else value if isinstance(value, str) else "\n".join(value))
