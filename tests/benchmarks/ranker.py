"""What ranks a stream for a user: readlist through its own doors, and the yardsticks beside it."""

from __future__ import annotations

import heapq
import math
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Protocol

from readlist.library.library import Library
from readlist.match import Features
from readlist.model.mark import UNMARKED, Mark
from readlist.query import parse
from readlist.shelf.match_shelf import MatchShelf
from readlist.shelf.paper_terms import terms_of
from readlist.shelf.similar_shelf import SimilarShelf
from tests.benchmarks.daily_lists import Listed, keys, write_lists
from tests.benchmarks.simulated_user import History

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
_TERMS = 20
"""Of a search for what is like some papers."""

_SKETCH = Path(__file__).resolve().parents[3] / "shared" / "sketches" / "match.py"
_SPREAD = 250
"""Papers that the sketch compares stars with: of those read, and of all."""


def readlist(home: Path, *arguments: str) -> str:
    """Run readlist in a folder; returns what it prints."""
    environ = {**os.environ, "READLIST_HOME": str(home)}
    command = [sys.executable, "-m", "readlist", *arguments]
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout


class Stocked:
    """A library with the papers of a stream, imported on the command line.

    Attributes:
        papers: of the stream.
        library: its papers.
        match: what fits the marks.
        similar: what is like a paper.
        features: the terms of each paper, by place in the stream, as the search index has them.
    """

    def __init__(self, home: Path, papers: Sequence[Listed]) -> None:
        lists = home / "lists"
        write_lists(lists, papers)
        readlist(home, "import", str(lists))
        shutil.rmtree(lists)
        self.papers = papers
        self.library = Library(home / "library.db")
        self.keys = keys(papers)
        ids = self.library.ids_of(self.keys)
        self.ids = [ids[key] for key in self.keys]
        self._places = {number: place for place, number in enumerate(self.ids)}
        self.match = MatchShelf(self.library)
        self.similar = SimilarShelf(self.library)
        self.features: list[Features] = []
        for start in range(0, len(papers), 100):
            entries = {entry.id: entry for entry in self.library.papers(self.ids[start : start + 100])}
            self.features += [terms_of(entries[number]) for number in self.ids[start : start + 100]]

    def mark(self, history: History) -> None:
        """Mark papers as a user did, the oldest first."""
        marks = {place: Mark(read=NOON + timedelta(minutes=turn)) for turn, place in enumerate(history.read)}
        stars = {place: Mark(read=NOON, starred=NOON + timedelta(minutes=t)) for t, place in enumerate(history.stars)}
        self.library.mirror.write([(self.keys[place], mark) for place, mark in {**marks, **stars}.items()])

    def unmark(self, history: History) -> None:
        """Take the marks back."""
        self.library.mirror.write([(self.keys[place], UNMARKED) for place in (*history.read, *history.stars)])

    def by_match(self) -> list[int]:
        """Return the places of all papers in the order by match."""
        self.match.refresh()
        return self.in_stream(self.library.ids(parse(""), "match"))

    def in_stream(self, ids: Sequence[int]) -> list[int]:
        """Return the places in the stream of papers of the library."""
        return [self._places[number] for number in ids]


class Ranker(Protocol):
    """Ranks a stream for a user."""

    name: str

    def rank(self, history: History) -> Sequence[int]:
        """Return the places of all papers, the best first."""


class Readlist:
    """The order by match, of marks in a library."""

    name = "readlist"

    def __init__(self, stocked: Stocked) -> None:
        self._stocked = stocked

    def rank(self, history: History) -> Sequence[int]:
        """Return the order by match."""
        self._stocked.mark(history)
        order = self._stocked.by_match()
        self._stocked.unmark(history)
        return order


class Newest:
    """The newest first."""

    name = "newest first"

    def __init__(self, stocked: Stocked) -> None:
        self._order = range(len(stocked.papers) - 1, -1, -1)

    def rank(self, history: History) -> Sequence[int]:
        """Return the stream, the other way round."""
        return self._order


class Upvotes:
    """The most upvotes first."""

    name = "upvotes"

    def __init__(self, stocked: Stocked) -> None:
        votes = [paper.upvotes for paper in stocked.papers]
        self._order = sorted(range(len(votes)), key=lambda place: (-votes[place], -place))

    def rank(self, history: History) -> Sequence[int]:
        """Return the order by upvotes."""
        return self._order


class Bm25:
    """The search index's own: the twenty strongest words of the stars, ranked by bm25."""

    name = "bm25"

    def __init__(self, stocked: Stocked) -> None:
        self._stocked = stocked
        papers = Counter(term for features in stocked.features for term in features.levels if " " not in term)
        self._idf = {word: math.log(len(stocked.papers) / number) for word, number in papers.items()}

    def rank(self, history: History) -> Sequence[int]:
        """Return the papers found, and behind them the others, the newest first."""
        strength: dict[str, float] = {}
        for place in history.stars:
            for word, level in self._stocked.features[place].levels.items():
                if word in self._idf:
                    strength[word] = strength.get(word, 0.0) + level * self._idf[word]
        strongest = heapq.nlargest(_TERMS, strength, key=strength.__getitem__)
        query = " OR ".join(f'"{word}"' for word in strongest)
        with self._stocked.library.connections.reading() as connection:
            found = connection.execute(
                "select rowid from search where search match ? order by bm25(search), rowid",
                (f"{{title abstract}} : ({query})",),
            )
            first = self._stocked.in_stream([number for (number,) in found])
        rest = set(range(len(self._stocked.papers))).difference(first)
        return [*first, *sorted(rest, reverse=True)]


class LinearSvm:
    """scikit-learn's linear SVM on tf-idf of words and pairs, stars against all others, as arxiv-sanity-lite has it."""

    name = "linear SVM"

    def __init__(self, stocked: Stocked) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        texts = [f"{paper.title}\n{paper.abstract}" for paper in stocked.papers]
        vectors = TfidfVectorizer(
            strip_accents="unicode", stop_words="english", ngram_range=(1, 2), max_features=20_000,
            norm="l2", sublinear_tf=True,
        )  # fmt: skip
        self._texts = vectors.fit_transform(texts)

    @staticmethod
    def is_installed() -> bool:
        """Tell whether scikit-learn is there."""
        return find_spec("sklearn") is not None

    def rank(self, history: History) -> Sequence[int]:
        """Return the order by distance from the plane."""
        from sklearn.svm import LinearSVC

        stars = set(history.stars)
        labels = [int(place in stars) for place in range(self._texts.shape[0])]
        machine = LinearSVC(class_weight="balanced", C=0.1, dual=True, random_state=0, max_iter=10_000)
        values: Any = machine.fit(self._texts, labels).decision_function(self._texts)
        scores = values.tolist()
        return sorted(range(len(scores)), key=lambda place: (-scores[place], -place))


class Sketch:
    """The method as it was first measured, from ../shared/sketches/match.py."""

    name = "sketch"

    def __init__(self, stocked: Stocked) -> None:
        spec = spec_from_file_location("sketch_of_match", _SKETCH)
        assert spec is not None and spec.loader is not None
        self._module: Any = module_from_spec(spec)
        sys.modules[spec.name] = self._module
        spec.loader.exec_module(self._module)
        self._features = [
            self._module.features(paper.title, paper.abstract, paper.authors, paper.organization)
            for paper in stocked.papers
        ]

    @staticmethod
    def is_installed() -> bool:
        """Tell whether it is there."""
        return _SKETCH.is_file()

    def rank(self, history: History) -> Sequence[int]:
        """Return the order by its scores."""
        stars, count = set(history.stars), len(self._features)
        spread = (count * part // _SPREAD for part in range(_SPREAD))
        others = dict.fromkeys((*history.read[-_SPREAD:], *(place for place in spread if place not in stars)))
        model = self._module.Model(
            [self._features[place] for place in history.stars], [self._features[place] for place in others]
        )
        scores = list(map(model.score, self._features))
        return sorted(range(count), key=lambda place: (-scores[place], -place))


def rankers(stocked: Stocked) -> list[Ranker]:
    """Return readlist and the yardsticks that are there."""
    found: list[Ranker] = [Readlist(stocked), Newest(stocked), Upvotes(stocked), Bm25(stocked)]
    return [*found, *(kind(stocked) for kind in (LinearSvm, Sketch) if kind.is_installed())]
