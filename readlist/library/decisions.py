"""What the user decided and when, for judging the order by match on the user's own past."""

from __future__ import annotations

import json
from datetime import date, datetime

from msgspec import Struct

from readlist.library.connections import Connections
from readlist.library.rows import microseconds

_SAMPLE = 500


class Decided(Struct, frozen=True):
    """One decision.

    Attributes:
        id: of the paper.
        when: ISO 8601 in UTC.
    """

    id: int
    when: str


class Decisions:
    """The decisions in a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def stars(self) -> list[Decided]:
        """Return when each paper that is starred or noted became so, the first one first."""
        # The earlier one of star and note; an empty text counts as missing.
        first = "min(coalesce(nullif(m.starred, ''), '~'), iif(m.note <> '', coalesce(nullif(m.noted, ''), '~'), '~'))"
        return [each for each in self._decided(first, "(p.starred or p.noted) and not p.hidden") if each.when != "~"]

    def read(self) -> list[Decided]:
        """Return when each paper that was read, and neither starred nor noted, was read, the first one first."""
        return self._decided("m.read", "p.read and not p.starred and not p.noted and not p.hidden")

    def removed(self) -> list[Decided]:
        """Return when each removed paper was removed, the first one first."""
        return self._decided("m.removed", "p.hidden = 1 and not p.starred and not p.noted")

    def listed(self, day: date) -> list[int]:
        """Return the ids of the papers of a day's lists."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select id from paper indexed by paper_by_feed where day = ? and hidden <> 2 order by id",
                (day.isoformat(),),
            )
            return [number for (number,) in rows]

    def sample(self, when: datetime) -> list[int]:
        """Return the ids of at most 500 of the papers that were there at a time, spread over them.

        Samples of different times have most papers in common.
        """
        with self._connections.reading() as connection:
            (last,) = connection.execute(
                "select coalesce(max(id), 0) from paper where added <= ?", (microseconds(when),)
            ).fetchone()
            step = 1
            while last // step > _SAMPLE:
                step *= 2
            places = json.dumps(list(range(step, last + 1, step)))
            found = connection.execute(
                "select distinct (select max(id) from paper where id <= j.value) from json_each(?) j", (places,)
            )
            return [number for (number,) in found if number is not None]

    def _decided(self, when: str, condition: str) -> list[Decided]:
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"select p.id, {when} decided from mark m join paper p on p.id = m.paper_id "
                f"where {condition} and {when} is not null order by decided, p.id"
            )
            return [Decided(number, decided) for number, decided in rows]
