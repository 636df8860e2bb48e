"""How well every paper fits the user: scores by a model that was learned elsewhere, for queries and sort orders.

A model is a list of weighted search expressions; the search index itself adds up their weights. Scores are written as a
new generation beside the present one, part by part, and take its place at once when all are there: a list never mixes
two models, a process that is killed leaves the present one, and of two processes the last one to finish prevails.
"""

from __future__ import annotations

import json
import math
import sqlite3
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from readlist.library.connections import Connections, meta, set_meta

_PART = 500
"""Papers written in one transaction: a mark may wait for one."""

_STATE = "match"
_LEARNED_FROM = 100
_CONTRAST = 250

# The weights come as JSON pairs. Papers without an abstract have fewer words, and lower scores: they are ranked among
# themselves. A rank is the middle of those with the same score.
_RANKED = """
with term (weight, expression) as materialized (select value ->> 0, value ->> 1 from json_each(?)),
found (id, score) as (
    select s.rowid, sum(t.weight) from term t cross join search s where s.search match t.expression group by s.rowid
),
every (id, score, has_abstract) as (
    select p.id, coalesce(f.score, 0.0), p.has_abstract from paper p left join found f on f.id = p.id where p.id <= ?
)
select
    id,
    cast(min(99, 50.0 * ((rank() over same - 1.0) / count(*) over kind + cume_dist() over same)) as integer),
    score,
    has_abstract
from every window kind as (partition by has_abstract), same as (kind order by score) order by id
"""
_BEST = """
with term (weight, expression) as materialized (select value ->> 0, value ->> 1 from json_each(?)),
found (id, score) as (
    select s.rowid, sum(t.weight) from term t cross join search s where s.search match t.expression group by s.rowid
)
select f.id from found f cross join paper p on p.id = f.id where f.score > 0 and not p.hidden
order by f.score desc, f.id limit ?
"""
_OTHERS = """
select max(id) from (
    select id, ntile(?) over (order by id) part from paper where not starred and not noted and not read and not hidden
) group by part
"""


class Scored(msgspec.Struct, frozen=True):
    """Which scores there are.

    Attributes:
        generation: their number in the table; 0 for none.
        stamp: of the model.
        last: the highest id of a paper that has one.
        bounds: the lowest score of each match from 0 to the highest, of papers without and with an abstract.
    """

    generation: int = 0
    stamp: str = ""
    last: int = 0
    bounds: tuple[Sequence[float], Sequence[float]] = ((), ())

    def match_of(self, score: float, *, has_abstract: bool) -> int:
        """Return the match of a score, from 0 to 99: the share of papers that are below it."""
        return max(0, bisect_right(self.bounds[has_abstract], score) - 1)


class Ranked(msgspec.Struct, frozen=True):
    """The scores of all papers up to an id, each as one place of four arrays, by the ids.

    Attributes:
        last: the highest id.
        ids: of the papers.
        matches: from 0 to 99: the share of papers below, those of the same score counted half.
        scores: the sums of weights.
        with_abstract: 1 for papers with an abstract, else 0; the two kinds are ranked apart.
    """

    last: int
    ids: array[int]
    matches: array[int]
    scores: array[float]
    with_abstract: array[int]


class Examples(msgspec.Struct, frozen=True):
    """The ids of the papers a model is learned from.

    Attributes:
        stars: starred or noted, the oldest decision first; at most the latest 100.
        read: read without star or note, at most the latest 250.
        removed: removed by the user, at most the latest 250.
        others: at most 250 of the unread, spread over the whole library.
        last: the highest id of any paper.
    """

    stars: tuple[int, ...]
    read: tuple[int, ...]
    removed: tuple[int, ...]
    others: tuple[int, ...]
    last: int


