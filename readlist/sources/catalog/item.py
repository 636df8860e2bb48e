"""What the rows of one paper say: its title, authors, abstract and links; what the list leaves out stays empty."""

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
    ADDRESS,
    PAGE,
    Mention,
    are_people,
    identity_of,
    is_alone,
    is_furniture,
    residue,
    says_more,
    title_and_names,
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
_BRACKET = re.compile(r"[\[(]([^\[\]()]{0,40})[\])]")
# A search shows only where an abstract begins.
_SNIPPET = re.compile(
    r"(?<!\W)(?>\W*?(?:…|\.{3}))\W*+(?:expand|more|less|read more)?+\W*+\Z|\A\W*?(?:…|\.{3})", re.IGNORECASE
)
_SHARING = re.compile(
    r"https?://(?:[\w-]+\.)*(?:twitter|x|facebook|linkedin|reddit|weixin|threads|bsky)\.[a-z]+/", re.IGNORECASE
)
# `Ada Muster (1), Ben Muster (1 and 2), ((1) MIT, (2) ETH)`
_INSTITUTIONS = re.compile(r"(?:,\s*+|(?<![\s,])\s++)?+\(\(\d.*\Z|(?:(?<!\s)\s++)?+\([^()]{0,200}\)", re.DOTALL)
_LINKS = 50
_SHORT = 80
_NUMBER = 6  # how far into a cell its number may reach: `12) **Title**`
_LEAST = 60
_WIDTH = 100  # the longest line of a text that is wrapped
_PARAGRAPHS = 3
_FEW = 4  # one part in four may be without a title


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
    """What was learned of a whole list."""

    column: int  # of its table, which holds the titles
    narrow: bool  # whether its lines are wrapped
    offset: int  # how many rows its titles are above the rows that name the papers; 0 where that differs
    lone: bool = False  # whether one name alone is that of an author


def cards_of(outline: Outline) -> list[Card]:
    """Return what a list says of each of its papers, in order."""
    narrow = all(len(row.text) <= _WIDTH for row in outline.rows)
    habits = _Habits(_title_column(outline), narrow, _offset(outline))
    cards = [_Reader(outline, part, habits).read() for part in outline.parts]
    if sum(1 for card in cards if card.authors) * 2 > len(cards):
        # Most have names: one alone is a name too.
        habits = replace(habits, lone=True)
        cards = [_Reader(outline, part, habits).read() for part in outline.parts]
        for card in cards:
            if not card.authors and (byline := title_and_names(card.title, lone=True))[1]:
                card.title, card.authors = byline[0], [byline[1]]
    _drop_remarks(outline, cards)
    _drop_names(cards)
    titles: dict[str, set[str]] = {}
    for card in cards:
        titles.setdefault(card.title.casefold(), set()).add(card.identity)
    for card in cards:
        if len(titles[card.title.casefold()]) > 1:
            # A text beside several papers is no paper's title.
            card.title = ""
    return [card for card in cards if card.title or card.arxiv or card.doi]


def loose_cards_of(outline: Outline) -> Iterator[Card]:
    """Yield the papers that are named by id alone, outside of the list's parts."""
    for mention in outline.loose():
        card = Card(outline.rows[mention.row].line)
        _identify(card, outline.rows, [mention])
        if card.arxiv or card.doi:
            yield card


def _drop_remarks(outline: Outline, cards: Sequence[Card]) -> None:
    """Drop the text after the ids that rows begin with, where some of it can't be titles: it is remarks."""
    begun = [
        card
        for part, card in zip(outline.parts, cards, strict=True)
        if (found := outline.rows.own.get(part.start)) and found[0].start == 0 and not found[0].anchor
        if not outline.rows.is_alone(part.start)
    ]
    if sum(1 for card in begun if not card.title) * _FEW > len(begun):
        for card in begun:
            card.title = ""


