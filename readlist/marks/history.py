"""Undo groups: what changed, from what to what, and how a group is taken back and done again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from readlist.marks.change import FIELDS, Change, Field
from readlist.marks.document import (
    changed_in,
    copied,
    describe,
    folded,
    folded_value,
    merged,
    set_value,
    value_in,
    value_text,
    winner_of,
)
from readlist.marks.group import Chains, Place, Step, collapsed, entries_in, label_of, steps_in
from readlist.marks.migration import Document
from readlist.marks.table import StateDatabase
from readlist.marks.version import NEVER, later, stamp_of, versions_in
from readlist.marks.work import Namesakes
from readlist.model.time import exact_time_text

_BRANCH = "branch"
_LATEST = "latest"


class Done(Struct, frozen=True):
    """What a piece of work did.

    Attributes:
        label: name of the undo group.
        keys: of the papers it touched.
        skipped: of those it left alone, because they were changed since.
        gone: of those whose documents were put to another's.
        joined: of those with notes that were written on two machines at a time: both are kept.
    """

    label: str
    keys: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


class Book:
    """The marks and their history during one transaction.

    Args:
        now: when the user asked for the change.
        session: names this run of readlist; undo prefers its own groups.
    """

    def __init__(self, database: StateDatabase, device: str, now: datetime, session: str) -> None:
        self._marks, self._history = database.table("marks"), database.table("history")
        self._redo, self._folded = database.table("redo"), database.table("folded")
        self._clock = database.table("clock")
        self._device, self._now, self._session = device, now, session
        self._open: dict[str, Document] = {}
        self._touched: dict[str, None] = {}

    def apply(self, changes: Iterable[Change], label: str) -> Done:
        """Do changes as one undo group; what is as wanted already is no change."""
        steps: list[Step] = []
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
        if steps:
            self._record(label, steps)
        return Done(label, tuple(self._touched))

    def undo(self) -> Done | None:
        """Take back the newest group of this run, else of any; None if there is none.

        What another one changed since stays as it is, and its own undoing leads to where the group taken back began:
        so all that is undone, in any order, leads to the beginning.
        """
        undone = self._undone()
        standing = [name for name in reversed(self._history.live()) if name not in undone]
        name = min(standing, key=self._is_others, default=None)
        return None if name is None else self._replay(name, {**undone, name: self._newest()}, back=True)

    def redo(self) -> Done | None:
        """Do again the group that was taken back last; None if there is none.

        Changes of this run have dropped what it had taken back before; what others took back is theirs, unless
        nothing was changed by anyone since: then they may be this very window before a restart.
        """
        undone = self._undone()
        offered = [name for name in reversed(undone) if not self._is_others(name) or undone[name] == self._newest()]
        name = min(offered, key=self._is_others, default=None)
        if name is None:
            return None
        return self._replay(name, {one: newest for one, newest in undone.items() if one != name}, back=False)

    def fold(self, pairs: Iterable[tuple[str, str]]) -> Done:
        """Put the marks of each pair's first paper to those of its second, as if they had always been one paper."""
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
        return Done("", tuple(self._touched), gone=tuple(gone))

    def merge(self, documents: Mapping[str, Document], label: str) -> Done:
        """Take over what another state of the same user's marks knows, as one undo group; safe to do twice.

        Args:
            documents: the other's documents, under the keys that their papers have here.
            label: what the group is called.
        """
        steps: list[Step] = []
        entries: list[list[object]] = []
        joined = []
        namesakes = Namesakes(self._marks.live())
        for first, other in documents.items():
            key = namesakes.key(winner_of(first, self._folded.find), other)
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
        self._keep_up_with(max(times, default=NEVER))
        if steps:
            self._record(label, steps, entries=entries)
        return Done(label, tuple(self._touched), joined=tuple(joined))

    def _keep_up_with(self, latest: datetime) -> None:
        """Have later changes be later than a time of another machine's clock, should that be ahead of ours.

        A hybrid logical clock (Kulkarni et al., "Logical physical clocks", 2014): without it, what is decided here
        after having seen the other's marks would seem to be older than those.
        """
        if latest > max(self._now, self._latest()):
            self._clock.put({_LATEST: {"latest": exact_time_text(latest)}})

    def _latest(self) -> datetime:
        return stamp_of(self._clock.find(_LATEST), "latest")

    def _document(self, key: str) -> Document:
        if key not in self._open:
            self._open[key] = copied(self._marks.find(key) or {})
        return self._open[key]

    def _set(self, key: str, field: Field, value: str | None) -> None:
        document = self._document(key)
        set_value(document, field, value, later(self._now, self._latest()), self._device)
        if self._latest() != NEVER:
            self._keep_up_with(changed_in(document, field))
        self._touched[key] = None

    def _write(self) -> None:
        self._marks.put({key: document for key, document in self._open.items() if document})

    def _record(self, label: str, steps: list[Step], **more: object) -> None:
        # A number is never used twice, so that the newest one tells whether anything was changed since.
        newest = self._newest()
        number = int(newest) + 1 if newest.isdecimal() else 1
        while str(number) in self._history.live():
            number += 1
        undone = self._undone()
        kept = {name: newest for name, newest in undone.items() if self._is_others(name)}
        group = {
            "label": label,
            "when": exact_time_text(self._now),
            "session": self._session,
            "undone": False,
            "changes": [list(step) for step in collapsed(steps)],
            **more,
        }
        self._history.put({**{name: None for name in undone if name not in kept}, str(number): group})
        if kept != undone:
            self._set_undone(kept)

    def _newest(self) -> str:
        return next(reversed(self._history.live()), "")

    def _undone(self) -> dict[str, str]:
        """Return the groups that were taken back, in the order of that, each with the newest group there was then."""
        groups = (self._redo.find(_BRANCH) or {}).get("groups", [])
        pairs = (
            [pair for pair in groups if isinstance(pair, list) and len(pair) == 2] if isinstance(groups, list) else []
        )
        return {
            name: newest for name, newest in pairs if isinstance(name, str) and self._history.find(name) is not None
        }

    def _set_undone(self, undone: dict[str, str]) -> None:
        self._redo.put({_BRANCH: {"groups": [list(entry) for entry in undone.items()]} if undone else None})

    def _is_others(self, name: str) -> bool:
        return (self._history.find(name) or {}).get("session") != self._session

    def _replay(self, name: str, undone: dict[str, str], *, back: bool) -> Done:
        group = copied(self._history.find(name))
        gone = self._undone()
        standing = [other for other in self._history.live() if other != name and other not in gone]
        entries = entries_in(group)
        chains = Chains({other: self._history.find(other) or {} for other in standing})
        skipped: dict[str, None] = {}
        steps = []
        for key, field, before, after in reversed(steps_in(group)) if back else steps_in(group):
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
        self._write()
        changes = list(reversed(steps)) if back else steps
        self._history.put(
            {**chains.changed, name: {**group, "changes": changes, "undone": back, "session": self._session}}
        )
        self._set_undone(undone)
        return Done(label_of(group), tuple(self._touched), tuple(skipped))

    def _put_back(self, entries: tuple[Document, Document] | None, place: Place, *, back: bool) -> bool:
        """Put a field back as it was before, or after, a merge, if it is as that left it; returns whether it is.

        That is no later decision of the user: where it counted as one, it would take away what the other machine's
        user decided, and there too.
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
        return True

    def _rename(self, loser: str, winner: str) -> None:
        """Tell the history as if two papers had always been one, so that undo still leads back through it."""
        groups = {name: self._history.find(name) or {} for name in self._history.live()}
        undone = self._undone()
        # In the order in which they came to be as they are: what stands, then what redo would do.
        order = [name for name in groups if name not in undone] + list(reversed(undone))
        order = [name for name in order if any(key in (loser, winner) for key, *_ in steps_in(groups[name]))]
        values: dict[tuple[str, Field], str | None] = {}
        for name in order:
            for key, field, before, _ in steps_in(groups[name]) if name not in undone else ():
                values.setdefault((key, field), before)
        for key, field in ((key, field) for key in (loser, winner) for field in FIELDS):
            values.setdefault((key, field), value_in(self._document(key), field))
        for name in order:
            steps: list[Step] = []
            for key, field, before, after in steps_in(groups[name]):
                if key in (loser, winner):
                    before = folded_value(field, values[winner, field], values[loser, field])
                    values[key, field] = after
                    after = folded_value(field, values[winner, field], values[loser, field])
                    key = winner
                steps.append((key, field, before, after))
            changes = [list(step) for step in collapsed(steps)]
            self._history.put({name: {**groups[name], "changes": changes}})
