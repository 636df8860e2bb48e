"""What the rows of one paper say: its title, authors, abstract and links, whatever the list leaves out being empty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.address import wanted
from readlist.model.paper import Announcement, Link
from readlist.sources.batch import Batch
from readlist.sources.catalog import phrase
from readlist.sources.catalog.mention import (
    PAGE,
    Mention,
    are_people,
    byline_of,
    identity_of,
    is_alone,
    is_furniture,
    opening,
    residue,
    says_more,
    title_of,
)
from readlist.sources.catalog.outline import Outline, Part
from readlist.sources.catalog.row import BREAK, Row, parts_of
from readlist.sources.formats.byline import authors_in
from readlist.sources.page.card import Card, is_own, names_of, paper_of
from readlist.text.links import normalize

_ABSTRACT = re.compile(
    r"\W{0,3}(?:abstract|摘要|초록)(?:\s?\([^()]{1,30}\))?\W{0,3}?(?:\s?[:：—.]\W{0,3}?\s*|\s*\Z)", re.IGNORECASE
)
_SUMMARY = re.compile(
    r"\W{0,3}(?:tl;?\s?dr|summary|key idea|one[- ]line(?:r)?)\W{0,3}?\s?[:：—.]\W{0,3}?\s*", re.IGNORECASE
)
_AUTHORS = re.compile(
    r"\W{0,3}(?:authors?|author\(s\)|by|作者)(?:\W{0,3}?\s?[:：]\W{0,3}?\s*|(?<=by) (?=[A-Z]))", re.IGNORECASE
)
_TITLE_COLUMN = re.compile(r"\W*(?:paper )?(?:title|paper(?:s| name)?|name|标题|论文|题目)\W*", re.IGNORECASE)
_AUTHORS_COLUMN = re.compile(r"\W*(?:authors?|by|作者)\W*", re.IGNORECASE)
_ABSTRACT_COLUMN = re.compile(r"\W*(?:abstract|摘要)\W*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"`]+")
_BRACKET = re.compile(r"[\[(]([^\[\]()]{0,40})[\])]")
# A search shows only where an abstract begins.
_SNIPPET = re.compile(r"(?:…|\.{3})\W*(?:expand|more|less|read more)?\W*\Z|\A\W*(?:…|\.{3})", re.IGNORECASE)
_SHARING = re.compile(
    r"https?://(?:[\w-]+\.)*(?:twitter|x|facebook|linkedin|reddit|weixin|threads|bsky)\.[a-z]+/", re.IGNORECASE
)
# `Ada Muster (1), Ben Muster (1 and 2), ((1) MIT, (2) ETH)`
_INSTITUTIONS = re.compile(r",?\s*\(\(\d.*\Z|\s*\([^()]{0,200}\)", re.DOTALL)
_LINKS = 50
_SHORT = 80
_NUMBER = 6
"""How far into a cell its number may reach: `12) **Title**`."""
_LEAST = 60
_WIDTH = 100
"""The longest line of a text that is wrapped."""
_PARAGRAPHS = 3
_FEW = 4
"""One part in so many may be without a title."""


def batch_of(
    cards: Iterable[Card], *, origin: str, kind: str, feed: str, day: date | None, fixed: bool = False
) -> Batch:
    """Return cards as a batch, one item for each paper.

    Args:
        cards: in list order, the same paper perhaps more than once: one replaced or cross-listed is the same.
        origin: where they came from, for messages.
        kind: what the list is, in words.
        feed: the name of the feed.
        day: the day of the list.
        fixed: whether `day` goes before the days of the cards.
    """
    known: dict[str, Card] = {}
    for card in cards:
        first = known.setdefault(card.identity, card)
        if first is not card:
            first.fill(card)
    items = []
    for position, card in enumerate(known.values(), 1):
        lines = [_INSTITUTIONS.sub("", line) for line in card.authors]
        names = names_of(name for line in lines for name in phrase.names_in(line) or authors_in([line], split=True))
        card.authors = list(dict.fromkeys(names))
        paper = paper_of(card, _named(card))
        announced = day if fixed else card.day or day
        items.append((replace(paper, links=paper.links[:_LINKS]), Announcement(feed, announced, position)))
    days = [announcement.day for _, announcement in items if announcement.day]
    return Batch(origin, kind, feed, day or max(days, default=None), tuple(items))


def _named(card: Card) -> list[Link]:
    """Return the links beside a paper; its own page only where nothing else names it."""
    own = normalize(card.page) if card.page and not card.arxiv and not card.doi else None
    beside = [link for address in card.addresses if is_own(address) and (link := normalize(address)) and wanted(link)]
    return [own, *beside] if own else beside


class _Habits(Struct, frozen=True):
    """What was learned of a whole list.

    Attributes:
        column: where the titles of its table stand.
        narrow: whether its lines are wrapped.
        offset: how many rows its titles stand above the rows that name the papers; 0 where that differs.
        lone: whether one name alone is that of an author.
        first: whether the paper is the first of the list.
    """

    column: int
    narrow: bool
    offset: int = 0
    lone: bool = False
    first: bool = False


def cards_of(rows: Sequence[Row], outline: Outline) -> list[Card]:
    """Return what a list says of each of its papers, in order."""
    narrow = all(len(row.text) <= _WIDTH for row in rows)
    habits = _Habits(_title_column(rows, outline), narrow, _offset(rows, outline))
    cards = list(_read(rows, outline, habits))
    if sum(1 for card in cards if card.authors) * 2 > len(cards):
        # Names stand there throughout: one alone is a name too.
        cards = list(_read(rows, outline, replace(habits, lone=True)))
        for card in cards:
            if not card.authors and (byline := byline_of(card.title, lone=True))[1]:
                card.title, card.authors = byline[0], [byline[1]]
    _drop_remarks(rows, outline, cards)
    _drop_names(cards)
    titles: dict[str, set[str]] = {}
    for card in cards:
        titles.setdefault(card.title.casefold(), set()).add(card.identity)
    for card in cards:
        if len(titles[card.title.casefold()]) > 1:
            # What stands beside several papers is no paper's title.
            card.title = ""
    return [card for card in cards if card.title or card.arxiv or card.doi]


def _drop_remarks(rows: Sequence[Row], outline: Outline, cards: Sequence[Card]) -> None:
    """Drop what stands behind the ids that rows begin with, where some of it can't be titles: it is remarks."""
    begun = [
        card
        for part, card in zip(outline.parts, cards, strict=True)
        if (found := outline.own.get(part.start)) and found[0].start == 0 and not found[0].anchor
        if not is_alone(rows[part.start], found)
    ]
    if sum(1 for card in begun if not card.title) * _FEW > len(begun):
        for card in begun:
            card.title = ""


