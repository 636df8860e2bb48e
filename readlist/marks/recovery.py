"""Making one state out of what is on disk: state file, journal, and where one is damaged, their backups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field

from readlist.files import dated
from readlist.marks import migration
from readlist.marks.change import FIELDS, NewerState
from readlist.marks.disk import Disk, Paths, Signature
from readlist.marks.document import merged
from readlist.marks.migration import Document, Tables
from readlist.marks.record import Header, Scan, header_of, scan
from readlist.marks.shape import Operation, Record, record_of
from readlist.marks.snapshot import Snapshot, decode
from readlist.marks.version import stamp_of
from readlist.text.clean import counted


class Loaded(Struct):
    """The state as it was found.

    Attributes:
        fresh: there was none.
        tokens: the names of the journal's records.
        repair: what is on disk must be written anew before anything is appended.
        schema: version of the tables.
    """

    tables: Tables = field(default_factory=dict)
    device: str = ""
    generation: str = ""
    schema: int = migration.SCHEMA
    header: Header | None = None
    header_size: int = 0
    position: int = 0
    ended: bool = True
    signature: Signature | None = None
    tokens: frozenset[str] = frozenset()
    fresh: bool = False
    repair: bool = False
    notices: list[str] = field(default_factory=list)


def read_lines(data: bytes) -> tuple[Scan, list[Record]]:
    """Read the lines of a journal and the records among them; a line of another shape counts as damaged."""
    found = scan(data)
    records, malformed = [], []
    for body in found.bodies:
        if header_of(body) is None:
            record = record_of(body)
            if record is None:
                malformed.append(body)
            else:
                records.append(record)
    return (found._replace(damaged=(*found.damaged, *malformed)) if malformed else found), records


def perform(tables: Tables, operation: Operation) -> None:
    """Do one operation of a journal to the tables it belongs to."""
    name, key, document = operation
    if key is None:
        tables.pop(name, None)
        if document is not None:
            tables[name] = {}
    elif document is None:
        tables.get(name, {}).pop(key, None)
    else:
        tables.setdefault(name, {})[key] = document


def absorb(tables: Tables, other: Tables) -> None:
    """Take from another state of the same marks what is newer there; safe to do twice, and in any order."""
    for name, documents in other.items():
        mine = tables.setdefault(name, {})
        for key, document in documents.items():
            if name == "marks" and key in mine:
                mine[key] = merged(mine[key], document)
            elif name == "clock" and key in mine:
                mine[key] = max(mine[key], document, key=lambda entry: stamp_of(entry, "latest"))
            else:
                mine.setdefault(key, document)
    marks = tables.get("marks", {})
    for key in tables.get("folded", {}):
        marks.pop(key, None)


def lacks(found: Document | None, both: Document) -> bool:
    """Return whether a document as found on disk is without a change of what it was merged with."""
    if found is None or found is both:
        return found is None
    return any(both.get(field) != found.get(field) for field in FIELDS)


def replay_foreign(tables: Tables, records: list[Record], *, without: frozenset[str] = frozenset(("redo",))) -> None:
    """Use a journal that is not known to follow these tables: it may add and renew, never take back.

    The tables named in `without` stay as they are.
    """
    for record in records:
        for name, key, document in record.operations:
            if key is not None and document is not None and name not in without:
                absorb(tables, {name: {key: document}})


class Journal(Struct, frozen=True):
    """What a whole journal holds; its header is None where that is damaged, or where it is no journal."""

    found: Scan
    header: Header | None
    header_size: int
    records: list[Record]


def read_journal(data: bytes) -> Journal:
    """Read a journal from its beginning."""
    found, records = read_lines(data)
    header = header_of(found.bodies[0]) if found.bodies else None
    return Journal(found, header, data.find(b"\n") + 1, records)


class Recovery:
    """One look at the files of a state, and what is to be made of them.

    Args:
        may_write: whether damaged parts may be set aside now; that takes the lock.
    """

    def __init__(self, paths: Paths, disk: Disk, clock: Callable[[], datetime], *, may_write: bool) -> None:
        self._paths, self._disk, self._clock, self._may_write = paths, disk, clock, may_write

    def load(self) -> Loaded:
        """Return the state with everything that is intact.

        Raises:
            NewerState: it is of a version this readlist does not know.
            OSError: a file is there but can't be read.
        """
        loaded = Loaded(signature=self._disk.signature(self._paths.state))
        state, journal = self._snapshot(self._paths.state), self._journal(self._paths.journal)
        backup = self._snapshot(self._paths.backup) if state is None or not state.intact else None
        self._refuse_newer(state, backup, journal)
        if state is None and journal is None and backup is None:
            loaded.fresh = True
        elif state is not None and state.intact:
            self._from_state(loaded, state, journal)
        else:
            self._from_backup(loaded, state, backup, journal)
        if journal is not None:
            self._follow(loaded, journal)
        if loaded.schema != migration.SCHEMA:
            self._set_aside(self._paths.state, f"version-{loaded.schema}")
            loaded.tables = migration.migrated(loaded.tables, loaded.schema)
            loaded.repair = True
        return loaded

    def damaged_lines(self, lines: tuple[bytes, ...], notices: list[str]) -> None:
        """Set aside the lines of a journal that have a wrong checksum."""
        if not lines:
            return
        target = self._dated(self._paths.journal, "damaged")
        count = counted(len(lines), "line")
        where = "left where it is"
        if self._may_write:
            self._disk.write(target, [b"\n".join(lines) + b"\n"])
            where = f"kept in {target}"
        notices.append(f"{self._paths.journal}: {count} damaged, {where}. All the others were used.")

    def _from_state(self, loaded: Loaded, state: Snapshot, journal: Journal | None) -> None:
        """Use the state file, which is intact, and then the journal."""
        loaded.tables, loaded.generation, loaded.schema = state.tables, state.generation, state.schema
        loaded.device = str(state.meta.get("device", ""))
        if not state.generation:
            self._set_aside(self._paths.state, "original")
        if journal is None:
            loaded.repair = True
            # A state file may come alone from elsewhere, but not with its backup.
            if self._disk.signature(self._paths.backup) is not None and not state.generation.startswith("1-"):
                loaded.notices.append(self._journal_notice("missing", state))
            return
        header = journal.header
        if header and header.generation == state.generation:
            self._replay(loaded.tables, journal)
            return
        loaded.repair = True
        if header is not None and header.generation == state.meta.get("follows"):
            # A crash between the writing of the two left the journal that is in the state file already: groups of
            # undo that were dropped since must not come back.
            replay_foreign(loaded.tables, journal.records, without=frozenset(("redo", "history")))
            return
        replay_foreign(loaded.tables, journal.records)
        if header is None:
            loaded.notices.append(self._journal_notice("damaged at its beginning", state))
        elif journal.records:
            self._set_aside(self._paths.backup, "")
            loaded.notices.append(
                f"{self._paths.state} and its journal are not of the same time: of each mark the later change was used."
            )

    def _journal_notice(self, trouble: str, state: Snapshot) -> str:
        written = state.meta.get("written", "")
        return f"{self._paths.journal} is {trouble}. Marks made since {written or 'it was begun'} may be lost."

    def _from_backup(
        self, loaded: Loaded, state: Snapshot | None, backup: Snapshot | None, journal: Journal | None
    ) -> None:
        """Do without the state file: backup and both journals, else what can be read of everything."""
        loaded.repair = True
        usable = backup if backup is not None and backup.intact else None
        whole = usable is not None and self._add_old_journal(usable, journal)
        if usable is not None and whole:
            loaded.tables = usable.tables
            if journal is not None:
                self._replay(loaded.tables, journal)
            if state is not None and state.conflicted:
                absorb(loaded.tables, state.tables)
        else:
            for part in (state, backup):
                if part is not None:
                    absorb(loaded.tables, part.tables)
            if journal is not None:
                replay_foreign(loaded.tables, journal.records)
        for part in (state, backup):
            if part is not None and part.meta:
                loaded.device = loaded.device or str(part.meta.get("device", ""))
                loaded.generation = loaded.generation or part.generation
                loaded.schema = part.schema
        loaded.notices.append(self._state_notice(state, backup, whole))

    def _state_notice(self, state: Snapshot | None, backup: Snapshot | None, whole: bool) -> str:
        kept = self._set_aside(self._paths.state, "damaged") if state is not None else ""
        trouble = f"{self._paths.state} is damaged; {kept}." if kept else f"{self._paths.state} is missing."
        if whole:
            return f"{trouble} Backup and journal were used in its place, and nothing is lost."
        self._set_aside(self._paths.backup, "" if backup is None or backup.intact else "damaged")
        used = "the backup, " if backup is not None else ""
        return f"{trouble} Used were {used}the journal and what could be read of it: please look your marks over."

    def _add_old_journal(self, backup: Snapshot, journal: Journal | None) -> bool:
        """Bring the backup up to the present journal's beginning; False where that is not certain."""
        header = journal.header if journal else None
        if header is not None and header.generation == backup.generation:
            return True
        old = self._journal(self._paths.old_journal)
        if old is None or old.header is None or old.header.generation != backup.generation:
            return False
        self._replay(backup.tables, old)
        end = f"-{backup.generation}-{old.found.end}"
        return header is not None and header.continues.endswith(end) and not old.found.damaged

    def _follow(self, loaded: Loaded, journal: Journal) -> None:
        """Remember where the journal ends, and tell of its damage."""
        loaded.header, loaded.header_size = journal.header, journal.header_size
        loaded.position, loaded.ended = journal.found.end, journal.found.ended
        loaded.tokens = frozenset(record.token for record in journal.records)
        self.damaged_lines(journal.found.damaged, loaded.notices)
        loaded.repair |= journal.header is None or bool(journal.found.damaged)

    def _replay(self, tables: Tables, journal: Journal) -> None:
        for record in journal.records:
            for operation in record.operations:
                perform(tables, operation)

    def _snapshot(self, path: Path) -> Snapshot | None:
        try:
            return decode(self._disk.read(path))
        except FileNotFoundError:
            return None

    def _journal(self, path: Path) -> Journal | None:
        try:
            return read_journal(self._disk.read(path))
        except FileNotFoundError:
            return None

    def _refuse_newer(self, state: Snapshot | None, backup: Snapshot | None, journal: Journal | None) -> None:
        """Touch nothing of a newer version; a damaged number alone does not make one."""
        versions = [part.schema for part in (state, backup) if part is not None and part.intact]
        if journal is not None and journal.header is not None:
            versions.append(journal.header.schema)
        if not versions and state is not None:
            versions.append(state.schema)
        if versions and max(versions) > migration.SCHEMA:
            raise NewerState(
                f"{self._paths.state} was written by a newer readlist (version {max(versions)} of the file; this "
                f"one knows {migration.SCHEMA}). Nothing was changed; please update readlist."
            )

    def _set_aside(self, path: Path, word: str) -> str:
        """Keep a file under a dated name beside its own; return in words where it is.

        Raises:
            OSError: that could not be done; then nothing may be written over the file.
        """
        if not self._may_write or self._disk.signature(path) is None:
            return "it was left where it is"
        target = self._dated(path, word)
        self._disk.duplicate(path, target)
        return f"it is kept as {target}"

    def _dated(self, path: Path, word: str) -> Path:
        return dated(path, word, self._clock(), lambda target: self._disk.signature(target) is not None)
