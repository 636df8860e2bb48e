"""Which lines of a list are titles, which abstracts: the most likely sequence of labels, found in one pass.

Each line is weighed as a title and as an abstract by its form (`Evidence`), each neighbourhood by what may follow
what: an abstract needs a title, a title seldom goes without an abstract, a second paragraph is rare, a date or a
navigation word is a title only where an abstract would otherwise have none. The best sequence is found by dynamic
programming (Viterbi), so that no line is decided before its neighbours. What marks titles on this
page (a heading level, a number, a count above) is then learned in a first round and weighed in a second.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from readlist.sources.page.page_item import TITLE_ENDS, PageItem, Role, is_site
from readlist.sources.page.score import (
    NAMED_TITLE,
    UNWRAPPED,
    abstractness,
    breaks,
    dangles,
    paragraph_bonus,
    tail_bonus,
    width,
)
from readlist.text.paragraph import begins_low, ends_sentence

_PROSE = {Role.TEXT, Role.ADDRESS}
_TRAITS = 12
_LIMIT = 4.5
_LIMIT_OF_ALL = 5.5
_LONG_PARAGRAPH = 300
_SPACED = 25


class Weights(NamedTuple):
    """The scores of one item."""

    title: float  # as the start of a title
    after_text: float  # on top of it where an abstract is open; positive if the text before has ended
    title_more: float  # as a further line of the title above
    abstract: float  # as the start of an abstract
    abstract_more: float  # as a further line of the paragraph above
    paragraph: float  # as a further paragraph of the abstract above
    stray: float  # as none of these


class Evidence:
    """The evidence for each item of a page, the labels of its neighbours aside."""

    def __init__(self, items: Sequence[PageItem]) -> None:
        self._sizes = [width(item.text) for item in items]
        self.breaks = breaks(items, self._sizes)
        self._low = [begins_low(item.text) for item in items]
        self._ends = [ends_sentence(item.text) for item in items]
        self._weights: list[Weights] = []
        self._traits: list[int] = []
        self._favour: dict[int, float] = {}
        self._second_lines = 0.0
        ahead = self._ahead(items)
        # Whether blank lines part the paragraphs, and are not just here and there.
        texts = [item.blank for item in items if item.role is Role.TEXT]
        self._spaced = sum(texts) > 2 and sum(texts) * _SPACED > len(texts)
        ended = True
        for at, item in enumerate(items):
            self._weights.append(self._weigh(items, at, ahead[at], ended=ended))
            self._traits.append(_traits(items, at))
            if item.role in _PROSE:
                # Anything else in between, such as a page number, doesn't end a sentence.
                ended = self._ends[at]

    def weights(self, at: int) -> Weights:
        """Return the scores of the item at a place."""
        weights = self._weights[at]
        if not self._favour:
            return weights
        title, after_text, title_more, *others = weights
        return Weights(title + self._favour[self._traits[at]], after_text, title_more + self._second_lines, *others)

    def learn(self, titles: Sequence[int], others: Sequence[int], second_lines: int) -> None:
        """Add to the evidence what the page's own titles have in common.

        Given are the places of titles with an abstract, of text in abstracts, and how many titles have second lines.
        """
        self._second_lines = max(-_LIMIT, min(0.0, math.log((second_lines + 0.5) / (len(titles) + 1))))
        in_titles, in_others = self._shares(titles), self._shares(others)
        # Where one line in twenty is a title, the others' evidence weighs more.
        rarity = min(0.0, math.log(len(titles) / max(len(others), 1)) * 0.75)
        for traits in set(self._traits):
            sum_of = 0.0
            for trait in range(_TRAITS):
                one, other = in_titles[trait], in_others[trait]
                ratio = math.log(one / other if traits >> trait & 1 else (1 - one) / (1 - other))
                sum_of += max(-_LIMIT, min(_LIMIT, ratio))
            self._favour[traits] = rarity + max(-_LIMIT_OF_ALL, min(_LIMIT_OF_ALL, sum_of))

    def _shares(self, places: Sequence[int]) -> list[float]:
        """Return how many of the lines at these places have each trait: shares, never quite 0 or 1."""
        found = Counter(self._traits[at] for at in places).items()
        counts = [sum(lines for traits, lines in found if traits >> trait & 1) for trait in range(_TRAITS)]
        return [(count + 0.5) / (len(places) + 1) for count in counts]

    def _ahead(self, items: Sequence[PageItem]) -> list[int]:
        """Return how many characters there are from each line to the end of its paragraph, by how lines wrap."""
        ahead, sizes = [0] * len(items), self._sizes
        size = 0
        for at in range(len(items) - 1, -1, -1):
            ahead[at] = size = size + sizes[at]
            # Whether the line goes on with the paragraph of the line before.
            inside = at and not items[at].blank and items[at].role in _PROSE
            size = size if inside and self.breaks[at] < self._low[at] - 0.7 * self._ends[at - 1] else 0
        return ahead

    def _weigh(self, items: Sequence[PageItem], at: int, ahead: int, *, ended: bool) -> Weights:
        item, size, before = items[at], self._sizes[at], self._sizes[at - 1] if at else 0
        after_text = 0.5 if ended else -0.5 if item.blank else -2.5
        if item.role is not Role.TEXT:
            return Weights(0.0, after_text, 0.0, 0.0, 0.0, 0.0, 0.0)
        last = at + 1 == len(items) or self.breaks[at + 1] > 0
        bare = item.bare
        leaning = abstractness(bare, size if bare == item.text else width(bare), ends=last) / 2
        title, abstract = _marked(item, leaning, size, ahead)
        broken, low = self.breaks[at] / 2, self._low[at]
        dangling = 3.0 if at and dangles(items[at - 1].text) else 0.0
        title_more = dangling - leaning - broken - max(broken - 0.5, 0.0) - 0.5 + low
        title_more -= 2.0 * bool(NAMED_TITLE.match(item.text)) + (4.0 if item.blank or item.heading else 0.0)
        tail = tail_bonus(item.text)
        flows = (-1.5 if ended else 1.5) + (1.5 if low else -0.5)
        # Few titles of two lines have more than 140 characters.
        title_more -= 4.0 if size + before > 180 else 1.5 if size + before > 145 else 0.0
        inside = 1.5 if self._spaced and not item.blank else 0.0
        return Weights(
            title=title + broken - 0.7 * low - tail / 2 - inside,
            after_text=after_text,
            title_more=title_more,
            abstract=abstract + broken + paragraph_bonus(ahead) - 0.7 * low - inside,
            abstract_more=abstract - broken + dangling + flows * (1.0 if item.blank else 0.5),
            paragraph=abstract + broken + paragraph_bonus(ahead) / 3 - (2.5 if ended else 3.5) + tail,
            stray=-3.0 - min(ahead, 600) / 150,
        )


def _marked(item: PageItem, leaning: float, size: int, ahead: int) -> tuple[float, float]:
    """Return the scores as title and as abstract, with what the line's own marks say."""
    title, abstract = -leaning, leaning
    if ahead > _LONG_PARAGRAPH and size <= UNWRAPPED:
        title -= 1.0
    if item.heading:
        title, abstract = title + 4.0, abstract - 3.0
    if item.bold:
        title, abstract = title + 2.0, abstract - 1.0
    if item.mark.isdigit():
        title += 1.0
    if item.label:
        sign = 1 if item.label == "title" else -1
        title, abstract = title + 6.0 * sign, abstract - 6.0 * sign
    if item.links and item.arxiv and item.links[0].whole and ahead <= UNWRAPPED:
        title += 3.0
    return title, abstract