def _drop_names(cards: Sequence[Card]) -> None:
    """Make authors of the names that were taken for titles."""
    several = [card for card in cards if are_people(card.title) and len(phrase.names_in(card.title)) > 1]
    if len(several) * 2 > len(cards):
        several = [card for card in cards if are_people(card.title)]
    for card in several:
        card.authors = card.authors or [card.title]
        card.title = ""


def _offset(rows: Sequence[Row], outline: Outline) -> int:
    """Return how far above the row that names a paper its title stands in most parts; 0 where that differs."""
    counts: Counter[int] = Counter()
    for part in outline.parts:
        named = next((at for at in part.rows if at in outline.own), part.start)
        first = opening(rows, part.start, part.end, outline.own)
        counts[named - first if 0 <= first < named else 0] += 1
    most, times = counts.most_common(1)[0] if counts else (0, 0)
    return most if times * 2 > len(outline.parts) else 0


def _read(rows: Sequence[Row], outline: Outline, habits: _Habits) -> Iterator[Card]:
    for count, part in enumerate(outline.parts):
        here = {at: outline.own[at] for at in part.rows if at in outline.own}
        card = Card(rows[part.start].line)
        _identify(card, here, rows)
        title = None
        if part.titled and rows[part.start].cells and part.end == part.start + 1:
            _read_cells(card, rows, part.start, here.get(part.start, []), habits.column)
        elif part.titled:
            usual = replace(habits, first=count == 0)
            title = _read_title(card, rows, part, here, habits=usual)
            if title is not None:
                _read_behind(card, rows[title], here.get(title, []), habits=usual)
            if card.title:
                rest = [at for at in part.rows if at != title]
                _read_text(card, rows, rest, here, title, habits=usual)
        above = range(part.start, title or part.start)
        if title and any(at not in here and not is_furniture(rows[at]) for at in above):
            # Behind a text above its title links are those of a paper without id.
            part = replace(part, start=title)
        card.addresses += _addresses(rows, part, here)
        yield card


