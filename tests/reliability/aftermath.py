"""What is found after a crash: the state is opened from what is left, looked over, and used."""

from __future__ import annotations

import json
import random
import shutil
from collections import defaultdict
from pathlib import Path

from tinydb import TinyDB

from readlist.marks import MarkChange
from readlist.marks.disk.device import Disk, StatePaths
from readlist.marks.disk.state_files import Recovery
from readlist.marks.state.document import mark_of
from readlist.marks.store import MarkStore
from readlist.model.time import utc_now
from tests.reliability.medium import Content, put
from tests.reliability.plan import START, Account, Marks, marks_of
from tests.reliability.session_process import STATE

ALARMS = ("check your marks", "may be lost", "don't belong together")
_SESSION = -1
_AFTER = "arxiv:2609.00001"


class QuickDisk(Disk):
    """A disk that does not wait: no power cut while the aftermath is examined."""

    def sync(self, descriptor: int) -> None:
        pass

    def sync_folder(self, folder: Path) -> None:
        pass


class Broken(AssertionError):
    """What was found is none of the states that the marks ever had, or can't be used."""


class Aftermath:
    """Opens what is left of a state, again and again.

    Each disk is read and its marks and undo history are compared with what they must be; some are used further, too.

    Args:
        scratch: a folder for it.
        accounts: what the marks were, after each number of steps.
        chance: chooses the disks that are used further, and
        share: how many of them.
    """

    def __init__(self, scratch: Path, accounts: list[Account], chance: random.Random, share: float) -> None:
        self._scratch, self._chance, self._share = scratch, chance, share
        self._accounts = accounts
        self._known: dict[int, tuple[list[int], list[str]]] = {}
        self._plain: set[int] = set()
        self._numbers: dict[frozenset[tuple[str, object]], list[int]] = defaultdict(list)
        for number, account in enumerate(accounts):
            self._numbers[frozenset(account.marks().items())].append(number)
        self.used = 0

    @property
    def opened(self) -> int:
        """How many different disks were opened."""
        return len(self._known)

    def steps(self, content: Content) -> tuple[list[int], list[str]]:
        """Return after how many steps the marks were as they are found (there may be several), and the notices.

        Raises:
            Broken: they never were like this, or can't be used further.
        """
        sign = hash(frozenset(content.items()))
        if sign not in self._known:
            home = self._scratch / "home"
            put(content, home)
            self._known[sign] = numbers, notices = self._read(home / STATE)
            if self._chance.random() < self._share:
                self._use(home / STATE, numbers, notices)
            shutil.rmtree(home)
        return self._known[sign]

    def _read(self, path: Path) -> tuple[list[int], list[str]]:
        loaded = Recovery(StatePaths.beside(path), QuickDisk(), utc_now, may_write=False).load()
        found = marks_of({key: mark_of(document) for key, document in loaded.tables.get("marks", {}).items()})
        numbers = self._numbers.get(frozenset(found.items()), [])
        if not numbers:
            raise Broken(f"marks that never were together: {found}")
        groups = [
            (group["label"], group["undone"], [(key, field) for key, field, *_ in group["changes"]])
            for group in loaded.tables.get("history", {}).values()
        ]
        right = [number for number in numbers if self._accounts[number].history() == groups]
        if not right:
            raise Broken(f"undo history is none of those after {numbers} steps: {groups}")
        return right, loaded.notices

    def _use(self, path: Path, numbers: list[int], notices: list[str]) -> None:
        """Open the state as readlist does, take back what was done last, do it again, and make another mark."""
        self.used += 1
        store = MarkStore(path, disk=QuickDisk())
        assert marks_of(store.all()) == self._accounts[numbers[0]].marks()
        assert len(store.status().notices) == len(notices), store.status().notices
        if not any(self._undone(store, number) for number in numbers):
            raise Broken(f"undo does not lead back from any of {numbers} steps")
        before = marks_of(store.all())
        store.apply([MarkChange(_AFTER, "starred", START)], "after").result(60)
        other = MarkStore(path, disk=QuickDisk())
        _same(marks_of(other.all()), before | {_AFTER: (None, START, None, None)})
        assert store.close(10) == other.close(10) == ()
        _same(plain_marks(path), before | {_AFTER: (None, START, None, None)})

    def _undone(self, store: MarkStore, number: int) -> bool:
        """Take the newest group back and do it again; tell whether that is what this account says."""
        account = self._accounts[number].copy()
        before = account.marks()
        label = account.undo(_SESSION)
        outcome = store.undo().result(60)
        if (outcome.label if outcome else None) != label:
            if outcome:
                store.redo().result(60)
            return False
        as_told = marks_of(store.all()) == account.marks()
        if outcome and (store.redo().result(60) is None or marks_of(store.all()) != before):
            raise Broken(f"what undo took back after {number} steps ({label}) does not come again")
        return as_told

    def check_plain(self, content: Content) -> None:
        """See that a state file, where there is one, can be read without readlist."""
        data = content.get(str(STATE))
        if data is not None and hash(data) not in self._plain:
            try:
                json.loads(data)
            except ValueError as error:
                raise Broken(f"the state file can't be read by itself: {error}") from error
            self._plain.add(hash(data))


def plain_marks(path: Path) -> Marks:
    """Return the marks as TinyDB reads them by itself."""
    with TinyDB(path, access_mode="r", encoding="utf-8") as database:
        return marks_of({key: mark_of(document) for key, document in database.storage.read()["marks"].items()})


def _same(found: Marks, wanted: Marks) -> None:
    if found != wanted:
        raise Broken(f"found {found}, not {wanted}")
