"""Damage of every kind: what is intact is used, what is not is kept apart, and the user is notified."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readlist.marks import MarksError, NewerState
from readlist.marks.disk.journal import frame, scan
from readlist.marks.state.document import Document, Tables
from readlist.marks.store import MarkStore
from readlist.model.mark import Mark
from tests.support.marks import START, Clock, Open, QuickDisk, change, content

DATE = "20261121T"


@pytest.fixture
def worn(open_store: Open, path: Path) -> dict[str, str]:
    """A state that was rewritten twice, with changes of each time; returns every paper's note."""
    notes = {}
    for time in ("first", "second", "third"):
        store = open_store()
        for number in range(4):
            notes[f"{time}-{number}"] = f"{time} note {number}"
            store.apply([change(f"{time}-{number}", "note", notes[f"{time}-{number}"])], "note").result()
        store.apply([change("changed", "note", time)], "note").result()
        notes["changed"] = time
        if time != "third":
            store.close(5)
    assert sorted(content(path.parent)) == [
        "state.json",
        "state.json.bak",
        "state.json.journal",
        "state.json.journal.bak",
    ]
    return notes


def reread(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the notes that a new store finds, and what it tells the user; and see that it is all well afterwards."""
    store = MarkStore(path, clock=Clock(), disk=QuickDisk())
    notes = {key: mark.note for key, mark in store.all().items()}
    notices = store.status().notices
    store.apply([change("new")], "star").result()
    assert store.close(5) == ()
    again = MarkStore(path, clock=Clock(), disk=QuickDisk())
    assert {key: mark.note for key, mark in again.all().items()} == {**notes, "new": ""}
    assert again.status().notices == ()
    again.close(5)
    return notes, notices


def aside(path: Path, word: str) -> list[Path]:
    return sorted(file for file in path.parent.iterdir() if word in file.name and DATE in file.name)


def test_a_torn_last_line_is_dropped(worn: dict[str, str], path: Path) -> None:
    journal = path.with_name("state.json.journal")
    whole = journal.read_bytes()
    with journal.open("ab") as file:
        file.write(frame(b'{"id":"x","do":[["marks","torn",{}]]}')[:-5])
    assert reread(path) == (worn, ())
    assert journal.read_bytes()[: len(whole)] != whole  # rewritten on closing
    assert aside(path, "") == []


_PARTS = frame(b'{"id":"x","do":[["marks","torn",{"title":"%b"}]]}' % (b"long " * 400))


@pytest.mark.parametrize(
    "tail",
    [
        b"\0" * 4096,
        b"0000",
        b"00000000 00000010 {",
        _PARTS[:512] + bytes(512) + _PARTS[1024:],
        bytes(512) + _PARTS[512:],
    ],
    ids=["NULs", "few bytes", "half a head", "a sector amid missing", "the first sector missing"],
)
def test_what_a_power_cut_left_behind_the_last_line_is_dropped(worn: dict[str, str], path: Path, tail: bytes) -> None:
    with path.with_name("state.json.journal").open("ab") as file:
        file.write(tail)
    assert reread(path) == (worn, ())


def test_only_a_torn_line_end_costs_nothing(worn: dict[str, str], path: Path) -> None:
    journal = path.with_name("state.json.journal")
    journal.write_bytes(journal.read_bytes()[:-1])
    MarkStore(path, disk=QuickDisk()).apply([change("next", "note", "x")], "note").result()
    assert reread(path) == ({**worn, "next": "x"}, ())


def test_a_damaged_line_is_set_aside_and_the_rest_used(worn: dict[str, str], path: Path) -> None:
    journal = path.with_name("state.json.journal")
    lines = journal.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"third note 1", b"third nute 1")
    journal.write_bytes(b"\n".join(lines))
    notes, notices = reread(path)
    assert notes == {key: note for key, note in worn.items() if key != "third-1"}
    [kept] = aside(path, "journal.damaged")
    assert kept.read_bytes() == lines[2] + b"\n"
    assert len(notices) == 1 and str(kept) in notices[0] and "1 line damaged" in notices[0]


def places(data: bytes) -> Iterator[int]:
    """Enough positions in a file to meet each kind of byte in it."""
    yield from range(min(len(data), 40))
    yield from range(40, len(data), 17)
    yield from range(max(len(data) - 12, 0), len(data))


def flips(data: bytes) -> Iterator[bytes]:
    for place in places(data):
        flip = 1 << place % 8
        yield data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :]


def look(path: Path, files: dict[str, bytes], name: str, data: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what a new store finds where one file has other bytes; files are written for it."""
    shutil.rmtree(path.parent)
    path.parent.mkdir()
    for other, whole in files.items():
        path.with_name(other).write_bytes(data if other == name else whole)
    store = MarkStore(path, clock=Clock(), disk=QuickDisk())
    try:
        return {key: mark.note for key, mark in store.all().items()}, store.status().notices
    finally:
        store.close(5)


@pytest.mark.slow
def test_no_flipped_byte_in_the_state_file_costs_anything(worn: dict[str, str], path: Path) -> None:
    files = content(path.parent)
    whole = files["state.json"]
    for data in flips(whole):
        notes, notices = look(path, files, "state.json", data)
        assert notes == worn
        [kept] = aside(path, "state.json.damaged")
        assert kept.read_bytes() == data
        assert len(notices) == 1 and str(kept) in notices[0]


@pytest.mark.slow
def test_a_flipped_byte_in_the_journal_costs_at_most_its_line(worn: dict[str, str], path: Path) -> None:
    files = content(path.parent)
    whole = files["state.json.journal"]
    for data in flips(whole):
        notes, notices = look(path, files, "state.json.journal", data)
        lost = {key for key in worn if notes.get(key) != worn[key]}
        assert len(lost) <= 1, (lost, notices)
        assert all(key.startswith("third") or key == "changed" for key in lost)
        assert not lost or (notices and aside(path, "journal.damaged"))


@pytest.mark.parametrize("name", ["state.json.bak", "state.json.journal.bak", "state.json.lock"])
def test_damage_of_what_is_not_needed_goes_by(worn: dict[str, str], path: Path, name: str) -> None:
    path.with_name(name).write_bytes(b"\0damaged")
    assert reread(path) == (worn, ())


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-2],
        lambda data: data[: len(data) // 2] + b"\0" * (len(data) // 2),
        lambda data: b"\xff\xfe" + data,
        lambda data: b"[1, 2]",
        lambda data: b'{"marks": {"a": 1}}',
        lambda data: b"[" * 100_000,
    ],
    ids=["empty", "half", "without its end", "NULs", "not UTF-8", "other JSON", "no documents", "deep"],
)
def test_a_state_file_that_cannot_be_read_is_kept_and_made_up_for(
    worn: dict[str, str], path: Path, damage: Callable[[bytes], bytes]
) -> None:
    data = damage(path.read_bytes())
    path.write_bytes(data)
    notes, notices = reread(path)
    assert notes == worn
    [kept] = aside(path, "state.json.damaged")
    assert kept.read_bytes() == data
    assert "nothing is lost" in notices[0] and str(kept) in notices[0]


