"""Pages that list papers (search, day, week, month, trending, any list of titles and abstracts) parsed into cards."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise

from msgspec import Struct, field

from readlist.model.paper import arxiv_id, fingerprint
from readlist.sources.batch import Skip
from readlist.sources.page.card import Card, is_own
from readlist.sources.page.label import Label
from readlist.sources.page.page_item import PageItem, Role, byline_of, is_site, submitter_of
from readlist.sources.page.score import width
from readlist.text.paragraph import joined

_SUMMARY_LENGTH = 420
_LONE_WORDS = 3
_LONE_WIDTH = 14
_COMMUNITY_LINK = "#community"
_SHOWN = 60
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
    """Where the title of an id is."""

    ABOVE = auto()
    BELOW = auto()


class LooseId(Struct, frozen=True):
    """An arXiv id on a line of its own, which may be that of the title above it or of the one below."""

    line: int
    arxiv: str
    titles: int  # how many titles are above it
    side: Side | None  # to which side no blank line parts it from the text; None where both or neither are parted


class _Open(Struct):
    """A card being read, with the lines of its texts."""

    card: Card
    titles: list[PageItem]
    paragraphs: list[list[PageItem]] = field(default_factory=list)
    inside: list[LooseId] = field(default_factory=list)  # ids between its title and its abstract, if it has one


class _Between(Struct):
    """What is between two titles, until it is clear to which of them it belongs."""

    counts: list[tuple[int, PageItem]] = field(default_factory=list)  # lone numbers, in order; a dash is 0
    submitted: int | None = None  # how many of them are before `Submitted by`; None where no one is named
    submitter: str = ""
    arxiv: str = ""


class CardReader:
    """Walks over the labelled items of a list page and gathers its cards.

    `trending`: counts have labels, so that lone dashes are pictures, and texts may be short summaries.
    `lone`: titles without abstracts are what the page consists of.
    """

    def __init__(self, *, trending: bool, lone: bool) -> None:
        self.trending = trending
        self.lone = lone
        self.done: list[_Open] = []
        self.skipped: list[Skip] = []
        self.now: _Open | None = None
        self.between = _Between()
        self.closed = False
        self.loose: list[LooseId] = []

    def read(self, items: Sequence[PageItem], labels: Sequence[Label]) -> tuple[list[Card], list[Skip]]:
        """Return the papers of what follows the page's head, in order, and what was skipped."""
        orphan = False
        for item, found, side in zip(items, labels, _sides(items), strict=True):
            if found is Label.TITLE:
                self._open(item)
                orphan = False
            elif found is Label.TITLE_MORE and self.now:
                self.now.titles.append(item)
                self.now.card.arxiv = item.arxiv or self.now.card.arxiv
            elif found in (Label.ABSTRACT, Label.ABSTRACT_MORE, Label.PARAGRAPH):
                if found is Label.ABSTRACT:
                    orphan = self.now is None or self.closed
                    if orphan:
                        self._skip(item.line, "an abstract without a title", item.text)
                if not orphan:
                    self._add_text(item, found, side)
            elif found is Label.STRAY:
                self._skip(item.line, "neither a title nor an abstract", item.text)
            else:
                self._add_label(item, side)
        self._close_counts(last=True)
        return self._finish(), self.skipped

    def _skip(self, line: int, reason: str, text: str) -> None:
        shown = " ".join(text[:400].split())
        shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1].rstrip() + "…"
        self.skipped.append(Skip(line, f"{reason}: {shown}"))

    def _open(self, item: PageItem) -> None:
        self._close_counts(last=False)
        between = self.between
        # The link of a title has the surest id.
        card = Card(item.line, arxiv=item.arxiv or between.arxiv, submitter=between.submitter)
        own = between.counts[-1 if between.submitted is None else between.submitted :]
        card.upvotes = own[0][0] if own else None
        self.now = _Open(card, [item])
        self.done.append(self.now)
        self.between = _Between()
        self.closed = False

    def _add_text(self, item: PageItem, found: Label, side: Side | None) -> None:
        if not self.now:
            return
        if found is Label.ABSTRACT_MORE and self.now.paragraphs:
            self.now.paragraphs[-1].append(item)
        else:
            self.now.paragraphs.append([item])
        self.now.card.addresses += [link.address for link in item.links if is_own(link.address)]
        if item.role is Role.ADDRESS:
            self._add_loose(item, item.arxiv, side)
        elif any(not link.whole or len(link.text) * 2 >= len(item.text) for link in item.links):
            # The whole text is a link, or nearly; a link inside of it is to another paper.
            self.now.card.arxiv = self.now.card.arxiv or item.arxiv

    def _add_label(self, item: PageItem, side: Side | None) -> None:
        """Give a label, a count or a link to the card above it or, if it is that one's, to the next."""
        role = item.role
        if role in (Role.COUNT, Role.DASH):
            self._add_count(item)
        elif role is Role.SUBMITTED:
            self.closed = True
            self.between.submitted = len(self.between.counts)
            self.between.submitter = submitter_of(item)
        elif role is Role.NAME:
            self.between.submitter = submitter_of(item)
        elif role is Role.ADDRESS or item.links:
            self._add_address(item, side)
        elif role is Role.IDENTIFIER:
            self._add_loose(item, arxiv_id(item.bare), side)
        if self.now and role in (Role.DATE, Role.AUTHORS, Role.ORGANIZATION, Role.DOT):
            self.closed = True
            if self.between.submitted is None:
                # Numbers above the date are the authors' pictures.
                self.between.counts.clear()
        if self.now:
            _describe(self.now.card, item)

    def _add_loose(self, item: PageItem, arxiv: str, side: Side | None) -> None:
        """Record an id on a line of its own; whose it is, the whole page decides."""
        if arxiv:
            inside = self.now.inside if self.now and not self.now.paragraphs else self.loose
            inside.append(LooseId(item.line, arxiv, len(self.done), side))

    def _add_count(self, item: PageItem) -> None:
        if item.role is Role.DASH and self.trending:
            return
        if self.now and _is_of_comments(item):
            self.now.card.comments = item.number
            return
        self.between.counts.append((item.number or 0, item))
        self.between.arxiv = self.between.arxiv or item.arxiv

    def _add_address(self, item: PageItem, side: Side | None) -> None:
        arxiv, of_comments = item.arxiv, _is_of_comments(item)
        community = of_comments or _COMMUNITY_LINK in item.text
        if community and self.now and self.between.counts and item.role is Role.ADDRESS:
            # The number's link in a paragraph of its own.
            self.now.card.comments = self.between.counts.pop()[0]
        elif arxiv and self.now and (of_comments or item.role in (Role.CHROME, Role.GITHUB, Role.UPVOTE)):
            # These links end a card, `login?next=…` doesn't.
            self.now.card.arxiv = self.now.card.arxiv or arxiv
        elif arxiv and self.now and self.closed and is_site(item.links[0].address):
            # The site's cards begin with the link.
            self.between.arxiv = self.between.arxiv or arxiv
        else:
            self._add_loose(item, arxiv, side)

    def _close_counts(self, *, last: bool) -> None:
        """Give the card above its comments: the first of two numbers, or of those before `Submitted by`."""
        if not self.now or self.trending:
            return
        counts, submitted = self.between.counts, self.between.submitted
        above = counts[: len(counts) - (not last) if submitted is None else submitted]
        if above and self.now.card.comments is None and above[0][1].role is Role.COUNT:
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
            if text or self.lone or _is_alone(one, style):
                cards.append(card)
            else:
                self._skip(card.line, "neither a title nor an abstract", card.title)
        return cards

    def _identify_all(self, style: _Style) -> None:
        """Give the cards their titles, and the ids in them, below them, or on the page's usual side."""
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
    """How a page writes its list."""

    numbered: bool  # titles have the list's numbers
    titled: bool  # titles begin `Title:`
    abstracted: bool  # abstracts begin `Abstract:`
    marked: bool  # titles are headings or links, all of them

    def title(self, item: PageItem) -> str:
        """Return a title's first line without what belongs to the list."""
        kept = (item.mark.isdigit() and not self.numbered) or (item.label == "title" and not self.titled)
        return item.text if kept or item.label == "abstract" else item.bare

    def abstract(self, item: PageItem) -> str:
        """Return an abstract's first line without what belongs to the list."""
        kept = item.mark.isdigit() or (item.label == "abstract" and not self.abstracted)
        return item.text if kept or item.label == "title" else item.bare


