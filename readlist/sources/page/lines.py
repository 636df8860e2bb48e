"""The text of a captured page as a sequence of items: one for each thing on each line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from readlist.sources.page.form import Form, Item, are_names, arxiv_of, is_site, number_of, plain_item, recognise
from readlist.sources.page.markdown import Anchor, syntax_of, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readlist.sources.page.markdown import Syntax

_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BREAK = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARKED = re.compile(r"[\[\]<\\]")
_DOTS = re.compile(r" ?[·•|] ?")
# Several labels of a card or a page's foot on one line.
_LABELS = re.compile(
    r"upvoted?s? [\d.,]+[km]?|github [\d.,]+[km]?|(?:view )?arxiv page|view pdf|project page|add to collection"
    r"|\d{1,4} authors?|published on \w{3,9} \d{1,2}(?:, \d{4})?|submitted by(?= |$)",
    re.IGNORECASE,
)
_CARD = re.compile(
    r"(?P<submitted>(?:subscribe)?submitted by \S{1,60}(?: [^\s\d]\S{0,40}){0,5}?) (?P<upvotes>[\d.,]+k?|-)"
    r" (?P<title>\S.{3,500}?)"
    r" [·•] (?P<authors>\d{1,4} authors?)(?: (?P<comments>\d{1,4}))?",
    re.IGNORECASE,
)
_CARD_START = re.compile(
    r"(?=(?:subscribe)?submitted by \S{1,60}(?: [^\s\d]\S{0,40}){0,5}? (?:[\d.,]+k?|-) )", re.IGNORECASE
)
_SHORT = 300
_ORGANIZATION_LENGTH = 80
_ORGANIZATION_WORDS = 10
_NAME_LENGTH = 60
_NAME_WORDS = 5
_UNDERLINED = 400
# arXiv's own line length in titles, and how much room a line needs to have been ended on purpose.
_TITLE_WRAP = 74
_ROOM = 8
# Who voted: those without a picture are counted behind the sum of all.
_AND_MORE = re.compile(r"([\d.,]{1,9}k?) ?\+ ?\d{1,5}", re.IGNORECASE)
_LINES_A_PAPER = 40


def items_of(text: str, first: int = 0) -> list[Item]:
    """Return what the lines of a page hold, in order, each by its form.

    Args:
        text: the page; any text.
        first: how many lines at the start to leave out (a head that was read already).
    """
    text = _INVISIBLE.sub("", text) if not text.isascii() else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    syntax = syntax_of(text)
    found: list[Item] = []
    blank = True
    for number, whole in enumerate(text.split("\n"), 1):
        if number <= first:
            continue
        for line in _BREAK.split(whole) if not whole.isascii() or not whole.isprintable() else (whole,):
            if not line or line.isspace():
                blank = True
                continue
            blank = _add_line(found, number, line, syntax, blank=blank)
    return list(_in_context(found))


def _add_line(found: list[Item], number: int, line: str, syntax: Syntax, *, blank: bool) -> bool:
    """Append what a line holds; return whether a blank line still stands before what comes next."""
    bare, anchors = unwrap(line, syntax) if _MARKED.search(line) else (line, [])
    text = " ".join(bare.split())
    if not text:
        return _add_bare_links(found, number, anchors, blank=blank)
    if text[0] in "Ss" and _CARD_START.match(text):
        # Whole cards on one line, or all of them.
        for piece in _CARD_START.split(text):
            if piece.strip():
                found.extend(_split(plain_item(number, piece.strip(), blank=blank)))
        return False
    item = plain_item(number, text, blank=blank, anchors=tuple(anchors))
    item.indented = line[:2].isspace()
    if found and _underlines(item, found):
        return False
    found.extend(_split(recognise(item)))
    return False


def _add_bare_links(found: list[Item], number: int, anchors: list[Anchor], *, blank: bool) -> bool:
    """Note the links of a line that says nothing else: the end of a link, a picture, an anchor."""
    ends = tuple(anchor for anchor in anchors if not anchor.whole)
    wholes = tuple(anchor for anchor in anchors if anchor.whole)
    if ends and found:
        found[-1].anchors += ends
    if wholes:
        found.append(Item(number, Form.ADDRESS, wholes[0].address, wholes[0].address, anchors=wholes, blank=blank))
        return False
    return blank


def _underlines(item: Item, found: list[Item]) -> bool:
    """Make the paragraph above a heading if the line is its underline (`====`, `----`)."""
    if item.blank or not len(item.text) > 2 or set(item.text) not in ({"="}, {"-"}):
        return False
    start = len(found) - 1
    while start > 0 and not found[start].blank and found[start].form is Form.TEXT:
        start -= 1
    above = found[start:]
    if any(one.form is not Form.TEXT for one in above) or sum(len(one.text) for one in above) > _UNDERLINED:
        return False
    above[0].heading = 1 if item.text[0] == "=" else 2
    return True


def _split(item: Item) -> list[Item]:
    """Divide a line that holds several things: labels, links, parts between dots."""
    if item.form is not Form.TEXT or len(item.text) > _SHORT + _SHORT or item.label:
        return [item]
    for divide in (_links, _labels, _card, _parts):
        if found := divide(item):
            found[0].blank, found[0].indented = item.blank, item.indented
            return found
    return [item]


def _links(item: Item) -> list[Item]:
    """Divide a line that is nothing but links: `[GitHub 131](…) [arXiv Page](…)`."""
    if len(item.anchors) < 2 or item.heading:
        return []
    if _DOTS.sub("", item.text).replace(" ", "") != "".join(a.text for a in item.anchors).replace(" ", ""):
        return []
    parts = [
        recognise(plain_item(item.line, " ".join(a.text.split()), anchors=(a,))) for a in item.anchors if a.text.strip()
    ]
    return parts if parts and all(part.form is not Form.TEXT for part in parts) else []


def _labels(item: Item) -> list[Item]:
    """Divide a line that is nothing but labels: `Upvote 94 GitHub 649 arXiv Page`."""
    found = _LABELS.findall(item.text) if _LABELS.match(item.text) else []
    if len(found) < 2 or _LABELS.sub("", item.text).strip(" ·•|"):
        return []
    return [recognise(plain_item(item.line, label)) for label in found]


def _card(item: Item) -> list[Item]:
    """Divide a whole card of a day page on one line."""
    found = _CARD.fullmatch(item.text) if item.text[0] in "Ss" else None
    if not found:
        return []
    parts = [recognise(plain_item(item.line, found[name])) for name in ("submitted", "upvotes")]
    parts.append(plain_item(item.line, found["title"]))
    parts += [recognise(plain_item(item.line, found[name])) for name in ("authors", "comments") if found[name]]
    return parts


def _parts(item: Item) -> list[Item]:
    """Divide a line at its dots where what follows the first part is all labels: `Google · Oct 23, 2025`."""
    if not _DOTS.search(item.text):
        return []
    texts = [part.strip() for part in _DOTS.split(item.text)]
    parts = [recognise(plain_item(item.line, text)) for text in texts if text]
    if not parts or any(part.form is Form.TEXT for part in parts[1:]):
        return []
    if len(parts) == 1 and parts[0].form is Form.TEXT:
        return []
    first = parts[0]
    for anchor in item.anchors:
        owner = next((part for part in parts if anchor.text and anchor.text in part.text), parts[-1])
        owner.anchors += (anchor,)
    if first.form is Form.TEXT:
        if parts[1].form is Form.IDENTIFIER and first.text.endswith(" Paper"):
            title = plain_item(item.line, first.text.removesuffix(" Paper"), anchors=first.anchors)
            return [title, Item(item.line, Form.PAPER, "Paper", "Paper"), *parts[1:]]
        if parts[1].form is Form.DATE and not item.heading and len(first.bare) <= _ORGANIZATION_LENGTH:
            first.form = Form.ORGANIZATION
        elif parts[1].form not in (Form.AUTHORS, Form.DATE):
            return []
        first.heading, first.mark = item.heading, item.mark
    return parts if texts[0] else [Item(item.line, Form.DOT, "·", "·"), *parts]


def _in_context(items: list[Item]) -> Iterator[Item]:
    """Yield the items with what only their neighbours tell: names of submitters, organisations, numbers of labels."""
    skip = 0
    wrapped = not any(item.form is Form.TEXT and len(item.text) > _TITLE_WRAP + _ROOM for item in items)
    for at, item in enumerate(items):
        if skip:
            skip -= 1
            continue
        after = items[at + 1] if at + 1 < len(items) else None
        if item.form in (Form.UPVOTE, Form.GITHUB) and item.number is None and after:
            if after.form is Form.TEXT and (more := _AND_MORE.fullmatch(after.text)):
                after.form, after.number = Form.COUNT, number_of(more[1])
            if after.form in (Form.COUNT, Form.DASH) and (
                item.form is Form.UPVOTE or not any(is_site(anchor.address) for anchor in item.anchors)
            ):
                skip = 1
                yield replace(item, number=after.number or 0, anchors=item.anchors + after.anchors)
                continue
        elif (
            item.form is Form.SUBMITTED
            and after
            and item.text.casefold().rstrip(":").endswith("by")
            and _is_name(after)
        ):
            after.form = Form.NAME
            if _is_rest_of_name(items, at + 2):
                after.text += f" {items[at + 2].text}"
                items[at + 2].form = Form.CHROME
        elif item.form is Form.TEXT and _is_organization(items, at, wrapped=wrapped):
            item.form = Form.ORGANIZATION
        yield item


def _goes_on(above: str, below: str) -> bool:
    """Return whether two lines are parts of one title, to judge by where the first ends and the second begins."""
    return above[-1] in ",:;-–—" or below[:1].islower() or above.rsplit(" ", 1)[-1].islower()


def _goes_below(item: Item) -> bool:
    return item.form is Form.TEXT and not item.blank and not item.heading and not item.arxiv


def mark_bylines(items: list[Item]) -> None:
    """Make bylines of the names between titles and abstracts, where a list has them throughout."""
    texts = [item for item in items if item.form is Form.TEXT]
    found = [
        item
        for above, item, below in zip(texts, texts[1:], texts[2:], strict=False)
        if are_names(item) and not are_names(above) and len(below.text) > len(item.text) // 2
    ]
    if len(found) * _LINES_A_PAPER >= len(texts):
        for item in found:
            item.form = Form.BYLINE


def _is_name(item: Item) -> bool:
    if item.form is not Form.TEXT or item.heading or item.arxiv:
        return False
    return len(item.text) <= _NAME_LENGTH and len(item.text.split()) <= _NAME_WORDS + 4 * (" on " in item.text)


def _is_rest_of_name(items: list[Item], at: int) -> bool:
    """Return whether a submitter's name in a paragraph of its own was wrapped and ends here."""
    if at + 1 >= len(items) or not items[at - 1].blank or not items[at + 1].blank:
        return False
    return _goes_below(items[at]) and len(items[at].text.split()) < _NAME_WORDS and not items[at].mark


