"""Captured pages of Hugging Face Papers, and lists of titles and abstracts, as text: recognised, then parsed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from enum import Enum
from pathlib import PurePath

from msgspec import Struct

from readlist.sources.batch import Batch, joined
from readlist.sources.page.card import PageCards, pieces_of_cards
from readlist.sources.page.card_list import CardReader
from readlist.sources.page.dump import in_foreign_markup, in_one_line, is_of_site, without_marks
from readlist.sources.page.label import DAY, SEARCH, TRENDING, Label, label
from readlist.sources.page.page_item import PageItem, Role, arxiv_of
from readlist.sources.page.page_text import Head, Zone, head_of, items_of, mark_bylines, zones_of
from readlist.sources.page.paper_page import cards_of, collection_of, comments_start, is_entry, submitted_on
from readlist.sources.page.score import doubt_of
from readlist.text.clean import clean_line
from readlist.text.dates import iso_day, resolve, resolve_publication

_ADDRESS = re.compile(r"https?://[^/]+/(?P<room>papers|collections)?(?P<rest>[/?#]\S*)?$", re.IGNORECASE)
_LONG = 220
_PAPER_SIGNS = 2
# The call to subscribe, which lists begin with, may be above a page of one paper too.
_CERTAIN_SIGNS = 4


class Kind(Enum):
    """The kinds of pages, by the words for messages."""

    SEARCH = "search page"
    DAY = "day page"
    WEEK = "week page"
    MONTH = "month page"
    TRENDING = "trending page"
    PAPER = "paper page"
    COLLECTION = "collection page"
    LIST = "list"


FEEDS = {
    Kind.SEARCH: "HF search",
    Kind.DAY: "HF daily",
    Kind.WEEK: "HF weekly",
    Kind.MONTH: "HF monthly",
    Kind.TRENDING: "HF trending",
    Kind.PAPER: "HF papers",
}


_LISTS = (
    ("?q=", Kind.SEARCH), ("/week/", Kind.WEEK), ("/month/", Kind.MONTH), ("/trending", Kind.TRENDING),
)  # fmt: skip


def kind_of(items: Sequence[PageItem], head: Head, zones: Sequence[Zone]) -> Kind:
    """Return what kind of page this is; LIST for any page without a mark of the site."""
    counts = Counter(item.role for item in items)
    if counts[Role.PAPER] and not counts[Role.ABSTRACT] and any(is_entry(items, at) for at in range(len(items))):
        return Kind.COLLECTION
    signs = _paper_signs(items, counts, head)
    if signs >= (_CERTAIN_SIGNS if zones else _PAPER_SIGNS) and not counts[Role.COMMUNITY]:
        return Kind.PAPER
    named = _by_address(head.address)
    if named in (Kind.WEEK, Kind.MONTH, Kind.TRENDING):
        return named
    if _is_trending(items, counts, head, zones):
        return Kind.TRENDING
    long = sum(1 for item in items if item.role is Role.TEXT and len(item.text) > _LONG)
    cards = max(counts[Role.SUBMITTED], counts[Role.AUTHORS])
    period = next((zone.period for zone in zones if zone.period), None)
    if period and not long:
        return Kind.WEEK if period.name == "week" else Kind.MONTH
    if counts[Role.SUBMITTED] and not _has_prose(items):
        return Kind.DAY
    if zones or named in (Kind.SEARCH, Kind.DAY):
        return Kind.DAY if cards and not _has_prose(items) else Kind.SEARCH
    if cards > 1 and counts[Role.DATE] > 1:
        return Kind.SEARCH if _has_prose(items) else Kind.DAY
    return Kind.DAY if counts[Role.AUTHORS] > 1 and not _has_prose(items) else Kind.LIST


def _by_address(address: str) -> Kind | None:
    found = _ADDRESS.match(address)
    if not found or not found["room"]:
        return None
    rest = found["rest"] or ""
    if found["room"] == "collections":
        return Kind.COLLECTION
    named = next((kind for start, kind in _LISTS if rest.startswith(start)), None)
    return named or (Kind.PAPER if arxiv_of(address) else Kind.DAY)


def _has_prose(items: Sequence[PageItem]) -> bool:
    """Return whether the page has abstracts, each in one long line or in a run of full ones."""
    run = 0
    for item in items:
        if item.role is not Role.TEXT or item.heading:
            run = 0
            continue
        run = len(item.text) if item.blank else run + len(item.text)
        if run > _LONG * 1.5 and (len(item.text) > _LONG or run > _LONG * 2):
            return True
    return False


def _paper_signs(items: Sequence[PageItem], counts: Counter[Role], head: Head) -> int:
    """Return how many signs of a page of one paper there are: an abstract's heading and labels around it.

    Without the heading, which some tools lose, the page must have its summary's label and the comments below; cut
    above it, the labels that follow the title.
    """
    texts = [item.text.casefold() for item in items if item.role is Role.CHROME]
    published = any(item.role is Role.DATE and item.text.casefold().startswith("published on") for item in items)
    commented = counts[Role.GENERATED] == 1 and "community" in texts
    cut = published and counts[Role.BYLINE] == counts[Role.UPVOTE] == 1 and counts[Role.IDENTIFIER] > 0
    if not (counts[Role.ABSTRACT] or commented or cut):
        return 0
    signs = [
        any(text.startswith("view arxiv page") for text in texts),
        any(text.startswith("add to collection") for text in texts),
        any("citing this paper" in text for text in texts),
        "community" in texts,
        # A list may say "Authors:" and "Abstract" of each of its papers.
        bool(counts[Role.IDENTIFIER]) and (cut or counts[Role.ABSTRACT] == 1),
        bool(counts[Role.BYLINE]) and (cut or counts[Role.ABSTRACT] == 1),
        bool(counts[Role.UPVOTE]),
        bool(counts[Role.GENERATED]),
        published,
        head.title.casefold().startswith("paper page"),
        _by_address(head.address) is Kind.PAPER,
    ]
    return sum(signs)


def _is_trending(items: Sequence[PageItem], counts: Counter[Role], head: Head, zones: Sequence[Zone]) -> bool:
    if any(zone.name == "trending" for zone in zones) or head.title.casefold().startswith("trending papers"):
        return True
    repos = sum(1 for item in items if item.role is Role.GITHUB and item.number is not None)
    pages = sum(1 for item in items if item.role is Role.CHROME and item.text.casefold() == "arxiv page")
    return repos > 0 and (
        pages > 0 or counts[Role.UPVOTE] > 0 or (repos * 3 >= max(counts[Role.AUTHORS], 1) and repos > 1)
    )


__all__ = ["Page", "failed", "page_of", "parse", "parse_pieces"]

_HABITS = {Kind.DAY: DAY, Kind.WEEK: DAY, Kind.MONTH: DAY, Kind.TRENDING: TRENDING}
_NAME_LENGTH = 60
_FOREIGN = "a page in AsciiDoc, Textile or the markup of a wiki; save it as plain text or Markdown"
_ONE_LINE = "all in one line, so titles can't be found; save the page again with its line breaks"
_NO_PAPER = "a page of one paper without title and abstract; save the page again"
_NOT_LOADED = "a search page without titles and abstracts; save the page again after it has loaded"
_EXPECTED = "expected a saved page of Hugging Face Papers, or titles with their abstracts"


class Page(Struct, frozen=True):
    """A text split into what its lines hold, and what kind of page they make. It is parsed once: parsing changes it."""

    foreign: bool  # whether it is a page of the site in a markup that isn't read
    in_one_line: bool  # whether it is a list of the site with several papers in one line
    head: Head
    items: list[PageItem]
    zones: list[Zone]  # the heads of list pages among the items
    kind: Kind  # LIST for a page without any mark of the site

    @property
    def of_site(self) -> bool:
        """Whether it is a page of Hugging Face Papers, by marks that only the site has."""
        if self.kind not in (Kind.DAY, Kind.SEARCH):
            return self.kind is not Kind.LIST
        # Counts of authors and dates are beside papers elsewhere too.
        return bool(self.zones or self.head.address) or any(item.role is Role.SUBMITTED for item in self.items)

    def day(self, until: date, arxiv: str) -> date | None:
        """Return the day of the list, `until` at the latest: in its address, in its head, else that of its capture.

        The `arxiv` id of the page's paper gives the year of the day it was submitted on.
        """
        if self.kind is Kind.PAPER:
            submitted = submitted_on(self.items)
            return resolve_publication(submitted, until, arxiv) if submitted else None
        if self.kind in (Kind.DAY, Kind.SEARCH) and (found := iso_day(self.head.address)):
            return found
        for zone in self.zones:
            written = zone.period.first if zone.period else zone.day
            if written and (found := resolve(written, until)):
                return found
        return self.head.captured if self.kind in (Kind.TRENDING, Kind.SEARCH) else None


def page_of(text: str) -> Page:
    """Return a text as a page. Never raises; linear in its length."""
    of_site = is_of_site(text)
    foreign = of_site and in_foreign_markup(text)
    text = without_marks(text) if of_site else text
    head = head_of(text)
    items = items_of(text, head.lines)
    zones = zones_of(items)
    kind = kind_of(items, head, zones)
    listed = kind in FEEDS and kind is not Kind.PAPER
    return Page(foreign, listed and in_one_line(text), head, items, zones, kind)


def parse(text: str | Page, *, origin: str, made: date, day: date | None = None, named: date | None = None) -> Batch:
    """Return the papers of a page. Never raises; linear in its length.

    Args:
        text: the page, as text or Markdown in any line ends, or what `page_of` made of it.
        origin: where it came from, for messages: a path or `-`.
        made: the file's own day; a date without a year is the latest such day not after it.
        day: the day of the list, instead of the page's own.
        named: the day in the file's name: a copied file is younger than its page, and its name knows the year.
    """
    whole = page_of(text) if isinstance(text, str) else text
    return joined(parse_pieces(whole, origin=origin, made=made, day=day, named=named))


def parse_pieces(
    page: Page, *, origin: str, made: date, day: date | None = None, named: date | None = None
) -> Iterator[Batch]:
    """Yield what `parse` returns in pieces, as its papers are made."""
    kind, items = page.kind, page.items
    if page.foreign:
        yield failed(origin, "page", _FOREIGN)
        return
    if not items:
        yield failed(origin, "empty page", "nothing but blank lines; save the page again")
        return
    if page.in_one_line:
        yield failed(origin, kind.value, _ONE_LINE)
        return
    found = _read(page, origin)
    first = found.cards[0].arxiv if found.cards else ""
    until = min(page.head.captured or made, made)
    listed = page.day(until, first)
    if named and listed and listed != named and (listed.month, listed.day) == (named.month, named.day):
        until = min(page.head.captured or named, named)
        listed = page.day(until, first)
    pieces = pieces_of_cards(found, origin=origin, day=day or listed, made=day or until)
    kind_name, missing = found.kind, found.missing or f"no papers in what looks like a {found.kind}; {_EXPECTED}"
    # Of a long page only the papers are held from here on.
    del page, items, found
    for piece in pieces:
        yield piece if piece.items else failed(origin, kind_name, missing)


def failed(origin: str, kind: str, reason: str) -> Batch:
    """Return a batch that says why there is nothing in it and what to do."""
    return Batch(origin, kind, failure=f"{clean_line(origin, 300)}: {reason}")


def _read(page: Page, origin: str) -> PageCards:
    """Return the papers of a page by its kind, and the name of its feed."""
    kind, items = page.kind, page.items
    feed = FEEDS.get(kind) or clean_line(PurePath(origin).stem, _NAME_LENGTH) or "list"
    if kind is Kind.PAPER:
        cards, skipped = cards_of(items, page.head, origin)
        return PageCards(kind.value, feed, cards, skipped, _NO_PAPER)
    if kind is Kind.COLLECTION:
        name, cards, skipped = collection_of(items, page.head)
        feed = f"HF collection: {clean_line(name, _NAME_LENGTH)}" if name else "HF collection"
        return PageCards(kind.value, feed, cards, skipped)
    body = _without(items[: comments_start(items)], page.zones)
    if kind is Kind.LIST:
        mark_bylines(body)
    labels = label(body, _HABITS.get(kind, SEARCH))
    cards, skipped = CardReader(trending=kind is Kind.TRENDING, lone=_HABITS.get(kind) is DAY).read(body, labels)
    missing = _NOT_LOADED if kind is Kind.SEARCH else ""
    if kind is Kind.DAY and (named := sum(1 for item in items if item.role is Role.SUBMITTED)):
        missing = f"names {named} submitters but no titles: nothing to import; save the page again, as HTML"
    if kind is Kind.LIST and (doubt := doubt_of(cards, body, [found is Label.STRAY for found in labels])):
        cards, missing = [], f"no papers found: {doubt}; {_EXPECTED}"
    return PageCards(kind.value, feed, cards, skipped, missing)


def _without(items: Sequence[PageItem], zones: Sequence[Zone]) -> list[PageItem]:
    """Return what is not in a head of the site."""
    kept: list[PageItem] = []
    at = 0
    for zone in zones:
        kept += items[at : zone.start]
        if zone.end < len(items):
            # Nothing goes on from one page to the next.
            kept.append(PageItem(items[zone.start].line, Role.RULE, "---", blank=True))
            items[zone.end].blank = True
        at = zone.end
    return kept + list(items[at:])
