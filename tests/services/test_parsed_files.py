"""Files of an import are parsed in a second process, one ahead of the one that is stored: the result is the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readlist.services import import_memory, parsed_files
from readlist.services.importer import Imported, import_files
from readlist.shelf import VIEWS, Shelf
from tests.support.papers import make_shelf


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even small files are worth a process, and to be remembered."""
    monkeypatch.setattr(parsed_files, "WORTHWHILE", 1)
    monkeypatch.setattr(import_memory, "_WORTHWHILE", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of days, references, a file without papers and a broken one."""
    made = tmp_path / "files"
    made.mkdir()
    for day in range(1, 6):
        papers = [
            {"paper": {"id": f"2608.{day:02}{number:03}", "title": f"Kettle {number} of day {day}", "upvotes": number}}
            for number in range(4)
        ]
        (made / f"2026-08-{day:02}.json").write_text(json.dumps(papers))
    (made / "2026-08-03b.txt").write_text("nothing here\n")
    (made / "a.bib").write_text("@article{a, title={Dense retrieval of tea}, year=2020, note={twice}}\n")
    (made / "z.json").write_text("{")
    return made


class Processes:
    """The processes that are started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        start = subprocess.Popen

        def noted(*args: object, **options: object) -> subprocess.Popen[bytes]:
            self.started.append(start(*args, **options))  # type: ignore[call-overload]
            return self.started[-1]

        monkeypatch.setattr(subprocess, "Popen", noted)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    return Processes(monkeypatch)


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[list[Shelf]]:
    made = [make_shelf(tmp_path / name) for name in ("beside", "here")]
    yield made
    for shelf in made:
        shelf.close()


def shown(results: list[Imported]) -> list[tuple[object, ...]]:
    return [(one.batch, one.new, one.known, one.removed, one.adoption.notes) for one in results]


def titles(shelf: Shelf) -> list[str]:
    return [entry.paper.title for entry in shelf.papers.entries(shelf.papers.browse(VIEWS[1]))]


def test_files_of_a_folder_are_imported_alike(
    folder: Path, shelves: list[Shelf], processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, here = shelves
    results = list(import_files(beside, [folder]))
    assert [process.returncode is not None for process in processes.started] == [True]
    monkeypatch.setattr(sys, "executable", "")
    assert shown(results) == shown(list(import_files(here, [folder])))
    assert titles(beside) == titles(here) and len(titles(here)) == 21
    assert len(processes.started) == 1


def test_only_files_that_changed_are_parsed_again(folder: Path, shelves: list[Shelf], processes: Processes) -> None:
    beside, _ = shelves
    list(import_files(beside, [folder]))
    list(import_files(beside, [folder]))
    (folder / "2026-08-04.json").write_text(json.dumps([{"paper": {"id": "2608.99999", "title": "A kettle more"}}]))
    results = list(import_files(beside, [folder]))
    assert [one.new for one in results] == [0, 0, 0, 0, 1, 0, 0, 0]
    assert "A kettle more" in titles(beside)


@pytest.mark.parametrize("survived", range(4))
def test_what_a_dead_process_leaves_is_parsed_here(
    folder: Path, shelves: list[Shelf], processes: Processes, survived: int
) -> None:
    beside, here = shelves
    results = []
    for one in import_files(beside, [folder]):
        results.append(one)
        if len(results) == survived + 1:
            processes.started[0].kill()
            processes.started[0].wait()
    assert shown(results) == shown(list(import_files(here, [folder])))
    assert titles(beside) == titles(here)


def test_an_import_that_is_given_up_leaves_no_process(folder: Path, shelves: list[Shelf], processes: Processes) -> None:
    imported = import_files(shelves[0], [folder])
    next(imported)
    imported.close()  # type: ignore[attr-defined]
    assert processes.started[0].returncode is not None
