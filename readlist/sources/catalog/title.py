"""The title that a row of a list bears, told from the names, buttons and addresses beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from readlist.sources.catalog import wording
from readlist.sources.catalog.mention import Mention, identity_of
from readlist.sources.catalog.row import BREAK, Row

_PATH = re.compile(r"\S*\.\S*/")
_ADDRESS = re.compile(r"https?://[^\s<>\"`]+")
_QUOTED = re.compile(r"\s*(?:\"([^\"]{4,300})[,.]?\"|“([^“”]{4,300})[,.]?”)(?=[\s,.;:(\[]|\Z)")
_NAMES_FIRST = re.compile(
    r"([^\"“”:]{5,2000}?)(?:\s?\((?:19|20)\d\d[a-z]?\))?[.,:]\s+(?=[\"“]|\S{2,})(?!(?:[A-Z]\.|[\w’'-]+,))"
)
_STOP = re.compile(r"(?<=[^A-Z.][.?!])\s+(?=[A-Z])|\.\s*\Z")
_REACH = 6
_SEVERAL = 2
_GAP = "\x1f"
_BYLINE = (" — ", " – ", " - ", " | ", ", by ", " by ", BREAK, ". ")
# What subjects and places are made of, not names of people.
_IMPERSONAL = re.compile(
    r"\b(?:learning|vision|computer|computation|science|language|intelligence|robotics|systems?|university"
    r"|institute|labs?|research"
    r"|google|microsoft|meta|openai|deepmind|nvidia|models?|analysis|data|processing|networks?|retrieval"
    r"|mathematics|physics|statistics"
    r"|engineering|cryptography|security|graphics|interaction|theory|optimization|recognition|arxiv|preprint"
    r"|conference|workshop"
    r"|journal|proceedings|poster|oral|spotlight|published|submitted|paper|code|read|more|view|pdf)\b",
    re.IGNORECASE,
)


def title_of(row: Row, found: Sequence[Mention]) -> str:
    """Return the title that a row bears, empty if none can be told from the rest."""
    for mention in found:
        title = wording.tidy(row.text[mention.start : mention.end].split(BREAK)[0]) if mention.anchor else ""
        if title and not identity_of(title) and not _PATH.match(title) and wording.is_title(title):
            return title
    for start, end in row.bold:
        title = wording.tidy(row.text[start:end].split(BREAK)[0])
        if wording.is_title(title) and not any(start <= mention.start < end for mention in found):
            return title
    before, behind = residue(row, found)
    leading = next((anchor for anchor in row.anchors if not wording.is_button(row.label(anchor))), None)
    if leading and wording.is_button(row.text[: leading.start]) and wording.is_title(wording.tidy(row.label(leading))):
        return wording.tidy(row.label(leading))
    text = before if not wording.is_button(before) else behind
    text = next((part for part in text.split(_GAP) if not wording.is_button(part)), "")
    text = text.split(BREAK)[0].split(" | ")[0]
    if wording.is_credit(text) or (text in before and wording.leads_on(text)):
        return ""
    if quoted := _QUOTED.match(text):
        return tidied if wording.is_title(tidied := wording.tidy(quoted[1] or quoted[2])) else ""
    title, _ = byline_of(behind_names(wording.tidy(text)))
    return title if wording.is_title(title) and not wording.is_wordy(title) else ""


def opening(rows: Sequence[Row], at: int, end: int, own: dict[int, list[Mention]]) -> int:
    """Return which row of a paper bears its title, the first that says anything; -1 if that is no title."""
    for place in range(at, min(at + _REACH, end)):
        row = rows[place]
        found = own.get(place, [])
        if row.rule or (found and is_alone(row, found)) or is_furniture(row):
            continue
        title = title_of(row, found)
        return place if title and len(wording.names_in(title)) < _SEVERAL else -1
    return -1


def is_links(text: str) -> bool:
    """Return whether a text is nothing but buttons and addresses."""
    return wording.is_button(_ADDRESS.sub("", text))


def is_furniture(row: Row) -> bool:
    """Return whether a row is nothing but buttons, links, a date or a field beside a paper."""
    text = _ADDRESS.sub("", row.text)
    dated = not (row.heading or row.bold) and wording.is_day(text)
    return dated or wording.is_button(text) or wording.is_label(text)


def behind_names(text: str) -> str:
    """Return what stands behind the names of authors: the title of `A Sample, B Test (2026). Title. ICLR 2026`."""
    names, colon, title = text.partition(": ")
    if colon and are_people(names) and len(wording.names_in(names)) >= _SEVERAL:
        return title.strip(' .,"“”')
    found = _NAMES_FIRST.match(text)
    if not found or len(wording.names_in(found[1])) < _SEVERAL or not are_people(found[1]):
        return text
    rest = text[found.end() :]
    if quoted := _QUOTED.match(rest):
        return quoted[1] or quoted[2]
    return _STOP.split(rest, maxsplit=1)[0].strip(' .,"“”')


def byline_of(text: str, *, lone: bool = False) -> tuple[str, str]:
    """Return a title and the names behind it, the names empty where there are none.

    Args:
        text: a title, perhaps with names.
        lone: whether one name alone is that of an author.
    """
    for sign in _BYLINE:
        title, found, names = text.partition(sign)
        if found and are_people(names) and (lone or len(wording.names_in(names)) > 1 or "al." in names):
            return title.strip(), names
    return text, ""


def are_people(text: str) -> bool:
    """Return whether a text is names, and none of them that of a subject or a place."""
    return wording.are_names(text) and not _IMPERSONAL.search(text)


def residue(row: Row, mentions: Iterable[Mention]) -> tuple[str, str]:
    """Return what a row says before and behind its first naming of a paper, without namings, links and buttons."""
    spans = sorted(
        {(mention.start, mention.end) for mention in mentions}
        | {(a.start, a.end) for a in row.anchors if wording.is_button(row.label(a))}
    )
    if not spans:
        return row.text, ""
    out, at = [], 0
    for start, end in spans:
        if start >= at:
            out.append(row.text[at:start])
            at = end
    before, behind = out[0], _GAP.join([*out[1:], row.text[at:]])
    return before, behind


def is_alone(row: Row, mentions: Sequence[Mention]) -> bool:
    """Return whether a row says nothing beside naming papers."""
    if any(mention.anchor and says_more(row, mention) for mention in mentions):
        return False
    before, behind = residue(row, mentions)
    return wording.is_button(before) and wording.is_button(behind)


def says_more(row: Row, mention: Mention) -> bool:
    """Return whether a link says more than a button or an id."""
    label = row.text[mention.start : mention.end]
    return not wording.is_button(label) and not _PATH.match(label) and wording.is_title(wording.tidy(label))
