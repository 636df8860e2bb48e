"""States and journals with right checksums and wrong shapes: what is sound is used, the rest is kept aside."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from readlist.marks import MarkChange, MarksError
from readlist.marks.disk.device import OtherDevices
from readlist.marks.disk.journal import Header, frame
from readlist.marks.disk.snapshot import decode, encode, read_other_state, write_copy
from readlist.marks.store import MarkStore

SOUND: dict[str, object] = {
    "title": "A paper",
    "identifiers": ["arxiv:2401.00001"],
    "starred": {"value": "2026-11-01T10:00:00.000000Z", "changed": "2026-11-01T10:00:00.000000Z", "device": "a"},
}
DEEP = b'{"id": "x", "do": [["marks", "k", {"note": ' + b"[" * 5_000 + b"]" * 5_000 + b"}]]}"
LINES = [
    b"no JSON",
    b"[]",
    b"7",
    b"null",
    b'"text"',
    b"{}",
    b'{"id": "x"}',
    b'{"do": []}',
    b'{"id": 7, "do": []}',
    b'{"id": "x", "do": 7}',
    b'{"id": "x", "do": [7]}',
    b'{"id": "x", "do": [["marks", "k"]]}',
    b'{"id": "x", "do": [["marks", "k", 7]]}',
    b'{"id": "x", "do": [["marks", "k", [1]]]}',
    b'{"id": "x", "do": [["marks", {"a": 1}, {}]]}',
    b'{"id": "x", "do": [[null, "k", {}]]}',
    b'{"id": "\xff", "do": []}',
    DEEP,
]


def journal(*bodies: bytes) -> bytes:
    good = json.dumps({"id": "good", "do": [["marks", "arxiv:2401.00001", SOUND]]}).encode()
    return Header("1-abc", 1).line() + b"".join(map(frame, bodies)) + frame(good)


@pytest.mark.parametrize("body", LINES, ids=[line[:40].decode("ascii", "replace") for line in LINES])
def test_a_journal_line_of_another_shape_is_left_out_of_a_merge(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "state (1).json"
    path.write_bytes(journal(body))
    found = read_other_state(path)
    assert list(found.documents) == ["arxiv:2401.00001"]
    assert not found.intact


@pytest.mark.parametrize("body", LINES, ids=[line[:40].decode("ascii", "replace") for line in LINES])
def test_a_line_of_another_shape_in_the_own_journal_is_set_aside(tmp_path: Path, body: bytes) -> None:
    state = tmp_path / "state.json"
    state.with_name("state.json.journal").write_bytes(journal(body))
    store = MarkStore(state)
    assert store.mark("arxiv:2401.00001").starred is not None
    store.apply([MarkChange("arxiv:2401.00002", "note", "a note")], "note").result(60)
    store.close(10)
    assert list(tmp_path.glob("state.json.journal.damaged-*"))
    again = MarkStore(state)
    assert again.mark("arxiv:2401.00001").starred is not None
    assert again.mark("arxiv:2401.00002").note == "a note"
    again.close(10)


@pytest.mark.parametrize("document", [7, None, "text", [1], True, [[[[]]]], SOUND])
@pytest.mark.parametrize("key", ["\ud800", "a\x1b[31mb\x9b", "arxiv:\u202e2401.00002"])
def test_a_state_with_a_document_or_key_that_can_not_be_is_merged_without_it(
    tmp_path: Path, key: str, document: object
) -> None:
    tables = {"marks": {"arxiv:2401.00001": SOUND, key: document}}
    blocks = encode(tables, {"schema": 1}, lambda: False)  # type: ignore[arg-type]
    path = tmp_path / "other.json"
    path.write_bytes(b"".join(blocks or ()))
    found = read_other_state(path)
    assert list(found.documents) == ["arxiv:2401.00001"]
    assert not found.intact


@pytest.mark.parametrize("version", [-1, 0, True, "1", None, [1]])
def test_a_version_that_is_none_counts_as_the_first(version: object) -> None:
    assert decode(b"".join(encode({}, {"schema": version}, lambda: False) or ())).schema == 1


@pytest.mark.parametrize("meta", [b"[1]", b"7", b'"x"', b"null"])
def test_what_a_file_says_of_itself_may_have_any_shape(meta: bytes) -> None:
    assert decode(b'{"meta": {"state": ' + meta + b'}, "marks": {}}').schema == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_beside_a_state_does_not_hold_up_a_merge(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    write_copy(path, {"marks": {"arxiv:2401.00001": SOUND}}, "a")
    os.mkfifo(tmp_path / "other.json.journal")
    found = read_other_state(path)
    assert list(found.documents) == ["arxiv:2401.00001"]
    assert not found.intact


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_link_to_a_device_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.symlink_to("/dev/zero")
    with pytest.raises(MarksError, match="not a file"):
        read_other_state(path)
    write_copy(beside := tmp_path / "another.json", {"marks": {"arxiv:2401.00001": SOUND}}, "a")
    beside.with_name("another.json.journal").symlink_to("/dev/zero")
    assert list(read_other_state(beside).documents) == ["arxiv:2401.00001"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_copy_is_written_over_anything_in_its_place(tmp_path: Path) -> None:
    target = tmp_path / OtherDevices(tmp_path / "state.json").copy_name
    os.mkfifo(target)
    victim = tmp_path / "victim"
    victim.write_text("kept")
    target.with_name(f".{target.name}.tmp").symlink_to(victim)
    assert write_copy(target, {"marks": {"arxiv:2401.00001": SOUND}}, "a")
    assert list(read_other_state(target).documents) == ["arxiv:2401.00001"]
    assert victim.read_text() == "kept"
