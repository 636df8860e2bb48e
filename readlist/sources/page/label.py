"""Which lines of a list are titles, which abstracts: the most likely sequence of labels, found in one pass.

Each line is weighed as a title and as an abstract by its form (`evidence.py`), each neighbourhood by what may follow
what: an abstract needs a title, a title seldom goes without an abstract, a second paragraph is rare, a date or a
navigation word is a title only where an abstract would otherwise have none. The best sequence is found by dynamic
programming (Viterbi), so that no line is decided before its neighbours were heard. What marks titles on this
page (a heading level, a number, a count above) is then learned from the first reading and weighed in a second.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from readlist.sources.page.chrome import TITLE_ENDS
from readlist.sources.page.evidence import Evidence, Weights
from readlist.sources.page.form import Form, Item, is_site

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    """What a kind of page leads one to expect.

    Attributes:
        lone_title: cost of a title without an abstract.
        next_title: cost of a title that follows another at once.
        abstract: cost of any abstract.
    """

    lone_title: float
    next_title: float = 3.5
    abstract: float = 0.0


SEARCH = Habits(lone_title=3.5)
DAY = Habits(lone_title=0.0, abstract=4.0)
TRENDING = Habits(lone_title=2.0)

PROSE = frozenset((Label.ABSTRACT, Label.ABSTRACT_MORE, Label.PARAGRAPH))
_LONGER = frozenset((Label.ABSTRACT_MORE, Label.PARAGRAPH))

# States: nothing open; a title is due; in a title; a title is open; in an abstract; an abstract is open.
_CLOSED, _DUE, _TITLE, _TITLED, _ABSTRACT, _OPEN = range(6)
_STATES = 6
_NEVER = -1e18

# What a line of text can be after each state: state before, state after, label, which score, how much on top.
_TEXT_MOVES = (
    (_CLOSED, _TITLE, Label.TITLE, "title", 0.5),
    (_DUE, _TITLE, Label.TITLE, "title", 1.5),
    (_ABSTRACT, _TITLE, Label.TITLE, "title_after", 0.0),
    (_OPEN, _TITLE, Label.TITLE, "title_after", 0.0),
    (_TITLE, _TITLE, Label.TITLE, "lone", 0.0),
    (_TITLED, _TITLE, Label.TITLE, "lone", 0.0),
    (_TITLE, _TITLE, Label.TITLE_MORE, "title_more", 0.0),
    (_TITLE, _ABSTRACT, Label.ABSTRACT, "abstract", 1.0),
    (_TITLED, _ABSTRACT, Label.ABSTRACT, "abstract", 1.0),
    (_CLOSED, _ABSTRACT, Label.ABSTRACT, "abstract", -9.0),
    (_DUE, _ABSTRACT, Label.ABSTRACT, "abstract", -9.0),
    (_ABSTRACT, _ABSTRACT, Label.ABSTRACT_MORE, "abstract_more", 0.0),
    (_OPEN, _ABSTRACT, Label.ABSTRACT_MORE, "abstract_more", -1.0),
    (_ABSTRACT, _ABSTRACT, Label.PARAGRAPH, "paragraph", 0.0),
    (_OPEN, _ABSTRACT, Label.PARAGRAPH, "paragraph", -1.5),
    (_CLOSED, _CLOSED, Label.STRAY, "stray", 0.0),
    (_DUE, _DUE, Label.STRAY, "stray", 0.0),
    (_TITLE, _TITLED, Label.STRAY, "stray", 0.0),
    (_TITLED, _TITLED, Label.STRAY, "stray", 0.0),
    (_ABSTRACT, _OPEN, Label.STRAY, "stray", 0.0),
    (_OPEN, _OPEN, Label.STRAY, "stray", 0.0),
)
_SCORES = ("title", "title_after", "lone", "title_more", "abstract", "abstract_more", "paragraph", "stray")
_TEXT = tuple((before, after, found, _SCORES.index(score), top) for before, after, found, score, top in _TEXT_MOVES)

_CLOSING = {Form.DOT, Form.AUTHORS, Form.DATE, Form.ORGANIZATION, Form.UPVOTE, Form.GITHUB, Form.PAPER, Form.RANK}
_PARTING = {Form.RULE, Form.COMMUNITY}
# What looks like a label and may be a title all the same, and how unlikely that is.
_DISGUISED = {Form.CHROME: -5.0, Form.DATE: -4.0, Form.COUNT: -5.5, Form.ORGANIZATION: -2.0, Form.IDENTIFIER: -6.0}
_DISGUISED |= {
    Form.CAPTURE: -3.0,
    Form.PAPER: -5.0,
    Form.ABSTRACT: -6.0,
    Form.AUTHORS: -6.0,
    Form.NAME: -3.0,
    Form.BYLINE: -3.0,
}
# What can't be a line of a wrapped abstract; any other label may have been a few words of one.
_APART = {Form.DOT, Form.DASH, Form.COMMUNITY, Form.RULE}
# What looks like a label and may be the last line of a wrapped title.
_WORDY = {Form.CHROME, Form.DATE, Form.COUNT}

# Shares of the usual length of an abstract, and what speaks against ending one so early or going on so long.
_EARLY = ((0.25, 2.5), (0.5, 1.5), (0.7, 0.5))
_USUAL = 1_000
# arXiv takes abstracts of up to 1,920 characters; what each line beyond costs.
_LONGEST = 2_000
_LATE_SHARE = 1.5
_LATE = 0.7
_LEARN_FROM = 4


def label(items: Sequence[Item], habits: Habits) -> list[Label]:
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


def _usual_length(items: Sequence[Item], labels: Sequence[Label]) -> int:
    """Return the median length of the abstracts found, in characters."""
    lengths: list[int] = []
    for item, found in zip(items, labels, strict=True):
        if found is Label.ABSTRACT:
            lengths.append(len(item.text))
        elif found in PROSE and lengths:
            lengths[-1] += len(item.text)
    return max(sorted(lengths)[len(lengths) // 2], 1)


def _best(items: Sequence[Item], evidence: Evidence, habits: Habits, usual: int, trust: float) -> list[Label]:
    """Return the most likely labels, by dynamic programming over the states after each item.

    Args:
        items: what is labelled.
        evidence: what speaks for each.
        habits: what the kind of page leads one to expect.
        usual: how long its abstracts are, in characters.
        trust: how much that length counts.
    """
    scores = [0.0] + [_NEVER] * (_STATES - 1)
    sizes = [0] * _STATES  # how long the abstract is that each state has open
    early, late = usual * _EARLY[-1][0], max(_LONGEST, usual * _LATE_SHARE)
    back: list[bytes] = []
    for at, item in enumerate(items):
        weights = evidence.weights(at)
        if item.form is Form.TEXT:
            moves = _text_moves(weights, habits)
        else:
            # A date that ends a card, `· Dec 6`, is never a title.
            dotted = item.form is Form.DATE and at > 0 and items[at - 1].form is Form.DOT
            moves = _other_moves(item, weights, evidence.breaks[at], habits, dotted=dotted)
        new, row, lengths = [_NEVER] * _STATES, bytearray(_STATES), [0] * _STATES
        for before, after, found, score in moves:
            total = scores[before] + score
            size = sizes[before]
            if size and (size < early if found is Label.TITLE else size > late and found in _LONGER):
                total -= trust * _length_cost(found, size, usual)
            if total > new[after]:
                new[after] = total
                row[after] = before << 3 | found
                lengths[after] = size + len(item.text) if found in PROSE else size if after == _OPEN else 0
        scores, sizes = new, lengths
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


def _length_cost(found: Label, size: int, usual: int) -> float:
    """Return what speaks against ending an abstract after `size` characters, or against going on for so long."""
    if found is not Label.TITLE:
        return _LATE
    return next((cost for share, cost in _EARLY if size < usual * share), 0.0)


_Move = tuple[int, int, Label, float]


def _text_moves(weights: Weights, habits: Habits) -> list[_Move]:
    scores = (  # in the order of `_SCORES`
        weights.title,
        weights.title + weights.after_text,
        weights.title - habits.next_title,
        weights.title_more,
        weights.abstract - habits.abstract,
        weights.abstract_more - habits.abstract,
        weights.paragraph - habits.abstract,
        weights.stray,
    )
    return [(before, after, found, scores[score] + top) for before, after, found, score, top in _TEXT]


def _other_moves(item: Item, weights: Weights, broken: float, habits: Habits, *, dotted: bool) -> list[_Move]:
    """Return what anything but text can be after each state."""
    form = item.form
    lone = -habits.lone_title
    if form in _CLOSING:
        costs = (0.0, -4.0, lone, lone, 0.0, 0.0)
        moves: list[_Move] = [(state, _CLOSED, Label.OTHER, costs[state]) for state in range(_STATES)]
    elif form in (Form.SUBMITTED, Form.NAME):
        costs = (0.0, 0.0, lone, lone, 0.0, 0.0)
        moves = [(state, _DUE, Label.OTHER, costs[state]) for state in range(_STATES)]
    else:
        opened = _CLOSED if form in _PARTING else _OPEN
        after = (_CLOSED, _DUE, _TITLED, _TITLED, opened, opened)
        moves = [(state, after[state], Label.OTHER, 0.0) for state in range(_STATES)]
    if form in _DISGUISED and not dotted:
        score = _DISGUISED[form] + broken / 2
        moves += [(state, _TITLE, Label.TITLE, score + 0.5) for state in (_CLOSED, _DUE, _ABSTRACT, _OPEN)]
        moves += [(state, _TITLE, Label.TITLE, score - habits.next_title) for state in (_TITLE, _TITLED)]
    if form not in _APART:
        moves.append((_ABSTRACT, _ABSTRACT, Label.ABSTRACT_MORE, _embedded(item, broken, ended=weights.after_text > 0)))
    if form in _WORDY and not item.blank:
        # `… Diffusion Language⏎Models`
        moves.append((_TITLE, _TITLE, Label.TITLE_MORE, (1.0 if item.text in TITLE_ENDS else -0.5) - broken))
    return moves


def _embedded(item: Item, broken: float, *, ended: bool) -> float:
    """Weigh a label-like line as part of the abstract above it: `is available at⏎https://…`."""
    if item.form is Form.ADDRESS:
        # In the middle of a sentence even the site's own addresses belong to the text: a collection, an account.
        flows = not (ended or item.blank or item.arxiv) and item.text.startswith("http")
        if (is_site(item.text) and not flows) or (item.blank and item.arxiv):
            return -4.0
        if item.arxiv:
            # More often the paper's own below its abstract, unless the text goes on after it.
            return -0.5
        return 2.0 if not ended else -0.5 - item.blank
    return -3.0 if ended or item.blank else -1.0 - broken
