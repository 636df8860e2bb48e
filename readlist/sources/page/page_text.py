"""The text of a captured page as items, one for each thing on each line, and the heads above its papers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from readlist.sources.page.page_item import (
    CAPTURE_NOTE,
    CAPTURE_TITLE,
    INBOX,
    INVISIBLE,
    Hyperlink,
    PageItem,
    Role,
    Syntax,
    are_names,
    arxiv_of,
    is_site,
    number_of,
    plain_item,
    recognise,
    syntax_of,
    unwrap,
)
from readlist.text.dates import Day, Period, iso_day, whole_period
from readlist.text.scan import unusual

_BREAK = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_DOTS = re.compile(r" ?[·•|] ?")
# Several labels of a card or a page's foot on one line.
_LABELS = re.compile(
    r"upvoted?s? [\d.,]+[km]?|github [\d.,]+[km]?|(?:view )?arxiv page|view pdf|project page|add to collection"
    r"|\d{1,4} authors?|published on \w{3,9} \d{1,2}(?:, \d{4})?|submitted by(?= |$)",
    re.IGNORECASE,
)
_LABELS_LENGTH = 2 * len("1 author")
"""Characters of the shortest two labels."""
_CARD = re.compile(
    r"(?P<submitted>(?:subscribe)?submitted by \S{1,60}(?: [^\s\d]\S{0,40}){0,5}?) (?P<upvotes>[\d.,]+k?"
    r"|-) (?P<title>\S.{3,500}?) [·•] (?P<authors>\d{1,4} authors?)(?: (?P<comments>\d{1,4}))?",
    re.IGNORECASE,
)
_CARD_START = re.compile(
    r"(?=(?:subscribe)?submitted by \S{1,60}(?: [^\s\d]\S{0,40}){0,5}? (?:[\d.,]+k?|-) )", re.IGNORECASE
)
_SHORT = 600
_ORGANIZATION_LENGTH, _ORGANIZATION_WORDS = 80, 10
_NAME_LENGTH, _NAME_WORDS = 60, 5
_UNDERLINED = 400
# arXiv's own line length in titles, and how much room a line needs to have been ended on purpose.
_TITLE_WRAP, _ROOM = 74, 8
# Who voted: those without a picture are counted after the sum of all.
_AND_MORE = re.compile(r"([\d.,]{1,9}k?) ?\+ ?\d{1,5}", re.IGNORECASE)
_LINES_A_PAPER = 40


def items_of(text: str, first: int = 0) -> list[PageItem]:
    """Return what the lines of a page hold after the `first` ones (a head), in order, each with its role."""
    odd = unusual(text)
    text = INVISIBLE.sub("", text) if INVISIBLE.search(odd) else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    syntax = syntax_of(text)
    broken = _BREAK.search(odd) is not None
    found: list[PageItem] = []
    blank = True
    for number, whole in enumerate(text.split("\n"), 1):
        if number <= first:
            continue
        for line in _BREAK.split(whole) if broken else (whole,):
            if not line or line.isspace():
                blank = True
                continue
            blank = _add_line(found, number, line, syntax, blank=blank)
    return list(_in_context(found))


def _add_line(found: list[PageItem], number: int, line: str, syntax: Syntax, *, blank: bool) -> bool:
    """Append what a line holds; return whether a blank line is still before what comes next."""
    marked = "[" in line or "]" in line or "<" in line or "\\" in line
    bare, links = unwrap(line, syntax) if marked else (line, [])
    text = bare.strip() if syntax.spaced and "  " not in bare else " ".join(bare.split())
    if not text:
        # The end of a link, a picture, an anchor.
        wholes = tuple(link for link in links if link.whole)
        if found:
            found[-1].links += tuple(link for link in links if not link.whole)
        if wholes:
            address = wholes[0].address
            found.append(PageItem(number, Role.ADDRESS, address, address, links=wholes, blank=blank))
        return blank and not wholes
    if text[0] in "Ss" and _CARD_START.match(text):
        # Whole cards on one line, or all of them.
        for piece in filter(None, map(str.strip, _CARD_START.split(text))):
            found.extend(_split(plain_item(number, piece, blank=blank)))
        return False
    item = plain_item(number, text, blank=blank, links=tuple(links))
    item.indented = line[:2].isspace()
    if not found or not _underlines(item, found):
        found.extend(_split(recognise(item)))
    return False


def _underlines(item: PageItem, found: list[PageItem]) -> bool:
    """Make the paragraph above a heading if the line is its underline (`====`, `----`)."""
    text = item.text
    if item.blank or len(text) < 3 or text[0] not in "=-" or text.strip(text[0]):
        return False
    start = len(found) - 1
    size = len(found[start].text)
    while start > 0 and not found[start].blank and found[start].role is Role.TEXT and size <= _UNDERLINED:
        start -= 1
        size += len(found[start].text)
    first = found[start]
    if first.role is not Role.TEXT or size > _UNDERLINED:
        return False
    first.heading = 1 if text[0] == "=" else 2
    return True


def _split(item: PageItem) -> list[PageItem]:
    """Divide a line that holds several things: labels, links, parts between dots."""
    if item.role is not Role.TEXT or len(item.text) > _SHORT or item.label:
        return [item]
    found = _links(item) or _labels(item) or _card(item) or _parts(item)
    if not found:
        return [item]
    found[0].blank, found[0].indented = item.blank, item.indented
    return found


def _part(item: PageItem, text: str, links: tuple[Hyperlink, ...] = ()) -> PageItem:
    return recognise(plain_item(item.line, text, links=links))


def _links(item: PageItem) -> list[PageItem]:
    """Divide a line that is nothing but links: `[GitHub 131](…) [arXiv Page](…)`."""
    if len(item.links) < 2 or item.heading:
        return []
    if _DOTS.sub("", item.text).replace(" ", "") != "".join(link.text for link in item.links).replace(" ", ""):
        return []
    parts = [_part(item, " ".join(link.text.split()), (link,)) for link in item.links if link.text.strip()]
    return parts if all(part.role is not Role.TEXT for part in parts) else []


def _labels(item: PageItem) -> list[PageItem]:
    """Divide a line that is nothing but labels: `Upvote 94 GitHub 649 arXiv Page`."""
    long = len(item.text) >= _LABELS_LENGTH
    found = _LABELS.findall(item.text) if long and _LABELS.match(item.text) else []
    if len(found) < 2 or _LABELS.sub("", item.text).strip(" ·•|"):
        return []
    return [_part(item, label) for label in found]


def _card(item: PageItem) -> list[PageItem]:
    """Divide a whole card of a day page on one line."""
    found = _CARD.fullmatch(item.text) if item.text[0] in "Ss" else None
    if not found:
        return []
    ends = [_part(item, found[name]) for name in ("authors", "comments") if found[name]]
    return [
        _part(item, found["submitted"]), _part(item, found["upvotes"]), plain_item(item.line, found["title"]), *ends
    ]  # fmt: skip


def _parts(item: PageItem) -> list[PageItem]:
    """Divide a line at its dots where what follows the first part is all labels: `Google · Oct 23, 2025`."""
    if not ("·" in item.text or "•" in item.text or "|" in item.text):
        return []
    texts = [part.strip() for part in _DOTS.split(item.text)]
    parts = [_part(item, text) for text in texts if text]
    if not parts or any(part.role is Role.TEXT for part in parts[min(1, len(parts) - 1) :]):
        return []
    first = parts[0]
    for link in item.links:
        owner = next((part for part in parts if link.text and link.text in part.text), parts[-1])
        owner.links += (link,)
    if first.role is Role.TEXT:
        if parts[1].role is Role.IDENTIFIER and first.text.endswith(" Paper"):
            title = plain_item(item.line, first.text.removesuffix(" Paper"), links=first.links)
            return [title, PageItem(item.line, Role.PAPER, "Paper", "Paper"), *parts[1:]]
        if parts[1].role is Role.DATE and not item.heading and len(first.bare) <= _ORGANIZATION_LENGTH:
            first.role = Role.ORGANIZATION
        elif parts[1].role not in (Role.AUTHORS, Role.DATE):
            return []
        first.heading, first.mark = item.heading, item.mark
    return parts if texts[0] else [PageItem(item.line, Role.DOT, "·", "·"), *parts]


def _in_context(items: list[PageItem]) -> Iterator[PageItem]:
    """Yield the items with what only their neighbours show: names of submitters, organisations, numbers of labels."""
    skip = False
    wrapped = not any(item.role is Role.TEXT and len(item.text) > _TITLE_WRAP + _ROOM for item in items)
    for at, item in enumerate(items):
        if skip:
            skip = False
            continue
        after = items[at + 1] if at + 1 < len(items) else None
        if item.role in (Role.UPVOTE, Role.GITHUB) and item.number is None and after:
            if after.role is Role.TEXT and (more := _AND_MORE.fullmatch(after.text)):
                after.role, after.number = Role.COUNT, number_of(more[1])
            own = item.role is Role.UPVOTE or not any(is_site(link.address) for link in item.links)
            if after.role in (Role.COUNT, Role.DASH) and own:
                skip = True
                item = replace(item, number=after.number or 0, links=item.links + after.links)
        elif item.role is Role.SUBMITTED and after and item.text.casefold().rstrip(":").endswith("by"):
            if _is_name(after):
                after.role = Role.NAME
                if _is_rest_of_name(items, at + 2):
                    after.text += f" {items[at + 2].text}"
                    items[at + 2].role = Role.CHROME
        elif item.role is Role.TEXT and _is_organization(items, at, wrapped=wrapped):
            item.role = Role.ORGANIZATION
        yield item


def _goes_on(above: str, below: str) -> bool:
    """Return whether two lines are parts of one title, to judge by where the first ends and the second begins."""
    return above[-1] in ",:;-–—" or below[:1].islower() or above.rsplit(" ", 1)[-1].islower()


def _goes_below(item: PageItem) -> bool:
    return item.role is Role.TEXT and not item.blank and not item.heading and not item.arxiv


def mark_bylines(items: list[PageItem]) -> None:
    """Make bylines of the names between titles and abstracts, where a list has them throughout."""
    texts = [item for item in items if item.role is Role.TEXT]
    found = [
        item
        for above, item, below in zip(texts, texts[1:], texts[2:], strict=False)
        if are_names(item) and not are_names(above) and len(below.text) > len(item.text) // 2
    ]
    if len(found) * _LINES_A_PAPER >= len(texts):
        for item in found:
            item.role = Role.BYLINE


def _is_name(item: PageItem) -> bool:
    if item.role is not Role.TEXT or item.heading or item.arxiv:
        return False
    return len(item.text) <= _NAME_LENGTH and len(item.text.split()) <= _NAME_WORDS + 4 * (" on " in item.text)


def _is_rest_of_name(items: list[PageItem], at: int) -> bool:
    """Return whether a submitter's name in a paragraph of its own was wrapped and ends here."""
    if at + 1 >= len(items) or not items[at - 1].blank or not items[at + 1].blank:
        return False
    return _goes_below(items[at]) and len(items[at].text.split()) < _NAME_WORDS and not items[at].mark


