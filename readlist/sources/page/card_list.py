"""Pages that list papers (search, day, week, month, trending, any list of titles and abstracts) parsed into cards."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct, field

from readlist.model.paper import arxiv_id, fingerprint
from readlist.sources.batch import Skip
from readlist.sources.page.card import Card, is_own
from readlist.sources.page.label import Label
from readlist.sources.page.line_form import Form, Item, byline_of, is_site, submitter_of
from readlist.sources.page.score import width
from readlist.text.paragraph import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readlist.sources.page.card import Card

_SUMMARY_LENGTH = 420
_LONE_WORDS = 3
_LONE_WIDTH = 14
_COMMUNITY_LINK = "#community"
_SHOWN = 60


class _Open(Struct):
    """A card being read, with the lines of its texts."""

    card: Card
    titles: list[Item]
    paragraphs: list[list[Item]] = field(default_factory=list)
    inside: list[Loose] = field(default_factory=list)  # ids between its title and its abstract, if it has one


class _Before(Struct):
    """What stands between two titles, until it is clear to which of them it belongs.

    Attributes:
        counts: lone numbers, in order; a dash is 0.
        closed: how many of them stand before the earlier paper's date or authors.
        submitted: how many of them stand before `Submitted by`; None where no one is named.
    """

    counts: list[tuple[int, Item]] = field(default_factory=list)
    submitted: int | None = None
    submitter: str = ""
    arxiv: str = ""


def listing_of(
    items: Sequence[Item], labels: Sequence[Label], *, trending: bool = False, lone: bool = False
) -> tuple[list[Card], list[Skip]]:
    """Return the papers of a list page, in order, and what was passed over.

    Args:
        items: what follows the page's head.
        labels: what each of them was read as.
        trending: whether counts have labels, so that lone dashes are pictures and texts may be short summaries.
        lone: whether titles without abstracts are what the page consists of.
    """
    return _Reader(trending=trending, lone=lone).read(items, labels)


class _Reader:
    """Walks over labelled items and gathers cards; a part of `listing_of`."""

    def __init__(self, *, trending: bool, lone: bool) -> None:
        self.trending = trending
        self.lone = lone
        self.done: list[_Open] = []
        self.skipped: list[Skip] = []
        self.now: _Open | None = None
        self.before = _Before()
        self.closed = False
        self.loose: list[Loose] = []

    def read(self, items: Sequence[Item], labels: Sequence[Label]) -> tuple[list[Card], list[Skip]]:
        orphan = False
        for item, found, side in zip(items, labels, _sides(items), strict=True):
            if found is Label.TITLE:
                self._open(item)
                orphan = False
            elif found is Label.TITLE_MORE and self.now:
                self.now.titles.append(item)
                self._identify(item)
            elif found in (Label.ABSTRACT, Label.ABSTRACT_MORE, Label.PARAGRAPH):
                if found is Label.ABSTRACT:
                    orphan = self.now is None or self.closed
                    if orphan:
                        self.skipped.append(Skip(item.line, f"an abstract without a title: {_shown(item.text)}"))
                if not orphan:
                    self._add_text(item, found, side)
            elif found is Label.STRAY:
                self.skipped.append(Skip(item.line, f"neither a title nor an abstract: {_shown(item.text)}"))
            else:
                self._add_label(item, side)
        self._close_counts(last=True)
        return self._finish(), self.skipped

    def _open(self, item: Item) -> None:
        self._close_counts(last=False)
        counts, start = self.before.counts, self.before.submitted
        card = Card(item.line, "", arxiv=self.before.arxiv, submitter=self.before.submitter)
        own = counts[start:] if start is not None else counts[-1:]
        if own:
            card.upvotes = own[0][0]
        self.now = _Open(card, [item])
        self.done.append(self.now)
        self.before = _Before()
        self.closed = False
        self._identify(item)

    def _identify(self, item: Item) -> None:
        """Take the id from a title's own link: it is the surest."""
        if self.now and item.arxiv:
            self.now.card.arxiv = item.arxiv

    def _add_text(self, item: Item, found: Label, side: Side | None) -> None:
        if not self.now:
            return
        if found is Label.ABSTRACT_MORE and self.now.paragraphs:
            self.now.paragraphs[-1].append(item)
        else:
            self.now.paragraphs.append([item])
        self.now.card.addresses += [a.address for a in item.anchors if is_own(a.address)]
        if item.form is Form.ADDRESS:
            self._add_loose(item, item.arxiv, side)
        elif _is_link(item):
            self.now.card.arxiv = self.now.card.arxiv or item.arxiv

    def _add_label(self, item: Item, side: Side | None) -> None:
        """Give a label, a count or a link to the card above it or, if it is that one's, to the next."""
        form = item.form
        if form in (Form.COUNT, Form.DASH):
            self._add_count(item)
        elif form is Form.SUBMITTED:
            self.closed = True
            self.before.submitted = len(self.before.counts)
            self.before.submitter = submitter_of(item.text)
        elif form is Form.NAME:
            self.before.submitter = submitter_of(f"Submitted by {item.text}")
        elif form is Form.ADDRESS or item.anchors:
            self._add_address(item, side)
        elif form is Form.IDENTIFIER:
            self._add_loose(item, arxiv_id(item.bare), side)
        if self.now and form in (Form.DATE, Form.AUTHORS, Form.ORGANIZATION, Form.DOT):
            self.closed = True
            if self.before.submitted is None:
                # Numbers above the date are the authors' pictures.
                self.before.counts.clear()
        if self.now:
            _describe(self.now.card, item)

    def _add_loose(self, item: Item, arxiv: str, side: Side | None) -> None:
        """Note an id on a line of its own; whose it is, the whole page tells."""
        if not arxiv:
            return
        one = Loose(item.line, arxiv, len(self.done), side)
        if self.now and not self.now.paragraphs:
            self.now.inside.append(one)
        else:
            self.loose.append(one)

    def _add_count(self, item: Item) -> None:
        if item.form is Form.DASH and self.trending:
            return
        if self.now and _is_of_comments(item):
            self.now.card.comments = item.number
            return
        self.before.counts.append((item.number or 0, item))
        self.before.arxiv = self.before.arxiv or item.arxiv

    def _add_address(self, item: Item, side: Side | None) -> None:
        arxiv = item.arxiv
        of_comments = _is_of_comments(item)
        community = of_comments or _COMMUNITY_LINK in item.text
        if community and self.now and self.before.counts and item.form is Form.ADDRESS:
            # The number's link in a paragraph of its own.
            self.now.card.comments = self.before.counts.pop()[0]
        elif arxiv and self.now and (of_comments or item.form in (Form.CHROME, Form.GITHUB, Form.UPVOTE)):
            # These links stand at a card's end, `login?next=…` doesn't.
            self.now.card.arxiv = self.now.card.arxiv or arxiv
        elif arxiv and self.now and self.closed and is_site(item.anchors[0].address):
            # The site's cards begin with the link.
            self.before.arxiv = self.before.arxiv or arxiv
        else:
            self._add_loose(item, arxiv, side)

    def _close_counts(self, *, last: bool) -> None:
        """Give the card above its comments: the first of two numbers, or of those before `Submitted by`."""
        if not self.now or self.trending:
            return
        counts, start = self.before.counts, self.before.submitted
        above = counts[: len(counts) - (not last) if start is None else start]
        if above and self.now.card.comments is None and above[0][1].form is Form.COUNT:
            self.now.card.comments = above[0][0]

    def _finish(self) -> list[Card]:
        cards = []
        style = _style(self.done)
        self._identify_all(style)
        for one in self.done:
            card = one.card
            paragraphs = [[item.text for item in lines] for lines in one.paragraphs]
            if paragraphs:
                paragraphs[0][0] = style.abstract(one.paragraphs[0][0])
            text = "\n\n".join(joined(lines) for lines in paragraphs)
            if self.trending and len(paragraphs) == 1 and _is_summary(text):
                card.summary = text
            else:
                card.abstract = text
            if text or self.lone or _stands_alone(one, card, style):
                cards.append(card)
            else:
                self.skipped.append(Skip(card.line, f"neither a title nor an abstract: {_shown(card.title)}"))
        return cards

    def _identify_all(self, style: _Style) -> None:
        """Give the cards their titles, and the ids that stand in them, below them, or on the page's usual side."""
        for one in self.done:
            title = joined([style.title(one.titles[0]), *(item.text for item in one.titles[1:])])
            one.card.title, arxiv = split_title(title, one.card.arxiv)
            one.card.arxiv = one.card.arxiv or arxiv
            if one.paragraphs and one.inside:
                one.card.arxiv = one.card.arxiv or one.inside[0].arxiv
            else:
                self.loose += one.inside
        self.loose.sort(key=lambda one: one.titles)
        self.skipped += assign(self.loose, [one.card for one in self.done])


