"""What a reference says to the letter where its format can't: JSON that readlist's exports put beside the fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from readlist.model.mark import UNMARKED, Mark
from readlist.model.paper import Link, LinkKind, Paper, arxiv_id, doi_of
from readlist.notes.note_file import checksum
from readlist.sources.batch import Batch
from readlist.sources.formats.literal import UnreadableError, parse_json
from readlist.text.clean import clean, clean_line

Value = str | bool | Sequence[str]
Values = Mapping[str, Value]

_ADDRESS = re.compile(r"(?i)https?://[^\s<>\"]{1,2000}")
KEY = re.compile(r"title:[^\W_]{1,2000}(?:-[0-9a-f]{10}(?:-[0-9]{1,6})?)?")
"""A key by a title that an export may bring back."""

_ENTRIES = 5_000
_LINKS = 50


def values_of(paper: Paper, *, note: str = "", starred: bool = False, read: bool = False) -> Values:
    """Return what a format is to carry of a paper and its mark, as JSON has it."""
    plain = ("title", "abstract", "authors", "arxiv", "doi", "keywords", "organization")
    return {
        **{name: getattr(paper, name) for name in plain},
        "links": [" ".join(filter(None, (link.kind, link.url, link.full))) for link in paper.links],
        "note": note,
        "starred": starred,
        "read": read,
        "key": "" if paper.arxiv or paper.doi else paper.key,
    }


def supplement(paper: Paper, mark: Mark, read: Batch) -> dict[str, list[Value]]:
    """Return what an export has to say beside its fields so that an import gives the same, empty for nothing.

    Args:
        paper: what is exported.
        mark: what was decided about it.
        read: what an import makes of the fields alone.
    """
    found = next((found for found, _ in read.items), Paper("", ""))
    return differences(_marked(paper, mark), _marked(found, read.marks.get(found.key, UNMARKED)))


def _marked(paper: Paper, mark: Mark) -> Values:
    return values_of(paper, note=mark.note, starred=mark.starred is not None, read=mark.read is not None)


def differences(own: Values, read: Values) -> dict[str, list[Value]]:
    """Return what an export has to say beside its fields, empty for nothing.

    Args:
        own: what is exported.
        read: what would be read of the fields alone.

    Returns:
        By name the digest of what would be read, so that an edit made elsewhere counts, and what is right.
    """
    return {
        name: [_digest(read[name]), value] for name, value in own.items() if _compared(value) != _compared(read[name])
    }


def restored(read: Values, beside: object) -> dict[str, Any]:
    """Return what is right where the fields alone say otherwise; what was edited since is left out.

    Args:
        read: what the fields say.
        beside: what `differences` returned, parsed or as JSON, out of a file: it may be anything.

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
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == _digest(known):
            value = _CLEANED[name](pair[1])
            if value is not None:
                found[name] = value
    return found


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _line(value: object) -> str | None:
    return clean_line(value) if isinstance(value, str) else None


def _text(value: object) -> str | None:
    return clean(value, limit=len(value) * 2 + 1) if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(line for text in value[:_ENTRIES] if isinstance(text, str) and (line := clean_line(text)))


def _links(value: object) -> tuple[Link, ...] | None:
    texts = _texts(value)
    if texts is None:
        return None
    found = []
    for text in texts[:_LINKS]:
        kind, *addresses = text.split(" ")
        known: LinkKind | None = next((each for each in get_args(LinkKind) if each == kind), None)
        if known and 1 <= len(addresses) <= 2 and all(map(_ADDRESS.fullmatch, addresses)):
            found.append(Link(addresses[0], known, addresses[1] if len(addresses) > 1 else ""))
    return tuple(found)


_CLEANED: Mapping[str, Callable[[object], Any]] = {
    "title": _line,
    "abstract": _text,
    "authors": _texts,
    "arxiv": lambda value: arxiv_id(_line(value) or ""),
    "doi": lambda value: doi_of(_line(value) or ""),
    "keywords": _texts,
    "organization": _line,
    "links": _links,
    "note": _text,
    "starred": _flag,
    "read": _flag,
    "key": lambda value: value if isinstance(value, str) and KEY.fullmatch(value) else None,
}


def _compared(value: Value) -> str | bool | list[str]:
    """Return what counts of a value: blanks around a note don't."""
    return value if isinstance(value, bool) else value.strip() if isinstance(value, str) else list(value)


def _digest(value: Value) -> str:
    return checksum(str(value) if isinstance(value, bool) else value if isinstance(value, str) else "\n".join(value))