def _is_organization(items: list[PageItem], at: int, *, wrapped: bool) -> bool:
    """Return whether a short line is the organisation before `· DATE` or, below a title, before `· N authors`."""
    item = items[at]
    if at == 0 or item.heading or item.text[-1] in ".!?。":
        return False
    # Text may only follow if it is the rest of its name, wrapped.
    if not item.blank and at + 1 < len(items) and items[at + 1].role is Role.TEXT:
        return False
    if len(item.bare) > _ORGANIZATION_LENGTH or len(item.bare.split()) > _ORGANIZATION_WORDS:
        return False
    before = items[at - 1]
    end = at + 1
    if item.blank and (before.heading or before.arxiv) and end < len(items) and _goes_below(items[end]):
        # Its name is wrapped.
        end += 1
    after = [one.role for one in items[end : end + 3] if one.role is not Role.ADDRESS][:2]
    if before.role is Role.ORGANIZATION and not item.blank and after == [Role.DOT, Role.AUTHORS]:
        return True
    linked = any(is_site(anchor.address) and not arxiv_of(anchor.address) for anchor in item.links)
    if after == [Role.DOT, Role.AUTHORS] and before.role is Role.TEXT:
        room = _TITLE_WRAP - len(before.text) - 1 - len(item.text.split(" ", 1)[0])
        apart = room > _ROOM or not wrapped or (item.blank and not _goes_on(before.text, item.text))
        return linked or (apart and ":" not in item.text)
    if after == [Role.DOT, Role.DATE]:
        flows = (
            before.role is Role.TEXT and not item.blank and before.text[-1] not in ".!?。" and item.text[0].islower()
        )
        return linked or not flows
    return linked and after[:1] == [Role.DATE]


