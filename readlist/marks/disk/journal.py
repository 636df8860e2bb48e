"""The journal: its lines, its header, and the stamp that names the state on disk."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from readlist.marks.disk.device import Disk, Signature, StatePaths
from readlist.marks.state.document import Operation, is_shallow

_KIND = b"readlist-journal"

_PREFIX = 18

_LONGEST_NUMBER = 9
"""Digits of a version; Python converts no number of thousands of digits."""

HEADER_LIMIT = 1024
"""A journal's header line is shorter than this, in bytes."""


def frame(body: bytes) -> bytes:
    """Return a line of the journal: CRC-32 and length in hexadecimal, the body, a line end.

    The length finds the next line even if a line end was damaged.
    """
    return b"%08x %08x %b\n" % (zlib.crc32(body), len(body), body)


class Scan(Struct, frozen=True):
    """The lines in a part of a journal.

    Attributes:
        bodies: the body of each intact line, in order.
        damaged: the lines whose checksum is wrong, verbatim.
        end: length of what was used, in bytes; a torn line may follow.
        ended: whether that ends with a line end; False if just that was torn off.
    """

    bodies: tuple[bytes, ...]
    damaged: tuple[bytes, ...]
    end: int
    ended: bool


def scan(data: bytes) -> Scan:
    """Read the lines of a journal; a torn last line, which was never acknowledged, is skipped.

    It has no end, or it has NULs, which no line has, where parts of it never reached the medium.
    """
    bodies, damaged = [], []
    position, size = 0, len(data)
    while position < size:
        body = _body_at(data, position)
        if body is not None:
            bodies.append(body)
            position += _PREFIX + len(body) + 1
            continue
        newline = data.find(b"\n", position)
        if newline < 0 or (newline == size - 1 and b"\0" in data[position:]):
            break
        if newline > position:
            damaged.append(data[position:newline])
        position = newline + 1
    return Scan(tuple(bodies), tuple(damaged), min(position, size), position <= size)


def _body_at(data: bytes, position: int) -> bytes | None:
    prefix = data[position : position + _PREFIX]
    if len(prefix) < _PREFIX or prefix[8:9] != b" " or prefix[17:18] != b" ":
        return None
    try:
        checksum, length = int(prefix[:8], 16), int(prefix[9:17], 16)
    except ValueError:
        return None
    start = position + _PREFIX
    if length < 0 or start + length > len(data):
        return None
    body = data[start : start + length]
    return body if zlib.crc32(body) == checksum else None


class Header(Struct, frozen=True):
    """The first line of a journal: which state file its lines follow.

    Attributes:
        generation: the snapshot the lines belong to, `<count>-<random>`; empty for none.
        schema: version of the documents in the lines.
        snapshot: `<modified ns>-<size>` of the state file then.
        continues: the stamp of the state before the snapshot was written, if nothing else was done.
    """

    generation: str
    schema: int
    snapshot: str = ""
    continues: str = ""

    def line(self) -> bytes:
        """Return the header as a line of the journal."""
        fields = (
            f"schema={self.schema}",
            f"generation={self.generation}",
            f"snapshot={self.snapshot}",
            f"continues={self.continues}",
        )
        return frame(b" ".join([_KIND, *(field.encode() for field in fields)]))


def header_of(body: bytes) -> Header | None:
    """Return the header in the body of a line, None if it is another kind of line."""
    kind, *words = body.split(b" ")
    if kind != _KIND:
        return None
    fields: Mapping[str, str] = dict(word.decode("ascii", "replace").partition("=")[::2] for word in words)
    schema = fields.get("schema", "")
    if not schema.isdecimal() or len(schema) > _LONGEST_NUMBER:
        return None
    return Header(fields.get("generation", ""), int(schema), fields.get("snapshot", ""), fields.get("continues", ""))


def first_header(start: bytes) -> Header | None:
    """Return the header at the start of a journal, None if it has none or a damaged one."""
    body = _body_at(start, 0)
    return header_of(body) if body is not None else None


def snapshot_text(signature: Signature | None) -> str:
    """Return a state file's signature as in headers and stamps."""
    return f"{signature[0]}-{signature[1]}" if signature else "0-0"


def stamp_text(signature: Signature | None, header: Header | None, header_size: int, size: int) -> str:
    """Return the stamp of a state file with its journal.

    A rewritten state file with an empty journal keeps the stamp it had before: the marks are the same.

    Args:
        signature: of the state file.
        header: of the journal.
        header_size: length of its header line, in bytes.
        size: length of the journal, in bytes.
    """
    snapshot = snapshot_text(signature)
    if header and header.continues and size == header_size and header.snapshot == snapshot:
        return header.continues
    return f"{snapshot}-{header.generation if header else 0}-{size}"


def state_stamp(paths: StatePaths) -> str:
    """Return the stamp of the state on disk, for the price of a stat and the first bytes of a file.

    Equal stamps mean equal marks. Reads no mark and needs no lock.
    """
    disk = Disk()
    try:
        signature, head = disk.signature(paths.state), disk.head(paths.journal, HEADER_LIMIT)
    except OSError as failure:
        return f"unreadable-{os.strerror(failure.errno or 0)}"
    if head is None:
        return stamp_text(signature, None, 0, 0)
    start, size = head
    return stamp_text(signature, first_header(start), start.find(b"\n") + 1, size)


class JournalRecord(msgspec.Struct, frozen=True, rename={"token": "id", "operations": "do"}):
    """One line of the journal: what changed together, and the name its writer gave it."""

    token: str
    operations: tuple[Operation, ...]


def record_of(body: bytes) -> JournalRecord | None:
    """Return the record in the body of a journal line; None if it has another shape.

    Form of a line: `{"id": "…", "do": [[table, document id or null, document or null], …]}`.
    """
    import json

    try:
        record = msgspec.convert(json.loads(body), JournalRecord)
    except (ValueError, RecursionError):
        return None
    return record if all(is_shallow(document) for _, _, document in record.operations) else None


class Journal(Struct, frozen=True):
    """The content of a journal, or of a part of it.

    Attributes:
        header: None if it is damaged or not in this part, or if this is not a journal.
        damaged: the damaged lines, verbatim; those of another shape count as damaged.
        end: length of what was used, in bytes; see `Scan`.
        ended: whether that ends with a line end.
    """

    header: Header | None
    header_size: int
    records: list[JournalRecord]
    damaged: tuple[bytes, ...]
    end: int
    ended: bool

    @property
    def operations(self) -> list[Operation]:
        """What all records do, in order."""
        return [operation for record in self.records for operation in record.operations]


def read_journal(data: bytes) -> Journal:
    """Read a journal, or a part of it that begins with a line."""
    found = scan(data)
    bodies = [body for body in found.bodies if header_of(body) is None]
    records = [(body, record_of(body)) for body in bodies]
    damaged = (*found.damaged, *(body for body, record in records if record is None))
    header = header_of(found.bodies[0]) if found.bodies else None
    intact = [record for _, record in records if record is not None]
    return Journal(header, data.find(b"\n") + 1, intact, damaged, found.end, found.ended)
