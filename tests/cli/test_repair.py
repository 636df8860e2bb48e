"""Damaged files on the command line: opened with what is intact, named, and put right by `readlist doctor --repair`."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.support.cli import Run, titles


@pytest.fixture
def home(filled: Run, tmp_path: Path) -> Path:
    """The folder of a readlist with three papers, one starred, one with a note."""
    filled("mark", "title:survey", "--star")
    filled("mark", "title:pruning", "--note", "worth it")
    return tmp_path / "home"


def aside(home: Path, word: str) -> list[Path]:
    return sorted(path for path in home.iterdir() if word in path.name)


@pytest.mark.parametrize("content", [bytes(50_000), b"no database", None])
def test_a_damaged_library_is_rebuilt_and_its_marked_papers_come_back(
    filled: Run, home: Path, content: bytes | None
) -> None:
    library = home / "library.db"
    data = library.read_bytes()
    library.write_bytes(data[: len(data) * 2 // 3] if content is None else content)
    for companion in ("-wal", "-shm"):
        Path(f"{library}{companion}").unlink(missing_ok=True)
    result = filled("list", "--json")
    assert result.exit_code == 0, result.output
    assert f"{library} was damaged" in result.stderr
    (kept,) = aside(home, "library.db.damaged-")
    assert str(kept) in result.stderr
    marked = {paper["title"]: (bool(paper["starred"]), paper["note"]) for paper in json.loads(result.stdout)}
    assert marked["A Survey of Surveys"] == (True, "")
    assert marked["Pruning Trees Without Tears"] == (False, "worth it")
    again = filled("list", "--json")
    assert again.stderr == ""
    assert json.loads(again.stdout) == json.loads(result.stdout)
    assert str(kept) in filled("doctor").stdout


def test_a_library_that_is_gone_comes_back_with_the_marked_papers(filled: Run, home: Path) -> None:
    for path in aside(home, "library.db"):
        path.unlink()
    assert "restored 2 marked papers by title" in filled("list").stderr
    assert sorted(titles(filled)) == ["A Survey of Surveys", "Pruning Trees Without Tears"]
    assert titles(filled, "is:starred") == ["A Survey of Surveys"]


def test_repair_rebuilds_a_damaged_index(filled: Run, home: Path) -> None:
    connection = sqlite3.connect(home / "library.db")
    connection.execute("delete from search_data where id > 10")
    connection.commit()
    connection.close()
    assert filled("doctor").exit_code == 1
    result = filled("doctor", "--repair")
    assert result.exit_code == 0, result.output
    assert "rebuilt the search index" in result.stdout
    assert titles(filled, "surveys") == ["A Survey of Surveys"]
    assert titles(filled, "note:worth") == ["Pruning Trees Without Tears"]


def test_repair_rebuilds_a_damaged_library(filled: Run, home: Path) -> None:
    connection = sqlite3.connect(home / "library.db")
    connection.execute("delete from detail where paper_id = (select min(paper_id) from detail)")
    connection.commit()
    connection.close()
    result = filled("doctor", "--repair")
    assert result.exit_code == 0, result.output
    assert "rebuilt it with" in result.stdout
    assert len(aside(home, "library.db.damaged-")) == 1
    assert len(titles(filled)) >= 2
    assert titles(filled, "is:starred") == ["A Survey of Surveys"]


def test_repair_takes_marks_over_from_what_was_kept(filled: Run, home: Path) -> None:
    state = home / "state.json"
    earlier = home / "earlier"
    earlier.mkdir()
    for path in aside(home, "state.json"):
        shutil.copy(path, earlier)
    # Somebody put an empty state in the place of the one with the marks, and took the journal away.
    for path in aside(home, "state.json"):
        path.unlink()
    state.write_text('{"marks": {}}')
    assert titles(filled, "is:starred") == []
    shutil.copy(earlier / "state.json", home / "state.json.damaged-20260101T000000Z")
    result = filled("doctor", "--repair")
    assert result.exit_code == 0, result.output
    assert "state.json.damaged-20260101T000000Z: " in result.stdout
    assert titles(filled, "is:starred") == ["A Survey of Surveys"]
    assert titles(filled, "is:noted") == ["Pruning Trees Without Tears"]
    again = filled("doctor", "--repair")
    assert "no marks to recover from backups" in again.stdout


def test_repair_of_what_is_sound_changes_nothing(filled: Run, home: Path) -> None:
    before = json.loads(filled("list", "--json").stdout)
    result = filled("doctor", "--repair", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["integrity"] == {"all": "well"}
    assert json.loads(filled("list", "--json").stdout) == before
    assert aside(home, "damaged") == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-20] + bytes(20),
        lambda data: b"",
        lambda data: b"<<<<<<< ours\n" + data + b"\n=======\n" + data + b">>>>>>> theirs\n",
        lambda data: data.replace(b"starred", b"starre\x00", 1),
    ],
    ids=["cut off", "ends in NUL", "empty", "merge conflict", "a byte"],
)
def test_a_damaged_state_is_named_and_costs_nothing(filled: Run, home: Path, damage) -> None:  # type: ignore[no-untyped-def]
    before = json.loads(filled("list", "--json").stdout)
    state = home / "state.json"
    state.write_bytes(damage(state.read_bytes()))
    result = filled("list", "--json")
    assert json.loads(result.stdout) == before
    assert str(state) in result.stderr
    (kept,) = aside(home, "state.json.damaged-")
    assert str(kept) in result.stderr
    assert str(kept) in filled("doctor").stdout
    assert filled("doctor", "--repair").exit_code == 0
    assert json.loads(filled("list", "--json").stdout) == before


@pytest.mark.parametrize("name", ["library", "marks"])
def test_doctor_offers_no_repair_of_what_a_newer_readlist_wrote(filled: Run, home: Path, name: str) -> None:
    if name == "library":
        connection = sqlite3.connect(home / "library.db")
        connection.execute("pragma user_version = 999")
        connection.close()
    else:
        state = json.loads((home / "state.json").read_text(encoding="utf-8"))
        state["meta"]["state"] = {"schema": 999}
        (home / "state.json").write_text(json.dumps(state), encoding="utf-8")
    result = filled("doctor")
    wrong = next(line for line in result.stdout.splitlines() if line.startswith("✗"))
    assert result.exit_code == 1 and wrong.startswith(f"✗ {name} ") and "newer readlist" in wrong
    assert "--repair" not in result.stdout
