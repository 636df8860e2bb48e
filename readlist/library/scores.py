"""How well every paper fits the user: scores by a model that was learned elsewhere, for queries and sort orders.

A model is a list of weighted search expressions; the search index itself adds up their weights. Scores are written as a
new generation beside the present one, part by part, and take its place at once when all are there: a list never mixes
two models, a process that is killed leaves the present one, and of two processes the one that began last prevails.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby, islice, repeat
from types import MappingProxyType

import msgspec

from readlist.library.connections import Connections, changes_in, meta, set_meta
from readlist.library.query_sql import ids_in

_PART = 4_000
"""Papers written in one transaction: a mark may wait for one. Every one of them writes most of an index."""

_SORTED = 10_000
"""Numbers sorted at once: no other thread runs meanwhile."""

_STATE, _GENERATION, _CHANGED = "match", "match_generation", "match_changed"
_MOST_CHANGED = 1_000
"""Papers with another text that are scored one by one; where there are more, all are scored again."""
_LIMIT = 2**53
"""Of the numbers of scores: we never make a higher one."""

_LEARNED_FROM = 100
_CONTRAST = 250
_MOST, _MIDDLE = 99, 50
_WITHOUT, _WITH_ABSTRACT = _KINDS = 1, 2

# The weights come as JSON pairs; each row is the place of a weight and the ids of its papers.
_FOUND = """
select t.key, (select group_concat(s.rowid) from search s where s.search match t.value ->> 1 and s.rowid <= ?2)
from json_each(?1) t
"""
_BEST = """
with term (weight, expression) as materialized (select value ->> 0, value ->> 1 from json_each(?)),
found (id, score) as (
    select s.rowid, sum(t.weight) from term t cross join search s where s.search match t.expression group by s.rowid
)
select f.id from found f cross join paper p on p.id = f.id where f.score > 0 and not p.hidden
order by f.score desc, f.id limit ?
"""
# Of an index, which is smaller than the table.
_IDS_BY_KIND = """
select group_concat(id) filter (where not has_abstract), group_concat(id) filter (where has_abstract)
from paper indexed by paper_by_upvotes where id <= ?
"""
_STARS = """
select id from (
    select p.id as id, max(coalesce(m.starred, ''), iif(m.note <> '', coalesce(m.noted, ''), '')) as decided
    from (select id from paper where starred union select id from paper where noted) s
    cross join paper p on p.id = s.id cross join mark m on m.paper_id = p.id where not p.hidden
) order by decided desc, id desc limit ?
"""
_READ = """
select p.id from mark m indexed by mark_by_read cross join paper p on p.id = m.paper_id
where m.read is not null and p.read and not p.starred and not p.noted and not p.hidden
order by m.read desc, m.paper_id desc limit ?
"""
_REMOVED = """
select p.id from paper p indexed by paper_hidden cross join mark m on m.paper_id = p.id
where p.hidden > 0 and p.hidden = 1 and not p.starred and not p.noted order by m.removed desc, p.id desc limit ?
"""
# The last of the papers with neighbouring ids that nothing was decided about.
_OTHERS = """
with recursive step (low) as (select 1 union all select low + ?1 from step where low + ?1 <= ?2)
select id from (
    select (
        select p.id from paper p where p.id >= low and p.id < low + ?1
        and not p.starred and not p.noted and not p.read and not p.hidden order by p.id desc limit 1
    ) as id from step
) where id is not null
"""


class Scored(msgspec.Struct, frozen=True):
    """Which scores there are.

    Attributes:
        generation: their number in the table; 0 for none.
        stamp: of the model.
        last: the highest id of a paper that has one.
        bounds: the lowest score of each match from 0 to the highest, of papers without and with an abstract, who are
            ranked among themselves: without one a paper has fewer words, and a lower score.
    """

    generation: int = 0
    stamp: str = ""
    last: int = 0
    bounds: tuple[Sequence[float], Sequence[float]] = ((), ())

    def match_of(self, score: float, *, has_abstract: bool) -> int:
        """Return the match of a score, from 0 to 99: the share of papers that are below it; 50 if there are none."""
        bounds = self.bounds[has_abstract]
        return min(max(0, bisect_right(bounds, score) - 1), _MOST) if bounds else _MIDDLE


class Ranked(msgspec.Struct, frozen=True):
    """The scores of all papers up to an id.

    Attributes:
        last: the highest id.
        kinds: by id: 0 for no paper, 1 for one without an abstract, 2 for one with.
        scores: by id: the sum of weights.
        bounds: see `Scored`.
        changed: what `Scores.changed` returned before.
    """

    last: int
    kinds: bytearray
    scores: array[float]
    bounds: tuple[Sequence[float], Sequence[float]]
    changed: Mapping[int, int] = {}

    def rows(self) -> Iterator[tuple[int, int, float]]:
        """Yield id, match and score of each paper, by id.

        The match, 0 to 99, is the share of papers of its kind that are below, those of the same score counted half.
        """
        state = Scored(bounds=self.bounds)
        # Most papers have none of the terms.
        unfit = {kind: state.match_of(0.0, has_abstract=kind == _WITH_ABSTRACT) for kind in _KINDS}
        for number, (kind, score) in enumerate(zip(self.kinds, self.scores, strict=True)):
            if kind:
                match = state.match_of(score, has_abstract=kind == _WITH_ABSTRACT) if score else unfit[kind]
                yield number, match, score


class Examples(msgspec.Struct, frozen=True):
    """The ids of the papers a model is learned from.

    Attributes:
        stars: starred or noted, the oldest decision first; at most the latest 100.
        read: read without star or note, at most the latest 250.
        removed: removed by the user, at most the latest 250.
        others: at most 250 of the unread, spread over the whole library. A decision changes one of them, and most stay
            as papers are added.
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
            return _state_in(connection)

    def examples(self) -> Examples:
        """Return the papers a model is learned from."""
        with self._connections.reading() as connection:

            def ids(statement: str, *limits: int) -> tuple[int, ...]:
                return tuple(number for (number,) in connection.execute(statement, limits))

            (last,) = ids("select coalesce(max(id), 0) from paper")
            return Examples(
                ids(_STARS, _LEARNED_FROM)[::-1],
                ids(_READ, _CONTRAST),
                ids(_REMOVED, _CONTRAST),
                ids(_OTHERS, _step(last), last),
                last,
            )

    def rank(self, weights: Iterable[tuple[float, str]], last: int, stop: Callable[[], bool] = lambda: False) -> Ranked:
        """Return the scores of all papers up to an id.

        Args:
            weights: weights with their search expressions (see `expression`); a paper's score is the sum of the
                weights of those that it matches.
            last: the highest id.
            stop: called for each weight; if it returns True, the scores are not those of all weights.
        """
        weights = list(weights)
        scores, kinds = array("d", [0.0]) * (last + 1), bytearray(last + 1)
        with self._connections.reading() as connection:
            changed = _changed_in(connection)
            for place, found in connection.execute(_FOUND, (json.dumps(weights), last)):
                if stop():
                    break
                weight = weights[place][0]
                for number in ids_in(found):
                    scores[number] += weight
            for kind, found in zip(_KINDS, connection.execute(_IDS_BY_KIND, (last,)).fetchone(), strict=True):
                for number in ids_in(found):
                    kinds[number] = kind
        without, having = (_bounds(scores, kinds, kind) for kind in _KINDS)
        return Ranked(last, kinds, scores, (without, having), changed)

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
        """Make these the scores of all papers; returns whether they are.

        They are not if it was stopped, or if another process that began later has finished first: then its scores stay.

        Args:
            stamp: of the model.
            ranked: what `rank` returned.
            stop: called before each part.
        """
        with self._connections.writing() as connection:
            connection.execute("delete from score where generation not between 0 and ?", (_LIMIT,))
            (last,) = connection.execute("select coalesce(max(generation), 0) from score").fetchone()
            # The present one may have no rows: without weights no paper has a score.
            generation = max(last, _state_in(connection).generation) + 1
            # This row keeps the number from other processes.
            connection.execute("insert into score values (?, 0, 0, 0)", (generation,))
        rows = ranked.rows()
        written = _PART
        while written == _PART:
            if stop():
                self._delete(generation)
                return False
            with self._connections.writing() as connection:
                # Not as a list: its rows would have the garbage collector run, which holds up the other threads.
                written = connection.executemany(
                    f"insert into score values ({generation}, ?, ?, ?)", islice(rows, _PART)
                ).rowcount
        with self._connections.writing() as connection:
            is_first = bool(_state_in(connection).generation < generation)
            if is_first:
                _write_state(connection, Scored(generation, stamp, ranked.last, ranked.bounds))
                _forget_changed(connection, ranked.changed)
                connection.execute("delete from score where generation = ? and paper_id = 0", (generation,))
        with self._connections.reading() as connection:
            numbers = [number for (number,) in connection.execute("select distinct generation from score")]
        for number in numbers:
            if number < generation + (not is_first):
                self._delete(number)
        with self._connections.writing() as connection:
            # Of the pages it wrote none is read soon.
            connection.execute("pragma shrink_memory")
        return is_first

    def changed(self) -> Mapping[int, int]:
        """Return the papers whose text has changed since they were scored: by id, a number of the change."""
        with self._connections.reading() as connection:
            return _changed_in(connection)

    def add(
        self,
        state: Scored,
        scores: Mapping[int, tuple[int, float]],
        last: int,
        changed: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        """Add the scores of papers, if the scores are still the same ones.

        Args:
            state: which scores they are added to.
            scores: match and score by id.
            last: the highest id of a paper that has a score then.
            changed: of those that `changed` returned, the ones that are among them or are no longer there.
        """
        with self._connections.writing() as connection:
            if _state_in(connection) != state:
                return
            connection.executemany(
                f"insert or replace into score values ({state.generation}, ?, ?, ?)",
                [(number, match, score) for number, (match, score) in scores.items()],
            )
            _write_state(connection, msgspec.structs.replace(state, last=last))
            _forget_changed(connection, changed)

    def of(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the match of those of some ids that have one."""
        with self._connections.reading() as connection:
            return dict(
                connection.execute(
                    "select s.paper_id, s.match from json_each(?) j cross join score s on s.paper_id = j.value "
                    "and s.generation = (select cast(value as integer) from meta where name = 'match_generation') "
                    # As a damaged file may have them.
                    "where s.match between 0 and 99 and typeof(s.match) = 'integer'",
                    (json.dumps(list(ids)),),
                )
            )

    def _delete(self, generation: int) -> None:
        """Delete a generation part by part."""
        deleted = 1
        while deleted:
            with self._connections.writing() as connection:
                deleted = connection.execute(
                    "delete from score where generation = ?1 and paper_id <= (select max(paper_id) from "
                    "(select paper_id from score where generation = ?1 order by paper_id limit ?2))",
                    (generation, _PART),
                ).rowcount


def expression(kind: str, words: str) -> str:
    """Return the search expression that finds papers with a term.

    Args:
        kind: of the term: `word`, `pair`, `author` or `organization`.
        words: of the term, as the search index has them.
    """
    columns = {"author": "authors", "organization": "organization"}.get(kind, "{title abstract}")
    return f'{columns} : "{words}"'


def note_changed(connection: sqlite3.Connection, ids: Collection[int]) -> None:
    """Note that papers have another text than the one they were scored by.

    Args:
        connection: within a transaction that changes papers.
        ids: of the papers.
    """
    state = _state_in(connection)
    if not ids or not state.stamp:
        return
    changed = {**_changed_in(connection), **dict.fromkeys(ids, changes_in(connection))}
    if len(changed) > _MOST_CHANGED:
        changed = {}
        _write_state(connection, msgspec.structs.replace(state, stamp=""))
    set_meta(connection, _CHANGED, msgspec.json.encode(changed).decode())


def _changed_in(connection: sqlite3.Connection) -> dict[int, int]:
    try:
        return msgspec.json.decode(meta(connection, _CHANGED) or "{}", type=dict[int, int])
    except msgspec.MsgspecError:
        return {}


def _forget_changed(connection: sqlite3.Connection, done: Mapping[int, int]) -> None:
    """Forget changes that are part of the scores by now, unless the paper has changed again."""
    if done:
        left = {number: change for number, change in _changed_in(connection).items() if done.get(number) != change}
        set_meta(connection, _CHANGED, msgspec.json.encode(left).decode())


def _step(last: int) -> int:
    """Return how many ids there are for each of the other papers: 1, 2, 3, 4, 6, 8, 12 …, for at most 250 of them.

    Few sizes, so that most papers added leave it as it is.
    """
    step = 1
    while last > step * _CONTRAST:
        step = step * 4 // 3 if step % 3 == 0 else step * 3 // 2 if step > 1 else 2
    return step


def _state_in(connection: sqlite3.Connection) -> Scored:
    """Return which scores there are; none where another version wrote that, or a damaged file has it otherwise."""
    written, generation = meta(connection, _STATE), meta(connection, _GENERATION)
    number = int(generation) if generation.isdecimal() and int(generation) < _LIMIT else 0
    try:
        state = msgspec.json.decode(written, type=Scored) if written else Scored(number)
    except (msgspec.MsgspecError, UnicodeError):
        state = Scored()
    has_rows = not state.last or connection.execute("select 1 from score where generation = ?", (number,)).fetchone()
    # Its number is not to be used again.
    return state if state.generation == number and has_rows else Scored(number)


def _write_state(connection: sqlite3.Connection, state: Scored) -> None:
    set_meta(connection, _STATE, msgspec.json.encode(state).decode())
    # Queries read these two.
    set_meta(connection, _GENERATION, str(state.generation))
    set_meta(connection, "match_last", str(state.last))


def _bounds(scores: array[float], kinds: bytearray, kind: int) -> Sequence[float]:
    """Return the lowest score of each match of one kind; the match of a score is the middle of the papers with it."""
    of_kind = (score for score, each in zip(scores, kinds, strict=True) if score and each == kind)
    parts: list[array[float]] = []
    while part := sorted(islice(of_kind, _SORTED)):
        parts.append(array("d", part))
    papers = kinds.count(kind)
    zeros = repeat(0.0, papers - sum(map(len, parts)))
    lowest: dict[int, float] = {}
    below = 0
    for score, same in groupby(merge(*parts, zeros)):
        number = sum(1 for _ in same)
        lowest.setdefault(min(_MOST, (100 * below + 50 * number) // papers), score)
        below += number
    return _filled(lowest)


def _filled(lowest: Mapping[int, float]) -> Sequence[float]:
    """Return the lowest score of every match from 0 to the highest one; without papers, that of the next match."""
    bounds: list[float] = []
    for match in range(max(lowest, default=-1), -1, -1):
        bounds.append(lowest[match] if match in lowest else bounds[-1])
    return bounds[::-1]
