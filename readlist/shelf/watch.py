"""What the settings watch and mute: in queries, and on papers that are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from readlist.library.library import Library
from readlist.library.rows import Entry
from readlist.query import Query
from readlist.query.rules import NO_RULES, RULED, Rules, is_ruled


class Watch:
    """Knows which papers are watched and muted.

    Attributes:
        rules: gives the rules of the settings; asked when they are needed.
    """

    def __init__(self, library: Library, clock: Callable[[], datetime], rules: Callable[[], Rules]) -> None:
        self._library, self._clock = library, clock
        self.rules = rules

    def rules_in(self, *texts: str) -> Rules:
        """Return the rules if one of these queries may need them, else none."""
        # By the text, since the query of the list is needed at every step of the cursor.
        return self.rules() if any(name in text.lower() for text in texts for name in RULED) else NO_RULES

    def expanded(self, query: Query) -> Query:
        """Return a query that means the same without `is:watched` and `is:muted`."""
        return self.rules().expanded(query, self._today()) if is_ruled(query) else query

    def signed(self, entries: Sequence[Entry], *, muted: bool = True) -> list[Entry]:
        """Return a few entries with whether they are watched and muted; only these papers are looked at.

        Args:
            entries: the entries.
            muted: whether any may be muted; those of the Inbox are not.
        """
        rules, today = self.rules(), self._today()
        ids = [entry.id for entry in entries]
        signs: dict[str, set[int]] = {}
        for name in RULED if muted else RULED[:1]:
            if (query := rules.query(name, today)) is not None:
                signs[name] = self._library.among(ids, query)
        if not any(signs.values()):
            return list(entries)
        return [replace(each, **{name: each.id in found for name, found in signs.items()}) for each in entries]

    def words(self) -> tuple[str, ...]:
        """Return the words that the watched views look for, to be highlighted."""
        return self.rules().words(self._today())

    def _today(self) -> date:
        return self._clock().astimezone().date()
