"""How good the order by match would have been on the user's own stars, each judged by what was decided before it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct

from readlist.library.decisions import Decided, Decisions
from readlist.library.library import Library
from readlist.library.rows import Entry
from readlist.match import Features, Model, count
from readlist.shelf.paper_terms import terms_of

JUDGED = 40
"""The most stars that are judged: the last ones."""

_EARLIER = 3
"""Stars that must come before one that is judged."""

_LEARNED_FROM, _CONTRAST, _REMOVED = 100, 250, 3
_DAY = 10
"""Papers a day must have, to have a tenth."""

_LISTED = 300
_CHUNK = 100


class Hindsight(Struct, frozen=True):
    """Where the last stars were among the papers of their day.

    Attributes:
        stars: how many were judged.
        best: how many of them were in the best tenth of their day, by the match of what was starred before.
        by_upvotes: how many would have been in the best tenth by today's upvotes.
        by_chance: how many can be expected there in an order by chance.
    """

    stars: int = 0
    best: int = 0
    by_upvotes: int = 0
    by_chance: float = 0.0


def hindsight(library: Library, progress: Callable[[int, int], None] = lambda done, total: None) -> Hindsight:
    """Judge the last stars.

    A model is learned for each from what had been decided when it was starred, and ranks the papers of its day that
    were not starred yet. Temporal, never random: what came later is not known to the model. Takes some 100 ms a star.

    Args:
        library: the library.
        progress: called after each star with how many are done, and of how many.
    """
    return _Judge(library).judged(progress)


class _Judge:
    """Keeps what was read of papers while stars are judged."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._decisions = Decisions(library.connections)
        self._terms: dict[int, Features] = {}
        self._stars = self._decisions.stars()
        self._read, self._removed = self._decisions.read(), self._decisions.removed()
        self._times = [star.when for star in self._stars]

    def judged(self, progress: Callable[[int, int], None]) -> Hindsight:
        some = [star for star in self._stars if bisect_left(self._times, star.when) >= _EARLIER][-JUDGED:]
        stars = best = by_upvotes = 0
        by_chance = 0.0
        for done, star in enumerate(some, 1):
            if (rivals := self._rivals(star)) is not None:
                entry, others = rivals
                tenth = (len(others) + 1) // 10
                model = self._model(star)
                stars += 1
                best += _place(map(model.score, self._terms_of([entry, *others]))) <= tenth
                by_upvotes += _place(each.upvotes or 0 for each in (entry, *others)) <= tenth
                by_chance += tenth / (len(others) + 1)
            progress(done, len(some))
        return Hindsight(stars, best, by_upvotes, by_chance)

    def _rivals(self, star: Decided) -> tuple[Entry, list[Entry]] | None:
        """Return a star, and the papers of its day that were not starred before it; None if these are too few."""
        entry = next(iter(self._library.papers([star.id])), None)
        if entry is None or entry.day is None:
            return None
        before = {each.id for each in self._stars[: bisect_left(self._times, star.when)]}
        others = [each for each in self._of_day(entry.day) if each.id not in before and each.id != star.id]
        # Papers without an abstract are ranked among themselves.
        others = [each for each in others if bool(each.paper.abstract) == bool(entry.paper.abstract)]
        return (entry, others) if len(others) + 1 >= _DAY else None

    def _of_day(self, day: date) -> list[Entry]:
        ids = self._decisions.listed(day)
        return self._library.papers(ids[:: -(-len(ids) // _LISTED)] if ids else [])

    def _model(self, star: Decided) -> Model:
        """Return the model of what had been decided before a star."""
        before = self._stars[: bisect_left(self._times, star.when)][-_LEARNED_FROM:]
        known = {each.id for each in before}
        read = [each.id for each in self._read if each.when < star.when][-_CONTRAST:]
        removed = [each.id for each in self._removed if each.when < star.when][-_CONTRAST:]
        decided = {*known, *read, *removed}
        others = [number for number in self._decisions.sample(_moment(star.when)) if number not in decided]
        others = others[:: -(-len(others) // _CONTRAST)] if others else []
        contrast = [features.terms for features in self._known([*read, *others])]
        unwanted = [features.terms for features in self._known(removed)]
        counts = count([*contrast, *unwanted], [*[1] * len(contrast), *[_REMOVED] * len(unwanted)])
        return Model(self._known([each.id for each in before]), counts)

    def _known(self, ids: Sequence[int]) -> list[Features]:
        missing = [number for number in ids if number not in self._terms]
        for start in range(0, len(missing), _CHUNK):
            for entry in self._library.papers(missing[start : start + _CHUNK]):
                self._terms[entry.id] = terms_of(entry)
        return [self._terms[number] for number in ids if number in self._terms]

    def _terms_of(self, entries: Iterable[Entry]) -> Iterator[Collection[str]]:
        """Yield the terms of papers; those of a day are not kept: all days together would take 100 MB."""
        for entry in entries:
            yield (self._terms.get(entry.id) or terms_of(entry)).terms


def _place(scores: Iterable[float]) -> float:
    """Return the place of the first of some scores among all, the highest first; the middle of equal ones."""
    own, *others = scores
    return 1 + sum(each > own for each in others) + sum(each == own for each in others) / 2


def _moment(when: str) -> datetime:
    return datetime.fromisoformat(when.replace("Z", "+00:00"))