def ids_of(rows: Sequence[Row], mentions: Iterable[Mention]) -> Iterator[Card]:
    """Yield papers by id alone."""
    for mention in mentions:
        card = Card(rows[mention.row].line)
        _identify(card, {mention.row: [mention]}, rows)
        if card.arxiv or card.doi:
            yield card


def _identify(card: Card, here: dict[int, list[Mention]], rows: Sequence[Row]) -> None:
    """Take over the id; a DOI beside an arXiv id only where it says itself that it is one."""
    for found in here.values():
        for mention in found:
            kind, _, value = mention.identity.partition(":")
            if kind == "arxiv":
                card.arxiv = card.arxiv or value
            elif kind == "doi":
                card.doi = card.doi or value
            elif mention.identity.startswith(PAGE):
                card.page = card.page or value
    if card.arxiv and card.doi:
        named = [at for at, found in here.items() for mention in found if mention.identity == f"doi:{card.doi}"]
        if not any(re.search(r"\bdoi\b", rows[at].text, re.IGNORECASE) for at in named):
            card.doi = ""


def _read_title(
    card: Card, rows: Sequence[Row], part: Part, here: dict[int, list[Mention]], *, habits: _Habits
) -> int | None:
    """Find the title; return the row it stands in, None if there is none."""
    for at in part.rows:
        if title := phrase.title_behind_label(rows[at].text):
            card.title = phrase.tidy(title)
            return at
    # What a link says is the paper's title before what stands above it.
    for at, found in here.items():
        if any(says_more(rows[at], mention) for mention in found) and (title := title_of(rows[at], found)):
            card.title = title
            return at
    if part.within:
        start = next(at for at in here)
        card.title = title_of(rows[start], here[start])
        return start if card.title else None
    first = opening(rows, part.start, part.end, here)
    usual = min(here, default=0) - habits.offset
    if habits.offset and part.start <= first < usual and title_of(rows[usual], []):
        # Above the first title there may stand that of the list.
        marked = rows[first].heading or rows[first].mark or rows[first].bold
        own = marked and not (rows[usual].heading or rows[usual].mark or rows[usual].bold)
        own = own or (not habits.first and rows[first].blank and not rows[usual].blank)
        first = first if own else usual
    if first >= 0 and (title := title_of(rows[first], here.get(first, []))):
        card.title = title
        if first in here:
            card.title = _joined(rows, part.start, first, title)
        elif habits.narrow and rows[first].text.strip(" *_#") == title:
            card.title = _wrapped(rows, first, part.end, here, title)
        if first in here or not phrase.are_names(title):
            return first
    # A name alone is a title only where nothing else is: somebody may have posted it.
    for at, found in here.items():
        if not is_alone(rows[at], found) and (title := title_of(rows[at], found)):
            card.title = _joined(rows, part.start, at, title)
            return at
    if card.title and not (rows[first].heading or rows[first].mark or rows[first].bold) and are_people(card.title):
        card.title = ""
    return first if card.title else None


def _joined(rows: Sequence[Row], start: int, at: int, title: str) -> str:
    """Return a title with the lines of its paragraph above, where it is wrapped before its address."""
    above = at
    while above > start and not rows[above].blank and not rows[above].mark:
        above -= 1
    lines = [row.text for row in rows[above:at]]
    if not lines or any(row.anchors or row.heading for row in rows[above:at]):
        return title
    whole = phrase.tidy(" ".join([*lines, title]))
    is_wrapped = phrase.is_title(whole) and not any(map(phrase.are_names, lines)) and len(lines[-1]) > _LEAST
    return whole if is_wrapped else title


