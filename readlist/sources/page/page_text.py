"""The text of a captured page as items, one for each thing on each line, and the heads above its papers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from readlist.sources.page.line_form import (
    Anchor,
    Form,
    Item,
    Syntax,
    are_names,
    arxiv_of,
    capture_note,
    is_capture_title,
    is_inbox,
    is_site,
    number_of,
    plain_item,
    recognise,
    syntax_of,
    unwrap,
)
from readlist.text.dates import Day, iso_day, whole_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from readlist.sources.page.line_form import Syntax
    from readlist.text.dates import Period

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


_FIELD = re.compile(r"([A-Za-z_][\w -]{0,40}): *(.*)")
_FENCE = "---"
_YAML_LINES = 80
_NOTE_LINES = 40
_SITE_ADDRESS = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|paperswithcode\.com)(?:/\S*)?", re.IGNORECASE)
_ADDRESS_FIELDS = ("url", "source_url", "source", "link", "page_url", "original_url")
_CAPTURE_FIELDS = (
    "captured",
    "retrieved",
    "exported",
    "fetched",
    "accessed",
    "crawled",
    "saved",
    "timestamp",
    "clipped",
)
_PUBLISHED_FIELDS = ("published_at", "published", "date_published")
_CAPTURE_LABEL = re.compile(r"\W{0,4}(?:captured|retrieved|crawled|saved|accessed)", re.IGNORECASE)
_AFTER = 15
_SHORT_TEXT = 80
_LONG_TEXT = 200
_FURNITURE = {Form.CHROME, Form.CAPTURE, Form.RULE, Form.ADDRESS, Form.DASH, Form.COMMUNITY}
_REACH = 6


class Head(Struct):
    """What a page says of itself before its papers.

    Attributes:
        lines: how many lines at the start hold nothing else (a YAML head).
        address: the page's own address, or empty.
        title: the page's title as the browser showed it, or empty.
        captured: the day it was captured, where a tool noted it.
        published: the day of publication, where a tool noted it.
    """

    lines: int = 0
    address: str = ""
    title: str = ""
    captured: date | None = None
    published: date | None = None


def head_of(text: str) -> Head:
    """Return what the first lines of a page tell: a YAML head, or notes like `- URL: https://…`."""
    lines = re.split(r"\r\n|\r|\n", text[:20_000].lstrip("\ufeff"))[: _YAML_LINES + _NOTE_LINES]
    head = Head()
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() == _FENCE:
        end = next(
            (n for n, line in enumerate(lines[start + 1 : start + _YAML_LINES], start + 1) if line.strip() == _FENCE), 0
        )
        if end:
            _read_yaml(lines[start + 1 : end], head)
            head.lines = end + 1
            start = end + 1
    for line in lines[start : start + _NOTE_LINES]:
        _read_note(line.strip(), head)
    return head


def _read_yaml(lines: Sequence[str], head: Head) -> None:
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found:
            name = found[1].lower().replace(" ", "_")
            fields.setdefault(name, found[2].strip())
        elif line[:1].isspace() and name and not line.strip().startswith("-"):
            fields[name] += " " + line.strip()
    for name, value in fields.items():
        value = value.strip().strip("\"'").strip()
        if name in _ADDRESS_FIELDS and _SITE_ADDRESS.fullmatch(value):
            head.address = head.address or value
        elif name == "title":
            head.title = " ".join(value.split())
        elif name in _PUBLISHED_FIELDS:
            head.published = iso_day(value)
        elif name.startswith(_CAPTURE_FIELDS) and iso_day(value):
            head.captured = iso_day(value)


def _read_note(line: str, head: Head) -> None:
    note = capture_note(line)
    if not note:
        return
    address = _SITE_ADDRESS.search(note)
    label = line.split(":", 1)[0].casefold()
    if address and "url" in label:
        head.address = head.address or address[0].rstrip("*`>)")
    elif "title" in label:
        head.title = head.title or note
    elif _CAPTURE_LABEL.match(line):
        head.captured = head.captured or iso_day(note)


class Zone(Struct, frozen=True):
    """A site's head inside the items of a page: `start` to `end` (excluded), and what it names.

    `name` is the list's, `daily` or `trending`, or empty.
    """

    start: int
    end: int
    day: Day | None = None
    period: Period | None = None
    name: str = ""


def zones_of(items: Sequence[Item]) -> list[Zone]:
    """Return the heads of list pages among the items: one, or more where pages were put together."""
    found: list[Zone] = []
    at = 0
    while at < len(items):
        if items[at].form is Form.COMMUNITY or (items[at].form is Form.CHROME and is_inbox(items[at].text)):
            zone = _zone(items, at, found[-1].end if found else 0)
            found.append(zone)
            at = max(zone.end, at + 1)
        else:
            at += 1
    return found


def _zone(items: Sequence[Item], at: int, floor: int) -> Zone:
    """Return the head around the item at `at`: back over what is the site's, on to the day of the list."""
    start = _start(items, at, floor)
    end, last = at + 1, at
    for place in range(at + 1, min(at + 1 + _AFTER * 2, len(items))):
        item = items[place]
        if item.form is Form.DATE and item.number is None and place - last <= _AFTER:
            return Zone(start, place + 1, item.day, name=_name(items[start:place]))
        if item.form is Form.TEXT and (period := whole_period(item.bare)) and _is_framed(items, place):
            return Zone(start, place + 1, None, period, _name(items[start:place]))
        if item.form in (Form.CHROME, Form.COMMUNITY, Form.RULE, Form.CAPTURE, Form.ADDRESS, Form.DASH, Form.DOT):
            end, last = place + 1, place
        elif (
            item.form is not Form.TEXT
            or item.heading > 1
            or len(item.text) > _SHORT_TEXT
            or not _is_framed(items, place)
        ):
            break
    return Zone(start, end, name=_name(items[start:end]))


def _start(items: Sequence[Item], at: int, floor: int) -> int:
    """Return where the head around the item at `at` begins: back over what is the site's or the capture tool's."""
    start, texts = at, 0
    for place in range(at - 1, floor - 1, -1):
        item = items[place]
        if item.form in _FURNITURE or (item.form is Form.TEXT and is_capture_title(item.bare)):
            start, texts = place, 0
        elif item.form is Form.TEXT and len(item.text) <= _LONG_TEXT and texts < _REACH:
            texts += 1
            start = 0 if place == 0 else start
        elif item.form not in (Form.GITHUB, Form.COUNT, Form.DOT, Form.PAPER):
            break
    return start


def _is_framed(items: Sequence[Item], place: int) -> bool:
    """Return whether a short line stands before more of the head: the words searched for, a selected week."""
    for item in items[place + 1 : place + 4]:
        if item.form in (Form.CHROME, Form.DATE, Form.SUBMITTED):
            return True
        if item.form is Form.TEXT and len(item.text) > _SHORT_TEXT:
            return False
    return False


def _name(items: Sequence[Item]) -> str:
    """Return which list the head names just above `by AK and the research community`; empty if none."""
    above = next((place for place, item in enumerate(items) if item.form is Form.COMMUNITY), len(items))
    names = [item.text.casefold() for item in items[:above] if item.form is Form.CHROME]
    listed = [name.split()[0] for name in names if name in ("daily papers", "trending papers")]
    return listed[-1] if listed else ""