def _traits(items: Sequence[PageItem], at: int) -> int:
    """Return, as bits, what may mark a title on a page."""
    item = items[at]
    before = items[at - 1].role if at else None
    traits = 1 << (item.heading - 1) if item.heading else 0
    traits |= 64 * item.blank | 128 * item.bold | 256 * item.mark.isdigit() | 512 * (item.mark == "-")
    traits |= 1024 * (before in (Role.COUNT, Role.DASH)) | 2048 * bool(item.links and item.arxiv)
    return traits


class Label(IntEnum):
    """What an item is on its page."""

    OTHER = 0  # a label, a count, the site's furniture
    TITLE = 1
    TITLE_MORE = 2
    ABSTRACT = 3
    ABSTRACT_MORE = 4
    PARAGRAPH = 5  # a further paragraph of the abstract
    STRAY = 6  # text that fits nowhere


class Habits(NamedTuple):
    """What a kind of page leads one to expect: the costs of some sequences of labels."""

    lone_title: float  # a title without an abstract
    next_title: float = 3.5  # a title that follows another at once
    abstract: float = 0.0  # any abstract


SEARCH = Habits(lone_title=3.5)
DAY = Habits(lone_title=0.0, abstract=4.0)
TRENDING = Habits(lone_title=2.0)

PROSE = frozenset((Label.ABSTRACT, Label.ABSTRACT_MORE, Label.PARAGRAPH))
# What ends an abstract or goes on with it.
_LENGTHENING = frozenset((Label.TITLE, Label.ABSTRACT_MORE, Label.PARAGRAPH))

