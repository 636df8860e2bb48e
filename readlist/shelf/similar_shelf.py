"""The papers of the library that are most like one of them."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from readlist.library.errors import LibraryError
from readlist.library.library import Library
from readlist.library.rows import Entry
from readlist.match import Frequencies, Likeness, count, shared
from readlist.model.fit import Because
from readlist.shelf.paper_terms import expressions, terms_of, written

NEAREST = 50
"""How many papers are like one."""

_LOOKED_AT = 200
_SAMPLE = 250
_KEPT = 8
"""Papers of which the nearest ones are kept, as a list is counted, grouped and shown in one go."""

_CHUNK = 100


class Neighbour(Struct, frozen=True):
    """A paper that is like another one.

    Attributes:
        id: of the paper.
        likeness: from 0 for nothing in common to 1 for the same words.
        words: at most three words or pairs of words that both have, the strongest first.
    """

    id: int
    likeness: float
    words: tuple[str, ...]


class SimilarShelf:
    """Finds papers that are like one. May be used from any thread; a paper takes some 100 ms, the first one more."""

    def __init__(self, library: Library) -> None:
        """Make it.

        Args:
            library: the library.
        """
        self._library = library
        self._guard = threading.Lock()
        self._changes = -1
        self._counts: Frequencies | None = None
        self._found: dict[int, tuple[Neighbour, ...]] = {}

    def nearest(self, entry: Entry) -> tuple[Neighbour, ...]:
        """Return the papers most like one, the nearest first, at most 50; without removed ones."""
        with self._guard:
            if (changes := self._library.connections.changes()) != self._changes:
                self._counts, self._found, self._changes = None, {}, changes
            if entry.id not in self._found:
                while len(self._found) >= _KEPT:
                    del self._found[next(iter(self._found))]
                self._found[entry.id] = self._neighbours(entry)
            return self._found[entry.id]

    def named(self, identifiers: Collection[str]) -> list[Entry]:
        """Return the papers of the library that some identifiers name, each once."""
        ids = self._library.ids_of(identifiers)
        numbers = (ids[name] for name in identifiers if name in ids)
        return self._library.papers(list(dict.fromkeys(numbers)))

    def reasons(self, entries: Sequence[Entry], identifiers: Collection[str]) -> Mapping[int, Because]:
        """Return which of some named papers each entry is like, and what both have, by the ids of the entries."""
        found: dict[int, tuple[float, Because]] = {}
        wanted = {entry.id: entry for entry in entries}
        for named in self.named(identifiers):
            for near in self.nearest(named):
                if near.id in wanted and near.likeness > found.get(near.id, (0.0,))[0]:
                    because = Because(((named.paper.key, named.paper.title),), near.words)
                    found[near.id] = near.likeness, because
        return {number: because for number, (_, because) in found.items()}

    def ids(self, identifiers: str) -> str:
        """Return the ids of the papers that are like any of some papers, for statements; the nearest first.

        Args:
            identifiers: a JSON list.

        Returns:
            A JSON list; empty if the library can't be read.
        """
        best: dict[int, float] = {}
        try:
            named = self.named(json.loads(identifiers))
            for entry in named:
                for near in self.nearest(entry):
                    best[near.id] = max(near.likeness, best.get(near.id, 0.0))
        except LibraryError:
            return "[]"
        asked = {entry.id for entry in named}
        return json.dumps(sorted(best.keys() - asked, key=lambda number: (-best[number], number)))

    def _neighbours(self, entry: Entry) -> tuple[Neighbour, ...]:
        likeness = Likeness(terms_of(entry), self._frequencies())
        ids = self._library.scores.best(expressions(likeness.weights), _LOOKED_AT + 1)
        found = []
        for other in self._library.papers([number for number in ids if number != entry.id]):
            parts = likeness.parts(terms_of(other))
            if (near := math.fsum(parts.values())) > 0:
                found.append((near, other, parts))
        found.sort(key=lambda each: (-each[0], each[1].id))
        return tuple(
            Neighbour(other.id, near, tuple(written(term, other) for term in shared(parts)))
            for near, other, parts in found[:NEAREST]
        )

    def _frequencies(self) -> Frequencies:
        """Return how many of some papers have each term."""
        if self._counts is None:
            ids = self._library.scores.sample(_SAMPLE)
            starts = range(0, len(ids), _CHUNK)
            papers = (entry for start in starts for entry in self._library.papers(ids[start : start + _CHUNK]))
            self._counts = count(terms_of(entry).terms for entry in papers)
        return self._counts
