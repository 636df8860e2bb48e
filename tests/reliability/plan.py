"""What a user does to the marks, step by step, and what the marks must be after each: a second, simple account."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from readlist.marks import FIELDS, Field, MarkChange
from readlist.model.mark import Mark

START = datetime(2026, 8, 1, 9, tzinfo=UTC)
STORES = 2
"""So many readlists have the state open at a time."""

Kind = Literal["apply", "undo", "redo", "fold", "close", "compact", "harm", "sneak"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done by one of the stores.

    Attributes:
        waits: whether it is acknowledged before the next one begins.
        pairs: for a fold, which keys go to which.
    """

    kind: Kind
    store: int = 0
    changes: tuple[MarkChange, ...] = ()
    label: str = ""
    waits: bool = True
    pairs: tuple[tuple[str, str], ...] = ()


Value = datetime | str | None
Marks = dict[str, tuple[Value, Value, Value, Value]]
"""Read, starred and note of every paper that has any of them."""


@dataclass(frozen=True, slots=True)
class _Group:
    number: int
    label: str
    session: int
    steps: tuple[tuple[str, Field, Value, Value], ...]
    undone: bool = False


@dataclass(slots=True)
class Account:
    """The marks and their undo groups as they must be; sessions are numbered as the stores are opened.

    Attributes:
        groups: in the order they were made.
        undone: numbers of those that were taken back, the latest last.
        into: what folded papers go by.
        sessions: of each store.
    """

    values: dict[tuple[str, Field], Value] = field(default_factory=dict)
    groups: dict[int, _Group] = field(default_factory=dict)
    undone: list[int] = field(default_factory=list)
    into: dict[str, str] = field(default_factory=dict)
    sessions: list[int] = field(default_factory=lambda: list(range(STORES)))
    count: int = 0

    def marks(self) -> Marks:
        """Return the marks of all papers that have any."""
        keys = {key for (key, _), value in self.values.items() if value}
        return {key: tuple(self.values.get((key, name)) or None for name in FIELDS) for key in keys}  # type: ignore[misc]

    def history(self) -> list[tuple[str, bool, list[tuple[str, Field]]]]:
        """Return label, whether it is undone, and fields of each undo group, in order."""
        return [(group.label, group.undone, [step[:2] for step in group.steps]) for group in self.groups.values()]

    def copy(self) -> Account:
        """Return an account that goes its own way."""
        return Account(
            dict(self.values), dict(self.groups), list(self.undone), dict(self.into), list(self.sessions), self.count
        )

    def reopened(self) -> Account:
        """Return the account for stores that are opened again."""
        account = self.copy()
        account.sessions = [max(self.sessions) + 1 + number for number in range(STORES)]
        return account

    def after(self, step: Step) -> Account:
        """Return the account after a step."""
        account = self.copy()
        session = account.sessions[step.store]
        if step.kind == "apply":
            account._apply(step, session)
        elif step.kind == "undo":
            account.undo(session)
        elif step.kind == "redo":
            account._redo(session)
        elif step.kind == "fold":
            account._fold(step.pairs)
        elif step.kind == "close":
            account.sessions[step.store] = max(account.sessions) + 1
        return account

    def _apply(self, step: Step, session: int) -> None:
        steps: list[tuple[str, Field, Value, Value]] = []
        for change in step.changes:
            key = self.into.get(change.key, change.key)
            before, after = self.values.get((key, change.field)) or None, change.value or None
            if before != after:
                steps.append((key, change.field, before, after))
                self.values[key, change.field] = after
        if steps:
            for number in [number for number in self.undone if self.groups[number].session == session]:
                self.undone.remove(number)
                del self.groups[number]
            self.count += 1
            self.groups[self.count] = _Group(self.count, step.label, session, tuple(steps))

    def undo(self, session: int) -> str | None:
        """Take back the newest group, the session's own first; returns its label."""
        present = [group for group in self.groups.values() if not group.undone]
        own = [group for group in present if group.session == session]
        if not present:
            return None
        group = (own or present)[-1]
        for key, name, before, after in reversed(group.steps):
            if (self.values.get((key, name)) or None) == after:
                self.values[key, name] = before
        self.groups[group.number] = replace(group, undone=True, session=session)
        self.undone.append(group.number)
        return group.label

    def _redo(self, session: int) -> None:
        """Do again what the session took back last; plans redo nothing else."""
        group = next(self.groups[each] for each in reversed(self.undone) if self.groups[each].session == session)
        for key, name, before, after in group.steps:
            if (self.values.get((key, name)) or None) == before:
                self.values[key, name] = after
        self.groups[group.number] = replace(group, undone=False)
        self.undone.remove(group.number)

    def _fold(self, pairs: tuple[tuple[str, str], ...]) -> None:
        """Fold papers into others that have none of their fields; plans fold nothing else."""
        for loser, winner in pairs:
            self.into[loser] = winner
            for name in FIELDS:
                if value := self.values.pop((loser, name), None):
                    assert not self.values.get((winner, name))
                    self.values[winner, name] = value
            for number, group in self.groups.items():
                if any(key == loser for key, *_ in group.steps):
                    steps = tuple(
                        (winner if key == loser else key, name, *change) for key, name, *change in group.steps
                    )
                    self.groups[number] = replace(group, steps=steps)  # type: ignore[arg-type]


