"""Marks that come from elsewhere: another machine's state, or a copy of ours that a file carrier made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from readlist.files import clear_left_over, write_atomic
from readlist.marks import migration
from readlist.marks.change import FIELDS, MarksError, NewerState
from readlist.marks.devices import host_name
from readlist.marks.disk import Disk, Paths
from readlist.marks.document import merged
from readlist.marks.migration import Document, Tables
from readlist.marks.recovery import read_journal, replay_foreign
from readlist.marks.snapshot import Snapshot, decode, encode
from readlist.marks.work import sound_details
from readlist.model.mark import LONGEST_NOTE
from readlist.text.clean import clean, clean_line

_LARGEST = 1 << 30


class Foreign(Struct, frozen=True):
    """What another state holds.

    Attributes:
        path: the file.
        name: what its machine is called; empty if that is not known.
        device: its machine's name in the marks, empty likewise.
        documents: the marks, by key.
        intact: whether the file was as it was written.
    """

    path: Path
    name: str
    device: str
    documents: Mapping[str, Document]
    intact: bool = True


def read_foreign(path: Path) -> Foreign:
    """Read another state file, with the journal beside it, or a journal alone.

    Raises:
        MarksError: it can't be read, is no state, or is of a newer readlist; one line that says so.
    """
    disk = Disk()
    try:
        if path.exists() and not path.is_file():
            raise MarksError(f"{path}: is no file; wanted is a state.json, or a folder of them")
        if (disk.signature(path) or (0, 0))[1] > _LARGEST:
            raise MarksError(f"{path}: too large for a state of readlist; is it another file?")
        data = disk.read(path)
    except OSError as failure:
        raise MarksError(f"{path}: can't be read: {failure.strerror or failure}") from failure
    beside, readable = _journal_beside(path, disk)
    snapshot, versions = _state_or_journal(path, data)
    tables: Tables = {name: dict(documents) for name, documents in snapshot.tables.items()}
    journal = read_journal(beside)
    versions += [journal.header.schema] if journal.header is not None else []
    if max(versions) > migration.SCHEMA:
        raise NewerState(
            f"{path} was written by a newer readlist (version {max(versions)}; this one knows {migration.SCHEMA}). "
            "Nothing was changed; please update readlist here."
        )
    replay_foreign(tables, journal.records)
    marks = tables.get("marks", {})
    named = {key: each for key, each in marks.items() if key.isprintable()}
    documents = {key: document for key, each in named.items() if (document := _sound(each))}
    meta = snapshot.meta
    host, device = (clean_line(str(meta.get(name) or ""), 100) for name in ("host", "device"))
    intact = snapshot.intact and readable and not journal.found.damaged and len(named) == len(marks)
    return Foreign(path, host, device, documents, intact)


def _journal_beside(path: Path, disk: Disk) -> tuple[bytes, bool]:
    """Return the journal beside a state, empty for none, and whether it could be read: the state alone is of use."""
    beside = Paths.beside(path).journal
    try:
        signature = disk.signature(beside)
        if signature is None:
            return b"", True
        return (disk.read(beside), True) if signature[1] <= _LARGEST else (b"", False)
    except OSError:
        return b"", False


def _state_or_journal(path: Path, data: bytes) -> tuple[Snapshot, list[int]]:
    journal = read_journal(data)
    if journal.header is not None:
        tables: Tables = {"marks": {}}
        replay_foreign(tables, journal.records)
        return Snapshot(tables, intact=not journal.found.damaged), [journal.header.schema]
    snapshot = decode(data)
    if "marks" not in snapshot.tables and not snapshot.generation and not snapshot.meta.get("schema"):
        raise MarksError(f"{path}: is no state of readlist; wanted is a state.json, or a folder of them")
    return snapshot, [snapshot.schema]


def _sound(document: Document) -> Document:
    """Return a document with nothing in it that has no place there, its texts safe."""
    names = document.get("identifiers")
    sound: Document = {
        "title": clean_line(title) if isinstance(title := document.get("title"), str) else "",
        "identifiers": [clean_line(name) for name in names if isinstance(name, str)] if isinstance(names, list) else [],
    }
    for field in FIELDS:
        entry = document.get(field)
        if isinstance(entry, dict):
            sound[field] = _sound_entry(entry)
    if len(sound) == 2:
        return {}
    work = sound_details(document.get("work"))
    return sound | ({"work": work} if work else {})


def _sound_entry(entry: Document) -> Document:
    texts: Document = {
        name: clean_line(value) if isinstance(value, str) and name != "value" else value
        for name, value in entry.items()
        if name.isprintable() and (isinstance(value, str) or value is None)
    }
    if isinstance(texts.get("value"), str):
        texts["value"] = clean(texts["value"], limit=LONGEST_NOTE, typed=True)
    seen, versions = entry.get("seen"), entry.get("versions")
    if isinstance(seen, dict):
        texts["seen"] = {
            clean_line(name): clean_line(moment) for name, moment in seen.items() if isinstance(moment, str)
        }
    if isinstance(versions, list):
        texts["versions"] = [_sound_entry(version) for version in versions if isinstance(version, dict)]
    return texts


def joined_by_paper(documents: Mapping[str, Document], keys: Mapping[str, str]) -> dict[str, Document]:
    """Return documents under the keys that their papers have here; several of one paper as one.

    Args:
        documents: the other's, by its own keys.
        keys: the other's key → the key here; what is not named keeps its own.
    """
    found: dict[str, Document] = {}
    for key, document in documents.items():
        here = keys.get(key, key)
        found[here] = merged(found[here], document) if here in found else document
    return found


def write_copy(target: Path, tables: Tables, device: str) -> bool:
    """Write marks for another machine to merge, whole or not at all; returns whether there was anything to write.

    The same marks make the same file, so that a carrier has nothing to carry.

    Raises:
        OSError: it could not be written; what was there is there.
    """
    meta: Document = {"schema": migration.SCHEMA, "device": device, "host": host_name()}
    blocks = encode({"marks": tables.get("marks", {})}, meta, lambda: False) or []
    try:
        if Disk().read(target) == b"".join(blocks):
            return False
    except OSError:
        # None yet, or something else in its place, which the new one replaces.
        pass
    clear_left_over(target.parent)
    write_atomic(target, blocks, mode=0o600, keep_mode=False, follow=False)
    return True