def _drop_names(cards: Sequence[Card]) -> None:
    """Make authors of the names that were taken for titles."""
    people = [card for card in cards if are_people(card.title)]
    several = [card for card in people if len(phrase.names_in(card.title)) > 1]
    for card in people if len(several) * 2 > len(cards) else several:
        card.authors = card.authors or [card.title]
        card.title = ""


def _title_column(outline: Outline) -> int:
    """Return which column of a table holds its titles: the one with most words; -1 if there is no table."""
    weights: Counter[int] = Counter()
    for part in outline.parts:
        row = outline.rows[part.start]
        for count, (start, end) in enumerate(row.cells):
            text = phrase.tidy(row.text[start:end].split(BREAK)[0])
            if phrase.is_title(text) and not are_people(text) and len(text.split()) > 1:
                weights[count] += len(text.split())
    return max(weights, key=lambda count: weights[count], default=-1)


def _offset(outline: Outline) -> int:
    """Return how far above the row that names a paper its title is in most parts; 0 where that differs."""
    counts: Counter[int] = Counter()
    for part in outline.parts:
        named = next((at for at in part.rows if at in outline.rows.own), part.start)
        first = outline.rows.opening(part.start, part.end)
        counts[named - first if 0 <= first < named else 0] += 1
    most, times = counts.most_common(1)[0] if counts else (0, 0)
    return most if times * 2 > len(outline.parts) else 0


def _identify(card: Card, rows: Sequence[Row], found: Sequence[Mention]) -> None:
    """Set the id; a DOI beside an arXiv id only where it says itself that it is one."""
    for mention in found:
        kind, _, value = mention.identity.partition(":")
        if kind == "arxiv":
            card.arxiv = card.arxiv or value
        elif kind == "doi":
            card.doi = card.doi or value
        elif mention.identity.startswith(PAGE):
            card.page = card.page or value
    if card.arxiv and card.doi:
        named = [mention.row for mention in found if mention.identity == f"doi:{card.doi}"]
        if not any(re.search(r"\bdoi\b", rows[at].text, re.IGNORECASE) for at in named):
            card.doi = ""