def marks_of(found: dict[str, Mark]) -> Marks:
    """Return marks as the account has them."""
    return {
        key: (mark.read, mark.starred, mark.note or None, mark.removed)
        for key, mark in found.items()
        if mark.read or mark.starred or mark.note or mark.removed
    }


def accounts(begin: Account, plan: list[Step]) -> list[Account]:
    """Return the account before the first step and after each."""
    found = [begin]
    for step in plan:
        found.append(found[-1].after(step))
    return found


def make_plan(chance: random.Random, count: int, *, harm: bool = False, papers: int = 12) -> list[Step]:
    """Make a plan of some steps: marks, notes, bulk changes, undo, redo, folding, closing, compaction."""
    plan: list[Step] = []
    store = 0
    for number in range(count):
        # Only with one store at work the order is known of what is not waited for.
        if (not plan or plan[-1].waits) and chance.random() < 0.15:
            store = 1 - store
        plan += _some_steps(chance, number, store, papers)
        if harm and number % 20 == 13:
            plan += [Step("close", each) for each in range(STORES)] + _some_steps(chance, count + number, store, papers)
            plan += [Step("harm"), Step("close", store)]
    return [*plan, *(Step("close", each) for each in range(STORES))]


def _some_steps(chance: random.Random, number: int, store: int, papers: int) -> list[Step]:
    now = START + timedelta(minutes=number)
    some = [f"arxiv:2608.{chance.randrange(papers):05}" for _ in range(3)]
    dice = chance.random()
    waits = chance.random() < 0.8
    if dice < 0.35:
        note = f"note {number} " + "long é " * chance.choice([0, 1, 10, 200])
        changes = [_change(some[0], "note", note), _change(some[0], "starred", now)]
        return [Step("apply", store, tuple(changes), f"note {number}", waits)]
    if dice < 0.5:
        value = chance.choice([now, None])
        bulk = [_change(key, chance.choice(["read", "starred"]), value) for key in some]
        return [Step("apply", store, tuple(bulk), f"mark {number}", waits)]
    if dice < 0.6:
        bulk = [_change(f"bulk:{each}", "read", now) for each in range(chance.choice([10, 60]))]
        return [Step("apply", store, tuple(bulk), f"bulk {number}")]
    if dice < 0.7:
        return [Step("undo", store)]
    if dice < 0.8:
        mark = Step("apply", store, (_change(f"new:{number}", "note", "x\0y\n"),), f"new {number}", waits)
        return [mark, Step("undo", store), Step("redo", store)]
    if dice < 0.85:
        first, second = f"title:{number}", f"doi:10.1/{number}"
        apart = [_change(first, "note", f"folded {number}")], [_change(second, "starred", now)]
        marks = [Step("apply", store, tuple(each), f"apart {number}") for each in apart]
        return [*marks, Step("fold", store, pairs=((first, second),))]
    if dice < 0.9:
        return [Step("compact")]
    return [Step("close", store)]


def _change(key: str, name: Field, value: datetime | str | None) -> MarkChange:
    return MarkChange(key, name, value, f"The title of {key}", (key,))