class _Style(Struct, frozen=True):
    """How a page writes its list.

    Attributes:
        numbered: titles bear the list's numbers.
        titled: titles begin `Title:`.
        abstracted: abstracts begin `Abstract:`.
        marked: titles are headings or links, all of them.
    """

    numbered: bool
    titled: bool
    abstracted: bool
    marked: bool

    def title(self, item: Item) -> str:
        """Return a title's first line without what belongs to the list."""
        kept = (item.mark.isdigit() and not self.numbered) or (item.label == "title" and not self.titled)
        return item.text if kept or item.label == "abstract" else item.bare

    def abstract(self, item: Item) -> str:
        """Return an abstract's first line without what belongs to the list."""
        kept = item.mark.isdigit() or (item.label == "abstract" and not self.abstracted)
        return item.text if kept or item.label == "title" else item.bare


def _style(done: Sequence[_Open]) -> _Style:
    told = [one for one in done if one.paragraphs]
    firsts = [one.titles[0] for one in done]
    return _Style(
        numbered=_is_numbered(firsts),
        titled=sum(item.label == "title" for item in firsts) * 2 >= len(firsts),
        abstracted=sum(one.paragraphs[0][0].label == "abstract" for one in told) * 2 >= len(told),
        marked=len(told) > 2 and all(one.titles[0].heading or one.titles[0].arxiv for one in told),
    )