class _Reader:
    """Reads the rows of one paper into its card."""

    def __init__(self, outline: Outline, part: Part, habits: _Habits) -> None:
        self.rows = outline.rows
        self.part = part
        self.habits = habits
        self.here = {at: outline.rows.own[at] for at in part.rows if at in outline.rows.own}
        self.is_first = part is outline.parts[0]
        self.card = Card(self.rows[part.start].line)

    def read(self) -> Card:
        """Return the card."""
        part, rows, card = self.part, self.rows, self.card
        _identify(card, rows, [mention for found in self.here.values() for mention in found])
        title = None
        if part.titled and rows[part.start].cells and part.end == part.start + 1:
            self._read_cells(rows[part.start])
        elif part.titled:
            title = self._read_title()
            if title is not None:
                self._read_names_after_title(title)
            if card.title:
                self._read_text(title)
        above = range(part.start, title or part.start)
        # Links after a text above the title belong to a paper without id.
        foreign = any(at not in self.here and not is_furniture(rows[at]) for at in above)
        card.addresses += self._addresses(title if title and foreign else part.start)
        return card

    def _read_title(self) -> int | None:
        """Find the title; return its row, None if there is none."""
        rows, part, here = self.rows, self.part, self.here
        for at in part.rows:
            if title := phrase.title_after_label(rows[at].text):
                self.card.title = phrase.tidy(title)
                return at
        # The text of a link goes before a text above it.
        for at, found in here.items():
            if any(says_more(rows[at], mention) for mention in found) and (title := title_of(rows[at], found)):
                self.card.title = title
                return at
        if part.within:
            start, found = next(iter(here.items()))
            self.card.title = title_of(rows[start], found)
            return start if self.card.title else None
        first = self._title_row()
        if first >= 0 and (title := title_of(rows[first], here.get(first, []))):
            self.card.title = title
            if first in here:
                self.card.title = self._with_lines_above(first, title)
            elif self.habits.narrow and rows[first].text.strip(" *_#") == title:
                self.card.title = self._with_line_below(first, title)
            if first in here or not phrase.are_names(title):
                return first
        # A name alone is a title only where nothing else is: it may be who posted the link.
        for at, found in here.items():
            if not is_alone(rows[at], found) and (title := title_of(rows[at], found)):
                self.card.title = self._with_lines_above(at, title)
                return at
        if self.card.title and not rows[first].marked and are_people(self.card.title):
            self.card.title = ""
        return first if self.card.title else None

    def _title_row(self) -> int:
        """Return the row the title is in by the habit of the list; -1 if there is none."""
        rows, part, habits = self.rows, self.part, self.habits
        first = rows.opening(part.start, part.end)
        usual = min(self.here, default=0) - habits.offset
        if not habits.offset or not part.start <= first < usual or not title_of(rows[usual], []):
            return first
        # Above the first title there may be that of the list.
        own = rows[first].marked and not rows[usual].marked
        own = own or (not self.is_first and rows[first].blank and not rows[usual].blank)
        return first if own else usual

    def _with_lines_above(self, at: int, title: str) -> str:
        """Return a title with the lines of its paragraph above, where it is wrapped before its address."""
        rows, above = self.rows, at
        while above > self.part.start and not rows[above].blank and not rows[above].mark:
            above -= 1
        lines = [row.text for row in rows[above:at]]
        if not lines or any(row.anchors or row.heading for row in rows[above:at]):
            return title
        whole = phrase.tidy(" ".join([*lines, title]))
        is_wrapped = phrase.is_title(whole) and not any(map(phrase.are_names, lines)) and len(lines[-1]) > _LEAST
        return whole if is_wrapped else title

    def _with_line_below(self, at: int, title: str) -> str:
        """Return a title with its second line, where a narrow text wraps it."""
        rows, here, below, end = self.rows, self.here, at + 1, self.part.end
        if below >= end or below in here or len(rows[at].text) < _LEAST or rows[below].blank:
            return title
        more = rows[below].text
        if len(more) > len(rows[at].text) or rows[below].mark or phrase.is_label(more) or phrase.are_names(more):
            return title
        if below + 1 < end and not rows[below + 1].blank and below + 1 not in here:
            return title
        whole = f"{title} {more}"
        return whole if phrase.is_title(whole) else title

    def _are_authors(self, text: str) -> bool:
        lone = self.habits.lone
        return are_people(text) and (lone or len(phrase.names_in(text)) > 1 or "al." in text)

    def _read_names_after_title(self, title: int) -> None:
        """Read the authors in the row of the title."""
        row, card = self.rows[title], self.card
        at = row.text.find(card.title)
        if at < 0 or not card.title:
            return
        for piece in parts_of(row.text[at + len(card.title) :]):
            piece = _without_links(piece).strip(" -–—|.,:()[]*_")
            if self._are_authors(piece):
                card.authors = [piece]
                return
        _, names = title_and_names(phrase.tidy(residue(row, self.here.get(title, []))[0]))
        card.authors = [names] if names else card.authors

    def _byline(self, at: int, title: int | None) -> str:
        """Return the names of the authors, where a row right after the title is made of them; else empty."""
        if title is None or not title < at <= title + 2:
            return ""
        # `A Sample, B Example - arXiv preprint, 2026`
        text = _without_links(self.rows[at].text).strip(" *_-–—").split(" - ")[0]
        return text if self._are_authors(text) else ""

    def _read_text(self, title: int | None) -> None:
        """Read authors, abstract and summary from the rows beside the title."""
        card, here = self.card, self.here
        paragraphs: list[str] = []
        remarks: list[str] = []
        field, last, labelled = "", -2, False
        for at in self.part.rows:
            if at == title:
                continue
            row, text = self.rows[at], self.rows[at].text
            label = _ABSTRACT.match(text)
            labelled = labelled or label is not None
            if at in here and (is_alone(row, here[at]) or not phrase.is_wordy(text)) and not label:
                field = ""
            elif (found := _AUTHORS.match(text)) and len(text) > found.end():
                card.authors = [_without_links(text[found.end() :])]
                field = "authors"
            elif label:
                field, paragraphs = "abstract", [text[label.end() :]]
            elif found := _SUMMARY.match(text):
                card.summary = card.summary or text[found.end() :]
                field = "summary"
            elif row.heading or is_furniture(row):
                field = field if phrase.is_day(text) or phrase.is_button(text) else "other"
                remarks.append(text)
            elif not card.authors and not paragraphs and (names := self._byline(at, title)):
                card.authors = [names]
                field = "authors"
            elif not row.blank and at == last + 1 and self._goes_on(field, paragraphs):
                self._append(field, paragraphs, text)
            elif field in ("", "abstract", "authors", "text") and not row.mark:
                paragraphs.append(text)
                field = "abstract" if field == "abstract" else "text"
            else:
                remarks.append(text)
            last = at
        paragraphs = [text for text in paragraphs if text.strip()]
        long = [text for text in paragraphs if labelled or (len(text) >= _SHORT and not _SNIPPET.search(text))]
        card.abstract = "\n\n".join(long[:_PARAGRAPHS])
        card.remark = "\n".join([*remarks, *(text for text in paragraphs if text not in long)])

    def _goes_on(self, field: str, paragraphs: list[str]) -> bool:
        """Return whether a line without a blank one above continues the field above it."""
        if field == "authors":
            return self.card.authors[-1].rstrip().endswith((",", ";", " and"))
        return field == "summary" or (field in ("abstract", "text") and bool(paragraphs))

    def _append(self, field: str, paragraphs: list[str], text: str) -> None:
        """Add a line to the field it continues."""
        if field == "authors":
            self.card.authors[-1] += f" {text}"
        elif field == "summary":
            self.card.summary += f" {text}"
        else:
            paragraphs[-1] += f" {text}"

    def _read_cells(self, row: Row) -> None:
        """Read a row of a table by its header, else by what its cells look like."""
        card, column = self.card, self.habits.column
        names = self._header()
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
                self._read_title_cell(row, *row.cells[count])
        found = self.here.get(self.part.start, [])
        card.title = card.title or title_of(row, [mention for mention in found if mention.anchor])

    def _read_title_cell(self, row: Row, start: int, end: int) -> None:
        """Read the cell of a title, which may hold authors and abstract in further lines."""
        card = self.card
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

    def _header(self) -> list[str]:
        """Return the names of the columns of the table."""
        at = self.part.start
        while at > 0 and self.rows[at - 1].cells:
            at -= 1
        row = self.rows[at]
        names = [row.text[start:end].strip() for start, end in row.cells]
        return names if not row.anchors and all(len(name) < 40 for name in names) else []

    def _addresses(self, start: int) -> list[str]:
        """Return the addresses from a row on that belong to the paper: its code and project, not people's pages."""
        found: list[str] = []
        for at in range(start, self.part.end):
            row = self.rows[at]
            for anchor in row.anchors:
                link = normalize(anchor.address)
                if "://" not in anchor.address or identity_of(anchor.address) or not link or _SHARING.match(link.url):
                    continue
                label = row.label(anchor)
                if link.kind in ("repo", "data") or phrase.is_button(label) or label in (anchor.address, link.url):
                    found.append(anchor.address)
            taken = [mention for mention in self.here.get(at, ()) if not mention.anchor]
            for address in ADDRESS.finditer(row.text):
                if not any(mention.start <= address.start() < mention.end for mention in taken):
                    found.append(address[0].rstrip(".,;:)]>*_"))
        return found


def _without_links(text: str) -> str:
    """Return a text up to its first address or bracket of buttons."""
    text = ADDRESS.split(text)[0]
    found = next((found for found in _BRACKET.finditer(text) if phrase.is_button(found[1])), None)
    return text[: found.start()] if found else text
