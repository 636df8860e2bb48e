"""How well papers fit the user: learned from the marks and the library, kept as scores of all papers."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeAlias
from zlib import crc32

import msgspec

from readlist.library.library import Library
from readlist.library.rows import Entry
from readlist.library.scores import Examples, Scored
from readlist.match import Contribution, Features, Frequencies, Model, parts_of, reason_for
from readlist.model.fit import Because
from readlist.shelf.paper_terms import expressions, terms_of, written

if TYPE_CHECKING:
    from readlist.shelf.hindsight import Hindsight

Certainty = Literal["none", "guess", "unsure", "sure"]
Hashes: TypeAlias = "array[int]"
"""Of the terms of a paper: in this process, of 64 bits."""

_METHOD = 1
"""Of the model; another one replaces all scores."""

_SURE = 0.7
"""From this confidence on an order says something: 92 % of users with an interest have it, 18 % of those without."""

_GUESSES = 2
_JUDGES = 125
_REMOVED = 3
"""How many papers a removed one counts for against its words."""

_CHUNK = 100
_LATELY = 300
"""Papers of which the hashes of the terms are kept, beside those learned from."""


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
    """A model, with the papers it was learned from.

    Attributes:
        model: the model.
        weights: its weights by the hashes of their terms.
        stars: the ids of the stars.
        judges: hashes of the terms of some other papers, for its confidence.
        stamp: tells it from other models.
    """

    model: Model
    weights: Mapping[int, float]
    stars: tuple[int, ...]
    judges: Sequence[Hashes]
    stamp: str


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
        self._reliability: tuple[_Learned, Reliability] | None = None
        self._changes = -1
        self._examples: Examples | None = None
        self._stars: dict[int, Features] = {}
        self._hashes: dict[int, Hashes] = {}
        self._lately: dict[tuple[int, int], Hashes] = {}

    # Learning

    def learn(self) -> bool:
        """Learn from the marks as they are now; returns whether that gives other matches than before."""
        with self._guard:
            before = self._learned
            examples = self._library.scores.examples()
            if not self._forget() and before is not None and examples == self._examples:
                return False
            self._examples = examples
            stars = self._features(examples.stars)
            others = self._hashes_of((*examples.read, *examples.others, *examples.removed))
            model = Model(list(stars.values()), _frequencies(stars.values(), others, set(examples.removed)))
            weights = {hash(term): weight for term, weight in model.weights.items()}
            judges = _spread(list(others.values()), _JUDGES)
            self._learned = _Learned(model, weights, tuple(stars), judges, _stamp(model))
            return before is None or (before.stamp, before.stars) != (self._learned.stamp, self._learned.stars)

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
        ranked = self._library.scores.rank(weights, last if weights else 0, stop)
        return not stop() and self._library.scores.replace(learned.stamp, ranked, stop)

    def refresh(self) -> None:
        """Learn from the marks as they are now, and bring the scores of all papers up to that."""
        self.learn()
        self.score()

    def is_current(self) -> bool:
        """Return whether all papers have scores by what was learned last."""
        learned, state = self._present(), self._library.scores.state()
        if state.stamp != learned.stamp:
            return False
        scores = self._library.scores
        return not learned.model.weights or (state.last >= scores.examples().last and not scores.changed())

    def reliability(self) -> Reliability:
        """Return how far the order by match can be relied on; takes longer than to learn the first time."""
        learned = self._present()
        known = self._reliability
        if known is None or known[0] is not learned:
            self._reliability = known = learned, _reliability(learned)
        return known[1]

    def past(self, progress: Callable[[int, int], None] = lambda done, total: None) -> Hindsight:
        """Return how good the order by match would have been on the last stars; see `hindsight`."""
        from readlist.shelf.hindsight import hindsight

        return hindsight(self._library, progress)

    # Matches

    def of(self, entries: Sequence[Entry]) -> dict[int, int]:
        """Return the matches of some entries, 0 to 99, by their ids, by what was learned last; none before any scores.

        Where the scores of the library are not yet those, they are ranked among the library's earlier scores.
        """
        learned = self._present()
        state = self._library.scores.state()
        if not learned.model.weights or not state.last:
            return {}
        if state.stamp == learned.stamp:
            found = self._library.scores.of([entry.id for entry in entries])
            entries = [entry for entry in entries if entry.id not in found]
        else:
            found = {}
        return {**found, **{entry.id: match for entry, (match, _) in self._scored(learned, state, entries)}}

    def kept(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the matches of some papers, 0 to 99, by their ids, as the order of lists has them; learns nothing."""
        return self._library.scores.of(ids)

    def because(self, entry: Entry) -> Because:
        """Return why a paper has its match; empty if no word of the stars counts much."""
        learned = self._present()
        own = learned.stars.index(entry.id) if entry.id in learned.stars else None
        reason = reason_for(learned.model, terms_of(entry), own)
        if not reason.stars:
            return Because()
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
        """Score the papers added since all were scored, and those with another text."""
        changed = self._library.scores.changed()
        if not learned.model.weights or (last <= state.last and not changed):
            return False
        again = self._library.papers(sorted(changed))
        self._library.scores.add(
            state, {entry.id: score for entry, score in self._scored(learned, state, again)}, state.last, changed
        )
        ids = range(state.last + 1, last + 1)
        for start in range(0, len(ids), _CHUNK):
            entries = self._library.papers(ids[start : start + _CHUNK])
            scores = {entry.id: score for entry, score in self._scored(learned, state, entries)}
            upto = ids[min(start + _CHUNK, len(ids)) - 1]
            self._library.scores.add(state, scores, upto)
            state = msgspec.structs.replace(state, last=upto)
        return True

    def _scored(
        self, learned: _Learned, state: Scored, entries: Iterable[Entry]
    ) -> Iterable[tuple[Entry, tuple[int, float]]]:
        for entry in entries:
            weights, hashes = learned.weights, self._hashes_of_entry(entry)
            # The same as by the model, to the bit: the sum is exact.
            score = math.fsum(weights[term] for term in hashes if term in weights)
            yield entry, (state.match_of(score, has_abstract=bool(entry.paper.abstract)), score)

    # What was read of papers is kept, so that the next decision costs less: of stars their terms, of all others only
    # hashes of them, which take a tenth of the memory.

    def _forget(self) -> bool:
        """Forget what was read if papers have changed since; returns whether they have."""
        changes = self._library.connections.changes()
        has_changed = changes != self._changes
        if has_changed:
            self._stars, self._hashes, self._changes = {}, {}, changes
        return has_changed

    def _features(self, ids: Sequence[int]) -> dict[int, Features]:
        new = self._library.papers([number for number in ids if number not in self._stars])
        found = {**self._stars, **{entry.id: terms_of(entry) for entry in new}}
        self._stars = {number: found[number] for number in ids if number in found}
        return self._stars

    def _hashes_of(self, ids: Sequence[int]) -> dict[int, Hashes]:
        found = {number: self._hashes[number] for number in ids if number in self._hashes}
        missing = [number for number in ids if number not in found]
        for start in range(0, len(missing), _CHUNK):
            for entry in self._library.papers(missing[start : start + _CHUNK]):
                found[entry.id] = self._hashes_of_entry(entry)
        self._hashes = {number: found[number] for number in ids if number in found}
        return self._hashes

    def _hashes_of_entry(self, entry: Entry) -> Hashes:
        paper = entry.paper
        # Who asks may hold an earlier text of the paper.
        place = entry.id, hash((paper.title, paper.abstract, paper.authors, paper.organization))
        known = self._lately.get(place)
        if known is None:
            terms = terms_of(entry)
            known = array("q", map(hash, chain(terms.levels, terms.names)))
            if len(self._lately) >= _LATELY:
                self._lately = {}
            self._lately[place] = known
        return known