def _is_organization(items: list[Item], at: int, *, wrapped: bool) -> bool:
    """Return whether a short line is the organisation before `· DATE` or, below a title, before `· N authors`."""
    item = items[at]
    if at == 0 or item.heading or item.text[-1] in ".!?。":
        return False
    if len(item.bare) > _ORGANIZATION_LENGTH or len(item.bare.split()) > _ORGANIZATION_WORDS:
        return False
    before = items[at - 1]
    end = at + 1
    if item.blank and (before.heading or before.arxiv) and end < len(items) and _goes_below(items[end]):
        # Its name is wrapped.
        end += 1
    after = [one.form for one in items[end : end + 3] if one.form is not Form.ADDRESS][:2]
    if before.form is Form.ORGANIZATION and not item.blank and after == [Form.DOT, Form.AUTHORS]:
        return True
    linked = any(is_site(anchor.address) and not arxiv_of(anchor.address) for anchor in item.anchors)
    if after == [Form.DOT, Form.AUTHORS] and before.form is Form.TEXT:
        room = _TITLE_WRAP - len(before.text) - 1 - len(item.text.split(" ", 1)[0])
        apart = room > _ROOM or not wrapped or (item.blank and not _goes_on(before.text, item.text))
        return linked or (apart and ":" not in item.text)
    if after == [Form.DOT, Form.DATE]:
        flows = (
            before.form is Form.TEXT and not item.blank and before.text[-1] not in ".!?。" and item.text[0].islower()
        )
        return linked or not flows
    return linked and after[:1] == [Form.DATE]
