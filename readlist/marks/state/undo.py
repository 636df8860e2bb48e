"""Undo groups: what changed, from what to what, and how a group is undone and redone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from readlist.marks import FIELDS, Field, MarkChange, unreported
from readlist.marks.state.document import (
    Document,
    Tables,
    changed_in,
    copied,
    describe,
    dump,
    set_value,
    value_in,
    value_text,
    winner_of,
)
from readlist.marks.state.merge import RenamedPapers, folded, folded_value, merged
from readlist.marks.state.version import NEVER, changed_at, later, versions_in
from readlist.model.time import exact_time_text

GROUP_LIMIT = 1_000
"""At most N undo groups are kept when the state file is rewritten,"""

SIZE_LIMIT = 4 << 20
"""and at most N bytes of them, but always the newest group."""

_REPORTED = 1_000
"""Changes after which it is reported how many were taken back."""

_BRANCH, _LATEST = "branch", "latest"
"""The ids of the only documents of `redo` and `clock`."""

_Place = tuple[str, Field]
"""Key and field."""

_Step = tuple[str, Field, str | None, str | None]
"""Key, field, value before, value after."""


def _steps_in(group: Document) -> list[_Step]:
    """Return the steps of a group; malformed ones are skipped."""
    return [(key, field, before, after) for key, field, before, after in _rows(group.get("changes"), str)]


def _batch_of(group: Document | None) -> int | None:
    """Return the batch of a group's import, None if it is of none."""
    batch = (group or {}).get("import")
    return batch if isinstance(batch, int) and not isinstance(batch, bool) else None


def undone_imports(groups: Mapping[str, Document]) -> dict[int, bool]:
    """Return the batches of all imports of a history, and whether each is undone."""
    return {batch: group.get("undone") is True for group in groups.values() if (batch := _batch_of(group)) is not None}


def _entries_in(group: Document) -> dict[_Place, tuple[Document, Document]]:
    """Return the entries of fields before and after a merge, empty for none."""
    rows = _rows(group.get("entries"), dict)
    return {(key, field): (before or {}, after or {}) for key, field, before, after in rows}


def _rows(rows: object, of: type) -> Iterator[Sequence[Any]]:
    """Yield the well-formed rows: key, field, and two values of a type or None."""
    for row in rows if isinstance(rows, list) else ():
        if (
            isinstance(row, list | tuple)
            and len(row) == 4
            and isinstance(row[0], str)
            and row[1] in FIELDS
            and all(value is None or isinstance(value, of) for value in row[2:])
        ):
            yield row


def _collapsed(steps: Iterable[_Step]) -> list[_Step]:
    """Merge the steps of each field into one: from the first one's start to the last one's end."""
    found: dict[_Place, _Step] = {}
    for key, field, before, after in steps:
        first = found.get((key, field))
        found[key, field] = (key, field, before if first is None else first[2], after)
    return list(found.values())


class _Chains:
    """The steps that are not undone, as they follow one another: each begins where another one of its field ended.

    Args:
        groups: those that are not undone, oldest first.

    Attributes:
        changed: the groups with steps that begin elsewhere now, by name.
    """

    def __init__(self, groups: Mapping[str, Document]) -> None:
        self._groups = groups
        self._starts: dict[tuple[_Place, str | None], list[tuple[str, int]]] | None = None
        self.changed: dict[str, Document] = {}

    def bridge(self, place: _Place, end: str | None, start: str | None) -> bool:
        """Make the step that begins at one value of a field begin at another; returns whether there is one."""
        if self._starts is None:
            self._starts = {}
            for name, group in self._groups.items():
                for number, (key, field, before, _) in enumerate(_steps_in(group)):
                    self._starts.setdefault(((key, field), before), []).append((name, number))
        found = self._starts.get((place, end))
        if not found:
            return False
        name, number = found.pop(0)
        if name not in self.changed:
            steps = _steps_in(self._groups[name])
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