def _style(done: Sequence[_Open]) -> _Style:
    full = [one for one in done if one.paragraphs]
    firsts = [one.titles[0] for one in done]
    return _Style(
        numbered=_is_numbered(firsts),
        titled=sum(item.label == "title" for item in firsts) * 2 >= len(firsts),
        abstracted=sum(one.paragraphs[0][0].label == "abstract" for one in full) * 2 >= len(full),
        marked=len(full) > 2 and all(one.titles[0].heading or one.titles[0].arxiv for one in full),
    )


def _describe(card: Card, item: PageItem) -> None:
    """Set what a labelled line says of the card above it."""
    if item.role is Role.DATE:
        card.published = card.published or item.day
        card.comments = item.number if card.comments is None else card.comments
    elif item.role is Role.ORGANIZATION:
        card.organization = card.organization or item.bare
    elif item.role is Role.UPVOTE:
        card.upvotes = item.number if card.upvotes is None else card.upvotes
    elif item.role is Role.GITHUB:
        card.stars = item.number if card.stars is None else card.stars
    elif item.role is Role.BYLINE:
        card.authors = card.authors or byline_of(item.bare).split(",")
    card.add_links(item)


def _is_of_comments(item: PageItem) -> bool:
    return any(_COMMUNITY_LINK in link.address for link in item.links)


