"""What readlist's exports put beside the fields of a format, so that an import gives back exactly what was exported."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from readlist.model.paper import Link, LinkKind, Paper, arxiv_id, doi_of
from readlist.notes.note_file import checksum
from readlist.sources.formats.json_values import UnreadableError, parse_json
from readlist.text.clean import clean, clean_line

_LINKS = 50
Value = str | bool | Sequence[str]
Values = Mapping[str, Value]

_WEB_ADDRESS = re.compile(r"(?i)https?://[^\s<>\"]{1,2000}")
KEY = re.compile(r"title:[^\W_]{1,2000}(?:-[0-9a-f]{10}(?:-[0-9]{1,6})?)?")
"""A key by a title that an export may bring back."""

_ENTRIES = 5_000


def values_of(paper: Paper, *, note: str = "", starred: bool = False, read: bool = False) -> Values:
    """Return the values of a paper and its mark that a format should carry, as JSON."""
    plain = ("title", "abstract", "authors", "arxiv", "doi", "keywords", "organization", "comment", "journal")
    return {
        **{name: getattr(paper, name) for name in plain},
        "links": [" ".join(filter(None, (link.kind, link.url, link.full))) for link in paper.links],
        "note": note,
        "starred": starred,
        "read": read,
        "key": "" if paper.arxiv or paper.doi else paper.key,
    }


def differences(own: Values, read: Values) -> dict[str, list[Value]]:
    """Return what an export must add to its fields.

    Args:
        own: what is exported.
        read: what would be read of the fields alone.

    Returns:
        By name: the digest of what would be read, so that a later edit counts, and the exact value.
    """
    return {
        name: [_hash(read[name]), value] for name, value in own.items() if _compared(value) != _compared(read[name])
    }


def restored(read: Values, beside: object) -> dict[str, Any]:
    """Return the exact values where the fields alone give others; fields edited since are skipped.

    Args:
        read: what the fields give.
        beside: what `differences` returned, from a file, as JSON or parsed: it may be anything.

    Returns:
        By name the values as a `Paper` has them.
    """
    if isinstance(beside, str):
        try:
            beside = parse_json(beside)
        except UnreadableError:
            return {}
    found: dict[str, Any] = {}
    for name, known in read.items():
        pair = beside.get(name) if isinstance(beside, dict) else None
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == _hash(known):
            value = _cleaned(name, pair[1])
            if value is not None:
                found[name] = value
    return found


def _cleaned(name: str, value: object) -> Any:
    """Return a value of a file as a `Paper` or its mark has it, None for one of a wrong type."""
    match name, value:
        case "title" | "organization" | "comment" | "journal", str():
            return clean_line(value)
        case "abstract" | "note", str():
            return clean(value, limit=len(value) * 2 + 1)
        case "arxiv", str():
            return arxiv_id(clean_line(value))
        case "doi", str():
            return doi_of(clean_line(value))
        case "authors" | "keywords", list():
            return _clean_lines(value)
        case "links", list():
            return tuple(filter(None, map(_exported_link, _clean_lines(value)[:_LINKS])))
        case ("starred" | "read", bool()) | ("key", str()) if name != "key" or KEY.fullmatch(str(value)):
            return value
    return None


def _clean_lines(values: list[object]) -> tuple[str, ...]:
    return tuple(line for value in values[:_ENTRIES] if isinstance(value, str) and (line := clean_line(value)))


def _exported_link(text: str) -> Link | None:
    kind, *addresses = text.split(" ")
    if kind in get_args(LinkKind) and 1 <= len(addresses) <= 2 and all(map(_WEB_ADDRESS.fullmatch, addresses)):
        return Link(addresses[0], cast("LinkKind", kind), *addresses[1:])
    return None


def _compared(value: Value) -> str | bool | list[str]:
    """Return a value for comparison: blanks around a note don't count."""
    return value if isinstance(value, bool) else value.strip() if isinstance(value, str) else list(value)


def _hash(value: Value) -> str:
    return checksum(str(value) if isinstance(value, bool) else value if isinstance(value, str) else "\n".join(value))
