"""What a list says of one paper, and the batch made of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from msgspec import Struct, field

from readlist.model.address import wanted
from readlist.model.arxiv_category import category
from readlist.model.paper import Announcement, Link, Paper, identifiers
from readlist.sources.batch import Batch
from readlist.sources.catalog import phrase
from readlist.sources.formats.author_line import authors_in
from readlist.sources.page.card import is_own, names_of
from readlist.text.clean import clean, clean_line
from readlist.text.links import find_links, merge_links, normalize

_TITLE_LIMIT = 1_000
_SUMMARY_LIMIT = 2_000
_LINKS = 50
_KEYWORDS = 30
# `Ada Muster (1), Ben Muster (1 and 2), ((1) MIT, (2) ETH)`
_INSTITUTIONS = re.compile(r",?\s*\(\(\d.*\Z|\s*\([^()]{0,200}\)", re.DOTALL)


class Record(Struct):
    """What a list says of one paper; empty or None where it says nothing.

    Attributes:
        line: where it begins.
        names: its authors as written, in one line or many.
        day: the day it was announced, where the list is of several days.
        addresses: links that belong to it, in order.
        remark: text that may hold links of it, arXiv's comment for one.
        page: the address of its page, for a paper without id.
    """

    line: int
    arxiv: str = ""
    doi: str = ""
    title: str = ""
    abstract: str = ""
    summary: str = ""
    names: list[str] = field(default_factory=list)
    published: date | None = None
    day: date | None = None
    keywords: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    remark: str = ""
    page: str = ""

    @property
    def identity(self) -> str:
        """What tells it from the others: its strongest identifier, else the address of its page, else its title."""
        return next(iter(identifiers("", self.arxiv, self.doi)), "") or self.page or self.title.casefold()

    def fill(self, other: Record) -> None:
        """Take over from a second record of the paper what this one lacks."""
        for name in ("doi", "title", "abstract", "summary", "names", "published", "keywords", "remark", "page"):
            if not getattr(self, name):
                setattr(self, name, getattr(other, name))
        self.addresses += [address for address in other.addresses if address not in self.addresses]


def batch_of(
    records: Iterable[Record], *, origin: str, kind: str, feed: str, day: date | None, fixed: bool = False
) -> Batch:
    """Return records as a batch: texts cleaned, links found, one item for each paper.

    Args:
        records: in list order, the same paper perhaps more than once.
        origin: where they came from, for messages.
        kind: what the list is, in words.
        feed: the name of the feed.
        day: the day of the list.
        fixed: whether `day` goes before the days of the records.
    """
    known: dict[str, Record] = {}
    for record in records:
        # One replaced or cross-listed is the same paper.
        first = known.setdefault(record.identity, record)
        if first is not record:
            first.fill(record)
    items = []
    for position, record in enumerate(known.values(), 1):
        announced = day if fixed else record.day or day
        items.append((_paper(record), Announcement(feed, announced, position)))
    days = [announcement.day for _, announcement in items if announcement.day]
    return Batch(origin, kind, feed, day or max(days, default=None), tuple(items))


def _paper(record: Record) -> Paper:
    title = clean_line(record.title, _TITLE_LIMIT)
    abstract = clean(record.abstract).strip()
    lines = [_INSTITUTIONS.sub("", line) for line in record.names]
    authors = names_of(name for line in lines for name in phrase.names_in(line) or authors_in([line], split=True))
    names = identifiers(title, record.arxiv, record.doi)
    return Paper(
        key=names[0],
        title=title,
        abstract=abstract,
        authors=tuple(dict.fromkeys(authors)),
        published=record.published,
        arxiv=record.arxiv,
        doi=record.doi,
        links=merge_links(_named(record), find_links(abstract), find_links(clean(record.remark)))[:_LINKS],
        summary=clean_line(record.summary, _SUMMARY_LIMIT),
        keywords=tuple(dict.fromkeys(word for word in record.keywords if category(word)))[:_KEYWORDS],
    )


def _named(record: Record) -> list[Link]:
    """Return the links that stand beside a paper; its own page only where nothing else names it."""
    own = normalize(record.page) if record.page and not record.arxiv and not record.doi else None
    links = [own] if own else []
    for address in record.addresses:
        link = normalize(address) if is_own(address) else None
        if link and wanted(link):
            links.append(link)
    return links
