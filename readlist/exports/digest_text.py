"""The digest as plain text, in columns that fit any mail program."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from readlist.exports import digest_content as content
from readlist.exports.digest_content import Digest, Group, Item
from readlist.text.clean import counted, drawable, title_line

_WIDTH = 72
_INDENT = "    "
_LABEL = 15
# Between these a line may be broken without a blank.
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_PIECE = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+|\s+")
_NEVER_FIRST = frozenset("、。，．：；！？）」』】〉》”’")


def text_of(digest: Digest) -> str:
    """Return the digest as plain text, lines of up to 72 columns; addresses may be longer."""
    lines = [content.headline(digest), content.counts(digest)]
    number = 0
    for group in digest.groups:
        if group.total:
            lines += ["", "", *_group(digest, group, number)]
            number += len(group.items)
    lines += ["", "", "-- ", *(line for part in content.FOOTER for line in wrapped(part))]
    return "\n".join(lines) + "\n"


def _group(digest: Digest, group: Group, number: int) -> Iterator[str]:
    count = counted(group.total, "paper")
    name = next(iter(wrapped(drawable(group.feed), _WIDTH - len(count) - 2)), "")
    yield f"{name}{' ' * (_WIDTH - columns(name) - len(count))}{count}"
    yield "-" * _WIDTH
    for place, item in enumerate(group.items, number + 1):
        yield ""
        yield from _paper(item, place)
    left, command = content.rest_of(digest, group)
    if left:
        yield from ("", f"{_INDENT}{left}; to see them:", f"{_INDENT}{command}")


def _paper(item: Item, place: int) -> Iterator[str]:
    star = "★ " if item.entry.mark.starred else ""
    yield from wrapped(star + title_line(item.entry.paper, why=False), first=f"{place:>2}. ", indent=_INDENT)
    for line in (content.authors_of(item.entry), " · ".join(content.facts_of(item))):
        yield from wrapped(line, indent=_INDENT)
    yield from wrapped(content.blurb_of(item.entry), indent=_INDENT)
    page = content.page_of(item.entry)
    links = ([("Paper", page)] if page else []) + content.links_of(item.entry)
    widest = max((len(label) for label, _ in links if len(label) < _LABEL), default=0)
    for label, address in links:
        # An address in one piece is one that can be clicked.
        yield f"{_INDENT}{label + ':':<{widest + 1}} {address}"


def wrapped(text: str, width: int = _WIDTH, *, indent: str = "", first: str | None = None) -> Iterator[str]:
    """Yield the lines of a paragraph, none for an empty one.

    Args:
        text: words.
        width: columns, the indent among it.
        indent: before each line.
        first: before the first line instead.
    """
    line, empty, blank = indent if first is None else first, True, ""
    for piece in _pieces(text, width - len(indent)):
        if piece.isspace():
            blank = "" if empty else " "
        elif empty or columns(line) + len(blank) + columns(piece) <= width or piece in _NEVER_FIRST:
            line, empty, blank = line + blank + piece, False, ""
        else:
            yield line
            line, blank = indent + piece, ""
    if not empty:
        yield line


def _pieces(text: str, room: int) -> Iterator[str]:
    """Yield what lines are made of: words, blanks, letters that may be divided; words too long for a line in parts."""
    for found in _PIECE.finditer(text):
        piece = found[0]
        if "://" in piece or piece.isspace():
            yield piece
        else:
            yield from (piece[start : start + room] for start in range(0, len(piece), room))


def columns(text: str) -> int:
    """Return how many columns a text takes where letters are all equally wide."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(each) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )
