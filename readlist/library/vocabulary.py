"""The words of the library, and which of them is nearest to one that finds nothing."""

from __future__ import annotations

from collections import Counter

from readlist.library.connections import Connections

_SHORTEST = 4
"""Letters of the shortest word that is corrected: most words of three letters have a neighbour."""

_LONG = 6
"""From this many letters on, two may be wrong."""

_MOST = 20_000
"""At most N words are compared."""


class Vocabulary:
    """The words in the search index of a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def nearest(self, word: str, *, prefix: bool = False) -> str:
        """Return the word of the library that was probably meant; empty if the word is there, or none is near.

        Nearest is what needs the fewest letters changed, added, dropped or swapped (at most one, in longer words two;
        the first letter at most swapped with the second); of several, the one in most papers.

        Args:
            word: one word as it is matched (`query.lexer.tokens`).
            prefix: whether it may be the beginning of a longer word.
        """
        if len(word) < _SHORTEST or not word.isalpha():
            return ""
        allowed = 2 if len(word) >= _LONG else 1
        with self._connections.reading(search=True) as connection:
            # Of this connection alone; it reads the index where it is.
            connection.execute("create virtual table if not exists temp.words using fts5vocab(main, search, 'row')")
            there = "select 1 from temp.words where term >= ? and term < ? limit 1"
            end = f"{word}\U0010ffff" if prefix else f"{word}\0"
            if connection.execute(there, (word, end)).fetchone():
                return ""
            rows = []
            for first in dict.fromkeys(word[:2]):
                rows += connection.execute(
                    "select term, doc from temp.words where term >= ? and term < ? and length(term) between ? and ? "
                    "limit ?",
                    (first, chr(ord(first) + 1), len(word) - allowed, len(word) + allowed, _MOST),
                ).fetchall()
        letters = Counter(word)
        near = [
            (distance, -papers, term)
            for term, papers in rows
            # A cheap test first: other letters are edits too.
            if (letters - Counter(term)).total() <= allowed and (distance := edits(word, term)) <= allowed
        ]
        return min(near)[2] if near else ""


def edits(one: str, other: str) -> int:
    """Return how many letters must be changed, added, dropped or swapped with the next to make one word the other.

    The restricted Damerau–Levenshtein distance: no part is edited twice.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, opposite in enumerate(other, 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != opposite))
            if row > 1 and column > 1 and letter == other[column - 2] and opposite == one[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