def test_a_state_file_that_is_gone_is_made_up_for(worn: dict[str, str], path: Path) -> None:
    path.unlink()
    notes, notices = reread(path)
    assert notes == worn
    assert "missing" in notices[0]


def test_the_first_state_file_is_made_up_for(open_store: Open, path: Path) -> None:
    open_store().apply([change("a", "note", "x")], "note").result()
    path.write_bytes(b"")
    notes, notices = reread(path)
    assert notes == {"a": "x"}
    assert "nothing is lost" in notices[0]


def test_a_state_file_that_was_made_up_for_is_so_again(worn: dict[str, str], path: Path) -> None:
    for number in range(3):
        path.write_bytes(b"")
        store = MarkStore(path, disk=QuickDisk())
        worn[str(number)] = "more"
        store.apply([change(str(number), "note", "more")], "note").result()
        assert "nothing is lost" in store.status().notices[0]
    assert reread(path) == (worn, ())


def test_history_is_made_up_for_too(worn: dict[str, str], path: Path) -> None:
    path.unlink()
    store = MarkStore(path, clock=Clock(), disk=QuickDisk())
    count = 0
    while store.undo().result():
        count += 1
    assert count == 15
    store.close(5)


def test_without_a_backup_the_sound_lines_are_used(worn: dict[str, str], path: Path) -> None:
    path.with_name("state.json.bak").unlink()
    lines = path.read_bytes().split(b"\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(b'"second-2"'))
    path.write_bytes(b"\n".join([*lines[:at], lines[at].replace(b'"title"', b'"title'), *lines[at + 1 :]]))
    notes, notices = reread(path)
    assert notes == {key: note for key, note in worn.items() if key != "second-2"}
    assert "check your marks" in notices[0]


def test_with_state_file_and_journal_gone_the_backup_is_used(worn: dict[str, str], path: Path) -> None:
    path.write_bytes(b"")
    path.with_name("state.json.journal").unlink()
    notes, notices = reread(path)
    assert "check your marks" in notices[0]
    assert notes == {key: note for key, note in worn.items() if not key.startswith("third")} | {"changed": "second"}


def test_a_journal_without_header_is_used(worn: dict[str, str], path: Path) -> None:
    journal = path.with_name("state.json.journal")
    journal.write_bytes(journal.read_bytes().split(b"\n", 1)[1])
    assert reread(path)[0] == worn


@pytest.mark.parametrize("cut", [0, 1, 30, 200])
def test_a_shortened_journal_costs_its_last_lines_only(worn: dict[str, str], path: Path, cut: int) -> None:
    journal = path.with_name("state.json.journal")
    data = journal.read_bytes()[:cut]
    journal.write_bytes(data)
    notes, notices = reread(path)
    assert cut > 100 or "damaged at its beginning. Marks made since 2026-11-21T" in notices[0]
    assert {key: note for key, note in worn.items() if not key.startswith("third") and key != "changed"}.items() <= (
        notes.items()
    )
    assert notes["changed"] == "second"


def test_a_journal_that_is_gone_is_missed(worn: dict[str, str], path: Path) -> None:
    path.with_name("state.json.journal").unlink()
    notes, notices = reread(path)
    assert notes == {key: note for key, note in worn.items() if not key.startswith("third")} | {"changed": "second"}
    assert "journal is missing. Marks made since 2026-11-21T" in notices[0]


def test_an_older_state_file_put_back_loses_nothing_of_the_journal(worn: dict[str, str], path: Path) -> None:
    backup = path.with_name("state.json.bak").read_bytes()
    path.write_bytes(backup)
    notes, notices = reread(path)
    assert notes == {key: note for key, note in worn.items() if not key.startswith("second")}
    assert "don't belong together" in notices[0]
    assert [kept.read_bytes() for kept in aside(path, "bak")] == [backup]


def test_an_older_journal_put_back_takes_nothing_back(worn: dict[str, str], path: Path) -> None:
    journal = path.with_name("state.json.journal")
    shutil.copy(path.with_name("state.json.journal.bak"), journal)
    notes, _ = reread(path)
    assert notes == {key: note for key, note in worn.items() if not key.startswith("third")} | {"changed": "second"}


def test_both_sides_of_a_merge_conflict_are_used(worn: dict[str, str], path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith('"first-1"'))
    theirs = lines[at].replace('"first-1"', '"theirs"', 1)
    conflict = ["<<<<<<< HEAD\n", lines[at], "=======\n", theirs, ">>>>>>> other\n"]
    path.write_text("".join([*lines[:at], *conflict, *lines[at + 1 :]]), encoding="utf-8")
    notes, _ = reread(path)
    assert notes == {**worn, "theirs": "first note 1"}


def test_a_state_file_from_elsewhere_is_enough(worn: dict[str, str], path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "state.json"
    elsewhere.parent.mkdir()
    shutil.copy(path, elsewhere)
    notes, notices = reread(elsewhere)
    assert notes == {key: note for key, note in worn.items() if not key.startswith("third")} | {"changed": "second"}
    assert notices == ()


def test_a_state_file_by_another_hand_is_taken_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    document = {"note": {"value": "by hand"}, "read": {"value": "2026-01-01"}, "starred": {"value": 7}, "x": [1]}
    text = json.dumps({"marks": {"a": document, "b": {"read": True}}})
    path.write_text(text, encoding="utf-8")
    assert reread(path) == ({"a": "by hand", "b": ""}, ())
    assert [kept.read_text(encoding="utf-8") for kept in aside(path, "original")] == [text]


def test_a_file_that_may_not_be_read_is_not_taken_for_a_missing_one(open_store: Open, path: Path) -> None:
    path.mkdir(parents=True)
    store = open_store()
    with pytest.raises(MarksError, match="can't be read"):
        store.all()
    store.apply([change("a")], "star")
    assert store.close(5) == ("a",)
    assert path.is_dir()


class TestVersions:
    """The number of the file's version."""

    @pytest.mark.parametrize("name", ["state.json", "state.json.journal"])
    def test_a_newer_state_is_refused_and_left_alone(
        self, worn: dict[str, str], path: Path, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("readlist.marks.disk.state_files.SCHEMA", 2)
        monkeypatch.setattr("readlist.marks.state.document.MIGRATIONS", {1: lambda tables: tables})
        reread(path)
        if name == "state.json.journal":
            path.write_bytes(b"damaged")
        monkeypatch.undo()
        before = content(path.parent)
        store = MarkStore(path)
        with pytest.raises(NewerState, match=r"newer readlist \(version 2.*update readlist"):
            store.all()
        with pytest.raises(NewerState):
            store.apply([change("a")], "star").result()
        assert store.close(5) == ()
        assert content(path.parent) == before

    def test_a_flipped_version_number_is_damage(self, worn: dict[str, str], path: Path) -> None:
        path.write_bytes(path.read_bytes().replace(b'"schema": 1', b'"schema": 9'))
        assert reread(path)[0] == worn

    def test_an_older_state_is_brought_up_to_date_and_kept(
        self, worn: dict[str, str], path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def shout(tables: Tables) -> Tables:
            def louder(document: Document) -> Document:
                return {**document, "note": {**document["note"], "value": document["note"]["value"].upper()}}

            return {**tables, "marks": {key: louder(document) for key, document in tables["marks"].items()}}

        before = path.read_bytes()
        monkeypatch.setattr("readlist.marks.disk.state_files.SCHEMA", 2)
        monkeypatch.setattr("readlist.marks.state.document.MIGRATIONS", {1: shout})
        notes, _ = reread(path)
        assert notes == {key: note.upper() for key, note in worn.items()}
        assert [kept.read_bytes() for kept in aside(path, "version-1")] == [before]


class TestWhileRunning:
    """Files that change under a running store in ways that no readlist does."""

    def test_an_older_state_file_put_back_meanwhile_loses_nothing(
        self, worn: dict[str, str], path: Path, open_store: Open
    ) -> None:
        store = open_store()
        store.all()
        shutil.copy(path.with_name("state.json.bak"), path)
        store.apply([change("new")], "star").result()
        assert {key: mark.note for key, mark in open_store().all().items()} == {**worn, "new": ""}
        assert any("marks of 4 papers were missing" in notice for notice in store.status().notices)

    def test_a_shortened_journal_is_made_up_for_from_memory(
        self, worn: dict[str, str], path: Path, open_store: Open
    ) -> None:
        store = open_store()
        store.all()
        journal = path.with_name("state.json.journal")
        journal.write_bytes(journal.read_bytes()[:400])
        store.apply([change("new")], "star").result()
        assert {key: mark.note for key, mark in open_store().all().items()} == {**worn, "new": ""}

    def test_files_that_were_deleted_are_written_again(
        self, worn: dict[str, str], path: Path, open_store: Open
    ) -> None:
        store = open_store()
        store.all()
        for file in path.parent.iterdir():
            file.unlink()
        store.apply([change("new")], "star").result()
        assert {key: mark.note for key, mark in open_store().all().items()} == {**worn, "new": ""}

    def test_a_damaged_line_of_another_process_is_reported(self, path: Path, open_store: Open) -> None:
        store = open_store()
        store.apply([change("a")], "star").result()
        line = frame(b'{"id":"x","do":[]}').replace(b'"x"', b'"y"')
        with path.with_name("state.json.journal").open("ab") as file:
            file.write(line)
        assert store.apply([change("b")], "star").result().marks == {"b": Mark(starred=START)}
        assert "1 line damaged" in store.status().notices[0]
        [kept] = aside(path, "journal.damaged")
        assert kept.read_bytes() == line


def test_an_older_generations_journal_is_recognised(worn: dict[str, str], path: Path) -> None:
    headers = [
        scan(path.with_name(name).read_bytes()).bodies[0] for name in ("state.json.journal", "state.json.journal.bak")
    ]
    generations = [header.split(b"generation=")[1].split(b" ")[0] for header in headers]
    state = json.loads(path.read_bytes())["meta"]["state"]
    assert [state["generation"].encode(), state["follows"].encode()] == generations
