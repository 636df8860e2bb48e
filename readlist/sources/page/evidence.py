"""What speaks for each line's being a title or part of an abstract: its form, its paragraph, the page's habits."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from readlist.sources.page.form import Form, Item
from readlist.sources.page.score import (
    UNWRAPPED,
    abstractness,
    breaks,
    dangles,
    names_itself,
    paragraph_bonus,
    tail_bonus,
    width,
)
from readlist.text.paragraph import begins_low, ends_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROSE = {Form.TEXT, Form.ADDRESS}
_TRAITS = 12
_LIMIT = 4.5
_LIMIT_OF_ALL = 5.5
_LONG_PARAGRAPH = 300
_SPACED = 25


class Weights(NamedTuple):
    """The scores of one item.

    Attributes:
        title: as the start of a title.
        after_text: on top of it where an abstract is open; positive if the text before has ended.
        title_more: as a further line of the title above.
        abstract: as the start of an abstract.
        abstract_more: as a further line of the paragraph above.
        paragraph: as a further paragraph of the abstract above.
        stray: as none of these.
    """

    title: float
    after_text: float
    title_more: float
    abstract: float
    abstract_more: float
    paragraph: float
    stray: float


class Evidence:
    """What speaks for each item of a page, the labels of its neighbours apart."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.breaks = breaks(items)
        self._low = [begins_low(item.text) for item in items]
        self._ends = [ends_sentence(item.text) for item in items]
        self._weights: list[Weights] = []
        self._traits: list[int] = []
        self._favour: dict[int, float] = {}
        self._second_lines = 0.0
        ahead = self._ahead(items)
        self._spaced = _is_spaced(items)
        ended = True
        for at, item in enumerate(items):
            self._weights.append(self._weigh(items, at, ahead[at], ended=ended))
            self._traits.append(_traits(items, at))
            if item.form in _PROSE:
                # What else may stand between, a page number say, doesn't end a sentence.
                ended = self._ends[at]

    def weights(self, at: int) -> Weights:
        """Return the scores of the item at a place."""
        weights = self._weights[at]
        if not self._favour:
            return weights
        title = weights.title + self._favour[self._traits[at]]
        return weights._replace(title=title, title_more=weights.title_more + self._second_lines)

    def learn(self, titles: Sequence[int], others: Sequence[int], second_lines: int) -> None:
        """Add to the evidence what the page's own titles have in common.

        Args:
            titles: places of lines read as titles with an abstract.
            others: places of lines read as text of abstracts.
            second_lines: how many lines were read as further lines of titles.
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

    def _ahead(self, items: Sequence[Item]) -> list[int]:
        """Return how many characters stand from each line to the end of its paragraph, as far as wraps tell."""
        ahead = [0] * (len(items) + 1)
        for at in range(len(items) - 1, -1, -1):
            follows = at + 1 < len(items) and self._follows(items, at + 1)
            ahead[at] = width(items[at].text) + (ahead[at + 1] if follows else 0)
        return ahead

    def _follows(self, items: Sequence[Item], at: int) -> bool:
        """Return whether a line most likely goes on with the paragraph of the line before."""
        if items[at].blank or items[at].form not in _PROSE:
            return False
        flows = 1.0 * self._low[at] - 0.7 * self._ends[at - 1]
        return self.breaks[at] < flows

    def _weigh(self, items: Sequence[Item], at: int, ahead: int, *, ended: bool) -> Weights:
        item = items[at]
        after_text = 0.5 if ended else -0.5 if item.blank else -2.5
        if item.form is not Form.TEXT:
            return Weights(0.0, after_text, 0.0, 0.0, 0.0, 0.0, 0.0)
        last = at + 1 == len(items) or self.breaks[at + 1] > 0
        leaning = abstractness(item.bare, ends=last) / 2
        title, abstract = _marked(item, leaning, ahead)
        broken, low = self.breaks[at] / 2, self._low[at]
        before = items[at - 1].text if at else ""
        dangling = 3.0 if before and dangles(before) else 0.0
        title_more = dangling - leaning - broken - max(broken - 0.5, 0.0) - 0.5 + low
        title_more -= 2.0 * names_itself(item.text) + (4.0 if item.blank or item.heading else 0.0)
        tail = tail_bonus(item.text)
        flows = (-1.5 if ended else 1.5) + (1.5 if low else -0.5)
        together = width(item.text) + width(before)
        # Few titles of two lines have more than 140 characters.
        title_more -= 4.0 if together > 180 else 1.5 if together > 145 else 0.0
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


def _is_spaced(items: Sequence[Item]) -> bool:
    """Return whether blank lines part the paragraphs of a page, and don't just stand here and there."""
    blanks = sum(1 for item in items if item.blank and item.form is Form.TEXT)
    return blanks > 2 and blanks * _SPACED > sum(1 for item in items if item.form is Form.TEXT)


def _marked(item: Item, leaning: float, ahead: int) -> tuple[float, float]:
    """Return the scores as title and as abstract, with what the line's own marks say."""
    title, abstract = -leaning, leaning
    if ahead > _LONG_PARAGRAPH and width(item.text) <= UNWRAPPED:
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
    if item.anchors and item.arxiv and item.anchors[0].whole and ahead <= UNWRAPPED:
        title += 3.0
    return title, abstract


def _traits(items: Sequence[Item], at: int) -> int:
    """Return, as bits, what may mark a title on a page."""
    item = items[at]
    before = items[at - 1].form if at else None
    traits = 1 << (item.heading - 1) if item.heading else 0
    traits |= 64 * item.blank | 128 * item.bold | 256 * item.mark.isdigit() | 512 * (item.mark == "-")
    traits |= 1024 * (before in (Form.COUNT, Form.DASH)) | 2048 * bool(item.anchors and item.arxiv)
    return traits
