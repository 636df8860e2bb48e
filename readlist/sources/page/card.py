"""One paper as a page shows it, gathered field by field, and the batch made of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct, field

from readlist.model.feed import category
from readlist.model.paper import Announcement, Link, Paper, fingerprint, identifiers_of
from readlist.sources.batch import Batch, Skip, pieces_of
from readlist.sources.page.page_item import PageItem, Role, is_site
from readlist.text.clean import clean, clean_line
from readlist.text.dates import Day, resolve_publication
from readlist.text.links import find_links, merge_links, normalize

_TITLE_LIMIT = 1_000
_NAME_LIMIT = 200
_SUMMARY_LIMIT = 2_000
_KEYWORDS = 30
_AUTHORS_LIMIT = 5_000
_PAPER_HOSTS = re.compile(r"https?://(?:www\.)?(?:arxiv\.org|doi\.org|dx\.doi\.org|alphaxiv\.org)/", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\+ ?\d+(?: (?:more )?authors?)?|\d+ authors?|and \d+ more|et al\.?|\W*", re.IGNORECASE)


class Card(Struct):
    """What a page or a list says of one paper; empty or None where it says nothing."""

    line: int  # where it begins
    title: str = ""
    abstract: str = ""
    summary: str = ""
    authors: list[str] = field(default_factory=list)  # as written: a name each, or many in one
    arxiv: str = ""
    doi: str = ""
    published: Day | None = None
    organization: str = ""
    keywords: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # links that belong to it, in order
    remark: str = ""  # arXiv's comment, which may hold links of it
    journal: str = ""  # the journal reference
    version: int | None = None  # on arXiv
    page: str = ""  # the address of its page, for a paper without id
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None
    submitter: str = ""
    day: date | None = None  # when it was announced, in a list of several days

    @property
    def identity(self) -> str:
        """Its strongest identifier, else the address of its page, else its title."""
        return next(iter(identifiers_of("", self.arxiv, self.doi)), "") or self.page or self.title.casefold()

    def fill(self, other: Card) -> None:
        """Fill the empty fields from a second card of the same paper.

        Where their abstracts differ, the id stays with the other: it may be another paper of the same title.
        """
        for name in Card.__struct_fields__:
            is_empty = name not in ("addresses", "day") and getattr(self, name) in ("", None, [])
            if is_empty and (name != "arxiv" or self.is_alike(other)):
                setattr(self, name, getattr(other, name))
        self.addresses += [address for address in other.addresses if address not in self.addresses]

    def add_links(self, item: PageItem) -> None:
        """Add the links of a label or an address that belong to the paper."""
        if item.role in (Role.GITHUB, Role.CHROME, Role.ADDRESS):
            self.addresses += [link.address for link in item.links if is_own(link.address)]

    def is_alike(self, other: Card) -> bool:
        """Return whether two abstracts agree as far as the shorter one goes, for one may be cut or missing."""
        size = max(min(len(self.abstract), len(other.abstract)) // 2, 20)
        missing = not self.abstract or not other.abstract
        return missing or fingerprint(self.abstract[:size]) == fingerprint(other.abstract[:size])


class PageCards(Struct, frozen=True):
    """The papers of a page of one kind."""

    kind: str  # in words, for messages
    feed: str
    cards: Sequence[Card]  # in list order, the same paper perhaps more than once
    skipped: Sequence[Skip] = ()
    missing: str = ""  # why there are no papers and what to do, where the page says more than "none found"


def pieces_of_cards(found: PageCards, *, origin: str, day: date | None, made: date) -> Iterator[Batch]:
    """Yield the papers of a page as pieces of a batch: texts cleaned, links found, one item for each paper.

    Args:
        found: the papers as the page shows them.
        origin: where it came from, for messages.
        day: the day of the list, None where nothing names it.
        made: the latest day a paper without a year can be of, where there is no day.
    """
    cards, doubts = _once_each(found.cards)
    skipped = [*found.skipped, *doubts]

    def items() -> Iterator[tuple[Paper, Announcement]]:
        position = 0
        for card in cards:
            paper = paper_of(card, until=day or made)
            if not paper.title:
                skipped.append(Skip(card.line, "a title without printable characters"))
                continue
            position += 1
            submitter = clean_line(card.submitter, _NAME_LIMIT)
            counts = (card.upvotes, card.comments, card.stars)
            yield paper, Announcement(found.feed, day, position, *counts, submitter)
        skipped.sort(key=lambda skip: skip.line or 0)

    yield from pieces_of(Batch(origin, found.kind, found.feed, day), items(), skipped)


def _once_each(cards: Iterable[Card]) -> tuple[list[Card], list[Skip]]:
    """Return one card for each paper, where it was first, and what differs where one is shown again."""
    known: dict[str, Card] = {}
    kept: list[Card] = []
    doubts: list[Skip] = []
    for card in cards:
        title = f"title:{fingerprint(card.title)}"
        first = known.get(f"arxiv:{card.arxiv}") if card.arxiv else None
        same_title = known.get(title)
        if first and first is not same_title and not first.is_alike(card):
            # Another title and another abstract: the page is wrong about the id of one of the two.
            doubts.append(Skip(card.line, f"the arXiv id of line {first.line} again, with another paper: {card.arxiv}"))
            card.arxiv, first = "", None
        if first is None and same_title and not (card.arxiv and same_title.arxiv):
            first = same_title
        if first is None:
            kept.append(card)
            first = card
        else:
            if not first.is_alike(card):
                doubts.append(Skip(card.line, f"the title of line {first.line} again, with another abstract"))
            first.fill(card)
        if card.arxiv and card.arxiv == first.arxiv:
            known.setdefault(f"arxiv:{card.arxiv}", first)
        known.setdefault(title, first)
    return kept, doubts


def paper_of(card: Card, links: Iterable[Link] | None = None, *, until: date = date.max) -> Paper:
    """Return a card as a paper, its texts cleaned.

    Args:
        card: what is known of it.
        links: those beside it; None for the addresses that are its own.
        until: the latest day it can have been published, where the year is left out.
    """
    title = clean_line(card.title, _TITLE_LIMIT)
    abstract = clean(card.abstract).strip()
    if links is None:
        links = [link for address in card.addresses if is_own(address) and (link := normalize(address))]
    return Paper(
        key=next(iter(identifiers_of(title, card.arxiv, card.doi)), ""),
        title=title,
        abstract=abstract,
        authors=tuple(names_of(card.authors)),
        published=resolve_publication(card.published, until, card.arxiv) if card.published else None,
        arxiv=card.arxiv,
        doi=card.doi,
        links=merge_links(links, find_links(abstract), find_links(clean(card.remark))),
        summary=clean_line(card.summary, _SUMMARY_LIMIT),
        keywords=tuple(dict.fromkeys(word for word in card.keywords if category(word)))[:_KEYWORDS],
        organization=clean_line(card.organization, _NAME_LIMIT),
        version=(card.version or 0) if card.arxiv else 0,
        comment=clean_line(card.remark),
        journal=clean_line(card.journal),
    )


def names_of(names: Iterable[str]) -> list[str]:
    """Return the names among pieces between commas, without `+ 8 authors` and lone commas."""
    found: list[str] = []
    for name in names:
        cleaned = clean_line(name, _NAME_LIMIT).strip(" ,;·•")
        if cleaned and not _PLACEHOLDER.fullmatch(cleaned) and len(found) < _AUTHORS_LIMIT:
            found.append(cleaned)
    return found


def is_own(address: str) -> bool:
    """Return whether an address is one of a paper's links: not the site's, not the paper's own page."""
    return not is_site(address) and not _PAPER_HOSTS.match(address)
