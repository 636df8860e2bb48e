"""Collections of papers: a title, then `Paper • ID • Published DATE • UPVOTES` for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readlist.model.paper import arxiv_id
from readlist.sources.batch import Skip
from readlist.sources.page.card import Card
from readlist.sources.page.chrome import TITLE_ENDS
from readlist.sources.page.form import Form, Item
from readlist.text.paragraph import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readlist.sources.page.head import Head

_UPDATED = re.compile(
    r"updated(?: .{0,40})?|collection|\d+ items?|collections?|upvote \S+|authored \d+ papers?"
    r"|(?:papers|models|datasets|spaces|collections) \d+|recent activity|upvoted an? .{0,40}",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?:.{0,60}[•·] ?)?(?:updated|viewer|running|sleeping|runtime error|note).{0,200}", re.IGNORECASE)
_TAIL = {Form.DOT, Form.IDENTIFIER, Form.DATE, Form.COUNT}
_PUBLISHED = "published"
# arXiv's own line length in titles; a line that had room for the next word was ended on purpose.
_TITLE_WIDTH = 66
_NAME_LENGTH = 80
_TITLE_LINES = 6


def collection_of(items: Sequence[Item], head: Head) -> tuple[str, list[Card], list[Skip]]:
    """Return a collection's title, its papers, and what in it is none."""
    cards: list[Card] = []
    skipped: list[Skip] = []
    name = ""
    at = end = 0
    while at < len(items):
        if is_entry(items, at):
            start = _title_start(items, end, at)
            if end:
                skipped += _others(items[end:start])
            else:
                name = _name(items[:start], head)
            card, end = _entry(items, start, at)
            if card.title:
                cards.append(card)
            else:
                skipped.append(Skip(items[at].line, "a paper without a title"))
            at = end
        else:
            at += 1
    return name, cards, skipped


def is_entry(items: Sequence[Item], at: int) -> bool:
    """Return whether the `Paper` of a collection's entry stands at a place: an id follows."""
    if items[at].form is not Form.PAPER:
        return False
    return next((one.form for one in items[at + 1 : at + 4] if one.form is not Form.DOT), None) is Form.IDENTIFIER


def _title_start(items: Sequence[Item], floor: int, at: int) -> int:
    """Return where the title above `Paper` begins: back over lines that had no room for the next word."""
    start = at
    while start > floor and _is_text(items[start - 1]) and at - start < _TITLE_LINES:
        before = items[start - 1]
        if start < at:
            below = items[start]
            fits = len(before.text) + 1 + len(below.text.split(" ", 1)[0]) <= _TITLE_WIDTH
            if (
                below.blank
                or below.heading
                or _UPDATED.fullmatch(before.text)
                or (fits and not below.text[0].islower())
            ):
                break
        start -= 1
    return start


def _is_text(item: Item) -> bool:
    return item.form in (Form.TEXT, Form.ORGANIZATION, Form.NAME) or item.text in TITLE_ENDS


def _entry(items: Sequence[Item], start: int, at: int) -> tuple[Card, int]:
    """Return the paper whose `Paper` stands at `at`, and where it ends."""
    title = joined(item.bare if item.mark in ("", "-") else item.text for item in items[start:at])
    card = Card(items[start].line if start < at else items[at].line, title)
    place = at + 1
    # Upvotes stand behind a dot, which some tools lose, or behind the day.
    dotted = False
    while place < len(items):
        item = items[place]
        published = item.text.casefold() == _PUBLISHED
        if item.form not in _TAIL and not published:
            break
        if item.form is Form.IDENTIFIER:
            if card.arxiv:
                break
            card.arxiv = arxiv_id(item.bare)
        elif item.form is Form.DATE:
            card.published = item.day
        elif item.form is Form.COUNT:
            if card.upvotes is not None or not (dotted or items[at].line == item.line):
                break
            card.upvotes = item.number
        dotted = published or item.form in (Form.DOT, Form.DATE)
        place += 1
    return card, place


def _others(items: Sequence[Item]) -> list[Skip]:
    """Return a note for each entry between two papers that is a model, a dataset, a Space or a remark."""
    others = [item for item in items if item.form is Form.TEXT and not _OTHER.fullmatch(item.text)]
    return [Skip(item.line, f"no paper: {' '.join(item.text[:60].split())}") for item in others]


def _name(items: Sequence[Item], head: Head) -> str:
    """Return the collection's title: the page's heading, else the first line before `updated`."""
    texts = [item for item in items if item.form is Form.TEXT and not _UPDATED.fullmatch(item.text)]
    names = [item.bare for item in [item for item in texts if item.heading] or texts]
    name = next((name for name in names if len(name) <= _NAME_LENGTH * 2), head.title.split(" - a ")[0])
    return name[:_NAME_LENGTH]
