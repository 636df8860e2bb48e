"""The state file: a whole TinyDB database as JSON, one document a line, with a checksum; other machines', too."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from readlist.files import clear_left_over, write_atomic
from readlist.marks import MarksError, NewerState
from readlist.marks.disk.device import Disk, StatePaths, host_name
from readlist.marks.disk.journal import read_journal
from readlist.marks.disk.stored_lines import readable
from readlist.marks.disk.stored_table import StoredTable, line_of
from readlist.marks.state.document import SCHEMA, Document, Tables, are_tables, dump, is_document
from readlist.marks.state.merge import absorb_journal, cleaned_document, merged
from readlist.text.clean import clean_line

META = "meta"
"""The table that describes the file itself; it is kept apart from the others."""

_LINES = 500

_SIGNED = 1_000

_OPENING = b'{\n"meta": {\n"state": '

_CONFLICT = b"\n<<<<<<< "


def encode(tables: Tables, meta: Document, cancelled: Callable[[], bool]) -> list[bytes] | None:
    """Return the state file's content in blocks; None if cancelled.

    Args:
        tables: the database without its `meta` table.
        meta: describes the file; the checksum of everything is added to it.
        cancelled: asked now and then whether to give up.
    """
    blocks = []
    for name, documents in tables.items():
        blocks.append(f",\n{readable(name)}: {{\n".encode())
        lines = (
            documents.lines()
            if isinstance(documents, StoredTable)
            else (line_of(key, document) for key, document in documents.items())
        )
        first = True
        while chunk := list(islice(lines, _LINES)):
            if cancelled():
                return None
            blocks.append((b"" if first else b",\n") + b",\n".join(chunk))
            first = False
        blocks.append(b"}" if first else b"\n}")
    blocks.append(b"\n}\n")
    signed = {**meta, "checksum": _checksum(meta, blocks)}
    return [_OPENING + readable(signed).encode() + b"\n}", *blocks]


def _checksum(meta: Document, body: Sequence[bytes | memoryview]) -> str:
    checksum = zlib.crc32(dump(meta))
    for block in body:
        checksum = zlib.crc32(block, checksum)
    return f"{checksum:08x}"


class Snapshot(Struct, frozen=True):
    """The content of a state file.

    Attributes:
        tables: the database without its `meta` table.
        meta: describes the file; empty if that can't be read.
        intact: whether the file is as it was written; otherwise the tables are what could be read.
        conflicted: whether another program put two versions into it, as git does.
    """

    tables: Tables = field(default_factory=dict)
    meta: Document = field(default_factory=dict)
    intact: bool = True
    conflicted: bool = False

    @property
    def generation(self) -> str:
        """The name of this writing of the file, `<count>-<random>`; empty if it has none."""
        return str(self.meta.get("generation", ""))

    @property
    def schema(self) -> int:
        """The version of its documents."""
        version = self.meta.get("schema", 1)
        return version if isinstance(version, int) and version > 0 else 1


def decode(data: bytes) -> Snapshot:
    """Read a state file; never raises.

    A file edited by hand that has no checksum is used as it is.
    """
    try:
        return _decode_lines(data) or _decode_whole(data)
    except (ValueError, TypeError, RecursionError):
        return _salvage(data)


def _decode_lines(data: bytes) -> Snapshot | None:
    """Read a file in our own layout; its checksum says that it is as it was written, so nothing else is checked."""
    if not data.startswith(_OPENING):
        return None
    end = data.find(b"\n", len(_OPENING))
    signed = json.loads(data[len(_OPENING) : end])
    # A blank that became another one is a changed byte too.
    if not isinstance(signed, dict) or readable(signed).encode(errors="replace") != data[len(_OPENING) : end]:
        return None
    meta = {name: value for name, value in signed.items() if name != "checksum"}
    if data[end : end + 2] != b"\n}" or signed.get("checksum") != _checksum(meta, [memoryview(data)[end + 2 :]]):
        return None
    tables: Tables = {}
    position = end + 2
    # A line that begins with a brace ends a table: those of documents begin with a quotation mark.
    while (start := data.find(b": {\n", position)) >= 0:
        # The longer text, which is at the end of all but the last table, is found in half the time.
        end = data.find(b'\n},\n"', start + 3)
        if end < 0:
            end = data.index(b"\n}", start + 3)
        tables[json.loads(data[position:start].lstrip(b",\n"))] = StoredTable(data, start + 4, end)
        position = end + 2
    return Snapshot(tables, meta)


def _decode_whole(data: bytes) -> Snapshot:
    """Read any JSON that is a TinyDB database."""
    tables = json.loads(data)
    if not isinstance(tables, dict) or not are_tables(tables):
        raise ValueError("not a TinyDB database")
    state: Document = tables.pop(META, {}).get("state", {})
    if any(sign in data[:_SIGNED] for sign in (b'"checksum": "', b'"generation": "')):
        # We wrote it, and its checksum is not the one of this content.
        return _sorted(((key, document) for table in tables.values() for key, document in table.items()), state)
    return Snapshot(tables, state)


def _salvage(data: bytes) -> Snapshot:
    """Read what can be read of a damaged file, line by line."""
    meta: Document = {}
    found = []
    for line in data.split(b"\n"):
        try:
            documents = json.loads(b"{" + line.strip().rstrip(b",") + b"}")
        except (ValueError, RecursionError):
            continue
        for key, document in documents.items():
            if not is_document(document):
                continue
            if key == "state" and "schema" in document:
                meta = document
            else:
                found.append((key, document))
    snapshot = _sorted(iter(found), meta)
    return Snapshot(snapshot.tables, meta, intact=False, conflicted=_CONFLICT in data)


def _sorted(found: Iterator[tuple[str, Document]], meta: Document) -> Snapshot:
    """Put documents into tables by their content, since the lines that name the tables may be gone."""
    tables: Tables = {}
    for key, document in found:
        if any(name in document for name in ("title", "identifiers", "read", "starred", "note")):
            marks = tables.setdefault("marks", {})
            marks[key] = merged(marks[key], document) if key in marks else document
        elif name := next((name for name, sign in _SIGNS.items() if sign in document), None):
            tables.setdefault(name, {})[key] = document
    return Snapshot(tables, meta, intact=False)


_SIGNS: dict[str, Any] = {"history": "changes", "folded": "into", "redo": "groups", "clock": "latest"}

_LARGEST = 1 << 30


class OtherState(Struct, frozen=True):
    """The marks of another machine, or of a copy of ours.

    Attributes:
        name: of the machine; empty if that is not known.
        documents: the marks, by key.
        intact: whether the file is as it was written.
    """

    path: Path
    name: str
    documents: Mapping[str, Document]
    intact: bool = True


def read_other_state(path: Path) -> OtherState:
    """Read another state file, with the journal beside it, or a journal alone.

    Raises:
        MarksError: it can't be read, is not a state, or is of a newer readlist; one line that says so.
    """
    data = _read_given(path)
    journals, snapshot, intact = [read_journal(data)], Snapshot(), True
    if journals[0].header is None:
        journals, snapshot = [], decode(data)
        if "marks" not in snapshot.tables and not snapshot.generation and not snapshot.meta.get("schema"):
            raise MarksError(f"{path}: not a readlist state; expected a state.json or a folder of them")
    # The state alone is of use, too.
    try:
        beside = _read_limited(StatePaths.beside(path).journal)
    except FileNotFoundError:
        beside = b""
    except OSError:
        beside = None
    journals.append(read_journal(beside or b""))
    version = max(snapshot.schema, *(journal.header.schema for journal in journals if journal.header is not None), 1)
    if version > SCHEMA:
        raise NewerState(
            f"{path} was written by a newer readlist (version {version}; this one knows {SCHEMA}). "
            "Nothing was changed; please update readlist here."
        )
    tables: Tables = {
        # A plain dict is copied many times as fast as another mapping.
        name: dict(documents.whole() if isinstance(documents, StoredTable) else documents)
        for name, documents in snapshot.tables.items()
    }
    for journal in journals:
        absorb_journal(tables, journal.operations)
        intact &= not journal.damaged
    marks = tables.get("marks", {})
    named = {key: each for key, each in marks.items() if key.isprintable()}
    documents = {key: document for key, each in named.items() if (document := cleaned_document(each))}
    host = clean_line(str(snapshot.meta.get("host") or ""), 100)
    intact &= snapshot.intact and beside is not None and len(named) == len(marks)
    return OtherState(path, host, documents, intact)


def _read_given(path: Path) -> bytes:
    """Return the bytes of a file that the user named; raises MarksError."""
    try:
        if path.exists() and not path.is_file():
            raise MarksError(f"{path}: not a file; expected a state.json or a folder of them")
        data = _read_limited(path)
    except OSError as failure:
        raise MarksError(f"{path}: can't be read: {failure.strerror or failure}") from failure
    if data is None:
        raise MarksError(f"{path}: too large for a readlist state; is it another file?")
    return data


def _read_limited(path: Path) -> bytes | None:
    """Return the bytes of a file, None if it is too large; raises OSError."""
    return Disk().read(path) if path.stat().st_size <= _LARGEST else None


def write_copy(target: Path, tables: Tables, device: str) -> bool:
    """Write marks for another machine to merge, whole or not at all; returns whether the file changed.

    The same marks make the same file, so that a file carrier has nothing to carry.

    Raises:
        OSError: it could not be written; the old file is unchanged.
    """
    meta: Document = {"schema": SCHEMA, "device": device, "host": host_name()}
    blocks = encode({"marks": tables.get("marks", {})}, meta, lambda: False) or []
    try:
        if Disk().read(target) == b"".join(blocks):
            return False
    except OSError:
        # Not there yet, or not a file: the new one replaces it.
        pass
    clear_left_over(target.parent)
    write_atomic(target, blocks, mode=0o600, keep_mode=False, follow=False)
    return True
