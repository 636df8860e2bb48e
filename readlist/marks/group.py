"""Undo groups as they are kept: their steps, how these follow one another, and how many groups are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from readlist.marks.change import FIELDS, Field
from readlist.marks.document import copied
from readlist.marks.migration import Document, Tables
from readlist.marks.snapshot import dump

GROUP_LIMIT = 1_000
"""So many undo groups are kept when the state file is written anew,"""

SIZE_LIMIT = 4 << 20
"""and so many bytes of them; the newest group always is."""

Place = tuple[str, Field]
"""Key and field."""

Step = tuple[str, Field, str | None, str | None]
"""Key, field, value before, value after."""


def steps_in(group: Document) -> list[Step]:
    """Return the steps of a group; what another hand wrote and makes no sense is none."""
    return [(key, field, before, after) for key, field, before, after in _rows(group.get("changes"), str)]


def entries_in(group: Document) -> dict[Place, tuple[Document, Document]]:
    """Return the entries of fields before and after a merge, empty for none."""
    rows = _rows(group.get("entries"), dict)
    return {(key, field): (before or {}, after or {}) for key, field, before, after in rows}


def _rows(rows: object, of: type) -> Iterator[Sequence[Any]]:
    """Yield what there is of key, field, and two values of a type, or None."""
    for row in rows if isinstance(rows, list) else ():
        if (
            isinstance(row, list | tuple)
            and len(row) == 4
            and isinstance(row[0], str)
            and row[1] in FIELDS
            and all(value is None or isinstance(value, of) for value in row[2:])
        ):
            yield row


def collapsed(steps: Iterable[Step]) -> list[Step]:
    """Return steps with one for each field: from where the first began to where the last ended."""
    found: dict[Place, Step] = {}
    for key, field, before, after in steps:
        first = found.get((key, field))
        found[key, field] = (key, field, before if first is None else first[2], after)
    return list(found.values())


def label_of(group: Document) -> str:
    """Return what a group is called."""
    label = group.get("label")
    return label if isinstance(label, str) else ""


class Chains:
    """The steps that stand, as they follow one another: each begins where another one of its field ended.

    Attributes:
        changed: the groups with steps that begin elsewhere now, by name.
    """

    def __init__(self, groups: Mapping[str, Document]) -> None:
        """Make it of the groups that stand, oldest first."""
        self._groups = groups
        self._starts: dict[tuple[Place, str | None], list[tuple[str, int]]] | None = None
        self.changed: dict[str, Document] = {}

    def bridge(self, place: Place, end: str | None, start: str | None) -> bool:
        """Have the step that begins at one value of a field begin at another; returns whether there is one."""
        if self._starts is None:
            self._starts = {}
            for name, group in self._groups.items():
                for number, (key, field, before, _) in enumerate(steps_in(group)):
                    self._starts.setdefault(((key, field), before), []).append((name, number))
        found = self._starts.get((place, end))
        if not found:
            return False
        name, number = found.pop(0)
        if name not in self.changed:
            steps = steps_in(self._groups[name])
            self.changed[name] = {**copied(self._groups[name]), "changes": [list(step) for step in steps]}
        self.changed[name]["changes"][number][2] = start
        self._starts.setdefault((place, start), []).append((name, number))
        return True


def trim(tables: Tables) -> None:
    """Drop the oldest undo groups beyond the limits."""
    history: Mapping[str, Document] = tables.get("history", {})
    size, kept = 0, 0
    for document in reversed(list(history.values())):
        size += len(dump(document))
        if kept and (kept == GROUP_LIMIT or size > SIZE_LIMIT):
            break
        kept += 1
    if kept < len(history):
        tables["history"] = dict(list(history.items())[len(history) - kept :])