# States: nothing open; a title is due; in a title; a title is open; in an abstract; an abstract is open.
_CLOSED, _DUE, _TITLE, _TITLED, _ABSTRACT, _OPEN = range(6)
_STATES = 6
_NEVER = -1e18

# The ways of a line of text into a title, and into an abstract: the state before, in three bits its label.
_TITLE_STEPS = (
    _CLOSED << 3 | Label.TITLE, _DUE << 3 | Label.TITLE, _ABSTRACT << 3 | Label.TITLE, _OPEN << 3 | Label.TITLE,
    _TITLE << 3 | Label.TITLE, _TITLED << 3 | Label.TITLE, _TITLE << 3 | Label.TITLE_MORE,
)  # fmt: skip
_ABSTRACT_STEPS = (
    _TITLE << 3 | Label.ABSTRACT, _TITLED << 3 | Label.ABSTRACT, _CLOSED << 3 | Label.ABSTRACT,
    _DUE << 3 | Label.ABSTRACT, _ABSTRACT << 3 | Label.ABSTRACT_MORE, _OPEN << 3 | Label.ABSTRACT_MORE,
    _ABSTRACT << 3 | Label.PARAGRAPH, _OPEN << 3 | Label.PARAGRAPH,
)  # fmt: skip

_CLOSING = {Role.DOT, Role.AUTHORS, Role.DATE, Role.ORGANIZATION, Role.UPVOTE, Role.GITHUB, Role.PAPER, Role.RANK}
_PARTING = {Role.RULE, Role.COMMUNITY}
# What looks like a label and may be a title all the same, and how unlikely that is.
_DISGUISED = {
    Role.CHROME: -5.0, Role.DATE: -4.0, Role.COUNT: -5.5, Role.ORGANIZATION: -2.0, Role.IDENTIFIER: -6.0,
    Role.CAPTURE: -3.0, Role.PAPER: -5.0, Role.ABSTRACT: -6.0, Role.AUTHORS: -6.0, Role.NAME: -3.0, Role.BYLINE: -3.0,
}  # fmt: skip
# What can't be a line of a wrapped abstract; any other label may have been a few words of one.
_APART = {Role.DOT, Role.DASH, Role.COMMUNITY, Role.RULE}
# What looks like a label and may be the last line of a wrapped title.
_WORDY = {Role.CHROME, Role.DATE, Role.COUNT}

# Shares of the usual length of an abstract, and the cost of ending one before each of them, then after.
_EARLY, _OF_EARLY = (0.25, 0.5, 0.7), (2.5, 1.5, 0.5, 0.0)
_USUAL = 1_000
# arXiv takes abstracts of up to 1,920 characters; what each line beyond costs.
_LONGEST = 2_000
_LATE_SHARE = 1.5
_LATE = 0.7
_LEARN_FROM = 4


def label(items: Sequence[PageItem], habits: Habits) -> list[Label]:
    """Return the label of each item: the most likely sequence for the whole page. Linear in their number."""
    evidence = Evidence(items)
    labels = _best(items, evidence, habits, _USUAL, 0.5)
    titles = [at for at, found in enumerate(labels) if found is Label.TITLE and _has_abstract(labels, at)]
    if len(titles) < _LEARN_FROM:
        return labels
    others = [at for at, found in enumerate(labels) if found in PROSE]
    evidence.learn(titles, others, labels.count(Label.TITLE_MORE))
    return _best(items, evidence, habits, _usual_length(items, labels), 1.0)


