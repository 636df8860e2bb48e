"""How well papers fit the user: learned from the marks and the library, kept as scores of all papers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from sys import intern
from typing import Literal

import msgspec

from readlist.library.library import Library
from readlist.library.rows import Entry
from readlist.library.scores import Examples, Scored
from readlist.match import Contribution, Features, Model, count, parts_of, reason_for
from readlist.model.fit import Because
from readlist.shelf.paper_terms import expressions, terms_of, written

Certainty = Literal["none", "guess", "unsure", "sure"]

_METHOD = 1
"""Of the model; another one replaces all scores."""

_SURE = 0.7
"""From this confidence on an order says something: 92 % of users with an interest have it, 18 % of those without."""

_GUESSES = 2
_JUDGES = 125
_REMOVED = 3
"""How many papers a removed one counts for against its words."""

_CHUNK = 100


class Reliability(msgspec.Struct, frozen=True):
    """How far the order by match can be relied on.

    Attributes:
        certainty: `none` without stars, `guess` from one or two, `unsure` where stars have little in common, or `sure`.
        stars: how many papers were learned from.
        confidence: how far stars are above other papers, each judged by the others; 0.5 is chance, 1 the most.
    """

    certainty: Certainty = "none"
    stars: int = 0
    confidence: float = 0.5


class _Learned(msgspec.Struct, frozen=True):
    """A model, with the papers it was learned from and how far it can be relied on."""

    model: Model
    stars: tuple[int, ...]
    stamp: str
    reliability: Reliability


class MatchShelf:
    """Learns what fits the user, and scores papers. May be used from any thread."""

    def __init__(self, library: Library) -> None:
        """Make it; nothing is learned before it is asked for.

        Args:
            library: the library.
        """
        self._library = library
        self._guard = threading.Lock()
        self._learned: _Learned | None = None
        self._changes = -1
        self._stars: dict[int, Features] = {}
        self._terms: dict[int, tuple[str, ...]] = {}

    # Learning

    def learn(self) -> Reliability:
        """Learn from the marks as they are now; returns how far the result can be relied on."""
        with self._guard:
            examples = self._library.scores.examples()
            self._forget(examples)
            stars = self._features(examples.stars)
            others = self._terms_of([*examples.read, *examples.others])
            removed = self._terms_of(examples.removed)
            counts = count([*others, *removed], [*[1] * len(others), *[_REMOVED] * len(removed)])
            model = Model(list(stars.values()), counts)
            reliability = _reliability(model, [*others, *removed])
            self._learned = _Learned(model, tuple(stars), _stamp(model), reliability)
            return reliability

    def score(self, stop: Callable[[], bool] = lambda: False) -> bool:
        """Write the scores of all papers by what was learned, if they are others; returns whether any changed.

        Args:
            stop: called often; if it returns True, the scores stay as they were.
        """
        learned = self._present()
        state = self._library.scores.state()
        last = self._library.scores.examples().last
        if state.stamp == learned.stamp:
            return self._score_new(learned, state, last)
        # Without weights no paper has a score, and all are in feed order.
        weights = expressions(learned.model.weights)
        ranked = self._library.scores.rank(weights, last if weights else 0)
        return not stop() and self._library.scores.replace(learned.stamp, ranked, stop)

    def refresh(self) -> None:
        """Learn from the marks as they are now, and bring the scores of all papers up to that."""
        self.learn()
        self.score()

    def is_current(self) -> bool:
        """Return whether all papers have scores by what was learned last."""
        learned, state = self._present(), self._library.scores.state()
        is_scored = not learned.model.weights or state.last >= self._library.scores.examples().last
        return state.stamp == learned.stamp and is_scored

    def reliability(self) -> Reliability:
        """Return how far the order by match can be relied on."""
        return self._present().reliability

    # Matches

    def of(self, entries: Sequence[Entry]) -> dict[int, int]:
        """Return the matches of some entries, 0 to 99, by their ids, by what was learned last.

        Where the scores of the library are not yet those, they are ranked among the library's earlier scores.
        """
        learned = self._present()
        if not learned.model.weights:
            return {}
        state = self._library.scores.state()
        if state.stamp == learned.stamp:
            found = self._library.scores.of([entry.id for entry in entries])
            entries = [entry for entry in entries if entry.id not in found]
        else:
            found = {}
        return {**found, **{entry.id: match for entry, (match, _) in self._scored(learned, state, entries)}}

    def because(self, entry: Entry) -> Because:
        """Return why a paper has its match; empty if nothing of the stars carries it."""
        learned = self._present()
        reason = reason_for(learned.model, terms_of(entry))
        stars = self._library.papers([learned.stars[place] for place in reason.stars])
        return Because(
            tuple((star.paper.key, star.paper.title) for star in stars),
            tuple(written(term, entry) for term in reason.terms),
        )

    def parts(self, entry: Entry) -> list[tuple[Contribution, str]]:
        """Return what every word of a paper adds to its score, each with the key of the star it comes from, or ''."""
        learned = self._present()
        parts = parts_of(learned.model, terms_of(entry))
        keys = {star.id: star.paper.key for star in self._library.papers(learned.stars)}
        return [(part, keys.get(learned.stars[part.star], "") if part.star is not None else "") for part in parts]

    def _present(self) -> _Learned:
        if self._learned is None:
            self.learn()
        assert self._learned is not None
        return self._learned

    def _score_new(self, learned: _Learned, state: Scored, last: int) -> bool:
        """Score the papers added since all were scored."""
        if last <= state.last or not learned.model.weights:
            return False
        ids = range(state.last + 1, last + 1)
        for start in range(0, len(ids), _CHUNK):
            entries = self._library.papers(ids[start : start + _CHUNK])
            scores = {entry.id: score for entry, score in self._scored(learned, state, entries)}
            upto = ids[min(start + _CHUNK, len(ids)) - 1]
            self._library.scores.add(state, scores, upto)
            state = msgspec.structs.replace(state, last=upto)
        return True

    @staticmethod
    def _scored(
        learned: _Learned, state: Scored, entries: Iterable[Entry]
    ) -> Iterable[tuple[Entry, tuple[int, float]]]:
        for entry in entries:
            score = learned.model.score(terms_of(entry).terms)
            yield entry, (state.match_of(score, has_abstract=bool(entry.paper.abstract)), score)

    # What was read of papers is kept, so that the next decision costs less.

    def _forget(self, examples: Examples) -> None:
        """Keep what is still needed, if no paper has changed."""
        changes = self._library.connections.changes()
        if changes != self._changes:
            self._stars, self._terms, self._changes = {}, {}, changes
            return
        kept = {*examples.read, *examples.others, *examples.removed}
        self._terms = {number: terms for number, terms in self._terms.items() if number in kept}

    def _features(self, ids: Sequence[int]) -> dict[int, Features]:
        new = self._library.papers([number for number in ids if number not in self._stars])
        found = {**self._stars, **{entry.id: terms_of(entry) for entry in new}}
        self._stars = {number: found[number] for number in ids if number in found}
        return self._stars

    def _terms_of(self, ids: Sequence[int]) -> list[Collection[str]]:
        missing = [number for number in ids if number not in self._terms]
        for start in range(0, len(missing), _CHUNK):
            for entry in self._library.papers(missing[start : start + _CHUNK]):
                # Words of different papers are the same objects.
                self._terms[entry.id] = tuple(map(intern, sorted(terms_of(entry).terms)))
        return [self._terms[number] for number in ids if number in self._terms]


def _reliability(model: Model, others: Sequence[Collection[str]]) -> Reliability:
    stars = len(model.stars)
    if stars <= _GUESSES:
        return Reliability("guess" if stars else "none", stars)
    step = max(1, len(others) // _JUDGES)
    confidence = model.confidence([set(other) for other in others[::step][:_JUDGES]])
    return Reliability("sure" if confidence >= _SURE else "unsure", stars, confidence)


def _stamp(model: Model) -> str:
    """Return what tells models apart: two with the same weights give the same scores."""
    weights: Mapping[str, float] = model.weights
    return blake2b(repr((_METHOD, sorted(weights.items()))).encode(), digest_size=16).hexdigest()