def _wrapped(rows: Sequence[Row], at: int, end: int, here: dict[int, list[Mention]], title: str) -> str:
    """Return a title with its second line, where a narrow text wraps it."""
    below = at + 1
    if below >= end or below in here or len(rows[at].text) < _LEAST or rows[below].blank:
        return title
    more = rows[below].text
    if len(more) > len(rows[at].text) or rows[below].mark or phrase.is_label(more) or phrase.are_names(more):
        return title
    if below + 1 < end and not rows[below + 1].blank and below + 1 not in here:
        return title
    whole = f"{title} {more}"
    return whole if phrase.is_title(whole) else title


def _read_behind(card: Card, row: Row, found: Sequence[Mention], *, habits: _Habits) -> None:
    """Take the authors that stand in the row of the title."""
    at = row.text.find(card.title)
    if at < 0 or not card.title:
        return
    for piece in parts_of(row.text[at + len(card.title) :]):
        piece = _without_links(piece).strip(" -–—|.,:()[]*_")
        if are_people(piece) and (habits.lone or len(phrase.names_in(piece)) > 1 or "al." in piece):
            card.authors = [piece]
            return
    _, names = byline_of(phrase.tidy(residue(row, found)[0]))
    if names:
        card.authors = [names]


def _without_links(text: str) -> str:
    """Return a text up to its first address or bracket of buttons."""
    text = _ADDRESS.split(text)[0]
    found = next((found for found in _BRACKET.finditer(text) if phrase.is_button(found[1])), None)
    return text[: found.start()] if found else text


def _read_text(
    card: Card,
    rows: Sequence[Row],
    rest: Sequence[int],
    here: dict[int, list[Mention]],
    title: int | None,
    *,
    habits: _Habits,
) -> None:
    """Take authors, abstract and summary from the rows beside the title."""
    paragraphs: list[str] = []
    remarks: list[str] = []
    field, last = "", -2
    for at in rest:
        row = rows[at]
        text = row.text
        if at in here and (is_alone(row, here[at]) or not phrase.is_wordy(text)) and not _ABSTRACT.match(text):
            field = ""
        elif (label := _AUTHORS.match(text)) and len(text) > label.end():
            card.authors = [_without_links(text[label.end() :])]
            field = "names"
        elif label := _ABSTRACT.match(text):
            field = "abstract"
            paragraphs = [text[label.end() :]]
        elif label := _SUMMARY.match(text):
            field = "summary"
            card.summary = card.summary or text[label.end() :]
        elif row.heading or is_furniture(row):
            field = field if phrase.is_day(text) or phrase.is_button(text) else "other"
            remarks.append(text)
        elif not card.authors and not paragraphs and (names := _byline(rows, at, title, habits=habits)):
            card.authors = [names]
            field = "names"
        elif not row.blank and at == last + 1 and _goes_on(field, card, paragraphs):
            _continue(card, field, text, paragraphs)
        elif field == "abstract" and not row.mark:
            paragraphs.append(text)
        elif field in ("", "names", "text") and not row.mark:
            paragraphs.append(text)
            field = "text"
        else:
            remarks.append(text)
        last = at
    kept = [text for text in paragraphs if text.strip()]
    if any(_ABSTRACT.match(rows[at].text) for at in rest):
        card.abstract = "\n\n".join(kept[:_PARAGRAPHS])
    else:
        long = [text for text in kept if len(text) >= _SHORT and not _SNIPPET.search(text)]
        card.abstract = "\n\n".join(long[:_PARAGRAPHS])
        remarks += [text for text in kept if text not in long]
    card.remark = "\n".join(remarks)


def _goes_on(field: str, card: Card, paragraphs: list[str]) -> bool:
    """Return whether a line without a blank one above continues the field above it."""
    if field == "names":
        return card.authors[-1].rstrip().endswith((",", ";", " and"))
    return field == "summary" or (field in ("abstract", "text") and bool(paragraphs))


def _continue(card: Card, field: str, text: str, paragraphs: list[str]) -> None:
    """Put a line behind the field it goes on."""
    if field == "names":
        card.authors[-1] += f" {text}"
    elif field == "summary":
        card.summary += f" {text}"
    else:
        paragraphs[-1] += f" {text}"


