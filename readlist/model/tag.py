"""Tags: `#words` in notes, found, added and removed (pure)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from readlist.pattern import pattern

LONGEST_TAG = 60
"""Characters of a tag without its sign, at most; a longer word is not a tag."""

# The sign begins a word, or follows a bracket or quote. Not C#, a fragment of an address, an escaped sign or a heading;
# nor a link to an anchor, [text](#anchor) and href="#anchor".
_SIGN = pattern(r"""(?<![^\s(\[{"'“”‘’„«‹,;])(?<!\]\()(?<!=["'])#(?=[\w-])""")
_OTHER = "-_/\u200c\u200d"
_FENCE = pattern(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)$", re.MULTILINE)
_TICKS = pattern("`+")
_BLANK_LINE = pattern(r"\n[ \t]*\n")


class TagCount(Struct, frozen=True):
    """A tag as it is written most often, and how many papers have it."""

    name: str
    papers: int


class _Place(Struct, frozen=True):
    """A tag in a text: `text[start:end]` is its sign and its name."""

    name: str
    start: int
    end: int


def tags_of(note: str) -> tuple[str, ...]:
    """Return the tags of a note, without their signs, in order; of one written in several ways the first.

    A tag is `#` at the start of a word, then letters and digits of any script, `-`, `_` and `/`, at least one letter.
    Code has no tags: `…` or a block between fences.
    """
    found: dict[str, str] = {}
    for place in _places(note):
        found.setdefault(fold_tag(place.name), place.name)
    return tuple(found.values())


def fold_tag(tag: str) -> str:
    """Return a tag as it is compared: without case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag).casefold())


def check_tag(word: str) -> str:
    """Return the tag that a word names, with or without its sign.

    Raises:
        ValueError: it can't be a tag; one line.
    """
    name = word.removeprefix("#")
    if len(name) > LONGEST_TAG:
        raise ValueError(f"a tag has at most {LONGEST_TAG} characters: {name[:20]}…")
    if tags_of(f"#{name}") != (name,):
        shown = name if len(name) <= 30 else f"{name[:29]}…"
        raise ValueError(f"“{shown}” is not a tag: use letters, digits, - _ /")
    return name


def with_tags(note: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> str:
    """Return a note with some tags added on its last line, and others removed wherever they are.

    A tag that is there already is not added again. With a removed tag goes the blank before it, or its line if nothing
    else is on it.
    """
    note = _without(note, {fold_tag(tag) for tag in remove})
    present = {fold_tag(tag) for tag in tags_of(note)}
    new = {fold_tag(tag): f"#{tag}" for tag in add if fold_tag(tag) not in present}
    if not new:
        return note
    text = note.rstrip()
    last = text[text.rfind("\n") + 1 :]
    places = list(_places(last))
    only_tags = bool(places) and not _outside(last, places).strip()
    return f"{text}{(' ' if only_tags else chr(10) * 2) if text else ''}{' '.join(new.values())}"


def _without(note: str, folded: set[str]) -> str:
    """Return a note without some tags."""
    gone = [place for place in _places(note) if fold_tag(place.name) in folded] if folded else []
    if not gone:
        return note
    kept, done = [], 0
    for lines in _by_line(note, gone):
        begin = note.rfind("\n", 0, lines[0].start) + 1
        end = note.find("\n", lines[-1].end)
        end = len(note) if end < 0 else end
        kept.append(note[done:begin])
        line = _outside(note[begin:end], [_Place(each.name, each.start - begin, each.end - begin) for each in lines])
        if line.strip():
            kept.append(line)
            done = end
        else:
            done = min(end + 1, len(note))
    kept.append(note[done:])
    left = "".join(kept)
    return left.rstrip() if gone[-1].end >= len(note.rstrip()) else left if left.strip() else ""


def _by_line(note: str, places: Sequence[_Place]) -> Iterator[list[_Place]]:
    """Yield places line by line."""
    line = [places[0]]
    for before, place in pairwise(places):
        if "\n" in note[before.end : place.start]:
            yield line
            line = []
        line.append(place)
    yield line


def _outside(line: str, places: Sequence[_Place]) -> str:
    """Return a line without tags in it, each with the blank before it, else the one after it."""
    kept, done = [], 0
    for place in places:
        start, end = place.start, place.end
        if start > done and line[start - 1] in " \t":
            start -= 1
        elif start == done and line[end : end + 1] in (" ", "\t"):
            end += 1
        kept.append(line[done:start])
        done = end
    return "".join([*kept, line[done:]])


def _places(note: str) -> Iterator[_Place]:
    """Yield every tag of a note with its place."""
    if "#" not in note:
        return
    code = _code(note) if "`" in note or "~~~" in note else []
    starts = [start for start, _ in code]
    for found in _SIGN.finditer(note):
        start, end = found.start(), found.end()
        before = bisect_right(starts, start) - 1
        if before >= 0 and start < code[before][1]:
            continue
        while end < len(note) and (note[end].isalnum() or note[end] in _OTHER or _is_mark(note[end])):
            end += 1
        name = note[start + 1 : end]
        if len(name) <= LONGEST_TAG and any(map(str.isalpha, name)) and note[end : end + 1] != "#":
            yield _Place(name, start, end)


def _is_mark(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character).startswith("M")


def _code(note: str) -> list[tuple[int, int]]:
    """Return where code is, in order: blocks between fences, and spans within a paragraph."""
    found: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(note):
        if opened is None:
            opened = fence if fence["fence"][0] == "~" or "`" not in fence["info"] else None
        elif fence["fence"].startswith(opened["fence"]) and not fence["info"].strip():
            found.append((opened.start(), fence.end()))
            opened = None
    # A block without an end hides nothing, or a tag on the last line would be none.
    begin = 0
    spans: list[tuple[int, int]] = []
    for start, end in [*found, (len(note), len(note))]:
        spans += _spans(note, begin, start)
        begin = end
    return sorted([*found, *spans])


def _spans(note: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the code spans of a part of a note: between as many backticks, in one paragraph."""
    ticks = list(_TICKS.finditer(note, begin, end))
    if not ticks:
        return
    paragraphs = [blank.start() for blank in _BLANK_LINE.finditer(note, begin, end)]
    closing: dict[int, int] = {}
    later: dict[tuple[int, int], int] = {}
    for number in range(len(ticks) - 1, -1, -1):
        kind = (len(ticks[number][0]), bisect_right(paragraphs, ticks[number].start()))
        closing[number] = later.get(kind, -1)
        later[kind] = number
    number = 0
    while number < len(ticks):
        if (close := closing[number]) > 0:
            yield ticks[number].start(), ticks[close].end()
            number = close
        number += 1