def _sides(items: Sequence[PageItem]) -> list[Side | None]:
    """Return for each item on which side no blank line parts it from the next line; None for both or neither."""
    above, below = [False] * len(items), [False] * len(items)
    for at in range(1, len(items)):
        above[at] = above[at - 1] if items[at].line == items[at - 1].line else not items[at].blank
    for at in range(len(items) - 2, -1, -1):
        below[at] = below[at + 1] if items[at].line == items[at + 1].line else not items[at + 1].blank
    return [None if up == down else Side.ABOVE if up else Side.BELOW for up, down in zip(above, below, strict=True)]


def _is_summary(text: str) -> bool:
    """Return whether a card's text is the site's short summary: one sentence or two, never in the first person.

    The longest of those of 91 papers had 313 characters; the shortest abstracts begin at twice that.
    """
    return len(text) <= _SUMMARY_LENGTH and not {"we", "We", "our", "Our"} & set(text.replace(",", " ").split())


def _is_numbered(titles: Sequence[PageItem]) -> bool:
    """Return whether titles have the numbers of a list: most of them, each higher than the one before."""
    numbers = [int(title.mark) for title in titles if title.mark.isdigit()]
    if not numbers or len(numbers) * 2 < len(titles):
        return False
    rising = sum(1 for a, b in pairwise(numbers) if b == a + 1)
    return rising * 10 >= (len(numbers) - 1) * 7 and (len(numbers) > 1 or numbers[0] <= 1)


def _is_alone(one: _Open, style: _Style) -> bool:
    """Return whether a title without an abstract is plausibly a paper's."""
    first, card = one.titles[0], one.card
    if card.arxiv or card.upvotes is not None or card.submitter or card.published:
        return True
    if first.role is not Role.TEXT or (style.marked and not first.heading):
        return False
    return len(card.title.split()) >= _LONE_WORDS or width(card.title) >= _LONE_WIDTH


def split_title(title: str, known: str = "") -> tuple[str, str]:
    """Return a title without the arXiv id written beside it, and that id: `[2401.12345] Title`; empty if none.

    The id its link names, `known`, may be before the title without brackets.
    """
    if known and title.startswith(f"{known} "):
        return title.removeprefix(known).lstrip(" :|–—-") or title, known
    found, rest = _LEADING.match(title[:_LONGEST]), ""
    if found and (arxiv := arxiv_id(found[1] or found[2])):
        rest = title[found.end() :]
    else:
        found = _TRAILING.search(title, max(len(title) - _LONGEST, 0))
        arxiv = arxiv_id(found[1] or found[2]) if found else ""
        rest = title[: found.start()].rstrip(" ,:|–—-") if found and arxiv else ""
    return (rest, arxiv) if any(map(str.isalpha, rest)) else (title, "")


def assign(loose: Sequence[LooseId], cards: Sequence[Card]) -> list[Skip]:
    """Give each loose id to the paper it belongs to; return a note for each that could be either neighbour's.

    A page writes its ids on one side of the titles throughout, so the side is learned once, for all of them.
    """
    owned = {card.arxiv for card in cards if card.arxiv}
    between: dict[int, set[str]] = defaultdict(set)
    for one in loose:
        between[one.titles].add(one.arxiv)
    loose = [one for one in loose if len(between[one.titles]) <= _NEIGHBOURS]
    habit, clear = _habit(loose, cards)
    found: dict[int, str] = {}
    skipped: list[Skip] = []
    for one in loose:
        side = habit or (one.side if clear else None)
        at = one.titles - (side is Side.ABOVE)
        if one.arxiv in owned:
            continue
        if side is None:
            skipped.append(Skip(one.line, f"an arXiv id that may be of the paper above or below: {one.arxiv}"))
        elif 0 <= at < len(cards) and not cards[at].arxiv and (side is Side.BELOW or at not in found):
            # The nearest to the title.
            found[at] = one.arxiv
    named: dict[str, set[str]] = defaultdict(set)
    for at, arxiv in found.items():
        named[arxiv].add(fingerprint(cards[at].title))
    for at, arxiv in found.items():
        # An id of two papers is neither's, the page's own address perhaps.
        if len(named[arxiv]) == 1:
            cards[at].arxiv = arxiv
    return skipped


def _habit(loose: Sequence[LooseId], cards: Sequence[Card]) -> tuple[Side | None, bool]:
    """Return the side of the page's titles, None if it is not known, and whether each id's own side may be trusted.

    The surest evidence comes first: ids that a title names too, then blank lines, then the first and the last title.
    """
    neighbours = [
        (side, at, one)
        for one in loose
        for side, at in ((Side.ABOVE, one.titles - 1), (Side.BELOW, one.titles))
        if 0 <= at < len(cards)
    ]
    known = {side for side, at, one in neighbours if cards[at].arxiv == one.arxiv}
    sides = {one.side for one in loose if one.side}
    for found in (known, sides):
        if len(found) == 1:
            return found.pop(), True
    first = any(one.titles == 0 for one in loose)
    last = any(one.titles == len(cards) for one in loose)
    if sides or first == last:
        return None, bool(sides)
    return (Side.BELOW if first else Side.ABOVE), False
