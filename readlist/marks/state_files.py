"""The files of one state while it is in use: catching up, appending, writing anew."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from readlist.marks import migration
from readlist.marks.disk import Disk, Paths, Uncertain
from readlist.marks.migration import Tables
from readlist.marks.record import (
    HEADER_LIMIT,
    Header,
    first_header,
    frame,
    snapshot_text,
    stamp_text,
)
from readlist.marks.recovery import Loaded, Recovery, read_lines
from readlist.marks.shape import Operation, Record
from readlist.marks.snapshot import dump, encode
from readlist.model.time import exact_time_text
from readlist.text.clean import counted

_IDLE_JOURNAL = 64 << 10
_CHEAP_STATE = 1 << 20


class StateFiles:
    """Keeps where this process is in the files of a state; their content is kept elsewhere.

    All methods but `changed_on_disk` and `stamp` want the lock between processes to be held, else they see what
    another process may still take back.
    """

    def __init__(self, paths: Paths, disk: Disk, clock: Callable[[], datetime]) -> None:
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
        """The stamp of the state as far as this process has read or written it; see `record.stamp_of`."""
        at = self._at
        return stamp_text(at.signature, at.header, at.header_size, at.position)

    def distrust(self, missing: int) -> None:
        """Have the files written anew: they lack what is known of some papers."""
        self._at.repair = True
        count = counted(missing, "paper")
        self.notices.append(
            f"{self.paths.state} was replaced or cut short meanwhile and lacked marks of {count}; "
            "they are written again."
        )

    def exist(self) -> bool:
        """Whether anything of a state is on disk."""
        return any(
            self._disk.signature(path) is not None for path in (self.paths.state, self.paths.journal, self.paths.backup)
        )

    def load(self, *, may_write: bool) -> Loaded:
        """Read everything anew; raises as `Recovery.load`."""
        loaded = Recovery(self.paths, self._disk, self._clock, may_write=may_write).load()
        # Where it stands is kept, what it holds is handed over.
        self._at, self._seen = replace(loaded, tables={}, tokens=frozenset()), loaded.position
        self._looked_only = not may_write
        self._volume = self._disk.volume(self.paths.state.parent)
        self.notices += loaded.notices
        return loaded

    def changed_on_disk(self) -> bool:
        """Whether the files are other than last seen; two stats."""
        journal = self._disk.signature(self.paths.journal)
        size = journal[1] if journal else 0
        return size != self._seen or self._disk.signature(self.paths.state) != self._at.signature

    def news(self) -> list[Record] | None:
        """Return what others appended since; None where the files must be read anew.

        Raises:
            OSError: the files can't be read, or the folder is not the one it was.
        """
        at, head = self._at, self._disk.head(self.paths.journal, HEADER_LIMIT)
        if at.repair and self._looked_only:
            # Before damaged files are written over, they are set aside.
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

    def _follow(self, header: Header, header_size: int, signature: tuple[int, int]) -> bool:
        """Go over to the journal with this header, if this process knows all that came before it."""
        at = self._at
        if at.header == header and at.signature == signature:
            return True
        known = header.continues and header.continues == self.stamp
        if not known or header.snapshot != snapshot_text(signature) or header.schema != migration.SCHEMA:
            return False
        at.generation, at.header, at.header_size = header.generation, header, header_size
        at.signature, at.position, at.ended, at.repair = signature, header_size, True, False
        return True

    def _read_on(self) -> list[Record]:
        at = self._at
        found, records = read_lines(self._disk.read(self.paths.journal, at.position))
        if found.end:
            at.position, at.ended = at.position + found.end, found.ended
        Recovery(self.paths, self._disk, self._clock, may_write=True).damaged_lines(found.damaged, self.notices)
        return records

    def check_folder(self) -> None:
        """Raise FileNotFoundError if the folder is gone, or another one is in its place."""
        folder = self.paths.state.parent
        volume = self._disk.volume(folder)
        if not self._at.fresh and volume != self._volume:
            raise FileNotFoundError(2, "the folder was taken away", str(folder))

    def append(self, token: str, operations: list[Operation]) -> bytes:
        """Write one line to the journal; it is durable when this returns, and its body is returned.

        Raises:
            OSError: it could not be written, and the journal is as it was.
            Uncertain: nor could that be made sure.
            TypeError: a document is not JSON.
        """
        at = self._at
        body = dump({"id": token, "do": operations})
        line = frame(body) if at.ended else b"\n" + frame(body)
        try:
            self._disk.append(self.paths.journal, line, at.position)
        except Uncertain:
            at.repair = True
            raise
        at.position += len(line)
        at.ended, self._seen = True, at.position
        return body

    @property
    def needs_writing(self) -> bool:
        """Whether the files must be written anew before anything is appended."""
        return self._at.fresh or self._at.repair

    def worth_writing(self, *, closing: bool) -> bool:
        """Whether the journal has grown so long beside the state file that writing that anew is cheap for each mark.

        On closing, a small state is always brought up to date, so that it can be read on its own.
        """
        at, written = self._at, self._at.position - self._at.header_size
        if at.repair or at.fresh or not written:
            return at.repair
        size = at.signature[1] if at.signature else 0
        if closing:
            return size <= _CHEAP_STATE or written >= size // 16
        return written >= max(_IDLE_JOURNAL, size // 8)

    def write(self, tables: Tables, device: str, cancelled: Callable[[], bool] = lambda: False) -> bool:
        """Write the state file anew and begin an empty journal.

        Each step leaves files from which the whole state can be read. Backup and old journal become what state
        file and journal were, so that they make up for a state file that gets lost; where those had been damaged,
        the backup becomes a copy of the new state file.

        Returns:
            False if it was cancelled; nothing was changed then.

        Raises:
            OSError: it could not be done; the state on disk is whole nevertheless.
        """
        at, state = self._at, self.paths.state
        generation = _next(at.generation)
        meta = {
            "schema": migration.SCHEMA,
            "device": device,
            "generation": generation,
            # The journal that is in it: where that of the generation before never came to be, an older one.
            "follows": at.header.generation if at.header else at.generation,
            "written": exact_time_text(self._clock()),
        }
        blocks = encode(tables, meta, cancelled)
        if blocks is None:
            return False
        temporary = state.with_name(f"{state.name}.tmp")
        try:
            self._disk.write(temporary, blocks)
            self._put_in_place(generation, temporary, blocks)
        except OSError:
            with contextlib.suppress(OSError):
                self._disk.remove(temporary)
            raise
        return True

    def _put_in_place(self, generation: str, temporary: Path, blocks: list[bytes]) -> None:
        paths, disk, reliable = self.paths, self._disk, not self.needs_writing
        continues = self.stamp if reliable else ""
        if reliable:
            disk.duplicate(paths.state, paths.backup)
        else:
            # What was set aside must have its name on the medium before it loses the one it had.
            disk.sync_folder(paths.state.parent)
        disk.replace(temporary, paths.state)
        if not reliable:
            # A backup without state file would look as if that had been lost.
            disk.sync_folder(paths.state.parent)
            # A copy, not a second name: what harms the one must not harm the other.
            disk.write(temporary, blocks)
            disk.replace(temporary, paths.backup)
        # The journal must not become a new one on the medium before the state file has.
        disk.sync_folder(paths.state.parent)
        signature = disk.signature(paths.state)
        if reliable:
            disk.duplicate(paths.journal, paths.old_journal)
        header = Header(generation, migration.SCHEMA, snapshot_text(signature), continues)
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
    """Return the name of the next writing of the state file: a count to read, and what no other writing has."""
    count = generation.partition("-")[0]
    return f"{int(count) + 1 if count.isdecimal() else 1}-{os.urandom(4).hex()}"
