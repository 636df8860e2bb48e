"""What a library remembers of its user's visits: when the last one ended, and what was searched for."""

from __future__ import annotations

import json
from datetime import datetime

from readlist.library.connections import Connections
from readlist.library.records import microseconds, time_at
from readlist.library.schema import meta, set_meta

_SEARCHES = 200
"""Searches that are kept."""


class Visits:
    """The visits to a library file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def end(self, now: datetime) -> None:
        """End a visit: papers added up to now are not new (`is:new`) any more."""
        with self._connections.writing() as connection:
            set_meta(connection, "last_visit", str(microseconds(now)))

    def last(self) -> datetime | None:
        """Return when the last visit ended, None before the first did."""
        found = self._value("last_visit")
        return time_at(int(found)) if found else None

    def searches(self) -> list[str]:
        """Return what was searched for, the latest last."""
        found = json.loads(self._value("searches") or "[]")
        return [text for text in found if isinstance(text, str)]

    def remember(self, search: str) -> None:
        """Keep what was searched for, once, as the latest."""
        kept = [*(each for each in self.searches() if each != search), search][-_SEARCHES:]
        with self._connections.writing() as connection:
            set_meta(connection, "searches", json.dumps(kept))

    def _value(self, name: str) -> str:
        with self._connections.reading() as connection:
            return meta(connection, name)