def _describe(card: Card, item: Item) -> None:
    """Set what a labelled line says of the card above it."""
    if item.form is Form.DATE:
        card.published = card.published or item.day
        if item.number is not None and card.comments is None:
            card.comments = item.number
    elif item.form is Form.ORGANIZATION:
        card.organization = card.organization or item.bare
    elif item.form is Form.UPVOTE:
        card.upvotes = item.number if card.upvotes is None else card.upvotes
    elif item.form is Form.GITHUB:
        card.stars = item.number if card.stars is None else card.stars
    elif item.form is Form.BYLINE:
        card.authors = card.authors or byline_of(item.bare).split(",")
    if item.form in (Form.GITHUB, Form.CHROME, Form.ADDRESS):
        card.addresses += [a.address for a in item.anchors if is_own(a.address)]


def _is_of_comments(item: Item) -> bool:
    return any(_COMMUNITY_LINK in anchor.address for anchor in item.anchors)


def _is_link(item: Item) -> bool:
    """Return whether a text is a link as a whole, or as good as that: not a link to another paper inside of it."""
    return any(not anchor.whole or len(anchor.text) * 2 >= len(item.text) for anchor in item.anchors)


def _sides(items: Sequence[Item]) -> list[Side | None]:
    """Return for each item on which side no blank line parts it from the next line; None for both or neither."""
    above, below = [False] * len(items), [False] * len(items)
    for at in range(1, len(items)):
        same = items[at].line == items[at - 1].line
        above[at] = above[at - 1] if same else not items[at].blank
    for at in range(len(items) - 2, -1, -1):
        same = items[at].line == items[at + 1].line
        below[at] = below[at + 1] if same else not items[at + 1].blank
    return [None if up == down else Side.ABOVE if up else Side.BELOW for up, down in zip(above, below, strict=True)]


def _is_summary(text: str) -> bool:
    """Return whether a card's text is the site's short summary: one sentence or two, never in the first person.

    The longest of those of 91 papers had 313 characters; the shortest abstracts begin at twice that.
    """
    return len(text) <= _SUMMARY_LENGTH and not {"we", "We", "our", "Our"} & set(text.replace(",", " ").split())


def _is_numbered(titles: Sequence[Item]) -> bool:
    """Return whether titles bear the numbers of a list: most of them, each higher than the one before."""
    numbers = [int(title.mark) for title in titles if title.mark.isdigit()]
    if not numbers or len(numbers) * 2 < len(titles):
        return False
    rising = sum(1 for a, b in pairwise(numbers) if b == a + 1)
    return rising * 10 >= (len(numbers) - 1) * 7 and (len(numbers) > 1 or numbers[0] <= 1)


def _stands_alone(one: _Open, card: Card, style: _Style) -> bool:
    """Return whether a title without an abstract is plausibly a paper's."""
    first = one.titles[0]
    if card.arxiv or card.upvotes is not None or card.submitter or card.published:
        return True
    if first.form is not Form.TEXT or (style.marked and not first.heading):
        return False
    return len(card.title.split()) >= _LONE_WORDS or width(card.title) >= _LONE_WIDTH