_FIELD = re.compile(r"([A-Za-z_][\w -]{0,40}): *(.*)")
_FENCE = "---"
_YAML_LINES, _NOTE_LINES = 80, 40
_SITE_ADDRESS = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|paperswithcode\.com)(?:/\S*)?", re.IGNORECASE)
_ADDRESS_FIELDS = ("url", "source_url", "source", "link", "page_url", "original_url")
_CAPTURE_FIELDS = (
    "captured", "retrieved", "exported", "fetched", "accessed", "crawled", "saved", "timestamp", "clipped"
)  # fmt: skip
_PUBLISHED_FIELDS = ("published_at", "published", "date_published")
_CAPTURE_LABEL = re.compile(r"\W{0,4}(?:captured|retrieved|crawled|saved|accessed)", re.IGNORECASE)
_AFTER = 15
_SHORT_TEXT, _LONG_TEXT = 80, 200
_FURNITURE = {Role.CHROME, Role.CAPTURE, Role.RULE, Role.ADDRESS, Role.DASH, Role.COMMUNITY}
_REACH = 6


class Head(Struct):
    """What a page says of itself before its papers."""

    lines: int = 0  # how many lines at the start hold nothing else (a YAML head)
    address: str = ""  # the page's own
    title: str = ""  # as the browser showed it
    captured: date | None = None  # the days a tool noted
    published: date | None = None