class Applied(Struct, frozen=True):
    """What a change did.

    Attributes:
        label: name of the undo group.
        keys: of the papers it touched.
        skipped: of those left as they are, because they were changed since.
        gone: of those whose documents were merged into another's.
        joined: of those whose notes were written on two machines at a time: both are kept.
        listed: whether papers were removed from the list, or restored to it.
        imports: of imports that were undone or redone, the batch → whether it is undone now.
    """

    label: str
    keys: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    listed: bool = False
    imports: Mapping[int, bool] = {}


class DocumentTable(Protocol):
    """A table of documents by their ids, with the changes of the present transaction."""

    def live(self) -> dict[str, Document]:
        """Return the documents, oldest first; they are not to be changed."""

    def newest(self) -> str:
        """Return the id of the last document of `live`, empty for none."""

    def find(self, key: str) -> Document | None:
        """Return one document, None if there is none."""

    def put(self, documents: Mapping[str, Document | None]) -> None:
        """Set documents by their ids, None to remove them."""


class UndoLog:
    """The marks and their history during one transaction.

    Args:
        now: when the user asked for the change.
        session: names this run of readlist; undo prefers its own groups.
    """

    def __init__(self, table: Callable[[str], DocumentTable], device: str, now: datetime, session: str) -> None:
        self._marks, self._history = table("marks"), table("history")
        self._redo, self._folded = table("redo"), table("folded")
        self._clock = table("clock")
        self._device, self._now, self._session = device, now, session
        self._open: dict[str, Document] = {}
        self._touched: dict[str, None] = {}
        self._listed = False

    def apply(self, changes: Iterable[MarkChange], label: str, batch: int | None = None) -> Applied:
        """Do changes as one undo group; those that change nothing are left out.

        Groups of one import, which share its batch, are undone and redone together.
        """
        steps: list[_Step] = []
        for change in changes:
            key = winner_of(change.key, self._folded.find)
            document = self._document(key)
            before, after = value_in(document, change.field), value_text(change.value, change.field)
            self._touched[change.key] = None
            if before != after:
                describe(document, change.title, change.identifiers, change.work)
                self._set(key, change.field, after)
                steps.append((key, change.field, before, after))
        self._write()
        if steps or batch is not None:
            self._record(label, steps, **({} if batch is None else {"import": batch}))
        return Applied(label, tuple(self._touched), listed=self._listed)

    def undo(self, progress: Callable[[int, int], object] = unreported) -> Applied | None:
        """Undo the newest group of this run, else of any; None if there is none.

        What another group changed since stays as it is, and undoing that group leads to where the undone one began: so
        undoing all, in any order, leads to the beginning.

        The progress gets how many changes of a group were taken back, and of how many.
        """
        undone = self._undone()
        active = [name for name in reversed(self._history.live()) if name not in undone]
        name = min(active, key=self._is_others, default=None)
        if name is None:
            return None
        newest, done = self._newest(), None
        for each in self._together(name, active):
            undone = {**undone, each: newest}
            done = self._joined(done, self._replay(each, undone, progress, back=True))
        return done

    def redo(self, progress: Callable[[int, int], object] = unreported) -> Applied | None:
        """Redo the group that was undone last; None if there is none.

        A change of this run drops what this run had undone. What others undid is theirs, unless no one changed
        anything since: then it may be this window before a restart.
        """
        undone = self._undone()
        offered = [name for name in reversed(undone) if not self._is_others(name) or undone[name] == self._newest()]
        name = min(offered, key=self._is_others, default=None)
        if name is None:
            return None
        done = None
        for each in self._together(name, list(reversed(undone))):
            undone = {one: newest for one, newest in undone.items() if one != each}
            done = self._joined(done, self._replay(each, undone, progress, back=False))
        return done

    def _together(self, name: str, groups: Sequence[str]) -> list[str]:
        """Return those of some groups that are undone and redone with one: all of its import."""
        batch = _batch_of(self._history.find(name))
        return [name] if batch is None else [each for each in groups if _batch_of(self._history.find(each)) == batch]

    def _joined(self, first: Applied | None, second: Applied) -> Applied:
        """Return what two steps did that were undone, or redone, together."""
        if first is None:
            return second
        skipped = tuple(dict.fromkeys((*first.skipped, *second.skipped)))
        return replace(second, skipped=skipped, imports={**first.imports, **second.imports})

    def fold(self, pairs: Iterable[tuple[str, str]]) -> Applied:
        """Merge the marks of each pair's first paper into those of its second, as if it had always been one paper."""
        gone = []
        for first, second in pairs:
            loser, winner = winner_of(first, self._folded.find), winner_of(second, self._folded.find)
            if loser == winner:
                continue
            self._touched |= {first: None, loser: None, second: None, winner: None}
            lost = self._marks.find(loser)
            if lost is not None or loser in self._open:
                self._rename(loser, winner)
                self._open[winner] = folded(self._document(winner), self._document(loser))
            self._open.pop(loser, None)
            self._marks.put({loser: None})
            self._folded.put({loser: {"into": winner}})
            gone += [first, loser]
        self._write()
        return Applied("", tuple(self._touched), gone=tuple(gone))

    def merge(self, documents: Mapping[str, Document], label: str) -> Applied:
        """Merge another state of the same user's marks, as one undo group; safe to repeat.

        Args:
            documents: the other's documents, under the keys that their papers have here.
            label: name of the group.
        """
        steps: list[_Step] = []
        entries: list[list[object]] = []
        joined = []
        renamed = RenamedPapers(self._marks.live())
        for first, other in documents.items():
            key = renamed.key(winner_of(first, self._folded.find), other)
            mine = self._marks.find(key) or self._open.get(key) or {}
            both = merged(mine, other)
            if both == mine:
                continue
            for field in FIELDS:
                before, after = value_in(mine, field), value_in(both, field)
                if before != after:
                    steps.append((key, field, before, after))
                    entries.append([key, field, mine.get(field), both.get(field)])
            if len(versions_in(both.get("note"))) > max(1, len(versions_in(mine.get("note")))):
                joined.append(key)
            self._open[key] = both
            self._touched |= {first: None, key: None}
        self._write()
        times = (changed_in(document, field) for document in documents.values() for field in FIELDS)
        self._advance_clock(max(times, default=NEVER))
        if steps:
            self._record(label, steps, entries=entries)
        return Applied(label, tuple(self._touched), joined=tuple(joined))

    def _advance_clock(self, latest: datetime) -> None:
        """Make later changes later than a time of another machine, should its clock be ahead of ours.

        A hybrid logical clock (Kulkarni et al., "Logical physical clocks", 2014): without it, what is decided here
        after the other's marks were seen would seem to be older than those.
        """
        if latest > max(self._now, self._latest()):
            self._clock.put({_LATEST: {"latest": exact_time_text(latest)}})

    def _latest(self) -> datetime:
        return changed_at(self._clock.find(_LATEST), "latest")

    def _document(self, key: str) -> Document:
        if key not in self._open:
            self._open[key] = copied(self._marks.find(key) or {})
        return self._open[key]

    def _set(self, key: str, field: Field, value: str | None) -> None:
        document = self._document(key)
        set_value(document, field, value, later(self._now, self._latest()), self._device)
        if self._latest() != NEVER:
            self._advance_clock(changed_in(document, field))
        self._touched[key] = None
        self._listed |= field == "removed"

    def _write(self) -> None:
        self._marks.put({key: document for key, document in self._open.items() if document})

    def _record(self, label: str, steps: list[_Step], **more: object) -> None:
        # A number is never used twice, so that the newest one shows whether anything was changed since.
        newest = self._newest()
        number = int(newest) + 1 if newest.isdecimal() else 1
        while self._history.find(str(number)) is not None:
            number += 1
        undone = self._undone()
        kept = {name: newest for name, newest in undone.items() if self._is_others(name)}
        group = {
            "label": label,
            "when": exact_time_text(self._now),
            "session": self._session,
            "undone": False,
            "changes": [list(step) for step in _collapsed(steps)],
            **more,
        }
        self._history.put({**{name: None for name in undone if name not in kept}, str(number): group})
        if kept != undone:
            self._set_undone(kept)

    def _newest(self) -> str:
        return self._history.newest()

    def _undone(self) -> dict[str, str]:
        """Return the undone groups, in the order in which they were undone, each with the newest group of that time."""
        groups = (self._redo.find(_BRANCH) or {}).get("groups", [])
        every = groups if isinstance(groups, list) else []
        pairs = [pair for pair in every if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)]
        return {name: newest for name, newest in pairs if self._history.find(name) is not None}

    def _set_undone(self, undone: dict[str, str]) -> None:
        self._redo.put({_BRANCH: {"groups": [list(entry) for entry in undone.items()]} if undone else None})

    def _is_others(self, name: str) -> bool:
        return (self._history.find(name) or {}).get("session") != self._session

    def _replay(
        self, name: str, undone: dict[str, str], progress: Callable[[int, int], object], *, back: bool
    ) -> Applied:
        group = copied(self._history.find(name))
        inactive = {name, *self._undone()}
        entries = _entries_in(group)
        chains = _Chains({other: found for other, found in self._history.live().items() if other not in inactive})
        skipped: dict[str, None] = {}
        steps = []
        wanted = _steps_in(group)[:: -1 if back else 1]
        for number, (key, field, before, after) in enumerate(wanted):
            if number % _REPORTED == 0:
                progress(number, len(wanted))
            expected, value = (after, before) if back else (before, after)
            present = value_in(self._document(key), field)
            if present == expected:
                if value != expected and not self._put_back(entries.get((key, field)), (key, field), back=back):
                    self._set(key, field, value)
            else:
                skipped[key] = None
                if not chains.bridge((key, field), expected, value) and not back:
                    # Nothing leads on from where this step would lead.
                    before = after = present
            steps.append([key, field, before, after])
        progress(len(wanted), len(wanted))
        self._write()
        changes = steps[::-1] if back else steps
        self._history.put(
            {**chains.changed, name: {**group, "changes": changes, "undone": back, "session": self._session}}
        )
        self._set_undone(undone)
        label, batch = group.get("label"), _batch_of(group)
        return Applied(
            label if isinstance(label, str) else "",
            tuple(self._touched),
            tuple(skipped),
            listed=self._listed,
            imports={} if batch is None else {batch: back},
        )

    def _put_back(self, entries: tuple[Document, Document] | None, place: _Place, *, back: bool) -> bool:
        """Restore a field as it was before, or after, a merge, if it is as that left it; returns whether it is.

        This is not a later decision of the user: if it counted as one, it would undo what was decided on the other
        machine, there too.
        """
        if entries is None:
            return False
        key, field = place
        document = self._document(key)
        now, then = reversed(entries) if back else entries
        if document.get(field, {}) != now:
            return False
        document.pop(field, None)
        if then:
            document[field] = copied(then)
        self._touched[key] = None
        self._listed |= field == "removed"
        return True

    def _rename(self, loser: str, winner: str) -> None:
        """Rewrite the history as if two papers had always been one, so that undo still leads back through it."""
        groups = self._history.live()
        undone = self._undone()
        # In the order in which they were last applied or undone: the active ones, then those that redo would do.
        order = [name for name in groups if name not in undone] + list(reversed(undone))
        order = [name for name in order if any(key in (loser, winner) for key, *_ in _steps_in(groups[name]))]
        values: dict[tuple[str, Field], str | None] = {}
        for name in order:
            for key, field, before, _ in _steps_in(groups[name]) if name not in undone else ():
                values.setdefault((key, field), before)
        for key, field in ((key, field) for key in (loser, winner) for field in FIELDS):
            values.setdefault((key, field), value_in(self._document(key), field))
        for name in order:
            steps: list[_Step] = []
            for key, field, before, after in _steps_in(groups[name]):
                if key in (loser, winner):
                    before = folded_value(field, values[winner, field], values[loser, field])
                    values[key, field] = after
                    after = folded_value(field, values[winner, field], values[loser, field])
                    key = winner
                steps.append((key, field, before, after))
            changes = [list(step) for step in _collapsed(steps)]
            self._history.put({name: {**groups[name], "changes": changes}})