def _byline(rows: Sequence[Row], at: int, title: int | None, *, habits: _Habits) -> str:
    """Return the names of the authors, where a row right behind the title is made of them; else empty."""
    if title is None or not title < at <= title + 2:
        return ""
    text = _without_links(rows[at].text).strip(" *_-–—")
    # `A Sample, B Example - arXiv preprint, 2026`
    text = text.split(" - ")[0]
    return text if are_people(text) and (habits.lone or len(phrase.names_in(text)) > 1 or "al." in text) else ""


def _title_column(rows: Sequence[Row], outline: Outline) -> int:
    """Return which column of a table holds its titles: the one with most words; -1 if there is no table."""
    weights: dict[int, int] = {}
    for part in outline.parts:
        row = rows[part.start]
        for count, (start, end) in enumerate(row.cells):
            text = phrase.tidy(row.text[start:end].split(BREAK)[0])
            if phrase.is_title(text) and not are_people(text) and len(text.split()) > 1:
                weights[count] = weights.get(count, 0) + len(text.split())
    return max(weights, key=lambda count: weights[count], default=-1)


def _read_cells(card: Card, rows: Sequence[Row], at: int, found: Sequence[Mention], column: int) -> None:
    """Read a row of a table by its header, else by what its cells look like."""
    row = rows[at]
    names = _header(rows, at)
    for count, (start, end) in enumerate(row.cells):
        name = names[count] if count < len(names) else ""
        text = row.text[start:end].strip()
        if _ABSTRACT_COLUMN.fullmatch(name):
            card.abstract = text
        elif _AUTHORS_COLUMN.fullmatch(name) or (not card.authors and count != column and are_people(text)):
            card.authors = [text]
    titled = next((count for count, name in enumerate(names) if _TITLE_COLUMN.fullmatch(name)), -1)
    for count in (titled, column):
        if 0 <= count < len(row.cells) and not card.title:
            start, end = row.cells[count]
            parts = list(parts_of(row.text[start:end]))
            bold = next((row.text[a:b] for a, b in row.bold if start <= a < start + _NUMBER and b < end), "")
            title = phrase.tidy(bold or (_without_links(parts[0]) if parts else ""))
            card.title = title if phrase.is_title(title) and not phrase.is_wordy(title) else ""
            if bold and parts and bold in parts[0] and len(parts[0]) - len(bold) >= _SHORT:
                card.summary = card.summary or parts[0].partition(bold)[2].strip(" -–—:.|*_")
            if len(parts) > 1 and not card.authors and are_people(parts[1].strip(" *_")):
                card.authors = [parts[1]]
            if len(parts) > 1 and not card.abstract and len(parts[-1]) >= _SHORT:
                card.abstract = parts[-1]
    card.title = card.title or title_of(row, [mention for mention in found if mention.anchor])


def _header(rows: Sequence[Row], at: int) -> list[str]:
    """Return the names of the columns of the table a row stands in."""
    while at > 0 and rows[at - 1].cells:
        at -= 1
    row = rows[at]
    names = [row.text[start:end].strip() for start, end in row.cells]
    return names if not row.anchors and all(len(name) < 40 for name in names) else []


def _addresses(rows: Sequence[Row], part: Part, here: dict[int, list[Mention]]) -> list[str]:
    """Return the addresses beside a paper that belong to it: its code and project, not people's pages."""
    found: list[str] = []
    for at in part.rows:
        row = rows[at]
        for anchor in row.anchors:
            link = normalize(anchor.address)
            if "://" not in anchor.address or identity_of(anchor.address) or not link or _SHARING.match(link.url):
                continue
            label = row.label(anchor)
            if link.kind in ("repo", "data") or phrase.is_button(label) or label in (anchor.address, link.url):
                found.append(anchor.address)
        taken = [mention for mention in here.get(at, ()) if not mention.anchor]
        for address in _ADDRESS.finditer(row.text):
            if not any(mention.start <= address.start() < mention.end for mention in taken):
                found.append(address[0].rstrip(".,;:)]>*_"))
    return found
