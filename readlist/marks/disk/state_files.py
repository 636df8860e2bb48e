"""The files of one state: read and repaired, followed, appended to, rewritten."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.files import dated
from readlist.marks import NewerState
from readlist.marks.disk.device import Disk, Signature, StatePaths, Uncertain
from readlist.marks.disk.journal import (
    HEADER_LIMIT,
    Header,
    Journal,
    JournalRecord,
    first_header,
    frame,
    read_journal,
    snapshot_text,
    stamp_text,
)
from readlist.marks.disk.snapshot import Snapshot, decode, encode
from readlist.marks.state.document import SCHEMA, Operation, Tables, dump, migrated, perform, written
from readlist.marks.state.merge import absorb, absorb_journal
from readlist.model.time import exact_time_text
from readlist.text.clean import counted

_Parsed = TypeVar("_Parsed")


class Loaded(Struct):
    """The state as it was found.

    Attributes:
        fresh: there was none.
        tokens: the names of the journal's records.
        repair: the files must be rewritten before anything is appended.
        schema: version of the tables.
        ended: whether the journal's last line has its line end.
    """

    tables: Tables = field(default_factory=dict)
    generation: str = ""
    schema: int = SCHEMA
    header: Header | None = None
    header_size: int = 0
    position: int = 0
    ended: bool = True
    signature: Signature | None = None
    tokens: frozenset[str] = frozenset()
    fresh: bool = False
    repair: bool = False
    notices: list[str] = field(default_factory=list)


class Recovery:
    """Reads the files of a state once, and makes the best of damage.

    Args:
        may_write: whether damaged parts may be set aside now; that needs the lock.
    """

    def __init__(self, paths: StatePaths, disk: Disk, clock: Callable[[], datetime], *, may_write: bool) -> None:
        self._paths, self._disk, self._clock, self._may_write = paths, disk, clock, may_write

    def load(self) -> Loaded:
        """Return the state with everything that is intact.

        Raises:
            NewerState: it is of a version this readlist does not know.
            OSError: a file is there but can't be read.
        """
        loaded = Loaded(signature=self._disk.signature(self._paths.state))
        state, journal = self._read(self._paths.state, decode), self._read(self._paths.journal, read_journal)
        backup = self._read(self._paths.backup, decode) if state is None or not state.intact else None
        self._refuse_newer(state, backup, journal)
        if state is None and journal is None and backup is None:
            loaded.fresh = True
        elif state is not None and state.intact:
            self._from_state(loaded, state, journal)
        else:
            self._from_backup(loaded, state, backup, journal)
        if journal is not None:
            self._follow(loaded, journal)
        if loaded.schema != SCHEMA:
            self._set_aside(self._paths.state, f"version-{loaded.schema}")
            loaded.tables = migrated(loaded.tables, loaded.schema)
            loaded.repair = True
        return loaded

    def damaged_lines(self, lines: tuple[bytes, ...], notices: list[str]) -> None:
        """Set aside the lines of a journal that have a wrong checksum."""
        if not lines:
            return
        where = "left in place"
        if self._may_write:
            target = self._dated(self._paths.journal, "damaged")
            self._disk.write(target, [b"\n".join(lines) + b"\n"])
            where = f"kept in {target}"
        count = counted(len(lines), "line")
        notices.append(f"{self._paths.journal}: {count} damaged, {where}. All other lines were used.")

    def _from_state(self, loaded: Loaded, state: Snapshot, journal: Journal | None) -> None:
        """Use the state file, which is intact, and then the journal."""
        loaded.tables, loaded.generation, loaded.schema = state.tables, state.generation, state.schema
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
            # A crash between the two writes left a journal that is in the state file already: undo groups that were
            # dropped since must not come back.
            absorb_journal(loaded.tables, journal.operations, without=frozenset(("redo", "history")))
            return
        absorb_journal(loaded.tables, journal.operations)
        if header is None:
            loaded.notices.append(self._journal_notice("damaged at its beginning", state))
        elif journal.records:
            self._set_aside(self._paths.backup, "")
            loaded.notices.append(
                f"{self._paths.state} and its journal don't belong together: the later change of each mark was used."
            )

    def _journal_notice(self, trouble: str, state: Snapshot) -> str:
        written = state.meta.get("written", "")
        since = f" since {written}" if written else ""
        return f"{self._paths.journal} is {trouble}. Marks made{since} may be lost."

    def _from_backup(
        self, loaded: Loaded, state: Snapshot | None, backup: Snapshot | None, journal: Journal | None
    ) -> None:
        """Use backup and both journals in place of the state file, else what can be read of everything."""
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
                absorb_journal(loaded.tables, journal.operations)
        for part in (state, backup):
            if part is not None and part.meta:
                loaded.generation = loaded.generation or part.generation
                loaded.schema = part.schema
        loaded.notices.append(self._state_notice(state, backup, whole))

    def _state_notice(self, state: Snapshot | None, backup: Snapshot | None, whole: bool) -> str:
        kept = self._set_aside(self._paths.state, "damaged") if state is not None else ""
        trouble = f"{self._paths.state} is damaged ({kept})." if kept else f"{self._paths.state} is missing."
        if whole:
            return f"{trouble} Restored from backup and journal; nothing is lost."
        self._set_aside(self._paths.backup, "" if backup is None or backup.intact else "damaged")
        used = "the backup, " if backup is not None else ""
        return f"{trouble} Restored from {used}the journal and what could be read of it: please check your marks."

    def _add_old_journal(self, backup: Snapshot, journal: Journal | None) -> bool:
        """Bring the backup up to where the journal begins; returns whether that is certain."""
        header = journal.header if journal else None
        if header is not None and header.generation == backup.generation:
            return True
        old = self._read(self._paths.old_journal, read_journal)
        if old is None or old.header is None or old.header.generation != backup.generation:
            return False
        self._replay(backup.tables, old)
        end = f"-{backup.generation}-{old.end}"
        return header is not None and header.continues.endswith(end) and not old.damaged

    def _follow(self, loaded: Loaded, journal: Journal) -> None:
        """Note where the journal ends, and report its damage."""
        loaded.header, loaded.header_size = journal.header, journal.header_size
        loaded.position, loaded.ended = journal.end, journal.ended
        loaded.tokens = frozenset(record.token for record in journal.records)
        self.damaged_lines(journal.damaged, loaded.notices)
        loaded.repair |= journal.header is None or bool(journal.damaged)

    def _replay(self, tables: Tables, journal: Journal) -> None:
        for operation in journal.operations:
            perform(tables, operation)

    def _read(self, path: Path, parse: Callable[[bytes], _Parsed]) -> _Parsed | None:
        try:
            return parse(self._disk.read(path))
        except FileNotFoundError:
            return None

    def _refuse_newer(self, state: Snapshot | None, backup: Snapshot | None, journal: Journal | None) -> None:
        """Refuse a newer version; a number in a damaged file alone is not trusted."""
        versions = [part.schema for part in (state, backup) if part is not None and part.intact]
        if journal is not None and journal.header is not None:
            versions.append(journal.header.schema)
        if not versions and state is not None:
            versions.append(state.schema)
        if versions and max(versions) > SCHEMA:
            raise NewerState(
                f"{self._paths.state} was written by a newer readlist (version {max(versions)}; this one knows "
                f"{SCHEMA}). Nothing was changed; please update readlist."
            )

    def _set_aside(self, path: Path, word: str) -> str:
        """Keep a file under a dated name beside its own; return in words where it is.

        Raises:
            OSError: that failed; then nothing may be written over the file.
        """
        if not self._may_write or self._disk.signature(path) is None:
            return "left in place"
        target = self._dated(path, word)
        self._disk.duplicate(path, target)
        return f"kept as {target}"

    def _dated(self, path: Path, word: str) -> Path:
        return dated(path, word, self._clock(), lambda target: self._disk.signature(target) is not None)


_IDLE_JOURNAL, _CHEAP_STATE = 64 << 10, 1 << 20
"""Bytes of a journal that is worth compacting, and of a state file that is rewritten at every end."""


class StateFiles:
    """Keeps this process's position in the files of a state, but not their content.

    All methods but `changed_on_disk` and `stamp` need the lock between processes, else they see what another process
    may still roll back.
    """

    def __init__(self, paths: StatePaths, disk: Disk, clock: Callable[[], datetime]) -> None:
        self.paths, self._disk, self._clock = paths, disk, clock
        self._at = Loaded(fresh=True)
        self._seen = 0
        self._looked_only = False
        self._volume: int | None = None
        self.notices: list[str] = []

    @property
    def fresh(self) -> bool:
        """Whether no state has been found or made yet."""
        return self._at.fresh

    @property
    def stamp(self) -> str:
        """The stamp of the state as far as this process has read or written it; see `journal.state_stamp`."""
        at = self._at
        return stamp_text(at.signature, at.header, at.header_size, at.position)

    def mark_suspect(self, missing: int) -> None:
        """Have the files rewritten: they lack what is known of some papers."""
        self._at.repair = True
        count = counted(missing, "paper")
        self.notices.append(
            f"{self.paths.state} was replaced or cut short while in use: marks of {count} were missing, now restored."
        )

    def exist(self) -> bool:
        """Whether anything of a state is on disk."""
        return any(
            self._disk.signature(path) is not None for path in (self.paths.state, self.paths.journal, self.paths.backup)
        )

    def load(self, *, may_write: bool) -> Loaded:
        """Read everything again; raises as `Recovery.load`."""
        loaded = Recovery(self.paths, self._disk, self._clock, may_write=may_write).load()
        self._at, self._seen = replace(loaded, tables={}, tokens=frozenset()), loaded.position
        self._looked_only = not may_write
        self._volume = self._disk.volume(self.paths.state.parent)
        self.notices += loaded.notices
        return loaded

    def changed_on_disk(self) -> bool:
        """Whether the files changed since they were last seen; two stats."""
        journal = self._disk.signature(self.paths.journal)
        size = journal[1] if journal else 0
        return size != self._seen or self._disk.signature(self.paths.state) != self._at.signature

    def news(self) -> list[JournalRecord] | None:
        """Return what others appended since; None if everything must be read again.

        Raises:
            OSError: the files can't be read, or the folder is not the one it was.
        """
        at, head = self._at, self._disk.head(self.paths.journal, HEADER_LIMIT)
        if at.repair and self._looked_only:
            # Damaged files must be set aside before they are overwritten.
            return None
        signature = self._disk.signature(self.paths.state)
        if head is None or signature is None:
            self.check_folder()
            return [] if at.fresh and not self.exist() else None
        start, size = head
        header = first_header(start)
        if header is None or not self._follow(header, start.find(b"\n") + 1, signature):
            return None
        if size < at.position:
            return None
        self._seen = size
        if size == at.position:
            return []
        return self._read_on()

    def _follow(self, header: Header, header_size: int, signature: Signature) -> bool:
        """Switch to the journal with this header, if this process knows all that came before it."""
        at = self._at
        if at.header == header and at.signature == signature:
            return True
        known = header.continues and header.continues == self.stamp
        if not known or header.snapshot != snapshot_text(signature) or header.schema != SCHEMA:
            return False
        at.generation, at.header, at.header_size = header.generation, header, header_size
        at.signature, at.position, at.ended, at.repair = signature, header_size, True, False
        return True

    def _read_on(self) -> list[JournalRecord]:
        at = self._at
        found = read_journal(self._disk.read(self.paths.journal, at.position))
        if found.end:
            at.position, at.ended = at.position + found.end, found.ended
        Recovery(self.paths, self._disk, self._clock, may_write=True).damaged_lines(found.damaged, self.notices)
        return found.records

    def check_folder(self) -> None:
        """Raise FileNotFoundError if the folder is gone, or another one is in its place."""
        folder = self.paths.state.parent
        volume = self._disk.volume(folder)
        if not self._at.fresh and volume != self._volume:
            raise FileNotFoundError(2, "the folder was removed", str(folder))

    def append(self, token: str, operations: list[Operation]) -> list[Operation]:
        """Write one line to the journal, durably, and return the operations as they are read back from its bytes.

        Raises:
            OSError: it could not be written, and the journal is as it was.
            Uncertain: it may or may not be in the journal.
            TypeError: a document is not JSON.
        """
        at = self._at
        parts = [written(operation) for operation in operations]
        body = b'{"id":%b,"do":[%b]}' % (dump(token), b",".join(text for text, _ in parts))
        line = frame(body) if at.ended else b"\n" + frame(body)
        try:
            self._disk.append(self.paths.journal, line, at.position)
        except Uncertain:
            at.repair = True
            raise
        at.position += len(line)
        at.ended, self._seen = True, at.position
        return [operation for _, operation in parts]

    @property
    def needs_writing(self) -> bool:
        """Whether the files must be rewritten before anything is appended."""
        return self._at.fresh or self._at.repair

    def worth_writing(self, *, closing: bool) -> bool:
        """Whether the journal is so long, compared with the state file, that rewriting that costs little for each mark.

        On closing, a small state is always brought up to date, so that it can be read on its own.
        """
        at, written = self._at, self._at.position - self._at.header_size
        if at.repair or at.fresh or not written:
            return at.repair
        size = at.signature[1] if at.signature else 0
        if closing:
            return size <= _CHEAP_STATE or written >= size // 16
        return written >= max(_IDLE_JOURNAL, size // 8)

    def write(self, tables: Tables, device: str, cancelled: Callable[[], bool] = lambda: False) -> Tables | None:
        """Rewrite the state file and begin an empty journal.

        Each step leaves files from which the whole state can be read. State file and journal become backup and old
        journal, from which a lost state file is restored; if they were damaged, the backup becomes a copy of the new
        state file.

        Returns:
            The tables as they are read back from the bytes; None if it was cancelled, and nothing was changed.

        Raises:
            OSError: it failed; the state on disk is still whole.
        """
        at, state = self._at, self.paths.state
        generation = _next(at.generation)
        meta = {
            "schema": SCHEMA,
            "device": device,
            "generation": generation,
            # The journal that is in it: an older one where that of the last generation was never written.
            "follows": at.header.generation if at.header else at.generation,
            "written": exact_time_text(self._clock()),
        }
        blocks = encode(tables, meta, cancelled)
        if blocks is None:
            return None
        temporary = state.with_name(f"{state.name}.tmp")
        try:
            self._disk.write(temporary, blocks)
            self._put_in_place(generation, temporary, blocks)
        except OSError:
            with contextlib.suppress(OSError):
                self._disk.remove(temporary)
            raise
        return decode(b"".join(blocks)).tables

    def _put_in_place(self, generation: str, temporary: Path, blocks: list[bytes]) -> None:
        paths, disk, reliable = self.paths, self._disk, not self.needs_writing
        continues = self.stamp if reliable else ""
        if reliable:
            disk.duplicate(paths.state, paths.backup)
        else:
            # What was set aside must have its new name on the medium before it loses the old one.
            disk.sync_folder(paths.state.parent)
        disk.replace(temporary, paths.state)
        if not reliable:
            # A backup without a state file would look as if that had been lost.
            disk.sync_folder(paths.state.parent)
            # A copy, not a second name: what harms the one must not harm the other.
            disk.write(temporary, blocks)
            disk.replace(temporary, paths.backup)
        # The journal must not become a new one on the medium before the state file has.
        disk.sync_folder(paths.state.parent)
        signature = disk.signature(paths.state)
        if reliable:
            disk.duplicate(paths.journal, paths.old_journal)
        header = Header(generation, SCHEMA, snapshot_text(signature), continues)
        line = header.line()
        temporary = paths.journal.with_name(f"{paths.journal.name}.tmp")
        disk.write(temporary, [line])
        disk.replace(temporary, paths.journal)
        disk.sync_folder(paths.state.parent)
        self._at = Loaded(
            generation=generation, header=header, header_size=len(line), position=len(line), signature=signature
        )
        self._seen, self._volume = len(line), disk.volume(paths.state.parent)
        self._looked_only = False


def _next(generation: str) -> str:
    """Return the name of the next generation of the state file: a count, and a random part that makes it unique."""
    count = generation.partition("-")[0]
    return f"{int(count) + 1 if count.isdecimal() else 1}-{os.urandom(4).hex()}"