def _shown(text: str) -> str:
    line = " ".join(text[:400].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"


_NUMBER = r"(?:\d{4}\.\d{4,5}|[a-z-]{2,10}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,2})?(?: \[[\w.-]{2,20}\])?"
_WRITTEN = rf"(?:(?:arxiv(?: id)?:? ?)?{_NUMBER}|https?://\S{{5,80}}?)"
_LEADING = re.compile(
    rf"(?:[\[(（【]({_WRITTEN})[\])）】]|(arxiv: ?{_NUMBER})(?=[ :|]))[ :|–—-]*(?=[\w\"'“‘«$])", re.IGNORECASE
)
_TRAILING = re.compile(rf"(?:[\[(（【]({_WRITTEN})[\])）】]|(?<= )(arxiv: ?{_NUMBER}))$", re.IGNORECASE)
_LONGEST = 120
# More ids than this between two titles are a list of references.
_NEIGHBOURS = 2


class Side(Enum):
    """Where the title of an id stands."""

    ABOVE = auto()
    BELOW = auto()


class Loose(Struct, frozen=True):
    """An id on a line of its own, which may be that of the title above it or of the one below.

    Attributes:
        line: where it stands.
        arxiv: the id.
        titles: how many titles stand above it.
        side: to which side no blank line parts it from the text; None where both or neither are parted.
    """

    line: int
    arxiv: str
    titles: int
    side: Side | None


def split_title(title: str, known: str = "") -> tuple[str, str]:
    """Return a title without the arXiv id written beside it, and that id: `[2401.12345] Title`; empty if none.

    Args:
        title: as the page has it.
        known: the id its link names, which may stand before the title without brackets.
    """
    if known and title.startswith(f"{known} "):
        return title.removeprefix(known).lstrip(" :|–—-") or title, known
    if (found := _LEADING.match(title[:_LONGEST])) and (arxiv := arxiv_id(found[1] or found[2])):
        rest = title[found.end() :]
    elif (found := _TRAILING.search(title, max(len(title) - _LONGEST, 0))) and (
        arxiv := arxiv_id(found[1] or found[2])
    ):
        rest = title[: found.start()].rstrip(" ,:|–—-")
    else:
        return title, ""
    return (rest, arxiv) if any(map(str.isalpha, rest)) else (title, "")


def assign(loose: Sequence[Loose], cards: Sequence[Card]) -> list[Skip]:
    """Give each loose id to the paper it belongs to; return a note for each that could be either neighbour's.

    A page writes its ids on one side of the titles throughout, so the side is learned once, for all of them.
    """
    owned = {card.arxiv for card in cards if card.arxiv}
    between: dict[int, set[str]] = {}
    for one in loose:
        between.setdefault(one.titles, set()).add(one.arxiv)
    loose = [one for one in loose if len(between[one.titles]) <= _NEIGHBOURS]
    habit, clear = _habit(loose, cards)
    found: dict[int, str] = {}
    skipped: list[Skip] = []
    for one in loose:
        if one.arxiv in owned:
            continue
        side = habit or (one.side if clear else None)
        if side is None:
            skipped.append(Skip(one.line, f"an arXiv id that may be of the paper above or below: {one.arxiv}"))
            continue
        at = one.titles - (side is Side.ABOVE)
        if not 0 <= at < len(cards) or cards[at].arxiv:
            continue
        # The nearest to the title.
        if side is Side.BELOW or at not in found:
            found[at] = one.arxiv
    named: dict[str, set[str]] = {}
    for at, arxiv in found.items():
        named.setdefault(arxiv, set()).add(fingerprint(cards[at].title))
    for at, arxiv in found.items():
        # An id of two papers is neither's, the page's own address perhaps.
        if len(named[arxiv]) == 1:
            cards[at].arxiv = arxiv
    return skipped


def _habit(loose: Sequence[Loose], cards: Sequence[Card]) -> tuple[Side | None, bool]:
    """Return the side of the page's titles, None if it is not known, and whether each id's own side may be trusted.

    What tells most comes first: ids that a title names too, then blank lines, then the first and the last title.
    """
    known = {side for one in loose for side in _known(one, cards)}
    if len(known) == 1:
        return known.pop(), True
    sides = {one.side for one in loose if one.side}
    if len(sides) == 1:
        return sides.pop(), True
    if sides:
        return None, True
    first = any(one.titles == 0 for one in loose)
    last = any(one.titles == len(cards) for one in loose)
    if first == last:
        return None, False
    return (Side.BELOW if first else Side.ABOVE), False


def _known(one: Loose, cards: Sequence[Card]) -> list[Side]:
    """Return the side on which a title has the same id."""
    places = ((Side.ABOVE, one.titles - 1), (Side.BELOW, one.titles))
    return [side for side, at in places if 0 <= at < len(cards) and cards[at].arxiv == one.arxiv]