def head_of(text: str) -> Head:
    """Return what the first lines of a page say of it: a YAML head, or notes like `- URL: https://…`."""
    lines = re.split(r"\r\n|\r|\n", text[:20_000].lstrip("\ufeff"))[: _YAML_LINES + _NOTE_LINES]
    head = Head()
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() == _FENCE:
        begin, end = start + 1, min(start + _YAML_LINES, len(lines))
        end = next((number for number in range(begin, end) if lines[number].strip() == _FENCE), 0)
        if end:
            _read_yaml(lines[begin:end], head)
            head.lines = start = end + 1
    for line in lines[start : start + _NOTE_LINES]:
        _read_note(line.strip(), head)
    return head


def _read_yaml(lines: Sequence[str], head: Head) -> None:
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if found := _FIELD.fullmatch(line):
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
        elif name.startswith(_CAPTURE_FIELDS):
            head.captured = iso_day(value) or head.captured


def _read_note(line: str, head: Head) -> None:
    found = CAPTURE_NOTE.fullmatch(line)
    if not found:
        return
    address = _SITE_ADDRESS.search(found[1])
    label = line.split(":", 1)[0].casefold()
    if address and "url" in label:
        head.address = head.address or address[0].rstrip("*`>)")
    elif "title" in label:
        head.title = head.title or found[1]
    elif _CAPTURE_LABEL.match(line):
        head.captured = head.captured or iso_day(found[1])


class Zone(Struct, frozen=True):
    """A head of the site inside the items of a page, `start` to `end` (excluded)."""

    start: int
    end: int
    day: Day | None = None
    period: Period | None = None
    name: str = ""  # of the list, `daily` or `trending`


def zones_of(items: Sequence[PageItem]) -> list[Zone]:
    """Return the heads of list pages among the items: one, or more where pages were put together."""
    found: list[Zone] = []
    end = 0
    for at, item in enumerate(items):
        inbox = item.role is Role.CHROME and item.text.casefold().startswith(INBOX)
        if at >= end and (inbox or item.role is Role.COMMUNITY):
            found.append(_zone(items, at, found[-1].end if found else 0))
            end = found[-1].end
    return found


def _zone(items: Sequence[PageItem], at: int, floor: int) -> Zone:
    """Return the head around the item at `at`: back over what is the site's, on to the day of the list."""
    start = _start(items, at, floor)
    end, last = at + 1, at
    for place in range(at + 1, min(at + 1 + _AFTER * 2, len(items))):
        item = items[place]
        if item.role is Role.DATE and item.number is None and place - last <= _AFTER:
            return Zone(start, place + 1, item.day, name=_name(items[start:place]))
        framed = item.role is Role.TEXT and _is_framed(items, place)
        if framed and (period := whole_period(item.bare)):
            return Zone(start, place + 1, None, period, _name(items[start:place]))
        if item.role in _FURNITURE or item.role is Role.DOT:
            end, last = place + 1, place
        elif not framed or item.heading > 1 or len(item.text) > _SHORT_TEXT:
            break
    return Zone(start, end, name=_name(items[start:end]))


def _start(items: Sequence[PageItem], at: int, floor: int) -> int:
    """Return where the head around the item at `at` begins: back over what is the site's or the capture tool's."""
    start, texts = at, 0
    for place in range(at - 1, floor - 1, -1):
        item = items[place]
        if item.role in _FURNITURE or (item.role is Role.TEXT and CAPTURE_TITLE.fullmatch(item.bare)):
            start, texts = place, 0
        elif item.role is Role.TEXT and len(item.text) <= _LONG_TEXT and texts < _REACH:
            texts += 1
            start = 0 if place == 0 else start
        elif item.role not in (Role.GITHUB, Role.COUNT, Role.DOT, Role.PAPER):
            break
    return start


def _is_framed(items: Sequence[PageItem], place: int) -> bool:
    """Return whether a short line is before more of the head: the words searched for, a selected week."""
    for item in items[place + 1 : place + 4]:
        if item.role in (Role.CHROME, Role.DATE, Role.SUBMITTED):
            return True
        if item.role is Role.TEXT and len(item.text) > _SHORT_TEXT:
            return False
    return False


def _name(items: Sequence[PageItem]) -> str:
    """Return which list the head names just above `by AK and the research community`; empty if none."""
    above = next((place for place, item in enumerate(items) if item.role is Role.COMMUNITY), len(items))
    names = [item.text.casefold() for item in items[:above] if item.role is Role.CHROME]
    listed = [name.split()[0] for name in names if name in ("daily papers", "trending papers")]
    return listed[-1] if listed else ""