class Scores:
    """The scores of the papers in a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def state(self) -> Scored:
        """Return which scores there are."""
        with self._connections.reading() as connection:
            written = meta(connection, _STATE)
        try:
            return msgspec.json.decode(written, type=Scored) if written else Scored()
        except msgspec.MsgspecError:
            # Of another version: they are made again.
            return Scored()

    def examples(self) -> Examples:
        """Return the papers a model is learned from."""
        with self._connections.reading() as connection:

            def ids(condition: str, order: str, most: int) -> tuple[int, ...]:
                found = connection.execute(
                    f"select p.id from mark m join paper p on p.id = m.paper_id where {condition} and p.hidden <> 2 "
                    f"order by {order} desc, p.id desc limit ?",
                    (most,),
                )
                return tuple(number for (number,) in found)

            decided = "max(coalesce(m.starred, ''), iif(m.note <> '', coalesce(m.noted, ''), ''))"
            return Examples(
                ids("(p.starred or p.noted) and not p.hidden", decided, _LEARNED_FROM)[::-1],
                ids("p.read and not p.starred and not p.noted and not p.hidden", "m.read", _CONTRAST),
                ids("p.hidden = 1 and not p.starred and not p.noted", "m.removed", _CONTRAST),
                tuple(number for (number,) in connection.execute(_OTHERS, (_CONTRAST,))),
                int(connection.execute("select coalesce(max(id), 0) from paper").fetchone()[0]),
            )

    def rank(self, weights: Iterable[tuple[float, str]], last: int) -> Ranked:
        """Return the scores of all papers up to an id.

        Args:
            weights: weights with their search expressions (see `expression`); a paper's score is the sum of the
                weights of those that it matches.
            last: the highest id.
        """
        ranked = Ranked(last, array("q"), array("b"), array("d"), array("b"))
        with self._connections.reading() as connection:
            for number, match, score, has_abstract in connection.execute(_RANKED, (json.dumps(list(weights)), last)):
                ranked.ids.append(number)
                ranked.matches.append(match)
                ranked.scores.append(score)
                ranked.with_abstract.append(has_abstract)
        return ranked

    def best(self, weights: Iterable[tuple[float, str]], most: int) -> list[int]:
        """Return the ids of the papers with the highest scores above zero, the highest first; no removed ones.

        Args:
            weights: weights with their search expressions.
            most: the most ids.
        """
        with self._connections.reading() as connection:
            return [number for (number,) in connection.execute(_BEST, (json.dumps(list(weights)), most))]

    def sample(self, most: int) -> list[int]:
        """Return the ids of some papers, spread over the whole library."""
        with self._connections.reading() as connection:
            (last,) = connection.execute("select coalesce(max(id), 0) from paper").fetchone()
            places = json.dumps([last * place // most for place in range(1, most + 1)])
            found = connection.execute(
                "select distinct (select max(id) from paper where id <= j.value) from json_each(?) j", (places,)
            )
            return [number for (number,) in found if number is not None]

    def replace(self, stamp: str, ranked: Ranked, stop: Callable[[], bool] = lambda: False) -> bool:
        """Make these the scores of all papers; returns False if it was stopped: the scores are as before then.

        Args:
            stamp: of the model.
            ranked: what `rank` returned.
            stop: called before each part.
        """
        with self._connections.writing() as connection:
            (generation,) = connection.execute("select coalesce(max(generation), 0) + 1 from score").fetchone()
            # This row keeps the number from other processes.
            connection.execute("insert into score values (?, 0, 0, 0)", (generation,))
        for start in range(0, len(ranked.ids), _PART):
            if stop():
                self._delete(lambda number: number == generation)
                return False
            part = slice(start, start + _PART)
            with self._connections.writing() as connection:
                connection.executemany(
                    f"insert or replace into score values ({generation}, ?, ?, ?)",
                    zip(ranked.ids[part], ranked.matches[part], ranked.scores[part], strict=True),
                )
        state = Scored(generation, stamp, ranked.last, _bounds(ranked))
        with self._connections.writing() as connection:
            _write_state(connection, state)
        self._delete(lambda number: number < generation)
        return True

    def add(self, state: Scored, scores: Mapping[int, tuple[int, float]], last: int) -> None:
        """Add the scores of new papers, up to an id, if the scores are still the same ones."""
        with self._connections.writing() as connection:
            written = meta(connection, _STATE)
            if not written or msgspec.json.decode(written, type=Scored) != state:
                return
            connection.executemany(
                f"insert or replace into score values ({state.generation}, ?, ?, ?)",
                [(number, match, score) for number, (match, score) in scores.items()],
            )
            _write_state(connection, msgspec.structs.replace(state, last=last))

    def of(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the match of those of some ids that have one."""
        with self._connections.reading() as connection:
            return dict(
                connection.execute(
                    "select s.paper_id, s.match from json_each(?) j cross join score s on s.paper_id = j.value "
                    "and s.generation = (select cast(value as integer) from meta where name = 'match_generation')",
                    (json.dumps(list(ids)),),
                )
            )

    def _delete(self, unwanted: Callable[[int], bool]) -> None:
        """Delete generations part by part."""
        with self._connections.reading() as connection:
            numbers = [number for (number,) in connection.execute("select distinct generation from score")]
        for number in filter(unwanted, numbers):
            deleted = 1
            while deleted:
                with self._connections.writing() as connection:
                    deleted = connection.execute(
                        "delete from score where generation = ?1 and paper_id <= (select max(paper_id) from "
                        "(select paper_id from score where generation = ?1 order by paper_id limit ?2))",
                        (number, _PART),
                    ).rowcount


def expression(kind: str, words: str) -> str:
    """Return the search expression that finds papers with a term.

    Args:
        kind: of the term: `word`, `pair`, `author` or `organization`.
        words: of the term, as the search index has them.
    """
    columns = {"author": "authors", "organization": "organization"}.get(kind, "{title abstract}")
    return f'{columns} : "{words}"'


def _write_state(connection: sqlite3.Connection, state: Scored) -> None:
    set_meta(connection, _STATE, msgspec.json.encode(state).decode())
    # Queries read these two.
    set_meta(connection, "match_generation", str(state.generation))
    set_meta(connection, "match_last", str(state.last))


def _bounds(ranked: Ranked) -> tuple[Sequence[float], Sequence[float]]:
    """Return the lowest score of each match, of papers without and with an abstract."""
    lowest: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for match, score, has_abstract in zip(ranked.matches, ranked.scores, ranked.with_abstract, strict=True):
        kind = lowest[has_abstract]
        if score < kind.get(match, math.inf):
            kind[match] = score
    without, having = map(_filled, lowest)
    return without, having


def _filled(lowest: Mapping[int, float]) -> Sequence[float]:
    """Return the lowest score of every match from 0 to the highest one; without papers, that of the next match."""
    bounds: list[float] = []
    for match in range(max(lowest, default=-1), -1, -1):
        bounds.append(lowest[match] if match in lowest else bounds[-1])
    return bounds[::-1]