def _has_abstract(labels: Sequence[Label], at: int) -> bool:
    near = (found for found in labels[at + 1 : at + 8] if found in (Label.ABSTRACT, Label.TITLE))
    return next(near, None) is Label.ABSTRACT


def _usual_length(items: Sequence[PageItem], labels: Sequence[Label]) -> int:
    """Return the median length of the abstracts found, in characters."""
    lengths: list[int] = []
    for item, found in zip(items, labels, strict=True):
        if found is Label.ABSTRACT:
            lengths.append(len(item.text))
        elif found in PROSE and lengths:
            lengths[-1] += len(item.text)
    return max(sorted(lengths)[len(lengths) // 2], 1)


def _best(items: Sequence[PageItem], evidence: Evidence, habits: Habits, usual: int, trust: float) -> list[Label]:
    """Return the most likely labels, by dynamic programming over the states after each item.

    Its abstracts are usually `usual` characters long; `trust` says how much that length counts.
    """
    scores = [0.0] + [_NEVER] * (_STATES - 1)
    sizes = [0] * _STATES  # how long the abstract is that each state has open
    lengths = _Lengths(usual, trust)
    back: list[bytes] = []
    for at, item in enumerate(items):
        weights = evidence.weights(at)
        if item.role is Role.TEXT:
            scores, ways = _text_step(scores, weights, habits, lengths, sizes)
            sizes = [0, 0, 0, 0, sizes[ways[_ABSTRACT] >> 3] + len(item.text), sizes[ways[_OPEN] >> 3]]
            back.append(ways)
            continue
        # A date that ends a card, `· Dec 6`, is never a title.
        dotted = item.role is Role.DATE and at > 0 and items[at - 1].role is Role.DOT
        moves = _other_moves(item, weights, evidence.breaks[at], habits, dotted=dotted)
        new, row, new_sizes = [_NEVER] * _STATES, bytearray(_STATES), [0] * _STATES
        for before, after, found, score in moves:
            total = scores[before] + score
            size = sizes[before]
            if size and found in _LENGTHENING:
                total -= lengths.ending(size) if found is Label.TITLE else lengths.going_on(size)
            if total > new[after]:
                new[after] = total
                row[after] = before << 3 | found
                new_sizes[after] = size + len(item.text) if found in PROSE else size if after == _OPEN else 0
        scores, sizes = new, new_sizes
        back.append(bytes(row))
    for state in (_TITLE, _TITLED):
        # A page may be cut after a title.
        scores[state] -= habits.lone_title / 2
    state = max(range(_STATES), key=scores.__getitem__)
    labels = [Label.OTHER] * len(back)
    for at in range(len(back) - 1, -1, -1):
        step = back[at][state]
        labels[at] = Label(step & 7)
        state = step >> 3
    return labels


class _Lengths:
    """What it costs that an abstract is shorter or longer than the others of its page."""

    def __init__(self, usual: int, trust: float) -> None:
        self._early = [usual * share for share in _EARLY]
        self._of_early = [trust * cost for cost in _OF_EARLY]
        self._late, self._of_late = max(_LONGEST, usual * _LATE_SHARE), trust * _LATE

    def ending(self, size: int) -> float:
        """Return the cost of ending an abstract that is this long; 0 if there is no abstract."""
        return self._of_early[bisect_right(self._early, size)] if size else 0.0

    def going_on(self, size: int) -> float:
        """Return the cost of going on with an abstract that is this long already."""
        return self._of_late if size > self._late else 0.0


_Move = tuple[int, int, Label, float]


def _text_step(
    scores: Sequence[float], weights: Weights, habits: Habits, lengths: _Lengths, sizes: Sequence[int]
) -> tuple[list[float], bytes]:
    """Return the scores of the states after a line of text, and the best way into each.

    Args:
        scores: those of the states before it.
        weights: those of the line.
        habits: what the page leads one to expect.
        lengths: the cost of an abstract's length.
        sizes: how long the abstract is that each state before it has open.
    """
    closed, due, title, titled, abstract, opened = scores
    size, opened_size = sizes[_ABSTRACT], sizes[_OPEN]
    late, opened_late = lengths.going_on(size), lengths.going_on(opened_size)
    next_title, after_text = weights.title - habits.next_title, weights.title + weights.after_text
    titles = (
        closed + (weights.title + 0.5),
        due + (weights.title + 1.5),
        abstract + after_text - lengths.ending(size),
        opened + after_text - lengths.ending(opened_size),
        title + next_title,
        titled + next_title,
        title + weights.title_more,
    )
    begun = weights.abstract - habits.abstract
    more, paragraph = weights.abstract_more - habits.abstract, weights.paragraph - habits.abstract
    abstracts = (
        title + (begun + 1.0),
        titled + (begun + 1.0),
        closed + (begun - 9.0),
        due + (begun - 9.0),
        abstract + more - late,
        opened + (more - 1.0) - opened_late,
        abstract + paragraph - late,
        opened + (paragraph - 1.5) - opened_late,
    )
    stray = weights.stray
    best_title, best_abstract = max(titles), max(abstracts)
    step = bytes(
        (
            _CLOSED << 3 | Label.STRAY,
            _DUE << 3 | Label.STRAY,
            _TITLE_STEPS[titles.index(best_title)],
            (_TITLED if titled > title else _TITLE) << 3 | Label.STRAY,
            _ABSTRACT_STEPS[abstracts.index(best_abstract)],
            (_OPEN if opened > abstract else _ABSTRACT) << 3 | Label.STRAY,
        )
    )
    after = [closed + stray, due + stray, best_title, max(title, titled) + stray, best_abstract]
    return [*after, max(abstract, opened) + stray], step


def _other_moves(item: PageItem, weights: Weights, broken: float, habits: Habits, *, dotted: bool) -> list[_Move]:
    """Return what anything but text can be after each state."""
    role = item.role
    lone = -habits.lone_title
    if role in _CLOSING:
        costs = (0.0, -4.0, lone, lone, 0.0, 0.0)
        moves: list[_Move] = [(state, _CLOSED, Label.OTHER, costs[state]) for state in range(_STATES)]
    elif role in (Role.SUBMITTED, Role.NAME):
        costs = (0.0, 0.0, lone, lone, 0.0, 0.0)
        moves = [(state, _DUE, Label.OTHER, costs[state]) for state in range(_STATES)]
    else:
        opened = _CLOSED if role in _PARTING else _OPEN
        after = (_CLOSED, _DUE, _TITLED, _TITLED, opened, opened)
        moves = [(state, after[state], Label.OTHER, 0.0) for state in range(_STATES)]
    if role in _DISGUISED and not dotted:
        score = _DISGUISED[role] + broken / 2
        moves += [(state, _TITLE, Label.TITLE, score + 0.5) for state in (_CLOSED, _DUE, _ABSTRACT, _OPEN)]
        moves += [(state, _TITLE, Label.TITLE, score - habits.next_title) for state in (_TITLE, _TITLED)]
    if role not in _APART:
        moves.append((_ABSTRACT, _ABSTRACT, Label.ABSTRACT_MORE, _embedded(item, broken, ended=weights.after_text > 0)))
    if role in _WORDY and not item.blank:
        # `… Diffusion Language⏎Models`
        moves.append((_TITLE, _TITLE, Label.TITLE_MORE, (1.0 if item.text in TITLE_ENDS else -0.5) - broken))
    return moves


def _embedded(item: PageItem, broken: float, *, ended: bool) -> float:
    """Weigh a label-like line as part of the abstract above it: `is available at⏎https://…`."""
    if item.role is Role.ADDRESS:
        # In the middle of a sentence even the site's own addresses belong to the text: a collection, an account.
        flows = not (ended or item.blank or item.arxiv) and item.text.startswith("http")
        if (is_site(item.text) and not flows) or (item.blank and item.arxiv):
            return -4.0
        if item.arxiv:
            # More often the paper's own below its abstract, unless the text goes on after it.
            return -0.5
        return 2.0 if not ended else -0.5 - item.blank
    return -3.0 if ended or item.blank else -1.0 - broken
