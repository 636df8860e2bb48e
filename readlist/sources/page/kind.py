"""What kind of page the items make: told by the site's own labels, before any line is read as a title."""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

from readlist.sources.page.collection import is_entry
from readlist.sources.page.form import Form, Item, arxiv_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readlist.sources.page.head import Head, Zone

_ADDRESS = re.compile(r"https?://[^/]+/(?P<room>papers|collections)?(?P<rest>[/?#]\S*)?$", re.IGNORECASE)
_LONG = 220
_PAPER_SIGNS = 2
# The call to subscribe, which lists begin with, may stand above a page of one paper too.
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


def kind_of(items: Sequence[Item], head: Head, zones: Sequence[Zone]) -> Kind:
    """Return what kind of page this is; LIST for whatever bears no mark of the site."""
    counts = Counter(item.form for item in items)
    if counts[Form.PAPER] and not counts[Form.ABSTRACT] and any(is_entry(items, at) for at in range(len(items))):
        return Kind.COLLECTION
    signs = _paper_signs(items, counts, head)
    if signs >= (_CERTAIN_SIGNS if zones else _PAPER_SIGNS) and not counts[Form.COMMUNITY]:
        return Kind.PAPER
    named = _by_address(head.address)
    if named in (Kind.WEEK, Kind.MONTH, Kind.TRENDING):
        return named
    if _is_trending(items, counts, head, zones):
        return Kind.TRENDING
    long = sum(1 for item in items if item.form is Form.TEXT and len(item.text) > _LONG)
    cards = max(counts[Form.SUBMITTED], counts[Form.AUTHORS])
    period = next((zone.period for zone in zones if zone.period), None)
    if period and not long:
        return Kind.WEEK if period.name == "week" else Kind.MONTH
    if counts[Form.SUBMITTED] and not _has_prose(items):
        return Kind.DAY
    if zones or named in (Kind.SEARCH, Kind.DAY):
        return Kind.DAY if cards and not _has_prose(items) else Kind.SEARCH
    if cards > 1 and counts[Form.DATE] > 1:
        return Kind.SEARCH if _has_prose(items) else Kind.DAY
    return Kind.DAY if counts[Form.AUTHORS] > 1 and not _has_prose(items) else Kind.LIST


def _by_address(address: str) -> Kind | None:
    found = _ADDRESS.match(address)
    if not found or not found["room"]:
        return None
    rest = found["rest"] or ""
    if found["room"] == "collections":
        return Kind.COLLECTION
    for start, kind in (
        ("?q=", Kind.SEARCH),
        ("/week/", Kind.WEEK),
        ("/month/", Kind.MONTH),
        ("/trending", Kind.TRENDING),
        ("/date/", Kind.DAY),
        ("?date=", Kind.DAY),
    ):
        if rest.startswith(start):
            return kind
    return Kind.PAPER if arxiv_of(address) else Kind.DAY


def _has_prose(items: Sequence[Item]) -> bool:
    """Return whether abstracts stand on the page, each in one long line or in a run of full ones."""
    run = 0
    for item in items:
        if item.form is not Form.TEXT or item.heading:
            run = 0
            continue
        run = len(item.text) if item.blank else run + len(item.text)
        if run > _LONG * 1.5 and (len(item.text) > _LONG or run > _LONG * 2):
            return True
    return False


def _paper_signs(items: Sequence[Item], counts: Counter[Form], head: Head) -> int:
    """Return how many signs of a page of one paper there are: an abstract's heading and labels around it.

    Without the heading, which some tools lose, the page must have its summary's label and the comments below; cut
    above it, the labels that follow the title.
    """
    texts = [item.text.casefold() for item in items if item.form is Form.CHROME]
    published = any(item.form is Form.DATE and item.text.casefold().startswith("published on") for item in items)
    commented = counts[Form.GENERATED] == 1 and "community" in texts
    cut = published and counts[Form.BYLINE] == counts[Form.UPVOTE] == 1 and counts[Form.IDENTIFIER] > 0
    if not (counts[Form.ABSTRACT] or commented or cut):
        return 0
    signs = [
        any(text.startswith("view arxiv page") for text in texts),
        any(text.startswith("add to collection") for text in texts),
        any("citing this paper" in text for text in texts),
        "community" in texts,
        # A list may say "Authors:" and "Abstract" of each of its papers.
        bool(counts[Form.IDENTIFIER]) and (cut or counts[Form.ABSTRACT] == 1),
        bool(counts[Form.BYLINE]) and (cut or counts[Form.ABSTRACT] == 1),
        bool(counts[Form.UPVOTE]),
        bool(counts[Form.GENERATED]),
        published,
        head.title.casefold().startswith("paper page"),
        _by_address(head.address) is Kind.PAPER,
    ]
    return sum(signs)


def _is_trending(items: Sequence[Item], counts: Counter[Form], head: Head, zones: Sequence[Zone]) -> bool:
    if any(zone.name == "trending" for zone in zones) or head.title.casefold().startswith("trending papers"):
        return True
    repos = sum(1 for item in items if item.form is Form.GITHUB and item.number is not None)
    pages = sum(1 for item in items if item.form is Form.CHROME and item.text.casefold() == "arxiv page")
    return repos > 0 and (
        pages > 0 or counts[Form.UPVOTE] > 0 or (repos * 3 >= max(counts[Form.AUTHORS], 1) and repos > 1)
    )