def _terms_by_hash(papers: Iterable[Features]) -> dict[int, str]:
    return {hash(term): term for paper in papers for term in chain(paper.levels, paper.names)}


def _frequencies(stars: Collection[Features], others: Mapping[int, Hashes], removed: Collection[int]) -> Frequencies:
    """Return how many other papers have each term of the stars; removed ones count for more than one."""
    known = _terms_by_hash(stars)
    papers = dict.fromkeys(known, 0)
    size = 0
    for number, hashes in others.items():
        weight = _REMOVED if number in removed else 1
        size += weight
        for term in hashes:
            if term in papers:
                papers[term] += weight
    return Frequencies({known[term]: number for term, number in papers.items() if number > 1}, size)


def _reliability(learned: _Learned) -> Reliability:
    stars = len(learned.stars)
    if stars <= _GUESSES:
        return Reliability("guess" if stars else "none", stars)
    known = _terms_by_hash(learned.model.stars)
    judges = [{known[term] for term in hashes if term in known} for hashes in learned.judges]
    confidence = learned.model.confidence(judges)
    return Reliability("sure" if confidence >= _SURE else "unsure", stars, confidence)


def _spread(papers: Sequence[Hashes], most: int) -> Sequence[Hashes]:
    """Return some of the papers, at equal distances."""
    count = min(len(papers), most)
    return [papers[place * len(papers) // count] for place in range(count)]


def _stamp(model: Model) -> str:
    """Return what tells models apart: two with the same weights give the same scores."""
    weights: Mapping[str, float] = model.weights
    # `hashlib` would load OpenSSL, which takes more memory than all that is learned.
    return f"{crc32(repr((_METHOD, sorted(weights.items()))).encode()):08x}"
